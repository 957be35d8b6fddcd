//! Holds the layout of the source: prints what `scripts/check` bounds, and fails where a bound is broken.
//!
//! For each crate the largest circle of files that import one another; functions of over 70 lines; files of over 400; test
//! files that include another by `#[path]`; and the direction of imports between the domains of `contracts`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints")]

mod bounds;
mod circles;
mod domains;
mod imports;
mod krate;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use bounds::{Bounds, FILE_LINES_MAX, FUNCTION_LINES_MAX};
use krate::Crate;

fn main() -> anyhow::Result<ExitCode> {
    let root = std::env::args_os().nth(1).unwrap_or_else(|| ".".into());
    let root = Path::new(&root);
    let bounds = Bounds::read(&root.join("tests/structure/bounds.txt"))?;
    let mut broken = Vec::new();
    let mut long_files = Vec::new();
    let mut long_functions = Vec::new();
    println!("{:<28} {:>6} {:>8} {:>9} {:>10}", "crate", "files", "circle", "over 400", "fns > 70");
    for folder in krate::folders(root)? {
        let krate = Crate::read(&folder).with_context(|| folder.display().to_string())?;
        let imports = imports::of(&krate);
        let circle = circles::largest(&imports);
        let shown = folder.strip_prefix(root).unwrap_or(&folder).display().to_string();
        let files: Vec<String> = krate
            .files
            .iter()
            .filter(|file| file.lines > FILE_LINES_MAX)
            .map(|file| file.shown(root))
            .collect();
        let functions: Vec<String> = krate
            .files
            .iter()
            .flat_map(|file| file.functions.iter().map(move |function| (file, function)))
            .filter(|(_, function)| function.lines > FUNCTION_LINES_MAX)
            .map(|(file, function)| format!("{} {} {}", file.shown(root), function.name, function.lines))
            .collect();
        println!(
            "{shown:<28} {:>6} {:>8} {:>9} {:>10}",
            krate.files.len(),
            circle.len(),
            files.len(),
            functions.len()
        );
        let allowed = bounds.circle(&shown);
        if circle.len() > allowed {
            let names: Vec<String> = circle
                .iter()
                .filter_map(|file| krate.files.get(*file))
                .map(|file| file.shown(root))
                .collect();
            broken.push(format!(
                "{shown}: {} files import one another, {allowed} are allowed:\n  {}",
                circle.len(),
                names.join("\n  ")
            ));
        }
        if krate.has_domains() {
            broken.extend(domains::broken(&krate, &imports, root)?);
        }
        long_files.extend(files);
        long_functions.extend(functions);
    }
    let includes = krate::path_includes(root)?;
    println!("files over {FILE_LINES_MAX} lines: {}", long_files.len());
    println!("functions over {FUNCTION_LINES_MAX} lines: {}", long_functions.len());
    println!("#[path] includes: {}", includes.len());
    bounds.hold("files over 400 lines", long_files, bounds.long_files, &mut broken);
    bounds.hold("functions over 70 lines", long_functions, bounds.long_functions, &mut broken);
    bounds.hold("#[path] includes", includes, bounds.path_includes, &mut broken);
    for line in &broken {
        eprintln!("{line}");
    }
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

//! Man pages and shell completions of a program, made from the declarations of its own command line.
//!
//! **Invariant:** the same declarations give the same bytes: no date, no path, no environment goes in. Whatever
//! `--help` says stands in the page, lines of examples as they were written.

use std::io;
use std::path::{Path, PathBuf};

use clap::Command;
pub use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

/// What the top line of every page calls the collection.
const MANUAL: &str = "Biaozheng 标证";

/// Writes a page for the program and each of its subcommands, `PROGRAM-SUB-SUB.1`, and says which.
///
/// # Errors
/// The folder cannot be made or written.
pub fn write_pages(program: Command, folder: &Path) -> io::Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder)?;
    pages(program)
        .into_iter()
        .map(|page| {
            let path = folder.join(page.man.get_filename());
            std::fs::write(&path, rendered(&page)?)?;
            Ok(path)
        })
        .collect()
}

/// The script by which a shell completes the program's options.
#[must_use]
pub fn completions(mut program: Command, shell: Shell) -> Vec<u8> {
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut program, name, &mut script);
    script
}

struct Page {
    man: Man,
    has_subcommands: bool,
    /// What `--help` prints after the options: exit codes and examples.
    end: Option<String>,
}

fn pages(program: Command) -> Vec<Page> {
    fn gather(command: &Command, version: &str, pages: &mut Vec<Page>) {
        command
            .get_subcommands()
            .filter(|one| !one.is_hide_set())
            .for_each(|one| gather(one, version, pages));
        let end = command.get_after_long_help().or_else(|| command.get_after_help()).map(ToString::to_string);
        let source = format!("biaozheng {version}");
        let man = Man::new(command.clone()).source(source).manual(MANUAL);
        pages.push(Page { man, has_subcommands: command.has_subcommands(), end });
    }
    let version = program.get_version().unwrap_or_default().to_owned();
    let mut program = program.disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    gather(&program, &version, &mut pages);
    pages
}

/// [`Man::render`] would run the lines of examples together.
fn rendered(page: &Page) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let man = &page.man;
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if page.has_subcommands {
        man.render_subcommands_section(&mut out)?;
    }
    if let Some(end) = &page.end {
        let mut roff = Roff::new();
        roff.control("SH", ["NOTES"]).control("nf", []);
        for line in end.lines() {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
        roff.to_writer(&mut out)?;
    }
    Ok(out)
}

/// Every visible subcommand of a program with the page it should have; for the programs' own tests.
#[must_use]
pub fn expected_pages(program: Command) -> Vec<String> {
    fn gather(command: &Command, path: &str, names: &mut Vec<String>) {
        names.push(format!("{path}.1"));
        for one in command.get_subcommands().filter(|one| !one.is_hide_set() && one.get_name() != "help") {
            gather(one, &format!("{path}-{}", one.get_name()), names);
        }
    }
    let mut names = Vec::new();
    gather(&program, program.get_name(), &mut names);
    names
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use clap::{Arg, CommandFactory as _, Parser, Subcommand};

    /// Does things.
    #[derive(Parser)]
    #[command(name = "program", version, after_help = "Examples:\n  program deep down\n.not a request")]
    struct Cli {
        #[command(subcommand)]
        command: Deep,
    }

    #[derive(Subcommand)]
    enum Deep {
        /// Goes deep
        #[command(subcommand)]
        Deep(Down),
    }

    #[derive(Subcommand)]
    enum Down {
        /// Goes down 下去
        Down {
            /// How far
            #[arg(long)]
            by_mm: u32,
        },
    }

    #[test]
    fn every_subcommand_has_its_page_and_the_bytes_do_not_change() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let folder = folder.path().join(name);
            let written = write_pages(Cli::command(), &folder).unwrap();
            let names: Vec<_> =
                written.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
            let texts: Vec<_> = written.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
            (names, texts)
        };
        let (mut names, texts) = write("one");
        assert_eq!(write("two").1, texts);
        assert!(texts[0].contains("Goes down 下去") && texts[0].contains("by\\-mm"), "{}", texts[0]);
        assert!(texts[2].contains("\n.nf\nExamples:\n  program deep down\n"), "{}", texts[2]);
        assert!(!texts[2].lines().any(|line| line.starts_with(".not")), "{}", texts[2]);
        let mut expected = expected_pages(Cli::command());
        names.sort_unstable();
        expected.sort_unstable();
        assert_eq!(names, ["program-deep-down.1", "program-deep.1", "program.1"]);
        assert_eq!(names, expected);
    }

    #[test]
    fn a_hidden_command_has_no_page() {
        let hidden = Command::new("hidden").about("x").hide(true).arg(Arg::new("x").help("x"));
        assert_eq!(expected_pages(Command::new("p").subcommand(hidden)), ["p.1"]);
    }

    #[test]
    fn every_shell_gets_a_script_that_knows_the_options() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
            let script = String::from_utf8(completions(Cli::command(), shell)).unwrap();
            assert!(script.contains("by-mm") && script.contains("program"), "{shell}: {script}");
        }
    }
}

//! Writes archives for the tests of the JavaScript verifier into a folder: `<name>.tar` and the policy of their chain
//! beside it, `<name>.policy`. A tool of tests; keys and documents are the tests' own.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use std::fs::File;
use std::path::Path;

use biaozheng_archive::Archive;
use biaozheng_archive::stage::{Ending, Item, needed};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::DocumentDigest;
use biaozheng_ledger_scenes::project::{SmallProject, document};
use serde_json::json;

fn write(folder: &Path, name: &str, project: &SmallProject, archive: &Archive) -> std::io::Result<()> {
    let mut tar = File::create(folder.join(format!("{name}.tar")))?;
    archive.write_tar(&mut project.shelf.clone(), &mut tar)?;
    std::fs::write(folder.join(format!("{name}.policy")), project.chain.policy.to_string())
}

/// A record of each of these types, every second one with a document of its own.
fn add_all(project: &mut SmallProject, types: impl Iterator<Item = String>) {
    for (number, record_type) in types.enumerate() {
        let bytes = format!("document {number} of {record_type}").into_bytes();
        let mut documents = Vec::new();
        if number % 2 == 0 {
            documents.push(document(&format!("第{number}号 文件.txt"), &bytes));
            project.shelf.0.insert(DocumentDigest::new(Digest::of(&bytes)), bytes);
        }
        project.add(&record_type, documents, json!({ "number": number }));
    }
}

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).ok_or_else(|| std::io::Error::other("name a folder"))?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;

    let mut plain = SmallProject::new("archive-plain");
    let sealed = plain.seal();
    write(folder, "plain", &plain, &sealed)?;

    let unsealed = SmallProject::new("archive-unsealed");
    write(folder, "unsealed", &unsealed, &unsealed.archive_of(unsealed.certificates(), None))?;

    let mut closed = SmallProject::new("archive-closed");
    closed.add("bid.sealed/1", vec![], json!({"secret": "canary"}));
    let sealed = closed.seal_with_closed(3);
    write(folder, "closed", &closed, &sealed)?;

    for ending in [Ending::Supervised, Ending::Dealt, Ending::Failed] {
        let name = serde_json::to_value(ending)?.as_str().unwrap_or_default().to_owned();
        let mut project = SmallProject::new(&format!("archive-{name}"));
        let types: Vec<String> = needed(ending).map(|item: &Item| format!("{}/1", item.name)).collect();
        let strange = ["deposit.paid/1", "evidence.recorded/2"].map(str::to_owned);
        add_all(&mut project, types.into_iter().chain(strange));
        let sealed = project.seal();
        write(folder, &name, &project, &sealed)?;
    }
    Ok(())
}

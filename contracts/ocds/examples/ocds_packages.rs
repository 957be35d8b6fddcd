//! Writes packages of the 800 auctions and of the demo's scenes, one of each category, into a folder, for stock validators:
//! all releases, records, and the compiled releases alone as a release package.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout
)]

use std::path::PathBuf;

use biaozheng_ledger::ids::ProjectId;
use biaozheng_ocds::{Process, compiled, record_package, release_package};
use biaozheng_scenes::process::shown;
use biaozheng_scenes::{auctions, play};

/// Scenes share a project's id: here each gets its own.
fn played() -> Vec<Process> {
    let named = |(name, play): (&str, play::Play)| {
        let project = ProjectId::new(&format!("scene-{name}")).unwrap();
        Process { project, ..shown(&play()) }
    };
    play::ALL.into_iter().filter(|(name, _)| *name != play::SUB_VENUE).map(named).collect()
}

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the folder to write to"));
    let mut processes: Vec<_> = auctions::releases().iter().map(auctions::process).collect();
    processes.extend(played());
    let publication = auctions::publication();
    let write = |name: &str, package: serde_json::Value| {
        std::fs::write(folder.join(name), serde_json::to_vec(&package).unwrap()).unwrap();
    };
    let mut package = release_package(&processes, &publication).unwrap();
    write("releases.json", package.clone());
    package["releases"] = processes.iter().map(|one| compiled(one, &publication).unwrap().unwrap()).collect();
    write("compiled.json", package);
    write("records.json", record_package(&processes, &publication).unwrap());
    println!("{} projects", processes.len());
}

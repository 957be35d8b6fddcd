//! Writes packages of the 800 auctions into a folder, for stock validators: all releases, records, and the compiled
//! releases alone as a release package.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout
)]

#[path = "../tests/support/auctions.rs"]
mod auctions;

use std::path::PathBuf;

use biaozheng_ocds::{compiled, record_package, release_package};

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the folder to write to"));
    let processes: Vec<_> = auctions::releases().iter().map(auctions::process).collect();
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

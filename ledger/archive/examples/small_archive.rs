//! Writes the tar of a small sealed archive to standard output, for verifiers that nobody here wrote.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use biaozheng_ledger_scenes::project::SmallProject;

fn main() -> std::io::Result<()> {
    let mut project = SmallProject::new("example");
    let archive = project.seal();
    archive.write_tar(&mut project.shelf.clone(), &mut std::io::stdout().lock())
}

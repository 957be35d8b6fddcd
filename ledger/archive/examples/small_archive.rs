//! Writes the tar of a small sealed archive to standard output, for verifiers that nobody here wrote.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

#[path = "../../tests/support/chain.rs"]
#[allow(dead_code, unreachable_pub)]
mod chain;
#[path = "../../tests/support/project.rs"]
#[allow(dead_code, unreachable_pub)]
mod project;

fn main() -> std::io::Result<()> {
    let mut project = project::SmallProject::new("example");
    let archive = project.seal();
    archive.write_tar(&mut project.shelf.clone(), &mut std::io::stdout().lock())
}

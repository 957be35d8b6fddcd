//! A program called as an operator calls it: what it ends with and what it says.

use std::path::Path;
use std::process::Output;

use tokio::process::Command;

use crate::cluster::program;

/// The exit code of a program of ours, and all it wrote.
///
/// # Panics
/// When it cannot be started.
pub async fn run(name: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let path = program(name).expect("a program that is built");
    let Output { status, stdout, stderr } =
        Command::new(path).args(arguments).output().await.expect("a program that starts");
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

/// A path as an argument.
///
/// # Panics
/// When it is no UTF-8.
#[must_use]
pub fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

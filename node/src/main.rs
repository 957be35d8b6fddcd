//! The program `biaozheng`: runs a node, and the tools of those who operate or use one.

use std::process::ExitCode;

fn main() -> ExitCode {
    biaozheng_node::commands::main()
}

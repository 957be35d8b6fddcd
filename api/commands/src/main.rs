//! The program `biaozheng-client`: the tools of bidders, experts, centres and regulators, without a node.

use std::process::ExitCode;

fn main() -> ExitCode {
    biaozheng_commands::main()
}

//! `biaozheng-audit`: audits, mirrors and witnesses a public log, without a node's program. See `--help`.

#![allow(clippy::print_stderr, reason = "a command line")]

use std::process::ExitCode;

use anyhow::Context as _;
use biaozheng_audit::commands::{AuditCommand, MirrorCommand, WitnessCommand};
use clap::{Parser, Subcommand};

const EXIT_CANNOT_TELL: u8 = 2;

const AFTER_HELP: &str = "\
Exit codes | 退出码:
  0  every source agrees and every promise that fell due was kept | 一致，承诺均已履行
  1  evidence found and written; check it with biaozheng-verify --evidence | 发现证据
  2  cannot tell: a source is stale, damaged, unreachable or garbage | 无法判定

Examples | 示例:
  biaozheng-audit audit --genesis genesis.json --state audit/ http://city:8600 http://district-a:8600
  biaozheng-audit audit --genesis genesis.json --state audit/ --receipts receipts/ mirror/
  biaozheng-audit mirror --genesis genesis.json --to www/ http://city:8600
  biaozheng-audit witness-serve --genesis genesis.json --state witness/ --name auditor.example --key auditor.key --listen 127.0.0.1:8700";

/// Audits, mirrors and witnesses a Biaozheng log. | 标证公开日志审计
#[derive(Parser)]
#[command(version, after_help = AFTER_HELP, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check nodes or mirrors against each other and against what was seen before 审计
    Audit(AuditCommand),
    /// Keep a verified copy of the log that any static web server can serve 镜像
    Mirror(MirrorCommand),
    /// Cosign a log from outside, as long as it only grows 见证
    WitnessServe(WitnessCommand),
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let work = async move {
        match command {
            Command::Audit(command) => command.run().await,
            Command::Mirror(command) => command.run().await,
            Command::WitnessServe(command) => command.run().await,
        }
    };
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")
        .and_then(|runtime| runtime.block_on(work));
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("biaozheng-audit: {error:#}");
            ExitCode::from(EXIT_CANNOT_TELL)
        }
    }
}

//! `biaozheng-audit`: audits, mirrors and witnesses a public log, without a node's program. See `--help`.

#![allow(clippy::print_stderr, reason = "a command line")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use biaozheng_audit::commands::{AuditCommand, MirrorCommand, WitnessCommand, WitnessReturnCommand};
use biaozheng_connect::Trust;
use biaozheng_pages::Shell;
use clap::{CommandFactory as _, Parser, Subcommand};

const EXIT_CANNOT_TELL: u8 = 2;

const AFTER_HELP: &str = "\
Exit codes | 退出码:
  0  every source agrees, every promise that fell due was kept, every block executed gave its header | 一致，承诺均已履行
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
    /// Certificates (PEM) of authorities that https sources may show, beside those of the operating system 受信任的证书颁发机构
    #[arg(long, value_name = "FILE", global = true)]
    ca: Option<PathBuf>,
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
    /// Bring a stopped witness back that a log key led away from the log 见证返回
    WitnessReturn(WitnessReturnCommand),
    /// Print the script by which a shell completes these commands 命令补全
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Write a man page for every command into a folder 手册页
    Man {
        /// The folder; made if it is not there
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    let Cli { ca, command } = Cli::parse();
    let work = async move {
        if let Some(file) = ca {
            Trust::with_file(&file)?.share()?;
        }
        match command {
            Command::Audit(command) => command.run().await,
            Command::Mirror(command) => command.run().await,
            Command::WitnessServe(command) => command.run().await,
            Command::WitnessReturn(command) => command.run(),
            Command::Completions { shell } => {
                std::io::stdout().write_all(&biaozheng_pages::completions(Cli::command(), shell))?;
                Ok(0)
            }
            Command::Man { folder } => {
                biaozheng_pages::write_pages(Cli::command(), &folder)?;
                Ok(0)
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_option_has_help() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        fn all(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{} has no help", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} has no help", argument.get_id());
            }
            command.get_subcommands().filter(|one| one.get_name() != "help").for_each(all);
        }
        all(&command);
    }
}

//! `biaozheng-audit`: audits, mirrors and witnesses a public log. See `--help`.
//!
//! It only reads arguments, prints what the library found and sets the exit code.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use biaozheng_audit::{Audit, AuditReport, Source, Witness, witness};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::limits::GENESIS_BYTES_MAX;
use biaozheng_ledger::note::NoteKey;
use biaozheng_pages::Shell;
use clap::{Args, CommandFactory as _, Parser, Subcommand};

const EXIT_EVIDENCE: u8 = 1;
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

#[derive(Args)]
struct AuditCommand {
    /// The chain's genesis, got from print or a node you trust: it is the trust anchor 创世文件（信任锚）
    #[arg(long, value_name = "FILE")]
    genesis: PathBuf,
    /// This auditor's own folder: the verified log, what it saw, the evidence it found 审计目录
    #[arg(long, value_name = "FOLDER")]
    state: PathBuf,
    /// A folder of receipts (.json) whose promises are checked 回执目录
    #[arg(long, value_name = "FOLDER")]
    receipts: Option<PathBuf>,
    /// Key text of an outside witness whose lines may stand in a checkpoint 外部见证人公钥
    #[arg(long, value_name = "KEY")]
    witness: Vec<NoteKey>,
    /// Seconds a source's newest cosignature may lie behind another's 允许落后秒数
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    stale_after_s: u64,
    /// Repeat after so many seconds until evidence is found 每隔若干秒重复
    #[arg(long, value_name = "SECONDS")]
    every_s: Option<u64>,
    /// One JSON object a round 每轮输出一行 JSON
    #[arg(long)]
    json: bool,
    /// Nodes and mirrors: http addresses or folders 节点或镜像
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<String>,
}

#[derive(Args)]
struct MirrorCommand {
    /// The chain's genesis 创世文件
    #[arg(long, value_name = "FILE")]
    genesis: PathBuf,
    /// The mirror's folder; serve its `log` folder 镜像目录
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// Repeat after so many seconds 每隔若干秒重复
    #[arg(long, value_name = "SECONDS")]
    every_s: Option<u64>,
    /// The node or mirror to copy 来源
    #[arg(value_name = "SOURCE")]
    source: String,
}

#[derive(Args)]
struct WitnessCommand {
    /// Genesis of a log to witness; may be given more than once 创世文件
    #[arg(long, value_name = "FILE", required = true)]
    genesis: Vec<PathBuf>,
    /// The witness's folder: what it cosigned last 见证状态目录
    #[arg(long, value_name = "FOLDER")]
    state: PathBuf,
    /// The witness's name in its lines 见证人名称
    #[arg(long)]
    name: String,
    /// Secret key file, as `biaozheng keys` makes it 密钥文件
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Address to listen at 监听地址
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8700")]
    listen: String,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let work = async move {
        match command {
            Command::Audit(command) => command.run().await,
            Command::Mirror(command) => command.run().await,
            Command::WitnessServe(command) => command.run().await,
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

fn genesis(path: &Path) -> anyhow::Result<Genesis> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    file.take(GENESIS_BYTES_MAX.saturating_add(1) as u64).read_to_end(&mut bytes)?;
    Genesis::from_json(&bytes).with_context(|| path.display().to_string())
}

impl AuditCommand {
    async fn run(self) -> anyhow::Result<u8> {
        let sources = self.sources.iter().map(|one| Source::open(one)).collect::<Result<Vec<_>, _>>()?;
        let mut audit = Audit::open(&self.state, genesis(&self.genesis)?, self.witness, self.stale_after_s)?;
        loop {
            let report = audit.round(&sources, self.receipts.as_deref()).await?;
            print(&report, self.json)?;
            match self.every_s {
                Some(seconds) if report.exit_code() != EXIT_EVIDENCE => {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                }
                _ => return Ok(report.exit_code()),
            }
        }
    }
}

impl MirrorCommand {
    async fn run(self) -> anyhow::Result<u8> {
        let source = Source::open(&self.source)?;
        let mut audit = Audit::open(&self.to, genesis(&self.genesis)?, Vec::new(), u64::MAX)?;
        loop {
            let report = audit.round(std::slice::from_ref(&source), None).await?;
            print(&report, false)?;
            match self.every_s {
                Some(seconds) if report.exit_code() != EXIT_EVIDENCE => {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                }
                _ => return Ok(report.exit_code()),
            }
        }
    }
}

impl WitnessCommand {
    async fn run(self) -> anyhow::Result<u8> {
        let logs = self.genesis.iter().map(|path| genesis(path)).collect::<anyhow::Result<Vec<_>>>()?;
        let secret = biaozheng_client::key_file::read(&self.key)?;
        let witness = Arc::new(Witness::open(&self.state, &self.name, secret, logs)?);
        let listener = tokio::net::TcpListener::bind(&self.listen).await.context(self.listen)?;
        println!("{} http://{}", witness.key(), listener.local_addr()?);
        let stop = async { _ = tokio::signal::ctrl_c().await };
        witness::serve(listener, witness, stop).await?;
        Ok(0)
    }
}

fn print(report: &AuditReport, json: bool) -> anyhow::Result<()> {
    let troubles: Vec<String> =
        report.troubles.iter().map(|trouble| printable(&trouble.to_string())).collect();
    if json {
        let value = serde_json::json!({
            "size": report.size, "agreeing": report.agreeing, "evidence": report.found, "troubles": troubles,
            "promises_kept": report.promises_kept, "promises_open": report.promises_open,
            "exit_code": report.exit_code(),
        });
        println!("{value}");
        return Ok(());
    }
    println!("{} leaves verified; {} source(s) agree", report.size, report.agreeing.len());
    if report.promises_kept.saturating_add(report.promises_open) > 0 {
        println!("promises: {} kept, {} not due yet", report.promises_kept, report.promises_open);
    }
    for found in &report.found {
        println!("EVIDENCE 证据 {}: {}", found.file.display(), serde_json::to_string(&found.proven)?);
    }
    for trouble in troubles {
        println!("cannot tell 无法判定: {trouble}");
    }
    Ok(())
}

/// What came from a server must not steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
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

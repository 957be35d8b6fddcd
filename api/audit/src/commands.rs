//! The command lines of auditor, mirror and witness, for `biaozheng` and `biaozheng-audit` alike.
//!
//! They only read arguments, print what the library found and give the exit code.

#![allow(clippy::print_stdout, reason = "command lines")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::ProjectId;
use biaozheng_ledger::limits::GENESIS_BYTES_MAX;
use biaozheng_ledger::note::NoteKey;
use clap::Args;

use crate::audit::Refused;
use crate::{Audit, AuditReport, Follower, ReplayReport, Source, Witness, witness};

const EXIT_EVIDENCE: u8 = 1;

#[derive(Debug, Args)]
pub struct AuditCommand {
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
    /// Do not execute the blocks again; the log and its promises are checked all the same 不重放区块
    #[arg(long)]
    no_replay: bool,
    /// A tender sealed to the group: show that its opening lists exactly the sealed bids 核验开标清单完整
    #[arg(long, value_name = "PROJECT", conflicts_with = "no_replay")]
    opening: Vec<ProjectId>,
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

#[derive(Debug, Args)]
pub struct MirrorCommand {
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

#[derive(Debug, Args)]
pub struct WitnessCommand {
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

fn genesis(path: &Path) -> anyhow::Result<Genesis> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    file.take(GENESIS_BYTES_MAX.saturating_add(1) as u64).read_to_end(&mut bytes)?;
    Genesis::from_json(&bytes).with_context(|| path.display().to_string())
}

impl AuditCommand {
    /// The exit code: 0 all agree, 1 evidence found, 2 cannot tell.
    ///
    /// # Errors
    /// When the command's own files, keys or addresses cannot be used.
    pub async fn run(self) -> anyhow::Result<u8> {
        let sources = self.sources.iter().map(|one| Source::open(one)).collect::<Result<Vec<_>, _>>()?;
        let genesis = genesis(&self.genesis)?;
        let mut audit = Audit::open(&self.state, genesis.clone(), self.witness, self.stale_after_s)?;
        let mut follower = if self.no_replay { None } else { Some(Follower::open(&self.state, &genesis)?) };
        loop {
            let mut report = audit.round(&sources, self.receipts.as_deref()).await?;
            if let Some(follower) = &mut follower {
                follower.round(&sources, audit.folder(), &mut report).await?;
                check_openings(follower, &sources, &self.opening, &mut report).await;
            }
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

/// Checks each opening with the first source that serves the blocks.
async fn check_openings(
    follower: &Follower,
    sources: &[Source],
    projects: &[ProjectId],
    report: &mut AuditReport,
) {
    for project in projects {
        let mut shown = None;
        for source in sources.iter().filter(|source| source.is_server()) {
            match follower.opening(source, project).await {
                Ok(opening) => {
                    let done = opening.failed.is_none();
                    shown = Some(opening);
                    if done {
                        break;
                    }
                }
                Err(trouble) => report.troubles.push(trouble),
            }
        }
        report.openings.extend(shown);
    }
}

impl MirrorCommand {
    /// The exit code: 0 all agree, 1 evidence found, 2 cannot tell.
    ///
    /// # Errors
    /// When the command's own files, keys or addresses cannot be used.
    pub async fn run(self) -> anyhow::Result<u8> {
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
    /// The exit code: 0 all agree, 1 evidence found, 2 cannot tell.
    ///
    /// # Errors
    /// When the command's own files, keys or addresses cannot be used.
    pub async fn run(self) -> anyhow::Result<u8> {
        let logs = self.genesis.iter().map(|path| genesis(path)).collect::<anyhow::Result<Vec<_>>>()?;
        let secret = biaozheng_client::key_file::read(&self.key)?;
        let witness = Arc::new(Witness::open(&self.state, &self.name, secret, logs)?);
        let listener = tokio::net::TcpListener::bind(&self.listen).await.context(self.listen)?;
        println!("{} http://{}", witness.key(), listener.local_addr()?);
        let stop = stopped()?;
        witness::serve(listener, witness, stop).await?;
        Ok(0)
    }
}

/// Resolves at an interrupt, a request to terminate, or when the terminal hung up: a cosignature that is being written
/// is finished first.
fn stopped() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}

fn print(report: &AuditReport, json: bool) -> anyhow::Result<()> {
    let troubles: Vec<String> =
        report.troubles.iter().map(|trouble| printable(&trouble.to_string())).collect();
    if json {
        let value = serde_json::json!({
            "size": report.size, "agreeing": report.agreeing, "evidence": report.found, "troubles": troubles,
            "promises_kept": report.promises_kept, "promises_open": report.promises_open,
            "promises_refused": report.promises_refused,
            "replay": report.replay, "openings": report.openings,
            "exit_code": report.exit_code(),
        });
        println!("{value}");
        return Ok(());
    }
    println!("{} leaves verified; {} source(s) agree", report.size, report.agreeing.len());
    if report.promises_kept.saturating_add(report.promises_open) > 0 {
        println!("promises: {} kept, {} not due yet", report.promises_kept, report.promises_open);
    }
    for Refused { receipt, refusal } in &report.promises_refused {
        println!(
            "promise answered: {}: {} signed that the rules refused the record on block {}: {} 节点已签署拒绝",
            printable(&receipt.display().to_string()),
            printable(&refusal.node),
            refusal.height,
            printable(&refusal.code)
        );
    }
    report.replay.as_ref().map_or(Ok(()), print_replay)?;
    for opening in &report.openings {
        print!("{opening}");
    }
    for found in &report.found {
        println!("EVIDENCE 证据 {}: {}", found.file.display(), serde_json::to_string(&found.proven)?);
    }
    for trouble in troubles {
        println!("cannot tell 无法判定: {trouble}");
    }
    Ok(())
}

fn print_replay(replay: &ReplayReport) -> anyhow::Result<()> {
    println!("blocks executed again to height {}: every root came out 重放至高度 {0}", replay.height);
    if let Some(waits) = &replay.waits {
        println!(
            "replay waits at block {} for the body of record {}, which is not public yet 等待该记录公开",
            waits.height, waits.record
        );
    }
    for found in &replay.found {
        println!(
            "EVIDENCE 证据 {}: block {}: {}",
            found.file.display(),
            found.height,
            printable(&serde_json::to_string(&found.finding)?)
        );
    }
    Ok(())
}

/// What came from a server must not steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

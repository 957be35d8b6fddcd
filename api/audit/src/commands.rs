//! The command lines of auditor, mirror and witness, for `biaozheng` and `biaozheng-audit` alike.
//!
//! They only read arguments, print what the library found and give the exit code.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "command lines")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::ProjectId;
use biaozheng_ledger::limits::{GENESIS_BYTES_MAX, POLICY_BYTES_MAX};
use biaozheng_ledger::note::NoteKey;
use biaozheng_ledger::policy::Policy;
use clap::Args;

use crate::audit::Refused;
use crate::witness::{Returned, Standing, Trust, bring_back};
use crate::{Audit, AuditReport, Follower, LogFolder, ReplayReport, Source, Witness, witness};
use biaozheng_files as files;

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
    /// Nodes and mirrors: http:// or https:// addresses, or folders 节点或镜像
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
    /// Genesis of a log to witness: its quorum of cosigners is asked for. May be given more than once 创世文件
    #[arg(long, value_name = "FILE", required_unless_present = "policy")]
    genesis: Vec<PathBuf>,
    /// A policy (C2SP tlog-policy) where there is no genesis; its quorum is asked for. With `quorum none` a log key alone
    /// is believed, and whoever steals one leads this witness away. May be given more than once 策略文件
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,
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

#[derive(Debug, Args)]
pub struct WitnessReturnCommand {
    /// Genesis of the log the witness was led away from 创世文件
    #[arg(long, value_name = "FILE")]
    genesis: PathBuf,
    /// The stopped witness's folder 见证状态目录
    #[arg(long, value_name = "FOLDER")]
    state: PathBuf,
    /// The verified copy of the log to go on from: `log` of a mirror's or an auditor's folder, made just now 已核验的日志副本
    #[arg(long, value_name = "FOLDER")]
    log: PathBuf,
    /// No node knows a tree as large as the one this witness cosigned: asked of several, and your word 各节点日志均较小
    #[arg(long)]
    log_is_smaller: bool,
}

fn bytes_of(path: &Path, most: usize) -> anyhow::Result<Vec<u8>> {
    let bytes = files::read(path, most).with_context(|| path.display().to_string())?;
    bytes.with_context(|| format!("{}: no such file", path.display()))
}

fn genesis(path: &Path) -> anyhow::Result<Genesis> {
    Genesis::from_json(&bytes_of(path, GENESIS_BYTES_MAX)?).with_context(|| path.display().to_string())
}

fn policy(path: &Path) -> anyhow::Result<Policy> {
    let text = String::from_utf8(bytes_of(path, POLICY_BYTES_MAX)?);
    let policy = text.map_err(anyhow::Error::from).and_then(|text| Ok(text.parse()?));
    policy.with_context(|| path.display().to_string())
}

impl AuditCommand {
    /// The exit code: 0 all agree, 1 evidence found, 2 cannot tell.
    ///
    /// # Errors
    /// When the command's own files, keys or addresses cannot be used.
    pub async fn run(self) -> anyhow::Result<u8> {
        let sources = self.sources.iter().map(|one| Source::open(one)).collect::<Result<Vec<_>, _>>()?;
        let genesis = genesis(&self.genesis)?;
        let open = || {
            let audit = Audit::open(&self.state, genesis.clone(), self.witness.clone(), self.stale_after_s)?;
            let follower = if self.no_replay { None } else { Some(Follower::open(&self.state, &genesis)?) };
            anyhow::Ok((audit, follower))
        };
        let mut opened = open()?;
        loop {
            match self.round(&mut opened, &sources).await {
                Ok(report) => {
                    print(&report, self.json)?;
                    match self.every_s {
                        Some(seconds) if report.exit_code() != EXIT_EVIDENCE => pause(seconds).await,
                        _ => return Ok(report.exit_code()),
                    }
                }
                Err(error) => opened = again(self.every_s, error, open).await?,
            }
        }
    }

    async fn round(
        &self,
        (audit, follower): &mut (Audit, Option<Follower>),
        sources: &[Source],
    ) -> anyhow::Result<AuditReport> {
        let mut report = audit.round(sources, self.receipts.as_deref()).await?;
        if let Some(follower) = follower {
            follower.round(sources, audit.folder(), &mut report).await?;
            check_openings(follower, sources, &self.opening, &mut report).await;
        }
        Ok(report)
    }
}

/// A round every second is the most.
async fn pause(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds.max(1))).await;
}

/// A round failed on the folder itself, such as on a full disk: said, and tried from what is on the disk, for as long as it
/// takes.
///
/// # Errors
/// The failure, where no round was to follow.
async fn again<T>(
    every_s: Option<u64>,
    error: anyhow::Error,
    open: impl Fn() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let Some(seconds) = every_s else { return Err(error) };
    let mut error = error;
    loop {
        eprintln!("cannot tell, trying again 无法判定，将重试: {}", printable(&format!("{error:#}")));
        pause(seconds).await;
        match open() {
            Ok(opened) => return Ok(opened),
            Err(still) => error = still,
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
        let genesis = genesis(&self.genesis)?;
        let open = || Ok(Audit::open(&self.to, genesis.clone(), Vec::new(), u64::MAX)?);
        let mut audit = open()?;
        loop {
            match audit.round(std::slice::from_ref(&source), None).await {
                Ok(report) => {
                    print(&report, false)?;
                    match self.every_s {
                        Some(seconds) if report.exit_code() != EXIT_EVIDENCE => pause(seconds).await,
                        _ => return Ok(report.exit_code()),
                    }
                }
                Err(error) => audit = again(self.every_s, error.into(), open).await?,
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
        let genesis = self.genesis.iter().map(|path| genesis(path).map(Trust::Genesis));
        let policies = self.policy.iter().map(|path| policy(path).map(Trust::Policy));
        let trust = genesis.chain(policies).collect::<anyhow::Result<Vec<_>>>()?;
        let secret = biaozheng_client::key_file::read(&self.key)?;
        let witness = Arc::new(Witness::open_trusting(&self.state, &self.name, secret, trust)?);
        witness.standing().iter().for_each(warn_of);
        let listener = tokio::net::TcpListener::bind(&self.listen).await.context(self.listen)?;
        println!("{} http://{}", witness.key(), listener.local_addr()?);
        let stop = stopped()?;
        witness::serve(listener, witness, stop).await?;
        Ok(0)
    }
}

impl WitnessReturnCommand {
    /// The exit code: 0 brought back, or nothing to bring back.
    ///
    /// # Errors
    /// When the witness has to stay where it is, with the reason.
    pub fn run(self) -> anyhow::Result<u8> {
        let copy = LogFolder::open(&self.log)?;
        match bring_back(&self.state, &genesis(&self.genesis)?, &copy, self.log_is_smaller)? {
            Returned::NotAstray { size } => println!(
                "the tree of {size} leaves is a beginning of the log: this witness was not led away, and nothing was changed 未偏离"
            ),
            Returned::Back { from, to, aside, evidence } => {
                println!(
                    "back from a tree of {from} leaves that no quorum signed to the log's of {to}; the former is kept in {} 已返回",
                    aside.display()
                );
                if let Some(file) = evidence {
                    println!("EVIDENCE 证据 {}: against the log key that signed it", file.display());
                }
            }
        }
        Ok(0)
    }
}

/// What a witness cannot check is said when it starts, and not only in the manual.
#[allow(clippy::print_stderr, reason = "a command line")]
fn warn_of(log: &Standing) {
    let origin = printable(&log.origin);
    if !log.needs_cosigners {
        eprintln!(
            "warning 警告: {origin}: this witness has log keys and no quorum: it cannot check that the consortium stands behind what it cosigns, and one stolen log key leads it away for ever. Give --genesis 缺少法定多数校验"
        );
    } else if !log.is_backed {
        eprintln!(
            "note 提示: {origin}: the tree cosigned last, of {} leaves, was kept without the quorum's lines, as earlier versions did. It is held to; if the log turns out not to extend it, see witness-return 旧版状态未含法定多数签名",
            log.size
        );
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

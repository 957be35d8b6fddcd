//! `biaozheng witness`: records a folder of audio and video segments, and checks one against what was recorded.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, ensure};
use biaozheng_client::author::clock;
use biaozheng_client::witness::{self, Recording};
use biaozheng_client::{Author, Client, Patience, Wait};
use biaozheng_ledger::ids::{CameraId, OrgId, ProjectId, SittingId};
use biaozheng_ledger::witness_chain::{Batch, ChainState};
use clap::{Args, Subcommand};

use super::Exit;
use super::certificate::chain_of;
use super::output::say;
use super::processes::Processes;
use crate::keys::read_secret;

const FILES: &str = "\
Segments are files <camera>_<index>_<started>_<ended>.<extension>, times in Unix milliseconds of the recorder's clock,
such as hall-1_000042_1790000000000_1790000010000.mp4. Only digests go on chain.";

#[derive(Debug, Subcommand)]
pub(super) enum WitnessCommand {
    /// Watch a folder and record its segments, each camera a hash chain 录像存证
    #[command(after_help = FILES)]
    Record(RecordSegments),
    /// Hold a folder against what was recorded: names what was removed, swapped or altered 核验
    #[command(after_help = FILES)]
    Check(Check),
}

/// Which sitting.
#[derive(Debug, Args)]
struct Sitting {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: Option<String>,
    /// The folder with the segments
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// The project
    #[arg(long, value_name = "PROJECT")]
    project: ProjectId,
    /// The sitting, such as opening
    #[arg(long, value_name = "SITTING")]
    sitting: SittingId,
}

#[derive(Debug, Args)]
pub(super) struct RecordSegments {
    #[command(flatten)]
    of: Sitting,
    /// The recorder's secret key file
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The recorder's organisation
    #[arg(long, value_name = "ORG")]
    org: OrgId,
    /// A pause up to this long between two segments is none, milliseconds
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    joint_ms: u32,
    /// The recorder's clock minus the reference clock, milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0, allow_negative_numbers = true)]
    clock_offset_ms: i64,
    /// Why segments are missing, where they are; without it a gap is an error
    #[arg(long, value_name = "TEXT")]
    gap_reason: Option<String>,
    /// Look once and end; otherwise go on until interrupted
    #[arg(long)]
    once: bool,
    /// How often to look, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    every_s: u64,
    /// A file is whole when it has not changed for so long, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    settle_s: u64,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    of: Sitting,
}

impl WitnessCommand {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Record(record) => record.run().await,
            Self::Check(check) => check.run().await,
        }
    }
}

impl Sitting {
    async fn open(&self) -> anyhow::Result<(Client, biaozheng_ledger::ids::ChainId)> {
        let client = Client::new(&self.api)?;
        let found = client.genesis().await?.chain_id();
        if let Some(expected) = self.chain.as_deref().map(chain_of).transpose()? {
            ensure!(expected == found, "the node is of chain {found}, not {expected} 链标识不符");
        }
        Ok((client, found))
    }

    /// The batches recorded so far, in the order of the chain.
    async fn recorded(
        &self,
        client: &Client,
        chain: biaozheng_ledger::ids::ChainId,
    ) -> anyhow::Result<Vec<Batch>> {
        let process = Processes::of(client, chain).await?.read(&self.project).await?;
        let mut batches = Vec::new();
        for record in process.records.iter().filter(|one| one.record_type == witness::RECORD_TYPE) {
            let batch: Batch = serde_json::from_value(record.body.clone())
                .with_context(|| format!("record {}", record.id))?;
            if batch.sitting == self.sitting {
                batches.push(batch);
            }
        }
        Ok(batches)
    }
}

impl RecordSegments {
    async fn run(self) -> anyhow::Result<Exit> {
        let (client, chain) = self.of.open().await?;
        let author = Author::new(self.org.clone(), read_secret(&self.key)?, chain);
        let recording = Recording {
            project: self.of.project.clone(),
            sitting: self.of.sitting.clone(),
            joint_ms: self.joint_ms,
            clock_offset_ms: self.clock_offset_ms,
            gap_reason: self.gap_reason.clone(),
        };
        let batches = self.of.recorded(&client, chain).await?;
        let mut chains: std::collections::BTreeMap<CameraId, ChainState> = std::collections::BTreeMap::new();
        loop {
            let mut folder = witness::scan(&self.of.folder)?;
            folder.segments.retain(|segment| is_whole(&segment.path, Duration::from_secs(self.settle_s)));
            let mut cameras: Vec<CameraId> = folder.segments.iter().map(|one| one.camera.clone()).collect();
            cameras.dedup();
            for camera in cameras {
                let mut state = match chains.remove(&camera) {
                    Some(state) => state,
                    None => witness::state(&recording, &camera, &batches)?,
                };
                while let Some((batch, after)) = witness::next_batch(&folder, &recording, &camera, &state)? {
                    let count = batch.segments.len();
                    let record = author
                        .record(witness::RECORD_TYPE, &batch)
                        .project(self.of.project.clone())
                        .sign(clock())?;
                    client.submit_until(&record, Wait::Committed, Patience::default()).await?;
                    say(format_args!(
                        "{camera}: {count} segments on chain 已存证 {}, head {}",
                        record.id(),
                        after.head.hex()
                    ));
                    state = after;
                }
                chains.insert(camera, state);
            }
            if self.once {
                return Ok(Exit::Done);
            }
            tokio::time::sleep(Duration::from_secs(self.every_s.max(1))).await;
        }
    }
}

fn is_whole(path: &std::path::Path, settle: Duration) -> bool {
    let changed = std::fs::metadata(path).and_then(|about| about.modified());
    changed.is_ok_and(|changed| SystemTime::now().duration_since(changed).unwrap_or_default() >= settle)
}

impl Check {
    async fn run(self) -> anyhow::Result<Exit> {
        let (client, chain) = self.of.open().await?;
        let batches = self.of.recorded(&client, chain).await?;
        ensure!(!batches.is_empty(), "nothing is recorded of sitting {} 无存证记录", self.of.sitting);
        let check = witness::check_folder(&self.of.folder, &self.of.project, &self.of.sitting, &batches)?;
        for (camera, one) in &check.cameras {
            say(format_args!(
                "{camera}: {} recorded, {} gaps, {} files, head {}",
                one.segments,
                one.gaps,
                one.files,
                one.head.hex()
            ));
            for finding in &one.findings {
                say(format_args!("{camera}: {finding:?}"));
            }
        }
        for stranger in &check.strangers {
            say(format_args!("not a segment's name 非片段文件: {:?}", stranger.display().to_string()));
        }
        if check.is_complete() {
            say("every recorded segment is there, unaltered and in its place 全部片段完整一致");
            return Ok(Exit::Done);
        }
        Ok(Exit::No)
    }
}

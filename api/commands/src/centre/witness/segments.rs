//! `biaozheng witness record`: looks at a folder again and again and records what is whole, camera by camera.
//!
//! **Invariant:** one camera's fault, one file, or a node that is away for a moment ends nothing for the other cameras.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use biaozheng_client::author::clock;
use biaozheng_client::witness::{self, CameraState, Folder, Recording, SittingError};
use biaozheng_client::{Author, Client, ClientError, Patience, Wait};
use biaozheng_ledger::ids::{CameraId, ChainId, OrgId};
use biaozheng_ledger::witness_chain::Batch;
use clap::Args;

use super::Sitting;
use crate::Exit;
use crate::output::{complain, say};
use biaozheng_client::key_file::read as read_secret;

#[derive(Debug, Args)]
pub(crate) struct RecordSegments {
    #[command(flatten)]
    of: Sitting,
    /// The folder with the segments
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
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
    /// Why a counter began again or a clock was set back, where one did; without it that is an error
    #[arg(long, value_name = "TEXT")]
    run_reason: Option<String>,
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

/// The recorder at work.
struct Recorder {
    of: Sitting,
    client: Client,
    chain: ChainId,
    author: Author,
    recording: Recording,
    batches: Vec<Batch>,
    cameras: BTreeMap<CameraId, CameraState>,
    settling: Settling,
    /// Said before, so that it is not said at every look.
    said: BTreeSet<String>,
}

/// What one look came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Look {
    faults: usize,
    waiting: usize,
}

impl RecordSegments {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let (client, chain) = self.of.open().await?;
        let author = Author::new(self.org.clone(), read_secret(&self.key)?, chain);
        let recording = Recording {
            project: self.of.project.clone(),
            sitting: self.of.sitting.clone(),
            joint_ms: self.joint_ms,
            clock_offset_ms: self.clock_offset_ms,
            gap_reason: self.gap_reason,
            run_reason: self.run_reason,
        };
        let batches = Vec::new();
        let settle = Duration::from_secs(self.settle_s);
        let settling = Settling { settle, once: self.once, seen: BTreeMap::new() };
        let (cameras, said) = (BTreeMap::new(), BTreeSet::new());
        let mut recorder =
            Recorder { of: self.of, client, chain, author, recording, batches, cameras, settling, said };
        if self.once {
            let mut look = recorder.look(&self.folder).await?;
            if look.waiting > 0 && recorder.settling.has_future() {
                // Dated ahead of this clock, nothing tells their age: they are whole when they stay as they are.
                tokio::time::sleep(settle).await;
                look = recorder.look(&self.folder).await?;
            }
            return Ok(match look {
                Look { faults: 0, waiting: 0 } => Exit::Done,
                Look { faults: 0, .. } => Exit::Unfinished,
                Look { .. } => Exit::No,
            });
        }
        loop {
            match recorder.look(&self.folder).await {
                Ok(_) => {}
                Err(error) if is_temporary(&error) => {
                    complain(format_args!("{error:#}; trying again 稍后重试"));
                    recorder.cameras.clear();
                }
                Err(error) => return Err(error),
            }
            tokio::time::sleep(Duration::from_secs(self.every_s.max(1))).await;
        }
    }
}

fn is_temporary(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref()).any(ClientError::is_temporary)
}

impl Recorder {
    /// Records what a folder holds by now.
    ///
    /// # Errors
    /// When the folder cannot be listed or the node is away.
    async fn look(&mut self, folder: &std::path::Path) -> anyhow::Result<Look> {
        let mut folder = witness::scan(folder)?;
        self.settling.judge(&mut folder);
        let cameras: BTreeSet<CameraId> =
            folder.segments.iter().chain(&folder.unfinished).map(|one| one.camera.clone()).collect();
        let mut look = Look::default();
        for camera in cameras {
            if !self.cameras.contains_key(&camera) {
                if self.cameras.is_empty() {
                    // First of all, and after the node was away: what is on chain is read again.
                    self.batches = self.of.read(&self.client, self.chain).await?.batches(&self.of.sitting)?;
                }
                match witness::state(&self.recording, &camera, &self.batches) {
                    Ok(state) => drop(self.cameras.insert(camera.clone(), state)),
                    Err(fault) => {
                        look.faults = look.faults.saturating_add(1);
                        self.tell(format!("{camera}: not recorded 未存证: {fault}"));
                        continue;
                    }
                }
            }
            if let Err(fault) = self.record(&folder, &camera).await? {
                look.faults = look.faults.saturating_add(1);
                self.tell(format!("{camera}: not recorded 未存证: {fault}"));
            }
            look.waiting = look.waiting.saturating_add(usize::from(self.tell_rest(&folder, &camera)));
        }
        Ok(look)
    }

    /// Everything of a camera that can be recorded; inside, what is wrong with the camera.
    async fn record(&mut self, folder: &Folder, camera: &CameraId) -> anyhow::Result<Result<(), String>> {
        loop {
            let Some(state) = self.cameras.get_mut(camera) else { return Ok(Ok(())) };
            let (batch, after) = match witness::next_batch(folder, &self.recording, camera, state) {
                Ok(Some(next)) => next,
                // Written to after all: the next look tells.
                Ok(None) | Err(SittingError::Changing(_)) => return Ok(Ok(())),
                Err(fault) => return Ok(Err(advice(&fault))),
            };
            let draft = self.author.record(witness::RECORD_TYPE, &batch);
            let record = draft.project(self.recording.project.clone()).sign(clock())?;
            match self.client.submit_until(&record, Wait::Committed, Patience::default()).await {
                Ok(sent) if sent.reached(Wait::Committed) => {}
                Ok(_) => {
                    // Taken and in no block yet: the chain is read again before anything else of this camera is sent.
                    self.cameras.clear();
                    return Ok(Err(format!("the node took {} and no block has it yet", record.id())));
                }
                Err(error @ ClientError::Problem(_)) if !error.is_temporary() => {
                    self.cameras.clear();
                    return Ok(Err(error.to_string()));
                }
                Err(error) => return Err(error.into()),
            }
            say(format_args!(
                "{camera}: {} segments on chain 已存证 {}, head {}",
                batch.segments.len(),
                record.id(),
                after.head.hex()
            ));
            for one in &batch.segments {
                let (run, gap) = (one.run.as_ref(), one.gap.as_ref());
                run.inspect(|why| say(format_args!("{camera}: new run from segment {}: {why}", one.index)));
                gap.inspect(|why| say(format_args!("{camera}: gap before segment {}: {why}", one.index)));
            }
            state.advance(&batch, after);
        }
    }

    /// Names what is not recorded of a camera; true when a file is still being written.
    fn tell_rest(&mut self, folder: &Folder, camera: &CameraId) -> bool {
        let Some(state) = self.cameras.get(camera) else { return false };
        let name = |path: &std::path::Path| format!("{:?}", path.file_name().unwrap_or_default());
        let mut lines: Vec<String> = state
            .late(folder, camera)
            .map(|file| {
                format!("{camera}: {} came after its place was recorded 迟到，未存证", name(&file.path))
            })
            .collect();
        let empty = folder.segments.iter().filter(|file| file.camera == *camera && file.bytes == 0);
        let settled = empty.filter(|file| file.settled);
        lines.extend(settled.map(|file| format!("{camera}: {} is empty 空文件，未存证", name(&file.path))));
        let waits = state.waits_for(folder, camera);
        lines.extend(
            waits.map(|file| format!("{camera}: waits for {}, still being written 写入中", name(&file.path))),
        );
        let waiting = waits.is_some();
        lines.into_iter().for_each(|line| self.tell(line));
        waiting
    }

    fn tell(&mut self, line: String) {
        if self.said.insert(line.clone()) {
            complain(line);
        }
    }
}

/// A fault, and the option that goes past it.
fn advice(fault: &SittingError) -> String {
    let option = match fault {
        SittingError::Gap { .. } => " (--gap-reason TEXT)",
        SittingError::NewRun { .. } => " (--run-reason TEXT)",
        _ => "",
    };
    format!("{fault}{option}")
}

/// Which files are whole: those nobody has written to for a while.
struct Settling {
    settle: Duration,
    once: bool,
    /// Size and date of each file, and since when it has been seen with these.
    seen: BTreeMap<PathBuf, (u64, Option<SystemTime>, Instant)>,
}

impl Settling {
    /// By the file's date; where that lies ahead, and in the long run also, by what was seen of it.
    fn judge(&mut self, folder: &mut Folder) {
        let (now, instant) = (SystemTime::now(), Instant::now());
        let mut seen = BTreeMap::new();
        for file in &mut folder.segments {
            let before =
                self.seen.get(&file.path).filter(|one| (one.0, one.1) == (file.bytes, file.modified));
            let since = before.map_or(instant, |one| one.2);
            let unchanged = instant.saturating_duration_since(since) >= self.settle;
            let age = file.modified.and_then(|modified| now.duration_since(modified).ok());
            file.settled = match age {
                Some(age) => age >= self.settle && (self.once || unchanged),
                None => unchanged,
            };
            seen.insert(file.path.clone(), (file.bytes, file.modified, since));
        }
        self.seen = seen;
    }

    fn has_future(&self) -> bool {
        self.seen
            .values()
            .any(|(_, modified, _)| modified.is_none_or(|modified| modified > SystemTime::now()))
    }
}

//! One round of a replay: the blocks each node serves, as far as their bodies are public.
//!
//! **Invariant:** a body that is closed ends the round's replay and is no trouble: bids stay closed until their
//! opening, and the next round goes on from there. What is called a finding is written to a file with the header,
//! the commit certificate and the records, so that anybody can execute it again.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use biaozheng_ledger::block::Header;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{Height, RecordId};
use biaozheng_ledger::limits::{BLOCK_BYTES_MAX, BLOCK_RECORDS_MAX};
use biaozheng_ledger::merkle::root_at;
use serde::Serialize;
use serde_json::{Value, json};

use super::{DecidedBlock, Replay, ReplayFinding, StepError};
use crate::audit::{AuditReport, Trouble};
use crate::block_page::{BlockPage, Shown};
use crate::folder::{FolderError, LogFolder};
use crate::source::Source;
use biaozheng_files as files;

const FORMAT: &str = "biaozheng-block-finding/1";
const HOW: &str = "a quorum of the chain's validators signed this header; `biaozheng-audit audit` with the same genesis \
                   executes the chain again and stops at this height 审计程序重放至该高度即可复核";
/// How long a long replay goes on before it is written to disk.
const SAVE_EVERY: Duration = Duration::from_secs(60);

/// What a round's replay came to.
#[derive(Debug, Default, Serialize)]
pub struct ReplayReport {
    /// The last block executed, all of whose roots came out.
    pub height: u64,
    /// The record whose body is not public yet, and its block; nothing when the replay reached what is served.
    pub waits: Option<Waiting>,
    pub found: Vec<FoundBlock>,
}

/// Where a replay waits.
#[derive(Debug, Clone, Serialize)]
pub struct Waiting {
    pub height: u64,
    pub record: RecordId,
}

/// A finding that was written.
#[derive(Debug, Serialize)]
pub struct FoundBlock {
    pub file: PathBuf,
    pub height: u64,
    #[serde(flatten)]
    pub finding: ReplayFinding,
}

/// What is served of the next block.
pub(super) enum Served {
    Whole(Box<DecidedBlock>),
    Closed(RecordId),
    Nothing,
}

/// A replay in an auditor's folder.
#[derive(Debug)]
pub struct Follower {
    folder: PathBuf,
    genesis: String,
    replay: Replay,
    saved: Instant,
}

impl Follower {
    /// Goes on with the replay in this folder, or begins one. The folder is locked by its auditor.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn open(folder: &Path, genesis: &Genesis) -> Result<Self, FolderError> {
        let replay = Replay::load(folder, genesis)?;
        Ok(Self { folder: folder.to_owned(), genesis: genesis.to_json(), replay, saved: Instant::now() })
    }

    pub(super) const fn replay(&self) -> &Replay {
        &self.replay
    }

    /// Executes what the sources serve, each from where the one before ended, and holds each against the others
    /// and against the verified log.
    ///
    /// # Errors
    /// [`FolderError`] when the auditor's own disk fails. What sources do is in the report.
    pub async fn round(
        &mut self,
        sources: &[Source],
        log: &LogFolder,
        report: &mut AuditReport,
    ) -> Result<(), FolderError> {
        let (mut outcome, mut troubles) = (ReplayReport::default(), Vec::new());
        let mut servers = sources.iter().filter(|source| source.is_server()).peekable();
        let any = servers.peek().is_some();
        for source in servers {
            match self.follow(source, log, &mut outcome).await {
                Ok(()) => {}
                Err(Trouble::Folder(error)) => return Err(error),
                Err(trouble) => troubles.push(trouble),
            }
        }
        let height = self.replay.height();
        outcome.height = height.get();
        // A checkpoint covers committed blocks only: one of them must be served by somebody.
        let beyond = self.replay.tip().map_or(1, |tip| tip.history_size) < log.size();
        if any && beyond && outcome.waits.is_none() && outcome.found.is_empty() && troubles.is_empty() {
            troubles.push(Trouble::NoBlock { height: height.next() });
        }
        report.troubles.extend(troubles);
        report.replay = Some(outcome);
        self.replay.save(&self.folder)
    }

    async fn follow(
        &mut self,
        source: &Source,
        log: &LogFolder,
        outcome: &mut ReplayReport,
    ) -> Result<(), Trouble> {
        if !self.same_tip(source, outcome).await? {
            return Ok(());
        }
        let covers = |tip: &Header| tip.history_size <= log.size();
        let mut covered = self.replay.tip.clone().filter(|(tip, _)| covers(tip));
        loop {
            let height = self.replay.height().next();
            let block = match self.next_block(source, height).await? {
                Served::Whole(block) => block,
                Served::Closed(record) => {
                    outcome.waits = Some(Waiting { height: height.get(), record });
                    break;
                }
                Served::Nothing => break,
            };
            match self.replay.step(&block) {
                Ok(()) => outcome.waits = None,
                Err(StepError::Finding(finding)) => {
                    self.write(&block, finding, None, outcome)?;
                    break;
                }
                Err(error) => return Err(refused(source, height, error)),
            }
            if covers(&block.header) {
                let DecidedBlock { header, commit, .. } = *block;
                covered = Some((header, commit));
            }
            if self.saved.elapsed() > SAVE_EVERY {
                self.replay.save(&self.folder)?;
                self.saved = Instant::now();
            }
        }
        covered.map_or(Ok(()), |(header, commit)| self.compare_log(header, commit, log, outcome))
    }

    /// False when this node's chain is another one at the height of the replay.
    async fn same_tip(&self, source: &Source, outcome: &mut ReplayReport) -> Result<bool, Trouble> {
        let height = self.replay.height();
        let Some((ours, commit)) = &self.replay.tip else { return Ok(true) };
        // Headers chain by hash: one that is the same here means the same history. A node that is behind is compared
        // once it has come that far.
        let Some(page) = source.block(height, None).await? else { return Ok(true) };
        if page.header.hash() == ours.hash() {
            return Ok(true);
        }
        self.replay
            .check_decided(height, &page.header, &page.commit)
            .map_err(|error| refused(source, height, error))?;
        let other = json!({"header": hex::encode(ours.encode()), "commit": hex::encode(commit)});
        let finding = ReplayFinding::TwoBlocks { other: ours.hash() };
        let block = DecidedBlock { header: page.header, commit: page.commit, records: Vec::new() };
        self.write(&block, finding, Some(other), outcome)?;
        Ok(false)
    }

    pub(super) async fn next_block(&self, source: &Source, height: Height) -> Result<Served, Trouble> {
        let garbage = |reason: &str| source.no_block(&format!("v1/blocks/{height}/records"), reason);
        let Some(BlockPage { header, commit, items, mut next }) = source.block(height, None).await? else {
            return Ok(Served::Nothing);
        };
        self.replay
            .check_decided(height, &header, &commit)
            .map_err(|error| refused(source, height, error))?;
        let (mut records, mut bytes, mut items) = (Vec::new(), 0usize, items);
        loop {
            for item in items {
                match item {
                    Shown::Closed(record) => return Ok(Served::Closed(record)),
                    Shown::Body(record) => {
                        bytes = bytes.saturating_add(record.envelope().encoded_len());
                        records.push(*record);
                    }
                }
            }
            if bytes > BLOCK_BYTES_MAX || records.len() > BLOCK_RECORDS_MAX {
                return Err(garbage("more than a block holds").into());
            }
            let Some(after) = next else { break };
            let page = source.block(height, Some(&after)).await?;
            let page = page.ok_or_else(|| garbage("a page of it is not served"))?;
            if page.header != header || page.items.is_empty() {
                return Err(garbage("its pages do not belong together").into());
            }
            (items, next) = (page.items, page.next);
        }
        Ok(Served::Whole(Box::new(DecidedBlock { header, commit, records })))
    }

    /// The history a block commits to must be the beginning of the log under the cosigned checkpoint.
    fn compare_log(
        &self,
        header: Header,
        commit: Vec<u8>,
        log: &LogFolder,
        outcome: &mut ReplayReport,
    ) -> Result<(), Trouble> {
        let ours = log.compute(log.size(), |reader| root_at(header.history_size, reader))?;
        if ours == header.history_root {
            return Ok(());
        }
        let show = |root| Digest::sha256(root).to_string();
        let finding = ReplayFinding::OtherLog { signed: show(header.history_root), log: show(ours) };
        let block = DecidedBlock { header, commit, records: Vec::new() };
        let checkpoint = log.latest().map(|(note, _)| json!({"checkpoint": note.to_string()}));
        self.write(&block, finding, checkpoint, outcome)
    }

    /// Writes a finding under a name its content makes; the same one again is the same file.
    fn write(
        &self,
        block: &DecidedBlock,
        finding: ReplayFinding,
        other: Option<Value>,
        outcome: &mut ReplayReport,
    ) -> Result<(), Trouble> {
        let height = block.header.height.get();
        let records: Vec<Value> = block.records.iter().map(|record| record.envelope().to_value()).collect();
        let text = json!({
            "format": FORMAT, "genesis": self.genesis, "height": height, "finding": finding,
            "header": hex::encode(block.header.encode()), "commit": hex::encode(&block.commit),
            "records": records, "other": other, "how_to_check": HOW,
        })
        .to_string();
        let digest = Digest::of(text.as_bytes()).hex();
        let name = format!("evidence-block-{height}-{}.json", digest.get(..16).unwrap_or_default());
        let file = self.folder.join(name);
        files::put(&file, text.as_bytes())
            .map_err(|error| FolderError::Disk { path: file.clone(), error })?;
        outcome.found.push(FoundBlock { file, height, finding });
        Ok(())
    }
}

fn refused(source: &Source, height: Height, error: StepError) -> Trouble {
    Trouble::Replay { at: source.address().to_owned(), height, error: Box::new(error) }
}

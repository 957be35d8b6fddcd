//! One round of an audit: every source's checkpoint, signatures first, then the tree behind it, then one source
//! against another and all of them against what this auditor verified before.

use std::io;
use std::path::{Path, PathBuf};

use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::evidence::{Claim, Conflict, Disorder, Evidence, Proven, disorder_in};
use biaozheng_ledger::genesis::{Genesis, GenesisError};
use biaozheng_ledger::ids::{Height, RecordId};
use biaozheng_ledger::merkle::root_at;
use biaozheng_ledger::note::{NoteKey, SignedNote};
use biaozheng_ledger::policy::{Policy, PolicyError};
use biaozheng_ledger::refusal::Refusal;
use biaozheng_ledger::tiles::{TileKind, tiles_between};
use serde::Serialize;

use crate::extend::{ExtendError, Extended, compare_tiles, extend};
use crate::folder::{FolderError, LogFolder};
use crate::promises::{self, PromiseOutcome, PromisesError, ReceiptProblem, window};
use crate::replay::{OpeningReport, ReplayReport, StepError};
use crate::source::{Source, SourceError};
use crate::state::State;
use biaozheng_files as files;

/// Most sources of one audit.
pub const SOURCES_MAX: usize = 256;
const BROKEN_PROMISE: &str = "broken-promise";
/// The verified copy, below the auditor's folder.
const LOG: &str = "log";

/// An auditor with its folder.
#[derive(Debug)]
pub struct Audit {
    genesis: Genesis,
    policy: Policy,
    outside: Vec<NoteKey>,
    stale_after_s: u64,
    path: PathBuf,
    folder: LogFolder,
    state: State,
}

/// Why an audit cannot run at all.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("genesis: {0}")]
    Genesis(#[from] GenesisError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("{path}: {error}", path = .path.display())]
    Disk { path: PathBuf, error: io::Error },
    #[error("an audit has 1 to {SOURCES_MAX} sources")]
    Sources,
}

/// Why a source, or the auditor itself, leaves something open. It proves nothing against anybody.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Extend(#[from] ExtendError),
    #[error("{at}: checkpoint refused: {error} 检查点未通过")]
    Policy { at: String, error: PolicyError },
    #[error(
        "{at}: signature line {line} of the checkpoint is foreign, repeated or invalid 检查点含无效签名行"
    )]
    Line { at: String, line: usize },
    #[error("{at}: the checkpoint is one of another log, {found} 属于另一条日志")]
    OtherLog { at: String, found: String },
    #[error("{at}: stale: {size} leaves, it had {before} before 节点倒退")]
    WentBack { at: String, size: u64, before: u64 },
    #[error("{at}: stale: its checkpoint is {behind_s} s behind the newest 节点落后")]
    Behind { at: String, behind_s: u64 },
    #[error("{at}: block {height}: {error}")]
    Replay { at: String, height: Height, error: Box<StepError> },
    #[error(
        "block {height} is served by none of the sources, but its records stand in the log; name a node, or --no-replay 无来源提供该区块"
    )]
    NoBlock { height: Height },
    #[error(transparent)]
    Receipt(#[from] ReceiptProblem),
    #[error(transparent)]
    Promises(#[from] PromisesError),
    #[error("{file}: the promise was broken, but the log up to it is too long for one piece of evidence 承诺未履行", file = .file.display())]
    TooLong { file: PathBuf },
    #[error("evidence that does not verify was not written: {0}")]
    Unproven(String),
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// One piece of evidence that was written.
#[derive(Debug, Serialize)]
pub struct Found {
    pub file: PathBuf,
    #[serde(flatten)]
    pub proven: Proven,
}

/// A receipt whose record the rules refused, as its node signed in time.
#[derive(Debug, Serialize)]
pub struct Refused {
    pub receipt: PathBuf,
    pub refusal: Refusal,
}

/// What a round found.
#[derive(Debug, Default)]
pub struct AuditReport {
    /// Leaves of the verified tree.
    pub size: u64,
    /// Sources whose whole tree agrees with it.
    pub agreeing: Vec<String>,
    pub found: Vec<Found>,
    pub troubles: Vec<Trouble>,
    pub promises_kept: usize,
    pub promises_open: usize,
    /// Receipts the node answered with a signed refusal: its word, which executing the record there confirms or not.
    pub promises_refused: Vec<Refused>,
    /// What executing the blocks came to, where that was asked for.
    pub replay: Option<ReplayReport>,
    /// Openings of tenders that were asked for.
    pub openings: Vec<OpeningReport>,
}

impl AuditReport {
    /// 0 fine, 1 evidence found, 2 cannot tell.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let blocks = self.replay.as_ref().is_none_or(|replay| replay.found.is_empty());
        let opened = |code: u8| self.openings.iter().any(|opening| opening.exit_code() == code);
        match (self.found.is_empty() && blocks && !opened(1), self.troubles.is_empty() && !opened(2)) {
            (false, _) => 1,
            (true, false) => 2,
            (true, true) => 0,
        }
    }
}

/// A source's checkpoint whose signatures hold.
struct Signed {
    source: Source,
    note: SignedNote,
    checkpoint: Checkpoint,
    /// The newest cosignature's time, Unix seconds.
    time: u64,
}

impl Audit {
    /// Opens or makes an auditor's folder. `outside` are witnesses beyond the policy whose lines may stand in a
    /// checkpoint; a source whose newest cosignature is `stale_after_s` older than another's is stale.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn open(
        path: &Path,
        genesis: Genesis,
        outside: Vec<NoteKey>,
        stale_after_s: u64,
    ) -> Result<Self, AuditError> {
        let disk = |error| AuditError::Disk { path: path.to_owned(), error };
        let folder = LogFolder::open(&path.join(LOG))?;
        let state = State::load(path, genesis.chain_id()).map_err(disk)?;
        Ok(Self {
            policy: genesis.policy()?,
            genesis,
            outside,
            stale_after_s,
            path: path.to_owned(),
            folder,
            state,
        })
    }

    /// The verified copy.
    #[must_use]
    pub const fn folder(&self) -> &LogFolder {
        &self.folder
    }

    /// One round over all sources and, where given, a folder of receipts.
    ///
    /// # Errors
    /// [`AuditError`] when the auditor's own disk fails. What sources do is in the report.
    pub async fn round(
        &mut self,
        sources: &[Source],
        receipts: Option<&Path>,
    ) -> Result<AuditReport, AuditError> {
        if sources.is_empty() || sources.len() > SOURCES_MAX {
            return Err(AuditError::Sources);
        }
        let mut report = AuditReport::default();
        let (mut signed, mut refused) = (Vec::new(), Vec::new());
        for source in sources {
            match source.checkpoint().await.map_err(Trouble::from) {
                Ok(note) => match self.signed(source, &note) {
                    Ok(one) => signed.push(one),
                    Err(trouble) => refused.push((source, note, trouble)),
                },
                Err(trouble) => report.troubles.push(trouble),
            }
        }
        // The largest tree first: the others are then held against it without fetching their entries.
        signed.sort_by_key(|one| std::cmp::Reverse(one.checkpoint.size));
        for one in &signed {
            let before = self.state.seen.get(one.source.address()).copied().unwrap_or(0);
            match self.examine(one, before, &mut report).await {
                Ok(true) => report.agreeing.push(one.source.address().to_owned()),
                Ok(false) => {}
                Err(trouble) => report.troubles.push(trouble),
            }
            let seen = self.state.seen.entry(one.source.address().to_owned()).or_default();
            *seen = one.checkpoint.size.max(*seen);
        }
        for (source, note, trouble) in refused {
            // Whoever signed it may have signed another tree beside it: that is evidence with one signature already.
            match self.accuse(source, note, &mut report) {
                Ok(true) => {}
                Ok(false) => report.troubles.push(trouble),
                Err(error) => report.troubles.extend([trouble, error]),
            }
        }
        self.compare_ages(&signed, &mut report);
        if let Some(receipts) = receipts {
            self.promises(receipts, sources, &mut report).await?;
        }
        report.size = self.folder.size();
        self.state.save(&self.path).map_err(|error| AuditError::Disk { path: self.path.clone(), error })?;
        Ok(report)
    }

    fn signed(&self, source: &Source, note: &SignedNote) -> Result<Signed, Trouble> {
        let at = || source.address().to_owned();
        let cosigned = self.policy.verify(note).map_err(|error| Trouble::Policy { at: at(), error })?;
        let checkpoint = cosigned.checkpoint;
        if self.genesis.origin().ok().as_ref() != Some(&checkpoint.origin) {
            return Err(Trouble::OtherLog { at: at(), found: checkpoint.origin.to_string() });
        }
        if let Some(line) = self.first_bad_line(note) {
            return Err(Trouble::Line { at: at(), line });
        }
        let time = cosigned.cosigners.iter().map(|(_, time)| *time).max().unwrap_or(0);
        Ok(Signed { source: source.clone(), note: note.clone(), checkpoint, time })
    }

    /// Holds a checkpoint that no policy accepts against the verified tree. True where it is evidence: of another tree than
    /// the verified one, no larger than that, and signed by somebody who signed that one too.
    fn accuse(&self, source: &Source, note: SignedNote, report: &mut AuditReport) -> Result<bool, Trouble> {
        let Ok(checkpoint) = note.text.parse::<Checkpoint>() else { return Ok(false) };
        if self.genesis.origin().ok().as_ref() != Some(&checkpoint.origin)
            || !(1..=self.folder.size()).contains(&checkpoint.size)
        {
            return Ok(false);
        }
        let one = Signed { source: source.clone(), note, checkpoint, time: 0 };
        match self.conflict(&one)?.map(|conflict| self.write(Claim::Conflict(conflict), report)) {
            None | Some(Err(Trouble::Unproven(_))) => Ok(false),
            Some(Ok(())) => Ok(true),
            Some(Err(error)) => Err(error),
        }
    }

    /// Every line must be a valid one by a known key, each key once.
    fn first_bad_line(&self, note: &SignedNote) -> Option<usize> {
        let mut own = note.clone();
        for key in &self.outside {
            let is_its = |line: &biaozheng_ledger::note::NoteSignature| {
                line.name == key.name() && line.key_id == key.id()
            };
            if key.find_valid(note).is_some()
                && let Some(place) = own.signatures.iter().position(is_its)
            {
                own.signatures.remove(place);
            }
        }
        let bad = own.signatures.get(self.policy.first_foreign_line(&own)?)?;
        note.signatures.iter().position(|line| line == bad).map(|index| index.saturating_add(1))
    }

    /// True when the whole tree of this source agrees with the verified one.
    async fn examine(
        &mut self,
        one: &Signed,
        before: u64,
        report: &mut AuditReport,
    ) -> Result<bool, Trouble> {
        let size = one.checkpoint.size;
        let verified = self.folder.size();
        if size > verified {
            match extend(&mut self.folder, &one.source, &one.note, &one.checkpoint).await? {
                Extended::Done => self.check_order(verified, report)?,
                Extended::Rewritten(conflict) => {
                    self.write(Claim::Conflict(*conflict), report)?;
                    return Ok(false);
                }
            }
        } else if let Some(conflict) = self.conflict(one)? {
            self.write(Claim::Conflict(conflict), report)?;
            return Ok(false);
        }
        if size < before {
            let at = one.source.address().to_owned();
            return Err(Trouble::WentBack { at, size, before });
        }
        compare_tiles(&self.folder, &one.source, before, size).await?;
        Ok(true)
    }

    /// A checkpoint not beyond the verified tree: is its tree the beginning of ours?
    fn conflict(&self, one: &Signed) -> Result<Option<Conflict>, FolderError> {
        let Some((note, ours)) = self.folder.latest() else { return Ok(None) };
        let theirs = &one.checkpoint;
        if theirs.size == ours.size {
            let differs = theirs.root != ours.root;
            return Ok(differs.then(|| Conflict::of_one_size(note, &one.note)));
        }
        if self.folder.compute(ours.size, |reader| root_at(theirs.size, reader))? == theirs.root {
            return Ok(None);
        }
        self.folder.compute(ours.size, |reader| {
            Conflict::of_two_sizes((&one.note, theirs.size), (note, ours.size), reader)
        })
    }

    /// The entries taken new, and the one before them, stand in an order that a log may have.
    fn check_order(&self, verified: u64, report: &mut AuditReport) -> Result<(), Trouble> {
        let start = verified.saturating_sub(1);
        let mut last: Option<(u64, Vec<u8>)> = None;
        let bundles =
            tiles_between(start, self.folder.size()).filter(|tile| tile.kind() == TileKind::Entries);
        for tile in bundles {
            let all = tile.items().zip(self.folder.entries(&tile)?).skip_while(|(index, _)| *index < start);
            let rows: Vec<(u64, Vec<u8>)> = last.take().into_iter().chain(all).collect();
            let Some((first, _)) = rows.first() else { continue };
            let (first, entries): (u64, Vec<Vec<u8>>) =
                (*first, rows.iter().map(|(_, entry)| entry.clone()).collect());
            if let Some((index, _)) = disorder_in(first, &entries, &self.genesis.chain_id()) {
                let shown = window(&self.folder, index.saturating_sub(1), index.saturating_add(1))?;
                if let Some(window) = shown {
                    self.write(Claim::Disorder(Disorder { window }), report)?;
                }
                return Ok(());
            }
            last = rows.into_iter().next_back();
        }
        Ok(())
    }

    fn compare_ages(&self, signed: &[Signed], report: &mut AuditReport) {
        let newest = signed.iter().map(|one| one.time).max().unwrap_or(0);
        for one in signed {
            let behind_s = newest.saturating_sub(one.time);
            if behind_s > self.stale_after_s {
                report.troubles.push(Trouble::Behind { at: one.source.address().to_owned(), behind_s });
            }
        }
    }

    async fn promises(
        &self,
        receipts: &Path,
        sources: &[Source],
        report: &mut AuditReport,
    ) -> Result<(), AuditError> {
        let (promises, problems) = match promises::judge(&self.folder, &self.genesis, receipts) {
            Ok(judged) => judged,
            Err(error) => {
                report.troubles.push(error.into());
                return Ok(());
            }
        };
        report.troubles.extend(problems.into_iter().map(Trouble::from));
        for promise in promises {
            match promise.fate {
                PromiseOutcome::Kept => report.promises_kept = report.promises_kept.saturating_add(1),
                PromiseOutcome::Open => report.promises_open = report.promises_open.saturating_add(1),
                PromiseOutcome::BrokenTooLong => {
                    report.troubles.push(Trouble::TooLong { file: promise.file })
                }
                PromiseOutcome::Broken(broken) => {
                    let evidence = Evidence::new(&self.genesis, Claim::BrokenPromise(*broken));
                    if let Some(refusal) = refusal(&evidence, &promise.receipt.record, sources).await {
                        report.promises_refused.push(Refused { receipt: promise.file, refusal });
                        continue;
                    }
                    match write_evidence(&self.path, BROKEN_PROMISE, &evidence) {
                        Ok(found) => report.found.push(found),
                        Err(trouble) => report.troubles.push(trouble),
                    }
                }
            }
        }
        Ok(())
    }

    /// Verifies evidence as anybody would, and writes it under a name its content makes.
    fn write(&self, claim: Claim, report: &mut AuditReport) -> Result<(), Trouble> {
        let kind = match &claim {
            Claim::Conflict(_) => "conflict",
            Claim::BrokenPromise(_) => BROKEN_PROMISE,
            Claim::Disorder(_) => "disorder",
        };
        let found = write_evidence(&self.path, kind, &Evidence::new(&self.genesis, claim))?;
        report.found.push(found);
        Ok(())
    }
}

/// What the accused node says to it, from whichever source has it. A source that gives none, or one that answers nothing,
/// changes nothing.
async fn refusal(evidence: &Evidence, record: &RecordId, sources: &[Source]) -> Option<Refusal> {
    for source in sources.iter().filter(|source| source.is_server()) {
        if let Ok(Some(text)) = source.refusal(record).await
            && let Ok(refusal) = evidence.answered_by(text.as_bytes())
        {
            return Some(refusal);
        }
    }
    None
}

/// Reads evidence back, verifies it and writes it into `folder`.
pub(crate) fn write_evidence(folder: &Path, kind: &str, evidence: &Evidence) -> Result<Found, Trouble> {
    let text = evidence.to_json();
    let unproven = |error: biaozheng_ledger::evidence::EvidenceError| Trouble::Unproven(error.to_string());
    let verdict =
        Evidence::from_json(text.as_bytes()).map_err(unproven)?.verify(None, None).map_err(unproven)?;
    let digest = Digest::of(text.as_bytes()).hex();
    let file = folder.join(format!("evidence-{kind}-{}.json", digest.get(..16).unwrap_or_default()));
    files::put(&file, text.as_bytes()).map_err(|error| FolderError::Disk { path: file.clone(), error })?;
    Ok(Found { file, proven: verdict.proven })
}

//! "The opening lists exactly the sealed bids", found by whoever executed the chain again: every block is read once more,
//! held against the executed tip, and every entry opened anew with the signatures on chain.
//!
//! **Invariant:** nothing is left out that the quorum's headers commit to. Blocks chain by hash up to the tip whose state
//! this replay computed itself, and their records are those of their headers; a server that leaves an entry out, puts one
//! in or shows another signature is refused at its block.

use std::fmt;

use biaozheng_contracts::opening::completeness::CompletenessCheck;
use biaozheng_contracts::opening::completeness::{BoundBid, EntryFate, InChain, OpeningCheck};
use biaozheng_ledger::block::records_root;
use biaozheng_ledger::ids::{BlockHash, Height, ProjectId};
use biaozheng_ledger::record::Record;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::follow::{Follower, Served};
use super::{DecidedBlock, Replay};
use crate::audit::Trouble;
use crate::source::Source;

/// Most bytes held at once: of entries that are not open yet, and a little of each of the others.
const HELD_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// The steps of the check, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OpeningStep {
    /// Every block up to the executed tip is served, decided, and follows the one before it.
    Blocks,
    /// Its records are those its header commits to.
    Records,
    /// The project is a tender whose bids are sealed to the group.
    Tender,
    /// Every entry that came for the tender's slots is open.
    Entries,
    /// The opening is recorded, and lists exactly the bids that stand.
    List,
}

impl OpeningStep {
    /// The stable name used in output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Records => "records",
            Self::Tender => "tender",
            Self::Entries => "entries",
            Self::List => "list",
        }
    }
}

/// What the check came to.
#[derive(Debug, Serialize)]
pub struct OpeningReport {
    pub project: ProjectId,
    /// The tip whose state it was checked against.
    pub height: u64,
    /// The step that failed and why; nothing when the opening lists exactly what was sealed.
    #[serde(serialize_with = "failed")]
    pub failed: Option<(OpeningStep, String)>,
    #[serde(serialize_with = "found")]
    pub found: Option<OpeningCheck>,
}

impl OpeningReport {
    /// 0: complete. 1: the recorded list is another than the entries give. 2: it cannot be told.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match (&self.failed, &self.found) {
            (None, _) => 0,
            (Some((OpeningStep::List, _)), Some(found)) if found.listed.is_some() => 1,
            _ => 2,
        }
    }
}

fn failed<S: Serializer>(failed: &Option<(OpeningStep, String)>, to: S) -> Result<S::Ok, S::Error> {
    failed.as_ref().map(|(step, reason)| json!({"step": step, "reason": reason})).serialize(to)
}

fn found<S: Serializer>(found: &Option<OpeningCheck>, to: S) -> Result<S::Ok, S::Error> {
    found.as_ref().map(shown).serialize(to)
}

fn shown(found: &OpeningCheck) -> Value {
    let of_tender: Vec<Value> = found
        .of_tender
        .iter()
        .map(|(record, fate)| json!({"record": record, "fate": fate_name(fate)}))
        .collect();
    json!({
        "entries": found.entries, "shut": found.shut, "dummies": found.dummies, "of_tender": of_tender,
        "bound": found.bound.iter().map(shown_bound).collect::<Vec<_>>(),
        "expected": found.expected, "listed": found.listed, "complete": found.complete,
    })
}

fn shown_bound(one: &BoundBid) -> Value {
    json!({"record": one.record, "lot": one.lot, "bidder": one.bidder, "proved": one.proved})
}

const fn fate_name(fate: &EntryFate) -> &'static str {
    match fate {
        EntryFate::Stands => "stands",
        EntryFate::Superseded => "superseded",
        EntryFate::Copy => "copy",
        EntryFate::Late => "late",
        EntryFate::Unopened => "unopened",
        EntryFate::Failed(code) => code,
    }
}

impl fmt::Display for OpeningReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match &self.failed {
            None => "COMPLETE 完整: the opening lists exactly the sealed bids 开标清单与密封投标逐一相符"
                .to_owned(),
            Some((step, reason)) => format!("NOT SHOWN 未能证明 at step {}: {reason}", step.name()),
        };
        writeln!(f, "opening 开标 {} (at height {}): {verdict}", self.project, self.height)?;
        let Some(found) = &self.found else { return Ok(()) };
        writeln!(
            f,
            "  {} entries 条目 up to the deadline, {} dummies 掩护, {} shut 未开启, {} of this tender 属于本项目",
            found.entries,
            found.dummies,
            found.shut,
            found.of_tender.len()
        )?;
        for (record, fate) in &found.of_tender {
            writeln!(f, "    {record} {}", fate_name(fate))?;
        }
        for one in &found.bound {
            let proved = if one.proved {
                "proved 已开启"
            } else {
                "not proved: no bid 未开启，视为未投标"
            };
            writeln!(f, "  bound 已绑定 {} lot 标段 {}: {proved}", one.bidder, one.lot)?;
        }
        for lot in &found.expected {
            let bidders: Vec<&str> = lot.bids.iter().map(|bid| bid.bidder.as_str()).collect();
            writeln!(f, "  lot 标段 {}: {} bids 投标 {}", lot.lot, bidders.len(), bidders.join(" "))?;
        }
        Ok(())
    }
}

/// The blocks read so far, each after the one before; the check takes their records as they come.
struct Reading<'a> {
    last: BlockHash,
    check: CompletenessCheck<'a>,
}

type Failed = (OpeningStep, String);

impl Reading<'_> {
    /// Takes the next block, if it follows the last and its records are its header's.
    fn take(&mut self, block: DecidedBlock) -> Result<(), Failed> {
        let DecidedBlock { header, records, .. } = block;
        let at = |step, reason: &str| (step, format!("block {}: {reason}", header.height));
        if header.previous != self.last {
            return Err(at(OpeningStep::Blocks, "it does not follow the block before it"));
        }
        if records_root(records.iter().map(Record::envelope)) != header.records_root {
            return Err(at(OpeningStep::Records, "its records are not those its header commits to"));
        }
        self.last = header.hash();
        for record in records {
            let (id, payload) = (record.id(), record.payload());
            let one = InChain { id, payload, height: header.height, time: header.time };
            self.check.take(&one).map_err(|error| (OpeningStep::Tender, error.to_string()))?;
        }
        if self.check.held_bytes() > HELD_BYTES_MAX {
            return Err(at(
                OpeningStep::Records,
                "more sealed entries wait to be opened than this program holds",
            ));
        }
        Ok(())
    }

    fn judge(self, replay: &Replay) -> Result<OpeningCheck, Failed> {
        if self.last != replay.hash() {
            return Err((OpeningStep::Blocks, "they do not lead to the block that was executed".into()));
        }
        Ok(self.check.finish())
    }
}

/// What of a finding does not hold.
fn failure(found: &OpeningCheck) -> Option<Failed> {
    if found.shut > 0 {
        return Some((OpeningStep::Entries, format!("{} of {} entries are shut", found.shut, found.entries)));
    }
    if found.listed.is_none() {
        return Some((OpeningStep::List, "the opening is not recorded yet 尚未开标".into()));
    }
    (!found.complete).then(|| (OpeningStep::List, "the recorded list is not what the entries give".into()))
}

impl Follower {
    /// Checks a tender's opening with the blocks this source serves, up to the height this replay has reached.
    ///
    /// # Errors
    /// [`Trouble`] when the source cannot be read. What it serves wrong is in the report.
    pub async fn opening(&self, source: &Source, project: &ProjectId) -> Result<OpeningReport, Trouble> {
        let replay = self.replay();
        let height = replay.height();
        let last = BlockHash::new(*replay.chain.digest());
        let report =
            |failed, found| OpeningReport { project: project.clone(), height: height.get(), failed, found };
        let mut reading = match CompletenessCheck::new(&replay.state, &replay.chain, project) {
            Ok(check) => Reading { last, check },
            Err(error) => return Ok(report(Some((OpeningStep::Tender, error.to_string())), None)),
        };
        let mut next = Height::GENESIS.next();
        while next <= height {
            let taken = match self.next_block(source, next).await? {
                Served::Whole(block) => reading.take(*block),
                Served::Closed(record) => {
                    Err((OpeningStep::Records, format!("block {next}: {record} is not shown")))
                }
                Served::Nothing => Err((OpeningStep::Blocks, format!("block {next} is not served"))),
            };
            if let Err(failed) = taken {
                return Ok(report(Some(failed), None));
            }
            next = next.next();
        }
        Ok(match reading.judge(replay) {
            Err(failed) => report(Some(failed), None),
            Ok(found) => report(failure(&found), Some(found)),
        })
    }
}

//! Rules over one project's records: its time limits, its award, its end. Tenders and listings alike.
//!
//! The time limits are the duties of [`biaozheng_contracts::rulebook::duties`]. One that is not done counts as missed from the moment
//! `now` passes its end. A suspension moves those of the opening alone, which waits for its end. **Invariant:** every duration
//! is the one the project's pinned rulebook gives.

mod bonds;
mod draws;
mod notices;
mod spans;
mod steps;
mod suspensions;

use biaozheng_contracts::Rulebook;
use biaozheng_ledger::ids::{OrgId, RecordId, TimeMs};
use biaozheng_ocds::{BidStatus, End, ExportError, Process, ProcessRecord, Reading};

use crate::alert::Finding;

/// A project read, and the moment it is looked at.
struct Look<'a> {
    process: &'a Process,
    reading: Reading,
    rulebook: Rulebook,
    now: TimeMs,
    /// When it ended before its contract, if it did.
    ended: Option<TimeMs>,
    findings: Vec<Finding>,
}

/// Findings of every process rule; none before the project has its rulebook.
///
/// # Errors
/// [`ExportError`] when the records or the rulebook do not read.
pub fn check(process: &Process, now: TimeMs) -> Result<Vec<Finding>, ExportError> {
    let reading = Reading::of(process)?;
    if process.rulebook.is_empty() {
        return Ok(Vec::new());
    }
    let rulebook = Rulebook::parse_effective(&process.rulebook)
        .map_err(|error| ExportError::Rulebook(error.to_string()))?;
    let ended = ended(process);
    let mut look = Look { process, reading, rulebook, now, ended, findings: Vec::new() };
    let mut spans = look.notices();
    spans.extend(look.steps());
    spans.extend(look.openings());
    spans.extend(look.draws());
    spans.extend(look.bonds());
    for finding in spans.iter().filter_map(|span| look.judge(span)).collect::<Vec<_>>() {
        look.tell(finding);
    }
    look.awards();
    look.set_aside();
    Ok(look.findings)
}

/// When a project ended early: by its tenderee, or for want of bidders, applicants, buyers or valid bids.
fn ended(process: &Process) -> Option<TimeMs> {
    let mut reading = Reading::default();
    for record in &process.records {
        // The caller has read the same records.
        reading.add(process, record).ok()?;
        if reading.end.is_some() {
            return Some(record.time);
        }
    }
    None
}

impl Look<'_> {
    /// Lots of one award without their contracts are one alert: it is told by its rule, records and organisations.
    fn tell(&mut self, finding: Finding) {
        let about = |one: &Finding| (one.rule, one.records.clone(), one.organisations.clone());
        match self.findings.iter_mut().find(|one| about(one) == about(&finding)) {
            Some(told) => told.found = format!("{}; {}", told.found, finding.found),
            None => self.findings.push(finding),
        }
    }

    fn find(
        &mut self,
        rule: &'static str,
        records: &[RecordId],
        who: &[OrgId],
        limit: String,
        found: String,
    ) {
        self.findings.push(Finding {
            rule,
            project: Some(self.process.project.clone()),
            records: records.to_vec(),
            organisations: who.to_vec(),
            threshold: limit,
            found,
            article: None,
        });
    }

    fn records(&self, kind: &str) -> impl Iterator<Item = &ProcessRecord> {
        let kind = kind.to_owned();
        self.process.records.iter().filter(move |record| record.record_type == kind)
    }

    fn last(&self, kind: &str) -> Option<(RecordId, TimeMs)> {
        self.records(kind).last().map(|record| (record.id, record.time))
    }

    fn tenderee(&self) -> Vec<OrgId> {
        self.reading.registered.iter().map(|one| one.tenderee.clone()).collect()
    }

    fn awards(&mut self) {
        let report = self.last("evaluation.reported/1").map(|(id, _)| id);
        for lot in self.reading.lots.clone() {
            let Some(award) = lot.award else { continue };
            let rank = lot.bids.iter().find(|bid| bid.name == award.bid).and_then(|bid| bid.rank);
            if rank == Some(1) {
                continue;
            }
            let found = match rank {
                Some(rank) => format!("rank {rank}, grounds {:?}", award.grounds),
                None => "a bid without a rank".to_owned(),
            };
            let records: Vec<RecordId> = report.into_iter().chain([award.record]).collect();
            self.find("award.not_rank_1", &records, &[award.bid.bidder], "rank 1".to_owned(), found);
        }
    }

    /// The tenderee declares a tender failed though the evaluation ranked a bid.
    fn set_aside(&mut self) {
        let failed = self.last("tender.failed/1").filter(|_| self.reading.end == Some(End::Failed));
        let (Some(failed), Some(report)) = (failed, self.last("evaluation.reported/1")) else { return };
        let valid = |bid: &&biaozheng_ocds::Bid| bid.status == BidStatus::Valid;
        let ranked = self.reading.lots.iter().flat_map(|lot| &lot.bids).filter(valid).count();
        if ranked > 0 {
            let found = format!("{ranked} ranked bids");
            self.find(
                "result.override",
                &[report.0, failed.0],
                &self.tenderee(),
                "0 ranked bids".into(),
                found,
            );
        }
    }
}

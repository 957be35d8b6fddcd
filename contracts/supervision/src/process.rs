//! Rules over one project's records: its timers, its award, its changes, its end.
//!
//! A duty that is not done counts as overdue from the moment `now` passes its end. Suspension by an objection moves no
//! timer. **Invariant:** every duration is the one the project's pinned rulebook gives.

use biaozheng_contracts::Rulebook;
use biaozheng_contracts::acts::{complaint, objection};
use biaozheng_ledger::ids::{OrgId, RecordId, TimeMs};
use biaozheng_ocds::{BidStatus, End, ExportError, Process, ProcessRecord, Reading};
use serde::Deserialize as _;

use crate::alert::Finding;

/// A project read, and the moment it is looked at.
struct Look<'a> {
    process: &'a Process,
    reading: Reading,
    rulebook: Rulebook,
    now: TimeMs,
    findings: Vec<Finding>,
}

/// Findings of every process rule.
///
/// # Errors
/// [`ExportError`] when the records or the rulebook do not read.
pub fn check(process: &Process, now: TimeMs) -> Result<Vec<Finding>, ExportError> {
    let reading = Reading::of(process)?;
    if reading.published.is_none() {
        return Ok(Vec::new());
    }
    let rulebook = Rulebook::parse_effective(&process.rulebook)
        .map_err(|error| ExportError::Rulebook(error.to_string()))?;
    let mut look = Look { process, reading, rulebook, now, findings: Vec::new() };
    look.notice();
    look.changes();
    look.objections();
    look.opening();
    look.publicity();
    look.after_award();
    look.awards();
    look.set_aside();
    look.complaints();
    Ok(look.findings)
}

impl Look<'_> {
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
        });
    }

    fn records(&self, kind: &str) -> impl Iterator<Item = &ProcessRecord> {
        let kind = kind.to_owned();
        self.process.records.iter().filter(move |record| record.record_type == kind)
    }

    fn last(&self, kind: &str) -> Option<(RecordId, TimeMs)> {
        self.records(kind).last().map(|record| (record.id, record.time))
    }

    /// The notice, or the invitation in its place.
    fn terms(&self) -> Option<(RecordId, TimeMs)> {
        self.last("tender.published/1").or_else(|| self.last("invitation.issued/1"))
    }

    fn tenderee(&self) -> Vec<OrgId> {
        self.reading.registered.iter().map(|one| one.tenderee.clone()).collect()
    }

    fn limit(&self, parameter: &str) -> String {
        format!("{parameter} = {}", self.rulebook.text(parameter))
    }

    /// True once the project ended early, by then or later than `due`.
    fn ended_before(&self, due: TimeMs) -> bool {
        let ends = ["tender.failed/1", "tender.terminated/1", "tender.annulled/1"];
        let end = self.process.records.iter().find(|record| ends.contains(&record.record_type.as_str()));
        end.is_some_and(|record| record.time <= due)
    }

    /// A duty from `start` to `done`: overdue when done after its end, or not done when its end is past.
    fn duty(
        &mut self,
        rule: &'static str,
        parameter: &str,
        start: (RecordId, TimeMs),
        done: Option<(RecordId, TimeMs)>,
    ) {
        let Some(due) = self.rulebook.due(parameter, start.1) else { return };
        let at = done.map_or(self.now, |(_, time)| time);
        if at <= due || (done.is_none() && self.ended_before(due)) {
            return;
        }
        let state = if done.is_some() { "done" } else { "not done" };
        let found = format!("{state} {} ms after its end", at.saturating_since(due));
        let records: Vec<RecordId> = [Some(start.0), done.map(|(id, _)| id)].into_iter().flatten().collect();
        self.find(rule, &records, &self.tenderee(), self.limit(parameter), found);
    }

    fn notice(&mut self) {
        let (Some(published), Some(notice)) = (self.reading.published.clone(), self.terms()) else {
            return;
        };
        let from = published.documents_from_ms;
        if let Some(least) = self.rulebook.due("doc_sale_min", from)
            && published.documents_until_ms < least
        {
            let found = format!("{} ms", published.documents_until_ms.saturating_since(from));
            self.find("timer.doc_sale_min", &[notice.0], &self.tenderee(), self.limit("doc_sale_min"), found);
        }
        let start = notice.1.max(from);
        if let Some(least) = self.rulebook.due("bid_prep_min", start)
            && published.deadline_ms < least
        {
            let found = format!("{} ms", published.deadline_ms.saturating_since(start));
            self.find("timer.bid_prep_min", &[notice.0], &self.tenderee(), self.limit("bid_prep_min"), found);
        }
    }

    /// A change that comes less than `clarify_lead` before the deadline it met.
    fn changes(&mut self) {
        let mut before = Reading::default();
        let mut late = Vec::new();
        for record in &self.process.records {
            let deadline = before.deadline;
            // Reading::of read the same records.
            if before.add(self.process, record).is_err() {
                return;
            }
            let is_change = matches!(record.record_type.as_str(), "tender.amended/1" | "tender.clarified/1");
            let Some(deadline) = deadline.filter(|_| is_change) else { continue };
            if self.rulebook.due("clarify_lead", record.time).is_some_and(|latest| latest > deadline) {
                late.push((record.id, deadline.saturating_since(record.time)));
            }
        }
        for (record, left) in late {
            let found = format!("{left} ms before the deadline");
            self.find("amendment.late", &[record], &self.tenderee(), self.limit("clarify_lead"), found);
        }
    }

    fn objections(&mut self) {
        let own = "objection_opening_reply_max";
        let at_opening = |one: &ProcessRecord| {
            let body = objection::Raised::deserialize(&one.body);
            let opening = body.is_ok_and(|body| body.concerns == objection::Concern::Opening);
            opening && self.rulebook.due(own, one.time).is_some()
        };
        let parameter = |one| if at_opening(one) { own } else { "objection_reply_max" };
        let raised: Vec<((RecordId, TimeMs), &str)> =
            self.records("objection.raised/1").map(|one| ((one.id, one.time), parameter(one))).collect();
        let answers: Vec<(RecordId, (RecordId, TimeMs))> = self
            .records("objection.answered/1")
            .filter_map(|one| {
                Some((objection::Answered::deserialize(&one.body).ok()?.objection, (one.id, one.time)))
            })
            .collect();
        for (start, parameter) in raised {
            let answer =
                answers.iter().find(|(objection, _)| *objection == start.0).map(|(_, answer)| *answer);
            self.duty("timer.objection_reply_max", parameter, start, answer);
        }
    }

    fn opening(&mut self) {
        let (Some(deadline), Some(terms)) = (self.reading.deadline, self.terms()) else { return };
        // Where the group opens the bids, its time comes before the bidders' own.
        let by_group = self.reading.published.as_ref().is_some_and(|notice| notice.sealed_by.is_some());
        let groups_end = self.rulebook.due("sealing_signature_window", deadline).filter(|_| by_group);
        let deadline = groups_end.unwrap_or(deadline);
        let opened = self.last("bids.opened/1");
        self.duty("timer.reveal_window", "reveal_window", (terms.0, deadline), opened);
    }

    fn publicity(&mut self) {
        let candidates = self.last("candidates.publicised/1");
        let ranked = self.reading.lots.iter().any(|lot| !lot.failed);
        if let Some(report) = self.last("evaluation.reported/1").filter(|_| ranked) {
            self.duty("timer.publicity_start", "publicity_start", report, candidates);
        }
        let (Some(candidates), Some(award)) = (candidates, self.last("award.notified/1")) else { return };
        if self.rulebook.due("publicity_min", candidates.1).is_some_and(|earliest| award.1 < earliest) {
            let found = format!("{} ms", award.1.saturating_since(candidates.1));
            let records = [candidates.0, award.0];
            self.find("timer.publicity_min", &records, &self.tenderee(), self.limit("publicity_min"), found);
        }
    }

    fn after_award(&mut self) {
        let Some(award) = self.last("award.notified/1") else { return };
        let contracts: Vec<Option<(RecordId, TimeMs)>> = self
            .reading
            .lots
            .iter()
            .filter_map(|lot| lot.award.as_ref())
            .map(|award| award.contract.as_ref().map(|contract| (contract.record, contract.time)))
            .collect();
        for contract in contracts {
            self.duty("timer.contract_max", "contract_max", award, contract);
        }
        let report = self.last("supervision.reported/1");
        self.duty("timer.regulator_report_max", "regulator_report_max", award, report);
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

    /// What a regulator owes a complainant. The end of the project changes nothing about it.
    fn complaints(&mut self) {
        let filed: Vec<(RecordId, TimeMs)> =
            self.records("complaint.filed/1").map(|one| (one.id, one.time)).collect();
        let mut accepted = Vec::new();
        let mut answered = Vec::new();
        for one in &self.process.records {
            let body = &one.body;
            let told = (one.id, one.time, one.author.clone());
            match one.record_type.as_str() {
                "complaint.accepted/1" => {
                    accepted.extend(complaint::Accepted::deserialize(body).map(|it| (it.complaint, told)));
                }
                "complaint.declined/1" => {
                    answered.extend(complaint::Declined::deserialize(body).map(|it| (it.complaint, told)));
                }
                _ => {}
            }
        }
        answered.extend(accepted.iter().cloned());
        for start in filed {
            let first = answered.iter().find(|(complaint, _)| *complaint == start.0).map(|(_, told)| told);
            self.owed("timer.complaint_accept_max", "complaint_accept_max", start, first.cloned());
        }
        let decided: Vec<_> = self
            .records("complaint.decided/1")
            .filter_map(|one| {
                let of = complaint::Decided::deserialize(&one.body).ok()?.complaint;
                Some((of, (one.id, one.time, one.author.clone())))
            })
            .collect();
        for (of, (id, time, _)) in accepted {
            let end = decided.iter().find(|(complaint, _)| *complaint == of).map(|(_, told)| told);
            self.owed("timer.complaint_decide_max", "complaint_decide_max", (id, time), end.cloned());
        }
    }

    /// A regulator's duty, told with who did it late.
    fn owed(
        &mut self,
        rule: &'static str,
        parameter: &str,
        start: (RecordId, TimeMs),
        done: Option<(RecordId, TimeMs, OrgId)>,
    ) {
        let Some(due) = self.rulebook.due(parameter, start.1) else { return };
        let at = done.as_ref().map_or(self.now, |(_, time, _)| *time);
        if at <= due {
            return;
        }
        let state = if done.is_some() { "done" } else { "not done" };
        let found = format!("{state} {} ms after its end", at.saturating_since(due));
        let records: Vec<RecordId> = [start.0].into_iter().chain(done.iter().map(|(id, ..)| *id)).collect();
        let who: Vec<OrgId> = done.into_iter().map(|(.., org)| org).collect();
        self.find(rule, &records, &who, self.limit(parameter), found);
    }
}

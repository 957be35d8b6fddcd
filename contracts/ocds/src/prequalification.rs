//! A prequalification (资格预审) as its records tell it: the call, its changes, and for which lots enough passed.
//!
//! **Invariant:** who applied, who passed and how many stay out of it: no public record says so before the opening.

use biaozheng_contracts::prequal::{Clarified, Published, review};
use biaozheng_ledger::ids::{RecordId, TimeMs};
use serde_json::{Value, json};

use crate::model::{ExportError, Process, ProcessRecord, Publication};
use crate::reading::{End, Reading};
use crate::release::{category, date, reference};

/// A prequalification, once published.
#[derive(Clone, Debug)]
pub struct Prequalification {
    pub published: Published,
    pub deadline: TimeMs,
    /// Clarifications: record, time, text.
    pub changes: Vec<(RecordId, TimeMs, String)>,
    pub opened_at: Option<TimeMs>,
    /// Each lot, and whether enough passed; empty before the review.
    pub reviewed: Vec<(String, bool)>,
}

impl Prequalification {
    pub(crate) const fn of(published: Published) -> Self {
        let deadline = published.deadline_ms;
        Self { published, deadline, changes: Vec::new(), opened_at: None, reviewed: Vec::new() }
    }

    pub(crate) fn clarify(&mut self, record: &ProcessRecord, said: Clarified) {
        self.deadline = said.deadline_ms.unwrap_or(self.deadline);
        self.changes.push((record.id, record.time, said.text));
    }

    pub(crate) fn review(&mut self, said: &review::Reviewed) {
        self.reviewed = said.lots.iter().map(|lot| (lot.lot.clone(), lot.passed.is_some())).collect();
    }

    fn has_failed(&self) -> bool {
        !self.reviewed.is_empty() && self.reviewed.iter().all(|(_, passed)| !passed)
    }

    /// The `prequalification` of a tender, in the own extension.
    pub(crate) fn shown(&self) -> Result<Value, ExportError> {
        let status = match (self.reviewed.is_empty(), self.has_failed()) {
            (true, _) => "active",
            (false, true) => "unsuccessful",
            (false, false) => "complete",
        };
        let change = |(record, time, text): &(RecordId, TimeMs, String)| {
            Ok(json!({"id": record.to_string(), "date": date(*time)?, "description": text}))
        };
        let lot = |lot: &biaozheng_contracts::prequal::PrequalLot| {
            let passed = self.reviewed.iter().find(|(id, _)| *id == lot.id).map(|(_, passed)| *passed);
            json!({"id": lot.id, "title": lot.title, "qualified": passed})
        };
        Ok(json!({
            "status": status,
            "description": self.published.notice,
            "documentsPeriod": {
                "startDate": date(self.published.documents_from_ms)?, "endDate": date(self.published.documents_until_ms)?,
            },
            "applicationDeadline": date(self.deadline)?,
            "openedDate": self.opened_at.map(date).transpose()?,
            "lots": self.published.lots.iter().map(lot).collect::<Vec<_>>(),
            "amendments": self.changes.iter().map(change).collect::<Result<Vec<_>, ExportError>>()?,
        }))
    }
}

/// The `tender` before its notice: planned, with the prequalification.
pub(crate) fn tender(
    process: &Process,
    publication: &Publication,
    reading: &Reading,
    prequal: &Prequalification,
) -> Result<Value, ExportError> {
    let Some(registered) = &reading.registered else { return Ok(Value::Null) };
    let status = match reading.end {
        Some(End::Failed) => "unsuccessful",
        Some(End::Terminated | End::Annulled) => "cancelled",
        None => "planned",
    };
    Ok(json!({
        "id": process.project.as_str(),
        "title": registered.title,
        "status": status,
        "procuringEntity": reference(process, registered.agency.as_ref().unwrap_or(&registered.tenderee)),
        "procurementMethod": "selective",
        "procurementMethodDetails": category(process, publication)?,
        "prequalification": prequal.shown()?,
    }))
}

//! A duty as the records of one project tell it, and whether it was missed.

use biaozheng_contracts::rulebook::duties::{Bound, Duty, Owes};
use biaozheng_ledger::ids::{OrgId, RecordId, TimeMs};
use biaozheng_ocds::ProcessRecord;

use super::Look;
use crate::alert::Finding;

/// Where a moment stands.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) record: RecordId,
    pub(super) time: TimeMs,
    pub(super) by: OrgId,
}

impl Mark {
    pub(super) fn of(record: &ProcessRecord) -> Self {
        Self { record: record.id, time: record.time, by: record.author.clone() }
    }

    /// Another moment that the same record names.
    pub(super) fn at(&self, time: TimeMs) -> Self {
        Self { time, ..self.clone() }
    }
}

/// From the start of a duty's clock to where it was done, if it was.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) duty: &'static Duty,
    pub(super) start: Mark,
    pub(super) end: Option<Mark>,
    /// Who owes it, where that is [`Owes::Party`].
    pub(super) party: Option<OrgId>,
    /// The lot it is about, where each has its own.
    pub(super) lot: Option<String>,
}

impl Span {
    /// A span of the duty a parameter limits; nothing for a parameter without one.
    pub(super) fn new(parameter: &str, start: Mark, end: Option<Mark>) -> Option<Self> {
        let duty = biaozheng_contracts::rulebook::duties::duty(parameter)?;
        Some(Self { duty, start, end, party: None, lot: None })
    }
}

impl Look<'_> {
    /// A finding for a missed duty. One that ended with its project before its limit's end is owed no more, but for what
    /// a complainant is owed.
    pub(super) fn judge(&self, span: &Span) -> Option<Finding> {
        let Span { duty, start, end, .. } = span;
        let due = self.rulebook.due(duty.parameter, start.time)?;
        let found = match (duty.bound, end) {
            (Bound::Least, None) => return None,
            (Bound::Least, Some(end)) if end.time >= due => return None,
            (Bound::Least, Some(end)) => format!("{} ms", end.time.saturating_since(start.time)),
            (Bound::Most, Some(end)) if end.time <= due => return None,
            (Bound::Most, Some(end)) => format!("done {} ms after its end", end.time.saturating_since(due)),
            (Bound::Most, None) => {
                let excused = duty.owes != Owes::Regulator && self.ended.is_some_and(|ended| ended <= due);
                if self.now <= due || excused {
                    return None;
                }
                format!("not done {} ms after its end", self.now.saturating_since(due))
            }
        };
        let found = span.lot.iter().fold(found, |found, lot| format!("lot {lot}: {found}"));
        let mut records = vec![start.record];
        records.extend(end.iter().map(|end| end.record).filter(|record| *record != start.record));
        Some(Finding {
            rule: duty.rule,
            project: Some(self.process.project.clone()),
            records,
            organisations: self.debtor(span),
            threshold: self.limit(duty.parameter),
            found,
            article: self.rulebook.article(duty.parameter).map(str::to_owned),
        })
    }

    fn debtor(&self, span: &Span) -> Vec<OrgId> {
        let registered = self.reading.registered.as_ref();
        let who = match span.duty.owes {
            Owes::Tenderee => registered.map(|one| one.tenderee.clone()),
            Owes::Centre => registered.map(|one| one.centre.clone()),
            // Which regulator it is shows when it acts.
            Owes::Regulator => span.end.as_ref().map(|end| end.by.clone()),
            Owes::Party => span.party.clone(),
            Owes::Group => None,
        };
        who.into_iter().collect()
    }

    /// The limit with where it stands: parameter and value, rulebook and version.
    pub(super) fn limit(&self, parameter: &str) -> String {
        let book = &self.rulebook;
        format!("{parameter} = {} ({} {})", book.text(parameter), book.category(), book.version())
    }
}

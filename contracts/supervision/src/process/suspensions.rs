//! When a procedure stood still, as its records tell: nobody owes an opening meanwhile, and its limits count from the end.

use biaozheng_contracts::parameters;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ocds::ProcessRecord;
use serde_json::Value;

use super::Look;

/// What a look at the suspensions up to a moment gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stillness {
    /// It stands still at that moment.
    pub(super) holds: bool,
    /// From when the windows after the deadline count: from it, or the end of the last suspension that began before they
    /// were over.
    pub(super) since: TimeMs,
}

/// From the first moment to the last one of a suspension, whose end may not have come.
type Suspension = (TimeMs, Option<TimeMs>);

impl Look<'_> {
    /// The suspensions by objections and complaints that began by a moment.
    fn suspensions(&self, until: TimeMs) -> Vec<Suspension> {
        let records = self.process.records.iter().filter(|one| one.time <= until);
        let records: Vec<&ProcessRecord> = records.collect();
        let answer = |kind: &str, member: &str, id: &str| {
            let names = |one: &&&ProcessRecord| {
                one.record_type == kind && one.body.get(member).and_then(Value::as_str) == Some(id)
            };
            records.iter().find(names).map(|one| one.time)
        };
        let objections_suspend = self.rulebook.number(&parameters::OBJECTION_SUSPENDS) != Some(0);
        let mut found = Vec::new();
        for one in &records {
            match one.record_type.as_str() {
                "objection.raised/1" if objections_suspend => {
                    let answered = answer("objection.answered/1", "objection", &one.id.to_string());
                    found.push((one.time, answered));
                }
                "complaint.accepted/1" if one.body.get("suspends") == Some(&Value::Bool(true)) => {
                    let complaint = one.body.get("complaint").and_then(Value::as_str).unwrap_or_default();
                    let decided = answer("complaint.decided/1", "complaint", complaint);
                    let most = self.rulebook.due(&parameters::COMPLAINT_SUSPEND_MAX, one.time);
                    let ran_out = most.filter(|most| *most < until);
                    found.push((one.time, [decided, ran_out].into_iter().flatten().min()));
                }
                _ => {}
            }
        }
        found
    }

    /// Up to a moment, with the deadline and the last moment of its windows for each they may count from.
    pub(super) fn stillness(
        &self,
        until: TimeMs,
        deadline: TimeMs,
        last: impl Fn(TimeMs) -> TimeMs,
    ) -> Stillness {
        let suspensions = self.suspensions(until);
        let holds = suspensions.iter().any(|(_, end)| end.is_none());
        let mut ended: Vec<(TimeMs, TimeMs)> =
            suspensions.into_iter().filter_map(|(began, end)| Some((end?, began))).collect();
        ended.sort_unstable();
        let counted = |since: TimeMs, (end, began): (TimeMs, TimeMs)| {
            if began <= last(since) { since.max(end) } else { since }
        };
        Stillness { holds, since: ended.into_iter().fold(deadline, counted) }
    }
}

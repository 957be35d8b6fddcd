//! Duties between records: from a step to the next, lot by lot, and from a question to its answer.

use biaozheng_contracts::parameters;
use std::collections::BTreeMap;

use biaozheng_contracts::project::objection::Concern;
use biaozheng_contracts::rulebook::duties::{Clock, DUTIES, Duty};
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ocds::ProcessRecord;
use serde_json::Value;

use super::Look;
use super::spans::{Mark, Span};

fn is_of(record: &ProcessRecord, kinds: &[&str]) -> bool {
    kinds.contains(&record.record_type.as_str())
}

/// The ids of a body's lots, in their order.
fn lots(record: &ProcessRecord) -> Vec<&str> {
    let lots = record.body.get("lots").and_then(Value::as_array);
    lots.into_iter().flatten().filter_map(|lot| lot.get("lot").and_then(Value::as_str)).collect()
}

fn lot_of(record: &ProcessRecord) -> Option<&str> {
    record.body.get("lot").and_then(Value::as_str)
}

impl Look<'_> {
    fn place_of_last(&self, kinds: &[&str]) -> Option<usize> {
        self.process.records.iter().rposition(|record| is_of(record, kinds))
    }

    /// Every span of the duties between records.
    pub(super) fn steps(&self) -> Vec<Span> {
        let of = |duty: &'static Duty| match duty.clock {
            Clock::Steps => self.step(duty).into_iter().collect(),
            Clock::Lots => self.lots(duty),
            Clock::Answers(member) => self.answers(duty, member),
            Clock::Notice | Clock::Own => Vec::new(),
        };
        DUTIES.iter().flat_map(of).collect()
    }

    /// From the last record that starts it to the first after it that ends it, or else one before it.
    fn step(&self, duty: &'static Duty) -> Option<Span> {
        let records = &self.process.records;
        let place = if duty.starts == ["contract.signed/1"] {
            self.contracted()?
        } else {
            self.place_of_last(duty.starts)?
        };
        let after = records.iter().skip(place.saturating_add(1)).find(|one| is_of(one, duty.ends));
        let done = after.or_else(|| records.iter().take(place).rev().find(|one| is_of(one, duty.ends)));
        let start = records.get(place)?;
        Span::new(duty.parameter, Mark::of(start), done.map(Mark::of))
    }

    /// The contract that was the last one missing: the place of its record.
    pub(super) fn contracted(&self) -> Option<usize> {
        let awarded = self.place_of_last(&["award.notified/1", "result.publicised/1"])?;
        let records = &self.process.records;
        let mut missing = lots(records.get(awarded)?);
        let signed = records.iter().enumerate().filter(|(_, one)| is_of(one, &["contract.signed/1"]));
        let mut last = None;
        for (place, record) in signed {
            missing.retain(|lot| lot_of(record) != Some(*lot));
            last = Some(place);
        }
        last.filter(|_| missing.is_empty())
    }

    fn lots(&self, duty: &'static Duty) -> Vec<Span> {
        let start = self.place_of_last(duty.starts).and_then(|place| self.process.records.get(place));
        let Some(start) = start else { return Vec::new() };
        let of = |lot: &str| {
            let ended = |one: &&ProcessRecord| is_of(one, duty.ends) && lot_of(one) == Some(lot);
            let end = self.process.records.iter().find(ended);
            let span = Span::new(duty.parameter, Mark::of(start), end.map(Mark::of))?;
            Some(Span { lot: Some(lot.to_owned()), ..span })
        };
        lots(start).into_iter().filter_map(of).collect()
    }

    /// From each record that asks to the one whose body names it, or what it answered itself.
    fn answers(&self, duty: &'static Duty, member: &str) -> Vec<Span> {
        let named = |one: &ProcessRecord| -> Option<RecordId> {
            one.body.get(member).and_then(Value::as_str)?.parse().ok()
        };
        let mut answered: BTreeMap<RecordId, Mark> = BTreeMap::new();
        for one in self.process.records.iter().filter(|one| is_of(one, duty.ends)) {
            if let Some(asked) = named(one) {
                answered.entry(asked).or_insert_with(|| Mark::of(one));
            }
        }
        let asked = self.process.records.iter().filter(|one| is_of(one, duty.starts));
        let asked = asked.filter(|one| self.is_about(duty, one));
        let of = |one: &ProcessRecord| {
            let end = answered.get(&named(one).unwrap_or(one.id)).cloned();
            Span::new(duty.parameter, Mark::of(one), end)
        };
        asked.filter_map(of).collect()
    }

    /// An objection to the opening is answered on the spot, where the rulebook says how soon that is.
    fn is_about(&self, duty: &Duty, one: &ProcessRecord) -> bool {
        const ON_THE_SPOT: &str = parameters::OBJECTION_OPENING_REPLY_MAX.name;
        let opening = serde_json::to_value(Concern::Opening).ok();
        let at_opening = one.body.get("concerns") == opening.as_ref();
        let own = at_opening && self.rulebook.due(ON_THE_SPOT, TimeMs::new(0)).is_some();
        match duty.parameter {
            ON_THE_SPOT => own,
            name if name == parameters::OBJECTION_REPLY_MAX.name => !own,
            _ => true,
        }
    }

    /// The opening: of the group, and of all bids by the centre.
    pub(super) fn openings(&self) -> Vec<Span> {
        let terms = self.place_of_last(&["tender.published/1", "invitation.issued/1"]);
        let terms = terms.and_then(|place| self.process.records.get(place)).map(Mark::of);
        let (Some(deadline), Some(terms)) = (self.reading.deadline, terms) else { return Vec::new() };
        let last = |kind: &str| self.records(kind).last().map(Mark::of);
        // What waits while the procedure stands still is owed from when it goes on.
        let opened = self.last("bids.opened/1").map(|(_, time)| time);
        let by_group = self.reading.published.as_ref().is_some_and(|notice| notice.sealed_by.is_some());
        let groups_end = |since| {
            self.rulebook
                .due(&parameters::SEALING_SIGNATURE_WINDOW, since)
                .filter(|_| by_group)
                .unwrap_or(since)
        };
        let revealed = |since| self.rulebook.due(&parameters::REVEAL_WINDOW, since).unwrap_or(since);
        // Sealed to the group, bidders bind and then prove after its time; by commitment they reveal.
        let bidders_end = |since| match by_group {
            true => revealed(revealed(groups_end(since))),
            false => revealed(since),
        };
        let stillness = self.stillness(opened.unwrap_or(self.now), deadline, bidders_end);
        if stillness.holds && opened.is_none() {
            return Vec::new();
        }
        let since = stillness.since;
        let mut found = Vec::new();
        let proved = last("sealed.proved/1").is_some();
        // With too few bidders for every lot the bids go back shut: the group owes nothing. That shows at the opening.
        if by_group && self.reading.opened {
            // Bidders open themselves only what the group left shut.
            let end = last("tender.opened/1").filter(|_| !proved);
            found.extend(Span::new(parameters::SEALING_SIGNATURE_WINDOW.name, terms.at(since), end));
        }
        // The centre may open once all is open, or the bidders' time is over: that it owes what it may not do, nobody says.
        let shut = match (by_group, opened) {
            (true, _) => proved || last("tender.opened/1").is_none(),
            (false, Some(_)) => self.any_unrevealed(),
            (false, None) => true,
        };
        let waited = opened.unwrap_or(self.now) > bidders_end(since);
        let groups = last("tender.opened/1").map_or(since, |opened| opened.time);
        let from = if shut && waited { bidders_end(since) } else { groups_end(since).max(groups) };
        found.extend(Span::new(parameters::REVEAL_WINDOW.name, terms.at(from), last("bids.opened/1")));
        found
    }

    /// Whether the opening lists a bid that its bidder did not reveal.
    fn any_unrevealed(&self) -> bool {
        self.reading.lots.iter().flat_map(|lot| &lot.bids).any(|bid| bid.revealed.is_none())
    }
}

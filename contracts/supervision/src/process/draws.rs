//! Parties of a draw that stayed silent: each owes its commitment, and its value once all have committed.

use biaozheng_contracts::evaluation::draw::Requested;
use biaozheng_contracts::parameters;
use biaozheng_contracts::randomness::Source;
use biaozheng_ledger::ids::OrgId;
use biaozheng_ledger::json::from_value;
use biaozheng_ocds::ProcessRecord;

use super::Look;
use super::spans::{Mark, Span};

/// What each party owes from one moment on; one without its record stayed silent.
fn phase(parties: &[OrgId], start: &Mark, given: &[&ProcessRecord]) -> Vec<Span> {
    let of = |org: &OrgId| {
        let end = given.iter().find(|one| one.author == *org).map(|one| Mark::of(one));
        let span = Span::new(parameters::RANDOMNESS_WINDOW.name, start.clone(), end)?;
        Some(Span { party: Some(org.clone()), ..span })
    };
    parties.iter().filter_map(of).collect()
}

impl Look<'_> {
    /// The spans of every request, each with the contributions up to the next one. A committee seated in the meantime
    /// needs none.
    pub(super) fn draws(&self) -> Vec<Span> {
        let mut found = Vec::new();
        let mut rest = self.process.records.as_slice();
        while let Some(place) = rest.iter().position(|one| one.record_type == "draw.requested/1") {
            let (request, after) = match rest.get(place..).and_then(<[_]>::split_first) {
                Some(pair) => pair,
                None => break,
            };
            let next = after.iter().position(|one| one.record_type == "draw.requested/1");
            let own = after.get(..next.unwrap_or(after.len())).unwrap_or_default();
            found.extend(self.draw(request, own));
            rest = after;
        }
        found
    }

    fn draw(&self, request: &ProcessRecord, own: &[ProcessRecord]) -> Vec<Span> {
        let Ok(said) = from_value::<Requested>(&request.body) else { return Vec::new() };
        let Source::CommitReveal { parties } = said.source else { return Vec::new() };
        let of = |kind: &str| own.iter().filter(|one| one.record_type == kind).collect::<Vec<_>>();
        let (commitments, values) = (of("randomness.committed/1"), of("randomness.revealed/1"));
        let mut spans = phase(&parties, &Mark::of(request), &commitments);
        let all = parties.iter().all(|org| commitments.iter().any(|one| one.author == *org));
        if let Some(last) = commitments.last().filter(|_| all) {
            spans.extend(phase(&parties, &Mark::of(last), &values));
        }
        let seated = own.iter().find(|one| one.record_type == "experts.drawn/1").map(|one| one.time);
        let owed = |span: &Span| {
            let due = self.rulebook.due(&parameters::RANDOMNESS_WINDOW, span.start.time);
            span.end.is_some() || seated.zip(due).is_none_or(|(seated, due)| seated > due)
        };
        spans.retain(owed);
        spans
    }
}

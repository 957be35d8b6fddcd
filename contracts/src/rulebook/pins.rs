//! What a project lives under to its end: the rulebook its notice named, what its district tightened, and calendars.
//!
//! **Invariant:** fixed with the notice, save for one thing nobody could pin: for a year that had no calendar then, the
//! first one published for it holds, and moves no end that had passed when it came ([`crate::machine::calendar`]).

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::machine::refusal::Refusal;
use crate::machine::state::{Overlay, StateFailure, StateRead, load};
use crate::rulebook::calendar::CalendarYear;
use crate::rulebook::{Raw, Rulebook, RulebookError, Tightening, calendar, parsed, refusals, state_key};

/// What a project pinned beside its rulebook.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Pins {
    /// The text of its hosting centre.
    pub(crate) tightening: Option<Digest>,
    /// The calendars that were there: year and version.
    pub(crate) calendars: Vec<(u16, u32)>,
}

/// The newest text of a centre for a category: version and digest.
pub(crate) fn newest_tightening(
    state: &dyn StateRead,
    category: &str,
    centre: &OrgId,
) -> Result<Option<(u32, Digest)>, StateFailure> {
    load(state, &state_key::newest_tightening(category, centre))
}

/// A text on chain. One that is named by state and does not parse is our failure.
pub(crate) fn tightening(state: &dyn StateRead, digest: &Digest) -> Result<Tightening, StateFailure> {
    let damaged = |why: String| StateFailure(format!("tightening {digest}: {why}"));
    let text: Option<String> = load(state, &state_key::tightening(digest))?;
    let text = text.ok_or_else(|| damaged("missing".into()))?;
    Tightening::parse(&text).map_err(|error| damaged(error.to_string()))
}

/// The rulebook of this digest, where it is the newest of its category.
fn newest(state: &dyn StateRead, digest: Digest) -> Result<Rulebook, Refusal> {
    let rulebook =
        Rulebook::load(state, &digest)?.ok_or_else(|| refusals::RULEBOOK_UNKNOWN.because(digest))?;
    let newest: Option<(u32, Digest)> = load(state, &state_key::newest_rulebook(rulebook.category()))?;
    if newest.map(|(_, digest)| digest) != Some(digest) {
        return Err(refusals::RULEBOOK_UNKNOWN.because(digest).into());
    }
    Ok(rulebook)
}

/// Pins a project's rules with its notice, which names the newest rulebook of its category and the newest text of its
/// hosting centre for it, where there is one. Gives what holds from now on.
pub(crate) fn pin(
    state: &mut Overlay<'_>,
    project: &ProjectId,
    centre: &OrgId,
    rulebook: Digest,
    named: Option<Digest>,
) -> Result<Rulebook, Refusal> {
    let base = newest(state, rulebook)?;
    let own = newest_tightening(state, base.category(), centre)?.map(|(_, digest)| digest);
    if own != named {
        let value = own.map_or_else(|| "none".to_owned(), |digest| digest.to_string());
        return Err(refusals::TIGHTENING_UNKNOWN.because(value).into());
    }
    let pins = Pins { tightening: named, calendars: calendar::versions(state)? };
    if pins != Pins::default() {
        state.put(state_key::pins(project), &pins)?;
    }
    Ok(effective(state, (&rulebook, base), &pins)?)
}

pub(crate) fn of_project(state: &dyn StateRead, project: &ProjectId) -> Result<Pins, StateFailure> {
    Ok(load(state, &state_key::pins(project))?.unwrap_or_default())
}

/// What holds for a project that pinned this rulebook.
pub(crate) fn holds(
    state: &dyn StateRead,
    project: &ProjectId,
    rulebook: &Digest,
) -> Result<Option<Rulebook>, StateFailure> {
    let Some(base) = Rulebook::load(state, rulebook)? else { return Ok(None) };
    let pins = of_project(state, project)?;
    effective(state, (rulebook, base), &pins).map(Some)
}

/// The rulebook under the text of a district, with its calendars.
fn effective(
    state: &dyn StateRead,
    (digest, base): (&Digest, Rulebook),
    pins: &Pins,
) -> Result<Rulebook, StateFailure> {
    let mut book = match &pins.tightening {
        Some(text) => parsed::tightened(digest, text, || Ok(base.tightened(&tightening(state, text)?).0))?,
        None => base,
    };
    if book.counts_working_days() {
        book.take_calendars(calendars(state, pins)?);
    }
    Ok(book)
}

/// The calendars of a project: those it pinned, then the first of every other year as they came.
pub(crate) fn calendars(
    state: &dyn StateRead,
    pins: &Pins,
) -> Result<Vec<(bool, CalendarYear)>, StateFailure> {
    let mut found = Vec::new();
    for (year, version) in &pins.calendars {
        found.push((true, calendar::of(state, *year, *version)?));
    }
    let pinned = |year: u16| pins.calendars.iter().any(|(known, _)| *known == year);
    let mut later = Vec::new();
    for (year, _) in calendar::versions(state)?.into_iter().filter(|(year, _)| !pinned(*year)) {
        later.push((false, calendar::of(state, year, 1)?));
    }
    later.sort_by_key(|(_, one)| (one.published, one.year));
    found.extend(later);
    Ok(found)
}

impl Rulebook {
    /// True where a calendar can matter.
    pub(crate) fn counts_working_days(&self) -> bool {
        self.values.durations.values().any(|duration| duration.is_in_working_days())
    }

    fn take_calendars(&mut self, calendars: Vec<(bool, CalendarYear)>) {
        self.calendar.years = calendars.into_iter().map(|(pinned, one)| one.known(pinned)).collect();
    }

    /// What holds, as a text [`Rulebook::parse_effective`] reads: for those who recompute a project's time limits.
    ///
    /// # Errors
    /// [`RulebookError::Toml`] when it cannot be written.
    pub fn effective_text(&self) -> Result<String, RulebookError> {
        let raw = Raw { calendar: self.calendar.years.clone(), ..(*self.raw).clone() };
        toml::to_string(&raw).map_err(|error| RulebookError::Toml(error.to_string()))
    }
}

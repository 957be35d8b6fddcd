//! Calendars: which days of a year are holidays, and which Saturdays and Sundays are worked (调休).
//!
//! **Invariant:** a published version of a year never changes. Projects use the one they pinned, or the first of a year
//! they could not pin ([`crate::rulebook::pins`]).

use biaozheng_ledger::ids::{RecordId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use super::Act;
use crate::calendar::{KnownYear, YEARS, day_of, is_weekend, year_of};
use crate::execute::text;
use crate::participant::{Role, author};
use crate::reject::{Refusal, rules as codes};
use crate::rulebook;
use crate::state::{StateFailure, StateRead, load, load_all};
use crate::state_key;

/// `calendar.published/1`, by the city centre.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarPublished {
    pub year: u16,
    /// From 1, rising by one with each correction.
    pub version: u32,
    /// `YYYY-MM-DD`, in order. Weekends need not stand here.
    pub holidays: Vec<String>,
    /// Saturdays and Sundays on which work is done, `YYYY-MM-DD`, in order.
    pub working_days: Vec<String>,
    /// The notice it follows, such as 国办发明电 with its number.
    pub source: String,
}

/// A year's calendar in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct CalendarYear {
    pub(crate) year: u16,
    pub(crate) version: u32,
    /// Days since 1970-01-01, in order.
    pub(crate) holidays: Vec<i64>,
    pub(crate) working: Vec<i64>,
    pub(crate) source: String,
    pub(crate) published: TimeMs,
    pub(crate) record: RecordId,
}

impl CalendarYear {
    /// As time limits use it: pinned ones hold from the beginning.
    pub(crate) fn known(self, pinned: bool) -> KnownYear {
        let from_ms = if pinned { 0 } else { self.published.get() };
        KnownYear { year: self.year, from_ms, holidays: self.holidays, working: self.working }
    }
}

/// Every year that has a calendar, with its newest version.
pub(crate) fn versions(state: &dyn StateRead) -> Result<Vec<(u16, u32)>, StateFailure> {
    let all: Vec<(_, (u16, u32))> = load_all(state, state_key::NEWEST_CALENDARS, YEARS.len())?;
    Ok(all.into_iter().map(|(_, newest)| newest).collect())
}

/// One version of a year that state names.
pub(crate) fn of(state: &dyn StateRead, year: u16, version: u32) -> Result<CalendarYear, StateFailure> {
    let missing = || StateFailure(format!("calendar {year} version {version}"));
    load(state, &state_key::calendar(year, version))?.ok_or_else(missing)
}

/// Days of the year, in order, each once.
fn days(year: u16, dates: &[String]) -> Option<Vec<i64>> {
    let days: Vec<i64> = dates.iter().map(|date| day_of(date)).collect::<Option<_>>()?;
    let own = days.iter().all(|day| year_of(*day) == i64::from(year));
    let sorted = days.iter().zip(days.iter().skip(1)).all(|(one, next)| one < next);
    (own && sorted).then_some(days)
}

pub(crate) fn publish(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    author(act.state, act.payload, act.block.height, &[Role::CityCentre])?;
    let body: CalendarPublished = act.body()?;
    text(&body.source)?;
    let read = || {
        let (holidays, working) = (days(body.year, &body.holidays)?, days(body.year, &body.working_days)?);
        let fits = working.iter().all(|day| is_weekend(*day) && !holidays.contains(day));
        (fits && YEARS.contains(&body.year)).then_some((holidays, working))
    };
    let (holidays, working) = read().ok_or_else(|| codes::CALENDAR.because(body.year))?;
    let newest: Option<(u16, u32)> = load(act.state, &state_key::newest_calendar(body.year))?;
    let next = newest.map_or(1, |(_, version)| version.saturating_add(1));
    if body.version != next {
        return Err(codes::CALENDAR_VERSION
            .because(format!("expected {next}, found {}", body.version))
            .into());
    }
    let calendar = CalendarYear {
        year: body.year,
        version: body.version,
        holidays,
        working,
        source: body.source,
        published: act.block.time,
        record: act.id,
    };
    act.state.put(state_key::calendar(body.year, body.version), &calendar)?;
    act.state.put(state_key::newest_calendar(body.year), &(body.year, body.version))?;
    Ok(rulebook::commit(act.state, "biaozheng/calendars/v1", act.id.digest())?)
}

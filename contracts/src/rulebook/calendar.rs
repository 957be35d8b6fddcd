//! Calendars: which days of a year are holidays, and which Saturdays and Sundays are worked (调休).
//!
//! **Invariant:** a published version of a year never changes. Projects use the one they pinned, or the first of a year
//! they could not pin ([`crate::rulebook::pins`]).

use biaozheng_ledger::ids::{RecordId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::calendar::is_weekend;
use crate::machine::calendar::{KnownYear, YEARS, date_of, day_of, year_of};
use crate::machine::refusal::{Refusal, Reject};
use crate::machine::spoken::Spoken;
use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::machine::text::text;
use crate::parties::participant::{Role, author};
use crate::rulebook;
use crate::rulebook::{refusals, state_key};

/// `calendar.published/1`, by the city centre.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
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

/// Days of the year, in order, each once; the refusal names the first date that is not.
fn days(year: u16, dates: &[String]) -> Result<Vec<i64>, Reject> {
    let mut days: Vec<i64> = Vec::new();
    for date in dates {
        let day = day_of(date)
            .ok_or_else(|| wrong(date, "is no date, write YYYY-MM-DD", "不是日期，应为 YYYY-MM-DD"))?;
        if year_of(day) != i64::from(year) {
            return Err(wrong(date, &format!("is not in {year}"), &format!("不在 {year} 年")));
        }
        if days.last().is_some_and(|last| *last >= day) {
            return Err(wrong(date, "stands twice or out of order", "重复或未按先后排列"));
        }
        days.push(day);
    }
    Ok(days)
}

/// A refusal for one date.
fn wrong(date: &str, en: &str, zh: &str) -> Reject {
    let date: String = date.chars().filter(|letter| !letter.is_control()).take(20).collect();
    refusals::CALENDAR.saying(Spoken::new(format!("{date} {en}"), format!("{date} {zh}")))
}

/// The holidays, and the weekend days that are worked.
fn read(body: &CalendarPublished) -> Result<(Vec<i64>, Vec<i64>), Reject> {
    if !YEARS.contains(&body.year) {
        return Err(refusals::CALENDAR.because(format!("{}: {}–{}", body.year, YEARS.start(), YEARS.end())));
    }
    let (holidays, working) = (days(body.year, &body.holidays)?, days(body.year, &body.working_days)?);
    for day in &working {
        if !is_weekend(*day) {
            let en = "is no Saturday or Sunday: it is worked anyway";
            return Err(wrong(&date_of(*day), en, "不是周六或周日，本为工作日，不列入调休"));
        }
        if holidays.contains(day) {
            return Err(wrong(&date_of(*day), "is a holiday and worked", "既列为节假日又列为上班日"));
        }
    }
    Ok((holidays, working))
}

pub(crate) fn publish(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    author(act.state, act.payload, act.block.height, &[Role::CityCentre])?;
    let body: CalendarPublished = act.body()?;
    text(&body.source)?;
    let (holidays, working) = read(&body)?;
    let newest: Option<(u16, u32)> = load(act.state, &state_key::newest_calendar(body.year))?;
    let next = newest.map_or(1, |(_, version)| version.saturating_add(1));
    if body.version != next {
        return Err(refusals::CALENDAR_VERSION
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(holidays: &[&str], working: &[&str]) -> (String, String) {
        let all = |dates: &[&str]| dates.iter().map(|date| (*date).to_owned()).collect();
        let (holidays, working_days) = (all(holidays), all(working));
        let body = CalendarPublished { year: 2027, version: 1, holidays, working_days, source: "x".into() };
        let refusal = read(&body).unwrap_err();
        (refusal.message, refusal.message_zh)
    }

    #[test]
    fn a_refused_calendar_names_the_date() {
        let (en, zh) = refused(&[], &["2027-01-04"]);
        assert!(en.contains("(2027-01-04 is no Saturday or Sunday"), "{en}");
        assert!(zh.contains("（2027-01-04 不是周六或周日"), "{zh}");
        assert!(refused(&["2027-10-1"], &[]).0.contains("(2027-10-1 is no date"));
        assert!(refused(&["2026-10-01"], &[]).0.contains("2026-10-01 is not in 2027"));
        assert!(
            refused(&["2027-10-02", "2027-10-01"], &[]).0.contains("2027-10-01 stands twice or out of order")
        );
        assert!(refused(&["2027-10-03"], &["2027-10-03"]).1.contains("2027-10-03 既列为节假日又列为上班日"));
        assert!(refused(&[&"9".repeat(500)], &[]).0.len() < 300);
    }
}

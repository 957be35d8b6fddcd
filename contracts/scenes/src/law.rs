//! The rulebooks of the scenes, as shipped or, in a world of short days, as a trial version of the same rules.

use crate::setting::{day, hour};
use biaozheng_contracts::parameters;

pub const REPLAY: &str = include_str!("../../rulebooks/replay-tsuchiura.toml");

/// A rulebook as it is in a world of long days, and a trial version of it, in this world's days, in one of short ones.
pub fn book(text: &str) -> String {
    if day() == 86_400_000 {
        return text.to_owned();
    }
    let mut out = String::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.splitn(3, '"').collect();
        match parts.as_slice() {
            // The real chain's blocks come a little later than the world says.
            [head, _, tail] if head.starts_with(parameters::SEALING_SIGNATURE_WINDOW.name) => {
                out.push_str(&format!("{head}\"10m\"{tail}\n"));
            }
            [head, value, tail] if head.trim_end().ends_with("value =") => {
                out.push_str(&format!("{head}\"{}\"{tail}\n", shortened(value)));
            }
            [head, _, tail] if head.starts_with("nature") => {
                out.push_str(&format!("{head}\"trial\"{tail}\n"))
            }
            _ => out.push_str(&format!("{line}\n")),
        }
    }
    out
}

fn shortened(value: &str) -> String {
    let digits = value.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let (Ok(number), unit) = (digits.parse::<u64>(), &value[digits.len()..]) else { return value.into() };
    match unit {
        "d" | "wd" => written(number * day() * 4 / 5),
        "h" => written(number * hour() * 4 / 5),
        "m" => written(number * hour() / 75),
        _ => value.into(),
    }
}

/// A rulebook's numbers have at most six digits: years of short days are told in seconds.
fn written(ms: u64) -> String {
    if ms < 1_000_000 { format!("{ms}ms") } else { format!("{}s", ms / 1000) }
}

/// The rulebook of open construction tenders, without its committees drawn on chain: for what is not about draws.
pub fn law() -> String {
    undrawn(&shipped_law())
}

/// A rulebook under which the centre names the committee.
pub fn undrawn(book: &str) -> String {
    let drawn = "committee_by_draw = { value = true";
    assert!(book.contains(drawn));
    book.replace(drawn, "committee_by_draw = { value = false")
}

/// The rulebook of open construction tenders.
pub fn shipped_law() -> String {
    book(include_str!("../../rulebooks/engineering-open.toml"))
}

//! What the record says, in lines for the page: every field of its body with its name, money in yuan, times of Beijing,
//! organisations by name where the issuer gave one.
//!
//! **Invariant:** what does not fit is said to be left out. The text of a record is its author's: it is bounded, and
//! characters that act on text are printed by their number (`glyphs`).

use biaozheng_ledger::date::beijing;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ledger::payload::Payload;
use serde_json::{Map, Value};

use crate::Surroundings;
use crate::fields::{self, Kind};

const DEPTH_MAX: usize = 8;
const TEXT_CHARACTERS_MAX: usize = 300;
/// More than a page holds; what is beyond is not even written down.
const LINES_MAX: usize = 200;

/// A line of the page, indented by its depth.
pub(crate) struct Line {
    pub(crate) depth: usize,
    pub(crate) text: String,
}

struct Walk<'a> {
    record_type: &'a str,
    surroundings: &'a Surroundings,
    lines: Vec<Line>,
}

/// The body in its own order of fields.
pub(crate) fn lines_of(payload: &Payload, surroundings: &Surroundings) -> Vec<Line> {
    let own = payload.body.get("currency").and_then(Value::as_str).map(str::to_owned);
    let surroundings =
        Surroundings { currency: own.or_else(|| surroundings.currency.clone()), ..surroundings.clone() };
    let mut walk =
        Walk { record_type: payload.record_type.name(), surroundings: &surroundings, lines: Vec::new() };
    if let Value::Object(body) = &payload.body {
        walk.entries(body, "", 0);
    }
    walk.lines
}

/// Every organisation that the body names.
pub(crate) fn organisations(payload: &Payload) -> Vec<String> {
    let mut found = Vec::new();
    named(&payload.body, "", "", payload.record_type.name(), 0, &mut found);
    found
}

fn named(value: &Value, name: &str, parent: &str, record_type: &str, depth: usize, found: &mut Vec<String>) {
    if depth > DEPTH_MAX || found.len() > LINES_MAX {
        return;
    }
    let deeper = depth.saturating_add(1);
    match value {
        Value::Array(items) => {
            items.iter().for_each(|one| named(one, name, parent, record_type, deeper, found));
        }
        Value::Object(members) => {
            members.iter().for_each(|(inner, one)| named(one, inner, name, record_type, deeper, found));
        }
        Value::String(text)
            if fields::field(name, parent, record_type)
                .is_some_and(|field| field.kind == Kind::Organisation) =>
        {
            found.push(text.clone());
        }
        _ => {}
    }
}

/// A bid's name: whose, and which of several.
fn bid(value: &Value) -> Option<(&str, u64)> {
    let members = value.as_object()?;
    let bidder = members.get("bidder")?.as_str()?;
    let number = members.get("number").map_or(Some(1), Value::as_u64)?;
    members.keys().all(|name| name == "bidder" || name == "number").then_some((bidder, number))
}

impl Walk<'_> {
    fn push(&mut self, depth: usize, text: String) {
        if self.lines.len() < LINES_MAX {
            self.lines.push(Line { depth, text });
        }
    }

    fn entries(&mut self, members: &Map<String, Value>, parent: &str, depth: usize) {
        for (name, value) in members {
            self.field(name, value, parent, depth);
        }
    }

    fn field(&mut self, name: &str, value: &Value, parent: &str, depth: usize) {
        let known = fields::field(name, parent, self.record_type);
        let kind = known.map_or(Kind::Text, |field| field.kind);
        let title = known.map_or_else(|| bounded(name), |field| format!("{} {}", field.zh, field.en));
        let deeper = depth.saturating_add(1);
        if let Some(text) = self.scalar(value, kind) {
            return self.push(depth, format!("{title}：{text}"));
        }
        if depth >= DEPTH_MAX {
            return self.push(depth, format!("{title}：{}", bounded(&value.to_string())));
        }
        match value {
            Value::Object(members) => {
                self.push(depth, title);
                self.entries(members, name, deeper);
            }
            Value::Array(items) => self.list(name, items, (&title, kind), (parent, depth)),
            _ => {}
        }
    }

    fn list(
        &mut self,
        name: &str,
        items: &[Value],
        (title, kind): (&str, Kind),
        (parent, depth): (&str, usize),
    ) {
        let texts: Option<Vec<String>> = items.iter().map(|one| self.scalar(one, kind)).collect();
        if let Some(texts) = texts {
            let place = |(at, text): (usize, &String)| format!("{}. {text}", at.saturating_add(1));
            let joined = match kind {
                Kind::Ranked => texts.iter().enumerate().map(place).collect::<Vec<_>>().join("　"),
                _ => texts.join("、"),
            };
            let joined = if joined.is_empty() { "无 none".to_owned() } else { joined };
            return self.push(depth, format!("{title}：{joined}"));
        }
        for (at, one) in items.iter().enumerate() {
            let place = format!("{title} {}", at.saturating_add(1));
            if let Value::Object(members) = one {
                self.push(depth, place);
                self.entries(members, name, depth.saturating_add(1));
            } else {
                self.field(name, one, parent, depth.saturating_add(1));
            }
        }
    }

    /// The text of a value that is no list and no object; a bid's name is one.
    fn scalar(&self, value: &Value, kind: Kind) -> Option<String> {
        if let Some((bidder, number)) = bid(value) {
            let name = self.surroundings.named(bidder);
            return Some(if number > 1 { format!("{name} 第 {number} 份 no. {number}") } else { name });
        }
        Some(match value {
            Value::Array(_) | Value::Object(_) => return None,
            Value::Null => "无 none".to_owned(),
            Value::Bool(yes) => if *yes { "是 yes" } else { "否 no" }.to_owned(),
            Value::Number(number) => match (number.as_u64(), kind) {
                (Some(minor), Kind::Money) => money(minor, self.surroundings.currency.as_deref()),
                (Some(ms), Kind::Time) => format!("{} (北京时间)", beijing(TimeMs::new(ms))),
                (Some(share), Kind::Permille) => format!("{share}‰"),
                (Some(score), Kind::Score) => format!("{}.{:02}", score / 100, score % 100),
                _ => number.to_string(),
            },
            Value::String(text) => match (kind, fields::word(text)) {
                (Kind::Organisation, _) => self.surroundings.named(text),
                (Kind::Word, Some(word)) => format!("{} {}", word.zh, word.en),
                _ => bounded(text),
            },
        })
    }
}

fn bounded(text: &str) -> String {
    let mut cut: String = text.chars().take(TEXT_CHARACTERS_MAX).collect();
    if text.chars().nth(TEXT_CHARACTERS_MAX).is_some() {
        cut.push('…');
    }
    // A line of the page is a line of the author's at most in its words.
    cut.replace('\n', " ")
}

/// Currencies of ISO 4217 without a minor unit.
const WHOLE: &[&str] = &["JPY", "KRW", "VND", "CLP", "ISK", "PYG", "UGX", "XAF", "XOF", "XPF"];

fn grouped(whole: u64) -> String {
    let digits = whole.to_string();
    let mut out = String::with_capacity(digits.len().saturating_mul(2));
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Money as people write it. A record does not name its currency: where nobody else does, the minor units are said too.
fn money(minor: u64, currency: Option<&str>) -> String {
    let yuan = format!("{}.{:02} 元", grouped(minor / 100), minor % 100);
    match currency {
        None => format!(
            "{yuan}（以人民币计 if in CNY；记录所载 the record says: {minor} 最小货币单位 minor units）"
        ),
        Some("CNY") => yuan,
        Some(code) if WHOLE.contains(&code) => format!("{} {}", grouped(minor), bounded(code)),
        Some(code) => format!("{}.{:02} {}", grouped(minor / 100), minor % 100, bounded(code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_people_write_it() {
        assert_eq!(money(90_000_000, Some("CNY")), "900,000.00 元");
        assert_eq!(money(5, Some("CNY")), "0.05 元");
        assert_eq!(money(1_234_567, Some("JPY")), "1,234,567 JPY");
        assert!(money(90_000_000, None).contains("90000000 最小货币单位"));
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
    }
}

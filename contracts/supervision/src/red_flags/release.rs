//! Reads what indicators need from a compiled release, which may lack or garble any of it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::exact::Exact;

pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

pub(super) fn list<'a>(value: &'a Value, key: &str) -> Option<&'a [Value]> {
    value.get(key)?.as_array().map(Vec::as_slice)
}

pub(super) fn details(release: &Value) -> Option<&[Value]> {
    list(release.get("bids")?, "details")
}

/// The larger of the numbers of bids, awards, and parties of one of them.
pub(super) fn size(release: &Value) -> usize {
    let awards = list(release, "awards").unwrap_or_default();
    let bids = details(release).unwrap_or_default();
    let parties =
        |items: &[Value], key| items.iter().filter_map(|item| list(item, key)).map(<[Value]>::len).max();
    let inner = parties(bids, "tenderers").max(parties(awards, "suppliers")).max(parties(awards, "items"));
    awards.len().max(bids.len()).max(inner.unwrap_or(0))
}

pub(super) fn is_cancelled(release: &Value) -> bool {
    release.get("tender").and_then(|tender| text(tender, "status")) == Some("cancelled")
}

/// Bids that were handed in: pending, valid and disqualified ones.
pub(super) fn submitted(release: &Value) -> impl Iterator<Item = &Value> {
    let handed_in = |bid: &&Value| text(bid, "status").is_some_and(|s| s != "invited" && s != "withdrawn");
    details(release).unwrap_or_default().iter().filter(handed_in)
}

/// The active awards and the bids; nothing while an award is still pending, so that results are stable.
pub(super) fn settled(release: &Value) -> Option<(Vec<&Value>, &[Value])> {
    let awards = list(release, "awards")?;
    let bids = details(release)?;
    let mut active = Vec::new();
    for award in awards {
        match text(award, "status") {
            Some("active") => active.push(award),
            Some("cancelled" | "unsuccessful") | None => {}
            Some(_) => return None,
        }
    }
    Some((active, bids))
}

/// The supplier, when there is exactly one active award to exactly one supplier.
pub(super) fn sole_supplier<'a>(active: &[&'a Value]) -> Option<&'a str> {
    let [award] = active else { return None };
    sole(award, "suppliers")
}

/// The identifier of the only organisation of a list.
pub(super) fn sole<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    let [one] = list(value, key)? else { return None };
    text(one, "id")
}

pub(super) fn identifiers<'a>(value: &'a Value, key: &str) -> BTreeSet<&'a str> {
    list(value, key).unwrap_or_default().iter().filter_map(|one| text(one, "id")).collect()
}

/// Amount and currency.
pub(super) fn price(bid: &Value) -> Option<(Exact, &str)> {
    let value = bid.get("value")?;
    let amount = value.get("amount")?.as_number()?;
    Some((Exact::parse(&amount.to_string())?, text(value, "currency")?))
}

//! What a refusal found, in the words of each language: who may sign, where a project stands, which name was meant.

use biaozheng_ledger::ids::TimeMs;

use crate::machine::moment::BeijingTime;

/// Words for both sentences of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spoken {
    pub(crate) en: String,
    pub(crate) zh: String,
}

impl Spoken {
    pub(crate) fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }
}

impl Spoken {
    /// A rule's length of time, and the first moment it allows.
    pub(crate) fn earliest(needs: &str, moment: TimeMs) -> Self {
        let at = BeijingTime(moment);
        Self::new(format!("needs {needs}, earliest {at}"), format!("规则要求 {needs}，最早 {at}"))
    }

    pub(crate) fn until(moment: TimeMs) -> Self {
        let at = BeijingTime(moment);
        Self::new(format!("until {at}"), format!("至 {at}"))
    }

    pub(crate) fn between(from: TimeMs, to: TimeMs) -> Self {
        let (from, to) = (BeijingTime(from), BeijingTime(to));
        Self::new(format!("from {from} to {to}"), format!("{from} 至 {to}"))
    }

    /// A moment that counts, and the block's own.
    pub(crate) fn against(moment: TimeMs, now: TimeMs) -> Self {
        let (at, now) = (BeijingTime(moment), BeijingTime(now));
        Self::new(format!("{at}, now {now}"), format!("{at}，当前 {now}"))
    }

    pub(crate) fn now(now: TimeMs) -> Self {
        let now = BeijingTime(now);
        Self::new(format!("now {now}"), format!("当前 {now}"))
    }
}

/// A value's name in Chinese.
pub(crate) trait Named: std::fmt::Debug + Copy {
    fn zh(self) -> &'static str;
}

/// A list's names, in Chinese.
pub(crate) fn names<T: Named>(all: &[T]) -> String {
    all.iter().map(|one| one.zh()).collect::<Vec<_>>().join("、")
}

/// 'needs one of …', in both languages.
pub(crate) fn one_of<T: Named>(all: &[T]) -> Spoken {
    Spoken::new(format!("needs one of {all:?}"), format!("须为下列之一：{}", names(all)))
}

/// Of known names the one that was probably meant: the nearest by single letters, if it is near at all.
pub(crate) fn nearest<'a>(known: impl IntoIterator<Item = &'a str>, found: &str) -> Option<&'a str> {
    // A record's name; longer text is no misspelling of one.
    if found.len() > 80 {
        return None;
    }
    let best = known.into_iter().map(|name| (distance(name, found), name)).min()?;
    let near = best.1.chars().count().max(found.chars().count()) / 3;
    (best.0 <= near.max(1)).then_some(best.1)
}

/// Levenshtein's distance.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line.saturating_add(1);
        let mut next = vec![left];
        for (above, with) in row.iter().skip(1).zip(&other) {
            let replaced = diagonal.saturating_add(usize::from(letter != *with));
            left = replaced.min(above.saturating_add(1)).min(left.saturating_add(1));
            next.push(left);
            diagonal = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_its_own_and_nonsense_finds_none() {
        let known = ["tender.clarified/1", "tender.amended/1", "tender.published/1", "bids.opened/1"];
        let near = |found| nearest(known, found);
        assert_eq!(near("tender.clarify/1"), Some("tender.clarified/1"));
        assert_eq!(near("tender.published/2"), Some("tender.published/1"));
        assert_eq!(near("bid.opened/1"), Some("bids.opened/1"));
        assert_eq!(near("tender.publsihed"), Some("tender.published/1"));
        assert_eq!(near("completely.else/1"), None);
        assert_eq!(near(&"x".repeat(5000)), None);
        assert_eq!(
            (distance("kitten", "sitting"), distance("", "abc"), distance("招标", "招标人")),
            (3, 3, 1)
        );
    }
}

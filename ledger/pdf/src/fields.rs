//! Fields of records' bodies, words in them and record types, as people read them: the table `fields.tsv`, which the web
//! pages have too.
//!
//! **Invariant:** a name that the table does not know is shown as it is, never dropped.

use std::collections::BTreeMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!("fields.tsv");

/// How a field's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Money,
    Time,
    Organisation,
    Permille,
    /// Hundredths of a point.
    Score,
    /// The first is best.
    Ranked,
    Word,
    Text,
}

/// A field with its names in Chinese and English.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) kind: Kind,
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
}

fn kind(text: &str) -> Kind {
    match text {
        "money" => Kind::Money,
        "time" => Kind::Time,
        "org" => Kind::Organisation,
        "permille" => Kind::Permille,
        "score" => Kind::Score,
        "ranked" => Kind::Ranked,
        "word" => Kind::Word,
        _ => Kind::Text,
    }
}

fn table() -> &'static BTreeMap<&'static str, Field> {
    static READ: OnceLock<BTreeMap<&'static str, Field>> = OnceLock::new();
    READ.get_or_init(|| {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
        let row = |line: &'static str| {
            let mut parts = line.split('\t');
            let (name, kind_text) = (parts.next()?, parts.next()?);
            Some((name, Field { kind: kind(kind_text), zh: parts.next()?, en: parts.next()? }))
        };
        rows.filter_map(row).collect()
    })
}

/// A field in its place: the name of the object it stands in, else the record's type, goes before the plain name.
pub(crate) fn field(name: &str, parent: &str, record_type: &str) -> Option<Field> {
    let places = [format!("{name}@{parent}"), format!("{name}@{record_type}"), name.to_owned()];
    places.iter().find_map(|place| table().get(place.as_str()).copied())
}

/// A word in both languages.
pub(crate) fn word(text: &str) -> Option<Field> {
    table().get(format!("={text}").as_str()).copied()
}

/// A record type, without its version, in both languages.
pub(crate) fn record_type(name: &str) -> Option<Field> {
    table().get(format!("!{name}").as_str()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_a_place_goes_before_the_plain_name() {
        assert_eq!(table().len(), TABLE.lines().filter(|line| !line.starts_with('#')).count());
        assert!(table().len() > 350);
        assert_eq!(field("price", "lots", "award.notified").unwrap().zh, "中标价");
        assert_eq!(field("price", "criteria", "tender.published").unwrap().kind, Kind::Text);
        assert_eq!(field("price", "ranking", "evaluation.reported").unwrap().kind, Kind::Money);
        assert!(field("no_such_field", "", "").is_none());
        assert_eq!(record_type("award.notified").unwrap().zh, "中标通知书");
        assert_eq!(word("declined").unwrap().en, "declined the award");
    }
}

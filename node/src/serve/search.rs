//! Search by words, judged at the newest block: a bounded look at one project and participant after the other, without
//! an index of its own.

use biaozheng_api::BackendError;
use biaozheng_api::backend::Page;
use biaozheng_contracts::StateRead;
use biaozheng_contracts::project::search::{Place, Searched, searched};
use icu_normalizer::ComposingNormalizerBorrowed;
use serde_json::Value;

use super::ours;

/// Projects and participants a page looks at.
const LOOKED_MAX: usize = 1000;
/// How many of them are in memory at a time.
const BATCH: usize = 100;

/// Full width and half width, compatible forms, capitals and small letters are one.
fn folded(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text).to_lowercase()
}

/// All words of a question, each of which must occur.
struct Words(Vec<String>);

impl Words {
    fn of(text: &str) -> Self {
        Self(folded(text).split_whitespace().map(str::to_owned).collect())
    }

    fn occur_in(&self, texts: &[String]) -> bool {
        let texts: Vec<String> = texts.iter().map(|text| folded(text)).collect();
        self.0.iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())))
    }
}

/// At most `limit` hits among the rows after a place, and the last place looked at unless all was looked at. `rows` gives
/// the next [`BATCH`] after a place, fewer only at the end of all.
fn look(
    words: &Words,
    after: Option<Place>,
    limit: usize,
    mut rows: impl FnMut(Option<&Place>) -> Result<Vec<Searched>, BackendError>,
) -> Result<(Vec<Value>, Option<Place>), BackendError> {
    let (mut hits, mut last, mut looked) = (Vec::new(), after, 0);
    if words.0.is_empty() {
        return Ok((hits, None));
    }
    while looked < LOOKED_MAX {
        let batch = rows(last.as_ref())?;
        let all_seen = batch.len() < BATCH;
        for row in batch {
            last = Some(row.place);
            if words.occur_in(&row.texts) {
                hits.push(row.hit);
            }
            if hits.len() >= limit {
                return Ok((hits, last));
            }
        }
        if all_seen {
            return Ok((hits, None));
        }
        looked = looked.saturating_add(BATCH);
    }
    Ok((hits, last))
}

/// A page of hits: projects and participants in which all words occur.
pub(super) fn search(
    state: &dyn StateRead,
    question: &str,
    after: Option<&Place>,
    limit: usize,
) -> Result<Page, BackendError> {
    let next_rows = |last: Option<&Place>| searched(state, last, BATCH).map_err(ours);
    let (hits, next) = look(&Words::of(question), after.cloned(), limit, next_rows)?;
    Ok((hits, next.map(|place| place.to_string())))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use biaozheng_contracts::project::search::{Place, Searched};
    use biaozheng_ledger::ids::{OrgId, ProjectId};
    use serde_json::json;

    use super::{BATCH, LOOKED_MAX, Words, folded, look};

    /// So many projects, each tenth of them a road.
    fn ledger(projects: usize) -> Vec<Searched> {
        let row = |number: usize| {
            let kind = if number.is_multiple_of(10) { "道路" } else { "桥梁" };
            let id = format!("P-{number:05}");
            let place = Place::Project(ProjectId::new(&id).unwrap());
            Searched { place, texts: vec![id.clone(), format!("{kind}工程")], hit: json!(id) }
        };
        let org = OrgId::new("ROADS").unwrap();
        let company = Searched {
            texts: vec!["ROADS".into(), "道路公司".into()],
            hit: json!("ROADS"),
            place: Place::Participant(org),
        };
        (0..projects).map(row).chain([company]).collect()
    }

    /// All hits, how many pages it took, and the most rows one page read.
    fn search(rows: &[Searched], words: &str, limit: usize) -> (Vec<String>, usize, usize) {
        let (mut found, mut after, mut pages, mut most) = (Vec::new(), None, 0, 0);
        loop {
            let mut read = 0;
            let (hits, next) = look(&Words::of(words), after, limit, |last| {
                let start =
                    last.map_or(0, |last| rows.iter().position(|row| row.place == *last).unwrap() + 1);
                let batch: Vec<Searched> = rows.iter().skip(start).take(BATCH).cloned().collect();
                read += batch.len();
                Ok(batch)
            })
            .unwrap();
            assert!(hits.len() <= limit);
            found.extend(hits.iter().map(|hit| hit.as_str().unwrap().to_owned()));
            (pages, most) = (pages + 1, most.max(read));
            match next {
                None => return (found, pages, most),
                next => after = next,
            }
        }
    }

    #[test]
    fn pages_find_everything_once_and_each_reads_a_bounded_number() {
        for projects in [0, 1, BATCH - 1, BATCH, LOOKED_MAX - 1, LOOKED_MAX, 2 * LOOKED_MAX + 50] {
            let rows = ledger(projects);
            let roads: Vec<String> =
                (0..projects).step_by(10).map(|number| format!("P-{number:05}")).collect();
            for limit in [1, 7, 50, 200] {
                let (found, pages, most) = search(&rows, "道路", limit);
                assert_eq!(found, [&roads[..], &["ROADS".to_owned()]].concat(), "{projects} by {limit}");
                assert!(most <= LOOKED_MAX, "{most}");
                assert!(pages <= found.len() / limit + rows.len() / LOOKED_MAX + 2, "{pages} pages");
            }
        }
        // Nothing in all of it: pages without hits, and an end.
        let (found, pages, most) = search(&ledger(2 * LOOKED_MAX + 50), "隧道", 50);
        assert_eq!((found.len(), pages, most), (0, 3, LOOKED_MAX));
    }

    #[test]
    fn a_question_without_a_word_reads_nothing() {
        let refuse = |_: Option<&Place>| unreachable!("nothing is read");
        assert_eq!(look(&Words::of(" \u{3000}"), None, 50, refuse).unwrap(), (Vec::new(), None));
    }

    #[test]
    fn width_case_and_order_do_not_count() {
        assert_eq!(folded("ＡＢＣ工程（二期）　①"), "abc工程(二期) 1");
        let texts = ["2026-350100-48-01-000123".to_owned(), "福州市ＡＢ路道路维修工程（二期）".to_owned()];
        for found in ["道路", "ab路", "ＡＢ", "维修工程(二期)", "二期　福州", "000123 道路", "\u{2F26}"]
        {
            let texts = [&texts[..], &["子".to_owned()]].concat();
            assert!(Words::of(found).occur_in(&texts), "{found}");
        }
        for not_found in ["桥梁", "道路 桥梁", "00123x"] {
            assert!(!Words::of(not_found).occur_in(&texts), "{not_found}");
        }
        for nothing in ["", " ", "\u{3000}\u{a0}"] {
            assert!(Words::of(nothing).0.is_empty(), "{nothing:?}");
        }
    }
}

//! Search by words, judged at the newest block: a bounded look at one project and participant after the other, without
//! an index of its own.

use biaozheng_api::BackendError;
use biaozheng_contracts::view::search::{Place, searched};
use icu_normalizer::ComposingNormalizerBorrowed;
use serde_json::{Value, json};

use super::{NodeBackend, ours};

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

impl NodeBackend {
    /// At most `limit` hits. `next` is the last place looked at, unless all was looked at.
    pub(super) fn search(
        &self,
        question: &str,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Value, BackendError> {
        let (words, state) = (Words::of(question), self.state());
        let (mut items, mut last) = (Vec::new(), after.cloned());
        if words.0.is_empty() {
            return Ok(json!({"items": items, "next": Value::Null}));
        }
        let mut looked = 0;
        while looked < LOOKED_MAX {
            let rows = searched(&state, last.as_ref(), BATCH).map_err(ours)?;
            let all_seen = rows.len() < BATCH;
            for row in rows {
                last = Some(row.place);
                if words.occur_in(&row.texts) {
                    items.push(row.hit);
                }
                if items.len() == limit {
                    return Ok(json!({"items": items, "next": last.map(|place| place.to_string())}));
                }
            }
            if all_seen {
                return Ok(json!({"items": items, "next": Value::Null}));
            }
            looked = looked.saturating_add(BATCH);
        }
        Ok(json!({"items": items, "next": last.map(|place| place.to_string())}))
    }
}

#[cfg(test)]
mod tests {
    use super::{Words, folded};

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

//! Answers about the registers, judged at the newest block's time.

use biaozheng_api::backend::Page;
use biaozheng_api::{BackendError, Question};
use biaozheng_contracts::view::registry as view;
use serde_json::{Value, json};

use super::{NodeBackend, ours};

impl NodeBackend {
    pub(super) fn answer(&self, question: &Question) -> Result<Option<Value>, BackendError> {
        let (state, now) = (self.state(), self.shared.store.tip().time);
        let list = |items: Vec<Value>| Some(json!({"items": items, "next": Value::Null}));
        Ok(match question {
            Question::Credit(org) => {
                let mut value = view::credit(&state, org, now).map_err(ours)?;
                value["credit_code"] = json!(view::credit_code(&state, org).map_err(ours)?);
                Some(value)
            }
            Question::Licences(org) => list(view::licences(&state, org, now).map_err(ours)?),
            Question::CentreRatings(org) => Some(view::centre_ratings(&state, org).map_err(ours)?),
            Question::Eligibility(project) => Some(view::eligibility(&state, project).map_err(ours)?),
            Question::Ratings(project) => Some(view::ratings(&state, project).map_err(ours)?),
            Question::Sittings { project, limit } => {
                list(view::sittings(&state, project, *limit).map_err(ours)?)
            }
            Question::Indicators { centre, from, until } => {
                let found = view::indicators(&state, centre.as_ref(), *from, *until).map_err(ours)?;
                found.map(|found| serde_json::to_value(found).map_err(ours)).transpose()?
            }
            Question::PublishedIndicators { limit } => {
                list(view::published_indicators(&state, *limit).map_err(ours)?)
            }
        })
    }

    /// The cursor is the last OCID's key as the view wants it.
    pub(super) fn imported_page(&self, after: Option<String>, limit: usize) -> Result<Page, BackendError> {
        let rows = view::imported(&self.state(), after.as_deref(), limit).map_err(ours)?;
        let last = rows.last().and_then(|row| row.get("ocid")).and_then(Value::as_str).map(str::to_owned);
        let next = if rows.len() == limit { last } else { None };
        Ok((rows, next))
    }
}

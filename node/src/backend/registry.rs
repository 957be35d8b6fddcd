//! Answers about the registers, judged at the newest block's time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_api::backend::Page;
use biaozheng_api::{BackendError, Question};
use biaozheng_contracts::acts::tokens::partials_text;
use biaozheng_contracts::sealing;
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
            Question::Sealing => self.sealing()?,
            Question::TokenSignatures(request) => {
                let partials = sealing::token_partials(&state, request).map_err(ours)?;
                let texts: Vec<_> = partials.iter().map(|one| partials_text(one)).collect();
                Some(json!({"request": request, "members": texts}))
            }
        })
    }

    fn sealing(&self) -> Result<Option<Value>, BackendError> {
        let (state, chain, now) = (self.state(), self.shared.chain, self.shared.store.tip().time);
        let Some(group) = sealing::sealing_keys(&state).map_err(ours)? else { return Ok(None) };
        let epoch = sealing::newest_token_epoch(&state).map_err(ours)?;
        let tokens =
            epoch.map(|epoch| sealing::token_keys(&state, &chain, epoch)).transpose().map_err(ours)?;
        let tokens = tokens.flatten().map(|one| {
            json!({
                "record": one.record, "epoch": one.group.epoch, "keys": BASE64.encode(one.keys.to_bytes()),
                "quota": one.quota, "member_quota": one.member_quota, "valid_until_ms": one.valid_until,
            })
        });
        let due = sealing::pending(&state, &chain, now).map_err(ours)?.len();
        Ok(Some(json!({
            "record": group.record, "keys": BASE64.encode(group.keys.to_bytes()),
            "epoch": group.keys.epoch().get(), "slot_ms": group.slot_ms, "ahead": group.ahead,
            "time_ms": now, "due": due, "tokens": tokens,
        })))
    }

    /// The cursor is the last OCID's key as the view wants it.
    pub(super) fn imported_page(&self, after: Option<String>, limit: usize) -> Result<Page, BackendError> {
        let rows = view::imported(&self.state(), after.as_deref(), limit).map_err(ours)?;
        let last = rows.last().and_then(|row| row.get("ocid")).and_then(Value::as_str).map(str::to_owned);
        let next = if rows.len() == limit { last } else { None };
        Ok((rows, next))
    }
}

//! Answers about the registers, judged at the newest block's time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_api::backend::Page;
use biaozheng_api::{BackendError, Question};
use biaozheng_contracts::BlockContext;
use biaozheng_contracts::bidding::eligible;
use biaozheng_contracts::chain::validators;
use biaozheng_contracts::opening::{due, now};
use biaozheng_contracts::oversight::alerts;
use biaozheng_contracts::oversight::timers::timers;
use biaozheng_contracts::project::complaints;
use biaozheng_contracts::sealing::tokens::partials_text;
use biaozheng_contracts::sealing::{entered, group, requests};
use biaozheng_contracts::{archive, bidding, chain, listing, opening, oversight, parties, project, rulebook};
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::payload::Payload;
use serde_json::{Value, json};

use super::{NodeBackend, ours};

/// A page whose cursor is the last row's id.
fn paged<T: ToString>(rows: Vec<(T, Value)>, limit: usize) -> Value {
    let next = rows.last().filter(|_| rows.len() == limit).map(|(id, _)| id.to_string());
    json!({"items": rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>(), "next": next})
}

/// The record that disposed of an alert, by its row.
fn disposed(row: &Value) -> Result<Option<RecordId>, BackendError> {
    let text = row.get("disposed").and_then(Value::as_str);
    text.map(|text| text.parse().map_err(ours)).transpose()
}

impl NodeBackend {
    pub(super) fn answer(&self, question: &Question) -> Result<Option<Value>, BackendError> {
        let (state, now) = (self.state(), self.shared.store.tip().time);
        let list = |items: Vec<Value>| Some(json!({"items": items, "next": Value::Null}));
        Ok(match question {
            Question::Credit(org) => {
                let mut value = parties::view::credit(&state, org, now).map_err(ours)?;
                value["credit_code"] = json!(parties::view::credit_code(&state, org).map_err(ours)?);
                Some(value)
            }
            Question::Licences(org) => list(parties::view::licences(&state, org, now).map_err(ours)?),
            Question::CentreRatings(org) => list(oversight::view::centre_ratings(&state, org).map_err(ours)?),
            Question::Eligibility(project) => Some(eligible::eligibility(&state, project).map_err(ours)?),
            Question::Ratings(project) => list(oversight::view::ratings(&state, project).map_err(ours)?),
            Question::Complaints(project) => list(complaints::complaints(&state, project).map_err(ours)?),
            Question::Listing(project) => listing::view::listing(&state, project).map_err(ours)?,
            Question::Models(project) => bidding::view::models(&state, project).map_err(ours)?,
            Question::Sittings { project, after, limit } => {
                let rows =
                    oversight::view::sittings(&state, project, after.as_ref(), *limit).map_err(ours)?;
                Some(paged(rows, *limit))
            }
            Question::Indicators { centre, from, until } => {
                let found =
                    archive::view::indicators(&state, centre.as_ref(), *from, *until).map_err(ours)?;
                found.map(|found| serde_json::to_value(found).map_err(ours)).transpose()?
            }
            Question::Alerts { after, limit } => Some(self.alerts(after.as_ref(), *limit)?),
            Question::Timers { after, limit } => {
                let (rows, next) = timers(&state, after.as_ref(), *limit, now).map_err(ours)?;
                Some(json!({"items": rows, "next": next}))
            }
            Question::Chains { after, limit } => {
                let rows = chain::view::chains(&state, after.as_ref(), *limit).map_err(ours)?;
                Some(paged(rows, *limit))
            }
            Question::Chain(chain) => chain::view::chain(&state, chain).map_err(ours)?,
            Question::Checkpoints { chain, size, limit } => {
                let rows = chain::view::checkpoints(&state, chain, *size, *limit).map_err(ours)?;
                Some(paged(rows, *limit))
            }
            Question::DatedPolicies => {
                let policies = chain::view::policies(&state).map_err(ours)?;
                policies
                    .map(|policies| serde_json::from_str(&policies.to_json()).map_err(ours))
                    .transpose()?
            }
            Question::PublishedIndicators { after, limit } => {
                let rows =
                    archive::view::published_indicators(&state, after.as_ref(), *limit).map_err(ours)?;
                Some(paged(rows, *limit))
            }
            Question::OpenedBids { project, after, limit } => {
                let rows =
                    opening::view::opened_bids(&state, project, after.as_deref(), *limit).map_err(ours)?;
                Some(paged(rows, *limit))
            }
            Question::Opening(project) => {
                let tip = self.shared.store.tip();
                let block = BlockContext { chain: self.shared.chain, height: tip.height, time: now };
                now::opening_now(&state, &block, project).map_err(ours)?
            }
            Question::Search { words, after, limit } => Some(self.search(words, after.as_ref(), *limit)?),
            Question::Sealing => self.sealing()?,
            Question::SealedEntry(digest) => entered::entry(&state, digest).map_err(ours)?,
            Question::Validators => validators::shown(&state).map_err(ours)?,
            Question::Tightenings => list(rulebook::view::tightenings(&state).map_err(ours)?),
            Question::Tightening(digest) => {
                rulebook::view::tightening(&state, digest).map_err(ours)?.map(Value::String)
            }
            Question::Calendars => list(rulebook::view::calendars(&state).map_err(ours)?),
            Question::ProjectRulebook(project) => {
                project::view::effective(&state, project).map_err(ours)?.map(Value::String)
            }
            Question::TokenSignatures(request) => {
                let partials = requests::token_partials(&state, request).map_err(ours)?;
                let texts: Vec<_> = partials.iter().map(|one| partials_text(one)).collect();
                Some(json!({"request": request, "members": texts}))
            }
        })
    }

    /// Alerts with what their records say.
    fn alerts(&self, after: Option<&RecordId>, limit: usize) -> Result<Value, BackendError> {
        let mut rows = alerts::alerts(&self.state(), after, limit).map_err(ours)?;
        for (id, row) in &mut rows {
            let (payload, raised) = self.said(id)?;
            let said = |name: &str| payload.body.get(name).cloned().unwrap_or_default();
            row["kind"] = said("rule");
            row["severity"] = said("severity");
            row["message"] = said("text");
            row["message_zh"] = said("text_zh");
            row["project"] = json!(payload.project);
            row["organisations"] = said("organisations");
            row["raised_ms"] = json!(raised);
            for name in ["records", "formula", "threshold", "found", "rules"] {
                row[name] = said(name);
            }
            row["disposition"] = match disposed(row)? {
                Some(record) => self.disposition(&record)?,
                None => Value::Null,
            };
        }
        Ok(paged(rows, limit))
    }

    /// What a committed record says, and when it was committed.
    fn said(&self, id: &RecordId) -> Result<(Payload, TimeMs), BackendError> {
        let missing = || ours("an alert's record is missing");
        let record = self.shared.store.record(id).map_err(ours)?.ok_or_else(missing)?;
        Ok((Payload::decode(&record.envelope.payload).map_err(ours)?, record.time))
    }

    /// How and why an alert was disposed of.
    fn disposition(&self, record: &RecordId) -> Result<Value, BackendError> {
        let (payload, time) = self.said(record)?;
        let said = |name: &str| payload.body.get(name).cloned().unwrap_or_default();
        Ok(json!({
            "record": record, "disposition": said("disposition"), "reason": said("reason"),
            "by": payload.author.org, "time_ms": time,
        }))
    }

    fn sealing(&self) -> Result<Option<Value>, BackendError> {
        let (state, chain, now) = (self.state(), self.shared.chain, self.shared.store.tip().time);
        let Some(group) = group::sealing_keys(&state).map_err(ours)? else { return Ok(None) };
        let epoch = requests::newest_token_epoch(&state).map_err(ours)?;
        let tokens =
            epoch.map(|epoch| requests::token_keys(&state, &chain, epoch)).transpose().map_err(ours)?;
        let tokens = tokens.flatten().map(|one| {
            json!({
                "record": one.record, "epoch": one.group.epoch, "keys": BASE64.encode(one.keys.to_bytes()),
                "quota": one.quota, "member_quota": one.member_quota, "valid_until_ms": one.valid_until,
            })
        });
        let due = due::pending(&state, &chain, now).map_err(ours)?.len();
        Ok(Some(json!({
            "record": group.record, "started": group.started, "keys": BASE64.encode(group.keys.to_bytes()),
            "epoch": group.keys.epoch().get(), "slot_ms": group.slot_ms, "ahead": group.ahead,
            "time_ms": now, "due": due, "tokens": tokens,
        })))
    }

    /// The cursor is the last OCID's key as the view wants it.
    pub(super) fn imported_page(&self, after: Option<String>, limit: usize) -> Result<Page, BackendError> {
        let rows = archive::view::imported(&self.state(), after.as_deref(), limit).map_err(ours)?;
        let last = rows.last().and_then(|row| row.get("ocid")).and_then(Value::as_str).map(str::to_owned);
        let next = if rows.len() == limit { last } else { None };
        Ok((rows, next))
    }
}

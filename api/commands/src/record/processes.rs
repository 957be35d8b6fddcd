//! Projects with their public records, read from a node and held against what they hash to.
//!
//! **Invariant:** every record handed on hashes to its id and is of the chain expected; a node that answers with
//! something else is an error, never data.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use biaozheng_client::{Client, PageQuery};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, Height, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::record::Record;
use biaozheng_ocds::{Method, Process, ProcessRecord, Unsealed, Works};
use serde::Deserialize;
use serde_json::Value;

/// Items of a page asked for.
const PAGE: u32 = 200;

/// A record as the node lists it.
#[derive(Debug, Deserialize)]
struct Listed {
    record: RecordId,
    height: Height,
    position: u32,
    time_ms: TimeMs,
    #[serde(default)]
    envelope: Option<Value>,
}

/// A bid that was sealed to the group, as the node shows it.
#[derive(Debug, Deserialize)]
struct OpenedBid {
    lot: String,
    bidder: OrgId,
    sealed: Option<RecordId>,
    sealed_at_ms: Option<TimeMs>,
    opened: Option<RecordId>,
    text: Option<String>,
}

/// Reads whole lists of one node.
#[derive(Debug)]
pub(crate) struct Processes<'a> {
    client: &'a Client,
    chain: ChainId,
    rulebooks: BTreeMap<String, String>,
    names: BTreeMap<OrgId, String>,
}

/// A project lives under more than its rulebook's text.
fn has_more(project: &Value) -> bool {
    let rules = project.get("rules");
    let member = |name: &str| rules.and_then(|rules| rules.get(name));
    member("tightening").is_some_and(Value::is_string)
        || member("calendars").and_then(Value::as_array).is_some_and(|all| !all.is_empty())
}

impl<'a> Processes<'a> {
    /// Also reads the public names of all participants.
    ///
    /// # Errors
    /// When the node does not answer.
    pub(crate) async fn of(client: &'a Client, chain: ChainId) -> anyhow::Result<Self> {
        let mut all = Self { client, chain, rulebooks: BTreeMap::new(), names: BTreeMap::new() };
        let mut query = PageQuery { limit: Some(PAGE), after: None };
        loop {
            let page = client.participants(&query).await?;
            for one in page.items {
                let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                if let Ok(org) = OrgId::new(&text("org"))
                    && !text("name").is_empty()
                {
                    all.names.insert(org, text("name"));
                }
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// The ids of all projects, in their order.
    ///
    /// # Errors
    /// When the node does not answer.
    pub(crate) async fn ids(&self) -> anyhow::Result<Vec<ProjectId>> {
        let (mut ids, mut query) = (Vec::new(), PageQuery { limit: Some(PAGE), after: None });
        loop {
            let page = self.client.projects(&query).await?;
            for one in page.items {
                let id = one.get("project").and_then(Value::as_str).context("a project without an id")?;
                ids.push(ProjectId::new(id)?);
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(ids),
            }
        }
    }

    /// One project with its public records.
    ///
    /// # Errors
    /// When the node does not answer, or answers with what does not hash to its name.
    pub(crate) async fn read(&mut self, id: &ProjectId) -> anyhow::Result<Process> {
        let project = self.client.project(id).await?;
        let rulebook = match project.get("rulebook").and_then(Value::as_str) {
            // Where a district or a calendar is part of what holds, the node gives the whole.
            Some(_) if has_more(&project) => self.client.project_rulebook(id).await?,
            Some(digest) => self.rulebook(digest).await?,
            None => String::new(),
        };
        let (mut records, mut query) = (Vec::new(), PageQuery { limit: Some(PAGE), after: None });
        loop {
            let page = self.client.project_records(id, &query).await?;
            for one in page.items {
                records.push(self.record(one).with_context(|| format!("project {id}"))?);
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        Ok(Process {
            project: id.clone(),
            records,
            names: self.names.clone(),
            rulebook,
            // What the notice says goes before both.
            method: Method::Open,
            category: Works::Works,
            unsealed: match project.get("sealed_by").and_then(Value::as_str) {
                Some("group") => self.unsealed(id).await?,
                _ => Vec::new(),
            },
        })
    }

    /// The texts of bids sealed to the group, once they are open.
    async fn unsealed(&self, id: &ProjectId) -> anyhow::Result<Vec<Unsealed>> {
        let (mut found, mut query) = (Vec::new(), PageQuery { limit: Some(PAGE), after: None });
        loop {
            let page = self.client.opened_bids(id, &query).await?;
            for one in page.items {
                let bid: OpenedBid = serde_json::from_value(one).with_context(|| format!("bids of {id}"))?;
                // Withdrawn, or of a lot that stayed shut.
                let (Some(sealed), Some(opened)) = (bid.sealed, bid.opened) else { continue };
                found.push(Unsealed {
                    lot: bid.lot,
                    bidder: bid.bidder,
                    sealed,
                    sealed_at: bid.sealed_at_ms.context("a sealed bid without a time")?,
                    opened,
                    text: bid.text,
                });
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(found),
            }
        }
    }

    fn record(&self, listed: Value) -> anyhow::Result<ProcessRecord> {
        let listed: Listed = serde_json::from_value(listed)?;
        let envelope = listed.envelope.context("a listed record without its envelope")?;
        let record = Record::from_json(envelope.to_string().as_bytes())?;
        ensure!(record.id() == listed.record, "the node answered with another record, {}", record.id());
        let verified = record.verify(&self.chain)?;
        let payload = verified.payload();
        Ok(ProcessRecord {
            id: listed.record,
            record_type: payload.record_type.to_string(),
            author: payload.author.org.clone(),
            time: listed.time_ms,
            body: payload.body.clone(),
            height: listed.height,
            index: listed.position,
            certificate: None,
        })
    }

    async fn rulebook(&mut self, digest: &str) -> anyhow::Result<String> {
        if let Some(known) = self.rulebooks.get(digest) {
            return Ok(known.clone());
        }
        let parsed: Digest = digest.parse().map_err(|_| anyhow::anyhow!("'{digest}' is no digest"))?;
        let text = self.client.rulebook(&parsed).await?;
        self.rulebooks.insert(digest.to_owned(), text.clone());
        Ok(text)
    }
}

//! Records as the API shows them: where each stands, and its body only where anyone may see it.

#![allow(clippy::indexing_slicing, reason = "indexing a JSON object by a name inserts and never panics")]

use std::sync::Arc;

use biaozheng_api::backend::Page;
use biaozheng_api::{BackendError, Lookup, NamedDocument};
use biaozheng_contracts::shown;
use biaozheng_ledger::ids::{DocumentDigest, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::merkle::inclusion_path;
use biaozheng_ledger::payload::Payload;
use biaozheng_store::{Store, StoredRecord};
use serde_json::{Value, json};

use super::{damaged, ours};
use crate::chain::executor::StoredState;
use crate::intake::door::Door;
use crate::log::certificates::Certificates;

/// What is shown of records.
#[derive(Debug)]
pub struct Records {
    pub store: Store,
    pub door: Arc<Door>,
    pub certificates: Arc<Certificates>,
}

/// Goes on with what was found.
fn then<T, U>(
    lookup: Lookup<T>,
    show: impl FnOnce(T) -> Result<Lookup<U>, BackendError>,
) -> Result<Lookup<U>, BackendError> {
    match lookup {
        Lookup::Found(found) => show(found),
        Lookup::Pending { stage } => Ok(Lookup::Pending { stage }),
        Lookup::Refused(why) => Ok(Lookup::Refused(why)),
        Lookup::NotFound => Ok(Lookup::NotFound),
    }
}

impl Records {
    fn is_public(&self, payload: &Payload) -> Result<bool, BackendError> {
        shown::is_public(&StoredState(&self.store), payload).map_err(ours)
    }

    /// Where a record stands.
    fn stage(&self, id: &RecordId) -> Result<Lookup<StoredRecord>, BackendError> {
        if let Some(record) = self.store.record(id).map_err(ours)? {
            return Ok(Lookup::Found(record));
        }
        if self.door.mempool.contains(id) || self.door.moment_of(id).is_some() {
            return Ok(Lookup::Pending { stage: "received" });
        }
        match self.store.outcome(id).map_err(ours)? {
            Some(outcome) => Ok(Lookup::Refused(serde_json::from_str(&outcome).unwrap_or(Value::Null))),
            None => Ok(Lookup::NotFound),
        }
    }

    pub(super) fn record(&self, id: &RecordId) -> Result<Lookup<Value>, BackendError> {
        then(self.stage(id)?, |record| self.show(&record).map(Lookup::Found))
    }

    pub(super) fn certificate(&self, id: &RecordId) -> Result<Lookup<String>, BackendError> {
        then(self.stage(id)?, |record| {
            let text = self.certificates.of_stored(&record).map_err(ours)?;
            Ok(text.map_or(Lookup::Pending { stage: "committed" }, Lookup::Found))
        })
    }

    pub(super) fn cose_receipt(&self, id: &RecordId) -> Result<Lookup<Vec<u8>>, BackendError> {
        then(self.stage(id)?, |record| {
            Ok(match self.certificates.cose_receipt(&record).map_err(ours)? {
                None => Lookup::Pending { stage: "committed" },
                Some(receipt) => receipt.map_or(Lookup::NotFound, Lookup::Found),
            })
        })
    }

    pub(super) fn inclusion(&self, id: &RecordId, size: u64) -> Result<Lookup<Value>, BackendError> {
        then(self.stage(id)?, |record| {
            if size > self.store.tip().history_size {
                return Ok(Lookup::NotFound);
            }
            let path = inclusion_path(record.leaf_index, size, &self.store).map_err(ours)?;
            Ok(path.map_or(Lookup::NotFound, |path| {
                let path: Vec<_> = path.iter().map(hex::encode).collect();
                Lookup::Found(json!({"record": id, "leaf": record.leaf_index, "size": size, "path": path}))
            }))
        })
    }

    pub(super) fn document_of(
        &self,
        record: &RecordId,
        digest: &DocumentDigest,
    ) -> Result<Lookup<NamedDocument>, BackendError> {
        then(self.stage(record)?, |record| {
            let payload = Payload::decode(&record.envelope.payload).map_err(ours)?;
            let public = self.is_public(&payload)?;
            let named = payload.documents.into_iter().find(|document| document.digest == *digest);
            Ok(named.map_or(Lookup::NotFound, |reference| Lookup::Found(NamedDocument { reference, public })))
        })
    }

    /// What a committed record says, and when it was committed.
    pub(super) fn said(&self, id: &RecordId) -> Result<Option<(Payload, TimeMs)>, BackendError> {
        let Some(record) = self.store.record(id).map_err(ours)? else { return Ok(None) };
        Ok(Some((Payload::decode(&record.envelope.payload).map_err(ours)?, record.time)))
    }

    /// A record with its place; its envelope only where its body is public.
    pub(super) fn show(&self, record: &StoredRecord) -> Result<Value, BackendError> {
        let mut value = json!({
            "record": record.id, "height": record.height, "position": record.position,
            "time_ms": record.time, "leaf": record.leaf_index, "public": false,
        });
        let payload = Payload::decode(&record.envelope.payload).map_err(ours)?;
        if self.is_public(&payload)? {
            value["public"] = json!(true);
            value["type"] = json!(payload.record_type);
            value["author"] = json!(payload.author.org);
            value["project"] = json!(payload.project);
            value["envelope"] = record.envelope.to_value();
        }
        Ok(value)
    }

    /// The cursor counts public records only: a count of all would tell how many bids are sealed.
    pub(super) fn of_project(
        &self,
        id: &ProjectId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Page, BackendError> {
        let skip = after.unwrap_or(0);
        let (mut seen, mut items, mut last) = (0u64, Vec::new(), None);
        // Closed records show, without their bodies, once their number is no secret: an archive counts them.
        let countable = shown::is_countable(&StoredState(&self.store), id).map_err(ours)?;
        loop {
            let rows = self.store.project_records(id, last, 500).map_err(ours)?;
            let Some((end, _)) = rows.last() else { return Ok((items, None)) };
            last = Some(*end);
            for (_, id) in &rows {
                let missing = || damaged(&self.store, format!("record {id}, which is listed, is missing"));
                let record = self.store.record(id).map_err(ours)?.ok_or_else(missing)?;
                if !countable {
                    let payload = Payload::decode(&record.envelope.payload).map_err(ours)?;
                    if !self.is_public(&payload)? {
                        continue;
                    }
                }
                seen = seen.saturating_add(1);
                if seen <= skip {
                    continue;
                }
                if items.len() == limit {
                    return Ok((items, Some(seen.saturating_sub(1).to_string())));
                }
                items.push(self.show(&record)?);
            }
        }
    }
}

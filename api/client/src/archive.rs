//! A project's archive, collected from what a node gives: its certificates, those of the records it leans on, and its
//! documents.
//!
//! **Invariant:** every certificate is verified and of one chain before it goes in; whatever the node leaves out shows
//! when the archive is sealed, since the seal counts and chains the records.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use biaozheng_archive::ProjectArchive;
use biaozheng_archive::limits::{DOCUMENT_BYTES_MAX, RECORDS_MAX};
use biaozheng_ledger::certificate::{Certificate, Expectations, Standing};
use biaozheng_ledger::ids::{ChainId, DocumentDigest, OrgId, ProjectId, RecordId};
use biaozheng_ledger::key::PublicKey;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;

use crate::error::ClientError;
use crate::{Client, PageQuery};

mod again;

/// Requests under way at a time.
const FETCHES: usize = 8;
const PAGE: u32 = 200;
/// A certificate follows its block within a second or so.
const PENDING_PAUSE: Duration = Duration::from_millis(100);
const PENDING_TRIES: usize = 200;
const SEAL_TYPE: &str = "archive.sealed/1";

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Archive(#[from] biaozheng_archive::ArchiveError),
    #[error("the certificate of record {record}: {reason}")]
    Certificate { record: RecordId, reason: String },
    #[error("the node's answer about {0} lacks what an archive needs")]
    Answer(String),
    #[error("project {0} has more than {RECORDS_MAX} records")]
    Records(ProjectId),
}

/// What a node has about a project.
#[derive(Clone, Debug)]
pub struct Collected {
    /// Without a seal.
    pub archive: ProjectArchive,
    /// Where documents are asked for: a record that names each.
    pub documents: BTreeMap<DocumentDigest, RecordId>,
    /// The sealing record, if there is one already.
    pub sealed: Option<RecordId>,
    /// What the next step of the project must name.
    pub last: RecordId,
}

impl Client {
    /// Collects a project's records with their certificates, and those of its rulebook and its signers' keys, all under
    /// one checkpoint. Calls `seen` with the number of certificates so far. `chain`: what you expect; else the first
    /// certificate's.
    ///
    /// # Errors
    /// [`CollectError`].
    pub async fn collect_archive(
        &self,
        project: &ProjectId,
        chain: Option<ChainId>,
        seen: &(dyn Fn(usize) + Sync),
    ) -> Result<Collected, CollectError> {
        self.collect(project, chain, None, seen).await
    }

    /// The same under a checkpoint of the past, and of what the chain held then: what an archive was made of that was
    /// sealed with it.
    ///
    /// # Errors
    /// [`CollectError`].
    pub async fn collect_archive_again(
        &self,
        project: &ProjectId,
        chain: Option<ChainId>,
        under: &Standing,
        seen: &(dyn Fn(usize) + Sync),
    ) -> Result<Collected, CollectError> {
        self.collect(project, chain, Some(under), seen).await
    }

    async fn collect(
        &self,
        project: &ProjectId,
        chain: Option<ChainId>,
        under: Option<&Standing>,
        seen: &(dyn Fn(usize) + Sync),
    ) -> Result<Collected, CollectError> {
        let listed = self.listed(project).await?;
        let sealed = listed.iter().find(|(_, kind)| kind == SEAL_TYPE).map(|(id, _)| *id);
        let ids: Vec<RecordId> =
            listed.iter().filter(|(_, kind)| kind != SEAL_TYPE).map(|(id, _)| *id).collect();
        let mut expected = Expectations { chain, ..Expectations::default() };
        let mut records = self.certificates(&ids, &mut expected, seen).await?;
        again::drop_later(&mut records, under)?;
        let alone = ProjectArchive::new(project.clone(), records.clone(), Vec::new(), None)?;
        let context = self.context_of(project, &alone).await?;
        let count = ids.len();
        let mut context =
            self.certificates(&context, &mut expected, &|more| seen(count.saturating_add(more))).await?;
        again::drop_later(&mut context, under)?;
        let newest = again::newest(records.iter().chain(&context));
        if let Some(standing) = under.or(newest.as_ref()) {
            records = self.stand(records, standing, &expected).await?;
            context = self.stand(context, standing, &expected).await?;
        }
        let archive = ProjectArchive::new(project.clone(), records, context, None)?;
        let mut documents = BTreeMap::new();
        for one in archive.records().iter().chain(archive.context()) {
            for document in one.documents() {
                documents.entry(document.digest).or_insert(one.id());
            }
        }
        let last = self.project_heads(project).await?;
        let last = last.get("step").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let last = last.ok_or_else(|| CollectError::Answer(project.to_string()))?;
        Ok(Collected { archive, documents, sealed, last })
    }

    /// The record that sealed a project's archive; nothing where there is none.
    ///
    /// # Errors
    /// [`CollectError`].
    pub async fn archive_seal(&self, project: &ProjectId) -> Result<Option<RecordId>, CollectError> {
        Ok(self.listed(project).await?.into_iter().find(|(_, kind)| kind == SEAL_TYPE).map(|(id, _)| id))
    }

    /// Ids and types of a project's records in the order of the chain. The type of a closed record is empty.
    async fn listed(&self, project: &ProjectId) -> Result<Vec<(RecordId, String)>, CollectError> {
        let mut query = PageQuery { limit: Some(PAGE), after: None };
        let mut listed = Vec::new();
        loop {
            let page = self.project_records(project, &query).await?;
            for item in &page.items {
                let id = item.get("record").and_then(Value::as_str).and_then(|id| id.parse().ok());
                let id = id.ok_or_else(|| CollectError::Answer(project.to_string()))?;
                let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
                listed.push((id, kind.to_owned()));
            }
            if listed.len() > RECORDS_MAX {
                return Err(CollectError::Records(project.clone()));
            }
            query.after = page.next;
            if query.after.is_none() {
                return Ok(listed);
            }
        }
    }

    async fn certificates(
        &self,
        ids: &[RecordId],
        expected: &mut Expectations<'_>,
        seen: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Certificate>, CollectError> {
        let fetches = stream::iter(ids.to_vec()).map(|id| self.certificate_in_time(id));
        let mut fetches = fetches.buffered(FETCHES);
        let mut certificates = Vec::new();
        while let Some((id, text)) = fetches.try_next().await? {
            let refuse = |reason: String| CollectError::Certificate { record: id, reason };
            let certificate =
                Certificate::from_json(text.as_bytes()).map_err(|error| refuse(error.to_string()))?;
            if certificate.record != id {
                return Err(refuse(format!("the node sent the one of {}", certificate.record)));
            }
            let verification = certificate.verify(expected);
            if let Some((step, reason)) = verification.failed_step() {
                return Err(refuse(format!("invalid at step {}: {reason}", step.name())));
            }
            expected.chain = expected.chain.or(verification.chain);
            certificates.push(certificate);
            seen(certificates.len());
        }
        Ok(certificates)
    }

    /// A record's certificate; of one just committed, as soon as it has one, for some twenty seconds.
    ///
    /// # Errors
    /// [`ClientError`], a pending one where it took longer.
    pub async fn certificate_in_time(&self, id: RecordId) -> Result<(RecordId, String), ClientError> {
        for _ in 0..PENDING_TRIES {
            match self.certificate(&id).await {
                Err(error) if error.is_pending() => tokio::time::sleep(PENDING_PAUSE).await,
                answered => return Ok((id, answered?)),
            }
        }
        Ok((id, self.certificate(&id).await?))
    }

    /// The records that named the rulebook and the keys: outside the project, and what it leans on.
    async fn context_of(
        &self,
        project: &ProjectId,
        archive: &ProjectArchive,
    ) -> Result<Vec<RecordId>, CollectError> {
        let id = |value: Option<&Value>| -> Option<RecordId> { value?.as_str()?.parse().ok() };
        let mut found: BTreeSet<RecordId> = BTreeSet::new();
        let shown = self.project(project).await?;
        found.extend(id(shown.get("rulebook_record")));
        let rules = shown.get("rules");
        found.extend(id(rules.and_then(|rules| rules.get("tightening_record"))));
        let calendars = rules.and_then(|rules| rules.get("calendars")).and_then(Value::as_array);
        found.extend(calendars.into_iter().flatten().filter_map(|one| id(one.get("record"))));
        if shown.get("sealed_by").and_then(Value::as_str) == Some("group") {
            found.extend(self.sealed_entries(project).await?);
        }
        let mut signers: BTreeMap<OrgId, BTreeSet<PublicKey>> = BTreeMap::new();
        for party in archive.records().iter().filter_map(|one| one.payload()).flat_map(|one| one.signers()) {
            signers.entry(party.org.clone()).or_default().insert(party.key);
        }
        for (org, keys) in signers {
            let participant = match self.participant(&org).await {
                // A session of an expert is no participant.
                Err(ClientError::Problem(problem)) if problem.status == 404 => continue,
                answered => answered?,
            };
            let held = participant.get("keys").and_then(Value::as_array);
            let held = held.ok_or_else(|| CollectError::Answer(org.to_string()))?;
            let used = held.iter().filter(|held| {
                let key = held.get("key").and_then(Value::as_str).and_then(|key| key.parse().ok());
                key.is_some_and(|key: PublicKey| keys.contains(&key))
            });
            found.extend(used.filter_map(|held| id(held.get("record"))));
        }
        Ok(found.into_iter().collect())
    }

    /// The entries of the bids that were sealed to the group, what opened their slots, and the group's keys: they name no
    /// project, and with them the archive's bids can be opened again.
    async fn sealed_entries(&self, project: &ProjectId) -> Result<BTreeSet<RecordId>, CollectError> {
        let mut query = PageQuery { limit: Some(PAGE), after: None };
        let mut found = BTreeSet::new();
        loop {
            let page = self.opened_bids(project, &query).await?;
            for row in &page.items {
                let named =
                    ["sealed", "slot_opened", "group"].map(|name| row.get(name).and_then(Value::as_str));
                found.extend(named.into_iter().flatten().filter_map(|id| id.parse::<RecordId>().ok()));
            }
            if found.len() > RECORDS_MAX {
                return Err(CollectError::Records(project.clone()));
            }
            query.after = page.next;
            if query.after.is_none() {
                return Ok(found);
            }
        }
    }

    /// Fetches the documents an archive names into a folder, each under the hexadecimal digits of its digest; those
    /// that are there stay. Gives the ones the node does not have.
    ///
    /// # Errors
    /// [`ClientError`]; a document the node does not have is none.
    pub async fn fetch_documents(
        &self,
        collected: &Collected,
        folder: &Path,
    ) -> Result<Vec<DocumentDigest>, ClientError> {
        let mut missing = Vec::new();
        for (digest, record) in &collected.documents {
            let path: PathBuf = folder.join(digest.digest().hex());
            if path.exists() {
                continue;
            }
            match self.get_document(record, digest, &path, DOCUMENT_BYTES_MAX).await {
                Ok(_) => {}
                Err(ClientError::Problem(problem)) if problem.status == 404 => missing.push(*digest),
                Err(error) => return Err(error),
            }
        }
        Ok(missing)
    }
}

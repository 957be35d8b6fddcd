//! Collecting terms from a node. What comes is verified by [`TermsFile::verify`], never here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_contracts::sealing::ceremony::{Said, Started};
use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::ids::{ChainId, Height, ProjectId, RecordId};
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::record::Record;
use biaozheng_seal::dkg::EpochKeys;
use serde_json::Value;

use super::{STARTS_MAX, STEPS_MAX, TENDERS_MAX, TERMS_FORMAT, Terms, TermsError, TermsFile, made_in};
use crate::error::ClientError;
use crate::model::PageQuery;
use crate::sealing::SealingError;
use crate::{Client, author};

/// Blocks searched for ceremonies that failed before the first key: they are held when a chain is founded.
const SEARCHED_MAX: u64 = 10_000;

/// A hint of what to look for; nothing is believed for it.
fn failed_before(newest: &Certificate, finalised: &Certificate) -> bool {
    let body = |one: &Certificate| payload(one.envelope.as_ref()?).map(|payload| payload.body);
    let read = || {
        let start: Started = from_value(&body(newest)?).ok()?;
        let said: Said = from_value(&body(finalised)?).ok()?;
        let keys = EpochKeys::from_bytes(&BASE64.decode(said.message).ok()?).ok()?;
        let chain = payload(newest.envelope.as_ref()?)?.chain;
        Some(start.epoch == 0 && made_in(&keys, &start, chain).is_some_and(|before| before > 0))
    };
    read().unwrap_or(false)
}

fn payload(envelope: &Value) -> Option<Payload> {
    Some(Record::from_json(envelope.to_string().as_bytes()).ok()?.payload().clone())
}

fn starts_sealing(envelope: &Value) -> bool {
    payload(envelope).is_some_and(|payload| {
        payload.record_type.as_str() == "dkg.started/1"
            && payload.body.pointer("/purpose/kind").and_then(Value::as_str) == Some("sealing")
    })
}

impl Client {
    /// The certified terms of one tender, verified. **Names the tender to this node.**
    ///
    /// # Errors
    /// [`SealingError`].
    pub async fn sealing_terms(&self, chain: ChainId, project: &ProjectId) -> Result<Terms, SealingError> {
        let file = self.collect_terms(std::slice::from_ref(project)).await?;
        Ok(file.verify(chain)?)
    }

    /// Every tender that takes bids sealed to the group now: asked for in the same way whichever of them one means.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn open_sealed_tenders(&self) -> Result<Vec<ProjectId>, ClientError> {
        let (now, mut found, mut after) = (author::clock().get(), Vec::new(), None);
        loop {
            let page = self.projects(&PageQuery { limit: Some(200), after }).await?;
            for item in &page.items {
                let text = |name: &str| item.get(name).and_then(Value::as_str);
                let deadline = item.get("deadline_ms").and_then(Value::as_u64);
                let open = text("stage") == Some("published") && deadline.is_some_and(|at| at > now);
                let Some(id) = text("project").and_then(|id| ProjectId::new(id).ok()).filter(|_| open) else {
                    continue;
                };
                if self.project(&id).await?.get("sealed_by").and_then(Value::as_str) == Some("group") {
                    found.push(id);
                }
            }
            after = page.next;
            if after.is_none() || found.len() >= TENDERS_MAX {
                found.truncate(TENDERS_MAX);
                return Ok(found);
            }
        }
    }

    /// The certificates of the group's ceremony and of every step of these tenders; not verified.
    ///
    /// # Errors
    /// [`SealingError`]; a problem `pending` while the newest record waits for its certificate.
    pub async fn collect_terms(&self, tenders: &[ProjectId]) -> Result<TermsFile, SealingError> {
        let shown = match self.sealing().await {
            Err(ClientError::Problem(problem)) if problem.status == 404 => return Err(SealingError::NoGroup),
            answered => answered?,
        };
        let named = |name: &str| shown.get(name).and_then(Value::as_str).and_then(|id| id.parse().ok());
        let (Some(started), Some(finalised)) = (named("started"), named("record")) else {
            return Err(TermsError::Group("the node names no records of its group".into()).into());
        };
        let (started, finalised) = self.ceremony_of(&started, &finalised).await?;
        let mut file = TermsFile { format: TERMS_FORMAT.to_owned(), started, finalised, tenders: Vec::new() };
        for project in tenders {
            file.tenders.push(self.steps_of(project).await?);
        }
        Ok(file)
    }

    /// The certificates of the ceremony's records, and of those that failed before it, where it was not the first.
    pub(crate) async fn ceremony_of(
        &self,
        started: &RecordId,
        finalised: &RecordId,
    ) -> Result<(Vec<Certificate>, Certificate), SealingError> {
        let newest = self.shown_certificate(started).await?;
        let finalised = self.shown_certificate(finalised).await?;
        let mut starts = Vec::new();
        if failed_before(&newest, &finalised) {
            for height in 1..newest.block.height.get().min(SEARCHED_MAX) {
                for id in self.block(Height::new(height)).await?.record_ids {
                    let shown = self.record(&id).await?;
                    if starts.len() < STARTS_MAX && shown.get("envelope").is_some_and(starts_sealing) {
                        starts.push(self.shown_certificate(&id).await?);
                    }
                }
            }
        }
        starts.push(newest);
        Ok((starts, finalised))
    }

    /// From the newest step back to the first, by what each names as the one before it.
    async fn steps_of(&self, project: &ProjectId) -> Result<Vec<Certificate>, SealingError> {
        let broken = |reason: &str| TermsError::Steps { project: project.to_string(), reason: reason.into() };
        let heads = self.project_heads(project).await?;
        let head = heads.get("step").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let mut next: Option<RecordId> = Some(head.ok_or_else(|| broken("the node names no newest step"))?);
        let mut steps = Vec::new();
        while let Some(id) = next {
            if steps.len() >= STEPS_MAX {
                return Err(broken("more steps than a tender has").into());
            }
            let certificate = self.shown_certificate(&id).await?;
            let envelope = certificate.envelope.as_ref().ok_or_else(|| broken("a step is not shown"))?;
            let record = Record::from_json(envelope.to_string().as_bytes())
                .map_err(|error| broken(&error.to_string()))?;
            next = record.payload().previous;
            steps.push(certificate);
        }
        steps.reverse();
        Ok(steps)
    }

    /// A certificate of this record, as a node shows it; not verified.
    pub(crate) async fn shown_certificate(&self, record: &RecordId) -> Result<Certificate, SealingError> {
        let text = self.certificate(record).await?;
        let certificate = Certificate::from_json(text.as_bytes())
            .map_err(|error| TermsError::Record { record: *record, reason: error.to_string() })?;
        if certificate.record != *record {
            let reason = "the node sent another certificate".to_owned();
            return Err(TermsError::Record { record: *record, reason }.into());
        }
        Ok(certificate)
    }
}

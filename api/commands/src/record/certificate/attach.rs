//! What others say about a certificate's checkpoint: a parent chain that anchored it, an authority that stamped it.

use std::time::Duration;

use anyhow::Context as _;
use biaozheng_client::Client;
use biaozheng_ledger::certificate::{Certificate, Expectations, checkpoint_digest};
use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::ids::RecordId;
use biaozheng_ledger::tlog_proof::TlogProof;
use biaozheng_verify::TimestampAuthorities;
use serde_json::Value;

use super::CertificateCommand;
use biaozheng_client::authority;

/// An authority answers at once or not at all.
const AUTHORITY_TIMEOUT: Duration = Duration::from_secs(20);

impl CertificateCommand {
    /// The certificate with what was asked for; nothing while the parent has no checkpoint of its tree.
    pub(super) async fn attach(&self, text: &str) -> anyhow::Result<Option<String>> {
        let certificate = Certificate::from_json(text.as_bytes())?;
        let Some(parent) = &self.parent else {
            return Ok(Some(self.stamped(certificate).await?.to_json()));
        };
        let (child, parent) = (Client::new(&self.api)?, Client::new(parent)?);
        let size = tree(&certificate)?.1.size;
        let chain = certificate.verify(&Expectations::default()).chain.context("it names no chain")?;
        let anchored = parent.anchored_checkpoints(&chain, size).await?;
        let Some(first) = anchored.items.first() else { return Ok(None) };
        let record = first.get("record").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let record: RecordId = record.context("the parent's answer names no record")?;
        let later = first.get("size").and_then(Value::as_u64).context("the parent's answer has no size")?;
        let above = match parent.certificate(&record).await {
            Err(error) if error.is_pending() => return Ok(None),
            answered => Certificate::from_json(answered?.as_bytes())?,
        };
        let above = self.stamped(above).await?;
        let consistency = child.consistency_hashes(size, later).await?;
        Ok(Some(certificate.with_anchor(&above, &consistency)?.to_json()))
    }

    /// With a token of the authority over its checkpoint, where one was asked for.
    async fn stamped(&self, certificate: Certificate) -> anyhow::Result<Certificate> {
        let Some(url) = &self.tsa else { return Ok(certificate) };
        let anchors = authority::anchors(self.tsa_ca.as_deref())?;
        let digest = checkpoint_digest(&tree(&certificate)?.0.checkpoint);
        let token = authority::token(url, digest, &anchors, AUTHORITY_TIMEOUT).await?;
        let judge = TimestampAuthorities::new(anchors);
        Ok(certificate.with_timestamp(&token, &judge)?)
    }
}

fn tree(certificate: &Certificate) -> anyhow::Result<(TlogProof, Checkpoint)> {
    let proof: TlogProof = certificate.proof.parse()?;
    let checkpoint = proof.checkpoint.text.parse()?;
    Ok((proof, checkpoint))
}

//! Certificates under one checkpoint of one's choice, the newest or one of the past: what makes an archive the same when it
//! is built again.
//!
//! **Invariant:** a certificate that is put under another checkpoint is verified again before it is given.

use biaozheng_ledger::certificate::{Certificate, Expectations, Standing};
use biaozheng_ledger::tlog_proof::{TlogProof, TlogProofError};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{CollectError, FETCHES};
use crate::Client;

fn proof(certificate: &Certificate) -> Result<TlogProof, CollectError> {
    certificate.proof.parse().map_err(|error: TlogProofError| CollectError::Certificate {
        record: certificate.record,
        reason: error.to_string(),
    })
}

/// Leaves out what the checkpoint's tree does not hold: it came later.
pub(super) fn drop_later(
    certificates: &mut Vec<Certificate>,
    under: Option<&Standing>,
) -> Result<(), CollectError> {
    let Some(under) = under else { return Ok(()) };
    let mut kept = Vec::new();
    for certificate in certificates.drain(..) {
        if proof(&certificate)?.index < under.size() {
            kept.push(certificate);
        }
    }
    *certificates = kept;
    Ok(())
}

/// The checkpoint of the largest tree, among those a witness outside the consortium signed if there is one that covers
/// all. Nothing where none can be written down.
pub(super) fn newest<'a>(certificates: impl Iterator<Item = &'a Certificate> + Clone) -> Option<Standing> {
    let last = certificates.clone().filter_map(|one| Some(proof(one).ok()?.index)).max()?;
    let covering = certificates.filter_map(|one| Standing::of(one).ok()).filter(|one| one.size() > last);
    covering.max_by_key(|one| (one.is_witnessed(), one.size()))
}

impl Client {
    /// The same certificates under this checkpoint.
    pub(super) async fn stand(
        &self,
        certificates: Vec<Certificate>,
        standing: &Standing,
        expected: &Expectations<'_>,
    ) -> Result<Vec<Certificate>, CollectError> {
        let one = |certificate: Certificate| self.stand_one(certificate, standing, expected);
        stream::iter(certificates).map(one).buffered(FETCHES).try_collect().await
    }

    async fn stand_one(
        &self,
        certificate: Certificate,
        standing: &Standing,
        expected: &Expectations<'_>,
    ) -> Result<Certificate, CollectError> {
        if Standing::of(&certificate).is_ok_and(|own| own == *standing) {
            return Ok(certificate);
        }
        let record = certificate.record;
        let (leaf, path) = self.inclusion(&record, standing.size()).await?;
        let moved = standing.certify(&certificate, leaf, path);
        match moved.verify(expected).failed_step() {
            None => Ok(moved),
            Some((step, reason)) => Err(CollectError::Certificate {
                record,
                reason: format!("invalid at step {} under the sealed checkpoint: {reason}", step.name()),
            }),
        }
    }
}

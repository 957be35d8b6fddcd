//! The evidence extension: which record stands behind a release, where it is in the chain, and how to check it.

use biaozheng_contracts::records::{self, Shown};
use serde_json::{Value, json};

use crate::model::{ExportError, ProcessRecord, Publication};
use crate::release::date;

/// What tells of bidders stays out of sight, even as an entry of a list, until the opening or the closing.
pub(crate) fn is_secret(record: &ProcessRecord) -> bool {
    records::record(&record.record_type).is_none_or(|row| row.facts.shown != Shown::Always)
}

pub(crate) fn entry(record: &ProcessRecord, publication: &Publication) -> Result<Value, ExportError> {
    let url = format!("{}/v1/records/{}/certificate", publication.certificate_base, record.id);
    let digest = record.certificate.map(|digest| digest.to_string());
    Ok(json!({
        "id": record.id.to_string(),
        "recordType": record.record_type,
        "date": date(record.time)?,
        "blockHeight": record.height.get(),
        "blockIndex": record.index,
        "certificate": {"url": url, "digest": digest},
        "checkpointOrigin": publication.checkpoint_origin,
    }))
}

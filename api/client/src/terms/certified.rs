//! A record that is on the expected chain, by its certificate.

use biaozheng_ledger::certificate::{Certificate, Expectations};
use biaozheng_ledger::ids::{ChainId, RecordId, TimeMs};
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::record::Record;
use serde::de::DeserializeOwned;

use super::TermsError;

/// What a certificate that holds shows.
#[derive(Debug)]
pub(crate) struct Certified {
    pub(crate) id: RecordId,
    /// Height and position: the order on chain.
    pub(crate) place: (u64, u32),
    pub(crate) time: TimeMs,
    pub(crate) payload: Payload,
}

impl Certified {
    pub(crate) fn is(&self, record_type: &str) -> bool {
        self.payload.record_type.as_str() == record_type
    }

    /// The body of a record that has to be of this type.
    pub(crate) fn body<T: DeserializeOwned>(&self, record_type: &str) -> Result<T, TermsError> {
        let refuse = |reason: String| TermsError::Record { record: self.id, reason };
        if !self.is(record_type) {
            return Err(refuse(format!(
                "{} where {record_type} was to be",
                self.payload.record_type.as_str()
            )));
        }
        from_value(&self.payload.body).map_err(|error| refuse(error.to_string()))
    }
}

/// Verifies a certificate on the expected chain and reads its record.
pub(crate) fn certified(certificate: &Certificate, chain: ChainId) -> Result<Certified, TermsError> {
    let record = certificate.record;
    let expected = Expectations { chain: Some(chain), ..Expectations::default() };
    if let Some((step, reason)) = certificate.verify(&expected).failed_step() {
        return Err(TermsError::Certificate { record, step: step.name(), reason: reason.to_owned() });
    }
    let refuse = |reason: String| TermsError::Record { record, reason };
    let envelope = certificate.envelope.as_ref().ok_or_else(|| refuse("its body is not shown".into()))?;
    let read =
        Record::from_json(envelope.to_string().as_bytes()).map_err(|error| refuse(error.to_string()))?;
    Ok(Certified {
        id: record,
        place: (certificate.block.height.get(), certificate.block.position),
        time: certificate.block.time_ms,
        payload: read.payload().clone(),
    })
}

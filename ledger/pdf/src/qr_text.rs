//! What the QR code says: which record, of which log, and the digest of the attached certificate.
//!
//! ```text
//! biaozheng:v1?record=<64 hex>&log=<origin>&certificate=<64 hex>
//! ```
//! A pointer and no proof: the proof is the attachment.
//!
//! **Invariant:** one spelling; what [`std::fmt::Display`] writes is all that is read.

use std::fmt;
use std::str::FromStr;

use biaozheng_ledger::checkpoint::Origin;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::RecordId;

/// The content of the QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrText {
    pub record: RecordId,
    pub log: Origin,
    /// SHA-256 of the certificate file.
    pub certificate: Digest,
}

/// The text of a QR code is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not 'biaozheng:v1?record=<64 hex>&log=<origin>&certificate=<64 hex>'")]
pub struct QrTextError;

impl fmt::Display for QrText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (record, certificate) = (self.record.digest().hex(), self.certificate.hex());
        write!(f, "biaozheng:v1?record={record}&log={}&certificate={certificate}", self.log)
    }
}

impl FromStr for QrText {
    type Err = QrTextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("biaozheng:v1?record=").ok_or(QrTextError)?;
        let (record, rest) = rest.split_once("&log=").ok_or(QrTextError)?;
        let (log, certificate) = rest.split_once("&certificate=").ok_or(QrTextError)?;
        Ok(Self {
            record: format!("sha256:{record}").parse().map_err(|_| QrTextError)?,
            log: log.parse().map_err(|_| QrTextError)?,
            certificate: format!("sha256:{certificate}").parse().map_err(|_| QrTextError)?,
        })
    }
}

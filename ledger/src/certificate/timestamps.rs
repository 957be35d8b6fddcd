//! RFC 3161 timestamps in a certificate: carried here, judged by whoever knows X.509.
//!
//! **Invariant:** a token that does not hold fails the certificate; one that holds under nobody's trust is unknown.

use std::fmt::Debug;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::anchors::AttachError;
use super::steps::{Run, Stop};
use super::{Certificate, Step, StepOutcome};
use crate::digest::Digest;
use crate::limits::{TIMESTAMP_TOKEN_BYTES_MAX, TIMESTAMPS_PER_CERTIFICATE_MAX};
use crate::note::SignedNote;
use crate::tlog_proof::TlogProof;

/// DER of a TimeStampToken; base64 in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampToken(Vec<u8>);

/// What a judge says of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimestampFinding {
    /// By an authority the verifier trusts, at this time in Unix milliseconds; says what was seen.
    Trusted { time_ms: u64, seen: String },
    /// It holds, under no authority the verifier trusts; says whose it is.
    Unknown(String),
    /// It is no timestamp of this digest; says why.
    Broken(String),
}

/// Knows timestamp tokens: `biaozheng-timestamp` in the verifier. The ledger itself reads no X.509.
pub trait TimestampJudge: Debug + Send + Sync {
    fn judge(&self, token: &[u8], digest: &[u8; 32]) -> TimestampFinding;
}

impl TimestampToken {
    /// Any bytes within the bound; nothing is verified.
    #[must_use]
    pub fn new(der: &[u8]) -> Option<Self> {
        (!der.is_empty() && der.len() <= TIMESTAMP_TOKEN_BYTES_MAX).then(|| Self(der.to_vec()))
    }

    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for TimestampToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for TimestampToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as Deserialize>::deserialize(deserializer)?;
        let bytes = BASE64.decode(&text).map_err(serde::de::Error::custom)?;
        Self::new(&bytes).ok_or_else(|| serde::de::Error::custom("a token is empty or too large"))
    }
}

/// What timestamps of a checkpoint are made over: SHA-256 of the note's body, signatures left out.
#[must_use]
pub fn checkpoint_digest(note: &SignedNote) -> [u8; 32] {
    *Digest::of(note.text.as_bytes()).bytes()
}

impl Certificate {
    /// This certificate with a timestamp over its checkpoint, where the judge finds that the token holds.
    ///
    /// # Errors
    /// [`AttachError`].
    pub fn with_timestamp(mut self, token: &[u8], judge: &dyn TimestampJudge) -> Result<Self, AttachError> {
        let proof: TlogProof = self.proof.parse().map_err(|_| AttachError::Certificate)?;
        if let TimestampFinding::Broken(why) = judge.judge(token, &checkpoint_digest(&proof.checkpoint)) {
            return Err(AttachError::Timestamp(why));
        }
        let token = TimestampToken::new(token).ok_or(AttachError::TooLarge)?;
        if self.timestamps.contains(&token) {
            return Ok(self);
        }
        if self.timestamps.len() >= TIMESTAMPS_PER_CERTIFICATE_MAX {
            return Err(AttachError::TooLarge);
        }
        self.timestamps.push(token);
        self.bounded()
    }
}

impl Run<'_> {
    pub(super) fn timestamp_steps(&mut self, checkpoint: &SignedNote) -> Result<(), Stop> {
        let step = Step::Timestamp;
        let digest = checkpoint_digest(checkpoint);
        for token in &self.certificate.timestamps {
            let Some(judge) = self.expected.timestamps else {
                let reason = "this program does not judge timestamps".to_owned();
                self.report(step, StepOutcome::Unknown(reason))?;
                continue;
            };
            match judge.judge(token.der(), &digest) {
                TimestampFinding::Broken(reason) => return self.fail(step, reason),
                TimestampFinding::Unknown(reason) => self.report(step, StepOutcome::Unknown(reason))?,
                TimestampFinding::Trusted { time_ms, seen } => {
                    self.dated(time_ms);
                    self.pass(step, seen)?;
                }
            }
        }
        Ok(())
    }

    /// Somebody trusted says that the checkpoint existed at this time.
    pub(super) fn dated(&mut self, time_ms: u64) {
        self.dated_ms = Some(self.dated_ms.map_or(time_ms, |known| known.min(time_ms)));
    }
}

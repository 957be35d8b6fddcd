//! Witnesses outside the consortium: parties that cosign this log as long as it only grows.

use biaozheng_audit::WitnessClient;
use biaozheng_ledger::limits::WITNESSES_PER_CERTIFICATE_MAX;
use biaozheng_ledger::note::{NoteAlgorithm, NoteKey};
use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::sections::within;

/// How witnesses are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogWitnessSettings {
    pub timeout_ms: u64,
    pub retry_ms_max: u64,
    /// How long the checkpoint that is shown may lie behind the consortium's newest.
    pub publish_wait_ms: u64,
}

impl Default for LogWitnessSettings {
    fn default() -> Self {
        Self { timeout_ms: 5000, retry_ms_max: 300_000, publish_wait_ms: 2000 }
    }
}

impl LogWitnessSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("witnessing.timeout_ms", self.timeout_ms, 100..=60_000)?;
        within("witnessing.retry_ms_max", self.retry_ms_max, 1000..=86_400_000)?;
        within("witnessing.publish_wait_ms", self.publish_wait_ms, 0..=60_000)
    }
}

/// One witness as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogWitnessAddress {
    /// Where its `/add-checkpoint` is: `http://` or `https://` and what comes before that path.
    pub url: String,
    /// Its key text, as `biaozheng-audit witness-serve` prints it.
    pub key: String,
}

/// One witness as used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideWitness {
    pub url: String,
    pub key: NoteKey,
}

impl OutsideWitness {
    /// Reads and checks all of a configuration.
    pub(super) fn read_all(written: &[LogWitnessAddress]) -> Result<Vec<Self>, ConfigError> {
        if written.len() > WITNESSES_PER_CERTIFICATE_MAX {
            return Err(ConfigError::Witnesses);
        }
        let mut all: Vec<Self> = Vec::with_capacity(written.len());
        for one in written {
            let key = one.key.parse::<NoteKey>().ok();
            let key = key.filter(|key| key.algorithm() == NoteAlgorithm::CosignatureV1);
            let key = key.ok_or_else(|| ConfigError::WitnessKey(one.url.clone()))?;
            WitnessClient::new(&one.url, key.clone())
                .map_err(|_| ConfigError::LogWitnessAddress(one.url.clone()))?;
            if all.iter().any(|other| other.key.key() == key.key()) {
                return Err(ConfigError::WitnessTwice(key.name().to_owned()));
            }
            all.push(Self { url: one.url.clone(), key });
        }
        Ok(all)
    }
}

//! The sections of a configuration file: defaults, and the range of every number.
//!
//! What an option is for stands in `default.toml`, which is also what `biaozheng config print-default` prints.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use biaozheng_ledger::block::HEADER_BYTES;
use biaozheng_ledger::limits::{BLOCK_BYTES_MAX, BLOCK_RECORDS_MAX};
use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::chain::consensus::RoundTimeouts;

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

/// Checks `section.key` against its range.
pub(super) fn within<T>(key: &'static str, value: T, range: RangeInclusive<T>) -> Result<(), ConfigError>
where
    T: PartialOrd + ToString + Copy,
{
    if range.contains(&value) {
        return Ok(());
    }
    let (least, most) = (range.start().to_string(), range.end().to_string());
    Err(ConfigError::Range { key, value: value.to_string(), least, most })
}

fn port(key: &'static str, listen: SocketAddr) -> Result<(), ConfigError> {
    within(key, listen.port(), 1..=u16::MAX)
}

/// The HTTP interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApiSettings {
    pub listen: SocketAddr,
    pub connections_max: usize,
    pub requests_in_flight_max: usize,
    pub header_timeout_ms: u64,
    pub request_timeout_ms: u64,
    /// Longest wait a submission may ask for.
    pub wait_ms_max: u64,
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            listen: loopback(8600),
            connections_max: 4096,
            requests_in_flight_max: 2048,
            header_timeout_ms: 10_000,
            request_timeout_ms: 30_000,
            wait_ms_max: 60_000,
        }
    }
}

impl ApiSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        port("api.listen", self.listen)?;
        within("api.connections_max", self.connections_max, 8..=100_000)?;
        within("api.requests_in_flight_max", self.requests_in_flight_max, 1..=100_000)?;
        within("api.header_timeout_ms", self.header_timeout_ms, 100..=600_000)?;
        within("api.request_timeout_ms", self.request_timeout_ms, 100..=600_000)?;
        within("api.wait_ms_max", self.wait_ms_max, 0..=600_000)
    }
}

/// The consensus engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConsensusConfig {
    pub listen: SocketAddr,
    pub propose_timeout_ms: u64,
    pub prevote_timeout_ms: u64,
    pub precommit_timeout_ms: u64,
    pub rebroadcast_timeout_ms: u64,
}

impl Default for ConsensusConfig {
    fn default() -> Self {
        Self {
            listen: loopback(27_600),
            propose_timeout_ms: 1000,
            prevote_timeout_ms: 500,
            precommit_timeout_ms: 500,
            rebroadcast_timeout_ms: 1000,
        }
    }
}

impl ConsensusConfig {
    /// The waits of a height's first round.
    #[must_use]
    pub const fn timeouts(&self) -> RoundTimeouts {
        RoundTimeouts {
            propose: Duration::from_millis(self.propose_timeout_ms),
            prevote: Duration::from_millis(self.prevote_timeout_ms),
            precommit: Duration::from_millis(self.precommit_timeout_ms),
            rebroadcast: Duration::from_millis(self.rebroadcast_timeout_ms),
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        port("consensus.listen", self.listen)?;
        within("consensus.propose_timeout_ms", self.propose_timeout_ms, 50..=60_000)?;
        within("consensus.prevote_timeout_ms", self.prevote_timeout_ms, 50..=60_000)?;
        within("consensus.precommit_timeout_ms", self.precommit_timeout_ms, 50..=60_000)?;
        within("consensus.rebroadcast_timeout_ms", self.rebroadcast_timeout_ms, 500..=600_000)
    }
}

/// Records and cosignatures between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GossipSettings {
    pub listen: SocketAddr,
    pub batch_records_max: usize,
    pub batch_wait_us: u64,
    pub in_flight_batches_max: usize,
    pub message_bytes_max: usize,
    pub reconnect_ms: u64,
}

impl Default for GossipSettings {
    fn default() -> Self {
        Self {
            listen: loopback(27_601),
            batch_records_max: 512,
            batch_wait_us: 4000,
            in_flight_batches_max: 2,
            message_bytes_max: 4 * 1024 * 1024,
            reconnect_ms: 1000,
        }
    }
}

impl GossipSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        port("gossip.listen", self.listen)?;
        within("gossip.batch_records_max", self.batch_records_max, 1..=4096)?;
        within("gossip.batch_wait_us", self.batch_wait_us, 0..=100_000)?;
        within("gossip.in_flight_batches_max", self.in_flight_batches_max, 1..=64)?;
        within("gossip.message_bytes_max", self.message_bytes_max, 256 * 1024..=16 * 1024 * 1024)?;
        within("gossip.reconnect_ms", self.reconnect_ms, 50..=600_000)
    }
}

/// Records that wait for a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MempoolSettings {
    pub records_max: usize,
    pub bytes_max: usize,
    /// What a receipt promises.
    pub promise_ms: u64,
}

impl Default for MempoolSettings {
    fn default() -> Self {
        Self { records_max: 50_000, bytes_max: 256 * 1024 * 1024, promise_ms: 60_000 }
    }
}

impl MempoolSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("mempool.records_max", self.records_max, 1..=1_000_000)?;
        within("mempool.bytes_max", self.bytes_max, 1024 * 1024..=16 * 1024 * 1024 * 1024)?;
        within("mempool.promise_ms", self.promise_ms, 1000..=86_400_000)
    }
}

/// A time-stamping authority that dates checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TimestampSettings {
    /// Empty for none.
    pub url: String,
    /// PEM; resolved against the home folder.
    pub ca_file: Option<PathBuf>,
    pub interval_ms: u64,
    pub retry_ms: u64,
    pub timeout_ms: u64,
}

impl Default for TimestampSettings {
    fn default() -> Self {
        Self {
            url: String::new(),
            ca_file: None,
            interval_ms: 3_600_000,
            retry_ms: 60_000,
            timeout_ms: 20_000,
        }
    }
}

impl TimestampSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let web = self.url.starts_with("http://") || self.url.starts_with("https://");
        if !self.url.is_empty() && !web {
            return Err(ConfigError::TimestampAddress(self.url.clone()));
        }
        within("timestamps.interval_ms", self.interval_ms, 1000..=604_800_000)?;
        within("timestamps.retry_ms", self.retry_ms, 1000..=86_400_000)?;
        within("timestamps.timeout_ms", self.timeout_ms, 100..=120_000)
    }
}

/// Blocks this node proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BlockSettings {
    pub heartbeat_ms: u64,
    /// Under load, the least time between blocks; a lone record never waits for it.
    pub pace_ms: u64,
    pub records_max: usize,
    /// Bytes of records, without the header.
    pub bytes_max: usize,
}

impl Default for BlockSettings {
    fn default() -> Self {
        Self { heartbeat_ms: 30_000, pace_ms: 25, records_max: 2000, bytes_max: 2 * 1024 * 1024 }
    }
}

impl BlockSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("blocks.heartbeat_ms", self.heartbeat_ms, 1000..=3_600_000)?;
        within("blocks.pace_ms", self.pace_ms, 0..=5000)?;
        within("blocks.records_max", self.records_max, 1..=BLOCK_RECORDS_MAX)?;
        within("blocks.bytes_max", self.bytes_max, 128 * 1024..=BLOCK_BYTES_MAX.saturating_sub(HEADER_BYTES))
    }
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// What the node writes about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    pub level: String,
    pub format: LogFormat,
    /// `None`: standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<PathBuf>,
    pub file_bytes_max: u64,
    pub files_max: usize,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: LogFormat::Text,
            directory: None,
            file_bytes_max: 100 * 1024 * 1024,
            files_max: 14,
        }
    }
}

impl LogSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        tracing_subscriber::EnvFilter::builder()
            .parse(&self.level)
            .map_err(|_| ConfigError::LogLevel(self.level.clone()))?;
        within("log.file_bytes_max", self.file_bytes_max, 65_536..=4 * 1024 * 1024 * 1024)?;
        within("log.files_max", self.files_max, 1..=10_000)
    }
}

/// Sealed bids: this node's part in the groups that open them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SealingSettings {
    /// The organisation whose node this is; empty for a node without a part.
    pub org: String,
    /// Entries of each size class that leave at each of this node's moments, dummies where clients gave none.
    pub cover: usize,
}

impl Default for SealingSettings {
    fn default() -> Self {
        Self { org: String::new(), cover: 1 }
    }
}

impl SealingSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("sealing.cover", self.cover, 0..=8)
    }
}

/// Servers this node calls over https.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpsSettings {
    /// PEM; resolved against the home folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
}

/// This node's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeySettings {
    /// 0: no end.
    pub valid_days: u64,
}

impl Default for KeySettings {
    fn default() -> Self {
        Self { valid_days: 730 }
    }
}

impl KeySettings {
    pub(super) fn check(self) -> Result<(), ConfigError> {
        within("keys.valid_days", self.valid_days, 0..=7300)
    }
}

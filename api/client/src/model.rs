//! The shapes of a node's answers, as far as programs here act on them. Members that are not named are passed
//! over, so that a newer node can say more.

use std::fmt;
use std::str::FromStr;

use biaozheng_ledger::certificate::BlockFacts;
use biaozheng_ledger::ids::{ChainId, RecordId};
use serde::Deserialize;
use serde_json::Value;

/// What a submission waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wait {
    /// The node's signed promise: the record is on its disk.
    Receipt,
    /// In a block.
    Committed,
    /// Under a cosigned checkpoint.
    Certificate,
}

impl Wait {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Committed => "committed",
            Self::Certificate => "certificate",
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Wait {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Receipt, Self::Committed, Self::Certificate]
            .into_iter()
            .find(|wait| wait.as_str() == text)
            .ok_or("wait for one of: receipt, committed, certificate")
    }
}

/// How far a record has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "String")]
pub enum Stage {
    /// On the node's disk, with its receipt; also any stage this program does not know.
    Received,
    /// In a block.
    Committed,
    /// Under a cosigned checkpoint.
    Certified,
}

impl From<String> for Stage {
    fn from(text: String) -> Self {
        match text.as_str() {
            "certified" => Self::Certified,
            "committed" => Self::Committed,
            _ => Self::Received,
        }
    }
}

/// The answer to a submission.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Submission {
    pub record: RecordId,
    pub stage: Stage,
    /// DSSE JSON; check it with [`crate::ReceiptVerifier`]. Null where the record stood in the ledger already.
    #[serde(default)]
    pub receipt: Value,
    /// Where the record stood already when it was submitted: then nothing is promised.
    #[serde(default)]
    pub block: Option<BlockFacts>,
    /// JSON of the certificate, where it was waited for.
    #[serde(default)]
    pub certificate: Option<Value>,
}

impl Submission {
    /// True where the node gives its word: a receipt, or the block of a record that does not only wait.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.receipt.is_object() || (self.block.is_some() && self.stage >= Stage::Committed)
    }

    /// The same with the receipt of an earlier try: once the record stands the node gives none any more.
    #[must_use]
    pub fn after(mut self, earlier: Option<&Self>) -> Self {
        if let Some(earlier) =
            earlier.filter(|earlier| self.receipt.is_null() && earlier.record == self.record)
        {
            self.receipt = earlier.receipt.clone();
        }
        self
    }

    /// True when the record has come as far as was waited for.
    #[must_use]
    pub fn reached(&self, wait: Wait) -> bool {
        let least = match wait {
            Wait::Receipt => Stage::Received,
            Wait::Committed => Stage::Committed,
            Wait::Certificate => Stage::Certified,
        };
        self.stage >= least
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give it as `after` for the next page; absent on the last.
    #[serde(default = "Option::default")]
    pub next: Option<String>,
}

/// Which page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageQuery {
    pub limit: Option<u32>,
    pub after: Option<String>,
}

impl PageQuery {
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let limit = self.limit.map(|limit| ("limit", limit.to_string()));
        limit.into_iter().chain(self.after.clone().map(|after| ("after", after))).collect()
    }
}

/// A block with its records' ids: `{"height":12,"time_ms":1790000000000,"record_ids":["sha256:…"]}` and more.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Block {
    pub height: u64,
    pub time_ms: u64,
    /// In the block's order.
    pub record_ids: Vec<RecordId>,
}

/// Where a node and, as far as it sees, the chain stand.
///
/// ```json
/// {"name":"city","role":"validator","chain":"sha256:…","height":12,"block_time_ms":1790000000000,
///  "last_block_age_ms":412,"history_size":58,"certified_size":58,"waiting":0,
///  "peers":[{"name":"wuzhong","validator":true,"connected":true}],
///  "missing_validators":["wujiang"],"quorum":3,"validators":4,
///  "consensus":{"height":13,"round":0,"step":"Propose","proposer":"wuzhong"},
///  "next_block":{"reason":"heartbeat","in_ms":29588},"ready":true,"reasons":[]}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Status {
    pub name: String,
    /// `validator` or `observer`.
    pub role: String,
    pub chain: ChainId,
    pub height: u64,
    pub block_time_ms: u64,
    /// Milliseconds since this node committed its last block, by its own clock.
    pub last_block_age_ms: u64,
    /// Leaves of the history tree.
    pub history_size: u64,
    /// Leaves under the newest cosigned checkpoint.
    pub certified_size: u64,
    /// Records received and not yet in a block.
    pub waiting: u64,
    pub peers: Vec<PeerStatus>,
    pub missing_validators: Vec<String>,
    pub quorum: usize,
    pub validators: usize,
    /// Absent while the engine does not answer.
    #[serde(default)]
    pub consensus: Option<ConsensusStatus>,
    pub next_block: NextBlock,
    /// Messages the node's consensus engine threw away while it caught up, since its start.
    #[serde(default)]
    pub engine_dropped_messages: u64,
    /// This node's clock less the other validators', ms, where they agree that it is off.
    #[serde(default)]
    pub own_clock_ahead_ms: Option<i64>,
    /// Validators whose blocks this node refused for their time.
    #[serde(default)]
    pub clocks_off: Vec<ClockOff>,
    pub ready: bool,
    /// Why the node is not ready.
    pub reasons: Vec<String>,
}

/// A validator whose clock is off, as a node sees it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ClockOff {
    pub name: String,
    /// Its clock less the others'; below 0 it is behind.
    pub ahead_ms: i64,
    /// Its blocks that were refused for their time of late.
    pub refused: u64,
}

/// What the engine is deciding.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ConsensusStatus {
    pub height: u64,
    /// Above 0 a proposer was slow or down.
    #[serde(default)]
    pub round: Option<u32>,
    pub step: String,
    /// Whose turn it is.
    #[serde(default)]
    pub proposer: Option<String>,
}

/// When the next block is due.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct NextBlock {
    pub reason: String,
    /// Milliseconds; absent when it is due now.
    #[serde(default)]
    pub in_ms: Option<u64>,
}

/// One other node.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PeerStatus {
    pub name: String,
    pub validator: bool,
    pub connected: bool,
}

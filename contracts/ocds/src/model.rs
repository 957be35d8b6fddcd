//! What an export is made from: one project's records as they stand in blocks, and what only the publisher knows.

use std::collections::BTreeMap;

use biaozheng_ledger::ids::{DocumentDigest, Height, OrgId, ProjectId, RecordId, TimeMs};
use serde_json::Value;

use crate::limits::{PROCESSES_MAX, RECORDS_MAX};

/// A record in its block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessRecord {
    pub id: RecordId,
    /// With its version: `tender.published/1`.
    pub record_type: String,
    pub author: OrgId,
    /// The block's time.
    pub time: TimeMs,
    pub body: Value,
    pub height: Height,
    /// Place in the block, from 0.
    pub index: u32,
    /// Digest of its certificate, when one has been issued.
    pub certificate: Option<DocumentDigest>,
}

/// A bid that was sealed to the chain's group, after its opening: its text is in no record in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsealed {
    pub lot: String,
    pub bidder: OrgId,
    /// The sealed entry's record, and its block's time.
    pub sealed: RecordId,
    pub sealed_at: TimeMs,
    /// The record that opened it.
    pub opened: RecordId,
    /// Nothing where it did not open.
    pub text: Option<String>,
}

/// How bidders may take part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// 公开招标
    #[default]
    Open,
    /// 邀请招标
    Selective,
}

/// What is bought, in the standard's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Works {
    #[default]
    Works,
    Goods,
    Services,
}

/// One project: its records in the order of the chain, and the public facts its records refer to.
#[derive(Clone, Debug)]
pub struct Process {
    pub project: ProjectId,
    pub records: Vec<ProcessRecord>,
    /// Public names of the organisations that take part; one that is missing is shown by its id.
    pub names: BTreeMap<OrgId, String>,
    /// The TOML text of what holds for the tender: the rulebook it pins, with what its district tightened and its
    /// calendars. Empty before it is published.
    pub rulebook: String,
    pub method: Method,
    pub category: Works,
    /// Bids sealed to the group, once open.
    pub unsealed: Vec<Unsealed>,
}

/// Who publishes, and where evidence is found.
#[derive(Clone, Debug)]
pub struct Publication {
    /// Address of the package.
    pub uri: String,
    pub publisher: String,
    pub published: TimeMs,
    /// Put before the project id; a publisher registers its prefix with the standard's help desk.
    pub ocid_prefix: String,
    /// Base address of a node; the certificate of a record is at `<base>/v1/records/<id>/certificate`.
    pub certificate_base: String,
    /// Origin line of the checkpoints that stand behind certificates.
    pub checkpoint_origin: String,
    /// Addresses of the `extension.json` of bids, lots and evidence.
    pub extensions: Vec<String>,
    /// The language of titles, such as `zh`.
    pub language: String,
}

/// Why there is no export.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    #[error("record {record} of type {record_type} does not read: {message}")]
    Body { record: RecordId, record_type: String, message: String },
    #[error("the pinned rulebook does not read: {0}")]
    Rulebook(String),
    #[error("more than {RECORDS_MAX} records in a project or {PROCESSES_MAX} projects in a package")]
    TooMany,
    #[error("{0} minor units have no exact JSON number")]
    Amount(u64),
    #[error("{0} ms is not a time of the calendar")]
    Time(TimeMs),
    #[error("the table cannot be written: {0}")]
    Table(String),
}

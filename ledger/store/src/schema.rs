//! Column families and keys. Numbers in keys are big-endian, so that order on disk is order in the chain.

use biaozheng_ledger::ids::{BlockHash, Height, ProjectId, RecordId};
use biaozheng_ledger::merkle::NodePlace;

/// Format of the whole store; raised when a reader of the old one would misread it.
pub(crate) const FORMAT: u32 = 1;

macro_rules! families {
    ($($name:ident = $text:literal),* $(,)?) => {
        $(pub(crate) const $name: &str = $text;)*
        /// All of them; none is opened implicitly.
        pub(crate) const FAMILIES: &[&str] = &[$($text),*];
    };
}

families! {
    META = "meta",                 // format, chain, genesis, tip
    BLOCKS = "blocks",             // height → header ‖ record ids
    CERTIFICATES = "certificates", // height → consensus commit certificate
    RECORDS = "records",           // record id → place ‖ binary envelope
    HISTORY = "history",           // level ‖ index → hash
    LEAVES = "leaves",             // leaf index → record id
    STATE = "state",               // contracts' key → value
    BUCKETS = "buckets",           // bucket → list of (key hash ‖ value hash)
    PROJECTS = "projects",         // project ‖ 0 ‖ position → record id
    CHECKPOINTS = "checkpoints",   // size → cosigned note
    UNDECIDED = "undecided",       // height ‖ round ‖ block hash → proposer ‖ body
    PENDING = "pending",           // record id → received_ms ‖ binary envelope
    OUTCOMES = "outcomes",         // record id → why it was refused
}

pub(crate) const META_FORMAT: &[u8] = b"format";
pub(crate) const META_CHAIN: &[u8] = b"chain";
pub(crate) const META_GENESIS: &[u8] = b"genesis";
pub(crate) const META_TIP: &[u8] = b"tip";

pub(crate) fn height_key(height: Height) -> [u8; 8] {
    height.get().to_be_bytes()
}

pub(crate) fn node_key(place: NodePlace) -> Vec<u8> {
    [[place.level].as_slice(), &place.index.to_be_bytes()].concat()
}

pub(crate) fn project_key(project: &ProjectId, position: u64) -> Vec<u8> {
    [project_prefix(project).as_slice(), &position.to_be_bytes()].concat()
}

pub(crate) fn project_prefix(project: &ProjectId) -> Vec<u8> {
    [project.as_str().as_bytes(), &[0]].concat()
}

pub(crate) fn undecided_key(height: Height, round: u32, id: &BlockHash) -> Vec<u8> {
    [height_key(height).as_slice(), &round.to_be_bytes(), id.bytes()].concat()
}

pub(crate) fn record_key(id: &RecordId) -> &[u8] {
    id.bytes()
}

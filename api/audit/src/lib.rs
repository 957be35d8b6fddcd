//! The regulator's side of the public log: an auditor that believes no node, a mirror, and a witness.
//!
//! | module | job |
//! | --- | --- |
//! | `source` | a log by URL or folder, every fetch bounded |
//! | `folder` | a verified copy of the log on disk, as any static web server serves it |
//! | `extend` | from one signed tree to the next, entry by entry |
//! | `audit` | one round over all sources: findings, evidence, exit code |
//! | `replay` | the blocks executed again with the contracts, against their headers |
//! | `block_page` | a block's records as served |
//! | `promises` | receipts against the log |
//! | `witness` | C2SP tlog-witness, both sides |
//!
//! **Invariant:** nothing reaches the verified copy before a root that a quorum signed was recomputed from it,
//! and whatever is called evidence was verified by `biaozheng_ledger::evidence`, or by executing blocks whose headers
//! a quorum of validators signed, before it was written. What a
//! node merely says, or fails to say, is trouble and never evidence.

pub mod audit;
pub mod block_page;
pub mod commands;
pub mod extend;
pub mod folder;
pub mod promises;
pub mod replay;
pub mod source;
mod state;
pub mod witness;

pub use audit::{Audit, AuditError, AuditReport, Trouble};
pub use folder::{FolderError, LogFolder};
pub use replay::follow::Follower;
pub use replay::{OpeningReport, OpeningStep, Replay, ReplayFinding, ReplayReport};
pub use source::{Source, SourceError};
pub use witness::{Witness, WitnessClient};

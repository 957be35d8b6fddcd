//! Client library for those who take part in trading: centres, agencies, bidders, experts, regulators.
//!
//! Key files, building and signing records, the node's HTTP interface, and checking what a node answers.
//! **Invariant:** no storage engine and no peer-to-peer network is in its dependency tree, and every answer is
//! bounded in bytes and time. It trusts no node: receipts are checked against the genesis, certificates verify
//! with the ledger crate.

#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used))]

pub mod archive;
pub mod author;
pub mod authority;
pub mod building_model;
pub mod client;
mod documents;
pub mod error;
pub mod key_file;
pub mod model;
pub mod receipts;
pub mod sealing;
pub mod submit;
pub mod terms;
mod transport;
pub mod wallet;
pub mod witness;

pub use author::{Author, AuthorError, Draft};
pub use biaozheng_connect::{Trust, TrustError};
pub use client::Client;
pub use error::{ClientError, Problem};
pub use model::{Page, PageQuery, Stage, Status, Submission, Wait};
pub use receipts::{ReceiptRefused, ReceiptVerifier};
pub use submit::Patience;

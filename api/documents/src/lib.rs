//! Documents outside the chain, kept under their digest.
//!
//! ```text
//! sha256/ab/cdef…   a document: the first two hexadecimal digits of its SHA-256 are its folder, the rest its name
//! incoming/…        what is being received, or was when the power went; never read
//! probe/write-once  in a bucket only: shows at every start that the server keeps what is there
//! ```
//!
//! **Invariant:** what stands under a digest was hashed before it got there, is on disk (or in the bucket) before its
//! sender hears so, and is hashed again whenever it is read: no reader gets the last byte of a damaged document.
//! This crate knows no record: who may send or read a document is its caller's business.

#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used))]

mod error;
mod incoming;
mod layout;
pub mod limits;
mod pace;
mod probe;
mod reading;
mod s3;
mod settings;
mod store;

pub use error::{GetError, OpenError, PutError};
pub use reading::DocumentBody;
pub use settings::{DocumentSettings, Kind, SettingsError};
pub use store::{DocumentStore, Put};

//! A project's archive as a BagIt bag (RFC 8493) that proves itself: every record with its certificate, every
//! document the records name, a catalogue, what is missing, and manifests under SHA-256 and SM3.
//!
//! [`ProjectArchive`] is what goes in, [`survey`] looks at the documents, [`build`] makes the files,
//! [`Archive::write_tar`] streams them.
//!
//! **Invariants:** the same records and documents give the same bytes, so a verifier checks an archive by
//! building it again. Nothing a bidder wrote becomes part of a path before [`path::safe_name`] took the teeth
//! out of it. It refuses to know disks and clocks: documents come through [`Documents`], dates from blocks.

#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used))]

mod build;
pub mod catalogue;
pub mod history;
pub mod limits;
pub mod manifest;
mod model;
pub mod path;
pub mod stage;
pub mod tar;

pub use build::{Archive, Content, build};
pub use model::{ArchiveError, DocumentFacts, Documents, Facts, Filed, ProjectArchive, survey};

//! Open Contracting Data Standard 1.1.5 from a project's records: releases, records, tables.
//!
//! With the bids and lots extensions, and an own one that says which record, block and certificate stand behind each
//! release. **Invariant:** pure, and nothing shows who bid, how many, or what before the opening (招标投标法22).
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used))]

mod evidence;
pub mod limits;
mod model;
mod money;
mod package;
mod prequalification;
mod reading;
mod release;
mod sale;
mod tables;

pub use model::{ExportError, Method, Process, ProcessRecord, Publication, Unsealed, Works};
pub use package::{record_package, release_package};
pub use prequalification::Prequalification;
pub use reading::{Award, Bid, BidStatus, Contract, End, Lot, Reading};
pub use release::{compiled, releases};
pub use sale::Sale;
pub use tables::{Cell, Kind, Table, tables};

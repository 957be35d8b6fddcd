//! Every parameter of a rulebook, one row each ([`Parameter`]), by what it is about.
//!
//! Parsing, tightening, bounds, steps, duties and docs/rulebook.md read these rows and have no table of their own.
//! **Invariant:** a name is written once, in its row; whoever reads a parameter names the row.

use super::parameter::{Form, Parameter};

mod admission;
mod archive;
mod award;
mod bonds;
mod committee;
mod complaints;
mod evaluation;
mod listing;
mod notice;
mod objections;
mod opening;

pub use admission::*;
pub use archive::*;
pub use award::*;
pub use bonds::*;
pub use committee::*;
pub use complaints::*;
pub use evaluation::*;
pub use listing::*;
pub use notice::*;
pub use objections::*;
pub use opening::*;

/// Rows about one part of a procedure.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) rows: &'static [Parameter<Form>],
}

/// Every section, in the order of a procedure. The duties of [`crate::duties`] are in this order too.
pub(super) const SECTIONS: &[Section] = &[
    Section { title: "The notice of a tender", rows: NOTICE },
    Section { title: "Invitation and prequalification", rows: ADMISSION },
    Section { title: "Objections", rows: OBJECTIONS },
    Section { title: "Bids and their opening", rows: OPENING },
    Section { title: "The committee and its draw", rows: COMMITTEE },
    Section { title: "The evaluation", rows: EVALUATION },
    Section { title: "From the candidates to the contract", rows: AWARD },
    Section { title: "The return of bonds", rows: BONDS },
    Section { title: "Complaints", rows: COMPLAINTS },
    Section { title: "Listings", rows: LISTING },
    Section { title: "The archive", rows: ARCHIVE },
];

/// Every row.
pub fn all() -> impl Iterator<Item = &'static Parameter<Form>> {
    SECTIONS.iter().flat_map(|section| section.rows)
}

/// The row of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Parameter<Form>> {
    all().find(|row| row.name == name)
}

#[cfg(test)]
mod tests;

//! What records are made of, for those who write them: of each type the schema of its body and an example.
//!
//! **Invariant:** nothing here is written by hand twice. A schema comes from the type that reads the body; an example is
//! held against the decoder by a test.

mod bodies;
mod page;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use crate::bidding::bid::BidBody;
use crate::evaluation::committee::ScoreSheet;
use crate::machine;
use crate::records::bodies::{BODIES, schema};

pub use page::{described, page};

/// Examples by type: bodies that were taken by a chain, with made-up names.
const EXAMPLES: &str = include_str!("../records/examples.json");

/// A record type's body, or a text that goes into one.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    pub name: &'static str,
    /// The record names a project.
    pub in_project: bool,
    schema: fn() -> Value,
}

/// Texts that are sealed and go into a body as text: what a bidder seals, and what a member scores.
const TEXTS: &[Form] = &[
    Form { name: "bid", in_project: true, schema: schema::<BidBody> },
    Form { name: "scores", in_project: true, schema: schema::<ScoreSheet> },
];

impl Form {
    /// JSON Schema (2020-12) of the body, in one piece.
    #[must_use]
    pub fn schema(&self) -> Value {
        (self.schema)()
    }

    /// A body that is taken.
    #[must_use]
    pub fn example(&self) -> Option<&'static Value> {
        examples().get(self.name)
    }
}

fn examples() -> &'static BTreeMap<String, Value> {
    static READ: OnceLock<BTreeMap<String, Value>> = OnceLock::new();
    READ.get_or_init(|| {
        let read: Value = EXAMPLES.parse().expect("a test reads every example");
        read.as_object().into_iter().flatten().map(|(name, body)| (name.clone(), body.clone())).collect()
    })
}

/// The names of all record types.
#[must_use]
pub fn types() -> Vec<&'static str> {
    forms().map(|form| form.name).collect()
}

/// Every record type, in the order of their acts.
pub fn forms() -> impl Iterator<Item = Form> {
    BODIES.iter().map(|(name, in_project, schema)| Form { name, in_project: *in_project, schema: *schema })
}

/// The texts inside bodies.
#[must_use]
pub const fn texts() -> &'static [Form] {
    TEXTS
}

/// A record type, or one of [`texts`], by its name.
#[must_use]
pub fn form(name: &str) -> Option<Form> {
    forms().chain(TEXTS.iter().copied()).find(|form| form.name == name)
}

/// The known name nearest to one that is not known.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    machine::spoken::nearest(forms().map(|form| form.name).chain(TEXTS.iter().map(|form| form.name)), name)
}

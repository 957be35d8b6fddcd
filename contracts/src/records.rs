//! The one table of records ([`records`]), and what records are made of: of each type the schema of its body and an example.
//!
//! **Invariant:** nothing here is written by hand twice. A schema comes from the type that reads the body; an example is
//! held against the decoder by a test.

mod bodies;
mod page;
mod table;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use crate::bidding::bid::BidBody;
use crate::evaluation::committee::ScoreSheet;
use crate::machine;
use crate::machine::act::{Check, Execute};
use crate::records::bodies::schema;
use crate::records::table::RECORDS;

pub use crate::parties::signing::{Apart, Keys};
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

/// A record type: its form, its execution, and what else the program knows of it.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// With its version.
    pub name: &'static str,
    /// It names a project.
    pub in_project: bool,
    pub facts: Facts,
    pub(crate) check: Check,
    pub(crate) execute: Execute,
    schema: fn() -> Value,
}

/// What is known of a record type beside its form and its execution. There is no default for any of it.
///
/// ```
/// use biaozheng_contracts::records::{Apart, Cost, Facts, Filed, Keys, OpenData, Shown, Waits};
///
/// let made_up = Facts {
///     keys: Keys::Sign,
///     apart: Apart::Nobody,
///     shown: Shown::AfterOpening,
///     waits: Waits::Nothing,
///     cost: Cost::Records(1),
///     archive: Filed::Folder("04-bids"),
///     open_data: OpenData::Without("made up"),
/// };
/// assert!(matches!(made_up.shown, Shown::AfterOpening));
/// ```
///
/// Without saying when it is shown, a record about bidders would be public by accident; it does not compile:
///
/// ```compile_fail,E0063
/// use biaozheng_contracts::records::{Apart, Cost, Facts, Filed, Keys, OpenData, Shown, Waits};
///
/// let made_up = Facts {
///     keys: Keys::Sign,
///     apart: Apart::Nobody,
///     waits: Waits::Nothing,
///     cost: Cost::Records(1),
///     archive: Filed::Folder("04-bids"),
///     open_data: OpenData::Without("made up"),
/// };
/// ```
///
/// Nor does one that takes what it leaves out from somewhere else:
///
/// ```compile_fail,E0277
/// use biaozheng_contracts::records::{Facts, Shown};
///
/// let made_up = Facts { shown: Shown::Always, ..Default::default() };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub keys: Keys,
    pub apart: Apart,
    pub shown: Shown,
    pub waits: Waits,
    pub cost: Cost,
    pub archive: Filed,
    pub open_data: OpenData,
}

/// When anyone may see a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// From its block on.
    Always,
    /// From the opening of its project on (招标投标法22): it tells who bids.
    AfterOpening,
    /// From the opening on, and from the procedure's end where there is none: who executes the chain again needs it.
    AfterOpeningOrEnd,
}

/// What a record waits for, beside its own rule's stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    Nothing,
    /// A complaint that suspends the procedure.
    Suspension,
}

/// What executing a record costs, in ordinary records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    Records(usize),
    /// By the number of blind signatures in it, which are checked together: two pairings, and little more for each.
    Partials,
}

/// Where a project's archive files it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filed {
    /// The folder of this stage.
    Folder(&'static str),
    /// In no project's archive, or the archive's own seal.
    Nowhere,
}

/// Where open data (OCDS) has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenData {
    /// It makes a release.
    Release,
    /// The releases after it say what it says.
    Read,
    /// Not at all, for this reason.
    Without(&'static str),
}

/// Every record type, in the order of the table.
#[must_use]
pub const fn records() -> &'static [Record] {
    RECORDS
}

/// The row of a record type by its name with version.
#[must_use]
pub fn record(name: &str) -> Option<&'static Record> {
    RECORDS.iter().find(|record| record.name == name)
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
    RECORDS.iter().map(|record| record.name).collect()
}

/// Every record type, in the order of the table.
pub fn forms() -> impl Iterator<Item = Form> {
    RECORDS.iter().map(|one| Form { name: one.name, in_project: one.in_project, schema: one.schema })
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

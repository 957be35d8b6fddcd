//! What the engine knows of one parameter of a rulebook: all of it, in one row.
//!
//! **Invariant:** every field of a row has to be there, so that a parameter nobody thought through does not compile; and a
//! row's form is its type, so that no rule asks a duration for a number.

use std::fmt;

use super::owed::Owed;
use super::procedure::{LISTINGS, Procedure};

/// A row. `F` is one of the forms below; [`Form`] where rows of every form stand side by side.
///
/// A row that lacks a fact does not compile. Whole:
///
/// ```
/// use biaozheng_contracts::rulebook::duties::Owed;
/// use biaozheng_contracts::parameter::{Count, Direction, Guard, Outside, Parameter, Place};
///
/// const VISITS_MIN: Parameter<Count> = Parameter {
///     name: "visits_min",
///     form: Count,
///     stricter: Direction::Rise,
///     fits: &[],
///     read_by: &[Guard::At { step: "tender.published/1", procedures: &[], place: 13 }],
///     duty: Owed::NoTime,
///     tenders: Place::Optional("nobody need visit the site"),
///     listings: Place::Foreign,
///     together: None,
///     outside: Outside::Refused,
///     counted_from: "",
///     effect: "Visits of the site before the deadline.",
/// };
/// assert_eq!(VISITS_MIN.name, "visits_min");
/// ```
///
/// The same without the direction in which a district tightens it:
///
/// ```compile_fail,E0063
/// use biaozheng_contracts::rulebook::duties::Owed;
/// use biaozheng_contracts::parameter::{Count, Direction, Guard, Outside, Parameter, Place};
///
/// const VISITS_MIN: Parameter<Count> = Parameter {
///     name: "visits_min",
///     form: Count,
///     fits: &[],
///     read_by: &[Guard::At { step: "tender.published/1", procedures: &[], place: 13 }],
///     duty: Owed::NoTime,
///     tenders: Place::Optional("nobody need visit the site"),
///     listings: Place::Foreign,
///     together: None,
///     outside: Outside::Refused,
///     counted_from: "",
///     effect: "Visits of the site before the deadline.",
/// };
/// ```
///
/// A name that is misspelt, or a number asked of a duration, does not compile either:
///
/// ```compile_fail,E0425
/// let name = biaozheng_contracts::parameters::BID_PREPARATION_MIN.name;
/// ```
///
/// ```compile_fail,E0277
/// fn weeks(book: &biaozheng_contracts::Rulebook) -> Option<u64> {
///     book.optional_count(&biaozheng_contracts::parameters::BID_PREP_MIN)
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Parameter<F> {
    /// As a rulebook writes it.
    pub name: &'static str,
    pub form: F,
    /// Which way a district may tighten it.
    pub stricter: Direction,
    /// What its value must leave room for.
    pub fits: &'static [Fits],
    /// The steps whose records read it.
    pub read_by: &'static [Guard],
    /// What is owed by its end, for a duration.
    pub duty: Owed,
    /// Whether a tender's rulebook has it.
    pub tenders: Place,
    /// Whether a listing's has it.
    pub listings: Place,
    /// Those it comes with: one alone could not be used.
    pub together: Option<Together>,
    /// What becomes of a record outside of it.
    pub outside: Outside,
    /// Where a duration starts; empty for what is no duration.
    pub counted_from: &'static str,
    pub effect: &'static str,
}

/// What a parameter's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Duration,
    Count,
    /// A count of thousandths.
    Permille,
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A share as written in an article: "1/3".
    Ratio,
    /// Minor units of the currency.
    Amount,
    /// A list of words of these.
    Words(&'static [&'static str]),
}

macro_rules! forms {
    ($($(#[$about:meta])* $form:ident $($words:ident)?;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $form $((pub forms!(@type $words)))?;

        impl Parameter<$form> {
            /// The row beside rows of every form.
            pub(super) const fn any(self) -> Parameter<Form> {
                Parameter {
                    name: self.name,
                    form: Form::$form $((forms!(@value self $words)))?,
                    stricter: self.stricter,
                    fits: self.fits,
                    read_by: self.read_by,
                    duty: self.duty,
                    tenders: self.tenders,
                    listings: self.listings,
                    together: self.together,
                    outside: self.outside,
                    counted_from: self.counted_from,
                    effect: self.effect,
                }
            }
        }
    )*};
    (@type words) => { &'static [&'static str] };
    (@value $row:ident words) => { $row.form.0 };
}

forms! {
    /// See [`Form::Duration`].
    Duration;
    /// See [`Form::Count`].
    Count;
    /// See [`Form::Permille`].
    Permille;
    /// See [`Form::Flag`].
    Flag;
    /// See [`Form::Word`].
    Word words;
    /// See [`Form::Ratio`].
    Ratio;
    /// See [`Form::Amount`].
    Amount;
    /// See [`Form::Words`].
    Words words;
}

/// Forms whose values are numbers: a flag is 0 or 1.
pub trait Number: Copy {}

impl Number for Count {}
impl Number for Permille {}
impl Number for Flag {}
impl Number for Amount {}

/// Rows, and the list of them: a row that is not in the list cannot be written.
macro_rules! rows {
    ($list:ident; $($id:ident: $form:ty = $row:expr;)*) => {
        $(
            pub const $id: Parameter<$form> = $row;
            const _: () = assert!($id.name.eq_ignore_ascii_case(stringify!($id)), "a row is called as its parameter");
        )*

        pub(in crate::rulebook) const $list: &[Parameter<$crate::parameter::Form>] = &[$($id.any()),*];
    };
}
pub(super) use rows;

/// Which way a parameter gets stricter: for those who run a procedure, never against those who object, complain or bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// A minimum: more is stricter.
    Rise,
    /// A maximum: less is stricter.
    Fall,
    /// True is stricter.
    On,
    /// False is stricter.
    Off,
    /// A list of what is allowed: fewer words are stricter.
    Shrink,
    /// A list of what keeps somebody out: more words are stricter.
    Grow,
    /// Neither way is stricter for everybody: the city alone sets it. Why is said beside the row.
    Fixed,
}

/// What a number must leave room for: outside of it no record could keep the rule. The names are other rows'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fits {
    AtLeast(u64),
    AtMost(u64),
    /// No larger than the other number.
    NotAbove(&'static str),
    /// With the other number, no larger than this.
    SumAtMost(&'static str, u64),
    /// True only where the other parameter is there.
    OnlyWith(&'static str),
}

/// A step whose record reads the parameter: it is refused, or noted as late, by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    At {
        /// Record type; after a colon the case, as the steps are named.
        step: &'static str,
        /// Of these procedures; empty: of every one that has the step.
        procedures: &'static [Procedure],
        /// The place among the guards of the step, from 1: the order in which a rulebook's `[step]` table lists them.
        place: u8,
    },
    /// Every step that a suspension stops, behind the step's own guards. The contract only where it is true: an open
    /// objection does not stop it.
    Suspended { contract: bool, place: u8 },
}

/// Read at this step.
pub(super) const fn at(step: &'static str, place: u8) -> Guard {
    Guard::At { step, procedures: &[], place }
}

/// Read at this step of listings, and not of tenders, which have parameter and step too.
pub(super) const fn in_listings(step: &'static str, place: u8) -> Guard {
    Guard::At { step, procedures: LISTINGS, place }
}

/// Whether a procedure's rulebook has a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Required,
    /// It may be left out; what holds then.
    Optional(&'static str),
    /// Unknown there.
    Foreign,
}

/// What becomes of a record just outside of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    Refused,
    /// It is recorded, and the project flagged as late: a fact is not undone by refusing its record.
    Late,
    /// It is recorded, and the lot, or the project, fails.
    Fails,
    /// Nothing is outside of it: it decides which other parameter holds.
    Decides,
}

/// Parameters that come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Together {
    Invitation,
    Scale,
    Prequalification,
    Assets,
    ObjectionOpening,
    Complaints,
    LargeAssets,
}

impl<F> Parameter<F> {
    /// Its place in the rulebooks of a procedure.
    pub(super) const fn place(&self, procedure: Procedure) -> Place {
        if matches!(procedure, Procedure::Listing) { self.listings } else { self.tenders }
    }
}

/// Something that names a parameter: a row, or text from a record.
pub trait ParameterName {
    fn name(&self) -> &str;
}

impl<F> ParameterName for Parameter<F> {
    fn name(&self) -> &str {
        self.name
    }
}

impl ParameterName for str {
    fn name(&self) -> &str {
        self
    }
}

impl ParameterName for &str {
    fn name(&self) -> &str {
        self
    }
}

impl ParameterName for String {
    fn name(&self) -> &str {
        self
    }
}

impl fmt::Display for Form {
    /// As the documentation has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duration => f.write_str("duration"),
            Self::Count => f.write_str("count"),
            Self::Permille => f.write_str("‰"),
            Self::Flag => f.write_str("true or false"),
            Self::Word(words) => write!(f, "`\"{}\"`", words.join("\"` or `\"")),
            Self::Ratio => f.write_str("share, `\"1/3\"`"),
            Self::Amount => f.write_str("amount"),
            Self::Words(words) => write!(f, "words `{}`", words.join("` `")),
        }
    }
}

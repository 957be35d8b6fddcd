//! What is owed by the end of a duration: which record starts its clock, which ends it, and who is asked when it is late.

use super::procedure::Procedure;
use crate::machine::stage::Stage;

/// Who is asked why it is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owes {
    /// 招标人, or the seller.
    Tenderee,
    /// The hosting centre.
    Centre,
    /// The regulator that handles the complaint.
    Regulator,
    /// The chain's group: no single organisation.
    Group,
    /// The one the record names.
    Party,
}

/// Whether the second moment may be no later, or no earlier, than the limit's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Most,
    Least,
}

/// How the two moments are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Both stand in one record.
    Notice,
    /// The last record that starts it, and the first after it that ends it.
    Steps,
    /// As [`Clock::Steps`], for each lot the first record names.
    Lots,
    /// The record that names the first one in this member of its body.
    Answers(&'static str),
    /// By more than two records.
    Own,
}

/// While a project of these procedures is at the first stage, the limit runs from when it reached the second.
pub type Run = (&'static [Procedure], Stage, Stage);

/// What a parameter's row says of its duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owed {
    Limit(Limit),
    /// A duration of which nothing can be late, and why.
    Nothing(&'static str),
    /// No duration.
    NoTime,
}

/// A duty beside its parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The supervision rule that tells when it is missed.
    pub rule: &'static str,
    pub owes: Owes,
    pub bound: Bound,
    pub clock: Clock,
    /// Record types that start it.
    pub starts: &'static [&'static str],
    /// Record types that end it; none where both moments stand in one record.
    pub ends: &'static [&'static str],
    pub formula: &'static str,
    /// What is wrong when it is missed.
    pub title: &'static str,
    pub title_zh: &'static str,
    /// While a project of these procedures is at the first stage, the limit runs from when it reached the second.
    pub runs: &'static [Run],
}

pub(super) const NOTICES: &[&str] = &["tender.published/1", "invitation.issued/1"];
pub(super) const LISTED: &[&str] = &["listing.published/1"];
pub(super) const AWARDS: &[&str] = &["award.notified/1", "result.publicised/1"];
pub(super) const REPORT: &[&str] = &["supervision.reported/1"];

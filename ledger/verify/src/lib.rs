//! The offline verifier: judges certificates with no node, network or clock in reach.
//!
//! The cryptography is `biaozheng_ledger::certificate`; this crate turns its steps into one [`Verdict`] with
//! an exit code and plain words, and owns the bounded reading of files. [`judge()`] is pure and usable by
//! other programs.
//!
//! **Invariants:** the word 'valid' appears only where a trust anchor from outside agreed. Nothing of a
//! certificate reaches a terminal before [`printable()`] took the teeth out of it. No input is read without a
//! limit. It refuses to open a socket, to read a clock, and to follow anything a certificate says to fetch.

#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

mod accusation;
pub mod archive;
mod authority;
pub mod draw;
mod fingerprint;
pub mod input;
mod judge;
mod printable;
mod problem;
pub mod report;
mod verdict;
mod words;

pub use accusation::Accusation;
pub use authority::TimestampAuthorities;
pub use draw::{DrawJudgement, judge_draw};
pub use fingerprint::chain_fingerprint;
pub use judge::{Judgement, judge};
pub use printable::printable;
pub use problem::Problem;
pub use verdict::Verdict;
pub use words::Language;

//! The rules of trading as deterministic state machines over key-value state.
//!
//! **Invariant:** pure. Time is the block's time, every number comes from the rulebook a tender pinned, and a
//! failure to read state is never a [`Reject`]: nodes would diverge.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::cast_possible_truncation
    )
)]

pub mod acts;
mod amount;
mod calendar;
mod capitals;
pub mod cost;
mod credit_code;
mod duration;
pub mod duties;
mod execute;
pub mod ifc;
pub mod indicators;
pub mod limits;
mod memory;
mod moment;
mod participant;
mod project;
mod purpose;
pub mod records;
mod reject;
mod rulebook;
mod state;
mod state_key;
mod suspension;
pub mod view;

pub mod methods;
pub mod sealing;
pub mod validators;

pub use biaozheng_draw as draw;
pub use biaozheng_draw::randomness;

pub use amount::{Amount, AmountError};
pub use credit_code::{CreditCode, CreditCodeError, credit_code_commitment};
pub use execute::{BlockContext, Event, Founding, Outcome, apply_genesis, check, execute};
pub use memory::Memory;
pub use moment::Moment;
pub use participant::{GenesisParticipant, Role};
pub use project::{BidName, Criterion, Method, Ranked, Stage};
pub use purpose::{KeyRevocationReason, Purpose};
pub use reject::anchoring::CODES_ANCHORING;
pub use reject::evaluation::CODES_EVALUATION;
pub use reject::registry::CODES_REGISTRY;
pub use reject::rules::CODES_RULES;
pub use reject::sealing::CODES_SEALING;
pub use reject::supervision::CODES_SUPERVISION;
pub use reject::validators::CODES_VALIDATORS;
pub use reject::{CODES, Refusal, Reject};
pub use rulebook::{
    Judged, Rulebook, RulebookError, Signer, Step, StepError, Tightening, TighteningError,
    active_rulebook_digest, parameter, parameters, parameters_page,
};
pub use state::{Overlay, StateFailure, StateRead};

pub use reject::categories::CODES_CATEGORIES;
pub use rulebook::Procedure;

pub use reject::complaint::CODES_COMPLAINT;
pub use reject::ends::CODES_ENDS;
pub use reject::model::CODES_MODEL;

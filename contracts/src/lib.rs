//! The rules of trading as deterministic state machines over key-value state, laid out by what a trading centre does.
//!
//! **Invariant:** pure. Time is the block's time, every number comes from the rulebook a tender pinned, and a
//! failure to read state is never a [`Reject`]: nodes would diverge.
//!
//! Each domain is a folder with the file of its name beside it: its entities and where they stand in state (`state_key`),
//! its acts, its refusals, its maxima (`limits`) and what anyone may see of it (`view`). A domain imports itself and those
//! before it, in this order (`contracts/domains.txt`; a test holds it):
//!
//! 1. [`machine`] — acts, blocks, state, refusals, moments, amounts; knows no domain.
//! 2. [`parties`] — participants, their keys and what these sign, credit, licences.
//! 3. [`rulebook`] — parameters, procedures, steps, calendars, what districts tighten, duties.
//! 4. [`chain`] — whose nodes vote, misbehaviour, anchored chains.
//! 5. [`sealing`] — the group that holds the key of the bids: ceremonies, tokens, sealed entries.
//! 6. [`project`] — where a project stands, objections, complaints, suspensions, annulment.
//! 7. [`bidding`] — bids, who may bid, bonds, building models.
//! 8. [`evaluation`] — the expert pool, draws, committees, methods, ranking, reports, corrections.
//! 9. [`opening`] — what is due to be opened, and `bids.opened`.
//! 10. [`tender`] — registration, notices, invitations, tenders anew, procurement.
//! 11. [`prequal`] — prequalifications.
//! 12. [`listing`] — listings and auctions.
//! 13. [`award`] — candidates, award, contract.
//! 14. [`archive`] — the archive, steps on paper, indicators, imported history.
//! 15. [`oversight`] — alerts, witnessed sittings, ratings, time limits that run.
//!
//! Above them is the roof, which nobody inside imports: the table of records, execution, and what is shown of a project.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::cast_possible_truncation
    )
)]

pub mod archive;
pub mod award;
pub mod bidding;
pub mod chain;
pub mod evaluation;
pub mod listing;
pub mod machine;
pub mod opening;
pub mod oversight;
pub mod parties;
pub mod prequal;
pub mod project;
pub mod rulebook;
pub mod sealing;
pub mod tender;

mod codes;
pub mod cost;
mod execute;
pub mod records;
pub mod shown;

pub use biaozheng_draw as draw;
pub use biaozheng_draw::randomness;

pub use codes::{
    CODES, CODES_ANCHORING, CODES_CATEGORIES, CODES_COMPLAINT, CODES_ENDS, CODES_EVALUATION, CODES_MODEL,
    CODES_REGISTRY, CODES_RULES, CODES_SEALING, CODES_SUPERVISION, CODES_VALIDATORS,
};
pub use execute::{apply_genesis, check, check_body, execute};
pub use machine::amount::{Amount, AmountError};
pub use machine::block::{BlockContext, Event, Outcome};
pub use machine::memory::Memory;
pub use machine::moment::BeijingTime;
pub use machine::refusal::{Refusal, Reject};
pub use machine::stage::Stage;
pub use machine::state::{Overlay, StateFailure, StateRead};
pub use parties::credit_code::{CreditCode, CreditCodeError, credit_code_commitment};
pub use parties::founding::Founding;
pub use parties::participant::{GenesisParticipant, Role};
pub use parties::purpose::{KeyRevocationReason, Purpose};
pub use project::{BidName, Criterion, Method, Ranked};
pub use rulebook::{
    Judged, Procedure, Rulebook, RulebookError, Signer, Step, StepError, Tightening, TighteningError,
    active_rulebook_digest, parameter, parameters, parameters_page,
};

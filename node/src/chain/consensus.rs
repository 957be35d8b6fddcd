//! The consensus engine, wrapped whole: nothing outside this module knows a type of Malachite.
//!
//! **Invariant:** nothing of consensus is written here. This module gives the engine its types, its keys
//! (strict Ed25519 over a domain tag and the chain id), the signer guard, and an [`Application`] to ask.

mod application;
mod codec;
mod context;
mod driver;
mod engine;
mod engine_log;
mod guard;
mod lock;
mod parts;
mod places;
mod signer;
#[cfg(test)]
mod simulation;
mod timeouts;

pub use application::{Application, Assessment, Decided, Demand, Fatal, Proposal, Source, ValidatorInfo};
pub use engine::{ConsensusHandle, ConsensusSettings, ConsensusState, peer_id, start};
pub use engine_log::{EngineLog, EngineLogError};
pub use guard::{Guard, GuardError};
pub use places::PeerPlace;
pub use timeouts::RoundTimeouts;

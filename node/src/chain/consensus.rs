//! The consensus engine, wrapped whole: nothing outside this module knows a type of Malachite.
//!
//! **Invariant:** nothing of consensus is written here. This module gives the engine its types, its keys
//! (strict Ed25519 over a domain tag and the chain id), the signer guard, and an [`Application`] to ask.
//!
//! # One height, step by step
//!
//! The engine sends messages to the loop (`driver`), and the loop asks the [`Application`]. Every answer is durable before
//! it is given.
//!
//! 1. *The height starts.* The engine gets the validators of this height, which follow from the state before it. In each
//!    round (`StartedRound`) the loop hands over the bodies that this node saw in the round before a crash.
//! 2. *Propose.* If the round is this validator's turn (`GetValue`), the application builds a block; its body is synced.
//!    The value that is voted on is the hash of the header. The loop sends the body in parts: a signed announcement with the
//!    first chunk, then chunks of 256 KiB. A body that a quorum prevoted for earlier is sent again (`RestreamProposal`), and
//!    its announcement carries the quorum's prevotes as a proof of lock.
//! 3. *Receive.* A part from a peer (`ReceivedProposalPart`) is a `FromPeer`. Once a body is complete, the loop checks that it
//!    is of this height, that a voter signed its announcement, and that the sender may send it: it is the round's proposer,
//!    or a verified proof shows that a quorum prevoted for the body in this round.
//! 4. *Judge.* The application executes the whole body and answers valid or invalid. The block's time is judged only while
//!    the block is new: not after this node accepted it, not with a proof of lock, not when it came decided.
//! 5. *Vote.* The engine votes. Each vote goes through the signer guard, which syncs `(height, round, step, digest)` before
//!    the signature leaves, and refuses a second digest at one place. A guard that refuses ends the engine.
//! 6. *Decide.* Upon precommits of more than two thirds the engine gives a commit certificate (`Decided`). The application
//!    commits block, certificate and state in one synced batch, and only then does the loop answer.
//! 7. *Wait.* The engine hands over what it saw signed twice (`Finalized`). The answer, which starts the next height, waits
//!    beside the loop until a record waits, a peer wakes this node, or the heartbeat is due.
//!
//! *Catching up.* A node that is behind asks for decided values (`GetDecidedValues`, `ProcessSyncedValue`). A synced body is
//! executed like any other; the certificate replaces the votes.
//!
//! *Caveats.* `persistent_peers_only` acts after the handshake and is no access control. Vote extensions are absent: none is made, and
//! one that arrives is refused.

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

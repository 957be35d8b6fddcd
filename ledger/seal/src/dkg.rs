//! The key ceremony: nodes make the group's key together, and deal it anew to other members, without anybody ever
//! knowing it. Feldman-Desmedt with acknowledgements.
//!
//! Everything a ceremony says is a record on chain: each dealer's [`Deal`] with one encrypted share for each player,
//! each player's [`Acknowledgement`], each dealer's [`DealerLog`] that reveals the shares nobody acknowledged. A
//! [`Board`] holds them in order; whoever reads the same chain has the same board and finds the same [`EpochKeys`].
//!
//! **Invariant:** nobody has state of its own beyond one seed and, when shares are dealt anew, its old share: a node
//! that restarts reads the board and goes on.
//!
//! # The protocol, step by step
//!
//! *Parts.* A [`Ceremony`] names its dealers and its players. For a first key both are the new members. When a key is handed
//! on, the dealers are the members that hold shares now, and the players are the new members. With `n` members a quorum is
//! `n - f`, where `f` is the greatest number of faulty members, less than a third of `n`.
//!
//! 1. **Deal** ([`deal`], phase [`Phase::Dealing`]). Each dealer draws a seed once and derives a polynomial from it: over a
//!    random value for a first key, over its old share when the key is handed on. It publishes a commitment to the
//!    polynomial, and for each player one share, encrypted to that player alone (HPKE, bound to ceremony, dealer and player).
//! 2. **Acknowledge** ([`acknowledge`], phase [`Phase::Acknowledging`]). Each player decrypts its share of every deal and
//!    compares it with the commitment. Upon a good share it signs an acknowledgement. Upon a bad one it stays silent: the
//!    dealer is then obliged to show the share.
//! 3. **Conclude** ([`conclude`], phase [`Phase::Concluding`]). Each dealer publishes its log: the acknowledgements it got,
//!    and in the open the share of every player that did not acknowledge. A dealer that would have to reveal too many
//!    shares shows no results and drops out.
//! 4. **Finalise** (`Board::finalise`, phase [`Phase::Closed`]). Everybody selects the same usable dealers and computes the
//!    same [`EpochKeys`]. A log that does not fit its deal, has a bad acknowledgement or a bad share stays as evidence, and
//!    its dealer is out.
//! 5. **Take the share** ([`take_share`]). Each player combines what the selected dealers gave it: a sum for a first key, an
//!    interpolation when the key is handed on.
//!
//! *Outcome.* Too few usable dealers, or more revealed shares than `quorum - 1 - f`, give a [`CeremonyFailure`]: no keys come
//! out, for everybody alike, and the ceremony runs again under the next round number.
//!
//! *Caveats.* Handing the key on keeps the group's key and opens old ciphertexts. It does not make old shares useless: a
//! quorum of any one epoch can sign for ever, so members delete the shares of past epochs. Phases are the caller's: the
//! contracts advance the board by block time.

mod board;
mod ceremony;
mod codec;
mod epoch_keys;
mod identity;
mod messages;
mod origin;
mod private;

use commonware_cryptography::bls12381::dkg::feldman_desmedt as library;
use commonware_utils::N3f1;

pub use board::{Board, BoardError, CeremonyFailure, LogVerdict, Phase};
pub use ceremony::{Ceremony, CeremonyError};
pub use epoch_keys::EpochKeys;
pub use identity::{Member, NodeSecret};
pub use messages::{Acknowledgement, Deal, DealerLog};
pub use private::{DealFault, ShareError, acknowledge, conclude, deal, take_share};

use crate::group::Variant;
use identity::{StrictKey, StrictSigner};

type Info = library::Info<Variant, StrictKey>;
type Output = library::Output<Variant, StrictKey>;
type Logs = library::Logs<Variant, StrictKey, N3f1>;
type DealerPublic = library::DealerPubMsg<Variant>;
type SignedLog = library::SignedDealerLog<Variant, StrictKey>;
type Dealer = library::Dealer<Variant, StrictSigner>;
type Player = library::Player<Variant, StrictSigner>;

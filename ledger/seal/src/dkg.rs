//! The key ceremony: nodes make the group's key together, and deal it anew to other members, without anybody ever
//! knowing it. Feldman-Desmedt with acknowledgements.
//!
//! Everything a ceremony says is a record on chain: each dealer's [`Deal`] with one encrypted share for each player,
//! each player's [`Acknowledgement`], each dealer's [`DealerLog`] that reveals the shares nobody acknowledged. A
//! [`Board`] holds them in order; who reads the same chain has the same board and finds the same [`EpochKeys`].
//!
//! **Invariant:** nobody has state of its own beyond one seed and, when shares are dealt anew, its old share: a node
//! that restarts reads the board and goes on.

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

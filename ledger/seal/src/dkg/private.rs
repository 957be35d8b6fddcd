//! What one node does in a ceremony with its own secrets; everything else it reads from the board.

use biaozheng_ledger::key::PublicKey;
use commonware_codec::{Copying, DecodeExt as _};
use commonware_cryptography::bls12381::dkg::feldman_desmedt::DealerPrivMsg;
use commonware_parallel::Sequential;
use commonware_utils::N3f1;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::single_shot_seal_with_rng;
use hpke::{Deserializable as _, OpModeR, OpModeS, Serializable as _, single_shot_open};
use rand_chacha::ChaCha20Rng;
use zeroize::Zeroizing;

use super::board::{Board, CeremonyFailure};
use super::ceremony::Ceremony;
use super::epoch_keys::EpochKeys;
use super::identity::{Member, NodeSecret, StrictKey, StrictSigner};
use super::messages::{Acknowledgement, Deal, DealerLog};
use super::{Dealer, DealerPublic, Player, codec};
use crate::bytes::Writer;
use crate::group::PrivateShare;
use crate::limits::ENCRYPTED_SHARE_BYTES;
use crate::seed::Seed;

const HPKE_INFO: &[u8] = b"biaozheng/dkg-share/v1";

/// Why a node takes no part, or does not acknowledge a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DealFault {
    #[error("this node is not a dealer, or not a player, of the ceremony")]
    NotMine,
    #[error("dealing anew needs the node's share of the previous epoch")]
    NoPreviousShare,
    #[error("the deal is of another ceremony or not signed by a dealer of it")]
    Foreign,
    #[error("the share for this node does not decrypt")]
    Sealed,
    #[error("the share, or the commitment, is not what the ceremony asks for")]
    Share,
    #[error("this node's own deal is not on the board, or another one is")]
    OtherDeal,
}

/// Why a node gets no share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    #[error(transparent)]
    Failed(#[from] CeremonyFailure),
    #[error("this node is not a player of the ceremony")]
    NotMine,
    #[error("the node acknowledged a deal it can no longer read: its keys are others than then")]
    Lost,
}

struct Started {
    dealer: Dealer,
    public: DealerPublic,
    private: Vec<(StrictKey, DealerPrivMsg)>,
    stream: ChaCha20Rng,
}

/// The same for the same seed: how a restarted dealer finds its deal again.
fn start(
    ceremony: &Ceremony,
    node: &NodeSecret,
    previous: Option<&PrivateShare>,
    seed: &Seed,
) -> Result<Started, DealFault> {
    if !ceremony.dealers.contains(node.member().key()) {
        return Err(DealFault::NotMine);
    }
    if previous.map(PrivateShare::purpose).is_some_and(|purpose| purpose != ceremony.purpose) {
        return Err(DealFault::NoPreviousShare);
    }
    let mut stream = seed.stream("deal", ceremony.digest.bytes());
    let (signer, share) = (StrictSigner(node.signing.clone()), previous.map(|it| it.share().clone()));
    let (dealer, public, private) = Dealer::start::<N3f1>(&mut stream, ceremony.info.clone(), signer, share)
        .map_err(|_| DealFault::NoPreviousShare)?;
    Ok(Started { dealer, public, private, stream })
}

/// What the encryption of a share is bound to.
fn associated(ceremony: &Ceremony, dealer: &PublicKey, player: &PublicKey) -> Vec<u8> {
    Writer::default().field(ceremony.digest.bytes()).field(dealer.bytes()).field(player.bytes()).finish()
}

fn encrypt(
    ceremony: &Ceremony,
    dealer: &PublicKey,
    player: &Member,
    share: &DealerPrivMsg,
    stream: &mut ChaCha20Rng,
) -> Option<[u8; ENCRYPTED_SHARE_BYTES]> {
    let plain = Zeroizing::new(codec::write(share));
    let aad = associated(ceremony, dealer, player.key());
    let (encapsulated, sealed) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &player.share_key()?,
        HPKE_INFO,
        &plain,
        &aad,
        stream,
    )
    .ok()?;
    [encapsulated.to_bytes().as_slice(), &sealed].concat().try_into().ok()
}

fn decrypt(ceremony: &Ceremony, node: &NodeSecret, deal: &Deal) -> Result<DealerPrivMsg, DealFault> {
    let me = node.member().key();
    let place = ceremony.players.keys().position(|key| key == me).ok_or(DealFault::NotMine)?;
    let (encapsulated, sealed) =
        deal.shares.get(place).and_then(|it| it.split_at_checked(32)).ok_or(DealFault::Sealed)?;
    let encapsulated = <X25519HkdfSha256 as hpke::Kem>::EncappedKey::from_bytes(encapsulated);
    let plain = single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &node.shares,
        &encapsulated.map_err(|_| DealFault::Sealed)?,
        HPKE_INFO,
        sealed,
        &associated(ceremony, &deal.dealer, me),
    )
    .map(Zeroizing::new)
    .map_err(|_| DealFault::Sealed)?;
    DealerPrivMsg::decode(Copying(&plain)).map_err(|_| DealFault::Share)
}

/// Deals: a commitment for everybody, a share for each player. The seed is drawn once for a ceremony and kept until it
/// is over.
///
/// # Errors
/// When the node is no dealer, or has no share to deal anew.
pub fn deal(
    ceremony: &Ceremony,
    node: &NodeSecret,
    previous: Option<&PrivateShare>,
    seed: &Seed,
) -> Result<Deal, DealFault> {
    let Started { public, private, mut stream, .. } = start(ceremony, node, previous, seed)?;
    let mut shares = Vec::with_capacity(private.len());
    for (key, share) in &private {
        let player = ceremony.players.get(&key.public()).ok_or(DealFault::Share)?;
        let sealed = encrypt(ceremony, node.member().key(), player, share, &mut stream);
        shares.push(sealed.ok_or(DealFault::Sealed)?);
    }
    Ok(Deal::signed(ceremony, public, shares, &node.signing))
}

/// Checks the node's share of a deal and acknowledges it. A node stays silent about a deal that fails here; its dealer
/// must then reveal the share.
///
/// # Errors
/// What is wrong with the deal.
pub fn acknowledge(
    ceremony: &Ceremony,
    node: &NodeSecret,
    deal: &Deal,
) -> Result<Acknowledgement, DealFault> {
    if deal.ceremony != ceremony.digest || deal.verify().is_err() {
        return Err(DealFault::Foreign);
    }
    let mut player = player(ceremony, node).ok_or(DealFault::NotMine)?;
    let private = decrypt(ceremony, node, deal)?;
    let dealer = StrictKey::of(&deal.dealer);
    let acknowledged = player
        .dealer_message::<N3f1>(dealer, deal.commitment.clone(), private)
        .map_err(|_| DealFault::Share)?
        .ok_or(DealFault::Share)?;
    let for_log = codec::write(&acknowledged).try_into().map_err(|_| DealFault::Share)?;
    Ok(Acknowledgement::signed(deal, for_log, &node.signing))
}

fn player(ceremony: &Ceremony, node: &NodeSecret) -> Option<Player> {
    Player::new(ceremony.info.clone(), StrictSigner(node.signing.clone())).ok()
}

/// The dealer's closing word, once acknowledging is over: reveals the share of every player that did not acknowledge.
/// Takes the seed and share the deal was made with.
///
/// # Errors
/// When this node's deal is not the one on the board.
pub fn conclude(
    board: &Board,
    node: &NodeSecret,
    previous: Option<&PrivateShare>,
    seed: &Seed,
) -> Result<DealerLog, DealFault> {
    let ceremony = board.ceremony();
    let Started { mut dealer, public, .. } = start(ceremony, node, previous, seed)?;
    let me = node.member().key();
    if board.deal(me).is_none_or(|deal| deal.commitment != public) {
        return Err(DealFault::OtherDeal);
    }
    for acknowledged in board.acknowledgements(me) {
        let ack = codec::read(&acknowledged.for_log, &(), "acknowledgement").map_err(|_| DealFault::Share)?;
        // One that does not fit the deal is as good as none: that player's share is revealed.
        drop(dealer.receive_player_ack(StrictKey::of(&acknowledged.player), ack));
    }
    let log = dealer.finalize::<N3f1>();
    Ok(DealerLog { ceremony: ceremony.digest, dealer: *me, log })
}

/// The epoch's public keys and this node's share of the group's private key, from the board and the node's keys alone.
///
/// # Errors
/// When the ceremony failed, for everybody alike, or the node cannot read what it acknowledged.
pub fn take_share(board: &Board, node: &NodeSecret) -> Result<(EpochKeys, PrivateShare), ShareError> {
    let keys = board.finalise()?;
    let ceremony = board.ceremony();
    let mut player = player(ceremony, node).ok_or(ShareError::NotMine)?;
    for deal in board.deals() {
        // A deal this node cannot use was not acknowledged; if its dealer counts, the log reveals the share.
        if let Ok(private) = decrypt(ceremony, node, deal) {
            let dealer = StrictKey::of(&deal.dealer);
            drop(player.dealer_message::<N3f1>(dealer, deal.commitment.clone(), private));
        }
    }
    let (_, share) = player
        .finalize::<N3f1>(&mut board.stream(), board.usable_logs(), &Sequential)
        .map_err(|_| ShareError::Lost)?;
    let share = PrivateShare::of(ceremony.epoch, ceremony.purpose, share);
    if share.belongs_to(&keys.polynomial()) { Ok((keys, share)) } else { Err(ShareError::Lost) }
}

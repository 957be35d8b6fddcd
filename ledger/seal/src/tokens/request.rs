//! Asking for a token, signing it blindly, and taking the blinding off.
//!
//! **Invariant:** what the signers see is the token's point times a random scalar: any token fits any request alike.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::key::SecretKey;
use commonware_codec::{Copying, DecodeExt as _};
use commonware_cryptography::bls12381::primitives::group::{G1, Private, Scalar, SmallScalar};
use commonware_cryptography::bls12381::primitives::ops::threshold;
use commonware_cryptography::bls12381::primitives::variant::{
    PartialSignature as TheirPartial, Variant as _,
};
use commonware_math::algebra::{Field as _, Random as _, Space as _};
use commonware_parallel::Sequential;
use commonware_utils::Participant;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::TokenGroup;
use super::spend::{SpentToken, TokenError, spent_message};
use crate::bytes::{DecodeError, Hex, Writer};
use crate::group::{
    BadPartial, PrivateShare, PublicPolynomial, Purpose, ShareIndex, Variant, WrongPurpose, point_bytes,
    read_indexed, write_indexed,
};
use crate::sealing::SealedEntry;
use crate::seed::Seed;

/// What an organisation asks the validators to sign, under its own name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BlindRequest(G1);

impl BlindRequest {
    pub const SIZE_BYTES: usize = 48;

    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::SIZE_BYTES] {
        point_bytes(&self.0)
    }

    /// # Errors
    /// For anything but a canonical point of the group other than the identity.
    pub fn from_bytes(bytes: &[u8; Self::SIZE_BYTES]) -> Result<Self, DecodeError> {
        G1::decode(Copying(bytes)).map(Self).map_err(|_| DecodeError::Value("blinded point"))
    }
}

impl fmt::Debug for BlindRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlindRequest({})", Hex(&self.to_bytes()))
    }
}

/// One validator's blind signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BlindPartial {
    index: ShareIndex,
    point: G1,
}

impl BlindPartial {
    #[must_use]
    pub const fn index(&self) -> ShareIndex {
        self.index
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        write_indexed(self.index, &self.point)
    }

    /// # Errors
    /// For anything but an index and a canonical point.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        read_indexed(bytes, "blind partial signature").map(|(index, point)| Self { index, point })
    }

    /// # Errors
    /// [`BadPartial`] names the sender.
    pub fn verify(&self, polynomial: &PublicPolynomial, request: &BlindRequest) -> Result<(), BadPartial> {
        let bad = BadPartial { sender: self.index };
        let index = Participant::new(self.index.get().into());
        let key = polynomial.sharing().partial_public(index).map_err(|_| bad)?;
        Variant::verify(&key, &request.0, &self.point).map_err(|_| bad)
    }
}

impl fmt::Debug for BlindPartial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlindPartial({} {})", self.index, Hex(&point_bytes::<48>(&self.point)))
    }
}

/// The stream the weights are drawn from.
fn weights(key: &[u8], points: &[G1], signatures: &[G1]) -> ChaCha20Rng {
    let start = FieldHasher::new("biaozheng/blind-batch/v1").field(key).number(points.len() as u64);
    let all = points.iter().chain(signatures);
    let digest = all.fold(start, |hasher, point| hasher.field(&point_bytes::<48>(point))).finish();
    ChaCha20Rng::from_seed(*digest.bytes())
}

/// Checks one member's blind signatures over many points together: two pairings for all of them.
///
/// Each point and its signature is multiplied by a weight of 128 bits, and the sums are checked as one. The weights are
/// drawn from a hash of the member's key, all points and all signatures, so they are the same on every node, and whoever
/// makes signatures knows them only when all are fixed: a wrong one passes with probability 2^-128 a try. All points are
/// of the group of prime order (decoding has checked it), so nothing hides in a cofactor. Where the sums differ each is
/// checked alone.
///
/// # Errors
/// [`BadPartial`] names the sender; also for another number of points, or two members'. No signature is no error.
pub fn verify_partials(
    polynomial: &PublicPolynomial,
    requests: &[BlindRequest],
    partials: &[BlindPartial],
) -> Result<(), BadPartial> {
    let Some(first) = partials.first() else { return Ok(()) };
    let bad = BadPartial { sender: first.index };
    if requests.len() != partials.len() || partials.iter().any(|one| one.index != first.index) {
        return Err(bad);
    }
    let index = Participant::new(first.index.get().into());
    let key = polynomial.sharing().partial_public(index).map_err(|_| bad)?;
    if partials.len() > 1 {
        let points: Vec<G1> = requests.iter().map(|one| one.0).collect();
        let signatures: Vec<G1> = partials.iter().map(|one| one.point).collect();
        let mut stream = weights(&point_bytes::<96>(&key), &points, &signatures);
        let weights: Vec<SmallScalar> = points.iter().map(|_| SmallScalar::random(&mut stream)).collect();
        let point = G1::msm(&points, &weights, &Sequential);
        let signature = G1::msm(&signatures, &weights, &Sequential);
        if Variant::verify(&key, &point, &signature).is_ok() {
            return Ok(());
        }
    }
    requests.iter().zip(partials).try_for_each(|(request, partial)| partial.verify(polynomial, request))
}

/// Signs what it cannot read. The caller counts: one token for each that the organisation is entitled to.
///
/// # Errors
/// [`WrongPurpose`] for a share of the bids' group or of another token epoch.
pub fn sign_blindly(
    group: &TokenGroup,
    share: &PrivateShare,
    request: &BlindRequest,
) -> Result<BlindPartial, WrongPurpose> {
    if share.purpose() != group.purpose() || share.purpose() == Purpose::Sealing {
        return Err(WrongPurpose(share.purpose()));
    }
    let point = share.share().private.expose(|scalar| times(request.0, scalar));
    Ok(BlindPartial { index: share.index(), point })
}

/// A point times a scalar; nothing in a group overflows.
#[allow(clippy::arithmetic_side_effects)]
fn times(point: G1, scalar: &Scalar) -> G1 {
    point * scalar
}

/// What the organisation keeps until the signatures come: as secret as the token.
#[derive(Clone)]
pub struct PendingToken {
    one_time: SecretKey,
    blinding: Private,
    request: BlindRequest,
}

impl fmt::Debug for PendingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PendingToken({:?})", self.request)
    }
}

/// Why no token comes out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    #[error("{valid} valid blind signatures, {quorum} are needed; faulty senders: {faulty:?}")]
    TooFew { valid: usize, quorum: usize, faulty: Vec<ShareIndex> },
    #[error("the signatures are not of the group that signs this epoch's tokens")]
    OtherGroup,
}

/// Draws a token and blinds it. The seed must be fresh for every token.
#[must_use]
pub fn request_token(group: &TokenGroup, seed: &Seed) -> PendingToken {
    let context = Writer::default().field(group.chain.bytes()).field(&group.epoch.to_be_bytes()).finish();
    let one_time = SecretKey::from_seed(seed.derive("token key", &context).bytes());
    // A random scalar is zero, which would give the identity, with probability 2^-255.
    let blinding = Private::new(Scalar::random(seed.stream("token blinding", &context)));
    let point = group.point(&one_time.public());
    let request = BlindRequest(blinding.expose(|scalar| times(point, scalar)));
    PendingToken { one_time, blinding, request }
}

impl PendingToken {
    #[must_use]
    pub const fn request(&self) -> &BlindRequest {
        &self.request
    }

    /// Puts a quorum's blind signatures together and takes the blinding off.
    ///
    /// # Errors
    /// [`IssueError::TooFew`] names those who signed something else.
    pub fn finish(
        self,
        group: &TokenGroup,
        polynomial: &PublicPolynomial,
        partials: &[BlindPartial],
    ) -> Result<UnspentToken, IssueError> {
        // Mostly all are right: then one check, of what comes out, is enough.
        let mut first = BTreeMap::new();
        for partial in partials {
            let index = Participant::new(partial.index.get().into());
            first.entry(index).or_insert(TheirPartial::<Variant> { index, value: partial.point });
        }
        if first.len() >= polynomial.quorum()
            && let Some(signature) = self.unblinded(group, polynomial, first.values())
        {
            return Ok(UnspentToken { group: *group, one_time: self.one_time, signature });
        }
        let (mut valid, mut faulty) = (BTreeMap::new(), BTreeSet::new());
        for partial in partials {
            let index = Participant::new(partial.index.get().into());
            match partial.verify(polynomial, &self.request) {
                Ok(()) => drop(valid.insert(index, TheirPartial::<Variant> { index, value: partial.point })),
                Err(BadPartial { sender }) => drop(faulty.insert(sender)),
            }
        }
        let quorum = polynomial.quorum();
        if valid.len() < quorum {
            let faulty = faulty.into_iter().collect();
            return Err(IssueError::TooFew { valid: valid.len(), quorum, faulty });
        }
        let signature = self.unblinded(group, polynomial, valid.values()).ok_or(IssueError::OtherGroup)?;
        Ok(UnspentToken { group: *group, one_time: self.one_time, signature })
    }

    /// The group's signature on the token, from a quorum's blind ones; none when it is not the group's.
    fn unblinded<'a>(
        &self,
        group: &TokenGroup,
        polynomial: &PublicPolynomial,
        parts: impl Iterator<Item = &'a TheirPartial<Variant>>,
    ) -> Option<G1> {
        let parts = parts.take(polynomial.quorum());
        let blinded = threshold::recover::<Variant, _>(polynomial.sharing(), parts, &Sequential).ok()?;
        let inverse = Private::new(self.blinding.expose(Scalar::inv));
        let signature = inverse.expose(|scalar| times(blinded, scalar));
        let point = group.point(&self.one_time.public());
        Variant::verify(group.key.point(), &point, &signature).ok().map(|()| signature)
    }
}

/// A token nobody can link to its request; whoever holds it can spend it once.
#[derive(Clone)]
pub struct UnspentToken {
    group: TokenGroup,
    one_time: SecretKey,
    signature: G1,
}

impl UnspentToken {
    /// Signs the envelope of the record that carries the entry, which has no other author.
    #[must_use]
    pub const fn one_time_key(&self) -> &SecretKey {
        &self.one_time
    }

    /// The group's signature, which with the seed of [`request_token`] is the whole token: as secret as the token.
    #[must_use]
    pub fn signature_bytes(&self) -> [u8; 48] {
        point_bytes(&self.signature)
    }

    /// The token of a seed and the signature it once got, checked against the group's key.
    ///
    /// # Errors
    /// [`TokenError::NotIssued`] when the group did not sign the token of this seed.
    pub fn restore(group: &TokenGroup, seed: &Seed, signature: &[u8; 48]) -> Result<Self, TokenError> {
        let one_time = request_token(group, seed).one_time;
        let signature = G1::decode(Copying(signature)).map_err(|_| TokenError::NotIssued)?;
        Variant::verify(group.key.point(), &group.point(&one_time.public()), &signature)
            .map_err(|_| TokenError::NotIssued)?;
        Ok(Self { group: *group, one_time, signature })
    }

    /// Spends the token on one entry.
    #[must_use]
    pub fn spend(self, entry: &SealedEntry) -> SpentToken {
        let digest: Digest = entry.digest();
        let on_entry = self.one_time.sign(&spent_message(&self.group, &digest));
        SpentToken::new(self.group.epoch, self.one_time.public(), self.signature, on_entry)
    }
}

impl fmt::Debug for UnspentToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnspentToken(epoch {})", self.group.epoch)
    }
}

#[cfg(all(test, feature = "trusted-dealer"))]
mod tests {
    use biaozheng_ledger::ids::ChainId;

    use super::*;
    use crate::group::trusted_dealer;

    /// Two signatures whose errors cancel in a plain sum, which weights must not let pass.
    #[test]
    fn signatures_checked_together_are_all_right_or_their_sender_is_named() {
        let (polynomial, shares) = trusted_dealer::deal(&Seed::new([7; 32]), Purpose::Tokens(1), 4).unwrap();
        let chain = ChainId::new(Digest::of(b"chain"));
        let group = TokenGroup { chain, epoch: 1, key: polynomial.group_key() };
        let requests: Vec<BlindRequest> =
            (0..32u8).map(|n| *request_token(&group, &Seed::new([n; 32])).request()).collect();
        let signed = |member: usize| -> Vec<BlindPartial> {
            requests.iter().map(|one| sign_blindly(&group, &shares[member], one).unwrap()).collect()
        };
        let right = signed(1);
        let bad = Err(BadPartial { sender: shares[1].index() });
        assert_eq!(verify_partials(&polynomial, &requests, &right), Ok(()));
        assert_eq!(verify_partials(&polynomial, &requests[..1], &right[..1]), Ok(()));
        assert_eq!(verify_partials(&polynomial, &requests[..31], &right), bad);
        let error = right[9].point;
        let mut cancelling = right.clone();
        cancelling[3].point += &error;
        cancelling[20].point -= &error;
        assert_eq!(verify_partials(&polynomial, &requests, &cancelling), bad);
        let mut swapped = right.clone();
        swapped.swap(0, 31);
        assert_eq!(verify_partials(&polynomial, &requests, &swapped), bad);
        let mut mixed = right;
        mixed[5] = signed(2)[5];
        assert_eq!(verify_partials(&polynomial, &requests, &mixed), bad);
    }
}

//! Asking for a token, signing it blindly, and taking the blinding off.
//!
//! **Invariant:** what the signers see is the token's point times a random scalar: any token fits any request alike.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::key::SecretKey;
use commonware_codec::{Copying, DecodeExt as _};
use commonware_cryptography::bls12381::primitives::group::{G1, Private, Scalar};
use commonware_cryptography::bls12381::primitives::ops::threshold;
use commonware_cryptography::bls12381::primitives::variant::{
    PartialSignature as TheirPartial, Variant as _,
};
use commonware_math::algebra::{Field as _, Random as _};
use commonware_parallel::Sequential;
use commonware_utils::Participant;

use super::TokenGroup;
use super::spend::{SpentToken, spent_message};
use crate::bytes::{DecodeError, Hex, Reader, Writer};
use crate::group::{
    BadPartial, PrivateShare, PublicPolynomial, Purpose, ShareIndex, Variant, WrongPurpose, point_bytes,
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
        Writer::default().raw(&self.index.get().to_be_bytes()).raw(&point_bytes::<48>(&self.point)).finish()
    }

    /// # Errors
    /// For anything but an index and a canonical point.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        const WHAT: &str = "blind partial signature";
        let mut reader = Reader::new(bytes);
        let index = ShareIndex::new(reader.u16(WHAT)?)?;
        let point = G1::decode(Copying(reader.take(48, WHAT)?)).map_err(|_| DecodeError::Value(WHAT))?;
        reader.end(WHAT)?;
        Ok(Self { index, point })
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
        let parts = valid.values().take(quorum);
        let blinded = threshold::recover::<Variant, _>(polynomial.sharing(), parts, &Sequential)
            .map_err(|_| IssueError::OtherGroup)?;
        let inverse = Private::new(self.blinding.expose(Scalar::inv));
        let signature = inverse.expose(|scalar| times(blinded, scalar));
        Variant::verify(group.key.point(), &group.point(&self.one_time.public()), &signature)
            .map_err(|_| IssueError::OtherGroup)?;
        Ok(UnspentToken { group: *group, one_time: self.one_time, signature })
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

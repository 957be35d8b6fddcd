//! Who takes part in a ceremony: a signing key and a key to which shares are encrypted.
//!
//! **Invariant:** signatures of a ceremony are judged by the ledger's own strict rule, one by one. The library's Ed25519
//! follows other rules and checks in batches, so it is not used. A member's share key is one to which everybody can encrypt:
//! with a key of small order no honest member could deal.

use std::fmt;
use std::ops::Deref;

use biaozheng_ledger::key::{PublicKey, SecretKey, Signature};
use bytes::BufMut;
use commonware_codec::{Buf, Error as CodecError, FixedArray, FixedSize, Read, ReadExt as _, Write};
use commonware_cryptography as cryptography;
use commonware_math::algebra::Random;
use commonware_parallel::Strategy;
use commonware_utils::{Array, Span, union_unique};
use curve25519_dalek::montgomery::MontgomeryPoint;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::CryptoRng;
use hpke::{Deserializable as _, Kem as _, Serializable as _};
use zeroize::Zeroizing;

use crate::bytes::{DecodeError, Hex, Reader};
use crate::seed::Seed;

pub(super) type SharePrivateKey = <X25519HkdfSha256 as hpke::Kem>::PrivateKey;
pub(super) type SharePublicKey = <X25519HkdfSha256 as hpke::Kem>::PublicKey;

/// A member's public part. Bytes: Ed25519 key 32 | X25519 key 32.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    signing: PublicKey,
    shares: [u8; 32],
}

/// Whether a Diffie–Hellman value with this X25519 key is the same for everybody. Every clamped scalar is a multiple of
/// eight, so one tells for all of them, in every encoding and on the twist too.
fn is_of_small_order(key: &[u8; 32]) -> bool {
    MontgomeryPoint(*key).mul_clamped([0; 32]) == MontgomeryPoint([0; 32])
}

impl Member {
    pub const SIZE_BYTES: usize = 64;

    /// # Errors
    /// For a signing key that strict verification refuses, or a share key of small order.
    pub fn from_bytes(bytes: &[u8; Self::SIZE_BYTES]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let member = Self {
            signing: PublicKey::ed25519(reader.array("signing key")?),
            shares: reader.array("share key")?,
        };
        member.signing.prepare().map_err(|_| DecodeError::Value("signing key"))?;
        SharePublicKey::from_bytes(&member.shares).map_err(|_| DecodeError::Value("share key"))?;
        if is_of_small_order(&member.shares) {
            return Err(DecodeError::Value("share key of small order"));
        }
        Ok(member)
    }

    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::SIZE_BYTES] {
        let mut bytes = [0; Self::SIZE_BYTES];
        let (front, back) = bytes.split_at_mut(32);
        front.copy_from_slice(self.signing.bytes());
        back.copy_from_slice(&self.shares);
        bytes
    }

    /// Names the member in a ceremony.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.signing
    }

    pub(super) fn share_key(&self) -> Option<SharePublicKey> {
        SharePublicKey::from_bytes(&self.shares).ok()
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Member({})", Hex(&self.to_bytes()))
    }
}

/// A node's private keys for ceremonies, both from one seed that the node keeps.
#[derive(Clone)]
pub struct NodeSecret {
    pub(super) signing: SecretKey,
    pub(super) shares: SharePrivateKey,
    member: Member,
}

impl NodeSecret {
    #[must_use]
    pub fn from_seed(seed: &Seed) -> Self {
        let signing = SecretKey::from_seed(seed.derive("ceremony signing key", &[]).bytes());
        let (shares, public) =
            X25519HkdfSha256::derive_keypair(seed.derive("ceremony share key", &[]).bytes());
        let member = Member { signing: signing.public(), shares: public.to_bytes().into() };
        Self { signing, shares, member }
    }

    #[must_use]
    pub const fn member(&self) -> &Member {
        &self.member
    }

    /// Signs anything at all, as a member that does not keep to the protocol.
    #[cfg(feature = "trusted-dealer")]
    #[must_use]
    pub fn sign_as_cheat(&self, message: &[u8]) -> Signature {
        self.signing.sign(message)
    }
}

impl fmt::Debug for NodeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeSecret(of {})", self.member.signing)
    }
}

/// The ledger's Ed25519 key as the library wants keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, FixedArray)]
pub(super) struct StrictKey([u8; 32]);

impl StrictKey {
    pub(super) const fn of(key: &PublicKey) -> Self {
        Self(*key.bytes())
    }

    pub(super) const fn public(&self) -> PublicKey {
        PublicKey::ed25519(self.0)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, FixedArray)]
pub(super) struct StrictSignature([u8; 64]);

macro_rules! as_array {
    ($name:ident, $size:literal) => {
        impl FixedSize for $name {
            const SIZE: usize = $size;
        }
        impl Write for $name {
            fn write(&self, buf: &mut impl BufMut) {
                self.0.write(buf);
            }
        }
        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }
        impl Deref for $name {
            type Target = [u8];
            fn deref(&self) -> &[u8] {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&Hex(&self.0), f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl Span for $name {}
        impl Array for $name {}
    };
}
as_array!(StrictKey, 32);
as_array!(StrictSignature, 64);

impl Read for StrictKey {
    type Cfg = ();
    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, CodecError> {
        let bytes = <[u8; 32]>::read(buf)?;
        let refused = |_| CodecError::Invalid("StrictKey", "not a usable Ed25519 key");
        PublicKey::ed25519(bytes).prepare().map_err(refused)?;
        Ok(Self(bytes))
    }
}

impl Read for StrictSignature {
    type Cfg = ();
    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, CodecError> {
        <[u8; 64]>::read(buf).map(Self)
    }
}

impl cryptography::Signature for StrictSignature {}

impl cryptography::Verifier for StrictKey {
    type Signature = StrictSignature;
    fn verify(&self, namespace: &[u8], message: &[u8], signature: &StrictSignature) -> bool {
        let signed = union_unique(namespace, message);
        self.public().verify(&signed, &Signature::ed25519(signature.0)).is_ok()
    }
}

impl cryptography::PublicKey for StrictKey {}

impl cryptography::BatchVerifier for StrictKey {
    /// One by one: batch and single verification disagree on crafted signatures, and that would split a chain.
    fn verify_batch<'a, R, T, F>(_: &mut R, items: &'a [T], project: F, _: &impl Strategy) -> bool
    where
        R: CryptoRng,
        T: Sync,
        F: Fn(usize, &'a T) -> cryptography::BatchEntry<'a, Self> + Sync,
    {
        // An empty batch is false by the trait's word: a log without any acknowledgement is no use to anybody.
        !items.is_empty()
            && items.iter().enumerate().all(|(place, item)| {
                let entry = project(place, item);
                cryptography::Verifier::verify(
                    entry.public_key,
                    entry.namespace,
                    entry.message,
                    entry.signature,
                )
            })
    }
}

/// The ledger's private key as the library wants signers.
#[derive(Clone)]
pub(super) struct StrictSigner(pub(super) SecretKey);

impl Random for StrictSigner {
    fn random(mut stream: impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        stream.fill_bytes(seed.as_mut());
        Self(SecretKey::from_seed(&seed))
    }
}

impl cryptography::Signer for StrictSigner {
    type Signature = StrictSignature;
    type PublicKey = StrictKey;

    fn public_key(&self) -> StrictKey {
        StrictKey::of(&self.0.public())
    }

    fn sign(&self, namespace: &[u8], message: &[u8]) -> StrictSignature {
        StrictSignature(*self.0.sign(&union_unique(namespace, message)).bytes())
    }
}

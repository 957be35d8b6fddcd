//! The inner layer: the padded body under a key sealed to the tender's own opening.
//!
//! ```text
//! KEM, 160 bytes | class + tag 16 bytes, of: body length, 4 bytes | body | zeros
//! ```

use zeroize::Zeroizing;

use super::SealingGroup;
use super::aead::{self, LayerKey, TAG_BYTES};
use super::entry::Suite;
use super::failure::OpeningFailure;
use super::identity::BidIdentity;
use super::kem::{KEM_BYTES, KemCiphertext};
use super::size_class::{LENGTH_BYTES, SizeClass};
use crate::bytes::{Reader, Writer};
use crate::group::GroupSignature;
use crate::label::Label;
use crate::seed::Seed;

/// Bytes of the inner layer of a class.
pub(super) fn inner_bytes(class: SizeClass) -> usize {
    class.padded_bytes().saturating_add(KEM_BYTES).saturating_add(TAG_BYTES)
}

/// Suite, chain, group, tender, lot, bidder, its key, sequence, target label, hash of the KEM ciphertext: a layer
/// copied under another name, lot, tender or sequence does not open.
fn associated(group: &SealingGroup, identity: &BidIdentity, kem: &KemCiphertext) -> Vec<u8> {
    let start = Writer::default().field(b"biaozheng/sealed-inner/v1").field(&[Suite::ONE.number()]);
    let start = start.field(group.chain.bytes()).field(&group.key.to_bytes());
    let start = start.field(identity.opening.tender.as_str().as_bytes());
    let start = start.field(&identity.opening.number.to_be_bytes()).field(identity.lot.as_str().as_bytes());
    let start = start.field(identity.bidder.as_str().as_bytes()).field(identity.bidder_key.bytes());
    let start = start.field(&identity.sequence.to_be_bytes());
    let label = Label::tender(&group.chain, &identity.opening);
    start.field(label.message()).field(kem.digest().bytes()).finish()
}

/// The body must fit the class; the caller has chosen it so.
pub(super) fn seal(
    group: &SealingGroup,
    identity: &BidIdentity,
    class: SizeClass,
    body: &[u8],
    seed: &Seed,
) -> Vec<u8> {
    let key: LayerKey = Zeroizing::new(*seed.derive("inner key", body).bytes());
    let label = Label::tender(&group.chain, &identity.opening);
    let kem = KemCiphertext::seal(&group.key, &label, &key, &mut seed.stream("inner kem", body));
    let mut padded = Zeroizing::new(Writer::default().field(body).finish());
    padded.resize(class.padded_bytes(), 0);
    let sealed = aead::encrypt(&key, &padded, &associated(group, identity, &kem));
    Writer::default().raw(&kem.to_bytes()).raw(&sealed).finish()
}

pub(super) fn open(
    group: &SealingGroup,
    identity: &BidIdentity,
    inner: &[u8],
    signature: &GroupSignature,
) -> Result<Vec<u8>, OpeningFailure> {
    let (kem, sealed) = inner.split_at_checked(KEM_BYTES).ok_or(OpeningFailure::InnerForm)?;
    let kem = KemCiphertext::from_bytes(kem).map_err(|_| OpeningFailure::InnerForm)?;
    let key = kem.open(signature).ok_or(OpeningFailure::InnerKey)?;
    let aad = associated(group, identity, &kem);
    let padded = aead::decrypt(&key, sealed, &aad).ok_or(OpeningFailure::InnerCipher)?;
    let mut reader = Reader::new(&padded);
    let limit = padded.len().saturating_sub(LENGTH_BYTES);
    let body = reader.field(limit, "body").map_err(|_| OpeningFailure::InnerPadding)?.to_vec();
    if reader.rest().iter().any(|byte| *byte != 0) {
        return Err(OpeningFailure::InnerPadding);
    }
    // One body has one class, or its author could choose among several entries of the same meaning.
    if SizeClass::of(body.len()).is_none_or(|class| class.padded_bytes() != padded.len()) {
        return Err(OpeningFailure::InnerPadding);
    }
    Ok(body)
}

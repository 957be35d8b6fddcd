//! A random value nobody chooses: the hash of the group's signature over a subject fixed before.
//!
//! **Invariant:** one subject has one value. Nobody knows it before a quorum has signed, and nobody can have another
//! one by trying: the signature is unique. Freeze what is drawn from (the candidate list) on chain first, and take its
//! digest as the subject; a block hash could be ground by its proposer.

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::ChainId;

use crate::group::{GroupKey, GroupSignature, WrongSignature};
use crate::label::Label;

/// `SHA-256(domain ‖ label ‖ group signature)`, each behind its length in eight bytes.
///
/// # Errors
/// [`WrongSignature`] unless the group signed this subject's label.
pub fn beacon_value(
    group: &GroupKey,
    chain: &ChainId,
    subject: &Digest,
    signature: &GroupSignature,
) -> Result<Digest, WrongSignature> {
    let label = Label::beacon(chain, subject);
    signature.verify(group, &label)?;
    let hasher = FieldHasher::new("biaozheng/beacon/v1").field(label.message());
    Ok(hasher.field(&signature.to_bytes()).finish())
}

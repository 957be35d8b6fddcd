//! COSE receipts (RFC 9942) over the history tree: what SCITT tools read instead of our certificates.
//!
//! ```text
//! 18([<<{1: -8, 4: kid, 15: {1: iss, 2: sub}, 395: 1}>>,
//!     {396: {-1: [<<[tree_size, leaf_index, [path…]]>>]}}, nil, signature])
//! ```
//! The payload is detached: the 32-byte root that leaf and path lead to. One receipt a signer; a quorum is as many
//! receipts as the policy asks for. `iss` is the log's origin, `sub` the record id, `kid` the signer's key id.
//!
//! **Invariants:** one spelling: [`verify_receipt`] accepts only the bytes [`sign_receipt`] would make of the same
//! content. Signatures are the project's strict Ed25519. Nothing here knows a disk, a clock or a runtime.

#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used))]

use biaozheng_ledger::checkpoint::{Checkpoint, Origin};
use biaozheng_ledger::entry::LogEntry;
use biaozheng_ledger::ids::RecordId;
use biaozheng_ledger::key::{PublicKey, SecretKey, Signature};
use biaozheng_ledger::limits::MERKLE_PATH_MAX;
use biaozheng_ledger::merkle::{Hash, verify_inclusion};
use coset::cbor::Value;
use coset::{
    CborSerializable as _, CoseSign1, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable as _, iana,
};

/// Largest receipt, bytes: a path of 63 hashes, an origin, ids and a signature take 2.6 KiB.
pub const RECEIPT_BYTES_MAX: usize = 4096;
/// CWT claims in a protected header (RFC 9597).
const CWT_CLAIMS: i64 = 15;
/// Verifiable data structure, and its proofs (RFC 9942).
const STRUCTURE: i64 = 395;
const PROOFS: i64 = 396;
/// RFC9162_SHA256.
const RFC9162_SHA256: i64 = 1;
const INCLUSION: i64 = -1;

/// A record's place in the tree, and the path from there to a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptProof {
    pub entry: LogEntry,
    pub index: u64,
    pub path: Vec<Hash>,
    pub checkpoint: Checkpoint,
}

/// Why there is no receipt, or why one does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    #[error("the receipt has more than {RECEIPT_BYTES_MAX} bytes")]
    TooLarge,
    #[error("not a COSE receipt in its one form: {0}")]
    Form(&'static str),
    #[error("the path does not lead from the entry to the root")]
    Inclusion,
    #[error("a tree of one leaf has no path, and a receipt needs one hash at least")]
    NoPath,
    #[error("the receipt is of log {0:?}, not of the one expected")]
    Log(String),
    #[error("the receipt is about {0:?}, not the record expected")]
    Record(String),
    #[error("the receipt is not signed by the key expected")]
    Key,
    #[error("the signature does not hold")]
    Signature,
}

/// What a receipt that holds says. Signed is only the root: RFC 9942 leaves size and index unprotected, and
/// some other pair leads along the same path to the same root. [`Receipted::agrees_with`] settles them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipted {
    /// As stated, not as signed.
    pub tree_size: u64,
    /// As stated, not as signed.
    pub index: u64,
    /// What the signer signed.
    pub root: Hash,
}

impl Receipted {
    /// Whether root and size are a checkpoint's. With a checkpoint that the quorum signed, size and index are
    /// proven too.
    #[must_use]
    pub fn agrees_with(&self, checkpoint: &Checkpoint) -> bool {
        self.root == checkpoint.root && self.tree_size == checkpoint.size
    }
}

/// Signs a receipt. The key is a log or cosigner key of the chain's policy; signing with it is for whoever may sign
/// this checkpoint, after it has its quorum.
///
/// # Errors
/// [`ReceiptError::Inclusion`] when the proof does not hold: nothing false is signed. [`ReceiptError::NoPath`] for a
/// tree of one leaf.
pub fn sign_receipt(key: &SecretKey, proof: &ReceiptProof) -> Result<Vec<u8>, ReceiptError> {
    let ReceiptProof { entry, index, path, checkpoint } = proof;
    verify_inclusion(&entry.leaf_hash(), *index, checkpoint.size, path, &checkpoint.root)
        .map_err(|_| ReceiptError::Inclusion)?;
    if path.is_empty() {
        return Err(ReceiptError::NoPath);
    }
    let origin = checkpoint.origin.as_str();
    let unsigned = builder(&key.public(), origin, &entry.record.to_string(), (checkpoint.size, *index, path));
    unsigned
        .create_detached_signature(&checkpoint.root, &[], |message| key.sign(message).bytes().to_vec())
        .build()
        .to_tagged_vec()
        .map_err(|_| ReceiptError::Form("it cannot be written"))
}

/// The message without its signature.
fn builder(key: &PublicKey, log: &str, record: &str, proof: (u64, u64, &[Hash])) -> CoseSign1Builder {
    let claims = Value::Map(vec![
        (Value::from(1), Value::from(log.to_owned())),
        (Value::from(2), Value::from(record.to_owned())),
    ]);
    let protected = HeaderBuilder::new()
        .algorithm(iana::Algorithm::EdDSA)
        .key_id(key.id().bytes().to_vec())
        .value(CWT_CLAIMS, claims)
        .value(STRUCTURE, Value::from(RFC9162_SHA256))
        .build();
    let (size, index, path) = proof;
    let path = path.iter().map(|hash| Value::Bytes(hash.to_vec())).collect();
    let proof = Value::Array(vec![Value::from(size), Value::from(index), Value::Array(path)]);
    let proof = proof.to_vec().expect("integers and bytes always serialise");
    let proofs = Value::Map(vec![(Value::from(INCLUSION), Value::Array(vec![Value::Bytes(proof)]))]);
    CoseSign1Builder::new()
        .protected(protected)
        .unprotected(HeaderBuilder::new().value(PROOFS, proofs).build())
}

/// Verifies a receipt for the entry, of the log, by the key. That the key belongs to the log is the policy's business.
///
/// # Errors
/// [`ReceiptError`] naming the first thing that does not hold.
pub fn verify_receipt(
    receipt: &[u8],
    entry: &LogEntry,
    log: &Origin,
    key: &PublicKey,
) -> Result<Receipted, ReceiptError> {
    if receipt.len() > RECEIPT_BYTES_MAX {
        return Err(ReceiptError::TooLarge);
    }
    let message =
        CoseSign1::from_tagged_slice(receipt).map_err(|_| ReceiptError::Form("no tagged COSE_Sign1"))?;
    let (issuer, subject) = claims(&message)?;
    if message.protected.header.key_id != key.id().bytes() {
        return Err(ReceiptError::Key);
    }
    if issuer != log.as_str() {
        return Err(ReceiptError::Log(issuer.chars().take(120).collect()));
    }
    let expected: RecordId = entry.record;
    if subject != expected.to_string() {
        return Err(ReceiptError::Record(subject.chars().take(120).collect()));
    }
    let (tree_size, index, path) = inclusion(&message)?;
    let again = builder(key, &issuer, &subject, (tree_size, index, &path));
    let again = again.signature(message.signature.clone()).build().to_tagged_vec();
    if again.is_ok_and(|again| again != receipt) {
        return Err(ReceiptError::Form("another spelling, or something beside the proof"));
    }
    let root = root_of(entry, tree_size, index, &path)?;
    let signature = Signature::from_slice(&message.signature).map_err(|_| ReceiptError::Signature)?;
    message
        .verify_detached_signature(&root, &[], |_, signed| key.verify(signed, &signature))
        .map_err(|_| ReceiptError::Signature)?;
    Ok(Receipted { tree_size, index, root })
}

/// `iss` and `sub`.
fn claims(message: &CoseSign1) -> Result<(String, String), ReceiptError> {
    let header = &message.protected.header;
    let claims = header.rest.iter().find(|(label, _)| *label == coset::Label::Int(CWT_CLAIMS));
    match claims.map(|(_, value)| value.as_map().map(Vec::as_slice)) {
        Some(Some([(_, Value::Text(issuer)), (_, Value::Text(subject))])) => {
            Ok((issuer.clone(), subject.clone()))
        }
        _ => Err(ReceiptError::Form("no issuer and subject")),
    }
}

/// Tree size, leaf index and path of the one inclusion proof.
fn inclusion(message: &CoseSign1) -> Result<(u64, u64, Vec<Hash>), ReceiptError> {
    let refuse = || ReceiptError::Form("no inclusion proof of tree size, leaf index and path");
    let proofs = message.unprotected.rest.iter().find(|(label, _)| *label == coset::Label::Int(PROOFS));
    let one = proofs.and_then(|(_, value)| match value.as_map().map(Vec::as_slice) {
        Some([(_, Value::Array(proofs))]) => proofs.first().and_then(Value::as_bytes),
        _ => None,
    });
    let one = Value::from_slice(one.ok_or_else(refuse)?).map_err(|_| refuse())?;
    let Some([Value::Integer(size), Value::Integer(index), Value::Array(path)]) =
        one.as_array().map(Vec::as_slice)
    else {
        return Err(refuse());
    };
    if path.is_empty() || path.len() > MERKLE_PATH_MAX {
        return Err(refuse());
    }
    let hash = |value: &Value| value.as_bytes().and_then(|bytes| Hash::try_from(bytes.as_slice()).ok());
    let path = path.iter().map(hash).collect::<Option<Vec<Hash>>>().ok_or_else(refuse)?;
    let number = |value: &coset::cbor::value::Integer| u64::try_from(*value).map_err(|_| refuse());
    Ok((number(size)?, number(index)?, path))
}

/// RFC 9162 section 2.1.3.2: the root the path leads to. The signature over it decides.
fn root_of(entry: &LogEntry, size: u64, index: u64, path: &[Hash]) -> Result<Hash, ReceiptError> {
    if index >= size {
        return Err(ReceiptError::Inclusion);
    }
    let (mut place, mut last) = (index, size.saturating_sub(1));
    let mut root = entry.leaf_hash();
    for hash in path {
        if last == 0 {
            return Err(ReceiptError::Inclusion);
        }
        if place % 2 == 1 || place == last {
            root = biaozheng_ledger::merkle::node_hash(hash, &root);
            while place.is_multiple_of(2) && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            root = biaozheng_ledger::merkle::node_hash(&root, hash);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    if last == 0 { Ok(root) } else { Err(ReceiptError::Inclusion) }
}

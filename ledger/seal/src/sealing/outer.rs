//! The content of the outer layer.
//!
//! ```text
//! kind 0, dummy:      zeros
//! kind 1, bid:        identity | field(inner layer) | signature, 64 bytes | zeros
//! kind 2, withdrawal: identity | field(nothing)     | signature, 64 bytes | zeros
//! ```
//! All behind the kind in one byte, padded to the class and 512 bytes.

use biaozheng_ledger::key::Signature;
use zeroize::Zeroizing;

use super::failure::OpeningFailure;
use super::identity::BidIdentity;
use super::inner::inner_bytes;
use super::size_class::SizeClass;
use crate::bytes::{DecodeError, Reader, Writer};

pub(super) const DUMMY: u8 = 0;
pub(super) const BID: u8 = 1;
pub(super) const WITHDRAWAL: u8 = 2;

/// What stands in an outer layer that is no dummy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OuterContent {
    pub(super) kind: u8,
    pub(super) identity: BidIdentity,
    pub(super) inner: Vec<u8>,
    pub(super) signature: Signature,
}

/// `None` is a dummy.
pub(super) fn write(content: Option<&OuterContent>, class: SizeClass) -> Zeroizing<Vec<u8>> {
    let bytes = content.map_or_else(
        || vec![DUMMY],
        |it| {
            let start = it.identity.write(Writer::default().raw(&[it.kind]));
            start.field(&it.inner).raw(it.signature.bytes()).finish()
        },
    );
    let mut padded = Zeroizing::new(bytes);
    padded.resize(class.outer_bytes(), 0);
    padded
}

pub(super) fn read(plain: &[u8], class: SizeClass) -> Result<Option<OuterContent>, OpeningFailure> {
    let mut reader = Reader::new(plain);
    let content = read_content(&mut reader, class).map_err(|_| OpeningFailure::OuterForm)?;
    if reader.rest().iter().any(|byte| *byte != 0) {
        return Err(OpeningFailure::OuterForm);
    }
    match &content {
        Some(it) if it.kind == BID && it.inner.len() != inner_bytes(class) => Err(OpeningFailure::InnerForm),
        Some(it) if it.kind == WITHDRAWAL && !it.inner.is_empty() => Err(OpeningFailure::InnerForm),
        _ => Ok(content),
    }
}

fn read_content(reader: &mut Reader<'_>, class: SizeClass) -> Result<Option<OuterContent>, DecodeError> {
    let kind = reader.u8("kind")?;
    if kind == DUMMY {
        return Ok(None);
    }
    if kind != BID && kind != WITHDRAWAL {
        return Err(DecodeError::Value("kind"));
    }
    let identity = BidIdentity::read(reader)?;
    let inner = reader.field(inner_bytes(class), "inner layer")?.to_vec();
    let signature = Signature::ed25519(reader.array("signature")?);
    Ok(Some(OuterContent { kind, identity, inner, signature }))
}

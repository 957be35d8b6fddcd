//! A member's point with its index, as partial signatures and blind ones have it.
//!
//! ```text
//! index, 2 bytes | 48 bytes, compressed point of G1
//! ```

use commonware_codec::{Copying, DecodeExt as _};
use commonware_cryptography::bls12381::primitives::group::G1;

use super::{ShareIndex, point_bytes};
use crate::bytes::{DecodeError, Reader, Writer};

pub(crate) fn write_indexed(index: ShareIndex, point: &G1) -> Vec<u8> {
    Writer::default().raw(&index.get().to_be_bytes()).raw(&point_bytes::<48>(point)).finish()
}

/// # Errors
/// For anything but an index and a canonical point; the error says `what`.
pub(crate) fn read_indexed(bytes: &[u8], what: &'static str) -> Result<(ShareIndex, G1), DecodeError> {
    let mut reader = Reader::new(bytes);
    let index = ShareIndex::new(reader.u16(what)?)?;
    let point = G1::decode(Copying(reader.take(48, what)?)).map_err(|_| DecodeError::Value(what))?;
    reader.end(what)?;
    Ok((index, point))
}

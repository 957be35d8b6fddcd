//! Reading the library's encodings strictly: bounded, nothing left over, and only the bytes it would write itself.

use commonware_codec::{Copying, Decode, Encode, Read};

use crate::bytes::DecodeError;

pub(super) fn read<T: Decode + Encode>(
    bytes: &[u8],
    cfg: &<T as Read>::Cfg,
    what: &'static str,
) -> Result<T, DecodeError> {
    let value = T::decode_cfg(Copying(bytes), cfg).map_err(|_| DecodeError::Value(what))?;
    if write(&value) == bytes { Ok(value) } else { Err(DecodeError::Value(what)) }
}

pub(super) fn write(value: &impl Encode) -> Vec<u8> {
    value.encode().to_vec()
}

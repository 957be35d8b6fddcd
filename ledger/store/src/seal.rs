//! The check every value carries: `payload ‖ first 8 bytes of H("biaozheng/store/v1", family, key, payload)`.
//!
//! RocksDB checks its files; the seal also finds what it cannot: a value put under another key, cut, or changed
//! in memory before it was written. It is no defence against a forger, who can compute it: against him stand
//! record ids, block hashes and tree roots, which are checked as well.

use biaozheng_ledger::digest::FieldHasher;

use crate::error::StoreError;
use crate::schema::Family;

const SEAL_BYTES: usize = 8;

fn seal_of(family: Family, key: &[u8], payload: &[u8]) -> [u8; SEAL_BYTES] {
    let digest = FieldHasher::new("biaozheng/store/v1")
        .field(family.name().as_bytes())
        .field(key)
        .field(payload)
        .finish();
    let [a, b, c, d, e, f, g, h, ..] = *digest.bytes();
    [a, b, c, d, e, f, g, h]
}

/// Buckets are the exception: the state tree holds their hashes.
const fn is_sealed(family: Family) -> bool {
    !matches!(family, Family::Buckets)
}

/// Makes a payload the value to store.
pub(crate) fn seal(family: Family, key: &[u8], mut payload: Vec<u8>) -> Vec<u8> {
    if is_sealed(family) {
        let seal = seal_of(family, key, &payload);
        payload.extend_from_slice(&seal);
    }
    payload
}

/// The payload of a stored value.
pub(crate) fn unseal<'a>(family: Family, key: &[u8], value: &'a [u8]) -> Result<&'a [u8], StoreError> {
    if !is_sealed(family) {
        return Ok(value);
    }
    match value.split_last_chunk::<SEAL_BYTES>() {
        Some((payload, seal)) if *seal == seal_of(family, key, payload) => Ok(payload),
        _ => Err(StoreError::corrupt(format!("{} is not what was written there", family.row(key)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_taken_only_as_written_and_only_where_it_was_written() {
        let value = seal(Family::Records, b"key", b"payload".to_vec());
        assert_eq!(unseal(Family::Records, b"key", &value), Ok(b"payload".as_slice()));
        assert!(unseal(Family::Records, b"other", &value).is_err());
        assert!(unseal(Family::Leaves, b"key", &value).is_err());
        for bit in 0..value.len() * 8 {
            let mut flipped = value.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(unseal(Family::Records, b"key", &flipped).is_err(), "bit {bit}");
        }
        for cut in 0..value.len() {
            assert!(unseal(Family::Records, b"key", &value[..cut]).is_err(), "cut at {cut}");
        }
    }
}

//! The check every value carries: `payload ‖ first 8 bytes of H("biaozheng/store/v1", family, key, payload)`.
//!
//! RocksDB checks its files; the seal also finds what it cannot: a value put under another key, cut, or changed
//! in memory before it was written. It is no defence against a forger, who can compute it: against him stand
//! record ids, block hashes and tree roots, which are checked as well.

use biaozheng_ledger::digest::FieldHasher;

use crate::error::StoreError;
use crate::schema::Family;

const CHECK_BYTES: usize = 8;

fn check_of(family: Family, key: &[u8], payload: &[u8]) -> [u8; CHECK_BYTES] {
    let digest = FieldHasher::new("biaozheng/store/v1")
        .field(family.name().as_bytes())
        .field(key)
        .field(payload)
        .finish();
    let [a, b, c, d, e, f, g, h, ..] = *digest.bytes();
    [a, b, c, d, e, f, g, h]
}

/// Buckets are the exception: the state tree holds their hashes.
const fn carries_check(family: Family) -> bool {
    !matches!(family, Family::Buckets)
}

/// Makes a payload the value to store.
pub(crate) fn with_check(family: Family, key: &[u8], mut payload: Vec<u8>) -> Vec<u8> {
    if carries_check(family) {
        let seal = check_of(family, key, &payload);
        payload.extend_from_slice(&seal);
    }
    payload
}

/// The payload of a stored value.
pub(crate) fn checked<'a>(family: Family, key: &[u8], value: &'a [u8]) -> Result<&'a [u8], StoreError> {
    if !carries_check(family) {
        return Ok(value);
    }
    match value.split_last_chunk::<CHECK_BYTES>() {
        Some((payload, seal)) if *seal == check_of(family, key, payload) => Ok(payload),
        _ => Err(StoreError::corrupt(format!("{} is not what was written there", family.row(key)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_taken_only_as_written_and_only_where_it_was_written() {
        let value = with_check(Family::Records, b"key", b"payload".to_vec());
        assert_eq!(checked(Family::Records, b"key", &value), Ok(b"payload".as_slice()));
        assert!(checked(Family::Records, b"other", &value).is_err());
        assert!(checked(Family::Leaves, b"key", &value).is_err());
        for bit in 0..value.len() * 8 {
            let mut flipped = value.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(checked(Family::Records, b"key", &flipped).is_err(), "bit {bit}");
        }
        for cut in 0..value.len() {
            assert!(checked(Family::Records, b"key", &value[..cut]).is_err(), "cut at {cut}");
        }
    }
}

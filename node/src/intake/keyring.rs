//! Public keys whose encoding and group were checked, remembered so that a record costs one verification only, and
//! that one half when its key signs often.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use biaozheng_ledger::key::{KeyError, PublicKey, VerifyingKey};

/// Most keys remembered; beyond it the memory starts afresh, which costs time and nothing else.
const KEYS_MAX: usize = 65_536;
/// Most keys with a table of multiples (30 KiB each); beyond it they are made again for those that still sign often.
const TABLES_MAX: usize = 256;
/// Signatures after which a key gets its table: making it costs as much as fifty verifications save.
const USES_BEFORE_TABLE: usize = 128;

/// A bounded memory of prepared keys.
#[derive(Debug, Default)]
pub struct Keyring(RwLock<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    keys: HashMap<PublicKey, Known>,
    tables: HashMap<PublicKey, VerifyingKey>,
}

#[derive(Debug)]
struct Known {
    key: VerifyingKey,
    uses: AtomicUsize,
}

impl Keyring {
    /// # Errors
    /// As [`PublicKey::prepare`]; refused keys are not remembered.
    pub fn prepare(&self, key: &PublicKey) -> Result<VerifyingKey, KeyError> {
        let often = {
            let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(prepared) = remembered.tables.get(key) {
                return Ok(prepared.clone());
            }
            match remembered.keys.get(key) {
                None => None,
                Some(known) if known.uses.fetch_add(1, Ordering::Relaxed) < USES_BEFORE_TABLE => {
                    return Ok(known.key.clone());
                }
                Some(known) => {
                    known.uses.store(0, Ordering::Relaxed);
                    Some(known.key.clone())
                }
            }
        };
        Ok(match often {
            // Made with no lock held: others go on without it meanwhile.
            Some(known) => self.remember_table(*key, known.with_table()),
            None => self.remember(*key, key.prepare()?),
        })
    }

    fn write(&self) -> RwLockWriteGuard<'_, Remembered> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, key: PublicKey, prepared: VerifyingKey) -> VerifyingKey {
        let keys = &mut self.write().keys;
        if keys.len() >= KEYS_MAX {
            keys.clear();
        }
        keys.insert(key, Known { key: prepared.clone(), uses: AtomicUsize::new(1) });
        prepared
    }

    fn remember_table(&self, key: PublicKey, prepared: VerifyingKey) -> VerifyingKey {
        let tables = &mut self.write().tables;
        if tables.len() >= TABLES_MAX {
            tables.clear();
        }
        tables.insert(key, prepared.clone());
        prepared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biaozheng_ledger::key::SecretKey;

    #[test]
    fn a_key_that_signs_often_gives_the_same_verdicts_and_memory_is_bounded() {
        let keyring = Keyring::default();
        let key = SecretKey::from_seed(&[1; 32]);
        let (good, bad) = (key.sign(b"message"), key.sign(b"other"));
        for _ in 0..USES_BEFORE_TABLE * 2 {
            let prepared = keyring.prepare(&key.public()).unwrap();
            assert_eq!(prepared.verify(b"message", &good), Ok(()));
            assert_eq!(prepared.verify(b"message", &bad), Err(KeyError::Mismatch));
        }
        assert_eq!(keyring.0.read().unwrap().tables.len(), 1);
        let prepared = key.public().prepare().unwrap();
        for n in 0..=u64::try_from(TABLES_MAX).unwrap() {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            keyring.remember_table(PublicKey::ed25519(bytes), prepared.clone());
            assert!(keyring.0.read().unwrap().tables.len() <= TABLES_MAX);
        }
        assert!(keyring.prepare(&PublicKey::ed25519([0xff; 32])).is_err());
    }
}

//! Public keys whose encoding and group were checked, remembered so that a record costs one verification only.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use biaozheng_ledger::key::{KeyError, PublicKey, VerifyingKey};

/// Most keys remembered; beyond it the memory starts afresh, which costs time and nothing else.
const KEYS_MAX: usize = 65_536;

/// A bounded memory of prepared keys.
#[derive(Debug, Default)]
pub struct Keyring(RwLock<HashMap<PublicKey, VerifyingKey>>);

impl Keyring {
    /// # Errors
    /// As [`PublicKey::prepare`]; refused keys are not remembered.
    pub fn prepare(&self, key: &PublicKey) -> Result<VerifyingKey, KeyError> {
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(key) {
            return Ok(known.clone());
        }
        let prepared = key.prepare()?;
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= KEYS_MAX {
            keys.clear();
        }
        keys.insert(*key, prepared.clone());
        Ok(prepared)
    }
}

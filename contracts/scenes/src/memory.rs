//! State in memory.

use std::collections::BTreeMap;

use biaozheng_contracts::{StateFailure, StateRead};

#[derive(Default, Clone, Debug)]
pub struct Memory(pub BTreeMap<Vec<u8>, Vec<u8>>);

impl StateRead for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateFailure> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StateFailure> {
        let inside =
            |key: &Vec<u8>| key.starts_with(prefix) && after.is_none_or(|after| key.as_slice() > after);
        Ok(self
            .0
            .iter()
            .filter(|(key, _)| inside(key))
            .take(limit)
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect())
    }
}

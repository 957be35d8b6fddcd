//! What those who run this node ask: space on its disks, and what is to be renewed.
//!
//! **Invariant:** it names no path: whoever may call the API may read this.

use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use biaozheng_api::BackendError;
use biaozheng_contracts::sealing::requests;
use biaozheng_ledger::ids::{ChainId, TimeMs};
use biaozheng_store::Store;
use serde_json::{Value, json};

use super::ours;
use crate::chain::executor::StoredState;
use crate::run::clock::now;
use crate::run::config::Config;
use crate::run::keys::{Purpose, public_path, read_public};

const DAY_MS: u64 = 86_400_000;

/// Free and whole size of the file system a folder is on, bytes.
fn disk(holds: &str, folder: &Path) -> Result<Value, BackendError> {
    let found = rustix::fs::statvfs(folder).map_err(ours)?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Ok(json!({"holds": holds, "free_bytes": bytes(found.f_bavail), "total_bytes": bytes(found.f_blocks)}))
}

/// What is shown to those who run this node.
#[derive(Debug)]
pub struct Operator {
    pub config: Arc<Config>,
    pub chain: ChainId,
    pub store: Store,
}

impl Operator {
    pub(super) fn show(&self) -> Result<Value, BackendError> {
        let config = &self.config;
        let mut disks = vec![disk("ledger", &config.data_path())?];
        if let Some(folder) = config.log.directory.as_deref().filter(|folder| folder.exists()) {
            disks.push(disk("log", folder)?);
        }
        let keys: Vec<Value> = self.keys()?;
        Ok(json!({
            "time_ms": now(), "disks": disks, "ledger_bytes": self.store.disk_bytes().map_err(ours)?,
            "key_days": config.keys.valid_days, "keys": keys, "groups": self.groups()?,
        }))
    }

    /// This node's keys by their public halves. A key is as old as its file.
    fn keys(&self) -> Result<Vec<Value>, BackendError> {
        let config = &self.config;
        let there = |purpose: &&Purpose| config.keys_path().join(purpose.file_name()).exists();
        let one = |purpose: &Purpose| {
            let path = config.keys_path().join(purpose.file_name());
            let made = std::fs::metadata(&path).and_then(|about| about.modified()).map_err(ours)?;
            let made = made.duration_since(UNIX_EPOCH).map_err(ours)?.as_millis();
            let made = TimeMs::new(u64::try_from(made).map_err(ours)?);
            let until = match config.keys.valid_days {
                0 => None,
                days => Some(made.saturating_add(days.saturating_mul(DAY_MS))),
            };
            let key = read_public(&public_path(&path)).ok().map(|(key, _)| key);
            Ok(json!({"purpose": purpose.name(), "key": key, "made_ms": made, "valid_until_ms": until}))
        };
        Purpose::VALIDATOR.iter().filter(there).map(one).collect()
    }

    /// The chain's group that signs bidders' tokens, which the chain itself lets expire.
    fn groups(&self) -> Result<Vec<Value>, BackendError> {
        let state = StoredState(&self.store);
        let Some(epoch) = requests::newest_token_epoch(&state).map_err(ours)? else { return Ok(Vec::new()) };
        let group = requests::token_keys(&state, &self.chain, epoch).map_err(ours)?;
        let shown = group.map(|one| {
            json!({"purpose": "tokens", "record": one.record, "epoch": one.group.epoch, "valid_until_ms": one.valid_until})
        });
        Ok(shown.into_iter().collect())
    }
}

//! What an auditor must remember beside the log itself: how far each source had come.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::json::from_strict;
use serde::{Deserialize, Serialize};

use biaozheng_files as files;

const FORMAT: &str = "biaozheng-audit-state/1";
const FILE: &str = "audit-state.json";
const BYTES_MAX: usize = 256 * 1024;

/// The file `audit-state.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    format: String,
    pub(crate) chain: ChainId,
    /// Largest tree seen of each source, by its address.
    pub(crate) seen: BTreeMap<String, u64>,
}

impl State {
    /// The state in a folder, or a new one.
    pub(crate) fn load(folder: &Path, chain: ChainId) -> io::Result<Self> {
        let Some(bytes) = files::read(&folder.join(FILE), BYTES_MAX)? else {
            return Ok(Self { format: FORMAT.to_owned(), chain, seen: BTreeMap::new() });
        };
        let state: Self = from_strict(&bytes).map_err(io::Error::other)?;
        if state.format != FORMAT {
            return Err(io::Error::other("a format this program does not know; use a newer one"));
        }
        if state.chain != chain {
            return Err(io::Error::other(format!("this folder audits another chain, {}", state.chain)));
        }
        Ok(state)
    }

    pub(crate) fn save(&self, folder: &Path) -> io::Result<()> {
        let bytes = serde_json::to_vec_pretty(self).map_err(io::Error::other)?;
        files::put(&folder.join(FILE), &bytes)
    }
}

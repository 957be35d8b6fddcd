//! Validators that signed twice: what this node saw is written to a file and, where it signs records, goes on chain.
//!
//! ```text
//! HOME/misbehaviour/<height>-<step>-<key id, 16 digits>.json     the body of validator.misbehaved/1
//! ```

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use biaozheng_contracts::StateFailure;
use biaozheng_contracts::validators::is_proven;
use biaozheng_ledger::ids::{Height, KeyId};
use biaozheng_ledger::misbehaviour::Misbehaviour;
use tracing::{error, warn};

use crate::executor::StoredState;
use crate::shared::Shared;

/// Proofs that wait for their record; further ones of other heights are in the log alone.
const WAITING_MAX: usize = 64;

/// Seen and not on chain yet, one a key and height, and since when.
#[derive(Debug, Default)]
pub struct Seen(Mutex<BTreeMap<(KeyId, Height), (Misbehaviour, Instant)>>);

impl Seen {
    fn held(&self) -> MutexGuard<'_, BTreeMap<(KeyId, Height), (Misbehaviour, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what the engine saw. Loses nothing the log does not have.
    pub fn saw(&self, shared: &Shared, one: Misbehaviour) {
        let place = (one.voter.id(), one.height);
        let validators = shared.validators();
        let name =
            validators.all().iter().find(|voting| voting.key == one.voter).map(|voting| voting.name.as_str());
        warn!(validator = name.unwrap_or("?"), key = %one.voter, height = %one.height, round = one.round, step = ?one.step, "a validator misbehaved: it signed twice");
        let mut held = self.held();
        if held.contains_key(&place) || held.len() >= WAITING_MAX {
            return;
        }
        if let Err(reason) = write(&shared.config.home, &one) {
            error!(%reason, "the proof of misbehaviour cannot be written to a file");
        }
        if shared.sealer.is_none() {
            warn!(
                "this node signs no records (sealing.org): submit the file under misbehaviour/ as validator.misbehaved/1"
            );
        }
        held.insert(place, (one, Instant::now()));
    }

    /// Those the chain does not have yet, that were seen at least so long ago.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn due(&self, shared: &Shared, wait: Duration) -> Result<Vec<Misbehaviour>, StateFailure> {
        let (state, mut due, mut held) = (StoredState(&shared.store), Vec::new(), self.held());
        let mut proven = Vec::new();
        for (place, (one, since)) in held.iter() {
            if is_proven(&state, &place.0, place.1)? {
                proven.push(*place);
            } else if since.elapsed() >= wait {
                due.push(one.clone());
            }
        }
        proven.iter().for_each(|place| drop(held.remove(place)));
        Ok(due)
    }
}

fn write(home: &Path, one: &Misbehaviour) -> std::io::Result<()> {
    let folder = home.join("misbehaviour");
    std::fs::create_dir_all(&folder)?;
    let step = format!("{:?}", one.step).to_lowercase();
    let key: String = one.voter.id().digest().hex().chars().take(16).collect();
    let text = serde_json::to_string_pretty(one).map_err(std::io::Error::other)?;
    std::fs::write(folder.join(format!("{}-{step}-{key}.json", one.height)), text)
}

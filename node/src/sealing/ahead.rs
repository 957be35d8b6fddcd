//! Opens layers as soon as the group's signature is there, by every core, before records ask for them.
//!
//! **Invariant:** it only fills the memory of pure results; what is committed is what records open, with or without it.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use biaozheng_contracts::sealing::{DueLabel, Layer, layers};
use biaozheng_contracts::{StateFailure, StateRead};
use biaozheng_ledger::ids::ChainId;

use super::Sealer;
use crate::executor::memory;

/// Layers read at a time; the next are read when half of them are open on chain.
const LAYERS_MAX: usize = 2048;
/// Most threads; each node of a machine with many cores still leaves some for its blocks.
const THREADS_MAX: usize = 8;

impl Sealer {
    /// Begins to open what a due label opens next, unless that was begun.
    pub(super) fn open_ahead(
        &self,
        state: &dyn StateRead,
        chain: &ChainId,
        one: &DueLabel,
        signature: &[u8; 48],
    ) -> Result<(), StateFailure> {
        let half = u32::try_from(LAYERS_MAX / 2).unwrap_or(u32::MAX);
        {
            let mut held = self.held();
            let begun = held.ahead.get(one.label.message());
            if begun.is_some_and(|begun| one.from < begun.saturating_add(half)) {
                return Ok(());
            }
            held.ahead.insert(one.label.message().to_vec(), one.from);
        }
        let layers = layers(state, chain, one, signature, LAYERS_MAX)?;
        if !layers.is_empty() {
            drop(std::thread::spawn(move || open_all(layers)));
        }
        Ok(())
    }
}

/// In their order, each by the next free thread.
fn open_all(layers: Vec<Layer>) {
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(THREADS_MAX);
    let next = Mutex::new(layers.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(layer) = next.lock().unwrap_or_else(PoisonError::into_inner).next() else {
                        return;
                    };
                    layer.open(memory());
                }
            });
        }
    });
}

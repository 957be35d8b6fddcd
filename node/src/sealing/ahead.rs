//! Opens layers as soon as the group's signature is there, by all cores but one, before records ask for them.
//!
//! **Invariant:** it only fills the memory of pure results; what is committed is what records open, with or without it.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use biaozheng_contracts::opening::ahead::{Layer, layers};
use biaozheng_contracts::opening::due::DueLabel;
use biaozheng_contracts::{StateFailure, StateRead};
use biaozheng_ledger::ids::ChainId;
use tracing::{debug, warn};

use super::Sealer;
use crate::chain::executor::memory;

/// Layers read at a time; the next are read when half of them are open on chain.
const LAYERS_MAX: usize = 2048;
/// Batches that wait; a label beyond them is begun at a later step.
const BATCHES_MAX: usize = 16;
/// Most threads of the process, for all labels together.
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
        start_worker();
        let half = u32::try_from(LAYERS_MAX / 2).unwrap_or(u32::MAX);
        {
            if queue().batches.len() >= BATCHES_MAX {
                return Ok(());
            }
            let mut held = self.held();
            let begun = held.ahead.get(one.label.message());
            if begun.is_some_and(|begun| one.from < begun.saturating_add(half)) {
                return Ok(());
            }
            held.ahead.insert(one.label.message().to_vec(), one.from);
        }
        let layers = layers(state, chain, one, signature, LAYERS_MAX)?;
        if !layers.is_empty() {
            queue().batches.push_back(layers);
            start_worker();
        }
        Ok(())
    }
}

/// What is to be opened, of all labels; the process opens one batch at a time.
struct Queue {
    batches: VecDeque<Vec<Layer>>,
    working: bool,
}

static QUEUE: Mutex<Queue> = Mutex::new(Queue { batches: VecDeque::new(), working: false });

fn queue() -> MutexGuard<'static, Queue> {
    QUEUE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets a later batch start a worker again, should this one end by a panic.
struct Worker;

impl Drop for Worker {
    fn drop(&mut self) {
        if std::thread::panicking() {
            queue().working = false;
        }
    }
}

/// Starts the one worker where batches wait and none is at work. Where the system has no thread to give, they wait for
/// the next step: records open what nobody opened before.
fn start_worker() {
    let mut queue = queue();
    if queue.working || queue.batches.is_empty() {
        return;
    }
    match std::thread::Builder::new().name("open-ahead".to_owned()).spawn(work) {
        Ok(worker) => {
            queue.working = true;
            drop(worker);
        }
        Err(error) => warn!(%error, "no thread to open sealed layers ahead; trying again"),
    }
}

fn work() {
    let _worker = Worker;
    loop {
        let batch = {
            let mut queue = queue();
            let batch = queue.batches.pop_front();
            queue.working = batch.is_some();
            batch
        };
        match batch {
            Some(layers) => open_all(layers),
            None => return,
        }
    }
}

/// How many threads open layers: one core is left for the node's blocks where there are several.
fn threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    cores.saturating_sub(1).clamp(1, THREADS_MAX)
}

/// In their order, each by the next free thread; this one is the first of them.
fn open_all(layers: Vec<Layer>) {
    let next = Mutex::new(layers.into_iter());
    let open = || {
        loop {
            let Some(layer) = next.lock().unwrap_or_else(PoisonError::into_inner).next() else {
                return;
            };
            layer.open(memory());
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads() {
            if let Err(error) = std::thread::Builder::new().spawn_scoped(scope, open) {
                debug!(%error, "fewer threads open layers");
                break;
            }
        }
        open();
    });
}

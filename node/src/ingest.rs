//! What comes in and what follows from it: signatures and the trial of every record that comes in, by a client or by a peer;
//! all messages of peers (records, cosignatures, checkpoints, partial signatures, wake-ups); refusals after a receipt; and
//! the housekeeping of waiting records each second.

use std::sync::Arc;
use std::time::Duration;

use biaozheng_contracts::{self as contracts, BlockContext, Refusal, Reject};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::limits::NOTE_BYTES_MAX;
use biaozheng_ledger::payload::RECORD_PAYLOAD_TYPE;
use biaozheng_ledger::record::{Record, RecordError, VerifiedRecord};
use biaozheng_ledger::refusal::Refusal as SignedRefusal;
use serde_json::json;
use tokio::sync::mpsc;
use tracing::debug;

use crate::application::send;
use crate::checkpointer::Cosignature;
use crate::clock::now;
use crate::consensus::Fatal;
use crate::executor::{StoredState, overlay_at_tip};
use crate::from_peer::Misfit;
use crate::gossip::{GossipEvent, Message, Reply};
use crate::settlements::Settled;
use crate::shared::Shared;

/// How many blocks ahead of this node a peer's wake counts.
const WAKE_AHEAD_MAX: u64 = 64;

/// Verifies a record with remembered keys.
///
/// # Errors
/// As [`Record::verify_with`].
pub fn verify(shared: &Shared, record: Record) -> Result<VerifiedRecord, RecordError> {
    record.verify_with(&shared.chain, |key| shared.keyring.prepare(key))
}

/// A trial reads the state beside the blocks that change it, and one may come between two of its reads. What is the disk's
/// failure fails again: so often it is read again, after this pause.
const READ_AGAIN: usize = 3;
const READ_PAUSE: Duration = Duration::from_millis(20);

/// Executes a record on the newest state without keeping anything: would it be refused now?
///
/// # Errors
/// [`Fatal`] when the state cannot be read.
pub fn trial(shared: &Shared, record: &VerifiedRecord) -> Result<Result<(), Reject>, Fatal> {
    for _ in 0..READ_AGAIN {
        match tried(shared, record) {
            Err(_) => std::thread::sleep(READ_PAUSE),
            verdict => return verdict,
        }
    }
    tried(shared, record)
}

fn tried(shared: &Shared, record: &VerifiedRecord) -> Result<Result<(), Reject>, Fatal> {
    let tip = shared.store.tip();
    let state = StoredState(&shared.store);
    let failure = |failure: contracts::StateFailure| Fatal::new(failure.0);
    let mut overlay = overlay_at_tip(&state, tip.height, &shared.founding).map_err(failure)?;
    let time = now().max(tip.time.saturating_add(1));
    let context = BlockContext { chain: shared.chain, height: tip.height.next(), time };
    match contracts::execute(&mut overlay, &context, record) {
        Ok(_) => Ok(Ok(())),
        Err(Refusal::Reject(reject)) => Ok(Err(reject)),
        Err(Refusal::Failure(broken)) => Err(failure(broken)),
    }
}

/// The reject as clients and the store see it.
#[must_use]
pub fn reject_json(reject: &Reject) -> serde_json::Value {
    json!({
        "code": reject.code, "rule": reject.rule, "value": reject.value, "article": reject.article,
        "message": reject.message, "message_zh": reject.message_zh,
    })
}

/// A record that passed its trial and is refused now: another one came first. Remembered and told.
///
/// # Errors
/// [`Fatal`] when it cannot be written.
pub fn refuse(shared: &Shared, id: &RecordId, reject: Reject) -> Result<(), Fatal> {
    let disk = |error: biaozheng_store::StoreError| Fatal::new(error.to_string());
    let own = shared.mempool.get(id).is_some_and(|waiting| waiting.own);
    drop(shared.mempool.remove([id]));
    if own {
        shared.store.remove_pending(&[*id]).map_err(disk)?;
    }
    // A record that stands in the chain was not refused: the same one came twice.
    if let Some(stored) = shared.store.record(id).map_err(disk)? {
        shared.settlements.settle(id, &Settled::Committed { leaf: stored.leaf_index });
        return Ok(());
    }
    if own {
        let mut outcome = reject_json(&reject);
        if let Some(members) = outcome.as_object_mut() {
            members.insert("refusal".to_owned(), signed_refusal(shared, id, &reject));
        }
        shared.store.put_outcome(id, &outcome.to_string()).map_err(disk)?;
    }
    shared.metrics.refused.inc();
    shared.settlements.settle(id, &Settled::Refused(reject));
    Ok(())
}

/// This node's answer to its own receipt.
fn signed_refusal(shared: &Shared, id: &RecordId, reject: &Reject) -> serde_json::Value {
    let refusal = SignedRefusal {
        chain: shared.chain,
        record: *id,
        node: shared.config.name.clone(),
        key: shared.api_key.public(),
        height: shared.store.tip().height,
        refused_at_ms: now(),
        code: reject.code.to_owned(),
        rule: reject.rule.clone(),
    };
    refusal.sign(&shared.api_key).to_value()
}

/// Takes one record of a peer; `false` when the pool, or that peer's share of it, is full.
fn take(shared: &Shared, peer: &str, bytes: &[u8], received: TimeMs) -> Result<bool, Fatal> {
    let Ok((envelope, [])) = Envelope::decode(bytes, RECORD_PAYLOAD_TYPE) else {
        debug!("a peer sent what is no record");
        return Ok(true);
    };
    let id = RecordId::new(Digest::of(&envelope.pre_authentication_encoding()));
    let known =
        shared.mempool.contains(&id) || shared.store.contains(&id).map_err(|e| Fatal::new(e.to_string()))?;
    if known {
        return Ok(true);
    }
    let verified = Record::from_envelope(envelope).and_then(|record| verify(shared, record));
    match verified {
        Ok(record) if contracts::check(&record).is_ok() => {
            let taken = shared.mempool.insert_of(peer, Arc::new(record), received).is_ok();
            // The block may have been committed while the signature was checked.
            if taken && shared.store.contains(&id).map_err(|e| Fatal::new(e.to_string()))? {
                drop(shared.mempool.remove([&id]));
            }
            Ok(taken)
        }
        Ok(_) => Ok(true),
        Err(reason) => {
            debug!(%reason, "a peer sent a record that does not verify");
            Ok(true)
        }
    }
}

/// The task that hears the peers.
pub async fn run(shared: Arc<Shared>, mut events: mpsc::Receiver<GossipEvent>) {
    while let Some(event) = events.recv().await {
        let handled = tokio::task::block_in_place(|| handle(&shared, event));
        if let Err(fatal) = handled {
            shared.stop(&fatal);
            return;
        }
    }
}

fn handle(shared: &Arc<Shared>, event: GossipEvent) -> Result<(), Fatal> {
    match event {
        GossipEvent::Connected => {
            shared.gossip.broadcast(Message::WantCheckpoint, false);
            push_again(shared, Duration::ZERO);
        }
        GossipEvent::Checkpoint(note) => {
            let within = |note: String| {
                if note.len() > NOTE_BYTES_MAX { Err(Misfit("a checkpoint is too long")) } else { Ok(note) }
            };
            match note.check(within) {
                Ok(note) => shared.checkpointer.completed(&note)?,
                Err(misfit) => debug!(%misfit, "a peer's answer is passed over"),
            }
        }
        GossipEvent::Messages { from, messages, answer } => {
            let mut reply = Reply::Taken;
            let mut answered = false;
            let messages = messages.check(|messages| {
                messages.iter().try_for_each(Message::within_bounds)?;
                Ok(messages)
            });
            if let Err(misfit) = &messages {
                debug!(%misfit, from, "a peer's request is passed over");
            }
            for message in messages.into_iter().flatten() {
                // One answer holds one checkpoint, however often the request asks.
                if message == Message::WantCheckpoint && std::mem::replace(&mut answered, true) {
                    continue;
                }
                match (hear(shared, &from, message)?, &reply) {
                    (Reply::Taken, _) | (Reply::Full, Reply::Checkpoint(_)) => {}
                    (more, _) => reply = more,
                }
            }
            shared.gossip.reply(answer, reply);
        }
    }
    Ok(())
}

fn hear(shared: &Arc<Shared>, from: &str, message: Message) -> Result<Reply, Fatal> {
    match message {
        Message::Records(envelopes) => {
            let received = now();
            for bytes in envelopes {
                if !take(shared, from, &bytes, received)? {
                    return Ok(Reply::Full);
                }
            }
        }
        Message::Cosignature { size, line } => {
            let tip = shared.store.tip();
            // Whoever cosigns this tree has the block that made it. Under load nobody sends wakes, only lines.
            let height = (size >= tip.history_size).then(|| tip.height.get());
            shared.progress.peer_told(from, height, Some(size), now());
            // Somebody committed more than we did: the next height has started there.
            if size > tip.history_size {
                shared.progress.want(tip.height.next().get());
            }
            if let Some(outgoing) = shared.checkpointer.cosigned(from, &Cosignature { size, line })? {
                send(shared, outgoing);
            }
        }
        Message::Checkpoint(note) => shared.checkpointer.completed(&note)?,
        Message::Wake { height } => {
            shared.progress.peer_told(from, height.checked_sub(1), None, now());
            // A peer may be a few blocks ahead; it cannot make this node run ahead for ever.
            let tip = shared.store.tip().height.get();
            shared.progress.want(height.min(tip.saturating_add(WAKE_AHEAD_MAX)));
        }
        Message::Partial { label, partial } => {
            if let Some(sealer) = &shared.sealer {
                sealer.received(&shared.metrics, from, &label, &partial);
            }
        }
        Message::WantCheckpoint => {
            return Ok(Reply::Checkpoint(shared.checkpointer.latest().map(|latest| latest.1.clone())));
        }
    }
    Ok(Reply::Taken)
}

/// Sends this node's own waiting records to the validators again.
fn push_again(shared: &Shared, age: Duration) {
    let waiting = shared.mempool.own_older_than(age, 4096);
    if waiting.is_empty() {
        return;
    }
    let encode = |record: &Arc<VerifiedRecord>| {
        let mut bytes = Vec::with_capacity(record.envelope().encoded_len());
        record.envelope().encode(&mut bytes);
        Arc::new(bytes)
    };
    shared.gossip.records(waiting.iter().map(encode).collect());
}

/// Looks after what got stuck: own records nobody included, lines nobody answered, waiters who left.
pub async fn housekeeping(shared: Arc<Shared>) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        shared.settlements.sweep();
        push_again(&shared, Duration::from_secs(3));
        if let Some(line) = shared.checkpointer.open_line() {
            shared.gossip.broadcast(Message::Cosignature { size: line.size, line: line.line }, false);
            shared.gossip.broadcast(Message::WantCheckpoint, false);
        } else if shared.settlements.certified_size() < shared.store.tip().history_size {
            shared.gossip.broadcast(Message::WantCheckpoint, false);
        }
        let stuck = shared.mempool.own_older_than(Duration::from_secs(2), 256);
        let swept = tokio::task::block_in_place(|| {
            stuck.iter().try_for_each(|record| match trial(&shared, record)? {
                Ok(()) => Ok(()),
                Err(reject) => refuse(&shared, &record.id(), reject),
            })
        });
        if let Err(fatal) = swept {
            shared.stop(&fatal);
            return;
        }
    }
}

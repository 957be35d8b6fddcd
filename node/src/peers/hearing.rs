//! What a node makes of what its peers send: records into the pool, lines and checkpoints to the checkpointer, heights to
//! the progress, parts of signatures to the sealer.
//!
//! **Invariant:** nothing a peer sends stops this node; what its own disk does meanwhile does.

use std::sync::Arc;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::limits::NOTE_BYTES_MAX;
use biaozheng_ledger::payload::RECORD_PAYLOAD_TYPE;
use biaozheng_ledger::record::Record;
use biaozheng_store::Store;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tracing::debug;

use super::from_peer::Misfit;
use super::gossip::{Gossip, GossipEvent, Message, Reply};
use super::housekeeping::push_again;
use super::outgoing::send;
use crate::chain::consensus::Fatal;
use crate::chain::progress::Progress;
use crate::chain::voters::Voters;
use crate::intake::door::{Door, From, NotTaken};
use crate::log::checkpointer::{Checkpointer, Cosignature};
use crate::run::clock::now;
use crate::run::clocks::Clocks;
use crate::run::stop::Stop;
use crate::sealing::Sealer;

/// How many blocks ahead of this node a peer's wake counts.
const WAKE_AHEAD_MAX: u64 = 64;

/// The task that hears the peers, and what it hands on to.
#[derive(Debug)]
pub struct Hearing {
    pub store: Store,
    pub door: Arc<Door>,
    pub checkpointer: Arc<Checkpointer>,
    pub progress: Arc<Progress>,
    pub voters: Arc<Voters>,
    pub clocks: Arc<Clocks>,
    pub sealer: Option<Arc<Sealer>>,
    pub gossip: Gossip,
    pub stop: Stop,
}

impl Hearing {
    pub async fn run(self, mut events: mpsc::Receiver<GossipEvent>) {
        while let Some(event) = events.recv().await {
            // A message holds many signatures to verify: the runtime's other tasks go on meanwhile.
            let handled = tokio::task::block_in_place(|| Handle::current().block_on(self.handle(event)));
            if let Err(fatal) = handled {
                self.stop.stop(&fatal);
                return;
            }
        }
    }

    async fn handle(&self, event: GossipEvent) -> Result<(), Fatal> {
        match event {
            GossipEvent::Connected => {
                self.gossip.broadcast(Message::WantCheckpoint, false);
                push_again(&self.door.mempool, &self.gossip, std::time::Duration::ZERO);
            }
            GossipEvent::Checkpoint(note) => {
                let within = |note: String| {
                    if note.len() > NOTE_BYTES_MAX {
                        Err(Misfit("a checkpoint is too long"))
                    } else {
                        Ok(note)
                    }
                };
                match note.check(within) {
                    Ok(note) => self.checkpointer.completed(&note)?,
                    Err(misfit) => debug!(%misfit, "a peer's answer is passed over"),
                }
            }
            GossipEvent::Messages { from, messages, answer } => {
                let messages = messages.check(|messages| {
                    messages.iter().try_for_each(Message::within_bounds)?;
                    Ok(messages)
                });
                if let Err(misfit) = &messages {
                    debug!(%misfit, from, "a peer's request is passed over");
                }
                let reply = self.hear_all(&from, messages.unwrap_or_default()).await?;
                self.gossip.reply(answer, reply);
            }
        }
        Ok(())
    }

    async fn hear_all(&self, from: &str, messages: Vec<Message>) -> Result<Reply, Fatal> {
        let (mut reply, mut answered) = (Reply::Taken, false);
        for message in messages {
            // One answer holds one checkpoint, however often the request asks.
            if message == Message::WantCheckpoint && std::mem::replace(&mut answered, true) {
                continue;
            }
            match (self.hear(from, message).await?, &reply) {
                (Reply::Taken, _) | (Reply::Full, Reply::Checkpoint(_)) => {}
                (more, _) => reply = more,
            }
        }
        Ok(reply)
    }

    async fn hear(&self, from: &str, message: Message) -> Result<Reply, Fatal> {
        match message {
            Message::Records(envelopes) => {
                for bytes in envelopes {
                    if !self.take(from, &bytes).await? {
                        return Ok(Reply::Full);
                    }
                }
            }
            Message::Cosignature { size, line } => self.hear_line(from, Cosignature { size, line })?,
            Message::Checkpoint(note) => self.checkpointer.completed(&note)?,
            Message::Wake { height } => {
                self.progress.peer_told(from, height.checked_sub(1), None, now());
                // A peer may be a few blocks ahead; it cannot make this node run ahead for ever.
                let tip = self.store.tip().height.get();
                self.progress.want(height.min(tip.saturating_add(WAKE_AHEAD_MAX)));
            }
            Message::Partial { label, partial } => {
                if let Some(sealer) = &self.sealer {
                    sealer.received(from, &label, &partial);
                }
            }
            Message::Clock { time_ms } => {
                let voters = self.voters.validators();
                if let Some(voter) = voters.all().iter().find(|one| one.name == from) {
                    self.clocks.heard(voter.key.id(), TimeMs::new(time_ms));
                }
            }
            Message::WantCheckpoint => {
                let latest = self.checkpointer.latest();
                return Ok(Reply::Checkpoint(latest.map(|latest| latest.1.clone())));
            }
        }
        Ok(Reply::Taken)
    }

    /// Takes one record of a peer; `false` when the pool, or that peer's share of it, is full.
    async fn take(&self, from: &str, bytes: &[u8]) -> Result<bool, Fatal> {
        let Ok((envelope, [])) = Envelope::decode(bytes, RECORD_PAYLOAD_TYPE) else {
            debug!("a peer sent what is no record");
            return Ok(true);
        };
        // Asked before the record is read: most of what is pushed again is known.
        if self.door.knows(&RecordId::new(Digest::of(&envelope.pre_authentication_encoding())))? {
            return Ok(true);
        }
        let record = match Record::from_envelope(envelope) {
            Ok(record) => record,
            Err(reason) => {
                debug!(%reason, "a peer sent what is no record");
                return Ok(true);
            }
        };
        match self.door.take(record, From::Peer(from)).await? {
            Ok(_) => Ok(true),
            Err(NotTaken::Full) => Ok(false),
            Err(reason) => {
                debug!(%reason, "a peer sent a record that is not taken");
                Ok(true)
            }
        }
    }

    fn hear_line(&self, from: &str, line: Cosignature) -> Result<(), Fatal> {
        let (tip, size) = (self.store.tip(), line.size);
        // Whoever cosigns this tree has the block that made it. Under load nobody sends wakes, only lines.
        let height = (size >= tip.history_size).then(|| tip.height.get());
        self.progress.peer_told(from, height, Some(size), now());
        // Somebody committed more than we did: the next height has started there.
        if size > tip.history_size {
            self.progress.want(tip.height.next().get());
        }
        if let Some(outgoing) = self.checkpointer.cosigned(from, &line)? {
            send(&self.gossip, outgoing);
        }
        Ok(())
    }
}

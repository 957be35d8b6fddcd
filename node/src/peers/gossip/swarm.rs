//! The swarm task: connections to the peers of the genesis, and their outboxes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::validator::ValidatorSet;
use futures::StreamExt as _;
use libp2p::allow_block_list::{self, AllowedPeers};
use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::core::upgrade;
use libp2p::request_response::{self, OutboundRequestId, ProtocolSupport, ResponseChannel};
use libp2p::swarm::{NetworkBehaviour, SwarmEvent};
use libp2p::{Multiaddr, PeerId, Swarm, identity, noise, tcp, yamux};
use tokio::sync::mpsc;
use tracing::{debug, info, warn};

use super::calls::Calls;
use super::codec::{Codec, PROTOCOL};
use super::message::{Message, Reply};
use super::outbox::Outbox;
use crate::peers::from_peer::FromPeer;
use crate::peers::peering::Lookup;
use crate::run::clock::now;
use crate::run::config::{GossipSettings, HostPort};

/// Requests of one peer that are read or wait for their answer, and ours to it; each may have the largest message.
const STREAMS_OF_A_PEER_MAX: usize = 16;

/// A node of the genesis as this swarm sees it.
#[derive(Debug, Clone)]
pub struct Peer {
    pub name: String,
    pub id: PeerId,
    /// Where to dial it; `None` waits for its call.
    pub address: Option<HostPort>,
    /// It makes checkpoints itself out of the lines it hears.
    pub cosigns: bool,
}

/// Whether a peer is connected now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerStatus {
    pub name: String,
    /// It votes on the next block.
    pub validator: bool,
    pub connected: bool,
}

/// What the swarm hands to the node.
#[derive(Debug)]
pub enum GossipEvent {
    /// A peer's messages; the answer goes back through [`Gossip::reply`].
    Messages { from: String, messages: FromPeer<Vec<Message>>, answer: Answer },
    /// A peer is there (again).
    Connected,
    /// A peer answered our `WantCheckpoint`.
    Checkpoint(FromPeer<String>),
}

/// The way back to a peer that asked.
#[derive(Debug)]
pub struct Answer(ResponseChannel<Reply>);

enum Command {
    Records(Vec<Arc<Vec<u8>>>),
    Broadcast { message: Message, followers_only: bool },
    Reply(Answer, Reply),
}

/// Handle to the running swarm. Never blocks: what does not fit is dropped and sent again later by its owner.
#[derive(Debug, Clone)]
pub struct Gossip {
    commands: mpsc::Sender<Command>,
    status: Arc<Mutex<BTreeMap<PeerId, PeerStatus>>>,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Command")
    }
}

impl Gossip {
    /// Pushes binary envelopes to every validator.
    pub fn records(&self, envelopes: Vec<Arc<Vec<u8>>>) {
        self.send(Command::Records(envelopes));
    }

    /// Sends a small message to every peer, or only to those that do not cosign.
    pub fn broadcast(&self, message: Message, followers_only: bool) {
        self.send(Command::Broadcast { message, followers_only });
    }

    /// Says who votes from now on: records go to them.
    pub fn vote(&self, validators: &ValidatorSet) {
        let votes = |name: &String| validators.all().iter().any(|one| one.name == *name);
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        status.values_mut().for_each(|peer| peer.validator = votes(&peer.name));
    }

    pub fn reply(&self, answer: Answer, reply: Reply) {
        self.send(Command::Reply(answer, reply));
    }

    /// Every peer of the genesis and whether it is connected.
    #[must_use]
    pub fn peers(&self) -> Vec<PeerStatus> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn send(&self, command: Command) {
        if self.commands.try_send(command).is_err() {
            debug!("gossip queue is full or closed; the message is dropped and will be made again");
        }
    }
}

/// What a test reads of what would be sent.
#[cfg(test)]
pub(crate) struct Sent(mpsc::Receiver<Command>);

#[cfg(test)]
impl Sent {
    /// The records pushed since it was asked last.
    pub(crate) fn records(&mut self) -> Vec<Vec<u8>> {
        let mut pushed = Vec::new();
        while let Ok(command) = self.0.try_recv() {
            if let Command::Records(records) = command {
                pushed.extend(records.iter().map(|record| record.to_vec()));
            }
        }
        pushed
    }
}

#[cfg(test)]
impl Gossip {
    /// A handle without a swarm and without peers.
    pub(crate) fn alone() -> (Self, Sent) {
        let (commands, sent) = mpsc::channel(64);
        (Self { commands, status: Arc::default() }, Sent(sent))
    }
}

/// Connections whose other end has not shown its key yet: more at a time are turned away at once, so that nobody holds
/// the descriptors that the store and the other listeners need.
const PENDING_INCOMING_MAX: u32 = 64;
/// Of one peer: one each way, and one that is being replaced.
const OF_A_PEER_MAX: u32 = 4;

#[derive(NetworkBehaviour)]
struct Behaviour {
    limits: connection_limits::Behaviour,
    allowed: allow_block_list::Behaviour<AllowedPeers>,
    messages: request_response::Behaviour<Codec>,
}

/// Starts listening and dialling.
///
/// # Errors
/// When the address cannot be listened on, or the key is unusable.
pub async fn start(
    settings: &GossipSettings,
    key: &SecretKey,
    peers: Vec<Peer>,
    events: mpsc::Sender<GossipEvent>,
) -> anyhow::Result<Gossip> {
    start_with(settings, key, peers, events, Lookup::default()).await
}

/// The same with another way to resolve names.
pub(super) async fn start_with(
    settings: &GossipSettings,
    key: &SecretKey,
    peers: Vec<Peer>,
    events: mpsc::Sender<GossipEvent>,
    lookup: Lookup,
) -> anyhow::Result<Gossip> {
    let mut seed = *key.seed();
    let keypair = identity::Keypair::ed25519_from_bytes(&mut seed).context("network key")?;
    let codec = Codec { message_bytes_max: settings.message_bytes_max };
    let mut swarm = libp2p::SwarmBuilder::with_existing_identity(keypair)
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)?
        .with_behaviour(|_| Behaviour {
            limits: connection_limits::Behaviour::new(
                ConnectionLimits::default()
                    .with_max_pending_incoming(Some(PENDING_INCOMING_MAX))
                    .with_max_established_per_peer(Some(OF_A_PEER_MAX)),
            ),
            allowed: allow_block_list::Behaviour::default(),
            messages: request_response::Behaviour::with_codec(
                codec,
                [(PROTOCOL, ProtocolSupport::Full)],
                request_response::Config::default()
                    .with_request_timeout(Duration::from_secs(10))
                    .with_max_concurrent_streams(
                        STREAMS_OF_A_PEER_MAX.max(settings.in_flight_batches_max.saturating_mul(2)),
                    ),
            ),
        })?
        .with_swarm_config(|config| {
            // There is one protocol, so nobody waits for its negotiation before he sends: half the turns a request.
            config
                .with_idle_connection_timeout(Duration::from_secs(3600))
                .with_substream_upgrade_protocol_override(upgrade::Version::V1Lazy)
        })
        .build();
    for peer in &peers {
        swarm.behaviour_mut().allowed.allow_peer(peer.id);
    }
    let listen = settings.listen;
    let family = if listen.is_ipv4() { "ip4" } else { "ip6" };
    let address: Multiaddr = format!("/{family}/{}/tcp/{}", listen.ip(), listen.port()).parse()?;
    swarm.listen_on(address).context("gossip listen address")?;
    loop {
        match swarm.select_next_some().await {
            SwarmEvent::NewListenAddr { .. } => break,
            SwarmEvent::ListenerError { error, .. } => {
                anyhow::bail!("gossip cannot listen on {listen}: {error}")
            }
            SwarmEvent::ListenerClosed { reason, .. } => {
                anyhow::bail!("gossip cannot listen on {listen}: {reason:?}")
            }
            _ => {}
        }
    }
    let (commands, receiver) = mpsc::channel(8192);
    let status = peers
        .iter()
        .map(|p| (p.id, PeerStatus { name: p.name.clone(), validator: false, connected: false }))
        .collect();
    let gossip = Gossip { commands, status: Arc::new(Mutex::new(status)) };
    let task = Task {
        outboxes: peers.iter().map(|peer| (peer.id, Outbox::default())).collect(),
        requests: BTreeMap::new(),
        calls: Calls::new(lookup, &peers),
        peers,
        events,
        records_max: settings.batch_records_max,
        bytes_max: settings.message_bytes_max.saturating_sub(4096),
        in_flight_max: settings.in_flight_batches_max,
        status: Arc::clone(&gossip.status),
        swarm,
    };
    let reconnect = Duration::from_millis(settings.reconnect_ms);
    let batch = Duration::from_micros(settings.batch_wait_us);
    tokio::spawn(task.run(receiver, reconnect, batch));
    Ok(gossip)
}

struct Task {
    swarm: Swarm<Behaviour>,
    peers: Vec<Peer>,
    calls: Calls,
    outboxes: BTreeMap<PeerId, Outbox>,
    requests: BTreeMap<OutboundRequestId, PeerId>,
    events: mpsc::Sender<GossipEvent>,
    records_max: usize,
    bytes_max: usize,
    in_flight_max: usize,
    status: Arc<Mutex<BTreeMap<PeerId, PeerStatus>>>,
}

impl Task {
    async fn run(mut self, mut commands: mpsc::Receiver<Command>, reconnect: Duration, batch: Duration) {
        let mut redial = tokio::time::interval(reconnect);
        redial.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                command = commands.recv() => {
                    let Some(command) = command else { return };
                    let mut records = self.command(command);
                    while let Ok(more) = commands.try_recv() {
                        records |= self.command(more);
                    }
                    // A lone record goes at once; under load the peers' busy outboxes make the batches.
                    if records && !batch.is_zero() && self.outboxes.values().any(|o| o.in_flight > 0) {
                        tokio::time::sleep(batch).await;
                        while let Ok(more) = commands.try_recv() {
                            self.command(more);
                        }
                    }
                    self.flush_all();
                }
                event = self.swarm.select_next_some() => self.event(event).await,
                found = self.calls.found() => self.calls.dial(&mut self.swarm, found),
                _ = redial.tick() => self.calls.look_up(|id| self.swarm.is_connected(id)),
            }
        }
    }

    /// True when the command queued records.
    fn command(&mut self, command: Command) -> bool {
        match command {
            Command::Records(envelopes) => {
                for id in self.voting() {
                    if let Some(outbox) = self.outboxes.get_mut(&id) {
                        envelopes.iter().for_each(|envelope| outbox.push_record(Arc::clone(envelope)));
                    }
                }
                true
            }
            Command::Broadcast { message, followers_only } => {
                for peer in self.peers.iter().filter(|peer| !(followers_only && peer.cosigns)) {
                    if let Some(outbox) = self.outboxes.get_mut(&peer.id) {
                        outbox.push(message.clone());
                    }
                }
                false
            }
            Command::Reply(answer, reply) => {
                if self.swarm.behaviour_mut().messages.send_response(answer.0, reply).is_err() {
                    debug!("a peer hung up before its answer");
                }
                false
            }
        }
    }

    fn voting(&self) -> Vec<PeerId> {
        let status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        status.iter().filter(|(_, peer)| peer.validator).map(|(id, _)| *id).collect()
    }

    fn flush_all(&mut self) {
        let ids: Vec<PeerId> = self.outboxes.keys().copied().collect();
        ids.into_iter().for_each(|id| self.flush(id));
    }

    fn flush(&mut self, id: PeerId) {
        if !self.swarm.is_connected(&id) {
            return;
        }
        let Some(outbox) = self.outboxes.get_mut(&id) else { return };
        while outbox.in_flight < self.in_flight_max {
            let messages = outbox.next(self.records_max, self.bytes_max, now());
            if messages.is_empty() {
                return;
            }
            outbox.in_flight = outbox.in_flight.saturating_add(1);
            let request = self.swarm.behaviour_mut().messages.send_request(&id, messages);
            self.requests.insert(request, id);
        }
    }

    fn set_connected(&self, id: &PeerId, connected: bool) -> Option<PeerStatus> {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        let peer = status.get_mut(id)?;
        let changed = peer.connected != connected;
        peer.connected = connected;
        changed.then(|| peer.clone())
    }

    async fn event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::ConnectionEstablished { peer_id, .. } => {
                self.calls.connected(&peer_id);
                if let Some(peer) = self.set_connected(&peer_id, true) {
                    info!(peer = %peer.name, "peer connected");
                    self.tell(GossipEvent::Connected).await;
                }
                self.flush(peer_id);
            }
            SwarmEvent::ConnectionClosed { peer_id, num_established: 0, cause, .. } => {
                if let Some(outbox) = self.outboxes.get_mut(&peer_id) {
                    outbox.in_flight = 0;
                }
                self.requests.retain(|_, peer| *peer != peer_id);
                if let Some(peer) = self.set_connected(&peer_id, false) {
                    info!(peer = %peer.name, cause = ?cause.map(|c| c.to_string()), "peer disconnected");
                }
            }
            SwarmEvent::OutgoingConnectionError { peer_id: Some(peer_id), error, .. } => {
                self.calls.failed(&peer_id, &error);
            }
            SwarmEvent::IncomingConnectionError { error, .. } => {
                debug!(%error, "an incoming connection was refused");
            }
            SwarmEvent::Behaviour(BehaviourEvent::Messages(event)) => self.message(event).await,
            _ => {}
        }
    }

    async fn message(&mut self, event: request_response::Event<Vec<Message>, Reply>) {
        use request_response::{Event, Message as Frame};
        match event {
            Event::Message { peer, message: Frame::Request { request, channel, .. }, .. } => {
                let name = self.peers.iter().find(|known| known.id == peer).map(|known| known.name.clone());
                let Some(from) = name else { return };
                let (messages, answer) = (FromPeer::new(request), Answer(channel));
                self.tell(GossipEvent::Messages { from, messages, answer }).await;
            }
            Event::Message { message: Frame::Response { request_id, response }, .. } => {
                self.finished(request_id);
                if let Reply::Checkpoint(Some(note)) = response {
                    self.tell(GossipEvent::Checkpoint(FromPeer::new(note))).await;
                }
            }
            Event::OutboundFailure { request_id, peer, error, .. } => {
                debug!(%peer, %error, "a message was not delivered");
                self.finished(request_id);
            }
            Event::InboundFailure { peer, error, .. } => debug!(%peer, %error, "a peer's message failed"),
            Event::ResponseSent { .. } => {}
        }
    }

    fn finished(&mut self, request: OutboundRequestId) {
        let Some(peer) = self.requests.remove(&request) else { return };
        if let Some(outbox) = self.outboxes.get_mut(&peer) {
            outbox.in_flight = outbox.in_flight.saturating_sub(1);
        }
        self.flush(peer);
    }

    /// Back-pressure: a slow node reads its peers more slowly.
    async fn tell(&mut self, event: GossipEvent) {
        if self.events.send(event).await.is_err() {
            warn!("the node no longer listens to gossip");
        }
    }
}

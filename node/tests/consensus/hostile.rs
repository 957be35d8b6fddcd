//! A peer on the engine's network that sends what it likes: the network key of the observer, which the others let in, and
//! no key that signs anything of consensus.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::key::{PublicKey, SecretKey, Signature};
use bytes::Bytes;
use libp2p::Multiaddr;
use malachite_app::types::Keypair;
use malachite_metrics::SharedRegistry;
use malachite_network::handle::{CtrlHandle, RecvHandle};
use malachite_network::{
    Channel, ChannelNames, Config, DiscoveryConfig, Event, GossipSubConfig, NetworkIdentity, ProtocolNames,
    PubSubProtocol, TransportProtocol, spawn,
};
use malachite_peer::PeerId;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// Messages of others that are kept to be sent again, spoiled.
const KEPT_MAX: usize = 4096;

pub(crate) struct Hostile {
    send: CtrlHandle,
    heard: Arc<Mutex<Heard>>,
    rng: StdRng,
}

/// What the honest say to each other, and who they are.
#[derive(Default)]
struct Heard {
    kept: Vec<(Channel, Bytes)>,
    peers: Vec<PeerId>,
}

/// Hears as long as the network lasts: one that is not heard takes nothing to send either.
async fn hear(mut events: RecvHandle, heard: Arc<Mutex<Heard>>) {
    while let Some(event) = events.recv().await {
        let mut heard = heard.lock().unwrap();
        match event {
            Event::ConsensusMessage(channel, _, _, bytes) | Event::LivenessMessage(channel, _, bytes)
                if heard.kept.len() < KEPT_MAX =>
            {
                heard.kept.push((channel, bytes));
            }
            Event::PeerConnected(peer) => heard.peers.push(peer),
            _ => {}
        }
    }
}

impl Hostile {
    pub(crate) async fn connect(
        key: &SecretKey,
        listen: SocketAddr,
        peers: Vec<Multiaddr>,
        seed: u64,
    ) -> Self {
        let mut bytes = *key.seed();
        let keypair = Keypair::ed25519_from_bytes(&mut bytes).unwrap();
        let config = Config {
            listen_addr: format!("/ip4/127.0.0.1/tcp/{}", listen.port()).parse().unwrap(),
            persistent_peers: peers,
            persistent_peers_only: true,
            discovery: DiscoveryConfig {
                enabled: false,
                max_connections_per_ip: 256,
                ..DiscoveryConfig::default()
            },
            idle_connection_timeout: Duration::from_secs(900),
            transport: TransportProtocol::Tcp,
            gossipsub: GossipSubConfig::default(),
            pubsub_protocol: PubSubProtocol::Broadcast,
            channel_names: ChannelNames::default(),
            rpc_max_size: 10 * 1024 * 1024,
            pubsub_max_size: 4 * 1024 * 1024,
            pubsub_max_size_per_topic: malachite_network::PubSubMaxSizePerTopic::default(),
            sync_request_timeout: Duration::from_secs(5),
            sync_max_request_size: 1024 * 1024,
            sync_parallel_requests: 5,
            enable_consensus: true,
            enable_sync: true,
            protocol_names: ProtocolNames::default(),
        };
        let identity = NetworkIdentity::new("hostile".into(), keypair, None);
        let registry = SharedRegistry::global().with_moniker(format!("hostile-{}", std::process::id()));
        let (events, send) = spawn(identity, config, registry).await.unwrap().split();
        let heard = Arc::default();
        tokio::spawn(hear(events, Arc::clone(&heard)));
        Self { send, heard, rng: StdRng::seed_from_u64(seed) }
    }

    /// Waits; gives how many messages of the honest have been heard by then.
    pub(crate) async fn listen(&self, time: Duration) -> usize {
        tokio::time::sleep(time).await;
        self.heard.lock().unwrap().kept.len()
    }

    async fn say(&self, channel: Channel, bytes: impl Into<Bytes>) {
        self.send.publish(channel, bytes.into()).await.unwrap();
    }

    /// A body's first part as the wire had it before rounds had to be rounds, and as it is now, for every height near the
    /// tip, every round, and whoever's name: none is signed by its sender.
    pub(crate) async fn announce(&mut self, tip: u64, voters: &[PublicKey]) {
        let body = Digest::of(b"");
        for height in tip..tip + 4 {
            for sender in voters {
                for round in [None, Some(0u32), Some(1), Some(u32::MAX)] {
                    let before = borsh::to_vec(&(
                        (height, round, round, *sender, 0u32, 1u32),
                        (body, Signature::ed25519([9; 64])),
                    ));
                    let number = round.unwrap_or(0);
                    let lock = Some((number, vec![(*sender, Signature::ed25519([9; 64]))]));
                    let now = borsh::to_vec(&(
                        (height, number, round, *sender, 0u32, 1u32),
                        (body, lock, Signature::ed25519([9; 64])),
                    ));
                    for init in [before.unwrap(), now.unwrap()] {
                        // A stream's name, the part's place in it, 'there is a part', 'the first', its content, no chunk.
                        let head = borsh::to_vec(&(vec![1u8, 2, 3], 0u64, true, 0u8)).unwrap();
                        let part = [head, init, 0u32.to_le_bytes().to_vec()].concat();
                        self.say(Channel::ProposalParts, part).await;
                    }
                }
            }
        }
    }

    /// Sends what it heard again: as it was, on the wrong channel, cut, flipped, spliced; and bytes of no kind.
    pub(crate) async fn rave(&mut self, messages: usize) {
        let kept = self.heard.lock().unwrap().kept.clone();
        for _ in 0..messages {
            let channels = [Channel::Consensus, Channel::Liveness, Channel::ProposalParts];
            let channel = channels[self.rng.gen_range(0..3)];
            let (heard_on, bytes) = kept[self.rng.gen_range(0..kept.len())].clone();
            let mut bytes = bytes.to_vec();
            match self.rng.gen_range(0..5) {
                0 => {
                    self.say(heard_on, bytes).await;
                    continue;
                }
                1 => bytes.truncate(self.rng.gen_range(0..=bytes.len())),
                2 => {
                    for _ in 0..self.rng.gen_range(1..5) {
                        let at = self.rng.gen_range(0..bytes.len());
                        bytes[at] ^= 1 << self.rng.gen_range(0..8);
                    }
                    self.say(heard_on, bytes).await;
                    continue;
                }
                3 => {
                    let other = &kept[self.rng.gen_range(0..kept.len())].1;
                    let at = self.rng.gen_range(0..bytes.len().min(other.len()));
                    bytes.truncate(at);
                    bytes.extend_from_slice(&other[at..]);
                }
                _ => bytes = (0..self.rng.gen_range(0..300)).map(|_| self.rng.r#gen()).collect(),
            }
            self.say(channel, bytes).await;
        }
    }

    /// Asks every peer for blocks, by ranges of all kinds and by bytes that are no question.
    pub(crate) async fn ask(&mut self) {
        let peers = self.heard.lock().unwrap().peers.clone();
        for peer in peers {
            for (first, last) in [(0u64, u64::MAX), (u64::MAX, 0), (5, 2), (1, 1), (u64::MAX, u64::MAX)] {
                let question = borsh::to_vec(&(0u8, first, last)).unwrap();
                self.send.sync_request(peer, question.into()).await.unwrap();
            }
            for length in [0usize, 1, 9, 40] {
                let bytes: Vec<u8> = (0..length).map(|_| self.rng.r#gen()).collect();
                self.send.sync_request(peer, bytes.into()).await.unwrap();
            }
            let lie = borsh::to_vec(&(peer.to_bytes(), u64::MAX, 0u64)).unwrap();
            self.send.broadcast(Channel::Sync, lie.into()).await.unwrap();
        }
    }
}

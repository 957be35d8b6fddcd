//! A member that cheats: the keys of a validator's seat, in the hands of a program that does as it likes.
//!
//! It speaks to the chain through HTTP as its organisation, and to the other nodes as the observer's node, whose network
//! key it has. It makes the library's own messages and then spoils them.

#![allow(unreachable_pub)]

use std::path::Path;

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_client::{Author, Client, ClientError, author, key_file};
use biaozheng_ledger::digest::FieldHasher;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, Height};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::record::Record;
use biaozheng_node::chain::consensus::peer_id;
use biaozheng_node::peers::gossip::{self, Gossip, GossipEvent, Message, Peer, Reply};
use biaozheng_node::run::config::{Config, Overrides};
use biaozheng_seal::dkg::{self, Acknowledgement, Board, Ceremony, Deal, DealerLog, Member, NodeSecret};
use biaozheng_seal::group::Purpose;
use biaozheng_seal::seed::Seed;
use biaozheng_tests::cluster::Cluster;
use serde_json::{Value, json};

/// Bytes of a share in a deal, and of the signature behind the last.
const SHARE: usize = 80;
const SIGNATURE: usize = 64;

#[derive(Debug)]
pub struct Cheat {
    pub secret: NodeSecret,
    signing: SecretKey,
    seed: Seed,
    author: Author,
    client: Client,
    chain: ChainId,
}

impl Cheat {
    /// Takes a node's seat; that node itself must not take part.
    pub fn of(cluster: &Cluster, node: usize, author: Author) -> anyhow::Result<Self> {
        let bytes = *key_file::read(&cluster.home(node).join("keys/sealing.key"))?.seed();
        let seed = Seed::new(bytes);
        let secret = NodeSecret::from_seed(&seed);
        // What the library does with the seed: it gives nobody the key that signs anything.
        let derived = FieldHasher::new("biaozheng/seal/seed/v1")
            .field(b"ceremony signing key")
            .field(&bytes)
            .field(&[]);
        let signing = SecretKey::from_seed(derived.finish().bytes());
        ensure!(signing.public() == *secret.member().key(), "another derivation");
        let (client, chain) = (cluster.client(0)?, cluster.chain);
        Ok(Self { secret, signing, seed, author, client, chain })
    }

    /// The first ceremony of the group of the bids.
    pub fn ceremony(&self, members: &[Member]) -> anyhow::Result<Ceremony> {
        Ok(Ceremony::first(&self.chain, Purpose::Sealing, 0, members)?)
    }

    /// Says something in the ceremony.
    pub async fn say(&self, kind: &str, message: &[u8]) -> Result<(), ClientError> {
        self.submit(kind, json!({"kind": "sealing", "message": BASE64.encode(message)})).await
    }

    /// Submits a record of its organisation and waits for its block; a refusal comes back as it is.
    pub async fn submit(&self, kind: &str, body: Value) -> Result<(), ClientError> {
        let record = self.author.record(kind, body).sign(author::clock()).expect("a record");
        let wait = biaozheng_client::Wait::Committed;
        self.client
            .submit_until(&record, wait, biaozheng_client::Patience::default())
            .await
            .map(|sent| assert!(sent.reached(wait), "{kind} is in no block"))
    }

    /// A deal with one player's share spoiled, signed as if nothing were.
    pub fn spoiled_deal(&self, ceremony: &Ceremony, player: &Member) -> anyhow::Result<Vec<u8>> {
        let mut bytes = dkg::deal(ceremony, &self.secret, None, &self.seed)?.to_bytes();
        let players = ceremony.players().count();
        let place = ceremony.players().position(|one| one == player).context("no such player")?;
        let shares = bytes.len() - SIGNATURE - SHARE * players;
        bytes[shares + SHARE * place + 40] ^= 1;
        let (unsigned, _) = bytes.split_at(bytes.len() - SIGNATURE);
        let mut message = Vec::new();
        for field in [b"biaozheng/deal/v1".as_slice(), unsigned] {
            message.extend(u32::try_from(field.len())?.to_be_bytes());
            message.extend(field);
        }
        let signature = self.signing.sign(&message);
        Ok([unsigned, signature.bytes()].concat())
    }

    /// The closing word of another deal than the one on the board.
    pub fn log_of_another_deal(&self, ceremony: &Ceremony) -> anyhow::Result<Vec<u8>> {
        let (mut board, other) = (Board::new(ceremony.clone()), Seed::new([99; 32]));
        board.enter_deal(dkg::deal(ceremony, &self.secret, None, &other)?)?;
        board.advance();
        Ok(dkg::conclude(&board, &self.secret, None, &other)?.to_bytes())
    }
}

/// The ceremony as everybody can read it off the chain.
pub async fn board(cluster: &Cluster, ceremony: Ceremony) -> anyhow::Result<Board> {
    let (client, mut board) = (cluster.client(0)?, Board::new(ceremony));
    let mut said = Vec::new();
    for height in 1..=cluster.height_of(0).await? {
        for id in client.block(Height::new(height)).await?.record_ids {
            let answer = client.record(&id).await?;
            let Some(envelope) = answer.get("envelope").filter(|one| !one.is_null()) else { continue };
            said.push(Record::from_json(envelope.to_string().as_bytes())?.payload().clone());
        }
    }
    let of = |name: &str| -> anyhow::Result<Vec<Vec<u8>>> {
        let fits = |one: &&Payload| one.record_type.as_str() == name && one.body["kind"] == "sealing";
        said.iter()
            .filter(fits)
            .map(|one| Ok(BASE64.decode(one.body["message"].as_str().context("message")?)?))
            .collect()
    };
    for message in of("dkg.dealt/1")? {
        board.enter_deal(Deal::from_bytes(&message)?)?;
    }
    board.advance();
    for message in of("dkg.acknowledged/1")? {
        board.enter_acknowledgement(Acknowledgement::from_bytes(&message)?)?;
    }
    board.advance();
    for message in of("dkg.concluded/1")? {
        board.enter_log(DealerLog::from_bytes(&message)?)?;
    }
    board.advance();
    Ok(board)
}

/// Connects to the validators as the node whose folder this is.
pub async fn connect(home: &Path, genesis: &Genesis) -> anyhow::Result<Gossip> {
    let config = Config::load(home, &Overrides::default())?;
    let key = key_file::read(&home.join("keys/network.key"))?;
    let mut peers = Vec::new();
    for node in genesis.rest.nodes.iter().filter(|node| node.name != config.name) {
        let listed = config.peers.iter().find(|peer| peer.name == node.name).context("an address")?;
        peers.push(Peer {
            name: node.name.clone(),
            id: peer_id(&node.network_key)?,
            address: Some(listed.gossip.parse()?),
            cosigns: node.consensus_key.is_some(),
        });
    }
    let (events, mut heard) = tokio::sync::mpsc::channel(1024);
    let gossip = gossip::start(&config.gossip, &key, peers, events).await?;
    gossip.vote(&genesis.validators());
    let polite = gossip.clone();
    tokio::spawn(async move {
        while let Some(event) = heard.recv().await {
            if let GossipEvent::Messages { answer, messages, .. } = event {
                let wants = |all: Vec<Message>| Ok(all.contains(&Message::WantCheckpoint));
                let want = messages.check(wants).unwrap_or(false);
                polite.reply(answer, if want { Reply::Checkpoint(None) } else { Reply::Taken });
            }
        }
    });
    Ok(gossip)
}

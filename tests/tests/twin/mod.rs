//! Somebody who stole a validator's key, on the engine itself: it votes nil where its victim votes for a block, behind a signer
//! guard of its own and another node's address.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use biaozheng_client::key_file;
use biaozheng_ledger::block::{HEADER_BYTES, Header};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{BlockHash, Height};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::misbehaviour::Misbehaviour;
use biaozheng_node::chain::consensus::{
    Application, Assessment, ConsensusHandle, ConsensusSettings, Decided, Fatal, Guard, PeerPlace, Proposal,
    RoundTimeouts, Source, ValidatorInfo, peer_id, start,
};
use biaozheng_node::run::config::{Config, Overrides};
use bytes::Bytes;

/// Follows what the others decide, and calls every live proposal invalid.
struct Thief {
    validators: Vec<ValidatorInfo>,
    height: AtomicU64,
}

#[async_trait]
impl Application for Thief {
    fn committed(&self) -> Height {
        Height::new(self.height.load(Ordering::Relaxed))
    }

    fn min_height(&self) -> Height {
        Height::new(1)
    }

    fn validators(&self, _: Height) -> Vec<ValidatorInfo> {
        self.validators.clone()
    }

    fn block_id(&self, body: &Bytes) -> BlockHash {
        let header = body.get(..HEADER_BYTES).and_then(|head| Header::decode(head).ok());
        header.map_or_else(|| BlockHash::new(Digest::of(body)), |header| header.hash())
    }

    async fn propose(&mut self, height: Height, round: u32) -> Result<Proposal, Fatal> {
        let body = Bytes::from(format!("no block {height} {round}"));
        Ok(Proposal { id: BlockHash::new(Digest::of(&body)), body })
    }

    async fn assess(
        &mut self,
        _: Height,
        _: u32,
        source: Source<'_>,
        Proposal { id, .. }: Proposal,
    ) -> Result<Assessment, Fatal> {
        Ok(Assessment { id, valid: source == Source::Decided })
    }

    async fn undecided(&mut self, _: Height, _: u32) -> Result<Vec<(PublicKey, Assessment)>, Fatal> {
        Ok(Vec::new())
    }

    async fn body_of(&mut self, _: Height, _: BlockHash) -> Result<Option<Bytes>, Fatal> {
        Ok(None)
    }

    async fn commit(&mut self, decided: Decided) -> Result<(), Fatal> {
        self.height.store(decided.height.get(), Ordering::Relaxed);
        Ok(())
    }

    async fn decided(&mut self, _: Height) -> Result<Option<(Bytes, Bytes)>, Fatal> {
        Ok(None)
    }

    async fn misbehaviour(&mut self, _: Vec<Misbehaviour>, _: usize) {}

    async fn round_started(&mut self, _: Height, _: u32, _: &PublicKey) {}
}

/// Votes with the key in the folder `victim` from the address of the node in `home`, which does not run.
pub(crate) async fn steal(home: &Path, victim: &Path, genesis: &Genesis) -> anyhow::Result<ConsensusHandle> {
    let config = Config::load(home, &Overrides::default())?;
    let mut peers = Vec::new();
    for node in genesis.rest.nodes.iter().filter(|node| node.name != config.name) {
        let listed = config.peers.iter().find(|peer| peer.name == node.name).context("an address")?;
        let address = Some(listed.consensus.parse()?);
        peers.push(PeerPlace { name: node.name.clone(), id: peer_id(&node.network_key)?, address });
    }
    let own = home.join("stolen");
    Guard::create(&own.join("guard"))?;
    let voter = |one: &biaozheng_ledger::validator::Validator| ValidatorInfo {
        name: one.name.clone(),
        key: one.key,
        power: 1,
    };
    let thief = Thief {
        validators: genesis.validators().all().iter().map(voter).collect(),
        height: AtomicU64::new(0),
    };
    let settings = ConsensusSettings {
        chain: genesis.chain_id(),
        home: own,
        moniker: config.name.clone(),
        listen: config.consensus.listen,
        peers,
        network_key: key_file::read(&home.join("keys/network.key"))?,
        consensus_key: Some(key_file::read(&victim.join("keys/consensus.key"))?),
        timeouts: RoundTimeouts {
            propose: Duration::from_millis(1000),
            prevote: Duration::from_millis(500),
            precommit: Duration::from_millis(500),
            rebroadcast: Duration::from_secs(2),
        },
        demand: Arc::new(|_| Box::pin(async {})),
    };
    start(settings, thief).await
}

//! The wrapped engine alone: four validators and an observer in one process, over an application in memory.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::print_stderr
)]

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use biaozheng_ledger::commit::verify_commit_certificate;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{BlockHash, ChainId, Height};
use biaozheng_ledger::key::{PublicKey, SecretKey};
use biaozheng_ledger::misbehaviour::{Misbehaviour, Step};
use biaozheng_ledger::validator::{Validator, ValidatorSet};
use biaozheng_node::chain::consensus::{
    self, Application, Assessment, ConsensusHandle, ConsensusSettings, Decided, Fatal, Guard, PeerPlace,
    Proposal, RoundTimeouts, Source, ValidatorInfo,
};
use biaozheng_node::run::config::HostPort;
use bytes::Bytes;
use tokio::sync::watch;

mod hostile;

/// What an application keeps over a restart.
#[derive(Default, Debug)]
struct Disk {
    decided: BTreeMap<u64, (BlockHash, Bytes, Bytes)>,
    bodies: BTreeMap<(u64, u32, BlockHash), (Option<PublicKey>, Bytes)>,
    own: BTreeMap<(u64, u32), BlockHash>,
    misbehaviour: Vec<Misbehaviour>,
}

struct Memory {
    own: Option<PublicKey>,
    validators: Vec<PublicKey>,
    disk: Arc<Mutex<Disk>>,
    committed: watch::Sender<u64>,
    /// Proposes bodies everybody else calls invalid.
    faulty: bool,
    /// Votes with the key of another, and proposes other bodies.
    twin: bool,
}

fn id_of(body: &Bytes) -> BlockHash {
    BlockHash::new(Digest::of(body))
}

#[async_trait]
impl Application for Memory {
    fn committed(&self) -> Height {
        Height::new(*self.committed.borrow())
    }

    fn min_height(&self) -> Height {
        Height::new(1)
    }

    fn validators(&self, _: Height) -> Vec<ValidatorInfo> {
        self.validators
            .iter()
            .map(|key| ValidatorInfo { name: key.to_string(), key: *key, power: 1 })
            .collect()
    }

    fn block_id(&self, body: &Bytes) -> BlockHash {
        id_of(body)
    }

    async fn propose(&mut self, height: Height, round: u32) -> Result<Proposal, Fatal> {
        let mut disk = self.disk.lock().unwrap();
        let place = (height.get(), round);
        if let Some(id) = disk.own.get(&place) {
            let body = disk.bodies[&(height.get(), round, *id)].1.clone();
            return Ok(Proposal { id: *id, body });
        }
        let word = if self.faulty { "faulty" } else { "block" };
        let whose = if self.twin { "a twin".to_owned() } else { self.own.unwrap().to_string() };
        let body = Bytes::from(format!("{word} {height} {round} {whose} ").repeat(2000));
        let id = id_of(&body);
        disk.own.insert(place, id);
        disk.bodies.insert((height.get(), round, id), (self.own, body.clone()));
        Ok(Proposal { id, body })
    }

    async fn assess(
        &mut self,
        height: Height,
        round: u32,
        source: Source<'_>,
        Proposal { id, body }: Proposal,
    ) -> Result<Assessment, Fatal> {
        let valid = body.starts_with(format!("block {height} ").as_bytes());
        if valid {
            let row = (source.proposer().copied(), body);
            self.disk.lock().unwrap().bodies.insert((height.get(), round, id), row);
        }
        Ok(Assessment { id, valid })
    }

    async fn undecided(&mut self, height: Height, round: u32) -> Result<Vec<(PublicKey, Assessment)>, Fatal> {
        let disk = self.disk.lock().unwrap();
        let rows = disk.bodies.iter().filter(|((h, r, _), _)| *h == height.get() && *r == round);
        Ok(rows
            .filter_map(|((.., id), (key, _))| Some(((*key)?, Assessment { id: *id, valid: true })))
            .collect())
    }

    async fn body_of(&mut self, height: Height, id: BlockHash) -> Result<Option<Bytes>, Fatal> {
        let disk = self.disk.lock().unwrap();
        Ok(disk
            .bodies
            .iter()
            .find(|((h, _, i), _)| *h == height.get() && *i == id)
            .map(|(_, row)| row.1.clone()))
    }

    async fn commit(&mut self, decided: Decided) -> Result<(), Fatal> {
        let body = self.body_of(decided.height, decided.id).await?;
        let body = body.ok_or_else(|| Fatal::new("decided without a body".into()))?;
        let row = (decided.id, decided.certificate, body);
        self.disk.lock().unwrap().decided.insert(decided.height.get(), row);
        self.committed.send_replace(decided.height.get());
        Ok(())
    }

    async fn decided(&mut self, height: Height) -> Result<Option<(Bytes, Bytes)>, Fatal> {
        let disk = self.disk.lock().unwrap();
        Ok(disk.decided.get(&height.get()).map(|(_, certificate, body)| (certificate.clone(), body.clone())))
    }

    async fn misbehaviour(&mut self, seen: Vec<Misbehaviour>, _: usize) {
        self.disk.lock().unwrap().misbehaviour.extend(seen);
    }

    async fn round_started(&mut self, _: Height, _: u32, _: &PublicKey) {}
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

struct Member {
    secret: Option<SecretKey>,
    network: SecretKey,
    listen: SocketAddr,
    disk: Arc<Mutex<Disk>>,
    faulty: bool,
    twin: bool,
}

struct Running {
    handle: ConsensusHandle,
    committed: watch::Receiver<u64>,
}

fn chain() -> ChainId {
    ChainId::new(Digest::of(b"consensus test"))
}

fn members() -> Vec<Member> {
    let member = |n: u8| Member {
        secret: (n < 4).then(|| SecretKey::from_seed(&[n + 1; 32])),
        network: SecretKey::from_seed(&[n + 101; 32]),
        listen: free_port(),
        disk: Arc::default(),
        faulty: false,
        twin: false,
    };
    (0..5).map(member).collect()
}

fn voters(members: &[Member]) -> Vec<PublicKey> {
    members.iter().filter(|m| !m.twin).filter_map(|m| m.secret.as_ref()).map(SecretKey::public).collect()
}

async fn start(members: &[Member], index: usize, root: &Path) -> Running {
    let me = &members[index];
    let home = root.join(index.to_string());
    if me.secret.is_some() && !home.exists() {
        Guard::create(&home.join("guard")).unwrap();
    }
    let height = me.disk.lock().unwrap().decided.keys().next_back().copied().unwrap_or(0);
    let (sender, committed) = watch::channel(height);
    // By address and by name: some of them can only be reached because their names are looked up.
    let peers = members.iter().enumerate().filter(|(other, _)| *other != index).map(|(number, other)| {
        let host = if number % 2 == 0 { "localhost" } else { "127.0.0.1" };
        PeerPlace {
            name: format!("node-{number}"),
            id: consensus::peer_id(&other.network.public()).unwrap(),
            address: Some(HostPort::new(host, other.listen.port()).unwrap()),
        }
    });
    let settings = ConsensusSettings {
        chain: chain(),
        home,
        moniker: format!("node-{index}-{}", std::process::id()),
        listen: me.listen,
        peers: peers.collect(),
        network_key: me.network.clone(),
        consensus_key: me.secret.clone(),
        timeouts: RoundTimeouts {
            propose: Duration::from_millis(800),
            prevote: Duration::from_millis(300),
            precommit: Duration::from_millis(300),
            rebroadcast: Duration::from_secs(2),
        },
        demand: Arc::new(|_| Box::pin(async {})),
    };
    let app = Memory {
        own: me.secret.as_ref().map(SecretKey::public),
        validators: voters(members),
        disk: Arc::clone(&me.disk),
        committed: sender,
        faulty: me.faulty,
        twin: me.twin,
    };
    Running { handle: consensus::start(settings, app).await.unwrap(), committed }
}

async fn reach(running: &mut Running, height: u64, what: &str) {
    let wait = running.committed.wait_for(|h| *h >= height);
    tokio::time::timeout(Duration::from_secs(60), wait)
        .await
        .unwrap_or_else(|_| panic!("{what}: not at {height}"))
        .unwrap();
}

/// Fails unless nobody saw anybody sign twice.
fn assert_manners(members: &[Member]) {
    for member in members {
        assert_eq!(member.disk.lock().unwrap().misbehaviour, []);
    }
}

fn assert_agreement(members: &[Member]) {
    let mut all: BTreeMap<u64, BlockHash> = BTreeMap::new();
    let set = ValidatorSet::new(
        voters(members).into_iter().map(|key| Validator { name: key.to_string(), key }).collect(),
    );
    for member in members {
        for (height, (id, certificate, _)) in &member.disk.lock().unwrap().decided {
            assert_eq!(all.entry(*height).or_insert(*id), id, "fork at {height}");
            let at = Height::new(*height);
            verify_commit_certificate(certificate, &chain(), at, id, &set).unwrap();
            let other = ChainId::new(Digest::of(b"another chain"));
            assert!(verify_commit_certificate(certificate, &other, at, id, &set).is_err());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn agrees_catches_up_after_a_stop_and_feeds_an_observer() {
    let (members, root) = (members(), tempfile::tempdir().unwrap());
    let mut running = Vec::new();
    for index in 0..4 {
        running.push(start(&members, index, root.path()).await);
    }
    let begun = Instant::now();
    for one in &mut running {
        reach(one, 60, "four validators").await;
    }
    eprintln!("60 heights by four validators in {:?}", begun.elapsed());
    let stopped = running.remove(3);
    stopped.handle.shutdown().await;
    let at = *running[0].committed.borrow();
    reach(&mut running[0], at + 8, "three of four").await;
    let ahead = *running[0].committed.borrow();
    running.push(start(&members, 3, root.path()).await);
    reach(&mut running[3], ahead + 5, "the one that came back").await;
    let tip = *running[0].committed.borrow();
    running.push(start(&members, 4, root.path()).await);
    reach(&mut running[4], tip, "the observer from nothing").await;
    assert_agreement(&members);
    assert_manners(&members);
    for one in running {
        one.handle.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_invalid_proposal_is_voted_down_and_the_chain_goes_on() {
    let (mut members, root) = (members(), tempfile::tempdir().unwrap());
    members[1].faulty = true;
    let mut running = Vec::new();
    for index in 0..4 {
        running.push(start(&members, index, root.path()).await);
    }
    for index in [0, 2, 3] {
        reach(&mut running[index], 9, "with a faulty proposer").await;
    }
    for (_, _, body) in members[0].disk.lock().unwrap().decided.values() {
        assert!(body.starts_with(b"block "), "a faulty body was decided");
    }
    assert_agreement(&members);
    assert_manners(&members);
    for one in running {
        one.handle.shutdown().await;
    }
}

/// A stolen key: the fifth votes with the fourth's, behind a guard of its own. It proposes other blocks in the same turns.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_signs_twice_is_proven_and_makes_no_fork() {
    let (mut members, root) = (members(), tempfile::tempdir().unwrap());
    members[4].secret = members[3].secret.clone();
    members[4].twin = true;
    let mut running = Vec::new();
    for index in 0..5 {
        running.push(start(&members, index, root.path()).await);
    }
    let stolen = members[3].secret.as_ref().unwrap().public();
    let proofs = || -> Vec<Misbehaviour> {
        let honest = members.iter().take(3);
        honest.flat_map(|one| one.disk.lock().unwrap().misbehaviour.clone()).collect()
    };
    let begun = Instant::now();
    // They propose in the same turns, and each votes for its own.
    for step in [Step::Proposal, Step::Prevote] {
        while !proofs().iter().any(|one| one.step == step) {
            assert!(begun.elapsed() < Duration::from_secs(60), "nobody saw the twins: {step:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    for one in running.iter_mut().take(3) {
        let at = *one.committed.borrow();
        reach(one, at + 12, "beside twins").await;
    }
    let seen = proofs();
    for one in &seen {
        assert_eq!((one.voter, one.verify(&chain())), (stolen, Ok(())), "{one:?}");
        assert!(one.verify(&ChainId::new(Digest::of(b"another chain"))).is_err());
    }
    let of = |step| seen.iter().filter(|one| one.step == step).count();
    eprintln!(
        "{} proposals, {} prevotes, {} precommits",
        of(Step::Proposal),
        of(Step::Prevote),
        of(Step::Precommit)
    );
    assert_agreement(&members);
    for one in running {
        one.handle.shutdown().await;
    }
}

/// Whatever a peer sends that has no validator's key, no node ends, none forks, and blocks go on at an honest pace.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_a_peer_sends_stops_the_validators() {
    let (members, root) = (members(), tempfile::tempdir().unwrap());
    let mut running = Vec::new();
    for index in 0..4 {
        running.push(start(&members, index, root.path()).await);
    }
    for one in &mut running {
        reach(one, 2, "four validators").await;
    }
    let peers = members.iter().take(4).map(|other| {
        let id = consensus::peer_id(&other.network.public()).unwrap();
        format!("/ip4/127.0.0.1/tcp/{}/p2p/{id}", other.listen.port()).parse().unwrap()
    });
    let seed = rand::random();
    eprintln!("seed {seed}");
    let mut hostile =
        hostile::Hostile::connect(&members[4].network, members[4].listen, peers.collect(), seed).await;
    let heard = hostile.listen(Duration::from_secs(2)).await;
    assert!(heard > 20, "the observer's key is let in and hears the others: {heard}");
    let voters = voters(&members);
    for _ in 0..3 {
        let at = *running[0].committed.borrow();
        hostile.announce(at, &voters).await;
        hostile.rave(1500).await;
        hostile.ask().await;
        hostile.listen(Duration::from_millis(300)).await;
        for one in &mut running {
            reach(one, at + 5, "beside a hostile peer").await;
        }
    }
    assert_agreement(&members);
    assert_manners(&members);
    for one in running {
        one.handle.shutdown().await;
    }
}

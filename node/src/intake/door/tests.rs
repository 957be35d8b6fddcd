//! One door: what this node cannot trust stops it by whichever way a record came, and the rules answer each way alike.

use std::path::{Path, PathBuf};
use std::time::Duration;

use biaozheng_contracts::GenesisParticipant;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::genesis::{Cosigner, Genesis, GenesisRest, NodeEntry, TimeBounds, TrustRoot};
use biaozheng_ledger::ids::{Height, OrgId};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::payload::{Party, Payload, RecordType};
use biaozheng_ledger::validator::ValidatorSet;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::chain::executor::Executor;
use crate::chain::progress::Progress;
use crate::chain::voters::Voters;
use crate::intake::keyring::Keyring;
use crate::peers::gossip::Sent;
use crate::run::identity::Identity;

/// What the record of the first block says; its row is in a table once the store was closed.
const COMMITTED: &str = "committed";
const DOORS: [From<'_>; 4] = [From::Client, From::Own, From::Moment, From::Peer("east")];

fn key(number: u8) -> SecretKey {
    SecretKey::from_seed(&[number; 32])
}

fn genesis() -> Genesis {
    let participant = GenesisParticipant {
        org: OrgId::new("CITY").unwrap(),
        name: "city".to_owned(),
        roles: vec![biaozheng_contracts::Role::CityCentre],
        keys: vec![key(1).public()],
        nodes: vec!["city".to_owned()],
    };
    let cosigner =
        Cosigner { name: "city".to_owned(), cosigner_key: key(2).public(), log_key: key(3).public() };
    let node = NodeEntry {
        name: "city".to_owned(),
        consensus_key: Some(key(4).public()),
        network_key: key(5).public(),
        api_key: key(6).public(),
    };
    Genesis {
        trust: TrustRoot { label: "door".to_owned(), threshold: 1, cosigners: vec![cosigner] },
        rest: GenesisRest {
            version: 1,
            created_at_ms: TimeMs::new(1_790_000_000_000),
            nonce: "07".repeat(32),
            time: TimeBounds { precision_ms: 500, delay_ms: 2000 },
            nodes: vec![node],
            participants: vec![serde_json::to_value(participant).unwrap()],
        },
    }
}

/// Evidence of a participant, or of somebody nobody knows.
fn record(org: &str, number: u64, word: &str) -> Record {
    let payload = Payload {
        chain: genesis().chain_id(),
        record_type: RecordType::new("evidence.recorded/1").unwrap(),
        author: Party { org: OrgId::new(org).unwrap(), key: key(1).public() },
        cosigners: vec![],
        project: None,
        previous: None,
        made_at_ms: TimeMs::new(1_790_000_000_000 + number),
        tool: "test/1".into(),
        documents: vec![],
        body: json!({"about": word}),
    };
    Record::sign(&payload, &[&key(1)]).unwrap()
}

/// A node's door over a real store of two blocks; the record of [`COMMITTED`] is in the first.
struct World {
    folder: TempDir,
    door: Door,
    sent: Sent,
}

/// How the journal of a test behaves.
enum Disk {
    Works,
    /// It answers every write with an error of the operating system.
    Fails,
    /// It has too much to do.
    Full,
}

impl World {
    fn new(disk: &Disk) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (genesis, path) = (genesis(), folder.path().join("data"));
        let store = Store::create(&path, &genesis).unwrap();
        let keyring = Arc::new(Keyring::default());
        let mut executor = Executor::open(store, &genesis, Arc::clone(&keyring)).unwrap();
        let verified = Arc::new(record("CITY", 0, COMMITTED).verify(&genesis.chain_id()).unwrap());
        for records in [vec![verified], vec![]] {
            let (candidate, refused) = executor.build(now(), key(4).public().id(), &records).unwrap();
            assert_eq!(refused.len(), 0, "{refused:?}");
            executor.commit(candidate, b"a certificate").unwrap();
        }
        drop(executor);
        // What waits in RocksDB's log becomes a table at an opening.
        drop(Store::open(&path, &genesis.chain_id()).unwrap());
        let store = Store::open(&path, &genesis.chain_id()).unwrap();
        let (gossip, sent) = Gossip::alone();
        let door = door(store, genesis, keyring, gossip, disk);
        Self { folder, door, sent }
    }

    /// Flips a bit in the first block of every table of a family: its rows cannot be read any more, and the others can.
    fn damage(&self, family: &str) {
        // As a table's properties have it: keys without what they share with the one before, `rocksdb.column.family.`
        let mark = [b"name", family.as_bytes()].concat();
        let mut tables = 0;
        for path in tables_in(&self.folder.path().join("data")) {
            let mut bytes = std::fs::read(&path).unwrap();
            if bytes.windows(mark.len()).any(|part| part == mark) {
                bytes[8] ^= 4;
                tables += 1;
                std::fs::write(&path, bytes).unwrap();
            }
        }
        assert!(tables > 0, "no table is of {family}");
    }

    fn waits(&self, record: &Record) -> bool {
        self.door.mempool.contains(&record.id())
    }
}

fn tables_in(data: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|ending| ending == "sst")).collect()
}

fn door(store: Store, genesis: Genesis, keyring: Arc<Keyring>, gossip: Gossip, disk: &Disk) -> Door {
    let validators: ValidatorSet = genesis.validators();
    let identity =
        Identity::new("city".to_owned(), genesis, String::new(), Some(key(4).public()), key(6)).unwrap();
    let identity = Arc::new(identity);
    let (mempool, stop) = (Arc::new(Mempool::new(8, 1 << 20)), Stop::default());
    let progress = Arc::new(Progress::new(store.tip().height, now()));
    let journal = match disk {
        Disk::Works => Journal::start(store.clone()),
        Disk::Fails => Journal::over(|_| {
            Err(StoreError::Io { message: "IO error: While fsync: Input/output error".to_owned() })
        }),
        Disk::Full => Journal::over(|_| Err(StoreError::PendingFull { records_max: 1, bytes_max: 1 })),
    };
    let readiness = Readiness {
        store: store.clone(),
        mempool: Arc::clone(&mempool),
        progress,
        voters: Arc::new(Voters::new(identity.voting_key, validators, gossip.clone())),
        stop: stop.clone(),
        heartbeat: Duration::from_secs(30),
    };
    Door {
        judge: Judge::new(identity, store.clone(), keyring),
        journal,
        entries: None,
        readiness: Arc::new(readiness),
        pace: Pace { block_records_max: 4, block_bytes_max: 1 << 20, block_ms: 1000, promise_ms: 60_000 },
        metrics: Arc::new(Metrics::new()),
        mempool,
        gossip,
        stop,
        store,
    }
}

/// Received and heard, as they are counted.
fn counted(door: &Door) -> (u64, u64) {
    (door.metrics.intake.received.get(), door.metrics.intake.heard.get())
}

#[tokio::test(flavor = "multi_thread")]
async fn by_every_door_a_good_record_waits_and_is_counted_and_pushed_as_the_table_says() {
    for (from, counts, pushed, journalled) in [
        (From::Client, (1, 0), 1, 1),
        (From::Own, (1, 0), 1, 1),
        (From::Moment, (1, 0), 1, 1),
        (From::Peer("east"), (0, 1), 0, 0),
    ] {
        let mut world = World::new(&Disk::Works);
        let one = record("CITY", 1, "good");
        let taken = world.door.take(one.clone(), from).await.unwrap().unwrap();
        assert!(matches!(taken, Taken::Waits { .. }), "{from:?}");
        assert!(world.waits(&one) && !world.door.stop.has_failed(), "{from:?}");
        assert_eq!(counted(&world.door), counts, "{from:?}");
        let sent = world.sent.records();
        assert_eq!(sent.len(), pushed, "{from:?}");
        assert!(sent.iter().all(|bytes| *bytes == *encoded(one.envelope())));
        assert_eq!(world.door.store.pending(9).unwrap().len(), journalled, "{from:?}");
        assert_eq!(world.door.mempool.get(&one.id()).unwrap().own, journalled == 1, "{from:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_fails_stops_the_node_by_every_door_that_writes() {
    for from in DOORS {
        let world = World::new(&Disk::Fails);
        let one = record("CITY", 1, "good");
        let taken = world.door.take(one.clone(), from).await;
        if matches!(from, From::Peer(_)) {
            assert!(taken.is_ok() && !world.door.stop.has_failed(), "its own node has written it");
            continue;
        }
        let fatal = taken.expect_err("a disk that fails is no record's fault");
        assert!(fatal.to_string().contains("Input/output error"), "{from:?}: {fatal}");
        assert!(world.door.stop.has_failed(), "{from:?}: the door itself stops the node");
        assert!(!world.waits(&one), "{from:?}: nothing was promised, and nothing waits");
        assert_eq!(counted(&world.door), (0, 0), "{from:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_full_stops_nothing_by_any_door() {
    for from in [From::Client, From::Own, From::Moment] {
        let world = World::new(&Disk::Full);
        let one = record("CITY", 1, "good");
        assert_eq!(
            world.door.take(one.clone(), from).await.unwrap().unwrap_err(),
            NotTaken::Busy,
            "{from:?}"
        );
        assert!(!world.door.stop.has_failed() && !world.waits(&one), "{from:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_row_stops_the_node_by_every_door() {
    let committed = record("CITY", 0, COMMITTED);
    for from in DOORS {
        let world = World::new(&Disk::Works);
        world.damage("records");
        let fatal = world.door.take(committed.clone(), from).await.expect_err("its row is damaged");
        assert!(world.door.stop.has_failed(), "{from:?}: {fatal}");
    }
    // Whoever hears a peer asks before the record is read.
    let world = World::new(&Disk::Works);
    world.damage("records");
    assert!(world.door.knows(&committed.id()).is_err() && world.door.stop.has_failed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_cannot_be_read_is_no_refusal_and_stops_the_node_by_every_door_that_tries() {
    for from in DOORS {
        let world = World::new(&Disk::Works);
        world.damage("state");
        let one = record("CITY", 1, "good");
        let taken = world.door.take(one.clone(), from).await;
        let tries = matches!(from, From::Client | From::Own);
        assert_eq!(taken.is_err(), tries, "{from:?}: {taken:?}");
        assert_eq!(world.door.stop.has_failed(), tries, "{from:?}");
        assert_eq!(world.waits(&one), !tries, "{from:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_door_that_judges_refuses_with_one_code_and_nothing_stays() {
    for from in DOORS {
        let mut world = World::new(&Disk::Works);
        // A body the form forbids: by every door but the one whose records were judged when they came.
        let mut misshaped = record("CITY", 1, "").payload().clone();
        misshaped.body = json!({"about": ["a list"]});
        let misshaped = Record::sign(&misshaped, &[&key(1)]).unwrap();
        let taken = world.door.take(misshaped.clone(), from).await.unwrap();
        match taken {
            Err(NotTaken::Refused(reject)) if from != From::Moment => assert_eq!(reject.code, "record.body"),
            Ok(_) if from == From::Moment => continue,
            other => panic!("{from:?}: {other:?}"),
        }
        // An author nobody knows: by the doors that try it.
        let strange = record("NOBODY", 2, "good");
        let taken = world.door.take(strange.clone(), from).await.unwrap();
        match taken {
            Err(NotTaken::Refused(reject)) if from != From::Peer("east") => {
                assert_eq!(reject.code, "participant.unknown", "{from:?}");
            }
            Ok(_) if from == From::Peer("east") => {
                assert!(world.waits(&strange), "the node it was given to has tried it; the proposer will");
                continue;
            }
            other => panic!("{from:?}: {other:?}"),
        }
        assert!(!world.waits(&misshaped) && !world.waits(&strange), "{from:?}");
        assert!(world.door.store.pending(9).unwrap().is_empty(), "{from:?}");
        assert_eq!((counted(&world.door), world.sent.records().len()), ((0, 0), 0), "{from:?}");
        assert!(!world.door.stop.has_failed(), "{from:?}: a refusal stops nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_of_another_chain_or_key_comes_through_no_door() {
    for from in DOORS {
        let world = World::new(&Disk::Works);
        let mut payload = record("CITY", 1, "good").payload().clone();
        payload.chain = biaozheng_ledger::ids::ChainId::new(Digest::of(b"another"));
        let foreign = Record::sign(&payload, &[&key(1)]).unwrap();
        let taken = world.door.take(foreign, from).await.unwrap().unwrap_err();
        assert!(matches!(taken, NotTaken::Malformed(_)), "{from:?}: {taken:?}");
        let mut envelope = record("CITY", 1, "good").envelope().clone();
        envelope.signatures[0].signature = record("CITY", 2, "other").envelope().signatures[0].signature;
        let forged = Record::from_envelope(envelope).unwrap();
        let taken = world.door.take(forged, from).await.unwrap().unwrap_err();
        assert!(matches!(taken, NotTaken::Signature(_)), "{from:?}: {taken:?}");
        assert!(world.door.mempool.is_empty() && !world.door.stop.has_failed(), "{from:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_or_waits_is_answered_with_its_place_and_taken_once() {
    let mut world = World::new(&Disk::Works);
    let committed = record("CITY", 0, COMMITTED);
    for from in [From::Client, From::Own] {
        match world.door.take(committed.clone(), from).await.unwrap().unwrap() {
            Taken::Stands(block) => assert_eq!((block.height, block.position), (Height::new(1), 0)),
            other @ Taken::Waits { .. } => panic!("{other:?}"),
        }
    }
    let one = record("CITY", 1, "good");
    // A peer pushed it first: it is the node's own once a client gives it, and pushed then.
    assert!(world.door.take(one.clone(), From::Peer("east")).await.unwrap().is_ok());
    for _ in 0..2 {
        let taken = world.door.take(one.clone(), From::Client).await.unwrap().unwrap();
        match taken {
            Taken::Waits { looked } => assert_eq!(looked.history_size, 2),
            other @ Taken::Stands(_) => panic!("{other:?}"),
        }
    }
    assert!(world.door.mempool.get(&one.id()).unwrap().own);
    assert_eq!((counted(&world.door), world.sent.records().len()), ((1, 1), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_told_to_come_again_before_a_promise_that_could_not_be_kept() {
    let world = World::new(&Disk::Works);
    let door = Door { pace: Pace { promise_ms: 1000, ..world.door.pace }, ..world.door };
    for number in 1..=4 {
        assert!(door.take(record("CITY", number, "good"), From::Client).await.unwrap().is_ok(), "{number}");
    }
    let fifth = record("CITY", 5, "good");
    let late = door.take(fifth.clone(), From::Client).await.unwrap().unwrap_err();
    assert_eq!(late, NotTaken::Behind { retry_after_s: 1 }, "a whole block waits, of a second");
    assert!(!door.mempool.contains(&fifth.id()) && door.store.pending(9).unwrap().len() == 4);
    // What was promised before keeps its promise, and nobody promised anything for these.
    let again = door.take(record("CITY", 1, "good"), From::Client).await.unwrap();
    assert!(matches!(again, Ok(Taken::Waits { .. })), "its first receipt stands");
    assert!(door.take(fifth, From::Own).await.unwrap().is_ok());
}

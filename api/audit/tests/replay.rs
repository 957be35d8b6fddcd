//! Blocks executed again: an open tender of real records in blocks that four validators' keys decided, served by the
//! API's own routes. The blocks are built here, apart from what is tested.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::type_complexity
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use biaozheng_api::{ApiLimits, router};
use biaozheng_api_scenes::log::{LogBackend, TestLog};
use biaozheng_audit::{Audit, AuditReport, Follower, OpeningReport, OpeningStep, ReplayFinding, Source};
use biaozheng_contracts::shown;
use biaozheng_contracts::{BlockContext, Founding, Overlay, active_rulebook_digest, apply_genesis, execute};
use biaozheng_ledger::block::{Header, records_root};
use biaozheng_ledger::commit::{VoteKind, vote_digest};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::entry::{LogEntry, genesis_entry};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{BlockHash, Height, StateRoot, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::merkle::{Frontier, leaf_hash};
use biaozheng_ledger::payload::{Party, Payload, RecordType};
use biaozheng_ledger::record::{Record, VerifiedRecord};
use biaozheng_ledger::state_tree::{BucketReader, StateTree};
use biaozheng_ledger_scenes::chain::{self, CENTRES, test_key};
use biaozheng_scenes::memory::Memory;
use biaozheng_scenes::setting::{Setting, day, key, org, project, set};
use biaozheng_scenes::tender::{evaluated, opened};
use biaozheng_scenes::world::founders;
use biaozheng_scenes::{setting, threshold};
use biaozheng_seal::sealing::{OpenedEntry, SizeClass, wrap_inner};
use serde_json::{Value, json};

const LABEL: &str = "replay";

/// A chain under construction: its blocks with their records, and what a node would hold.
struct Chain {
    genesis: Genesis,
    founding: Founding,
    state: Memory,
    tree: StateTree,
    buckets: Buckets,
    frontier: Frontier,
    blocks: Vec<Built>,
}

#[derive(Clone)]
struct Built {
    header: Header,
    commit: Vec<u8>,
    records: Vec<VerifiedRecord>,
}

#[derive(Default)]
struct Buckets(BTreeMap<u16, Vec<u8>>);

impl BucketReader for Buckets {
    type Error = std::convert::Infallible;
    fn bucket(&self, index: u16) -> Result<Vec<u8>, Self::Error> {
        Ok(self.0.get(&index).cloned().unwrap_or_default())
    }
}

fn consensus_key(name: &str) -> SecretKey {
    test_key(&format!("{LABEL}/consensus/{name}"))
}

/// The bytes the engine stores: precommits of round 0 by the first `voters` validators.
fn decided(header: &Header, voters: usize) -> Vec<u8> {
    let hash = header.hash();
    let sign = |name: &&str| {
        let secret = consensus_key(name);
        let place = (header.height, Some(0));
        let digest = vote_digest(&header.chain, VoteKind::Precommit, place, Some(&hash), &secret.public());
        (secret.public(), secret.sign(digest.bytes()))
    };
    let signatures: Vec<_> = CENTRES.iter().take(voters).map(sign).collect();
    borsh::to_vec(&(header.height.get(), Some(0u32), hash, signatures)).unwrap()
}

impl Chain {
    /// The genesis knows those the contracts' world begins with; their records are then of this chain.
    fn found() -> Self {
        let participants = founders();
        let mut genesis = chain::genesis(LABEL);
        genesis.rest.participants =
            participants.iter().map(|one| serde_json::to_value(one).unwrap()).collect();
        let genesis = Genesis::from_json(genesis.to_json().as_bytes()).unwrap();
        set(Setting { chain: genesis.chain_id(), ..Setting::default() });
        let mut frontier = Frontier::default();
        frontier.append(leaf_hash(&genesis_entry(&genesis.chain_id())));
        Self {
            founding: Founding::of(&genesis).unwrap(),
            genesis,
            state: Memory::default(),
            tree: StateTree::empty(),
            buckets: Buckets::default(),
            frontier,
            blocks: Vec::new(),
        }
    }

    /// The chain of a tender up to its evaluation: one record a block, and one block of forty records.
    fn of_a_tender() -> Self {
        let mut chain = Self::found();
        let world = evaluated();
        // The world lets much happen in one moment, and blocks stand apart: what comes before the notice comes earlier.
        let is_notice =
            |record: &VerifiedRecord| record.payload().record_type.as_str() == "tender.published/1";
        let notice = world.log.iter().position(|(record, _, _)| is_notice(record)).unwrap();
        for (index, (record, _, time)) in world.log.iter().enumerate() {
            chain.add(std::slice::from_ref(record), time.get() - notice.saturating_sub(index) as u64);
        }
        let note = |n: u64| {
            let body = json!({"n": n});
            let payload = Payload {
                chain: chain.genesis.chain_id(),
                record_type: RecordType::new("evidence.recorded/1").unwrap(),
                author: Party { org: org("CITY"), key: key("CITY").public() },
                cosigners: vec![],
                project: None,
                previous: None,
                made_at_ms: TimeMs::new(world.now),
                tool: "test".into(),
                documents: vec![],
                body,
            };
            Record::sign(&payload, &[&key("CITY")]).unwrap().verify(&chain.genesis.chain_id()).unwrap()
        };
        let notes: Vec<_> = (0..40).map(note).collect();
        chain.add(&notes, world.now);
        chain
    }

    /// A tender whose bids are sealed to a group that a real ceremony made: replaced, withdrawn and standing bids, a
    /// dummy, opened by the group. The last block is the opening record.
    fn of_sealed_bids() -> Self {
        let mut chain = Self::found();
        let mut made = threshold::tendered();
        for (bidder, price, sequence) in [("B1", 99_000_000, 1), ("B1", 90_000_000, 2), ("B2", 80_000_000, 1)]
        {
            made.bid(bidder, price, sequence);
        }
        let dummy = made.dummy();
        made.entered("CITY", &dummy);
        made.bid("B3", 95_000_000, 1);
        made.bid("B4", 10_000_000, 1);
        let withdrawal = made.withdrawal("B4", 2);
        made.entered("B4", &withdrawal);
        made.world.now = made.world.deadline();
        made.open_all();
        made.world.step(opened(&["B1", "B2", "B3"]));
        // Much happens in one moment of the world, and blocks stand apart: each comes as soon after the one before.
        for (record, _, time) in &made.world.log {
            chain.add(std::slice::from_ref(record), time.get());
        }
        chain
    }

    /// A tender the group did not open: two bidders bind and prove, a third only binds. After the opening the group is back,
    /// and opens the slot. In the slot stands another tender's bid too, whose key the first bidder used again here.
    fn of_a_fallback() -> Self {
        let mut chain = Self::found();
        let mut made = threshold::tendered();
        let first = made.bid("B1", 99_000_000, 1);
        set(Setting { chain: setting::chain(), project: "P-2".into(), ..Setting::default() });
        made.world.register();
        made.world.publish(made.published());
        let OpenedEntry::Bid(inner) = first.opened(&made.group()) else { panic!("a bid") };
        let (group, slot, identity, fresh) =
            (made.group(), made.slot(), made.identity("B1", 9), made.fresh());
        let class = SizeClass::of(1).unwrap();
        let again =
            wrap_inner(&group, slot, &identity, class, inner.inner_bytes(), &key("B1"), &fresh).unwrap();
        made.entered("B1", &again);
        let proofs = [("B2", 80_000_000), ("B3", 95_000_000), ("B4", 90_000_000)]
            .map(|(bidder, price)| (bidder, made.bid(bidder, price, 1)));
        made.world.now = made.world.deadline() + threshold::HOUR + 1;
        for (bidder, proof) in &proofs {
            let draft = made.bound(bidder, proof);
            made.world.ok(draft);
        }
        made.world.now += 2 * threshold::HOUR;
        for (bidder, proof) in &proofs[..2] {
            made.world.ok(threshold::proved(bidder, proof));
        }
        made.world.now += 40 * day();
        made.world.step(opened(&["B2", "B3"]));
        let slot = made.pending().remove(0);
        let record = made.opening(&slot, "CITY");
        made.world.ok(record);
        for (record, _, time) in &made.world.log {
            chain.add(std::slice::from_ref(record), time.get());
        }
        chain
    }

    /// Executes records and appends their block, decided by all four.
    fn add(&mut self, records: &[VerifiedRecord], time: u64) {
        let last = self.blocks.last().map(|block| &block.header);
        let earliest = last.map_or(self.genesis.rest.created_at_ms, |last| last.time).get() + 1;
        let time = TimeMs::new(time.max(earliest));
        let height = Height::new(self.blocks.len() as u64 + 1);
        let chain = self.genesis.chain_id();
        let base = self.state.clone();
        let mut overlay = Overlay::new(&base);
        if self.blocks.is_empty() {
            apply_genesis(&mut overlay, &self.founding).unwrap();
        }
        for (position, record) in (0u32..).zip(records) {
            execute(&mut overlay, &BlockContext { chain, height, time }, record).unwrap();
            let entry = LogEntry { record: record.id(), height, time, position };
            self.frontier.append(entry.leaf_hash());
        }
        let rulebook_hash = active_rulebook_digest(&overlay).unwrap();
        let changes = overlay.into_changes();
        let update = self.tree.preview(&changes, &self.buckets).unwrap();
        let header = Header {
            chain,
            height,
            time,
            previous: last.map_or(BlockHash::new(*chain.digest()), Header::hash),
            proposer: consensus_key(CENTRES[0]).public().id(),
            record_count: u32::try_from(records.len()).unwrap(),
            records_root: records_root(records.iter().map(VerifiedRecord::envelope)),
            history_size: self.frontier.size(),
            history_root: self.frontier.root(),
            state_root: update.root(),
            validators_hash: self.genesis.validators().hash(),
            rulebook_hash,
        };
        self.buckets.0.extend(update.buckets().clone());
        self.tree.apply(update);
        for (key, value) in changes {
            match value {
                Some(value) => drop(self.state.0.insert(key, value)),
                None => drop(self.state.0.remove(&key)),
            }
        }
        let commit = decided(&header, 4);
        self.blocks.push(Built { header, commit, records: records.to_vec() });
    }

    /// The first `count` blocks as a node serves them whose state is that of block `seen`.
    fn served(&self, count: usize, seen: &Memory) -> TestLog {
        let mut log = TestLog::of(self.genesis.clone());
        for built in &self.blocks[..count] {
            let Header { height, time, .. } = built.header;
            let mut items = Vec::new();
            for (position, record) in (0u32..).zip(&built.records) {
                log.append(LogEntry { record: record.id(), height, time, position }.encode());
                let public = shown::is_public(seen, record.payload()).unwrap();
                let mut item = json!({"record": record.id(), "position": position, "public": public});
                if public {
                    item["envelope"] = record.envelope().to_value();
                }
                items.push(item);
            }
            log.blocks.push(json!({
                "height": height, "header": hex::encode(built.header.encode()),
                "commit": hex::encode(&built.commit), "items": items,
            }));
        }
        log.publish(log.size());
        log
    }

    fn height_of(&self, kind: &str) -> usize {
        let is = |block: &&Built| block.records[0].payload().record_type.as_str() == kind;
        let block = self.blocks.iter().find(is).unwrap();
        usize::try_from(block.header.height.get()).unwrap()
    }
}

async fn serve(log: TestLog) -> (LogBackend, Source) {
    let backend = LogBackend::new(log);
    let app = router(Arc::new(backend.clone()), ApiLimits::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (backend, Source::open(&address).unwrap())
}

/// One round, folder and replay opened anew, as after a restart.
async fn round(folder: &Path, genesis: &Genesis, sources: &[Source]) -> AuditReport {
    let mut audit = Audit::open(folder, genesis.clone(), vec![], 600).unwrap();
    let mut follower = Follower::open(folder, genesis).unwrap();
    let mut report = audit.round(sources, None).await.unwrap();
    follower.round(sources, audit.folder(), &mut report).await.unwrap();
    report
}

/// Height, whether it waits, findings, exit code.
fn outcome(report: &AuditReport) -> (u64, bool, usize, u8) {
    let replay = report.replay.as_ref().unwrap();
    (replay.height, replay.waits.is_some(), replay.found.len(), report.exit_code())
}

#[tokio::test]
async fn an_honest_chain_is_executed_to_its_tip_and_waits_for_bodies_that_are_closed() {
    let chain = Chain::of_a_tender();
    let (sealed, opened, tip) =
        (chain.height_of("bid.sealed/1"), chain.height_of("bids.opened/1"), chain.blocks.len());
    assert!(sealed > 5 && opened > sealed && tip > opened);
    // Before its opening a node's state knows a project whose bids are closed.
    let folder = tempfile::tempdir().unwrap();
    let (backend, source) = serve(chain.served(opened - 1, &Memory::default())).await;
    for _ in 0..2 {
        let report = round(folder.path(), &chain.genesis, std::slice::from_ref(&source)).await;
        assert_eq!(outcome(&report), (sealed as u64 - 1, true, 0, 0), "{report:?}");
        let waits = report.replay.unwrap().waits.unwrap();
        assert_eq!(waits.height, sealed as u64);
        assert_eq!(waits.record, chain.blocks[sealed - 1].records[0].id());
    }
    // The opening makes them public: the replay goes on, through the block of more than a page.
    *backend.0.lock().unwrap() = chain.served(tip, &chain.state);
    let (_, second) = serve(chain.served(tip - 1, &chain.state)).await;
    let sources = [second, source];
    for _ in 0..2 {
        let report = round(folder.path(), &chain.genesis, &sources).await;
        assert_eq!(outcome(&report), (tip as u64, false, 0, 0), "{report:?}");
    }
    // What was kept is held against its header when it is read back.
    let kept = folder.path().join("replay.state");
    let mut bytes = std::fs::read(&kept).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&kept, bytes).unwrap();
    let why = Follower::open(folder.path(), &chain.genesis).unwrap_err().to_string();
    assert!(why.contains("delete it"), "{why}");
}

#[tokio::test]
async fn a_header_that_the_rules_do_not_give_is_found_at_its_height_if_a_quorum_signed_it() {
    let chain = Chain::of_a_tender();
    let at = chain.height_of("tender.published/1");
    let forged = |voters: usize, change: &dyn Fn(&mut Header)| {
        let mut log = chain.served(at, &chain.state);
        let mut header = chain.blocks[at - 1].header.clone();
        change(&mut header);
        log.blocks[at - 1]["header"] = json!(hex::encode(header.encode()));
        log.blocks[at - 1]["commit"] = json!(hex::encode(decided(&header, voters)));
        log
    };
    let wrong_state = |header: &mut Header| header.state_root = StateRoot::new(Digest::of(b"another state"));
    let cases: [(&str, &dyn Fn(&mut Header)); 4] = [
        ("state root", &wrong_state),
        ("rulebook hash", &|header| header.rulebook_hash = Digest::of(b"another rulebook")),
        ("history root", &|header| header.history_root = [7; 32]),
        ("previous block", &|header| header.previous = BlockHash::new(Digest::of(b"another block"))),
    ];
    for (field, change) in cases {
        let folder = tempfile::tempdir().unwrap();
        let (_, source) = serve(forged(3, change)).await;
        let report = round(folder.path(), &chain.genesis, &[source]).await;
        assert_eq!(outcome(&report), (at as u64 - 1, false, 1, 1), "{field}: {report:?}");
        let found = &report.replay.as_ref().unwrap().found[0];
        assert!(found.height == at as u64, "{found:?}");
        assert!(
            matches!(&found.finding, ReplayFinding::Field { field: named, .. } if *named == field),
            "{found:?}"
        );
        let file: Value = serde_json::from_slice(&std::fs::read(&found.file).unwrap()).unwrap();
        assert_eq!(file["height"], at as u64);
        let header = Header::decode(&hex::decode(file["header"].as_str().unwrap()).unwrap()).unwrap();
        assert_ne!(header, chain.blocks[at - 1].header);
        assert_eq!(file["records"].as_array().unwrap().len(), 1);
    }
    // Two of four are no quorum: what a server says proves nothing.
    let folder = tempfile::tempdir().unwrap();
    let (_, source) = serve(forged(2, &wrong_state)).await;
    let report = round(folder.path(), &chain.genesis, &[source]).await;
    assert_eq!(outcome(&report), (at as u64 - 1, false, 0, 2), "{report:?}");
    assert!(report.troubles[0].to_string().contains("fewer than a quorum"), "{report:?}");
}

#[tokio::test]
async fn a_refused_record_two_blocks_of_a_height_and_another_log_are_findings_and_what_is_served_wrong_is_none()
 {
    let mut chain = Chain::of_a_tender();
    let at = chain.height_of("tender.published/1");
    // The same record once more: decided by a quorum, refused by the rules.
    let honest = chain.blocks[at].clone();
    let again = chain.blocks[2].records.clone();
    let mut header = chain.blocks[at].header.clone();
    header.records_root = records_root(again.iter().map(VerifiedRecord::envelope));
    let commit = decided(&header, 4);
    chain.blocks[at] = Built { header, commit, records: again };
    let folder = tempfile::tempdir().unwrap();
    let (_, cheat) = serve(chain.served(at + 1, &chain.state)).await;
    let report = round(folder.path(), &chain.genesis, std::slice::from_ref(&cheat)).await;
    assert_eq!(outcome(&report), (at as u64, false, 1, 1), "{report:?}");
    let found = &report.replay.as_ref().unwrap().found[0];
    assert!(matches!(&found.finding, ReplayFinding::Record { position: 0, .. }), "{found:?}");

    // Two blocks of one height: an honest node's first, then the one that shows the other.
    let decoy = chain.blocks[at].clone();
    chain.blocks[at] = honest;
    let (_, honest) = serve(chain.served(at + 1, &chain.state)).await;
    let report = round(folder.path(), &chain.genesis, &[honest.clone(), cheat]).await;
    let replay = report.replay.as_ref().unwrap();
    assert!(report.exit_code() == 1 && replay.height == at as u64 + 1, "{report:?}");
    assert!(
        replay.found.iter().any(
            |one| matches!(one.finding, ReplayFinding::TwoBlocks { other } if other != decoy.header.hash())
        ),
        "{report:?}"
    );

    // A chain that is sound, and a log beside it with other times.
    let folder = tempfile::tempdir().unwrap();
    let mut other = chain.served(1, &chain.state);
    other.grow("another history", 30);
    other.blocks = chain.served(at + 1, &chain.state).blocks;
    let (_, source) = serve(other).await;
    let report = round(folder.path(), &chain.genesis, &[source]).await;
    let found = &report.replay.as_ref().unwrap().found;
    assert!(
        report.exit_code() == 1 && matches!(found[0].finding, ReplayFinding::OtherLog { .. }),
        "{report:?}"
    );

    // Another record's body, a block that is not there: trouble, and nobody is accused.
    let mut swapped = chain.served(at + 1, &chain.state);
    swapped.blocks[3]["items"] = swapped.blocks[2]["items"].clone();
    let mut short = chain.served(at + 1, &chain.state);
    short.blocks.truncate(4);
    for (log, height, says) in [(swapped, 3, "do not"), (short, 4, "served by none")] {
        let folder = tempfile::tempdir().unwrap();
        let (_, source) = serve(log).await;
        let report = round(folder.path(), &chain.genesis, &[source]).await;
        assert_eq!(outcome(&report), (height, false, 0, 2), "{report:?}");
        let said = report.troubles[0].to_string();
        assert!(said.contains(says) || said.contains("not those"), "{said}");
    }
}

/// The opening as somebody finds it who has executed the chain to `seen` and is then served this.
async fn opening(chain: &Chain, seen: usize, then: TestLog) -> OpeningReport {
    let folder = tempfile::tempdir().unwrap();
    let (backend, source) = serve(chain.served(seen, &chain.state)).await;
    let sources = [source];
    let report = round(folder.path(), &chain.genesis, &sources).await;
    assert_eq!(outcome(&report), (seen as u64, false, 0, 0), "{report:?}");
    *backend.0.lock().unwrap() = then;
    let follower = Follower::open(folder.path(), &chain.genesis).unwrap();
    follower.opening(&sources[0], &project()).await.unwrap()
}

#[tokio::test]
async fn whoever_executed_the_chain_sees_that_the_opening_lists_exactly_the_sealed_bids() {
    let chain = Chain::of_sealed_bids();
    let tip = chain.blocks.len();
    let honest = || chain.served(tip, &chain.state);
    let report = opening(&chain, tip, honest()).await;
    assert!(report.failed.is_none() && report.exit_code() == 0, "{report}");
    let found = report.found.as_ref().unwrap();
    assert_eq!((found.entries, found.dummies, found.shut, found.of_tender.len()), (7, 1, 0, 6));
    assert_eq!(found.expected[0].bids.len(), 3);
    let shown = serde_json::to_value(&report).unwrap();
    let fates: Vec<_> =
        shown["found"]["of_tender"].as_array().unwrap().iter().map(|one| &one["fate"]).collect();
    assert_eq!(fates, ["superseded", "stands", "stands", "stands", "superseded", "superseded"]);
    assert!(report.to_string().contains("COMPLETE") && report.to_string().contains("B1 B2 B3"));

    // Served otherwise than it is on chain: an entry left out, one put in, another signature, a block kept back.
    let entered = chain.height_of("sealed.entered/1");
    let slot = chain.height_of("slot.opened/1");
    let left_out = |log: &mut TestLog| log.blocks[entered - 1]["items"] = json!([]);
    let put_in = |log: &mut TestLog| {
        let mut more = log.blocks[entered]["items"][0].clone();
        assert_ne!(more["record"], log.blocks[entered - 1]["items"][0]["record"]);
        more["position"] = json!(1);
        log.blocks[entered - 1]["items"].as_array_mut().unwrap().push(more);
    };
    let other_signature = |log: &mut TestLog| {
        let honest = chain.blocks[slot - 1].records[0].payload();
        let mut body = honest.body.clone();
        let digits = body["signature"].as_str().unwrap().to_owned();
        body["signature"] = json!(format!("{}00", &digits[..digits.len() - 2]));
        let payload = Payload { body, ..honest.clone() };
        let by = honest.author.org.as_str();
        let forged = Record::sign(&payload, &[&key(by)]).unwrap();
        log.blocks[slot - 1]["items"][0]["record"] = json!(forged.id());
        log.blocks[slot - 1]["items"][0]["envelope"] = forged.envelope().to_value();
    };
    let cases: [(&dyn Fn(&mut TestLog), usize); 3] =
        [(&left_out, entered), (&put_in, entered), (&other_signature, slot)];
    for (change, at) in cases {
        let mut log = honest();
        change(&mut log);
        let report = opening(&chain, tip, log).await;
        let (step, reason) = report.failed.as_ref().unwrap();
        assert!(*step == OpeningStep::Records && reason.contains(&format!("block {at}:")), "{report}");
        assert!(report.exit_code() == 2 && report.to_string().contains("at step records"));
    }
    let kept_back = opening(&chain, tip, chain.served(tip - 1, &chain.state)).await;
    assert_eq!(kept_back.failed.unwrap().0, OpeningStep::Blocks);

    // Before the opening record, and before the slot is open.
    let waiting = opening(&chain, tip - 1, honest()).await;
    assert!(waiting.exit_code() == 2 && waiting.failed.as_ref().unwrap().0 == OpeningStep::List, "{waiting}");
    let shut = opening(&chain, slot - 1, honest()).await;
    assert_eq!(shut.failed.as_ref().unwrap().0, OpeningStep::Entries, "{shut}");
    // No tender at all.
    let early = opening(&chain, 2, honest()).await;
    assert_eq!(early.failed.unwrap().0, OpeningStep::Tender);
}

/// It once accused the host of an opening that left out what nobody could open then.
#[tokio::test]
async fn an_opening_of_the_fallback_is_held_against_what_was_open_when_it_was_recorded() {
    let chain = Chain::of_a_fallback();
    let tip = chain.blocks.len();
    let honest = || chain.served(tip, &chain.state);
    let before = opening(&chain, tip - 1, honest()).await;
    assert!(before.exit_code() == 2 && before.failed.as_ref().unwrap().0 == OpeningStep::Entries, "{before}");
    let report = opening(&chain, tip, honest()).await;
    assert!(report.failed.is_none() && report.exit_code() == 0, "{report}");
    let shown = serde_json::to_value(&report).unwrap();
    let fates: Vec<_> =
        shown["found"]["of_tender"].as_array().unwrap().iter().map(|one| &one["fate"]).collect();
    assert_eq!(fates, ["unopened", "stands", "stands", "unopened"]);
    let bound: Vec<_> = shown["found"]["bound"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["bidder"].as_str().unwrap(), one["proved"].as_bool().unwrap()))
        .collect();
    assert_eq!(bound, [("B2", true), ("B3", true), ("B4", false)]);
    assert!(report.to_string().contains("bound 已绑定 B4 lot 标段 1: not proved"), "{report}");
}

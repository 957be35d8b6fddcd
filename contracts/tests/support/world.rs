//! A world with a clock of its own, in which contracts run without a node, and the records of an open tender.
#![allow(dead_code, unused_imports, unreachable_pub, missing_debug_implementations)]

pub use std::cell::RefCell;
pub use std::collections::{BTreeMap, BTreeSet};

pub use biaozheng_contracts::acts::{bid, committee};
pub use biaozheng_contracts::{
    BidName, BlockContext, GenesisParticipant, Overlay, Refusal, Reject, Role, Rulebook, StateFailure,
    StateRead, apply_genesis, check, execute, view,
};
pub use biaozheng_ledger::digest::{Digest, FieldHasher};
pub use biaozheng_ledger::ids::{ChainId, Height, OrgId, ProjectId, RecordId, TimeMs};
pub use biaozheng_ledger::key::SecretKey;
pub use biaozheng_ledger::payload::{Party, Payload, RecordType};
pub use biaozheng_ledger::record::{Record, VerifiedRecord};
pub use serde_json::{Value, json};

pub const DAY: u64 = 86_400_000;
pub const LAW: &str = include_str!("../../rulebooks/engineering-open.toml");
pub const REPLAY: &str = include_str!("../../rulebooks/replay-tsuchiura.toml");

#[derive(Default, Clone)]
pub struct Memory(pub BTreeMap<Vec<u8>, Vec<u8>>);

impl StateRead for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateFailure> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StateFailure> {
        let inside =
            |key: &Vec<u8>| key.starts_with(prefix) && after.is_none_or(|after| key.as_slice() > after);
        Ok(self
            .0
            .iter()
            .filter(|(key, _)| inside(key))
            .take(limit)
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect())
    }
}

thread_local! {
    pub static SEEN: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

/// A world with a clock of its own.
#[derive(Clone)]
pub struct World {
    pub state: Memory,
    pub now: u64,
    pub height: u64,
    /// The last step of the project.
    pub step: Option<RecordId>,
    pub terms: Option<RecordId>,
    pub records: Vec<RecordId>,
    /// Everything accepted, with height and time.
    pub log: Vec<(VerifiedRecord, Height, TimeMs)>,
}

pub fn key(name: &str) -> SecretKey {
    SecretKey::from_seed(Digest::of(name.as_bytes()).bytes())
}

pub fn org(name: &str) -> OrgId {
    OrgId::new(name).unwrap()
}

pub fn chain() -> ChainId {
    ChainId::new(Digest::of(b"contracts"))
}

pub fn project() -> ProjectId {
    ProjectId::new("P-1").unwrap()
}

pub struct Draft {
    pub kind: &'static str,
    pub by: Vec<(String, SecretKey)>,
    pub body: Value,
    pub project: bool,
    pub previous: Option<RecordId>,
}

pub fn draft(kind: &'static str, by: &str, body: Value) -> Draft {
    Draft { kind, by: vec![(by.into(), key(by))], body, project: false, previous: None }
}

impl Draft {
    pub fn also(mut self, by: &str) -> Self {
        self.by.push((by.into(), key(by)));
        self
    }

    pub fn with_key(mut self, key: SecretKey) -> Self {
        self.by[0].1 = key;
        self
    }

    pub fn at(mut self, previous: Option<RecordId>) -> Self {
        self.project = true;
        self.previous = previous;
        self
    }
}

impl World {
    pub fn new() -> Self {
        let mut world = Self {
            state: Memory::default(),
            now: 1_790_000_000_000,
            height: 1,
            step: None,
            terms: None,
            records: Vec::new(),
            log: Vec::new(),
        };
        let genesis = [("CITY", Role::CityCentre), ("EAST", Role::DistrictCentre), ("REG", Role::Regulator)];
        let participants: Vec<_> = genesis
            .iter()
            .map(|(name, role)| GenesisParticipant {
                org: org(name),
                name: (*name).into(),
                roles: vec![*role],
                keys: vec![key(name).public()],
            })
            .collect();
        let base = world.state.clone();
        let mut overlay = Overlay::new(&base);
        apply_genesis(&mut overlay, &chain(), &participants).unwrap();
        world.absorb(overlay.into_changes());
        for (name, role) in [
            ("OWNER", "tenderee"),
            ("AGENT", "agency"),
            ("B1", "bidder"),
            ("B2", "bidder"),
            ("B3", "bidder"),
            ("B4", "bidder"),
        ] {
            let body = json!({"org": name, "name": name, "roles": [role], "key": key(name).public()});
            world.ok(draft("participant.registered/1", "CITY", body));
        }
        world.ok(draft("rulebook.published/1", "CITY", json!({"toml": LAW})));
        world
    }

    pub fn absorb(&mut self, changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>) {
        for (key, value) in changes {
            match value {
                Some(value) => drop(self.state.0.insert(key, value)),
                None => drop(self.state.0.remove(&key)),
            }
        }
    }

    pub fn run(&mut self, draft: Draft) -> Result<RecordId, Reject> {
        let party = |(name, key): &(String, SecretKey)| Party { org: org(name), key: key.public() };
        let payload = Payload {
            chain: chain(),
            record_type: RecordType::new(draft.kind).unwrap(),
            author: party(&draft.by[0]),
            cosigners: draft.by[1..].iter().map(party).collect(),
            project: draft.project.then(project),
            previous: draft.previous,
            made_at_ms: TimeMs::new(self.now),
            tool: "test".into(),
            documents: vec![],
            body: draft.body,
        };
        let keys: Vec<&SecretKey> = draft.by.iter().map(|(_, key)| key).collect();
        self.submit(Record::sign(&payload, &keys).unwrap().verify(&chain()).unwrap())
    }

    /// Runs a record made elsewhere, in a block of its own.
    pub fn submit(&mut self, record: VerifiedRecord) -> Result<RecordId, Reject> {
        self.height += 1;
        let block =
            BlockContext { chain: chain(), height: Height::new(self.height), time: TimeMs::new(self.now) };
        let base = self.state.clone();
        let mut overlay = Overlay::new(&base);
        let early = check(&record);
        match execute(&mut overlay, &block, &record) {
            Ok(outcome) => {
                assert!(early.is_ok(), "check refuses what execute accepts");
                self.absorb(overlay.into_changes());
                if outcome.project.is_some() {
                    self.records.push(record.id());
                }
                let id = record.id();
                self.log.push((record, block.height, block.time));
                Ok(id)
            }
            Err(Refusal::Reject(reject)) => {
                assert!(overlay.into_changes().is_empty(), "a refusal changed state");
                assert!(!reject.message.is_empty() && !reject.message_zh.is_empty());
                SEEN.with(|seen| seen.borrow_mut().insert(reject.code));
                Err(reject)
            }
            Err(Refusal::Failure(failure)) => panic!("{failure}"),
        }
    }

    pub fn ok(&mut self, draft: Draft) -> RecordId {
        let kind = draft.kind;
        self.run(draft).unwrap_or_else(|reject| panic!("{kind}: {reject}"))
    }

    /// Runs on a copy: the world stays as it is.
    pub fn refused(&self, draft: Draft, code: &str) -> Reject {
        let kind = draft.kind;
        let reject = self.clone().run(draft).expect_err(kind);
        assert_eq!(reject.code, code, "{kind}: {reject}");
        reject
    }

    pub fn fine(&self, draft: Draft) {
        self.clone().ok(draft);
    }

    pub fn step(&mut self, draft: Draft) -> RecordId {
        let id = self.ok(draft.at(self.step));
        self.step = Some(id);
        id
    }

    pub fn law(&self) -> Digest {
        Rulebook::digest(LAW)
    }

    pub fn register(&mut self) {
        self.step = None;
        self.step(draft("project.registered/1", "OWNER", registered()));
    }

    pub fn published(&self) -> Value {
        json!({
            "rulebook": self.law().to_string(), "currency": "CNY", "notice": "道路工程", "method": "lowest_price",
            "lots": [{"id": "1", "title": "一标段", "estimate": 100_000_000, "ceiling": 99_000_000}],
            "documents_from_ms": self.now, "documents_until_ms": self.now + 5 * DAY,
            "deadline_ms": self.now + 20 * DAY, "bid_bond": 2_000_000,
        })
    }

    pub fn publish(&mut self, body: Value) {
        let id = self.step(draft("tender.published/1", "OWNER", body));
        self.terms = Some(id);
    }

    pub fn seal(&mut self, bidder: &str, price: Option<u64>) -> RecordId {
        let id = self.ok(sealed(bidder, price, 1).at(self.terms));
        self.now += 1;
        id
    }

    pub fn deadline(&self) -> u64 {
        view::heads(&self.state, &project()).unwrap().unwrap().deadline_ms.get()
    }

    pub fn open_with(&mut self, bids: &[(&str, u64)]) {
        let sealed: Vec<_> =
            bids.iter().map(|(name, price)| (*name, *price, self.seal(name, Some(*price)))).collect();
        self.now = self.deadline();
        for (name, price, record) in sealed {
            self.ok(revealed(name, Some(price)).at(Some(record)));
        }
        let mut names: Vec<_> = bids.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        self.step(opened(&names));
    }

    pub fn draw(&mut self) {
        self.step(drawn(5, 4));
    }

    pub fn report(&mut self, ranking: Value) {
        let report = self.reported(ranking);
        self.step(report);
    }

    pub fn reported(&self, ranking: Value) -> Draft {
        let body = json!({"lots": [{"lot": "1", "ranking": ranking}]});
        (1..=5).fold(draft("evaluation.reported/1", "EAST", body), |draft, n| draft.also(&format!("M{n}")))
    }

    pub fn chained(&self) -> (usize, Digest) {
        let start = Digest::zero();
        let head = self.records.iter().fold(start, |head, id| {
            FieldHasher::new("biaozheng/project-history/v1").digest(&head).digest(id.digest()).finish()
        });
        (self.records.len(), head)
    }
}

pub fn registered() -> Value {
    json!({"title": "人民路改造", "code": "2026-320500-48-01-000123", "tenderee": "OWNER", "agency": "AGENT", "centre": "EAST"})
}

pub fn text(price: Option<u64>) -> String {
    price.map_or_else(|| "{}".to_owned(), |price| json!({"price": price}).to_string())
}

pub fn sealed(bidder: &str, price: Option<u64>, sequence: u32) -> Draft {
    let name = BidName { bidder: org(bidder), number: 1 };
    let commitment = bid::commitment(&project(), "1", &name, &[9; 32], &text(price));
    let body = json!({
        "lot": "1", "sequence": sequence, "commitment": commitment.to_string(),
        "sealed_body": Digest::of(b"sealed").to_string(),
    });
    draft("bid.sealed/1", bidder, body)
}

pub fn revealed(bidder: &str, price: Option<u64>) -> Draft {
    let body = json!({"lot": "1", "bid": text(price), "salt": Digest::sha256([9; 32]).hex()});
    draft("bid.revealed/1", bidder, body)
}

pub fn opened(bidders: &[&str]) -> Draft {
    let bids: Vec<Value> = bidders.iter().map(|bidder| json!({"bidder": bidder, "number": 1})).collect();
    draft("bids.opened/1", "EAST", json!({"lots": [{"lot": "1", "bids": bids}]}))
}

pub fn drawn(members: usize, experts: usize) -> Draft {
    let member = |n: usize| {
        let name = format!("M{}", n + 1);
        json!({
            "member": name, "key": key(&name).public(), "expert": n < experts,
            "identity": Digest::of(name.as_bytes()).to_string(),
        })
    };
    draft("experts.drawn/1", "EAST", json!({"members": (0..members).map(member).collect::<Vec<_>>()}))
}

pub fn ranked(rows: &[(&str, u64)]) -> Value {
    rows.iter().map(|(bidder, price)| json!({"bidder": bidder, "number": 1, "price": price})).collect()
}

/// Published, with three bids opened and a committee of five.
pub fn evaluating() -> World {
    let mut world = World::new();
    world.register();
    world.publish(world.published());
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    world.draw();
    world
}

pub fn evaluated() -> World {
    let mut world = evaluating();
    world.report(ranked(&[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)]));
    world
}

pub fn candidates(names: &[&str]) -> Draft {
    let listed: Vec<Value> = names.iter().map(|name| json!({"bidder": name, "number": 1})).collect();
    draft("candidates.publicised/1", "OWNER", json!({"lots": [{"lot": "1", "candidates": listed}]}))
}

pub fn award(bidder: &str, price: u64, grounds: &[&str]) -> Draft {
    let lot = json!({"lot": "1", "bid": {"bidder": bidder, "number": 1}, "price": price, "grounds": grounds});
    draft("award.notified/1", "OWNER", json!({"lots": [lot]}))
}

pub fn contract(price: u64, bond: u64) -> Draft {
    let body = json!({"lot": "1", "price": price, "performance_bond": bond, "contract": Digest::of(b"c").to_string()});
    draft("contract.signed/1", "OWNER", body)
}

pub fn archive(records: usize, history: Digest) -> Draft {
    let body =
        json!({"records": records, "history": history.to_string(), "manifest": Digest::of(b"m").to_string()});
    draft("archive.sealed/1", "EAST", body)
}

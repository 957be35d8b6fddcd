//! A world with a clock of its own, in which contracts run without a node, and the records of an open tender.
#![allow(dead_code, unused_imports, unreachable_pub, missing_debug_implementations)]

pub use std::cell::RefCell;
pub use std::collections::{BTreeMap, BTreeSet};

pub use biaozheng_contracts::bidding::bid;
pub use biaozheng_contracts::evaluation::committee;
use biaozheng_contracts::project;
pub use biaozheng_contracts::{
    BidName, BlockContext, Event, Founding, GenesisParticipant, Overlay, Refusal, Reject, Role, Rulebook,
    StateFailure, StateRead, apply_genesis, check, execute,
};
pub use biaozheng_ledger::digest::{Digest, FieldHasher};
pub use biaozheng_ledger::ids::{ChainId, DocumentDigest, Height, OrgId, ProjectId, RecordId, TimeMs};
pub use biaozheng_ledger::key::SecretKey;
pub use biaozheng_ledger::payload::{DocumentReference, Party, Payload, RecordType};
pub use biaozheng_ledger::record::{Record, VerifiedRecord};
pub use serde_json::{Value, json};

pub const REPLAY: &str = include_str!("../../rulebooks/replay-tsuchiura.toml");

/// What a world is set in: by default one of its own, or a stage on a real chain whose days are short.
#[derive(Clone)]
pub struct Setting {
    pub chain: ChainId,
    pub project: String,
    pub start_ms: u64,
    pub day_ms: u64,
    pub hour_ms: u64,
    /// Keys of those who are there already; everyone else's follow from salt and name.
    pub keys: BTreeMap<String, SecretKey>,
    pub salt: [u8; 32],
    /// Bids are sealed to the real chain's group, deadlines are the ends of its slots, and its beacon draws.
    pub slot_ms: Option<u64>,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            chain: ChainId::new(Digest::of(b"contracts")),
            project: "P-1".into(),
            start_ms: 1_790_000_000_000,
            day_ms: 86_400_000,
            hour_ms: 3_600_000,
            keys: BTreeMap::new(),
            salt: [0; 32],
            slot_ms: None,
        }
    }
}

/// A record in a block of the real chain.
pub struct InBlock {
    pub record: Record,
    pub height: u64,
    pub time: u64,
}

/// A bid that is sealed to the real chain's group.
pub struct Envelope {
    pub lot: String,
    pub bidder: OrgId,
    pub key: SecretKey,
    pub text: String,
    pub deadline: u64,
}

/// A real chain.
pub trait Live {
    /// Makes a record happen, not before this time, with the papers it names; gives its height and its block's time.
    fn happen(
        &mut self,
        record: &Record,
        not_before: u64,
        papers: &[(DocumentDigest, Vec<u8>)],
    ) -> (u64, u64);

    /// Enters a bid under nobody's name.
    fn seal(&mut self, envelope: Envelope);

    /// Submits what the chain must refuse; gives the refusal's code.
    fn refuse(&mut self, record: &Record, not_before: u64) -> String;

    /// Something happens beside the ledger.
    fn tell(&mut self, _: &str) {}

    /// What others did up to now that the world has to know: members' keys, groups, entries, openings, the beacon.
    fn others(&mut self) -> Vec<InBlock>;
}

thread_local! {
    static SETTING: RefCell<Setting> = RefCell::default();
    static LIVE: RefCell<Option<Box<dyn Live>>> = const { RefCell::new(None) };
}

/// Lets every record of the worlds founded from now on happen on a real chain first.
pub fn go_live(live: Box<dyn Live>) {
    LIVE.with(|held| *held.borrow_mut() = Some(live));
}

/// Sets the worlds of this thread.
pub fn set(setting: Setting) {
    SETTING.with(|held| *held.borrow_mut() = setting);
}

fn setting<T>(of: impl FnOnce(&Setting) -> T) -> T {
    SETTING.with(|held| of(&held.borrow()))
}

/// The length of the group's slots, where bids are sealed to it.
pub fn by_group() -> Option<u64> {
    setting(|held| held.slot_ms)
}

fn with_live<T>(of: impl FnOnce(&mut dyn Live) -> T) -> T {
    LIVE.with(|live| of(live.borrow_mut().as_mut().unwrap().as_mut()))
}

/// 32 bytes that follow from salt and name.
pub fn salted(name: &str) -> Digest {
    match setting(|held| held.salt) {
        salt if salt == [0; 32] => Digest::of(name.as_bytes()),
        salt => Digest::of(&[&salt, name.as_bytes()].concat()),
    }
}

/// A day of this world, milliseconds.
pub fn day() -> u64 {
    setting(|held| held.day_ms)
}

pub fn hour() -> u64 {
    setting(|held| held.hour_ms)
}

/// A rulebook as it is in a world of long days, and a trial version of it, in this world's days, in one of short ones.
pub fn book(text: &str) -> String {
    if day() == 86_400_000 {
        return text.to_owned();
    }
    let mut out = String::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.splitn(3, '"').collect();
        match parts.as_slice() {
            // The real chain's blocks come a little later than the world says.
            [head, _, tail] if head.starts_with("sealing_signature_window") => {
                out.push_str(&format!("{head}\"10m\"{tail}\n"));
            }
            [head, value, tail] if head.trim_end().ends_with("value =") => {
                out.push_str(&format!("{head}\"{}\"{tail}\n", shortened(value)));
            }
            [head, _, tail] if head.starts_with("nature") => {
                out.push_str(&format!("{head}\"trial\"{tail}\n"))
            }
            _ => out.push_str(&format!("{line}\n")),
        }
    }
    out
}

fn shortened(value: &str) -> String {
    let digits = value.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let (Ok(number), unit) = (digits.parse::<u64>(), &value[digits.len()..]) else { return value.into() };
    match unit {
        "d" | "wd" => written(number * day() * 4 / 5),
        "h" => written(number * hour() * 4 / 5),
        "m" => written(number * hour() / 75),
        _ => value.into(),
    }
}

/// A rulebook's numbers have at most six digits: years of short days are told in seconds.
fn written(ms: u64) -> String {
    if ms < 1_000_000 { format!("{ms}ms") } else { format!("{}s", ms / 1000) }
}

/// The rulebook of open construction tenders, without its committees drawn on chain: for what is not about draws.
pub fn law() -> String {
    undrawn(&shipped_law())
}

/// A rulebook under which the centre names the committee.
pub fn undrawn(book: &str) -> String {
    let drawn = "committee_by_draw = { value = true";
    assert!(book.contains(drawn));
    book.replace(drawn, "committee_by_draw = { value = false")
}

/// The rulebook of open construction tenders.
pub fn shipped_law() -> String {
    book(include_str!("../../rulebooks/engineering-open.toml"))
}

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
    pub book: String,
    pub state: Memory,
    pub now: u64,
    pub height: u64,
    /// The last step of the project.
    pub step: Option<RecordId>,
    pub terms: Option<RecordId>,
    pub records: Vec<RecordId>,
    /// Its records happen on a real chain too.
    pub live: bool,
    /// What a bidder's sealed text holds beside its price.
    pub extras: BTreeMap<String, Value>,
    /// Everything accepted, with height and time.
    pub log: Vec<(VerifiedRecord, Height, TimeMs)>,
}

pub fn key(name: &str) -> SecretKey {
    let held = setting(|held| held.keys.get(name).cloned());
    held.unwrap_or_else(|| SecretKey::from_seed(salted(name).bytes()))
}

pub fn org(name: &str) -> OrgId {
    OrgId::new(name).unwrap()
}

pub fn chain() -> ChainId {
    setting(|held| held.chain)
}

pub fn project() -> ProjectId {
    ProjectId::new(&setting(|held| held.project.clone())).unwrap()
}

/// The organisations with nodes.
pub fn founders() -> Vec<GenesisParticipant> {
    let founder = |(name, role): (&str, Role)| GenesisParticipant {
        org: org(name),
        name: name.into(),
        roles: vec![role],
        keys: vec![key(name).public()],
        nodes: vec![],
    };
    [
        ("CITY", Role::CityCentre),
        ("EAST", Role::DistrictCentre),
        ("REG", Role::Regulator),
        ("WEST", Role::DistrictCentre),
        ("NORTH", Role::DistrictCentre),
    ]
    .map(founder)
    .to_vec()
}

pub struct Draft {
    pub kind: &'static str,
    pub by: Vec<(String, SecretKey)>,
    pub body: Value,
    pub project: bool,
    pub previous: Option<RecordId>,
    pub papers: Vec<(DocumentReference, Vec<u8>)>,
}

pub fn draft(kind: &'static str, by: &str, body: Value) -> Draft {
    Draft { kind, by: vec![(by.into(), key(by))], body, project: false, previous: None, papers: Vec::new() }
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

    /// With a document of this name.
    pub fn paper(mut self, name: &str, media_type: &str, bytes: &[u8]) -> Self {
        let digest = DocumentDigest::new(Digest::of(bytes));
        let (name, media_type, size) = (name.into(), media_type.into(), bytes.len() as u64);
        self.papers.push((DocumentReference { name, digest, size, media_type }, bytes.into()));
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
        Self::under(law())
    }

    /// With this rulebook published.
    pub fn under(book: String) -> Self {
        Self::founded(book, &Founding { participants: founders(), nodes: vec![] })
    }

    pub fn founded(book: String, founding: &Founding) -> Self {
        let mut world = Self {
            book,
            state: Memory::default(),
            now: setting(|held| held.start_ms),
            height: 1,
            step: None,
            terms: None,
            records: Vec::new(),
            live: LIVE.with(|live| live.borrow().is_some()),
            extras: BTreeMap::new(),
            log: Vec::new(),
        };
        let base = world.state.clone();
        let mut overlay = Overlay::new(&base);
        apply_genesis(&mut overlay, founding).unwrap();
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
        world.ok(draft("rulebook.published/1", "CITY", json!({"toml": world.book.clone()})));
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

    /// The record of a draft, and the papers it names.
    fn sign(&self, draft: Draft) -> (Record, Vec<(DocumentDigest, Vec<u8>)>) {
        let mut papers = if self.live { papers(&draft) } else { Vec::new() };
        papers.extend(draft.papers);
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
            documents: papers.iter().map(|(reference, _)| reference.clone()).collect(),
            body: draft.body,
        };
        let keys: Vec<&SecretKey> = draft.by.iter().map(|(_, key)| key).collect();
        let signed = Record::sign(&payload, &keys).unwrap();
        (signed, papers.into_iter().map(|(one, bytes)| (one.digest, bytes)).collect())
    }

    pub fn run(&mut self, draft: Draft) -> Result<RecordId, Reject> {
        let (signed, papers) = self.sign(draft);
        if self.live {
            let now = self.now;
            let (height, time) = with_live(|live| live.happen(&signed, now, &papers));
            self.follow();
            (self.height, self.now) = (self.height.max(height), self.now.max(time));
        }
        self.submit(signed.verify(&chain()).unwrap())
    }

    /// Takes what others did on the real chain, and gives those records. What concerns others only is refused here.
    pub fn follow(&mut self) -> Vec<VerifiedRecord> {
        let mut seen = Vec::new();
        for one in with_live(|live| live.others()) {
            let record = one.record.verify(&chain()).unwrap();
            let _ = self.submit_at(record.clone(), one.height, one.time);
            seen.push(record);
        }
        seen
    }

    /// Runs a record made elsewhere, in a block of its own.
    pub fn submit(&mut self, record: VerifiedRecord) -> Result<RecordId, Reject> {
        if !self.live {
            self.height += 1;
        }
        self.submit_at(record, self.height, self.now)
    }

    fn submit_at(&mut self, record: VerifiedRecord, height: u64, time: u64) -> Result<RecordId, Reject> {
        let block = BlockContext { chain: chain(), height: Height::new(height), time: TimeMs::new(time) };
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
                self.led_where_the_rulebook_says(&record, &outcome.events);
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

    /// A stage that was reached is one of those the record's step leads to, in the text of what holds for its project.
    fn led_where_the_rulebook_says(&self, record: &VerifiedRecord, events: &[Event]) {
        for event in events {
            let Event::Stage { project, stage } = event else { continue };
            let Some(text) = project::view::effective(&self.state, project).unwrap() else { continue };
            let kind = record.payload().record_type.as_str();
            let steps = Rulebook::parse_effective(&text).unwrap().steps();
            let step = steps.into_iter().find(|step| step.name == kind).unwrap();
            assert!(step.to.contains(stage), "{kind} led to {stage:?}");
        }
    }

    pub fn ok(&mut self, draft: Draft) -> RecordId {
        let kind = draft.kind;
        self.run(draft).unwrap_or_else(|reject| panic!("{kind}: {reject}"))
    }

    /// Runs on a copy: the world stays as it is.
    pub fn refused(&self, draft: Draft, code: &str) -> Reject {
        let kind = draft.kind;
        let reject = self.apart().run(draft).expect_err(kind);
        assert_eq!(reject.code, code, "{kind}: {reject}");
        reject
    }

    /// Something happens beside the ledger, where there is one.
    pub fn tell(&self, what: &str) {
        if self.live {
            with_live(|live| live.tell(what));
        }
    }

    /// Refused here, and by the real chain where there is one.
    pub fn turned_away(&self, draft: Draft, code: &str) {
        let kind = draft.kind;
        let (signed, _) = self.sign(draft);
        if self.live {
            let now = self.now;
            let found = with_live(|live| live.refuse(&signed, now));
            assert_eq!(found, code, "{kind}: the chain");
        }
        let reject = self.apart().submit(signed.verify(&chain()).unwrap()).expect_err(kind);
        assert_eq!(reject.code, code, "{kind}: {reject}");
    }

    pub fn fine(&self, draft: Draft) {
        self.apart().ok(draft);
    }

    /// A copy on which nothing is real.
    pub fn apart(&self) -> Self {
        Self { live: false, ..self.clone() }
    }

    pub fn step(&mut self, draft: Draft) -> RecordId {
        let id = self.ok(draft.at(self.step));
        self.step = Some(id);
        id
    }

    pub fn law(&self) -> Digest {
        Rulebook::digest(&self.book)
    }

    pub fn register(&mut self) {
        self.step = None;
        self.step(draft("project.registered/1", "OWNER", registered()));
    }

    pub fn published(&self) -> Value {
        json!({
            "rulebook": self.law().to_string(), "currency": "CNY", "notice": "道路工程", "method": "lowest_price",
            "lots": [{"id": "1", "title": "一标段", "estimate": 100_000_000, "ceiling": 99_000_000}],
            "documents_from_ms": self.now, "documents_until_ms": self.now + 5 * day(),
            "deadline_ms": self.now + 20 * day(), "bid_bond": 2_000_000,
        })
    }

    /// With its bids sealed to the group, where the setting says so.
    pub fn sealed_by_group(&self, mut body: Value) -> Value {
        if let Some(slot_ms) = by_group() {
            let deadline = body["deadline_ms"].as_u64().unwrap().div_ceil(slot_ms) * slot_ms;
            body["deadline_ms"] = json!(deadline);
            body["sealed_by"] = json!("group");
        }
        body
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
        project::view::heads(&self.state, &project()).unwrap().unwrap().deadline_ms.get()
    }

    pub fn open_with(&mut self, bids: &[(&str, u64)]) {
        self.open_lots(&["1"], bids);
    }

    /// The same bids in every lot.
    pub fn open_lots(&mut self, lots: &[&str], bids: &[(&str, u64)]) {
        self.open_admitted(lots, bids, &|_, _| None);
    }

    /// The same bids in every lot, each with the bidder's proof that it is on the lot's list.
    pub fn open_admitted(
        &mut self,
        lots: &[&str],
        bids: &[(&str, u64)],
        proof: &dyn Fn(&str, &str) -> Option<Value>,
    ) {
        if self.live && by_group().is_some() {
            return self.open_by_group(lots, bids, proof);
        }
        let mut held = Vec::new();
        for (lot, (name, price)) in lots.iter().flat_map(|lot| bids.iter().map(move |bid| (*lot, *bid))) {
            let mut sealed = sealed_text(lot, name, &self.offer(name, price).to_string());
            if let Some(proof) = proof(lot, name) {
                sealed.body["admission"] = proof;
            }
            let record = self.ok(sealed.at(self.terms));
            self.now += 1;
            held.push((lot, name, price, record));
        }
        self.now = self.deadline();
        for (lot, name, price, record) in held {
            self.ok(revealed_text(lot, name, &self.offer(name, price).to_string()).at(Some(record)));
        }
        let mut names: Vec<_> = bids.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        self.step(opened_in(lots, &names));
    }

    /// A bid's text.
    fn offer(&self, bidder: &str, price: u64) -> Value {
        let mut text = json!({"price": price});
        for (name, value) in self.extras.get(bidder).and_then(Value::as_object).into_iter().flatten() {
            text[name] = value.clone();
        }
        text
    }

    fn open_by_group(
        &mut self,
        lots: &[&str],
        bids: &[(&str, u64)],
        proof: &dyn Fn(&str, &str) -> Option<Value>,
    ) {
        let deadline = self.deadline();
        for (lot, (name, price)) in lots.iter().flat_map(|lot| bids.iter().map(move |bid| (*lot, *bid))) {
            let mut text = self.offer(name, price);
            if let Some(proof) = proof(lot, name) {
                text["admission"] = proof;
            }
            let (lot, bidder, key, text) = (lot.to_owned(), org(name), key(name), text.to_string());
            with_live(|live| live.seal(Envelope { lot, bidder, key, text, deadline }));
        }
        self.now = deadline;
        let mut names: Vec<_> = bids.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        self.step(opened_in(lots, &names));
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

/// The paper a record is the register entry of, of a synthetic project.
fn papers(draft: &Draft) -> Vec<(DocumentReference, Vec<u8>)> {
    let name = match draft.kind.split('/').next().unwrap() {
        "tender.published" => "招标文件.txt",
        "listing.published" => "挂牌文件.txt",
        "deal.confirmed" => "成交确认书.txt",
        "evaluation.reported" => "评标报告.txt",
        "award.notified" => "中标通知书.txt",
        "contract.signed" => "合同.txt",
        "supervision.reported" => "监督报告.txt",
        _ => return Vec::new(),
    };
    let about = serde_json::to_string_pretty(&draft.body).unwrap();
    let text =
        format!("合成数据，仅供演示 Synthetic, for demonstration only\n{name}\n{}\n{about}\n", project());
    let digest = DocumentDigest::new(Digest::of(text.as_bytes()));
    let size = text.len() as u64;
    vec![(
        DocumentReference { name: name.into(), digest, size, media_type: "text/plain".into() },
        text.into(),
    )]
}

pub fn text(price: Option<u64>) -> String {
    price.map_or_else(|| "{}".to_owned(), |price| json!({"price": price}).to_string())
}

pub fn sealed(bidder: &str, price: Option<u64>, sequence: u32) -> Draft {
    sealed_in("1", bidder, price, sequence)
}

pub fn sealed_in(lot: &str, bidder: &str, price: Option<u64>, sequence: u32) -> Draft {
    let mut sealed = sealed_text(lot, bidder, &text(price));
    sealed.body["sequence"] = json!(sequence);
    sealed
}

fn sealed_text(lot: &str, bidder: &str, text: &str) -> Draft {
    let name = BidName { bidder: org(bidder), number: 1 };
    let commitment = bid::commitment(&project(), lot, &name, &[9; 32], text);
    let body = json!({
        "lot": lot, "sequence": 1, "commitment": commitment.to_string(),
        "sealed_body": Digest::of(b"sealed").to_string(),
    });
    draft("bid.sealed/1", bidder, body)
}

pub fn revealed(bidder: &str, price: Option<u64>) -> Draft {
    revealed_in("1", bidder, price)
}

pub fn revealed_in(lot: &str, bidder: &str, price: Option<u64>) -> Draft {
    revealed_text(lot, bidder, &text(price))
}

fn revealed_text(lot: &str, bidder: &str, text: &str) -> Draft {
    let body = json!({"lot": lot, "bid": text, "salt": Digest::sha256([9; 32]).hex()});
    draft("bid.revealed/1", bidder, body)
}

pub fn opened(bidders: &[&str]) -> Draft {
    opened_in(&["1"], bidders)
}

/// The same bidders in every lot.
pub fn opened_in(lots: &[&str], bidders: &[&str]) -> Draft {
    let bids: Vec<Value> = bidders.iter().map(|bidder| json!({"bidder": bidder, "number": 1})).collect();
    let lots: Vec<Value> = lots.iter().map(|lot| json!({"lot": lot, "bids": bids})).collect();
    draft("bids.opened/1", "EAST", json!({"lots": lots}))
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

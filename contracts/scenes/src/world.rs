//! A world with a clock of its own, in which contracts run without a node.
//!
//! **Invariant:** what [`check`] refuses [`execute`] refuses too, a refusal changes no state, and a stage that was
//! reached is one the rulebook's step leads to: every record run here is held to that.

use std::collections::BTreeMap;

use biaozheng_contracts::project;
use biaozheng_contracts::{
    BlockContext, Event, Founding, GenesisParticipant, Overlay, Refusal, Reject, Role, Rulebook,
    apply_genesis, check, execute,
};
use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{DocumentDigest, Height, RecordId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::payload::{DocumentReference, Party, Payload, RecordType};
use biaozheng_ledger::record::{Record, VerifiedRecord};
use serde_json::{Value, json};

use crate::draft::{Draft, draft};
use crate::law::law;
use crate::live::{is_live, with_live};
use crate::memory::Memory;
use crate::refusals;
use crate::setting::{chain, key, org, project, setting};

/// A world with a clock of its own.
#[derive(Clone, Debug)]
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

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// Under [`law`].
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
            live: is_live(),
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
                refusals::met(reject.code);
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

    pub fn chained(&self) -> (usize, Digest) {
        let start = Digest::zero();
        let head = self.records.iter().fold(start, |head, id| {
            FieldHasher::new("biaozheng/project-history/v1").digest(&head).digest(id.digest()).finish()
        });
        (self.records.len(), head)
    }
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

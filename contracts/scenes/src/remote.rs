//! A tender under remote evaluation: the records of draw, session, scores and report, and what the host keeps secret.

mod scoring;

use std::collections::BTreeSet;

use biaozheng_contracts::draw::{
    Drawing, ExpertId, PoolExpert, Quota, Region, Snapshot, Speciality, private_seed,
};
use biaozheng_contracts::evaluation::beacon::GroupBeacon;
use biaozheng_contracts::evaluation::disclosure::{
    DrawnList, DrawnPick, Replaces, SeatOpening, list_commitment, session_identity,
};
use biaozheng_contracts::evaluation::draw::{Secret, secret_commitment};
use biaozheng_contracts::evaluation::methods::Terms;
use biaozheng_contracts::evaluation::pool::{Link, link};
use biaozheng_contracts::randomness::{self, NoBeacon, Randomness, Reveal, Seed};
use biaozheng_contracts::sealing::group;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::RecordId;
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::record::VerifiedRecord;
use biaozheng_seal::sealing::SealingGroup;
use serde_json::{Value, json};

use crate::draft::{Draft, draft};
use crate::law::shipped_law;
use crate::setting::{by_group, chain, key, org, project, salted};
use crate::world::World;

const EXPERTS: usize = 30;
pub const BIDS: [(&str, u64); 3] = [("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)];

pub fn enrolled(n: usize) -> Value {
    let salted = |kind, what: &str| link(kind, &[7; 32], &format!("{what}-{n}")).to_string();
    json!({
        "expert": format!("E{n:03}"), "region": "320500",
        "specialities": match n % 6 {
            0 | 3 => json!(["A01", "B02"]),
            2 | 4 => json!(["B02"]),
            _ => json!(["A01"]),
        },
        "identity": salted(Link::Identity, "id"), "employer": salted(Link::Employer, "employer"),
        "equity": [salted(Link::Equity, "company")], "relatives": [salted(Link::Relative, "relative")],
    })
}

/// Thirty experts enter the pool, and one is suspended.
pub fn enrol(world: &mut World) {
    for n in 0..EXPERTS {
        world.ok(draft("expert.enrolled/1", if n % 2 == 0 { "CITY" } else { "EAST" }, enrolled(n)));
    }
    world.ok(draft("expert.suspended/1", "CITY", json!({"expert": "E029", "reason": "处分"})));
}

/// A weighted tender's body.
pub fn weighted(world: &World, terms: &Value, lots: &[&str]) -> Value {
    let mut body = world.published();
    body["method"] = json!("weighted");
    body["criteria"] = json!([
        {"id": "tech", "weight_permille": 500}, {"id": "record", "weight_permille": 100},
        {"id": "price", "weight_permille": 400, "price": true},
    ]);
    body["evaluation"] = terms.clone();
    let lot = |id: &&str| json!({"id": id, "title": format!("{id}标段"), "estimate": 100_000_000, "ceiling": 99_000_000});
    body["lots"] = lots.iter().map(lot).collect();
    body
}

fn pooled(n: usize) -> PoolExpert {
    let body = enrolled(n);
    let specialities = body["specialities"].as_array().unwrap();
    PoolExpert {
        expert: ExpertId::new(body["expert"].as_str().unwrap()).unwrap(),
        specialities: specialities
            .iter()
            .map(|one| Speciality::new(one.as_str().unwrap()).unwrap())
            .collect(),
        region: Region::new("320500").unwrap(),
        identity: from_value(&body["identity"]).unwrap(),
    }
}

pub fn weighted_terms() -> Value {
    json!({
        "aggregate": {"kind": "trimmed", "low": 1, "high": 1},
        "price_score": {"kind": "benchmark",
            "k": {"min_permille": 950, "max_permille": 1000, "step_permille": 5},
            "e_above_milli": 2000, "e_below_milli": 1000},
        "blind": ["tech"], "objective": ["record"],
    })
}

/// The plain mean and the lowest price in relation; nothing hidden, nothing objective.
pub fn mean_terms() -> Value {
    json!({"aggregate": {"kind": "mean"}})
}

/// A party's 32 bytes, as such and as digits.
pub fn value(name: &str) -> ([u8; 32], String) {
    let digest = salted(name);
    (*digest.bytes(), digest.hex())
}

pub fn far_reason(bid: &str) -> Value {
    let flag =
        json!({"kind": "distance", "bid": {"bidder": bid, "number": 1}, "criterion": "tech", "member": "S1"});
    json!({"flag": flag, "reason": "该方案深化设计明显较优"})
}

#[derive(Clone, Debug)]
pub struct Remote {
    pub lots: &'static [&'static str],
    pub world: World,
    pub request: Option<RecordId>,
    pub seed: Option<Seed>,
    pub terms: Terms,
    pub snapshot: Snapshot,
    pub quotas: Vec<Quota>,
    pub recused: BTreeSet<ExpertId>,
    /// The draw as shown at the end: picks, and who sits for whom.
    pub list: Vec<DrawnPick>,
    pub members: Vec<String>,
    /// Hundredths by member's number, bidder and criterion.
    pub points: fn(u64, &str, &str) -> u64,
    pub hidden: bool,
    pub prefix: &'static str,
    pub tamper: Option<&'static str>,
    /// Bidders that are disqualified in every lot, and why.
    pub out: Vec<(&'static str, &'static str)>,
}

impl Remote {
    /// Thirty experts, one recused, one suspended; a weighted tender with three opened bids.
    pub fn opened(terms: Value) -> Self {
        Self::opened_under(shipped_law(), terms)
    }

    pub fn opened_under(book: String, terms: Value) -> Self {
        Self::opened_lots(book, terms, &["1"])
    }

    /// The same bids in every lot.
    pub fn opened_lots(book: String, terms: Value, lots: &'static [&'static str]) -> Self {
        let mut world = World::under(book);
        enrol(&mut world);
        world.register();
        let body = world.sealed_by_group(weighted(&world, &terms, lots));
        world.publish(body);
        world.open_lots(lots, &BIDS);
        Self::over(world, terms, lots)
    }

    /// Over a tender with [`weighted`] terms whose bids are open.
    pub fn over(world: World, terms: Value, lots: &'static [&'static str]) -> Self {
        let hidden = terms["blind"].as_array().is_some_and(|blind| !blind.is_empty());
        let quota = |name: &str| Quota { speciality: Speciality::new(name).unwrap(), region: None, count: 2 };
        Self {
            world,
            lots,
            request: None,
            seed: None,
            terms: from_value(&terms).unwrap(),
            snapshot: Snapshot::new((0..EXPERTS - 1).map(pooled).collect()).unwrap(),
            quotas: vec![quota("A01"), quota("B02")],
            recused: BTreeSet::from([ExpertId::new("E003").unwrap()]),
            list: Vec::new(),
            members: (1..=5).map(|n| format!("S{n}")).collect(),
            points: |member, bidder, criterion| match (criterion, bidder) {
                ("tech", "B1") => 9000 + member * 10,
                ("tech", "B2") => 8000 + member * 10,
                ("tech", _) => 7000 + member * 10,
                _ => 9000,
            },
            hidden,
            prefix: "S",
            tamper: None,
            out: Vec::new(),
        }
    }

    /// With a committee from a draw.
    pub fn seated() -> Self {
        let mut remote = Self::opened(weighted_terms());
        remote.committee();
        remote
    }

    pub fn committee(&mut self) {
        self.request(&["CITY", "EAST", "REG"], &[]);
        self.randomness(&["CITY", "EAST", "REG"]);
        self.seat();
    }

    /// Every member has sealed and revealed.
    pub fn scored(&mut self) {
        self.seal_all();
        if self.hidden {
            self.open_blind();
        }
        self.reveal_all();
    }

    pub fn request_body(&self, parties: &[&str], silent: &[&str]) -> Value {
        let blind = (!self.terms.blind.is_empty())
            .then(|| secret_commitment(Secret::Blind, &project(), &value("blind").0).to_string());
        json!({
            "label": "评标专家抽取", "size": 5, "experts": 4, "quotas": self.quotas,
            "pool": self.snapshot.digest().to_string(),
            "recused": [{"expert": "E003", "ground": "same_employer", "party": "B1"}],
            "source": match by_group() {
                Some(_) => json!({"kind": "beacon"}),
                None => json!({"kind": "commit_reveal", "parties": parties}),
            },
            "secret": secret_commitment(Secret::Draw, &project(), &value("secret").0).to_string(),
            "blind": blind, "silent": silent,
        })
    }

    pub fn request(&mut self, parties: &[&str], silent: &[&str]) {
        let body = self.request_body(parties, silent);
        self.request = Some(self.world.step(draft("draw.requested/1", "EAST", body)));
    }

    fn label(&self) -> Digest {
        randomness::label(&project(), &self.request.unwrap())
    }

    pub fn commit_of(&self, party: &str) -> Draft {
        let commitment = randomness::commitment(&self.label(), &org(party), &value(party).0);
        draft("randomness.committed/1", party, json!({"commitment": commitment.to_string()})).at(self.request)
    }

    pub fn reveal_value(&self, party: &str) -> Draft {
        draft("randomness.revealed/1", party, json!({"value": value(party).1})).at(self.request)
    }

    pub fn randomness(&mut self, parties: &[&str]) {
        if by_group().is_some() {
            return self.beacon();
        }
        for party in parties {
            self.world.ok(self.commit_of(party));
        }
        for party in parties {
            self.world.ok(self.reveal_value(party));
        }
        let reveals = parties.iter().map(|party| Reveal { org: org(party), value: value(party).0 });
        let randomness = Randomness::CommitReveal { reveals: reveals.collect() };
        self.seed = Some(randomness.seed(&self.label(), &NoBeacon).unwrap());
    }

    /// Waits until the real chain's group has signed the draw's label.
    fn beacon(&mut self) {
        let signature = loop {
            let signed = |one: &VerifiedRecord| {
                let payload = one.payload();
                (payload.record_type.name() == "beacon.recovered" && payload.project == Some(project()))
                    .then(|| payload.body["signature"].as_str().unwrap().to_owned())
            };
            if let Some(found) = self.world.follow().iter().find_map(signed) {
                break hex::decode(found).unwrap();
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        };
        let group = group::sealing_keys(&self.world.state).unwrap().unwrap().keys.group_key();
        let beacon = GroupBeacon::new(SealingGroup { chain: chain(), key: group });
        self.seed = Some(Randomness::Beacon { signature }.seed(&self.label(), &beacon).unwrap());
    }

    fn drawing(&self, secret: &[u8; 32]) -> Drawing<'_> {
        let seed = private_seed(&self.seed.unwrap(), secret);
        Drawing::start(&seed, &self.snapshot, &self.quotas, &self.recused).unwrap()
    }

    pub fn picks_with(&self, secret: &[u8; 32]) -> Vec<String> {
        self.drawing(secret).picks().iter().map(|pick| pick.expert.to_string()).collect()
    }

    fn identity(&self, member: &str, expert: &ExpertId) -> String {
        session_identity(&project(), &org(member), &value(member).0, expert).to_string()
    }

    fn opening(member: &str) -> Option<SeatOpening> {
        Some(SeatOpening { member: org(member), salt: value(member).1 })
    }

    /// Draws; one refuses on the telephone and the next one comes. The members' list is ready to be committed to.
    fn draw(&mut self) {
        let mut drawing = self.drawing(&value("secret").0);
        let refuses = drawing.picks()[1].expert.clone();
        drawing.replace(&refuses).unwrap();
        let picks = drawing.picks().to_vec();
        self.list.clear();
        let mut seats = ["S1", "S2", "S3", "S4"].into_iter();
        for (at, pick) in picks.iter().enumerate() {
            let seat = if pick.expert == refuses { None } else { seats.next().and_then(Self::opening) };
            let replaces =
                (at == 4).then(|| Replaces { expert: refuses.clone(), reason: "时间冲突".into() });
            self.list.push(DrawnPick { expert: pick.expert.clone(), quota: pick.quota, replaces, seat });
        }
    }

    fn list_text(&self) -> String {
        let mut list = DrawnList { picks: self.list.clone() };
        match self.tamper {
            // Somebody who was not drawn, seated consistently otherwise.
            Some("expert") => list.picks[0].expert = ExpertId::new("E028").unwrap(),
            Some("quota") => list.picks[0].quota = 1,
            Some("seat") => list.picks[0].seat = None,
            Some("salt") => list.picks[0].seat.as_mut().unwrap().salt = value("x").1,
            Some("short") => list.picks.truncate(3),
            _ => {}
        }
        serde_json::to_string(&list).unwrap()
    }

    fn list_digest(&self) -> String {
        list_commitment(&project(), &value("secret").0, &self.list_text()).to_string()
    }

    pub fn members(&self) -> Draft {
        let rows: Vec<Value> = (1..=5)
            .map(|n| {
                let name = format!("S{n}");
                let seated = self
                    .list
                    .iter()
                    .find(|pick| pick.seat.as_ref().is_some_and(|seat| seat.member == org(&name)));
                let identity = seated.map_or_else(
                    || Digest::of(name.as_bytes()).to_string(),
                    |pick| self.identity(&name, &pick.expert),
                );
                json!({"member": name, "key": key(&name).public(), "expert": n < 5, "identity": identity})
            })
            .collect();
        draft("experts.drawn/1", "EAST", json!({"members": rows, "list": self.list_digest()}))
            .at(self.request)
    }

    pub fn seat(&mut self) {
        self.draw();
        let members = self.members();
        self.world.step(members);
    }
}

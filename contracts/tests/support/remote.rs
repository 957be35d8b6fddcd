//! A tender under remote evaluation: the records of draw, session, scores and report, and what the host keeps secret.
#![allow(dead_code, unreachable_pub, missing_debug_implementations, clippy::type_complexity)]

use biaozheng_contracts::draw::{
    Drawing, ExpertId, PoolExpert, Quota, Region, Snapshot, Speciality, private_seed,
};
use biaozheng_contracts::evaluation::beacon::GroupBeacon;
use biaozheng_contracts::evaluation::committee;
use biaozheng_contracts::evaluation::disclosure::{
    DrawnList, DrawnPick, Replaces, SeatOpening, list_commitment, session_identity,
};
use biaozheng_contracts::evaluation::draw::{Secret, secret_commitment};
use biaozheng_contracts::evaluation::methods::{
    PriceScore, Terms, aggregate, benchmark_score, code, draw_k, half_up, lowest_ratio_score,
};
use biaozheng_contracts::evaluation::pool::{Link, link};
use biaozheng_contracts::randomness::{self, NoBeacon, Randomness, Reveal, Seed};
use biaozheng_contracts::sealing::group;

use biaozheng_seal::sealing::SealingGroup;

use super::world::*;

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
        identity: serde_json::from_value(body["identity"].clone()).unwrap(),
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

#[derive(Clone)]
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
            terms: serde_json::from_value(terms).unwrap(),
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

    pub fn session_body(&self) -> Value {
        let seat =
            |n: usize| json!({"member": format!("S{n}"), "venue": if n < 4 { "EAST" } else { "CITY" }});
        json!({
            "host": "EAST", "venues": ["CITY"], "seats": (1..=5).map(seat).collect::<Vec<_>>(),
            "until_ms": self.world.now + 8 * hour(),
        })
    }

    pub fn open_session(&mut self) {
        let body = self.session_body();
        self.world.step(draft("evaluation.session_opened/1", "EAST", body));
    }

    fn sheet(&self, member: &str) -> String {
        let number: u64 = member[1..].parse().unwrap();
        let points = |bidder: &str, criterion: &str| (self.points)(number, bidder, criterion);
        let rows = || self.lots.iter().flat_map(|lot| BIDS.iter().map(move |(bidder, _)| (*lot, *bidder)));
        let open = |(lot, bidder): (&str, &str)| {
            let mut criteria = json!({"record": points(bidder, "record")});
            if !self.hidden {
                criteria["tech"] = json!(points(bidder, "tech"));
            }
            json!({"lot": lot, "bid": {"bidder": bidder, "number": 1}, "criteria": criteria})
        };
        let hidden = |(lot, bidder): (&str, &str)| {
            let name = BidName { bidder: org(bidder), number: 1 };
            let code = code(&self.seed.unwrap(), &value("blind").0, lot, &name);
            json!({"lot": lot, "code": code, "criteria": {"tech": points(bidder, "tech")}})
        };
        let blind: Vec<Value> = if self.hidden { rows().map(hidden).collect() } else { Vec::new() };
        json!({"scores": rows().map(open).collect::<Vec<_>>(), "blind": blind}).to_string()
    }

    pub fn seal(&mut self, member: &str) {
        let commitment =
            committee::commitment(&project(), &org(member), &[5; 32], &self.sheet(member)).to_string();
        let sealed = draft("scores.sealed/1", member, json!({"commitment": commitment}));
        self.world.ok(sealed.at(self.world.step));
    }

    fn named(&self) -> Vec<String> {
        self.members.iter().map(|name| name.replace('S', self.prefix)).collect()
    }

    pub fn seal_all(&mut self) {
        for member in self.named() {
            self.seal(&member);
        }
    }

    pub fn reveal_of(&self, member: &str) -> Draft {
        let body = json!({"sheet": self.sheet(member), "salt": Digest::sha256([5; 32]).hex()});
        draft("scores.revealed/1", member, body).at(self.world.step)
    }

    pub fn reveal_all(&mut self) {
        for member in self.named() {
            let reveal = self.reveal_of(&member);
            self.world.ok(reveal);
        }
    }

    pub fn open_blind(&mut self) {
        let body = json!({"secret": value("blind").1});
        let opened = draft("blind.opened/1", "EAST", body).at(self.world.step);
        self.world.ok(opened);
    }

    /// The member at this place leaves; the next of the stream comes as S6. Returns who left.
    pub fn replace(&mut self, at: usize) -> String {
        let leaving = self
            .list
            .iter()
            .find(|pick| pick.seat.as_ref().is_some_and(|seat| seat.member == org(&self.members[at])));
        let leaving = leaving.unwrap().expert.clone();
        let (next, refused) = {
            let mut drawing = self.drawing(&value("secret").0);
            let refused = drawing.picks()[1].expert.clone();
            drawing.replace(&refused).unwrap();
            (drawing.replace(&leaving).unwrap(), refused)
        };
        assert_ne!(leaving, refused);
        let replaces = Some(Replaces { expert: leaving, reason: "突发疾病".into() });
        self.list.push(DrawnPick {
            expert: next.expert.clone(),
            quota: next.quota,
            replaces,
            seat: Self::opening("S6"),
        });
        let replacement = json!({
            "member": "S6", "key": key("S6").public(), "expert": true, "identity": self.identity("S6", &next.expert),
        });
        let body = json!({
            "out": self.members[at], "reason": "突发疾病", "replacement": replacement, "venue": "EAST",
            "list": self.list_digest(),
        });
        self.world.step(draft("member.replaced/1", "EAST", body));
        let gone = self.members.remove(at);
        self.members.push("S6".into());
        gone
    }

    /// The ranking, computed from the parts the methods' own tests check.
    pub fn ranking(&self) -> Value {
        self.ranking_in("1")
    }

    pub fn ranking_in(&self, lot: &str) -> Value {
        let stands = |bidder: &str| self.out.iter().all(|(out, _)| *out != bidder);
        let bids: Vec<_> = BIDS.iter().filter(|(bidder, _)| stands(bidder)).collect();
        let prices: Vec<u64> = bids.iter().map(|(_, price)| *price).collect();
        let price_points = |price: u64| match &self.terms.price_score {
            PriceScore::Benchmark(rule) => {
                benchmark_score(price, &prices, rule, draw_k(rule.k, &self.seed.unwrap(), lot))
            }
            PriceScore::LowestRatio => lowest_ratio_score(price, 80_000_000),
        };
        let mean = |bidder: &str, criterion: &str| {
            let numbers = self.members.iter().map(|name| name[1..].parse::<u64>().unwrap());
            let given: Vec<u32> =
                numbers.map(|n| u32::try_from((self.points)(n, bidder, criterion)).unwrap()).collect();
            aggregate(&given, self.terms.aggregate)
        };
        let term = |points: u64, weight: u128| half_up(u128::from(points) * weight, 1000);
        let mut rows: Vec<(u64, &str, u64)> = bids
            .into_iter()
            .map(|(bidder, price)| {
                let score = term(mean(bidder, "tech"), 500)
                    + term(mean(bidder, "record"), 100)
                    + term(price_points(*price), 400);
                (score, *bidder, *price)
            })
            .collect();
        rows.sort_by(|a, b| b.0.cmp(&a.0).then(a.2.cmp(&b.2)));
        rows.iter()
            .map(|(score, bidder, price)| json!({"bidder": bidder, "number": 1, "price": price, "score": score}))
            .collect()
    }

    pub fn report(&self, ranking: Value, extra: Value, unsigned: &[&str]) -> Draft {
        let mut body = json!({"lots": [{"lot": "1", "ranking": ranking}]});
        for (name, value) in extra.as_object().unwrap() {
            body[name] = value.clone();
        }
        let signing = self.named();
        let signing = signing.iter().filter(|name| !unsigned.contains(&name.as_str()));
        signing.fold(draft("evaluation.reported/1", "EAST", body), |draft, name| draft.also(name))
    }

    /// The report over all lots, each with its own ranking.
    pub fn report_all(&self, extra: Value) -> Draft {
        let out = |(bidder, reason): &(&str, &str)| json!({"bid": {"bidder": bidder, "number": 1}, "reason": reason});
        let out: Vec<Value> = self.out.iter().map(out).collect();
        let lot = |lot: &&str| json!({"lot": lot, "ranking": self.ranking_in(lot), "disqualified": out});
        let lots: Vec<Value> = self.lots.iter().map(lot).collect();
        let mut extra = extra;
        extra["lots"] = json!(lots);
        self.report(json!([]), extra, &[])
    }

    /// First and price of each lot.
    pub fn winners(&self) -> Vec<(&'static str, String, u64)> {
        let first = |lot: &&'static str| {
            let ranking = self.ranking_in(lot);
            let bidder = ranking[0]["bidder"].as_str().unwrap().to_owned();
            (*lot, bidder, ranking[0]["price"].as_u64().unwrap())
        };
        self.lots.iter().map(first).collect()
    }

    pub fn award(&mut self) {
        let winners = self.winners();
        let listed = |(lot, bidder, _): &(&str, String, u64)| json!({"lot": lot, "candidates": [{"bidder": bidder, "number": 1}]});
        let lots: Vec<Value> = winners.iter().map(listed).collect();
        self.world.step(draft("candidates.publicised/1", "OWNER", json!({"lots": lots})));
        self.world.now += 3 * day();
        let awarded = |(lot, bidder, price): &(&str, String, u64)| json!({"lot": lot, "bid": {"bidder": bidder, "number": 1}, "price": price, "grounds": []});
        let lots: Vec<Value> = winners.iter().map(awarded).collect();
        self.world.step(draft("award.notified/1", "OWNER", json!({"lots": lots})));
    }

    /// A contract for each lot.
    pub fn contract(&mut self) {
        for (lot, bidder, price) in self.winners() {
            let body = json!({
                "lot": lot, "price": price, "performance_bond": price / 20,
                "contract": Digest::of(format!("{lot} {price}").as_bytes()).to_string(),
            });
            self.world.step(draft("contract.signed/1", "OWNER", body).also(&bidder));
        }
    }

    pub fn disclosure(&self, change: impl Fn(&mut Value)) -> Draft {
        let mut body = json!({"list": self.list_text(), "secret": value("secret").1});
        change(&mut body);
        draft("draw.disclosed/1", "EAST", body).at(self.request)
    }
}

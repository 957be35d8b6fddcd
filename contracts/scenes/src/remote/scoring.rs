//! The session of a drawn committee: seats, sheets, the ranking they give, and what follows it up to the contract.

use biaozheng_contracts::BidName;
use biaozheng_contracts::evaluation::committee;
use biaozheng_contracts::evaluation::disclosure::{DrawnPick, Replaces};
use biaozheng_contracts::evaluation::methods::{
    PriceScore, aggregate, benchmark_score, code, draw_k, half_up, lowest_ratio_score,
};
use biaozheng_ledger::digest::Digest;
use serde_json::{Value, json};

use super::{BIDS, Remote, value};
use crate::draft::{Draft, draft};
use crate::setting::{day, hour, key, org, project};

impl Remote {
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

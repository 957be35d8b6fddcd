//! An open tender from its registration to its archive: what each party writes, and the usual course of it.

use biaozheng_contracts::BidName;
use biaozheng_contracts::bidding::bid;
use biaozheng_contracts::project;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::RecordId;
use serde_json::{Value, json};

use crate::draft::{Draft, draft};
use crate::live::{Envelope, with_live};
use crate::setting::{by_group, day, key, org, project};
use crate::world::World;

impl World {
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
}

pub fn registered() -> Value {
    json!({"title": "人民路改造", "code": "2026-320500-48-01-000123", "tenderee": "OWNER", "agency": "AGENT", "centre": "EAST"})
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

//! Bodies of the records of listings, procurement, invitation, prequalification and bonds. Pure: ids, times and salts
//! come in, a body goes out, so that the same scenes run in a test's world and on a cluster.

use biaozheng_contracts::Amount;
use biaozheng_contracts::bidding::{admission, bond};
use biaozheng_contracts::listing;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId};
use biaozheng_ledger::key::PublicKey;
use serde_json::{Value, json};

pub const LAND: &str = include_str!("../../rulebooks/land-use-right.toml");
pub const MINING: &str = include_str!("../../rulebooks/mining-right.toml");
pub const ASSETS: &str = include_str!("../../rulebooks/state-assets.toml");
pub const AUCTION: &str = include_str!("../../rulebooks/auction.toml");

pub fn amount(minor_units: u64) -> Amount {
    Amount::new(minor_units).unwrap()
}

fn id(name: &str) -> OrgId {
    OrgId::new(name).unwrap()
}

/// A salt of 32 equal bytes as hexadecimal digits.
pub fn salt(byte: u8) -> String {
    Digest::sha256([byte; 32]).hex()
}

/// What a listing's notice says.
#[derive(Debug)]
pub struct Notice {
    pub rulebook: Digest,
    pub asset: &'static str,
    pub start: u64,
    pub increment: u64,
    pub reserve: Option<(u64, u8)>,
    pub bond: u64,
    pub viewing_ms: Option<(u64, u64)>,
    pub from_ms: u64,
    pub until_ms: u64,
}

impl Notice {
    /// `listing.published/1` of one lot "1"; registration ends when the offers do.
    pub fn body(&self, project: &ProjectId) -> Value {
        let mut lot =
            json!({"id": "1", "title": "标的一", "starting_price": self.start, "increment": self.increment});
        if let Some((reserve, byte)) = self.reserve {
            let digest = listing::reserve_commitment(project, "1", amount(reserve), &[byte; 32]);
            lot["reserve"] = json!(digest.to_string());
        }
        let mut body = json!({
            "rulebook": self.rulebook.to_string(), "currency": "CNY", "notice": "挂牌公告", "asset": self.asset,
            "lots": [lot], "bond": self.bond, "registration_until_ms": self.until_ms,
            "listing_from_ms": self.from_ms, "listing_until_ms": self.until_ms,
        });
        if let Some((from, until)) = self.viewing_ms {
            body["viewing_from_ms"] = json!(from);
            body["viewing_until_ms"] = json!(until);
        }
        body
    }
}

/// `listing.registered/1`.
pub fn number_registered(
    project: &ProjectId,
    number: &str,
    key: PublicKey,
    bidder: &str,
    byte: u8,
    bond: Option<RecordId>,
) -> Value {
    let identity = listing::number_commitment(project, &id(number), &id(bidder), &[byte; 32]);
    let mut body = json!({"number": number, "key": key, "identity": identity.to_string()});
    if let Some(bond) = bond {
        body["bond"] = json!(bond);
    }
    body
}

/// `listing.offered/1`.
pub fn offered(lot: &str, price: u64) -> Value {
    json!({"lot": lot, "amount": price})
}

/// `listing.closed/1` of one lot: numbers as (number, bidder, salt byte), winner as (number, bidder, price).
pub fn listing_closed(
    numbers: &[(&str, &str, u8)],
    reserve: Option<(u64, u8)>,
    winner: Option<(&str, &str, u64)>,
) -> Value {
    let opened: Vec<Value> = numbers
        .iter()
        .map(|(number, bidder, byte)| json!({"number": number, "bidder": bidder, "salt": salt(*byte)}))
        .collect();
    let mut lot = json!({"lot": "1"});
    if let Some((price, byte)) = reserve {
        lot["reserve"] = json!({"amount": price, "salt": salt(byte)});
    }
    if let Some((number, bidder, price)) = winner {
        lot["winner"] = json!({"number": number, "bidder": bidder, "price": price});
    }
    json!({"numbers": opened, "lots": [lot]})
}

/// `deal.confirmed/1`.
pub fn deal_confirmed(lot: &str, price: u64) -> Value {
    json!({"lot": lot, "price": price, "confirmation": Digest::of(b"confirmation").to_string()})
}

/// `result.publicised/1` of one lot.
pub fn result_publicised(bidder: &str, price: u64) -> Value {
    json!({"text": "成交公示", "lots": [{"lot": "1", "bidder": bidder, "price": price}]})
}

/// `bond.received/1`.
pub fn bond_received(project: &ProjectId, payer: &str, sum: u64, byte: u8) -> Value {
    json!({"commitment": bond::commitment(project, &id(payer), amount(sum), &[byte; 32]).to_string()})
}

/// `bond.refunded/1`.
pub fn bond_refunded(record: RecordId, payer: &str, sum: u64, byte: u8) -> Value {
    json!({"bond": record, "payer": payer, "amount": sum, "interest": 0, "salt": salt(byte)})
}

pub const PROCUREMENT: &str = include_str!("../../rulebooks/government-procurement.toml");
pub const INVITED: &str = include_str!("../../rulebooks/invited-tender.toml");
pub const METRO: &str = include_str!("../../rulebooks/metro.toml");

/// A list of who may bid: what its keeper holds back until the opening.
#[derive(Clone, Debug)]
pub struct List {
    pub project: ProjectId,
    pub scope: String,
    pub admitted: Vec<(String, u8)>,
    pub seed: Digest,
    pub leaves: Vec<Digest>,
}

impl List {
    /// Bidders with the byte of their salt. Decoys come from a seed, which on a cluster is random.
    pub fn new(project: &ProjectId, scope: &str, admitted: &[(&str, u8)], seed: &str) -> Self {
        let seed = Digest::of(seed.as_bytes());
        let leaf = |(bidder, byte): &(&str, u8)| admission::leaf(project, scope, &id(bidder), &[*byte; 32]);
        let own: Vec<Digest> = admitted.iter().map(leaf).collect();
        let leaves = admission::leaves(project, scope, &own, seed.bytes());
        let admitted = admitted.iter().map(|(bidder, byte)| ((*bidder).to_owned(), *byte)).collect();
        Self { project: project.clone(), scope: scope.into(), admitted, seed, leaves }
    }

    pub fn root(&self) -> String {
        admission::root(&self.leaves).unwrap().to_string()
    }

    /// The `admission` of a bidder's sealed bid.
    pub fn proof(&self, bidder: &str) -> Value {
        let byte = self.admitted.iter().find(|(known, _)| known == bidder).unwrap().1;
        let leaf = admission::leaf(&self.project, &self.scope, &id(bidder), &[byte; 32]);
        let index = self.leaves.iter().position(|one| *one == leaf).unwrap();
        let path: Vec<String> = admission::path(&self.leaves, index).iter().map(Digest::to_string).collect();
        json!({"salt": salt(byte), "index": index, "path": path})
    }

    fn opened(&self) -> Value {
        let admitted: Vec<Value> = self
            .admitted
            .iter()
            .map(|(bidder, byte)| json!({"bidder": bidder, "salt": salt(*byte)}))
            .collect();
        json!({"scope": self.scope, "admitted": admitted, "seed": self.seed.hex()})
    }
}

/// `admission.disclosed/1`.
pub fn admission_disclosed(lists: &[&List]) -> Value {
    json!({"lists": lists.iter().map(|list| list.opened()).collect::<Vec<_>>()})
}

/// `invitation.issued/1` around the terms of a tender.
pub fn invitation_issued(ground: &str, invitees: &List, terms: Value) -> Value {
    json!({"ground": ground, "reason": "技术复杂，经批准", "invitees": invitees.root(), "terms": terms})
}

/// `prequal.published/1`.
pub fn prequal_published(rulebook: Digest, from_ms: u64, until_ms: u64, deadline_ms: u64) -> Value {
    json!({
        "rulebook": rulebook.to_string(), "notice": "资格预审公告",
        "lots": [{"id": "1", "title": "土建一标"}, {"id": "2", "title": "土建二标"}],
        "documents_from_ms": from_ms, "documents_until_ms": until_ms, "deadline_ms": deadline_ms,
    })
}

/// `prequal.applied/1`.
pub fn prequal_applied(lots: &[&str]) -> Value {
    json!({"lots": lots, "commitment": Digest::of(b"encrypted application").to_string()})
}

/// A committee's members as `prequal.opened/1` and `experts.drawn/1` list them: name and key, all experts.
pub fn members(names_and_keys: &[(String, PublicKey)]) -> Vec<Value> {
    let member = |(name, key): &(String, PublicKey)| {
        let identity = Digest::of(name.as_bytes()).to_string();
        json!({"member": name, "key": key, "expert": true, "identity": identity})
    };
    names_and_keys.iter().map(member).collect()
}

/// `prequal.opened/1`.
pub fn prequal_opened(applications: Digest, members: Vec<Value>) -> Value {
    json!({"applications": applications.to_string(), "members": members})
}

/// `prequal.reviewed/1`: lots with the list of those who passed, or none.
pub fn prequal_reviewed(lots: &[(&str, Option<&List>)]) -> Value {
    let lot = |(lot, passed): &(&str, Option<&List>)| match passed {
        Some(list) => json!({"lot": lot, "passed": list.root()}),
        None => json!({"lot": lot}),
    };
    json!({"lots": lots.iter().map(lot).collect::<Vec<_>>()})
}

/// `result.corrected/1` of one member's points in lot "1".
pub fn result_corrected(
    ground: &str,
    member: &str,
    bidder: &str,
    criterion: &str,
    points: u32,
    report: Value,
) -> Value {
    let correction = json!({
        "member": member, "lot": "1", "bid": {"bidder": bidder, "number": 1}, "criterion": criterion, "points": points,
    });
    json!({"ground": ground, "reason": "经评标委员会复核", "corrections": [correction], "report": report})
}

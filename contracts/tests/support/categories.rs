//! Bodies of the records of listings, procurement, invitation, prequalification and bonds. Pure: ids, times and salts
//! come in, a body goes out, so that the same scenes run in a test's world and on a cluster.
#![allow(dead_code, unreachable_pub)]

use biaozheng_contracts::Amount;
use biaozheng_contracts::acts::{bond, listing};
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

//! A listing whose records keep every rule, with the knobs by which a test makes it break one.
use biaozheng_contracts::Rulebook;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ocds::Process;
use serde_json::{Value, json};

use crate::tender::{DAY, START, refund};
use biaozheng_scenes::auctions::Writer;

pub(crate) const LAND: &str = include_str!("../../../rulebooks/land-use-right.toml");
pub(crate) const MINING: &str = include_str!("../../../rulebooks/mining-right.toml");
pub(crate) const ASSETS: &str = include_str!("../../../rulebooks/state-assets.toml");
pub(crate) const AUCTION: &str = include_str!("../../../rulebooks/auction.toml");

/// When the notice is published.
pub(crate) const PUBLISHED: u64 = START + 1000;

/// What a listing looks like. All times in milliseconds.
#[derive(Clone)]
pub(crate) struct Listing {
    pub(crate) law: &'static str,
    pub(crate) asset: &'static str,
    /// Starting price, minor units.
    pub(crate) price: u64,
    /// From the notice to the first offer that may be made.
    pub(crate) notice: u64,
    pub(crate) period: u64,
    pub(crate) viewing: Option<u64>,
    /// From the start of offers to the last one.
    pub(crate) offered_after: u64,
    /// From the last offer to the closing.
    pub(crate) closed_after: u64,
    pub(crate) sold: bool,
    /// From the closing to the publicity, from there to contract and report, from the contract to the bonds' return.
    pub(crate) publicised_after: Option<u64>,
    pub(crate) contract_after: Option<u64>,
    pub(crate) report_after: Option<u64>,
    pub(crate) refund_after: Option<u64>,
}

/// A listing under a law that breaks none of its rules.
pub(crate) fn listing(law: &'static str, asset: &'static str) -> Listing {
    let book = Rulebook::parse(law).unwrap();
    Listing {
        law,
        asset,
        price: 50_000_000,
        notice: 70 * DAY,
        period: 20 * DAY,
        viewing: book.article("viewing_min").map(|_| 2 * DAY),
        offered_after: 1000,
        closed_after: 20 * DAY,
        sold: true,
        publicised_after: Some(DAY),
        contract_after: Some(25 * DAY),
        report_after: Some(26 * DAY),
        refund_after: Some(DAY),
    }
}

/// How long a limit of a law is, from a moment on.
pub(crate) fn within(law: &str, parameter: &str, from: u64) -> u64 {
    Rulebook::parse(law).unwrap().due(parameter, TimeMs::new(from)).unwrap().get() - from
}

impl Listing {
    pub(crate) const fn from(&self) -> u64 {
        PUBLISHED + self.notice
    }

    pub(crate) const fn closed(&self) -> u64 {
        self.from() + self.offered_after + self.closed_after
    }

    pub(crate) fn publicised(&self) -> u64 {
        self.closed() + 1000 + self.publicised_after.unwrap_or(0)
    }

    pub(crate) fn process(&self) -> Process {
        let mut writer = Writer::new("L-1", START);
        writer.process.rulebook = self.law.into();
        let body = json!({"title": "出让（合成数据）", "code": "2026-320500-48-01-000124", "tenderee": "OWNER", "centre": "EAST"});
        writer.record("OWNER", "project.registered/1", body);
        writer.at(PUBLISHED);
        let until = self.from() + self.period;
        let mut body = json!({
            "rulebook": Rulebook::digest(self.law).to_string(), "currency": "CNY", "notice": "出让公告",
            "asset": self.asset, "bond": 10_000_000, "registration_until_ms": self.from(),
            "lots": [{"id": "1", "title": "一号标的", "starting_price": self.price, "increment": 1_000_000}],
            "listing_from_ms": self.from(), "listing_until_ms": until,
        });
        if let Some(viewing) = self.viewing {
            body["viewing_from_ms"] = json!(PUBLISHED + DAY);
            body["viewing_until_ms"] = json!(PUBLISHED + DAY + viewing);
        }
        writer.record("OWNER", "listing.published/1", body);
        let digest = Digest::of(b"bond").to_string();
        let bond = writer.record("EAST", "bond.received/1", json!({"commitment": digest})).to_string();
        writer.at(self.from() + self.offered_after);
        writer.record("N-1", "listing.offered/1", json!({"lot": "1", "amount": self.price}));
        writer.at(self.closed());
        let salt = Digest::of(b"salt").hex();
        let mut lot = json!({"lot": "1"});
        if self.sold {
            lot["winner"] = json!({"number": "N-1", "bidder": "B1", "price": self.price});
        }
        let body = json!({"numbers": [{"number": "N-1", "bidder": "B1", "salt": salt}], "lots": [lot]});
        writer.record("EAST", "listing.closed/1", body);
        self.settle(&mut writer, &bond);
        writer.process.records.sort_by_key(|record| record.time);
        writer.process
    }

    fn settle(&self, writer: &mut Writer, bond: &str) {
        let digest = Digest::of(b"deal").to_string();
        let Some(_) = self.publicised_after.filter(|_| self.sold) else { return };
        writer.at(self.closed() + 1000);
        writer.record(
            "EAST",
            "deal.confirmed/1",
            json!({"lot": "1", "price": self.price, "confirmation": digest}),
        );
        writer.at(self.publicised());
        let body = json!({"text": "成交公示", "lots": [{"lot": "1", "bidder": "B1", "price": self.price}]});
        writer.record("EAST", "result.publicised/1", body);
        let signed = json!({"lot": "1", "price": self.price, "performance_bond": 0, "contract": digest});
        let refunded = self.contract_after.zip(self.refund_after).map(|(signed, after)| signed + after);
        let steps: [(Option<u64>, &str, &str, Value); 3] = [
            (self.contract_after, "OWNER", "contract.signed/1", signed),
            (self.report_after, "OWNER", "supervision.reported/1", json!({"summary": "已报告"})),
            (refunded, "EAST", "bond.refunded/1", refund(bond, "B1")),
        ];
        for (after, author, kind, body) in steps {
            let Some(after) = after else { continue };
            writer.at(self.publicised() + after);
            writer.record(author, kind, body);
        }
    }
}

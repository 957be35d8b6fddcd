//! Whose keys seal: the city centre brings keys into organisations that lost theirs, and cancels no bid with one.

use biaozheng_contracts::opening::completeness::EntryFate;
use biaozheng_contracts::opening::completeness::EntryFate::{Failed, Stands, Superseded};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::key;
use biaozheng_scenes::tender::{opened, text};
use biaozheng_scenes::threshold::{Threshold, grouped, tendered};
use biaozheng_seal::sealing::{Bid, SealedEntry, SizeClass, seal, seal_withdrawal};
use serde_json::json;

const UNKNOWN: EntryFate = Failed("seal.unknown_bidder");

/// Bids under one key of several, and what becomes of them.
trait UnderKeys {
    fn bid_with(&mut self, bidder: &str, with: &str, price: u64, sequence: u32) -> SealedEntry;
    fn withdrawal_with(&mut self, bidder: &str, with: &str, sequence: u32) -> SealedEntry;
    fn fates(&mut self, bidders: &[&str]) -> Vec<EntryFate>;
}

impl UnderKeys for Threshold {
    fn bid_with(&mut self, bidder: &str, with: &str, price: u64, sequence: u32) -> SealedEntry {
        let mut identity = self.identity(bidder, sequence);
        identity.bidder_key = key(with).public();
        let bid = Bid { identity, body: text(Some(price)).into_bytes() };
        seal(&self.group(), self.slot(), &bid, &key(with), &self.fresh()).unwrap().0
    }

    fn withdrawal_with(&mut self, bidder: &str, with: &str, sequence: u32) -> SealedEntry {
        let mut identity = self.identity(bidder, sequence);
        identity.bidder_key = key(with).public();
        let (slot, class, fresh) = (self.slot(), SizeClass::of(1).unwrap(), self.fresh());
        seal_withdrawal(&self.group(), slot, &identity, class, &key(with), &fresh).unwrap().0
    }

    /// Opens everything at the deadline; what became of the tender's entries, in execution and in the check of records.
    fn fates(&mut self, bidders: &[&str]) -> Vec<EntryFate> {
        self.world.now = self.world.deadline();
        self.open_all();
        self.world.step(opened(bidders));
        let found = self.completeness();
        assert!(found.complete);
        found.of_tender.into_iter().map(|(_, fate)| fate).collect()
    }
}

/// By the city centre for `name`, or by the holder of `with` for itself.
fn added(by: &str, with: &str, name: &str, new: &str) -> Draft {
    let body = json!({"org": name, "key": key(new).public(), "purposes": ["sign"]});
    let mut added = draft("participant.key_added/1", by, body).with_key(key(with));
    added.by.push((name.into(), key(new)));
    added
}

fn rotated(by: &str, with: &str, name: &str, old: &str, new: &str) -> Draft {
    let body = json!({"org": name, "old": key(old).public(), "new": key(new).public(), "reason": "x"});
    draft("participant.key_rotated/1", by, body).with_key(key(with))
}

/// Three bids, of which one is attacked with keys that the city centre brings in before the tender, while it runs, and
/// through one another.
#[test]
fn a_key_of_the_city_centre_cancels_and_replaces_no_bid() {
    let mut made = grouped();
    made.world.ok(added("CITY", "CITY", "B1", "early"));
    made.world.register();
    made.world.publish(made.published());
    for (bidder, price) in [("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)] {
        made.bid(bidder, price, 1);
    }
    made.world.ok(added("CITY", "CITY", "B1", "late"));
    made.world.ok(added("B1", "late", "B1", "late's own"));
    for with in ["early", "late", "late's own"] {
        let withdrawal = made.withdrawal_with("B1", with, u32::MAX);
        made.entered("CITY", &withdrawal);
        let bid = made.bid_with("B1", with, 99_000_000, u32::MAX);
        made.entered("CITY", &bid);
    }
    // Its own key is ended, which everybody sees; what it sealed stays.
    made.world.ok(rotated("CITY", "CITY", "B1", "B1", "instead"));
    let withdrawal = made.withdrawal_with("B1", "instead", u32::MAX);
    made.entered("CITY", &withdrawal);
    let fates = made.fates(&["B1", "B2", "B3"]);
    assert_eq!(fates[..3], [Stands, Stands, Stands]);
    assert_eq!(fates[3..], vec![UNKNOWN; 7]);
}

#[test]
fn a_bidder_changes_its_own_key_while_a_tender_runs() {
    let mut made = tendered();
    for bidder in ["B1", "B2", "B3"] {
        made.bid(bidder, 90_000_000, 1);
    }
    made.world.ok(rotated("B1", "B1", "B1", "B1", "B1-2"));
    made.world.ok(added("B1", "B1-2", "B1", "B1-3"));
    for (sequence, with) in [(2, "B1-2"), (3, "B1-3")] {
        let bid = made.bid_with("B1", with, 80_000_000, sequence);
        made.entered("CITY", &bid);
    }
    // The old one has ended, as always.
    let bid = made.bid_with("B1", "B1", 70_000_000, 4);
    made.entered("CITY", &bid);
    let fates = made.fates(&["B1", "B2", "B3"]);
    assert_eq!(fates, [Superseded, Stands, Stands, Superseded, Stands, UNKNOWN]);
}

/// A lost key, and the one the city centre brings in for it: it seals for tenders published afterwards; a second one does
/// not while the first holds.
#[test]
fn who_lost_its_key_bids_in_the_tenders_that_come_after() {
    let mut made = grouped();
    made.world.ok(rotated("CITY", "CITY", "B1", "B1", "B1-found"));
    made.world.ok(added("CITY", "CITY", "B1", "stranger"));
    made.world.register();
    made.world.publish(made.published());
    // B2's is exchanged in the very block of the notice: too late for this tender.
    made.world.height -= 1;
    made.world.ok(rotated("CITY", "CITY", "B2", "B2", "B2-found"));
    for (bidder, with) in [("B1", "B1-found"), ("B2", "B2-found"), ("B3", "B3"), ("B4", "B4")] {
        let bid = made.bid_with(bidder, with, 90_000_000, 1);
        made.entered("CITY", &bid);
    }
    made.world.ok(added("B1", "B1-found", "B1", "B1-4"));
    let bid = made.bid_with("B1", "B1-4", 80_000_000, 2);
    made.entered("CITY", &bid);
    let withdrawal = made.withdrawal_with("B1", "stranger", 9);
    made.entered("CITY", &withdrawal);
    let fates = made.fates(&["B1", "B3", "B4"]);
    assert_eq!(fates, [Superseded, UNKNOWN, Stands, Stands, Stands, UNKNOWN]);
}

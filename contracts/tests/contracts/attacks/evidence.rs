//! Honest openings that the auditor once accused, and a draw that was thrown again.

use biaozheng_contracts::opening::completeness::EntryFate;
use biaozheng_contracts::opening::due::Due;
use biaozheng_scenes::draft::draft;
use biaozheng_scenes::remote::{Remote, weighted_terms};
use biaozheng_scenes::setting::{Setting, day, key, project, set};
use biaozheng_scenes::tender::opened;
use biaozheng_scenes::threshold::{HOUR, grouped, grouped_in, proved, tendered};
use biaozheng_seal::sealing::{OpenedEntry, SizeClass, wrap_inner};
use serde_json::json;

use super::{PRICES, fates, late, three_bids};

/// The group comes back after the fallback: what it opens then could not be in the list.
#[test]
fn a_group_that_is_back_after_the_fallback_makes_no_list_wrong() {
    let mut made = tendered();
    let proofs = three_bids(&mut made);
    made.world.now = made.world.deadline() + HOUR + 1;
    for place in [0, 2] {
        let draft = made.bound(PRICES[place].0, &proofs[place]);
        made.world.ok(draft);
    }
    made.world.now += 2 * HOUR;
    for place in [0, 2] {
        made.world.ok(proved(PRICES[place].0, &proofs[place]));
    }
    made.world.now += 40 * day();
    // A list that leaves a proved one out is refused, so is one with the one nobody opened.
    let step = made.world.step;
    made.world.refused(opened(&["B1"]).at(step), "opening.incomplete");
    made.world.refused(opened(&["B1", "B2", "B3"]).at(step), "opening.incomplete");
    made.world.step(opened(&["B1", "B3"]));
    let before = made.completeness();
    assert_eq!((before.shut, before.complete), (1, false), "it cannot be told what is in the shut one");
    assert_eq!(made.open_all(), 1, "the slot is still pending");
    let after = made.completeness();
    assert_eq!(after.shut, 0);
    assert!(after.complete, "the list is what was open where it stands: {after:?}");
    assert_eq!(fates(&made), [EntryFate::Stands, EntryFate::Unopened, EntryFate::Stands]);
    // The check still tells a false list: one that the same records do not give.
    let mut lists = after.listed.clone().unwrap();
    lists[0].bids.pop();
    assert_ne!(Some(lists), Some(after.expected));
}

/// One inner key ciphertext in a bidder's bids for two tenders: the second is a copy, on chain and for the auditor.
#[test]
fn a_key_used_in_two_tenders_makes_the_second_opening_no_lie() {
    let mut made = tendered();
    let first = made.bid("B3", 95_000_000, 1);
    for (bidder, price) in [("B1", 90_000_000), ("B2", 80_000_000)] {
        made.bid(bidder, price, 1);
    }
    let OpenedEntry::Bid(inner) = first.opened(&made.group()) else { panic!("a bid") };
    set(Setting { project: "P-2".into(), ..Setting::default() });
    made.world.register();
    made.world.publish(made.published());
    for (bidder, price) in [("B1", 91_000_000), ("B2", 81_000_000), ("B4", 82_000_000)] {
        made.bid(bidder, price, 1);
    }
    let identity = made.identity("B3", 1);
    let (group, slot, fresh) = (made.group(), made.slot(), made.fresh());
    let class = SizeClass::of(1).unwrap();
    let again = wrap_inner(&group, slot, &identity, class, inner.inner_bytes(), &key("B3"), &fresh).unwrap();
    made.entered("B3", &again);
    made.world.now = made.world.deadline();
    let slot = made.pending().into_iter().next().unwrap();
    let record = made.opening(&slot, "CITY");
    made.world.ok(record);
    for name in ["P-1", "P-2"] {
        set(Setting { project: name.into(), ..Setting::default() });
        let one = made.pending().into_iter().find(|one| one.due == Due::Tender(project())).unwrap();
        let record = made.opening(&one, "CITY");
        made.world.ok(record);
    }
    let step = made.world.step;
    made.world.refused(opened(&["B1", "B2", "B3", "B4"]).at(step), "opening.incomplete");
    made.world.step(opened(&["B1", "B2", "B4"]));
    let found = made.completeness();
    assert_eq!(found.shut, 0);
    assert!(found.complete, "{found:?}");
    assert_eq!(fates(&made).last(), Some(&EntryFate::Copy));
}

/// An entry that names a tender which was not published when its slot opened is none of it.
#[test]
fn an_entry_from_before_the_notice_makes_the_opening_no_lie() {
    let mut made = grouped();
    made.world.register();
    let soon = biaozheng_seal::label::Slot::new(made.world.now / HOUR);
    let early = made.sealed_for(soon, "B4", Some(1), 1).0;
    made.entered("B4", &early);
    made.world.now = (soon.get() + 1) * HOUR;
    assert_eq!(made.open_all(), 1);
    made.world.publish(made.published());
    three_bids(&mut made);
    made.world.now = made.world.deadline();
    assert_eq!(made.open_all(), 2);
    let step = made.world.step;
    made.world.refused(opened(&["B1", "B2", "B3", "B4"]).at(step), "opening.incomplete");
    made.world.step(opened(&["B1", "B2", "B3"]));
    assert!(made.completeness().complete);
    assert_eq!(fates(&made)[0], EntryFate::Failed("seal.unknown_tender"));
}

/// Members who keep their parts back see the seed first, and once let it lapse and threw again.
#[test]
fn an_unanswered_beacon_gives_no_second_seed() {
    let remote = Remote::opened(weighted_terms());
    let mut body = remote.request_body(&[], &[]);
    body["source"] = json!({"kind": "beacon"});
    let mut made = grouped_in(remote.world);
    made.world.step(draft("draw.requested/1", "EAST", body.clone()));
    let label = made.due()[0].label.clone();
    let signature = hex::encode(made.sign(&label).to_bytes());
    for wait in [2 * HOUR + 1, 40 * day()] {
        made.world.now += wait;
        let step = made.world.step;
        made.world.refused(draft("draw.requested/1", "EAST", body.clone()).at(step), "draw.beacon_stands");
        let mut parties = body.clone();
        parties["source"] = json!({"kind": "commit_reveal", "parties": ["CITY", "EAST", "REG"]});
        made.world.refused(draft("draw.requested/1", "EAST", parties).at(step), "draw.beacon_stands");
        assert_eq!(made.due()[0].label, label, "the same label is due");
    }
    made.world.ok(draft("beacon.recovered/1", "CITY", json!({"signature": signature})).at(None));
    assert_eq!(late(&made), json!(["randomness_window"]));
}

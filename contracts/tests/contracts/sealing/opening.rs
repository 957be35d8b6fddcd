//! From the slot's end to the opening record, and what follows.

use biaozheng_contracts::Rulebook;
use biaozheng_contracts::bidding::bid;
use biaozheng_contracts::opening::completeness::EntryFate;
use biaozheng_contracts::opening::due::Due;
use biaozheng_contracts::opening::{ahead, due};
use biaozheng_contracts::oversight::timers;
use biaozheng_contracts::project::waiting;
use biaozheng_contracts::randomness::{self, Randomness};
use biaozheng_contracts::{opening, shown};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_scenes::draft::draft;
use biaozheng_scenes::remote::{Remote, weighted_terms};
use biaozheng_scenes::setting::{chain, day, hour, key, project};
use biaozheng_scenes::tender::{opened, ranked, revealed, sealed, text};
use biaozheng_scenes::threshold::{MEMBERS, Threshold, grouped, grouped_in, node, proved, tendered};
use biaozheng_scenes::world::World;
use biaozheng_seal::group::{recover, sign_partial};
use biaozheng_seal::label::Label;
use biaozheng_seal::sealing::{OpenedEntry, SizeClass, SlotKey, open_outer, wrap_inner};
use serde_json::{Value, json};

const PRICES: [(&str, u64); 3] = [("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)];

fn three_bids() -> Threshold {
    let mut made = tendered();
    for (bidder, price) in PRICES {
        made.bid(bidder, price, 1);
    }
    made
}

fn fates(made: &Threshold) -> Vec<EntryFate> {
    made.completeness().of_tender.into_iter().map(|(_, fate)| fate).collect()
}

#[test]
fn bids_open_themselves_and_nothing_after_the_opening_knows_the_difference() {
    let mut made = tendered();
    made.bid("B1", 99_000_000, 1);
    let dummy = made.dummy();
    made.entered("CITY", &dummy);
    for (bidder, price) in PRICES {
        made.bid(bidder, price, 2);
    }
    made.bid("B4", 10_000_000, 1);
    let withdrawn = made.withdrawal("B4", 2);
    made.entered("B4", &withdrawn);
    assert!(made.due().is_empty(), "nothing is due before the deadline");
    made.world.now = made.world.deadline();
    let due: Vec<_> = made.due().into_iter().map(|one| one.due).collect();
    assert_eq!(due, [Due::Slot(made.slot().get())]);
    assert_eq!(made.open_all(), 2, "one record for the slot, one for the tender");
    let found = made.completeness();
    assert!(found.listed.is_none() && !found.complete);
    assert_eq!((found.entries, found.dummies, found.shut), (7, 1, 0));
    let step = made.world.step;
    made.world.refused(opened(&["B1", "B2"]).at(step), "opening.incomplete");
    made.world.refused(opened(&["B1", "B2", "B3", "B4"]).at(step), "opening.incomplete");
    let bodies =
        |made: &Threshold| opening::view::opened_bids(&made.world.state, &project(), None, 50).unwrap();
    assert!(bodies(&made).is_empty(), "not before the opening record");
    made.world.step(opened(&["B1", "B2", "B3"]));
    let shown: Vec<_> = bodies(&made).into_iter().filter(|(_, row)| row["withdrawn"] == false).collect();
    let texts: Vec<_> = shown.iter().map(|(name, row)| (name.clone(), row["text"].clone())).collect();
    assert_eq!(texts, PRICES.map(|(bidder, price)| (format!("1/{bidder}"), json!(text(Some(price))))));
    assert!(shown.iter().all(|(_, row)| row["slot_opened"].is_string() && row["group"].is_string()));
    let next = opening::view::opened_bids(&made.world.state, &project(), Some("1/B1"), 1).unwrap();
    assert_eq!(next[0].0, "1/B2");
    assert!(made.completeness().complete);
    use EntryFate::{Stands, Superseded};
    assert_eq!(fates(&made), [Superseded, Stands, Stands, Stands, Superseded, Superseded]);
    let shown = shown::project(&made.world.state, &project()).unwrap().unwrap();
    let prices: Vec<_> =
        shown["lots"][0]["bids"].as_array().unwrap().iter().map(|bid| bid["price"].clone()).collect();
    assert_eq!(prices, [90_000_000, 80_000_000, 95_000_000]);
    assert_eq!(shown["late"], json!([]));
    made.world.draw();
    made.world.report(ranked(&[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)]));
    assert!(made.due().is_empty() && made.pending().is_empty());
}

/// A district asks for four bidders: with three the bodies go back shut, and none is opened ahead of the records either.
#[test]
fn nothing_is_opened_ahead_of_what_the_district_leaves_shut() {
    let ahead = |district: bool| {
        let mut made = grouped();
        let base = made.world.law();
        let east = format!(
            "category = \"engineering-open\"\ncentre = \"EAST\"\nversion = 1\nbase = \"{base}\"\ntitle = \"East\"\n\
             title_zh = \"东区\"\n\n[parameter]\nmin_bidders = {{ value = 4, article = \"东区规则\", basis = \"centre\" }}\n"
        );
        let named = Rulebook::digest(&east).to_string();
        if district {
            made.world.ok(draft("rulebook.tightened/1", "EAST", json!({"toml": east})));
        }
        made.world.register();
        let mut body = made.published();
        if district {
            body["tightening"] = json!(named);
        }
        made.world.publish(body);
        for (bidder, price) in PRICES {
            made.bid(bidder, price, 1);
        }
        made.world.now = made.world.deadline();
        let slot = made.opening(&made.pending()[0], "CITY");
        made.world.ok(slot);
        let label = Label::tender(&chain(), &made.identity("B1", 1).opening);
        let signature = made.sign(&label).to_bytes();
        let due = due::DueLabel { due: Due::Tender(project()), label, signature: None, from: 0 };
        ahead::layers(&made.world.state, &chain(), &due, &signature, 100).unwrap().len()
    };
    assert_eq!((ahead(true), ahead(false)), (0, 3));
}

/// After the deadline the group's time runs first, then the bidders' own.
#[test]
fn the_limit_shown_for_a_sealed_tender_is_the_one_that_holds() {
    let mut made = three_bids();
    let deadline = made.world.deadline();
    made.world.now = deadline;
    let (shown, _) = timers::timers(&made.world.state, None, 10, TimeMs::new(deadline)).unwrap();
    let book = Rulebook::parse(&made.world.book).unwrap();
    let due = |name: &str, from: u64| book.due(name, TimeMs::new(from)).unwrap().get();
    let group = due("sealing_signature_window", deadline);
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0]["rule"], "reveal_window");
    assert_eq!(shown[0]["from_ms"], group);
    assert_eq!(shown[0]["due_ms"], due("reveal_window", group));
    assert!(group > deadline);
}

#[test]
pub(crate) fn refusals() {
    let plain = {
        let mut made = grouped();
        made.world.register();
        made
    };
    let publish =
        |made: &Threshold, body: Value| draft("tender.published/1", "OWNER", body).at(made.world.step);
    let mut body = plain.published();
    body["deadline_ms"] = json!(body["deadline_ms"].as_u64().unwrap() + 1);
    plain.world.refused(publish(&plain, body), "tender.sealing");
    let mut bare = World::new();
    bare.register();
    bare.refused(draft("tender.published/1", "OWNER", plain.published()).at(bare.step), "sealing.no_group");

    let mut made = three_bids();
    let terms = made.world.terms;
    let commitment = sealed("B4", Some(1), 1).at(terms);
    made.world.refused(commitment, "bid.other_way");
    let withdrawn = draft("bid.withdrawn/1", "B1", json!({"lot": "1"})).at(terms);
    made.world.refused(withdrawn, "bid.other_way");
    let postponed = json!({"text": "顺延", "deadline_ms": made.world.deadline() + 1});
    made.world.refused(draft("tender.amended/1", "OWNER", postponed).at(made.world.step), "tender.sealing");

    // Early: the group's signature itself opens nothing before the time.
    let slot = made.slot();
    let (slot_label, tender_label) =
        (Label::slot(&chain(), slot), Label::tender(&chain(), &made.identity("B1", 1).opening));
    let record = |made: &Threshold, label: &Label, by: &str, number: u64, from: u32| {
        let signature = hex::encode(made.sign(label).to_bytes());
        draft("slot.opened/1", by, json!({"slot": number, "signature": signature, "from": from}))
    };
    let bodies = |made: &Threshold, label: &Label, from: u32| {
        let signature = hex::encode(made.sign(label).to_bytes());
        draft("tender.opened/1", "CITY", json!({"signature": signature, "from": from})).at(None)
    };
    made.world.now = made.world.deadline() - 1;
    made.world.refused(record(&made, &slot_label, "CITY", slot.get(), 0), "unsealing.not_due");
    made.world.refused(bodies(&made, &tender_label, 0), "unsealing.not_due");
    assert!(made.due().is_empty());
    made.world.now += 1;
    made.world.refused(record(&made, &slot_label, "B1", slot.get(), 0), "sealing.member");
    made.world.refused(record(&made, &slot_label, "CITY", slot.get(), 1), "unsealing.order");
    made.world.refused(record(&made, &slot_label, "CITY", slot.get() - 1, 0), "unsealing.not_due");
    made.world.refused(record(&made, &tender_label, "CITY", slot.get(), 0), "unsealing.signature");
    let short = json!({"slot": slot.get(), "signature": "00", "from": 0});
    made.world.refused(draft("slot.opened/1", "CITY", short), "sealed.form");
    made.world.refused(bodies(&made, &tender_label, 0), "unsealing.not_due");
    let step = made.world.step;
    made.world.refused(opened(&["B1", "B2", "B3"]).at(step), "opening.sealed_shut");
    let good = record(&made, &slot_label, "CITY", slot.get(), 0);
    made.world.ok(good);
    made.world.refused(record(&made, &slot_label, "CITY", slot.get(), 3), "unsealing.not_due");
    made.world.refused(opened(&["B1", "B2", "B3"]).at(step), "opening.sealed_shut");
    made.world.refused(bodies(&made, &slot_label, 0), "unsealing.signature");
    made.world.refused(bodies(&made, &tender_label, 1), "unsealing.order");
    let good = bodies(&made, &tender_label, 0);
    made.world.ok(good);
    made.world.refused(bodies(&made, &tender_label, 3), "unsealing.not_due");
    made.world.refused(revealed("B1", Some(90_000_000)).at(terms), "bid.other_way");
    made.world.step(opened(&["B1", "B2", "B3"]));
}

#[test]
fn a_partial_signature_that_was_tampered_with_names_its_sender_and_the_rest_opens() {
    let mut made = three_bids();
    made.world.now = made.world.deadline();
    let label = made.due().remove(0).label;
    let mut parts: Vec<_> = made.shares.iter().map(|share| sign_partial(share, &label).unwrap()).collect();
    parts[1] = sign_partial(&made.shares[1], &Label::beacon(&chain(), &Digest::of(b"x"))).unwrap();
    let recovered = recover(&made.polynomial(), &label, &parts).unwrap();
    assert_eq!(recovered.faulty, [made.shares[1].index()]);
    let cheat = made.keys().keys.holder(recovered.faulty[0]).unwrap();
    assert_eq!(cheat, *node(MEMBERS[1]).member().key());
    assert_eq!(recovered.signature, made.sign(&label));
}

#[test]
fn a_copied_ciphertext_does_not_become_another_bidders_bid() {
    let mut made = tendered();
    let (original, _) = made.sealed("B1", Some(80_000_000), 1);
    made.entered("B1", &original);
    // After the slot everybody sees the inner layer; a postponed tender gives time to copy it.
    let slot = made.slot();
    let label = Label::slot(&chain(), slot);
    let key_of_slot = SlotKey::new(&made.group(), slot, made.sign(&label)).unwrap();
    let Ok(OpenedEntry::Bid(shown)) = open_outer(&made.group(), &key_of_slot, &original) else { panic!() };
    let (class, fresh) = (SizeClass::of(1).unwrap(), made.fresh());
    let identity = made.identity("B4", 1);
    let copied =
        wrap_inner(&made.group(), slot, &identity, class, shown.inner_bytes(), &key("B4"), &fresh).unwrap();
    made.entered("B4", &copied);
    // Another one changes the key ciphertext's last byte, so that it is no copy: it does not open.
    let mut spoiled = shown.inner_bytes().to_vec();
    spoiled[159] ^= 1;
    let (identity, fresh) = (made.identity("B2", 1), made.fresh());
    let spoiled = wrap_inner(&made.group(), slot, &identity, class, &spoiled, &key("B2"), &fresh).unwrap();
    made.entered("B2", &spoiled);
    // And one that nobody registered seals in a rival's name.
    let mut identity = made.identity("B1", 9);
    identity.bidder_key = key("thief").public();
    let fresh = made.fresh();
    let thief = wrap_inner(&made.group(), slot, &identity, class, shown.inner_bytes(), &key("thief"), &fresh)
        .unwrap();
    made.entered("CITY", &thief);
    made.bid("B3", 95_000_000, 1);
    made.world.now = made.world.deadline();
    made.open_all();
    use EntryFate::{Copy, Failed, Stands};
    assert_eq!(fates(&made), [Stands, Copy, Stands, Failed("seal.unknown_bidder"), Stands]);
    // B2's entry is a bid that does not open: listed, without a price.
    made.world.step(opened(&["B1", "B2", "B3"]));
    let shown = shown::project(&made.world.state, &project()).unwrap().unwrap();
    assert_eq!(shown["lots"][0]["bids"][0]["price"], 80_000_000);
    assert!(shown["lots"][0]["bids"][1]["price"].is_null());
    assert!(made.completeness().complete);
}

#[test]
fn a_postponed_tender_stays_shut_and_takes_bids_in_later_slots() {
    let mut made = three_bids();
    let (first, deadline) = (made.slot(), made.world.deadline());
    let covered = |made: &Threshold| {
        let slots = waiting::deadline_slots(&made.world.state, made.keys().slot_ms).unwrap();
        slots.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(covered(&made), [first.get()], "entries for this slot need cover");
    made.world.now = deadline - 16 * day();
    let body = json!({"text": "顺延五日", "deadline_ms": deadline + 5 * day()});
    let amended = made.world.step(draft("tender.amended/1", "OWNER", body));
    made.world.terms = Some(amended);
    assert_eq!(covered(&made), [made.slot().get()]);
    made.world.now = deadline;
    let due: Vec<_> = made.due().into_iter().map(|one| one.due).collect();
    assert_eq!(due, [Due::Slot(first.get())], "who bids shows, the bodies do not");
    assert_eq!(made.open_all(), 1);
    assert!(made.due().is_empty());
    let key_of_tender = made.identity("B1", 1).opening;
    let signature = hex::encode(made.sign(&Label::tender(&chain(), &key_of_tender)).to_bytes());
    let early = draft("tender.opened/1", "CITY", json!({"signature": signature, "from": 0})).at(None);
    made.world.refused(early, "unsealing.not_due");
    made.bid("B2", 70_000_000, 2);
    made.bid("B4", 97_000_000, 1);
    made.world.now = deadline + 5 * day();
    assert_eq!(made.open_all(), 2);
    made.world.step(opened(&["B1", "B2", "B3", "B4"]));
    let shown = shown::project(&made.world.state, &project()).unwrap().unwrap();
    assert_eq!(shown["lots"][0]["bids"][1]["price"], 70_000_000);
    assert!(made.completeness().complete);
}

#[test]
fn a_late_entry_is_not_received_and_a_suspended_procedure_stays_shut() {
    let mut made = three_bids();
    // The deadline's slot is over at the deadline; what comes after can only be in a later slot.
    let (deadline, next) = (made.world.deadline(), biaozheng_seal::label::Slot::new(made.slot().get() + 1));
    made.world.now = deadline;
    let late = made.sealed_for(next, "B4", Some(1), 1).0;
    made.entered("B4", &late);
    made.world.now = deadline + 5;
    assert_eq!(made.open_all(), 2);
    let mut opened_late = made.clone();
    opened_late.world.now = deadline + hour();
    assert_eq!(opened_late.open_all(), 1, "its slot opens as well, and it counts for nothing");
    opened_late.world.step(opened(&["B1", "B2", "B3"]));
    assert!(opened_late.completeness().complete);
    made.world.step(opened(&["B1", "B2", "B3"]));

    let mut suspended = three_bids();
    suspended.world.now = suspended.world.deadline() - 11 * day();
    let raised = json!({"concerns": "documents", "text": "限制竞争"});
    suspended.world.ok(draft("objection.raised/1", "B1", raised).at(suspended.world.terms));
    suspended.world.now = suspended.world.deadline();
    assert_eq!(suspended.open_all(), 1, "the slot opens, the bodies stay shut");
    assert!(suspended.due().is_empty());
}

#[test]
fn too_few_bidders_and_no_body_is_ever_due() {
    let mut made = tendered();
    made.bid("B1", 90_000_000, 1);
    made.bid("B2", 80_000_000, 1);
    let dummy = made.dummy();
    made.entered("CITY", &dummy);
    made.world.now = made.world.deadline();
    assert_eq!(made.open_all(), 1);
    assert!(made.due().is_empty(), "the bids go back shut (条例44)");
    made.world.step(opened(&["B1", "B2"]));
    let shown = shown::project(&made.world.state, &project()).unwrap().unwrap();
    assert_eq!(shown["stage"], "failed");
    assert!(made.due().is_empty());
}

#[test]
fn a_large_slot_opens_in_batches() {
    let mut made = three_bids();
    for _ in 0..17 {
        for token in made.tokens("CITY", 32) {
            let dummy = made.dummy();
            made.enter(token, &dummy).unwrap();
        }
    }
    made.world.now = made.world.deadline();
    assert_eq!(made.open_all(), 3, "547 entries in two records, then the bodies");
    let found = made.completeness();
    assert_eq!((found.entries, found.dummies), (547, 544));
}

#[test]
pub(crate) fn bidders_open_with_their_proofs_when_the_group_does_not() {
    let mut made = tendered();
    let proofs: Vec<_> =
        PRICES.iter().map(|(bidder, price)| (*bidder, made.bid(bidder, *price, 1))).collect();
    let spare = made.sealed("B1", Some(1), 5).1;
    let deadline = made.world.deadline();
    made.world.now = deadline + hour();
    made.world.refused(made.bound("B1", &proofs[0].1), "sealed.bind_time");
    made.world.now += 1;
    made.world.refused(made.bound("B1", &spare), "sealed.binding");
    for (bidder, proof) in &proofs {
        made.world.ok(made.bound(bidder, proof));
        made.world.refused(made.bound(bidder, proof), "sealed.binding");
        made.world.refused(proved(bidder, proof), "sealed.proof_time");
    }
    // The group's hour, then two hours to bind.
    made.world.now = deadline + 3 * hour();
    made.world.refused(proved("B1", &proofs[0].1), "sealed.proof_time");
    made.world.now += 1;
    made.world.refused(made.bound("B1", &proofs[0].1), "sealed.bind_time");
    made.world.refused(proved("B2", &proofs[0].1), "sealed.proof");
    made.world.refused(proved("B1", &spare), "sealed.proof");
    // Neither slot nor tender was signed: the proof opens both layers. B2 stays away.
    for (bidder, proof) in [&proofs[0], &proofs[2]] {
        made.world.ok(proved(bidder, proof));
        made.world.refused(proved(bidder, proof), "sealed.proof");
    }
    let step = made.world.step;
    made.world.refused(opened(&["B1", "B3"]).at(step), "opening.sealed_shut");
    let found = made.completeness();
    assert_eq!((found.shut, found.of_tender.len()), (1, 2));
    let held: Vec<_> = found.bound.iter().map(|one| (one.bidder.as_str(), one.proved)).collect();
    assert_eq!(held, [("B1", true), ("B2", false), ("B3", true)]);

    // The group comes back in time after all: the rest opens, what was proved stands.
    let mut back = made.clone();
    assert_eq!(back.open_all(), 2);
    back.world.step(opened(&["B1", "B2", "B3"]));
    assert!(back.completeness().complete);

    // It does not: what nobody opened is not in the list, and the project says so.
    made.world.now = deadline + 5 * hour();
    made.world.refused(opened(&["B1", "B3"]).at(step), "opening.sealed_shut");
    made.world.now += 1;
    made.world.refused(proved("B2", &proofs[1].1), "sealed.proof_time");
    made.world.step(opened(&["B1", "B3"]));
    let shown = shown::project(&made.world.state, &project()).unwrap().unwrap();
    assert_eq!(shown["late"], json!(["sealing_signature_window"]));
    assert!(!made.completeness().complete, "an entry that stayed shut is not passed over in silence");
}

#[test]
fn the_beacon_gives_a_draw_its_seed() {
    let mut remote = Remote::opened(weighted_terms());
    let mut body = remote.request_body(&[], &[]);
    body["source"] = json!({"kind": "beacon"});
    let mut made = grouped_in(remote.world);
    let id = made.world.step(draft("draw.requested/1", "EAST", body));
    let due = made.due();
    assert_eq!(due.iter().map(|one| one.due.clone()).collect::<Vec<_>>(), [Due::Beacon(project())]);
    let wrong = hex::encode(made.sign(&Label::slot(&chain(), made.slot())).to_bytes());
    let wrong = draft("beacon.recovered/1", "CITY", json!({"signature": wrong})).at(None);
    made.world.refused(wrong, "randomness.beacon");
    let label = randomness::label(&project(), &id);
    assert_eq!(due[0].label, Label::beacon(&chain(), &label));
    let signature = made.sign(&due[0].label).to_bytes().to_vec();
    let by_host = draft("randomness.revealed/1", "EAST", json!({"signature": hex::encode(&signature)}));
    made.world.fine(by_host.at(Some(id)));
    assert_eq!(made.open_all(), 1);
    let again = draft("beacon.recovered/1", "CITY", json!({"signature": hex::encode(&signature)})).at(None);
    made.world.refused(again, "draw.settled");
    assert!(made.due().is_empty());
    // The members, K and the blind codes come from this seed.
    let verifier = biaozheng_contracts::evaluation::beacon::GroupBeacon::new(made.group());
    let seed = Randomness::Beacon { signature }.seed(&label, &verifier).unwrap();
    remote.world = made.world;
    remote.request = Some(id);
    remote.seed = Some(seed);
    remote.seat();
    remote.open_session();
    remote.scored();
}

#[test]
fn a_body_that_is_no_bid_is_opened_without_a_price() {
    let mut made = tendered();
    for (bidder, price) in [("B1", Some(90_000_000)), ("B2", None), ("B3", Some(95_000_000))] {
        let entry = made.sealed(bidder, price, 1).0;
        made.entered(bidder, &entry);
    }
    made.world.now = made.world.deadline();
    made.open_all();
    made.world.step(opened(&["B1", "B2", "B3"]));
    let shown = shown::project(&made.world.state, &project()).unwrap().unwrap();
    assert!(shown["lots"][0]["bids"][1]["price"].is_null());
    let _: bid::BidBody = serde_json::from_str(&text(None)).unwrap();
}

#[test]
fn an_envelope_holds_as_many_offers_as_the_rulebook_allows() {
    for (most, prices) in [(1, vec![None]), (2, vec![Some(90_000_000), Some(85_000_000)])] {
        let mut made = grouped();
        let one = "bids_per_bidder_max = { value = 1";
        assert!(made.world.book.contains(one));
        made.world.book = made.world.book.replace(one, &format!("bids_per_bidder_max = {{ value = {most}"));
        made.world.book = made.world.book.replace("version = 1", "version = 2");
        made.world.ok(draft("rulebook.published/1", "CITY", json!({"toml": made.world.book.clone()})));
        made.world.register();
        made.world.publish(made.published());
        let body = json!({"price": 90_000_000, "further": [{"price": 85_000_000}]}).to_string();
        let entry = made.sealed_text("B1", body.into_bytes(), 1).0;
        made.entered("B1", &entry);
        for (bidder, price) in [("B2", 80_000_000), ("B3", 95_000_000)] {
            made.bid(bidder, price, 1);
        }
        made.world.now = made.world.deadline();
        made.open_all();
        let bid = |bidder: &str, number: usize| json!({"bidder": bidder, "number": number});
        let mut bids: Vec<_> = (1..=prices.len()).map(|number| bid("B1", number)).collect();
        bids.extend([bid("B2", 1), bid("B3", 1)]);
        made.world.step(draft("bids.opened/1", "EAST", json!({"lots": [{"lot": "1", "bids": bids}]})));
        assert!(made.completeness().complete, "further offers stand behind their envelope");
        let shown = shown::project(&made.world.state, &project()).unwrap().unwrap();
        let found = shown["lots"][0]["bids"].as_array().unwrap();
        let found: Vec<_> = found.iter().filter(|bid| bid["bidder"] == "B1").collect();
        assert_eq!(found.iter().map(|bid| bid["price"].as_u64()).collect::<Vec<_>>(), prices);
        let rows = opening::view::opened_bids(&made.world.state, &project(), None, 50).unwrap();
        let failure = if most == 1 { json!("seal.no_bid") } else { Value::Null };
        assert_eq!(rows[0].1["failure"], failure, "条例51 where only one may be made");
    }
}

#[test]
fn a_complaint_that_suspends_keeps_the_bodies_shut_until_it_is_decided() {
    let mut made = three_bids();
    let letter = Digest::of(b"letter").to_string();
    let body = json!({"matter": "conduct", "known_ms": made.world.now, "letter": letter});
    let complaint = made.world.ok(draft("complaint.filed/1", "B4", body).at(None));
    let body = json!({"complaint": complaint, "suspends": true});
    made.world.ok(draft("complaint.accepted/1", "REG", body).at(Some(complaint)));
    made.world.now = made.world.deadline();
    assert_eq!(made.open_all(), 1, "the slot opens, the bodies stay shut");
    assert!(made.due().is_empty());
    let key_of_tender = made.identity("B1", 1).opening;
    let signature = hex::encode(made.sign(&Label::tender(&chain(), &key_of_tender)).to_bytes());
    let early = draft("tender.opened/1", "CITY", json!({"signature": signature, "from": 0})).at(None);
    made.world.refused(early, "complaint.suspends");
    let body = json!({"complaint": complaint, "outcome": "dismissed", "decision": letter});
    made.world.ok(draft("complaint.decided/1", "REG", body).at(Some(complaint)));
    assert_eq!(made.open_all(), 1);
    made.world.step(opened(&["B1", "B2", "B3"]));
}

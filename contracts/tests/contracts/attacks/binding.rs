//! In the fallback a bidder once chose among its own sealed bids after it had seen the others' prices.

use biaozheng_contracts::opening::completeness::EntryFate;
use biaozheng_contracts::shown;
use biaozheng_ledger::digest::Digest;
use biaozheng_scenes::draft::draft;
use biaozheng_scenes::law::law;
use biaozheng_scenes::setting::{day, key, project};
use biaozheng_scenes::tender::opened;
use biaozheng_scenes::threshold::{HOUR, Threshold, brought_in, grouped_in, proved, tendered};
use biaozheng_scenes::world::World;
use biaozheng_seal::sealing::OpeningProof;
use serde_json::json;

use super::{fates, price_of, three_bids};

/// B1, B2 and B4 bid once; B3 sealed a ladder.
struct Ladder {
    made: Threshold,
    rivals: [OpeningProof; 3],
    rungs: Vec<OpeningProof>,
}

const RIVALS: [(&str, u64); 3] = [("B1", 80_000_000), ("B2", 85_000_000), ("B4", 88_000_000)];
const RUNGS: [u64; 4] = [95_000_000, 84_000_000, 79_900_000, 60_000_000];

/// At the beginning of the time to bind.
fn ladder() -> Ladder {
    let mut made = tendered();
    let rivals = RIVALS.map(|(bidder, price)| made.bid(bidder, price, 1));
    let rungs = (1..).zip(RUNGS).map(|(sequence, price)| made.bid("B3", price, sequence)).collect();
    made.world.now = made.world.deadline() + HOUR + 1;
    Ladder { made, rivals, rungs }
}

impl Ladder {
    fn bind(&mut self, rung: Option<usize>) {
        for ((bidder, _), proof) in RIVALS.iter().zip(&self.rivals) {
            let draft = self.made.bound(bidder, proof);
            self.made.world.ok(draft);
        }
        if let Some(rung) = rung {
            let draft = self.made.bound("B3", &self.rungs[rung]);
            self.made.world.ok(draft);
        }
    }

    /// The rivals' prices are on chain.
    fn rivals_prove(&mut self) {
        self.made.world.now = self.made.world.deadline() + 3 * HOUR + 1;
        for ((bidder, _), proof) in RIVALS.iter().zip(&self.rivals) {
            self.made.world.ok(proved(bidder, proof));
        }
    }

    fn open(&mut self, names: &[&str]) {
        self.made.world.now += 40 * day();
        self.made.world.step(opened(names));
    }
}

#[test]
fn a_bidder_picks_no_price_after_the_others() {
    let mut at = ladder();
    at.bind(Some(3));
    at.rivals_prove();
    for rung in 0..3 {
        let refused = at.made.world.refused(proved("B3", &at.rungs[rung]), "sealed.proof");
        assert!(refused.message.contains("not what was bound"), "{refused}");
        at.made.world.refused(at.made.bound("B3", &at.rungs[rung]), "sealed.bind_time");
    }
    at.made.world.ok(proved("B3", &at.rungs[3]));
    at.open(&["B1", "B2", "B3", "B4"]);
    assert_eq!(price_of(&at.made, "B3"), RUNGS[3], "the highest sequence, chosen blindly");
}

/// It could open a dear one first and then a cheaper one.
#[test]
fn a_bidder_neither_climbs_nor_lowers() {
    let mut at = ladder();
    at.bind(Some(0));
    at.rivals_prove();
    at.made.world.ok(proved("B3", &at.rungs[0]));
    for rung in 1..4 {
        at.made.world.refused(proved("B3", &at.rungs[rung]), "sealed.proof");
    }
    let mut alone = at.made.clone();
    alone.world.now += 40 * day();
    alone.world.step(opened(&["B1", "B2", "B3", "B4"]));
    assert_eq!(price_of(&alone, "B3"), RUNGS[0]);
    // The members that stayed away come back when it suits them: what stood all the time is another one, so there is none.
    assert_eq!(at.made.open_all(), 2);
    let step = at.made.world.step;
    at.made.world.refused(opened(&["B1", "B2", "B3", "B4"]).at(step), "opening.incomplete");
    at.made.world.step(opened(&["B1", "B2", "B4"]));
    let found = at.made.completeness();
    assert!(found.complete, "{found:?}");
    use EntryFate::{Failed, Stands, Superseded};
    assert_eq!(
        fates(&at.made),
        [Stands, Stands, Stands, Superseded, Superseded, Superseded, Failed("seal.bound_other")]
    );
}

/// Who bound nothing proves nothing while the names are shut, and is bound by the chain once they are open.
#[test]
fn who_binds_nothing_has_what_stands_or_nothing() {
    let mut at = ladder();
    at.bind(None);
    at.rivals_prove();
    for rung in &at.rungs {
        let refused = at.made.world.refused(proved("B3", rung), "sealed.proof");
        assert!(refused.message.contains("nothing was bound"), "{refused}");
    }
    let mut away = Ladder { made: at.made.clone(), rivals: at.rivals.clone(), rungs: at.rungs.clone() };
    away.open(&["B1", "B2", "B4"]);
    assert_eq!(away.made.completeness().shut, 4);
    // The slot opens after all, the bodies do not: one entry stands, and no other can be proved.
    let slot = at.made.pending().remove(0);
    let record = at.made.opening(&slot, "CITY");
    at.made.world.ok(record);
    for rung in 0..3 {
        at.made.world.refused(proved("B3", &at.rungs[rung]), "sealed.proof");
    }
    at.made.world.ok(proved("B3", &at.rungs[3]));
    at.open(&["B1", "B2", "B3", "B4"]);
    assert_eq!(price_of(&at.made, "B3"), RUNGS[3]);
    assert!(at.made.completeness().complete);
}

#[test]
fn of_two_bindings_the_higher_sequence_counts_and_a_false_one_proves_nothing() {
    let mut at = ladder();
    at.bind(Some(1));
    at.made.world.refused(at.made.bound("B3", &at.rungs[0]), "sealed.binding");
    at.made.world.refused(at.made.bound("B3", &at.rungs[1]), "sealed.binding");
    let mut lied = at.made.bound("B3", &at.rungs[1]);
    lied.body["sequence"] = json!(9);
    let mut liar = Ladder { made: at.made.clone(), rivals: at.rivals.clone(), rungs: at.rungs.clone() };
    liar.made.world.ok(lied);
    liar.rivals_prove();
    liar.made.world.refused(proved("B3", &liar.rungs[1]), "sealed.proof");
    // A rival's entry can be named, and not proved.
    let mut thief = at.made.clone();
    let mut other = thief.bound("B4", &at.rivals[0]);
    other.body["sequence"] = json!(2);
    thief.world.ok(other);
    thief.world.now += 2 * HOUR;
    thief.world.refused(proved("B4", &at.rivals[0]), "sealed.proof");
    thief.world.refused(proved("B4", &at.rivals[2]), "sealed.proof");
    let higher = at.made.bound("B3", &at.rungs[3]);
    at.made.world.ok(higher);
    at.rivals_prove();
    at.made.world.refused(proved("B3", &at.rungs[1]), "sealed.proof");
    at.made.world.ok(proved("B3", &at.rungs[3]));
}

/// Bindings and proofs once showed their authors and lots to everybody hours before the opening.
#[test]
fn who_binds_and_proves_shows_only_with_the_opening() {
    let mut at = ladder();
    at.bind(Some(3));
    at.rivals_prove();
    at.made.world.ok(proved("B3", &at.rungs[3]));
    let shown = |made: &Threshold, kind: &str| {
        let of_kind =
            made.world.log.iter().filter(|(record, ..)| record.payload().record_type.as_str() == kind);
        let shown =
            of_kind.map(|(record, ..)| shown::is_public(&made.world.state, record.payload()).unwrap());
        shown.collect::<Vec<_>>()
    };
    assert_eq!(shown(&at.made, "sealed.bound/1"), [false; 4]);
    assert_eq!(shown(&at.made, "sealed.proved/1"), [false; 4]);
    assert!(shown(&at.made, "sealed.entered/1").into_iter().all(|shown| shown), "entries name nobody");
    at.open(&["B1", "B2", "B3", "B4"]);
    assert_eq!(shown(&at.made, "sealed.bound/1"), [true; 4]);
    assert_eq!(shown(&at.made, "sealed.proved/1"), [true; 4]);
    // Whoever holds all shown records now finds what was bound and proved.
    assert_eq!(at.made.completeness().bound.iter().filter(|one| one.proved).count(), 4);
}

/// What is no lot, no entry, or nobody's of this tender is not bound; nor by a key the city centre brought in.
#[test]
fn a_binding_names_an_entry_in_time_and_is_the_bidders_own_word() {
    let mut at = ladder();
    let good = |at: &Ladder| at.made.bound("B3", &at.rungs[3]);
    let mut lot = good(&at);
    lot.body["lot"] = json!("9");
    at.made.world.refused(lot, "bid.lot");
    let mut unknown = good(&at);
    unknown.body["entry"] = json!(Digest::of(b"none").to_string());
    at.made.world.refused(unknown, "sealed.binding");
    at.made.world.refused(draft("sealed.bound/1", "OWNER", good(&at).body).at(None), "participant.role");
    // An entry of a later slot, though it came before the deadline.
    let mut early = tendered();
    let later = biaozheng_seal::label::Slot::new(early.slot().get() + 3);
    let (entry, proof) = early.sealed_for(later, "B3", Some(1), 9);
    early.entered("B3", &entry);
    three_bids(&mut early);
    early.world.now = early.world.deadline() + HOUR + 1;
    early.world.refused(early.bound("B3", &proof), "sealed.binding");
    brought_in(&mut at.made.world, "B3", "theft");
    let stolen = draft("sealed.bound/1", "B3", good(&at).body).with_key(key("theft")).at(None);
    let refused = at.made.world.refused(stolen, "sealed.binding");
    assert!(refused.message.contains("brought in"));
    at.made.world.ok(good(&at));
}

/// A suspension in the midst of the proofs starts the windows anew, and no choice with them.
#[test]
fn a_suspension_among_the_proofs_opens_no_second_choice() {
    let mut at = ladder();
    at.bind(None);
    at.rivals_prove();
    let letter = Digest::of(b"letter").to_string();
    let body = json!({"matter": "conduct", "known_ms": at.made.world.now, "letter": letter});
    let complaint = at.made.world.ok(draft("complaint.filed/1", "B4", body).at(None));
    let body = json!({"complaint": complaint, "suspends": true});
    at.made.world.ok(draft("complaint.accepted/1", "REG", body).at(Some(complaint)));
    at.made.world.refused(at.made.bound("B3", &at.rungs[2]), "complaint.suspends");
    at.made.world.now += 9 * HOUR;
    let body = json!({"complaint": complaint, "outcome": "dismissed", "decision": letter});
    at.made.world.ok(draft("complaint.decided/1", "REG", body).at(Some(complaint)));
    for after in [1, HOUR + 1, 2 * HOUR] {
        let mut later = at.made.clone();
        later.world.now += after;
        later.world.refused(later.bound("B3", &at.rungs[2]), "sealed.bind_time");
        later.world.refused(proved("B3", &at.rungs[2]), "sealed.proof");
    }
}

/// An entry sealed for a slot after the deadline came before it, and opened once others' bodies were open: it replaced the
/// bid that stood, or spoiled it.
#[test]
fn what_is_sealed_for_a_later_slot_changes_nothing() {
    let mut made = tendered();
    three_bids(&mut made);
    let later = biaozheng_seal::label::Slot::new(made.slot().get() + 1);
    let (trap, _) = made.sealed_for(later, "B2", Some(1), 9);
    made.entered("B2", &trap);
    made.world.now = made.world.deadline();
    assert_eq!(made.open_all(), 2);
    // The host waits an hour.
    made.world.now += HOUR;
    assert_eq!(made.open_all(), 1);
    made.world.step(opened(&["B1", "B2", "B3"]));
    assert_eq!(price_of(&made, "B2"), 80_000_000);
    assert!(made.completeness().complete);
}

/// A tender that takes three offers of a bidder, all of which B3 has sealed in one envelope.
fn with_three_offers() -> (Threshold, OpeningProof) {
    let line =
        |text: &str| text.lines().find(|line| line.starts_with("bids_per_bidder_max")).unwrap().to_owned();
    let text = law();
    let several = line(&text).replace("value = 1", "value = 3");
    let mut made = grouped_in(World::under(text.replace(&line(&text), &several)));
    made.world.register();
    made.world.publish(made.published());
    let body = json!({"price": 95_000_000, "further": [{"price": 94_000_000}, {"price": 93_000_000}]});
    let (entry, proof) = made.sealed_text("B3", body.to_string().into_bytes(), 1);
    made.entered("B3", &entry);
    (made, proof)
}

/// An envelope with several offers that was opened and then turned out not to stand leaves none of them behind.
#[test]
fn offers_of_an_envelope_that_does_not_stand_go_with_it() {
    let (mut made, low) = with_three_offers();
    made.bid("B3", 70_000_000, 2);
    for (bidder, price) in [("B1", 90_000_000), ("B2", 80_000_000), ("B4", 85_000_000)] {
        made.bid(bidder, price, 1);
    }
    made.world.now = made.world.deadline() + HOUR + 1;
    made.world.ok(made.bound("B3", &low));
    made.world.now += 2 * HOUR;
    made.world.ok(proved("B3", &low));
    assert_eq!(made.open_all(), 2);
    made.world.step(opened(&["B1", "B2", "B4"]));
    assert!(made.completeness().complete);
}

/// Further offers took places of bidders on chain, and not for who checks the list: a full lot shut another bidder out on the
/// one side alone.
#[test]
fn further_offers_take_no_bidders_place() {
    let (mut made, several) = with_three_offers();
    for (bidder, price) in [("B1", 90_000_000), ("B2", 80_000_000), ("B4", 85_000_000)] {
        made.bid(bidder, price, 1);
    }
    // As if others had taken all places but four.
    let taken = u32::try_from(biaozheng_contracts::rulebook::limits::BIDS_PER_LOT_MAX - 4).unwrap();
    let key = format!("bidcount/{}/1", project()).into_bytes();
    made.world.state.0.insert(key, taken.to_le_bytes().to_vec());
    made.world.now = made.world.deadline() + HOUR + 1;
    made.world.ok(made.bound("B3", &several));
    made.world.now += 2 * HOUR;
    made.world.ok(proved("B3", &several));
    assert_eq!(made.open_all(), 2);
    let offer = |bidder: &str, number: u8| json!({"bidder": bidder, "number": number});
    let bids =
        [offer("B1", 1), offer("B2", 1), offer("B3", 1), offer("B3", 2), offer("B3", 3), offer("B4", 1)];
    made.world.step(draft("bids.opened/1", "EAST", json!({"lots": [{"lot": "1", "bids": bids}]})));
    assert!(made.completeness().complete);
    assert_eq!(fates(&made), vec![EntryFate::Stands; 4]);
}

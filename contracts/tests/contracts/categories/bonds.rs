//! Bonds: received as a commitment, returned in time or noted.

use biaozheng_ledger::ids::RecordId;
use biaozheng_scenes::bodies::{bond_received, bond_refunded};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::{day, project};
use biaozheng_scenes::tender::{archive, award, candidates, contract, ranked, sealed};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

use super::late;

const SUM: u64 = 2_000_000;

fn received(payer: &str, byte: u8) -> Draft {
    draft("bond.received/1", "EAST", bond_received(&project(), payer, SUM, byte))
}

fn refunded(bond: RecordId, payer: &str, byte: u8) -> Draft {
    draft("bond.refunded/1", "EAST", bond_refunded(bond, payer, SUM, byte)).at(Some(bond))
}

fn published() -> World {
    let mut world = World::new();
    world.register();
    world.publish(world.published());
    world
}

#[test]
fn a_bond_is_received_hidden_and_returned_after_the_contract() {
    let mut world = published();
    let bonds = [("B1", 1), ("B2", 2), ("B3", 3)]
        .map(|(payer, byte)| (payer, byte, world.ok(received(payer, byte).at(world.terms))));
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    world.draw();
    world.report(ranked(&[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)]));
    world.step(candidates(&["B2", "B1", "B3"]));
    world.now += 3 * day();
    world.step(award("B2", 80_000_000, &[]));
    world.step(contract(80_000_000, 0).also("B2"));
    world.now += 5 * day();
    let (first, rest) = bonds.split_first().unwrap();
    world.ok(refunded(first.2, first.0, first.1));
    assert_eq!(late(&world), json!([]), "on the fifth day");
    world.refused(refunded(first.2, first.0, first.1), "bond.unknown");
    world.now += 1;
    world.ok(refunded(rest[0].2, rest[0].0, rest[0].1));
    assert_eq!(late(&world), json!(["bond_refund_after_contract"]), "one moment later");
    world.step(draft("supervision.reported/1", "OWNER", json!({"summary": "已按规定报告"})));
    // The third was never returned: the archive says so.
    let (records, history) = world.chained();
    world.step(archive(records, history));
    assert_eq!(late(&world), json!(["bond_refund_after_contract", "bond_refund_after_contract"]));
}

#[test]
fn a_late_return_after_a_withdrawal_shows_only_after_the_opening() {
    for (wait, expected) in [(5 * day(), json!([])), (5 * day() + 1, json!(["bond_refund_on_withdraw"]))] {
        let mut world = published();
        let bond = world.ok(received("B4", 4).at(world.terms));
        world.seal("B4", Some(1));
        world.refused(refunded(bond, "B4", 4), "bond.standing");
        world.ok(draft("bid.withdrawn/1", "B4", json!({"lot": "1"})).at(world.terms));
        world.now += wait;
        world.ok(refunded(bond, "B4", 4));
        assert_eq!(late(&world), json!([]), "bids are closed");
        world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
        assert_eq!(late(&world), expected);
    }
}

pub(crate) fn rules() {
    let mut world = published();
    let mut body = world.published();
    body["lots"][0]["estimate"] = json!(8_000_000_000u64);
    body["bid_bond"] = json!(80_000_001);
    let mut fresh = World::new();
    fresh.register();
    let publish = |body: &Value| draft("tender.published/1", "OWNER", body.clone()).at(fresh.step);
    let cap = fresh.refused(publish(&body), "tender.bid_bond_amount");
    assert_eq!(cap.article.as_deref(), Some("工程建设项目施工招标投标办法37"));
    body["bid_bond"] = json!(80_000_000);
    fresh.fine(publish(&body));
    let bond = world.ok(received("B1", 1).at(world.terms));
    world.seal("B1", Some(1));
    let standing = world.refused(refunded(bond, "B1", 1), "bond.standing");
    assert_eq!(standing.rule, "bond_refund_on_withdraw");
    // Sealed again after a withdrawal: the bond stays.
    world.ok(draft("bid.withdrawn/1", "B1", json!({"lot": "1"})).at(world.terms));
    world.fine(refunded(bond, "B1", 1));
    let mut again = world.clone();
    again.ok(sealed("B1", Some(2), 2).at(again.terms));
    again.refused(refunded(bond, "B1", 1), "bond.standing");
    world.refused(refunded(bond, "B2", 1), "bond.commitment");
    world.refused(refunded(bond, "B1", 2), "bond.commitment");
    world.refused(refunded(world.step.unwrap(), "B1", 1), "bond.unknown");
    world.now = world.deadline() - 1;
    world.fine(received("B2", 2).at(world.terms));
    world.now += 1;
    world.refused(received("B2", 2).at(world.terms), "bid.late");
}

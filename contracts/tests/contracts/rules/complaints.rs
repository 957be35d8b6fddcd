//! Complaints: the time to file one, the regulator's duties, and how long the procedure may stand still.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::RecordId;
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::tender::award;
use biaozheng_scenes::world::World;
use serde_json::json;

use super::scenes::*;
use super::table::*;

pub(crate) const ROWS: &[Row] = &[
    refused("complaint_window", "complaint.late", |book, outside| {
        let (mut world, objection) = objected(book);
        world.now = book.due("complaint_window", world.now) + u64::from(outside);
        (world, filed(objection))
    }),
    flagged("complaint_accept_max", |book, outside| {
        let (mut world, complaint) = complained(book);
        world.now = book.due("complaint_accept_max", world.now) + u64::from(outside);
        (world, accepted(complaint, false))
    }),
    flagged("complaint_decide_max", |book, outside| {
        let (mut world, complaint) = complained(book);
        world.ok(accepted(complaint, false));
        world.now = book.due("complaint_decide_max", world.now) + u64::from(outside);
        let decision = Digest::of(b"decision").to_string();
        let body = json!({"complaint": complaint, "outcome": "dismissed", "decision": decision});
        (world, draft("complaint.decided/1", "REG", body).at(Some(complaint)))
    }),
    refused("complaint_suspend_max", "complaint.suspends", |book, outside| {
        let (mut world, complaint) = complained(book);
        world.ok(accepted(complaint, true));
        // Up to the last moment nothing goes on; from the next it does.
        world.now = book.due("complaint_suspend_max", world.now) + u64::from(!outside);
        let record = award("B2", PRICE, &[]).at(world.step);
        (world, record)
    }),
];

/// The candidates are public; B1 objected and was answered.
fn objected(book: &Book) -> (World, RecordId) {
    let mut world = publicised(book);
    let body = json!({"concerns": "result", "text": "排名有误"});
    let objection = world.ok(draft("objection.raised/1", "B1", body).at(world.terms));
    let body = json!({"objection": objection, "text": "排名无误"});
    world.ok(draft("objection.answered/1", "OWNER", body).at(Some(objection)));
    (world, objection)
}

fn filed(objection: RecordId) -> Draft {
    let letter = Digest::of(b"letter").to_string();
    let body = json!({"matter": "objection", "objection": objection, "letter": letter});
    draft("complaint.filed/1", "B1", body).at(Some(objection))
}

fn complained(book: &Book) -> (World, RecordId) {
    let (mut world, objection) = objected(book);
    let complaint = world.ok(filed(objection));
    (world, complaint)
}

fn accepted(complaint: RecordId, suspends: bool) -> Draft {
    let body = json!({"complaint": complaint, "suspends": suspends});
    draft("complaint.accepted/1", "REG", body).at(Some(complaint))
}

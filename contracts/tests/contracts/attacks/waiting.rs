//! What waits for the group: nothing that can never be done keeps the rest waiting. Of tenders `sealing/waiting` tells.

use biaozheng_contracts::sealing::requests;
use biaozheng_ledger::ids::RecordId;
use biaozheng_scenes::draft::draft;
use biaozheng_scenes::remote::{Remote, weighted_terms};
use biaozheng_scenes::setting::{chain, day};
use biaozheng_scenes::threshold::{MEMBERS, Threshold, grouped, grouped_in, of_tokens, run_ceremony};
use serde_json::json;

/// Requests for tokens of an epoch whose signers are gone once filled the number that is looked at, for ever.
#[test]
fn requests_of_a_past_epoch_keep_no_later_one_waiting() {
    let mut made = grouped();
    for _ in 0..600 {
        made.ask("CITY", 1);
    }
    let until = made.world.now + 200 * day();
    run_ceremony(&mut made.world, of_tokens(2, until), 0, &MEMBERS, &[]);
    let group = requests::token_keys(&made.world.state, &chain(), 2).unwrap().unwrap().group;
    let asked: Vec<RecordId> = (0..8)
        .map(|_| {
            let pending = biaozheng_seal::tokens::request_token(&group, &made.fresh());
            let points = biaozheng_contracts::sealing::tokens::points_text(&[*pending.request()]);
            made.world.ok(draft("token.requested/1", "B1", json!({"epoch": 2, "points": points})))
        })
        .collect();
    let waiting = requests::unsigned_requests(&made.world.state, |_| true).unwrap();
    let looked_at = |record: &RecordId| waiting.iter().any(|one| one.record == *record);
    assert!(asked.iter().all(looked_at), "all eight among {}", waiting.len());
    assert!(waiting.len() <= 2 * biaozheng_contracts::sealing::limits::DUE_MAX);
}

/// A project that ended while its draw waited for the beacon leaves its place.
#[test]
fn a_draw_of_a_project_that_ended_keeps_no_other_waiting() {
    let remote = Remote::opened(weighted_terms());
    let mut body = remote.request_body(&[], &[]);
    body["source"] = json!({"kind": "beacon"});
    let mut made = grouped_in(remote.world);
    made.world.step(draft("draw.requested/1", "EAST", body));
    let places =
        |made: &Threshold| made.world.state.0.keys().filter(|key| key.starts_with(b"sealing/draw/")).count();
    assert_eq!((places(&made), made.due().len()), (1, 1));
    made.world.step(draft("tender.failed/1", "OWNER", json!({"reason": "废标"})));
    assert_eq!((places(&made), made.due().len()), (0, 0));
}

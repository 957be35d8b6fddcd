//! Entries without an author: what admits them, and what does not.

use biaozheng_contracts::sealing::entry;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::record::Record;
use biaozheng_scenes::setting::{chain, day, key, org, project};
use biaozheng_scenes::threshold::{HOUR, Threshold, base64, tendered};
use biaozheng_scenes::world::World;
use biaozheng_seal::label::Slot;
use serde_json::json;

fn refused(made: &Threshold, record: Record, code: &str) {
    let mut copy = made.world.clone();
    copy.now += 1;
    let reject = copy.submit(record.verify(&chain()).unwrap()).unwrap_err();
    assert_eq!(reject.code, code, "{reject}");
}

/// The record of an entry with one thing changed, signed again with its one-time key.
fn changed(made: &mut Threshold, change: impl Fn(&mut Payload)) -> Record {
    let token = made.tokens("CITY", 1).remove(0);
    let one_time = token.one_time_key().clone();
    let entry = made.dummy();
    let record = entry::record(&chain(), token, &entry).unwrap();
    let mut payload = record.payload().clone();
    change(&mut payload);
    let keys: Vec<&SecretKey> = payload.signers().map(|_| &one_time).collect();
    Record::sign(&payload, &keys).unwrap()
}

#[test]
pub(crate) fn refusals() {
    let mut made = tendered();
    // Nothing may tell where an entry comes from.
    let changes: [fn(&mut Payload); 6] = [
        |payload| payload.author.org = org("B1"),
        |payload| payload.made_at_ms = TimeMs::new(5),
        |payload| payload.tool = "biaozheng-client/0.1.0".into(),
        |payload| payload.project = Some(project()),
        |payload| payload.previous = Some(RecordId::new(Digest::of(b"x"))),
        |payload| {
            let named = json!({
                "name": "bid.pdf", "digest": Digest::of(b"x").to_string(), "size": 1, "media_type": "application/pdf",
            });
            payload.documents = vec![serde_json::from_value(named).unwrap()];
        },
    ];
    for change in changes {
        let record = changed(&mut made, change);
        refused(&made, record, "sealed.author");
    }
    let fine = changed(&mut made, |_| ());
    assert!(made.world.clone().submit(fine.verify(&chain()).unwrap()).is_ok());

    // An envelope around somebody else's entry and token, signed with another key.
    let token = made.tokens("CITY", 1).remove(0);
    let entry = made.dummy();
    let stolen = entry::record(&chain(), token, &entry).unwrap();
    let mut payload = stolen.payload().clone();
    payload.author.key = key("thief").public();
    refused(&made, Record::sign(&payload, &[&key("thief")]).unwrap(), "sealed.author");

    let tokens = made.tokens("CITY", 6);
    let record = |token: usize, entry: &_| entry::record(&chain(), tokens[token].clone(), entry).unwrap();
    let mut spoiled = changed(&mut made, |_| ()).payload().clone();
    spoiled.body["entry"] = json!(base64(b"BZSE"));
    let signer = key("any");
    spoiled.author.key = signer.public();
    refused(&made, Record::sign(&spoiled, &[&signer]).unwrap(), "sealed.form");

    let over = made.sealed_for(Slot::new(made.world.now / HOUR - 1), "B1", Some(1), 1).0;
    refused(&made, record(0, &over), "sealed.slot");
    let far = made.sealed_for(Slot::new(made.world.now / HOUR + 2001), "B1", Some(1), 1).0;
    refused(&made, record(0, &far), "sealed.slot");

    let (one, two) = (made.dummy(), made.dummy());
    let mut crossed = record(0, &one).payload().clone();
    crossed.body["entry"] = json!(base64(two.to_bytes()));
    refused(&made, Record::sign(&crossed, &[tokens[0].one_time_key()]).unwrap(), "sealed.token");

    made.enter(tokens[1].clone(), &one).unwrap();
    refused(&made, record(1, &two), "sealed.token_spent");
    refused(&made, record(2, &one), "sealed.repeated");
    let mut later = made.clone();
    later.world.now += 101 * day();
    let late = later.sealed_for(Slot::new(later.world.now / HOUR), "B1", Some(1), 1).0;
    refused(&later, record(2, &late), "sealed.token");
    let bare = Threshold { world: World::new(), ..made.clone() };
    refused(&bare, record(2, &two), "sealing.no_group");
}

#[test]
fn what_stands_in_an_entrys_record_is_the_same_for_everybody() {
    let mut made = tendered();
    let tokens = [made.tokens("B1", 1).remove(0), made.tokens("CITY", 1).remove(0)];
    let entries = [made.sealed("B1", Some(90_000_000), 1).0, made.dummy()];
    let [bid, dummy] = [0, 1].map(|n| entry::record(&chain(), tokens[n].clone(), &entries[n]).unwrap());
    assert_eq!(bid.envelope().to_json().len(), dummy.envelope().to_json().len());
    assert_eq!(bid.payload().author.org, dummy.payload().author.org);
}

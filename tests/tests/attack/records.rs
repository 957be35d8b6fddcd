//! h, i, j: what a record may be, over HTTP.

use biaozheng_client::{ClientError, Wait, author};
use biaozheng_tests::cluster::Cluster;
use biaozheng_tests::groups::{self, Member, Numbers};
use serde_json::{Value, json};

use crate::attack::stage::{SLOT_MS, Stage};

async fn submitted(cluster: &Cluster, node: usize, record: &biaozheng_ledger::record::Record) -> ClientError {
    let client = cluster.client(node).unwrap();
    let text = record.envelope().to_json();
    let sent = client.submit(&text, Wait::Receipt, std::time::Duration::from_secs(10));
    sent.await.map(|sent| sent.stage).expect_err("it was to be refused")
}

/// Every X25519 key of small order that is shorter than the field's prime, and two that are not.
const SMALL: [&str; 5] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// h: no honest member could deal to such a seat, so no node takes a start that names one.
pub(crate) async fn h_a_seats_key_of_small_order_is_refused(
    cluster: &Cluster,
    members: &[Member],
    numbers: Numbers,
) {
    let signers: Vec<_> = members.iter().map(|one| cluster.organisation(one.org).unwrap()).collect();
    for (number, key) in SMALL.iter().enumerate() {
        let mut body = groups::ceremony(numbers.sealing(), 0, members, author::clock(), numbers.phase_ms);
        let seat = body["members"][3]["member"].as_str().unwrap();
        body["members"][3]["member"] = json!(format!("{}{key}", &seat[..64]));
        let draft = signers[1..]
            .iter()
            .fold(signers[0].record("dkg.started/1", body), |draft, one| draft.cosign(one));
        let refused = submitted(cluster, number % 4, &draft.sign(author::clock()).unwrap()).await;
        assert!(refused.to_string().contains("small order"), "{key}: {refused}");
    }
}

/// i: bodies whose structs are arrays, by position, of several types and depths.
pub(crate) async fn i_a_struct_is_no_array(cluster: &Cluster) {
    let city = cluster.organisation("CITY").unwrap();
    let digest = |what: &str| biaozheng_ledger::digest::Digest::of(what.as_bytes()).to_string();
    let (a, b) = (digest("a"), digest("b"));
    let lists: [(&str, Value); 5] = [
        ("expert.suspended/1", json!(["E1", "x"])),
        ("expert.enrolled/1", json!(["E1", ["A01"], "320500", a, b])),
        ("complaint.filed/1", json!(["conduct", 1, a])),
        ("bids.opened/1", json!({"lots": [["1", [["B1", 1]]]]})),
        ("bids.opened/1", json!({"lots": [{"lot": "1", "bids": [["B1", 1]]}]})),
    ];
    for (number, (kind, body)) in lists.into_iter().enumerate() {
        let project = biaozheng_ledger::ids::ProjectId::new("P-1").unwrap();
        let draft = city.record(kind, body.clone());
        let draft = if kind.starts_with("expert") { draft } else { draft.project(project) };
        // What is no object at all is no payload; what has one inside is no body.
        match draft.sign(author::clock()) {
            Ok(record) => {
                let refused = submitted(cluster, number % 4, &record).await;
                let code = refused.code().unwrap_or_default();
                assert!(code == "record.body" || code.starts_with("malformed"), "{kind} {body}: {refused}");
            }
            Err(error) => assert!(body.is_array(), "{kind}: {error}"),
        }
    }
}

/// j: tenders without a bid, first by key, with the same deadline and long before it, keep nothing waiting. On real nodes
/// there are a few; beyond the limit of 1,024 the contracts' own tests go (`sealing/waiting/tests.rs`).
pub(crate) async fn j_empty_tenders_first_by_key_and_time(stage: &Stage, deadline: u64) {
    let names: Vec<String> = (0..12).map(|n| format!("A-{n:02}")).collect();
    let one = |n: usize| {
        let until = if n.is_multiple_of(2) { deadline } else { deadline - SLOT_MS };
        stage.publish(&names[n], until, json!({}))
    };
    tokio::join!(one(0), one(1), one(2), one(3), one(4), one(5));
    tokio::join!(one(6), one(7), one(8), one(9), one(10), one(11));
}

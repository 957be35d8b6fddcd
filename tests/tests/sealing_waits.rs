//! A bid that waits at its node for a moment is on that node's disk: the node is killed meanwhile, and the bid comes in.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::time::Duration;

use biaozheng_client::{Patience, Wait, author};
use biaozheng_ledger::receipt::Receipt;
use biaozheng_tests::cluster::Cluster;
use biaozheng_tests::groups;
use biaozheng_tests::tender::{Trial, commit, sealed, slot, tokens};
use serde_json::json;

const SLOT_MS: u64 = 15_000;
const COVERING: usize = 1;

#[tokio::test(flavor = "multi_thread")]
async fn a_bid_that_waits_for_its_moment_outlives_its_node() {
    let scratch = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::found(&scratch.path().join("consortium"), "waits").await.unwrap();
    let members = groups::prepare(&cluster, |index| usize::from(index == COVERING)).await.unwrap();
    cluster.start(0..4).await.unwrap();
    let numbers =
        groups::Numbers { slot_ms: SLOT_MS, ahead: 1000, quota: 4, member_quota: 400, phase_ms: 8000 };
    groups::found(&cluster, &members, numbers).await.unwrap();
    let mut chain = Trial::prepare(cluster, 3).await.unwrap();
    let group = chain.bidders_groups().await.unwrap();
    let client = chain.cluster.client(0).unwrap();
    let deadline = chain.deadline_after(SLOT_MS, Duration::from_secs(75));
    let published = chain.publish("P-1", deadline).await.unwrap();
    let slot = slot(deadline, SLOT_MS).unwrap();
    let mut bids = Vec::new();
    for (bidder, price) in chain.bidders.iter().zip([90_000_000, 80_000_000, 95_000_000]) {
        let token = tokens(&client, &group, bidder, 1).await.unwrap().remove(0);
        bids.push(sealed(&group, bidder, "P-1", slot, &json!({"price": price}), token).unwrap());
    }
    commit(&client, &bids[1]).await.unwrap();
    commit(&client, &bids[2]).await.unwrap();

    // Given to the covering node twice, as a client that is not sure does: it promises the same moment, and keeps one.
    let covering = chain.cluster.client(COVERING).unwrap();
    let mut promised = Vec::new();
    for _ in 0..2 {
        let sent = covering.submit_until(&bids[0], Wait::Receipt, Patience::default()).await.unwrap();
        promised.push(Receipt::verify(sent.receipt.to_string().as_bytes()).unwrap());
    }
    // The node promises a block within a minute of the moment.
    let moment = promised[1].promised_by_ms.get() - 60_000;
    let waits = moment.saturating_sub(author::clock().get());
    println!("it leaves in {waits} ms, {} ms before the deadline", deadline.saturating_sub(moment));
    assert!(moment < deadline);
    assert_eq!(promised[0].record, bids[0].id());
    let path = format!("/v1/records/{}", bids[0].id());
    chain.cluster.kill(COVERING).await.unwrap();
    let elsewhere = chain.look(&path).await.unwrap();
    chain.cluster.start([COVERING]).await.unwrap();
    // Unless its moment came just then.
    if waits > 3_000 {
        assert_eq!(promised[0].promised_by_ms, promised[1].promised_by_ms);
        assert!(elsewhere["height"].is_null(), "it was to wait: {elsewhere}");
    }
    chain.opened(deadline).await.unwrap();
    let prices = chain.read_out("P-1", published, &["B1", "B2", "B3"]).await.unwrap();
    assert_eq!(prices, [90_000_000, 80_000_000, 95_000_000]);
    chain.cluster.stop().await;
}

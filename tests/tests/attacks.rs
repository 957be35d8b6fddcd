//! Attacks that once held, played again against a real consortium: each is a function named after its letter in
//! docs/threat-model.md's list. One run for all: while the windows of an opening pass, the other attacks have their time.
//!
//! Half of the group's members keep their parts back from before the deadline until all windows are over, by an outage of
//! two nodes that come back without their part in the group.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::expect_used
)]

mod attack {
    pub(crate) mod disk;
    pub(crate) mod flood;
    pub(crate) mod log;
    pub(crate) mod opening;
    pub(crate) mod promises;
    pub(crate) mod records;
    pub(crate) mod stage;
    pub(crate) mod witness;
}
#[allow(dead_code, reason = "a member that cheats; here only its connection is used")]
mod cheat {
    pub(crate) mod member;
}

use std::time::Duration;

use attack::stage::{BIDDERS_S, GROUP_S, PROMISE_MS, SLOT_MS, Stage};
use attack::{disk, flood, opening, promises, records, stage, witness};
use biaozheng_client::author;
use biaozheng_tests::cluster::Cluster;
use biaozheng_tests::groups;
use biaozheng_tests::tender::{Trial, Windows};

/// The node that covers entries; its disk fails at the end.
const COVERING: usize = 1;
/// The members that keep their parts back.
const GONE: [usize; 2] = [2, 3];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a minute and a half: scripts/test --all"]
async fn the_attacks_that_once_held_fail_on_real_nodes() {
    let scratch = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::found(&scratch.path().join("consortium"), "attacks").await.unwrap();
    let members = groups::prepare(&cluster, |index| usize::from(index == COVERING)).await.unwrap();
    stage::configure(&cluster, 0, "\npromise_ms = 60000\n", &format!("\npromise_ms = {PROMISE_MS}\n"));
    cluster.start(0..4).await.unwrap();

    let numbers =
        groups::Numbers { slot_ms: SLOT_MS, ahead: 1000, quota: 8, member_quota: 400, phase_ms: 4000 };
    records::h_a_seats_key_of_small_order_is_refused(&cluster, &members, numbers).await;
    let founded = groups::found(&cluster, &members, numbers);
    let witness = witness::e_one_log_key_leads_no_witness_away(&cluster, scratch.path());
    let arrays = records::i_a_struct_is_no_array(&cluster);
    let (founded, (), ()) = tokio::join!(founded, witness, arrays);
    founded.unwrap();

    let windows = Windows { group: "5s", bidders: "10s" };
    let mut stage = Stage::set(Trial::prepare_with(cluster, 4, windows).await.unwrap()).await;
    stage.fill_purses().await;
    let deadline = stage.chain.deadline_after(SLOT_MS, Duration::from_secs(28));
    opening::tender_and_seal(&mut stage, deadline).await;
    records::j_empty_tenders_first_by_key_and_time(&stage, deadline).await;
    promises::d_what_stands_is_answered_with_its_block(&stage).await;
    flood::g_early_lines_are_bounded(&mut stage, GONE[1]).await;
    promises::d_an_outage_of_others_convicts_nobody(&mut stage, GONE).await;
    assert!(author::clock().get() < deadline, "all this was to be before the deadline");

    // The windows, in block time.
    stage.time_over(deadline + GROUP_S * 1000).await;
    opening::b_bind(&stage).await;
    stage.time_over(deadline + (GROUP_S + BIDDERS_S) * 1000).await;
    opening::b_no_price_is_chosen_after_the_others(&stage).await;
    stage.time_over(deadline + (GROUP_S + 2 * BIDDERS_S) * 1000).await;
    opening::a_an_answer_in_the_last_moment_takes_no_time(&stage).await;
    let opened = opening::b_bound_and_not_proven_is_no_bid(&stage).await;
    let request = opening::c_an_unanswered_draw_is_not_thrown_again(&stage, opened).await;

    // The members are back.
    for index in GONE {
        stage::takes_part(&stage.chain.cluster, index, true);
        stage.chain.cluster.kill(index).await.unwrap();
    }
    stage.chain.cluster.kill(COVERING).await.unwrap();
    let failing = disk::spawn(&stage.chain.cluster, COVERING);
    stage.chain.cluster.start(GONE).await.unwrap();
    stage.chain.until("the openings", "/v1/sealing", |seen| seen["due"] == 0).await.unwrap();
    opening::a_every_bid_is_listed(&stage).await;
    opening::c_the_one_label_is_answered(&stage, request).await;
    opening::f_honest_openings_are_not_accused(&stage, scratch.path()).await;
    disk::k_a_record_that_cannot_be_written_stops_the_node(&mut stage, failing, COVERING).await;
    stage.chain.cluster.stop().await;
}

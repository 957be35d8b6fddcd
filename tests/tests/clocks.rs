//! One validator's wall clock is five seconds off, on real processes: it is named, and costs little of the block rate.
//!
//! Needs the Debian package faketime and two minutes:
//! `cargo test --release --workspace --test clocks -- --ignored --nocapture`
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::print_stdout
)]

use std::time::Duration;

use biaozheng_tests::cluster::Cluster;
use biaozheng_tests::standing::Load;
use tokio::time::{Instant, sleep};

const MEASURED: Duration = Duration::from_secs(20);

/// Blocks a second at the first node.
async fn rate(cluster: &Cluster) -> f64 {
    let (begun, before) = (Instant::now(), cluster.height_of(0).await.unwrap());
    sleep(MEASURED).await;
    let blocks = cluster.height_of(0).await.unwrap() - before;
    blocks as f64 / begun.elapsed().as_secs_f64()
}

async fn refused_of_it(cluster: &Cluster) -> u64 {
    let status = cluster.client(0).unwrap().status_json().await.unwrap();
    status["clocks_off"].as_array().unwrap().iter().map(|off| off["refused"].as_u64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs faketime and two minutes"]
async fn a_clock_five_seconds_off_is_named_and_costs_little() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::found(&folder.path().join("consortium"), "clocks").await.unwrap();
    cluster.start(0..4).await.unwrap();
    let load = Load::begin(&cluster).unwrap();
    sleep(Duration::from_secs(3)).await;
    let right = rate(&cluster).await;
    for offset in ["+5s", "-5s"] {
        cluster.kill(3).await.unwrap();
        cluster.set_clock_off(3, offset);
        cluster.start([3]).await.unwrap();
        // Until it knows: eight readings at most of each.
        sleep(Duration::from_secs(10)).await;
        let status = cluster.client(3).unwrap().status_json().await.unwrap();
        let ahead = status["own_clock_ahead_ms"].as_i64().unwrap_or_else(|| panic!("it knows: {status}"));
        assert!((4000..=6000).contains(&ahead.abs()), "{ahead} ms");
        let refused = refused_of_it(&cluster).await;
        let wrong = rate(&cluster).await;
        let again = refused_of_it(&cluster).await;
        println!("{offset}: {right:.1} blocks/s, then {wrong:.1}; refused {refused}, then {again}");
        assert_eq!(refused, again, "none of its blocks is refused once it knows");
        assert!(wrong > right * 0.7, "{offset}: {right:.1} blocks a second fell to {wrong:.1}");
    }
    load.end().await;
    cluster.stop().await;
}

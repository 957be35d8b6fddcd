//! Backup of running nodes, restoring, the signer guard's way back, and syncing anew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use biaozheng_client::{Author, Wait};
use biaozheng_ledger::ids::TimeMs;
use biaozheng_tests::cluster::{Cluster, program};
use serde_json::json;

const SOON: Duration = Duration::from_secs(60);

async fn biaozheng(arguments: &[&str]) -> Output {
    tokio::process::Command::new(program("biaozheng").unwrap()).args(arguments).output().await.unwrap()
}

async fn fine(arguments: &[&str]) -> String {
    let output = biaozheng(arguments).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// What the command says when it refuses.
async fn refused(arguments: &[&str]) -> String {
    let output = biaozheng(arguments).await;
    assert!(!output.status.success(), "{arguments:?} went through");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn record(cluster: &Cluster, org: &Author, index: usize, number: u64) {
    let record =
        org.record("evidence.recorded/1", json!({"n": number})).sign(TimeMs::new(1_790_000_000_000)).unwrap();
    let client = cluster.client(index).unwrap();
    let sent = client.submit(&record.envelope().to_json(), Wait::Certificate, SOON).await.unwrap();
    assert!(sent.reached(Wait::Certificate));
}

/// Waits until a node has every validator in reach.
async fn connected(cluster: &Cluster, index: usize) {
    let client = cluster.client(index).unwrap();
    let deadline = tokio::time::Instant::now() + SOON;
    while !client.status().await.unwrap().missing_validators.is_empty() {
        assert!(tokio::time::Instant::now() < deadline, "validators stay out of reach");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_running_node_restores_and_a_restored_validator_cannot_sign_twice() {
    let scratch =
        tempfile::Builder::new().disable_cleanup(std::env::var_os("KEEP").is_some()).tempdir().unwrap();
    let folder = scratch.path();
    let mut cluster = Cluster::found(&folder.join("consortium"), "operations").await.unwrap();
    // By name on both networks, as the configuration allows.
    cluster.by_name().unwrap();
    cluster.start(0..5).await.unwrap();
    let city = cluster.organisation("CITY").unwrap();
    for number in 0..5 {
        record(&cluster, &city, 0, number).await;
    }
    // A running validator and a running observer, while records go on.
    let (north, regulator) = (cluster.home(3), cluster.home(4));
    let (saved, other) = (folder.join("north"), folder.join("regulator"));
    let backup = ["backup", "--home", text(&north), "--to", text(&saved), "--with-keys"];
    let (said, ()) = tokio::join!(fine(&backup), record(&cluster, &city, 0, 100));
    assert!(said.contains("backed up"), "{said}");
    fine(&["backup", "--home", text(&regulator), "--to", text(&other)]).await;
    assert!(!other.join("keys").exists(), "keys only when asked for");
    assert!(!saved.join("guard").exists(), "a guard is never copied");
    assert!(refused(&["backup", "--home", text(&north), "--to", text(&saved)]).await.contains("exists"));

    // The observer's backup opens elsewhere, and stands where the chain stood.
    let moved = folder.join("moved");
    fine(&["restore", "--from", text(&other), "--home", text(&moved)]).await;
    assert!(refused(&["restore", "--from", text(&other), "--home", text(&moved)]).await.contains("holds"));

    // A changed, a missing and an added file are each named.
    let genesis = std::fs::read(other.join("genesis.json")).unwrap();
    let config = std::fs::read(other.join("config.toml")).unwrap();
    std::fs::write(other.join("config.toml"), [config.as_slice(), b"\n"].concat()).unwrap();
    let again = folder.join("again");
    let why = refused(&["restore", "--from", text(&other), "--home", text(&again)]).await;
    assert!(why.contains("config.toml was changed"), "{why}");
    std::fs::remove_file(other.join("config.toml")).unwrap();
    let why = refused(&["restore", "--from", text(&other), "--home", text(&again)]).await;
    assert!(why.contains("config.toml is missing"), "{why}");
    std::fs::write(other.join("config.toml"), &config).unwrap();
    std::fs::write(other.join("data/extra"), b"x").unwrap();
    let why = refused(&["restore", "--from", text(&other), "--home", text(&again)]).await;
    assert!(why.contains("data/extra"), "{why}");
    std::fs::remove_file(other.join("data/extra")).unwrap();
    assert_eq!(genesis, std::fs::read(moved.join("genesis.json")).unwrap());
    assert!(!again.exists(), "nothing was written before all was checked");

    // The validator's disk is lost; the others go on.
    cluster.kill(3).await.unwrap();
    std::fs::remove_dir_all(&north).unwrap();
    record(&cluster, &city, 0, 101).await;
    fine(&["restore", "--from", text(&saved), "--home", text(&north)]).await;
    cluster.spawn(3).unwrap();
    let failure = cluster.started(3, Duration::from_secs(20)).await.unwrap_err().to_string();
    assert!(failure.contains("signed.guard is missing"), "{failure}");
    let url = cluster.url(0);
    let remake = ["guard", "remake", "--home", text(&north), "--api", url.as_str()];
    assert!(refused(&remake).await.contains("no other copy"));
    let mut sure = remake.to_vec();
    sure.push("--no-other-copy-runs");
    let mut low = sure.clone();
    low.extend(["--above", "1"]);
    assert!(refused(&low).await.contains("too low"));
    let height = cluster.height_of(0).await.unwrap();
    let said = fine(&sure).await;
    assert!(said.contains(&format!("up to block {}", height + 1)), "{said}");
    assert!(refused(&sure).await.contains("whole"), "a good guard is not replaced");
    let said = fine(&["guard", "show", "--home", text(&north)]).await;
    assert!(said.contains("nothing signed yet"), "{said}");

    // It follows, and votes again above that height: with another validator down the quorum needs it.
    cluster.spawn(3).unwrap();
    cluster.reach(3, height, SOON).await.unwrap();
    for number in 200..203 {
        record(&cluster, &city, 0, number).await;
    }
    connected(&cluster, 0).await;
    cluster.kill(2).await.unwrap();
    for number in 300..303 {
        record(&cluster, &city, 0, number).await;
    }
    assert!(refused(&["guard", "show", "--home", text(&north)]).await.contains("in use"));

    // Its engine log is lost: the guard alone keeps it from contradicting itself.
    cluster.spawn(2).unwrap();
    cluster.started(2, SOON).await.unwrap();
    connected(&cluster, 0).await;
    cluster.kill(3).await.unwrap();
    std::fs::remove_dir_all(north.join("consensus")).unwrap();
    cluster.spawn(3).unwrap();
    for number in 400..403 {
        record(&cluster, &city, 0, number).await;
    }
    connected(&cluster, 0).await;
    cluster.reach(3, cluster.height_of(0).await.unwrap(), SOON).await.unwrap();

    // An observer whose store is gone bad fetches the chain anew.
    assert!(refused(&["resync", "--home", text(&regulator)]).await.contains("another process"));
    cluster.kill(4).await.unwrap();
    fine(&["resync", "--home", text(&regulator)]).await;
    cluster.spawn(4).unwrap();
    let height = cluster.height_of(0).await.unwrap();
    cluster.reach(4, height, SOON).await.unwrap();
    let (a, b) = (cluster.client(0).unwrap(), cluster.client(4).unwrap());
    let block = biaozheng_ledger::ids::Height::new(height);
    assert_eq!(a.block(block).await.unwrap(), b.block(block).await.unwrap());
    cluster.stop().await;
}

//! Validators come and go on a running chain: four, five, four others. Who votes decides, whoever cosigns certifies, and
//! everybody who follows from the genesis on comes to the same.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod twin;

use std::collections::BTreeSet;
use std::time::Duration;

use biaozheng_client::{Author, Patience, Wait, author};
use biaozheng_ledger::certificate::{Certificate, Expectations};
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::record::Record;
use biaozheng_tests::cluster::{Cluster, VALIDATORS, program};
use biaozheng_tests::{groups, voting};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(60);
const SOUTH: usize = 5;

fn evidence(author: &Author, number: u64) -> Record {
    author.record("evidence.recorded/1", json!({"n": number})).sign(author::clock()).unwrap()
}

/// Records a piece of evidence through a node, up to its certificate.
async fn certified(cluster: &Cluster, through: usize, number: u64) -> String {
    let record = evidence(&cluster.organisation(VALIDATORS[0].1).unwrap(), number);
    let client = cluster.client(through).unwrap();
    let done = client.submit_until(&record, Wait::Certificate, Patience::default()).await.unwrap();
    assert!(done.reached(Wait::Certificate), "record {number} has no certificate");
    client.certificate(&record.id()).await.unwrap()
}

/// Fails unless the certificate holds under the policy of the genesis.
fn holds(cluster: &Cluster, certificate: &str) {
    let policy: Policy = std::fs::read_to_string(cluster.policy_file()).unwrap().parse().unwrap();
    let expected =
        Expectations { policy: Some(&policy), chain: Some(cluster.chain), ..Expectations::default() };
    let verification = Certificate::from_json(certificate.as_bytes()).unwrap().verify(&expected);
    assert!(verification.is_valid(), "{:?}", verification.failed_step());
}

async fn role(cluster: &Cluster, node: usize) -> Value {
    cluster.client(node).unwrap().status_json().await.unwrap()["role"].clone()
}

/// Who proposed the newest blocks of a node.
async fn proposers(cluster: &Cluster, node: usize, blocks: u64) -> BTreeSet<String> {
    let (client, height) = (cluster.client(node).unwrap(), cluster.height_of(node).await.unwrap());
    let mut all = BTreeSet::new();
    for at in height.saturating_sub(blocks).max(1)..=height {
        let url = format!("{}/v1/blocks/{at}", client.base_url());
        let block: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        all.insert(block["proposer"].as_str().unwrap().to_owned());
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_goes_on_under_five_and_under_other_four_validators() {
    let scratch = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::found_with(&scratch.path().join("consortium"), "voting", true).await.unwrap();
    let south = voting::prepare(&cluster, SOUTH).await.unwrap();
    let again = tokio::process::Command::new(program("biaozheng").unwrap())
        .args(["keys", "vote", "--home"])
        .arg(cluster.home(SOUTH))
        .output()
        .await
        .unwrap();
    assert!(!again.status.success(), "a second voting key would be a second guard");
    let running = [0, 1, 2, 3, SOUTH];
    cluster.start(running).await.unwrap();
    holds(&cluster, &certified(&cluster, 0, 1).await);
    assert_eq!(
        (role(&cluster, 3).await, role(&cluster, SOUTH).await),
        (json!("validator"), json!("observer"))
    );

    // Without enough of those who vote and stay nothing changes; nor when somebody signs what is not its node's key.
    let without = ["--without", "NORTH", "--without", "WEST"];
    for (arguments, sign, code) in [
        ([&["--add", &south][..], &without].concat(), &["EAST", "SOUTH"][..], "validators.consent"),
        ([&["--add", &south][..], &without[..2]].concat(), &["EAST", "WEST", "SOUTH"], "validators.stay"),
        (vec!["--remove", "north"], &["EAST", "WEST"], "validators.size"),
    ] {
        let refused = voting::change(&cluster, &arguments, sign, &[]).await.unwrap_err().to_string();
        assert!(refused.contains(code), "{refused}");
    }
    let strange = format!("south=SOUTH={}", cluster.genesis.rest.nodes[1].api_key);
    let refused =
        voting::change(&cluster, &["--add", &strange], &["SOUTH"], &[]).await.unwrap_err().to_string();
    assert!(refused.contains("another key here than yours"), "{refused}");
    let signers = ["EAST", "WEST", "NORTH", "SOUTH"];
    let seen = voting::change(&cluster, &["--add", &south], &signers, &running).await.unwrap();
    assert_eq!((&seen["number"], &seen["quorum"]), (&json!(1), &json!(4)), "{seen}");
    assert_eq!(role(&cluster, SOUTH).await, "validator");

    // Four of five decide: with the east away the newcomer's vote is needed, and it proposes in its turn.
    cluster.kill(1).await.unwrap();
    for number in 10..20 {
        let through = if number % 2 == 0 { 0 } else { SOUTH };
        holds(&cluster, &certified(&cluster, through, number).await);
    }
    assert!(proposers(&cluster, 0, 10).await.contains("south"));
    cluster.kill(SOUTH).await.unwrap();
    let stands = cluster.client(0).unwrap();
    let deadline = tokio::time::Instant::now() + SOON;
    while stands.ready().await.is_ok() {
        assert!(tokio::time::Instant::now() < deadline, "three of five are no quorum");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let missing = stands.status_json().await.unwrap()["missing_validators"].clone();
    assert_eq!(missing, json!(["east", "south"]));
    for node in [1, SOUTH] {
        cluster.spawn(node).unwrap();
    }
    for node in [1, SOUTH] {
        cluster.started(node, SOON).await.unwrap();
    }
    holds(&cluster, &certified(&cluster, 1, 30).await);

    // The north leaves, and goes on following: it neither votes nor proposes, and cosigns as a founder.
    let left = ["EAST", "WEST", "SOUTH"];
    let seen = voting::change(&cluster, &["--remove", "north"], &left, &running).await.unwrap();
    assert_eq!((&seen["number"], &seen["quorum"]), (&json!(2), &json!(3)), "{seen}");
    assert_eq!(role(&cluster, 3).await, "observer");
    cluster.kill(1).await.unwrap();
    for number in 40..50 {
        // Through the north, too: it hands records to those who vote.
        let through = if number % 2 == 0 { 3 } else { SOUTH };
        holds(&cluster, &certified(&cluster, through, number).await);
    }
    let proposing = proposers(&cluster, 0, 9).await;
    assert!(proposing.contains("south") && !proposing.contains("north"), "{proposing:?}");
    // Three of the founding four cosign a certificate: with the east and the north away blocks go on, certificates wait.
    cluster.kill(3).await.unwrap();
    let waits = evidence(&cluster.organisation(VALIDATORS[0].1).unwrap(), 60);
    let patience = Patience { total: Duration::from_secs(20), ..Patience::default() };
    let sent = cluster.client(0).unwrap().submit_until(&waits, Wait::Committed, patience).await.unwrap();
    assert!(sent.reached(Wait::Committed));
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(
        cluster.client(0).unwrap().certificate(&waits.id()).await.is_err(),
        "two cosigners are no quorum"
    );

    // The east's key was stolen: the others give its node another, and its guard goes on.
    cluster.spawn(3).unwrap();
    cluster.started(3, SOON).await.unwrap();
    let path = cluster.home(1).join("keys/consensus.key");
    std::fs::rename(&path, path.with_extension("stolen")).unwrap();
    std::fs::remove_file(path.with_extension("pub")).unwrap();
    let mut generate = tokio::process::Command::new(program("biaozheng").unwrap());
    let made =
        generate.args(["keys", "generate", "--name", "east", "--out"]).arg(&path).output().await.unwrap();
    assert!(made.status.success());
    let key = biaozheng_client::key_file::read(&path).unwrap().public();
    let renewed = format!("east=EAST={key}");
    let seen = voting::change(&cluster, &["--add", &renewed], &left, &[0, 2, 3, SOUTH]).await.unwrap();
    assert_eq!((&seen["number"], &seen["quorum"]), (&json!(3), &json!(3)), "{seen}");
    cluster.spawn(1).unwrap();
    cluster.started(1, SOON).await.unwrap();
    cluster.kill(2).await.unwrap();
    for number in 61..67 {
        holds(&cluster, &certified(&cluster, 1, number).await);
    }
    assert_eq!(role(&cluster, 1).await, "validator");

    // Nobody votes with another's key beside a guard of its own.
    let mine = cluster.home(SOUTH).join("keys/consensus.key");
    let kept = std::fs::read(&mine).unwrap();
    std::fs::write(&mine, std::fs::read(&path).unwrap()).unwrap();
    cluster.kill(SOUTH).await.unwrap();
    cluster.spawn(SOUTH).unwrap();
    let refused = cluster.started(SOUTH, SOON).await.unwrap_err().to_string();
    assert!(refused.contains("is the key of east"), "{refused}");
    std::fs::write(&mine, kept).unwrap();

    // All of it survives that everything stops, and one that never ran comes to the same from the genesis.
    cluster.stop().await;
    cluster.start([0, 1, 2, 3, 4, SOUTH]).await.unwrap();
    holds(&cluster, &certified(&cluster, 4, 70).await);
    holds(&cluster, &cluster.client(0).unwrap().certificate(&waits.id()).await.unwrap());
    let height = cluster.height_of(0).await.unwrap();
    cluster.reach(4, height, SOON).await.unwrap();
    assert_eq!(cluster.client(4).unwrap().validators().await.unwrap(), seen);
    let state = scratch.path().join("audit");
    for _ in 0..2 {
        let output = tokio::process::Command::new(program("biaozheng").unwrap())
            .args(["audit", "--json", "--genesis"])
            .arg(cluster.folder.join("genesis.json"))
            .arg("--state")
            .arg(&state)
            .args([cluster.url(0), cluster.url(4)])
            .output()
            .await
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(output.status.success() && report["replay"]["found"] == json!([]), "{report}");
        assert!(report["replay"]["height"].as_u64().unwrap() >= height, "{report}");
    }
    cluster.stop().await;
}

/// A stolen key votes beside its owner: what no guard prevents, everybody sees, and one of them shows the chain.
#[tokio::test(flavor = "multi_thread")]
async fn who_votes_with_a_stolen_key_is_proven_on_chain_and_loses_the_vote() {
    let scratch = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::found_with(&scratch.path().join("consortium"), "stolen", true).await.unwrap();
    let members = groups::prepare(&cluster, |_| 0).await.unwrap();
    let south = voting::prepare(&cluster, SOUTH).await.unwrap();
    let running = [0, 1, 2, 3, SOUTH];
    cluster.start(running).await.unwrap();
    groups::register(&cluster, &members).await.unwrap();
    let client = cluster.client(0).unwrap();
    let proven = async || {
        let seen = client.validators().await.unwrap();
        let north = seen["validators"].as_array().unwrap().iter().find(|one| one["node"] == "north").cloned();
        north.unwrap()["misbehaved"].as_array().unwrap().clone()
    };
    assert!(proven().await.is_empty());
    let thief = twin::steal(&cluster.home(4), &cluster.home(3), &cluster.genesis).await.unwrap();
    let deadline = tokio::time::Instant::now() + Duration::from_secs(90);
    let (org, mut number) = (cluster.organisation(VALIDATORS[0].1).unwrap(), 100);
    while proven().await.is_empty() {
        assert!(tokio::time::Instant::now() < deadline, "nobody showed that the north signs twice");
        // Blocks come when there is work.
        let _ = client.submit(&evidence(&org, number).envelope().to_json(), Wait::Receipt, SOON).await;
        number += 1;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // A record like any other; and a node that saw it has it as a file.
    let record = proven().await[0].as_str().unwrap().parse().unwrap();
    let deadline = tokio::time::Instant::now() + SOON;
    let certificate = loop {
        match client.certificate(&record).await {
            Ok(certificate) => break certificate,
            Err(error) => assert!(tokio::time::Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    holds(&cluster, &certificate);
    let saw = |node: usize| {
        std::fs::read_dir(cluster.home(node).join("misbehaviour")).is_ok_and(|all| all.count() > 0)
    };
    assert!(running.into_iter().any(saw));
    // The others give the vote to another node, and the thief with it counts no more.
    let arguments = ["--add", &south, "--remove", "north"];
    voting::change(&cluster, &arguments, &["EAST", "WEST", "SOUTH"], &running).await.unwrap();
    // What it signed before is counted when its height ends; then nothing it signs is a vote any more.
    certified(&cluster, 0, 1).await;
    // Any of them may be the one that saw it.
    let seen = async || {
        let (height, mut sum) = (cluster.height_of(0).await.unwrap(), 0.0);
        for node in running {
            cluster.reach(node, height, SOON).await.unwrap();
            let text = cluster.client(node).unwrap().metrics().await.unwrap();
            let line = text.lines().find(|line| line.starts_with("biaozheng_misbehaviour_total"));
            sum += line.unwrap().rsplit_once(' ').unwrap().1.parse::<f64>().unwrap();
        }
        sum
    };
    let before = seen().await;
    assert!(before >= 1.0, "{before}");
    for number in 2..8 {
        holds(&cluster, &certified(&cluster, 0, number).await);
    }
    assert!((seen().await - before).abs() < f64::EPSILON, "votes of who has none were counted");
    thief.shutdown().await;
    cluster.stop().await;
}

//! Half of the group is gone at a deadline: three bidders bind and then prove with the program, on real nodes, and one that
//! sealed twice proves what it bound. The group, whole again after the opening, makes nothing of it undone.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use biaozheng_client::sealing::{Envelope, entry_record};
use biaozheng_client::{author, key_file};
use biaozheng_ledger::ids::ProjectId;
use biaozheng_ledger::key::SecretKey;
use biaozheng_seal::sealing::LotId;
use biaozheng_seal::seed::Seed;
use biaozheng_tests::cluster::{Cluster, program};
use biaozheng_tests::groups;
use biaozheng_tests::tender::{Trial, Windows, commit, slot, tokens};
use serde_json::json;

const SLOT_MS: u64 = 10_000;
const GROUP_S: u64 = 15;
const BIDDERS_S: u64 = 30;
/// The members that are gone, without their nodes: the chain goes on.
const GONE: [usize; 2] = [2, 3];

/// Bidder, sequence, price: what is sealed.
const SEALED: [(usize, u32, u64); 4] =
    [(0, 1, 90_000_000), (1, 1, 80_000_000), (2, 1, 95_000_000), (2, 2, 79_000_000)];

fn proof_file(folder: &Path, bidder: usize, sequence: u32) -> PathBuf {
    folder.join(format!("B{}-{sequence}.proof", bidder + 1))
}

/// `biaozheng seal` in the name of a bidder; exit code and what it says.
async fn seals(chain: &Trial, folder: &Path, bidder: usize, with: &str, proofs: &[u32]) -> (bool, String) {
    let org = format!("B{}", bidder + 1);
    let mut command = tokio::process::Command::new(program("biaozheng").unwrap());
    command.args(["seal", "--project", "P-1", "--org", &org, "--api", &chain.cluster.url(0)]);
    command
        .args(["--chain", &chain.cluster.chain.to_string(), "--key"])
        .arg(folder.join(format!("{org}.key")));
    command.arg(with).args(proofs.iter().map(|sequence| proof_file(folder, bidder, *sequence)));
    let output = command.output().await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// Takes or gives back the part of a member, by its node's configuration.
async fn part(chain: &mut Trial, index: usize, takes: bool) {
    let config = chain.cluster.home(index).join("config.toml");
    let (with, without) = (format!("\norg = \"{}\"\n", Cluster::org(index)), "\norg = \"\"\n".to_owned());
    let (from, to) = if takes { (without, with) } else { (with, without) };
    let written = std::fs::read_to_string(&config).unwrap();
    assert!(written.contains(&from), "{config:?}");
    chain.cluster.kill(index).await.unwrap();
    std::fs::write(&config, written.replacen(&from, &to, 1)).unwrap();
    chain.cluster.spawn(index).unwrap();
    chain.cluster.started(index, Duration::from_secs(30)).await.unwrap();
}

async fn block_time_over(chain: &Trial, time: u64) {
    let over = |seen: &serde_json::Value| seen["time_ms"].as_u64() > Some(time);
    chain.until("the time", "/v1/sealing", over).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "waits for real windows, about three minutes"]
async fn bidders_bind_and_prove_what_the_group_leaves_shut() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let cluster = Cluster::found(&folder.join("consortium"), "fallback").await.unwrap();
    let members = groups::prepare(&cluster, |_| 0).await.unwrap();
    let mut cluster = cluster;
    cluster.start(0..4).await.unwrap();
    let numbers =
        groups::Numbers { slot_ms: SLOT_MS, ahead: 1000, quota: 4, member_quota: 40, phase_ms: 4000 };
    groups::found(&cluster, &members, numbers).await.unwrap();
    let windows = Windows { group: "15s", bidders: "30s" };
    let mut chain = Trial::prepare_with(cluster, 3, windows).await.unwrap();
    for number in 1..=3_u8 {
        let key = SecretKey::from_seed(&[50 + number; 32]);
        key_file::create(&folder.join(format!("B{number}.key")), &key).unwrap();
    }
    let bidders_groups = chain.bidders_groups().await.unwrap();
    let deadline = chain.deadline_after(SLOT_MS, Duration::from_secs(25));
    let published = chain.publish("P-1", deadline).await.unwrap();
    let client = chain.cluster.client(0).unwrap();
    for (bidder, sequence, price) in SEALED {
        let by = &chain.bidders[bidder];
        let envelope = Envelope {
            tender: ProjectId::new("P-1").unwrap(),
            lot: LotId::new("1").unwrap(),
            sequence,
            slot: slot(deadline, SLOT_MS).unwrap(),
        };
        let body = json!({"price": price}).to_string().into_bytes();
        let sealed = by.seal_bid(&bidders_groups, &envelope, body, &Seed::new(rand::random()));
        let (entry, proof) = sealed.unwrap();
        std::fs::write(proof_file(folder, bidder, sequence), &*proof.to_bytes()).unwrap();
        let token = tokens(&client, &bidders_groups, by, 1).await.unwrap().remove(0);
        commit(&client, &entry_record(&by.chain(), token, &entry).unwrap()).await.unwrap();
    }
    for index in GONE {
        part(&mut chain, index, false).await;
    }
    assert!(author::clock().get() < deadline, "the bids were to be in before the deadline");

    // The group's time: too early to bind.
    block_time_over(&chain, deadline).await;
    let (done, said) = seals(&chain, folder, 0, "--bind", &[1]).await;
    assert!(!done && said.contains("sealed.bind_time"), "{said}");
    block_time_over(&chain, deadline + GROUP_S * 1000).await;
    for bidder in 0..2 {
        let (done, said) = seals(&chain, folder, bidder, "--bind", &[1]).await;
        assert!(done && said.contains("已绑定"), "{said}");
    }
    let (done, said) = seals(&chain, folder, 2, "--bind", &[1, 2]).await;
    assert!(done && said.contains("sequence 序号 2"), "the highest of all proofs given: {said}");
    // Too early to prove: the program keeps the proof, and the chain refuses one that is sent all the same.
    let (done, said) = seals(&chain, folder, 0, "--prove", &[1]).await;
    assert!(!done && said.contains("the time to bind is over at") && said.contains("未发送"), "{said}");

    block_time_over(&chain, deadline + (GROUP_S + BIDDERS_S) * 1000).await;
    for bidder in 0..2 {
        let (done, said) = seals(&chain, folder, bidder, "--prove", &[1]).await;
        assert!(done, "{said}");
    }
    let (done, said) = seals(&chain, folder, 2, "--prove", &[1]).await;
    assert!(!done && said.contains("not what was bound"), "{said}");
    let (done, said) = seals(&chain, folder, 2, "--prove", &[2]).await;
    assert!(done, "{said}");
    block_time_over(&chain, deadline + (GROUP_S + 2 * BIDDERS_S) * 1000).await;
    let names: Vec<_> = ["B1", "B2", "B3"].map(|org| json!({"bidder": org, "number": 1})).into();
    let list = json!({"lots": [{"lot": "1", "bids": names}]});
    chain.put(&chain.city, "bids.opened/1", Some("P-1"), Some(published), list).await.unwrap();
    let prices = |seen: &serde_json::Value| {
        let bids = seen["lots"][0]["bids"].as_array().cloned().unwrap_or_default();
        bids.iter().map(|bid| bid["price"].as_u64()).collect::<Vec<_>>()
    };
    let expected = [Some(90_000_000), Some(80_000_000), Some(79_000_000)];
    let shown = chain.look("/v1/projects/P-1").await.unwrap();
    assert_eq!(prices(&shown), expected);
    assert_eq!(shown["late"], json!(["sealing_signature_window"]));

    // The members are back, and open the slot.
    for index in GONE {
        part(&mut chain, index, true).await;
    }
    chain.until("the slot", "/v1/sealing", |seen| seen["due"] == 0).await.unwrap();
    assert_eq!(prices(&chain.look("/v1/projects/P-1").await.unwrap()), expected);
    chain.cluster.stop().await;
}

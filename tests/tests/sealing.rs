//! Sealed bids through four real validators: ceremonies, tokens, three bids, and an opening with one validator gone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use biaozheng_api::answers::Page;
use biaozheng_api::answers::project::{OpenedBid, Project};
use biaozheng_api::answers::sealing::Sealing;
use biaozheng_client::{author, key_file};
use biaozheng_ledger::key::SecretKey;
use biaozheng_tests::cluster::{Cluster, program};
use biaozheng_tests::groups;
use biaozheng_tests::tender::{Trial, slot};
use serde_json::json;

const SLOT_MS: u64 = 15_000;
const COVERING: usize = 1;

async fn biaozheng(arguments: &[&str]) -> (Option<i32>, String) {
    let command = tokio::process::Command::new(program("biaozheng").unwrap()).args(arguments).output().await;
    let Output { status, stdout, stderr } = command.unwrap();
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_sealed_bids_open_themselves_although_a_validator_is_gone() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let mut cluster = Cluster::found(&folder.join("consortium"), "sealing").await.unwrap();
    let members = groups::prepare(&cluster, |index| usize::from(index == COVERING)).await.unwrap();
    cluster.start(0..4).await.unwrap();
    let numbers =
        groups::Numbers { slot_ms: SLOT_MS, ahead: 1000, quota: 4, member_quota: 400, phase_ms: 4000 };
    groups::found(&cluster, &members, numbers).await.unwrap();
    let mut chain = Trial::prepare(cluster, 3).await.unwrap();
    for number in 1..=3_u8 {
        key_file::create(&folder.join(format!("B{number}.key")), &SecretKey::from_seed(&[50 + number; 32]))
            .unwrap();
    }
    let sealing: Sealing = serde_json::from_value(chain.look("/v1/sealing").await.unwrap()).unwrap();
    assert!(sealing.slot_ms == SLOT_MS && sealing.tokens.is_some());
    let deadline = chain.deadline_after(SLOT_MS, Duration::from_secs(35));
    let published = chain.publish("P-1", deadline).await.unwrap();

    // Three bids through the bidder's program, all entered at the node that covers entries.
    let chain_id = folder.join("chain-id");
    std::fs::write(&chain_id, chain.cluster.chain.to_string()).unwrap();
    let mut sealing = Vec::new();
    for (number, (org, price)) in
        [("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)].into_iter().enumerate()
    {
        let bid = folder.join(format!("{org}.bid"));
        std::fs::write(&bid, json!({"price": price}).to_string()).unwrap();
        let (api, enter_at) = (chain.cluster.url(number), chain.cluster.url(COVERING));
        let (key, out) = (folder.join(format!("{org}.key")), folder.join(org));
        let chain_id = chain_id.clone();
        sealing.push(tokio::spawn(async move {
            biaozheng(&[
                "seal",
                text(&bid),
                "--api",
                &api,
                "--enter-at",
                &enter_at,
                "--chain",
                text(&chain_id),
                "--key",
                text(&key),
                "--org",
                org,
                "--project",
                "P-1",
                "--out",
                text(&out),
            ])
            .await
        }));
    }
    for one in sealing {
        let (code, said) = one.await.unwrap();
        assert_eq!(code, Some(0), "{said}");
    }
    assert!(author::clock().get() < deadline, "the bids were to be in before the deadline");
    for org in ["B1", "B2", "B3"] {
        let certificate = std::fs::read_to_string(folder.join(format!("{org}.cert.json"))).unwrap();
        assert!(!certificate.contains(&format!("\"{org}\"")), "a receipt tells nobody's name");
        assert!(folder.join(format!("{org}.proof")).exists());
    }
    assert_eq!(chain.look("/v1/projects/P-1").await.unwrap()["stage"], "published");

    // One of four is gone: three are a quorum of the group and of the chain.
    chain.cluster.kill(3).await.unwrap();
    chain.opened(deadline).await.unwrap();
    let prices = chain.read_out("P-1", published, &["B1", "B2", "B3"]).await.unwrap();
    assert_eq!(prices, [90_000_000, 80_000_000, 95_000_000]);
    let bids = chain.look("/v1/projects/P-1/bids").await.unwrap();
    let bids: Page<OpenedBid> = serde_json::from_value(bids).unwrap();
    assert!(bids.items.len() == 3 && bids.items.iter().all(|bid| bid.text.is_some() && bid.group.is_some()));
    let shown: Project = serde_json::from_value(chain.look("/v1/projects/P-1").await.unwrap()).unwrap();
    assert!(shown.sealed_by.is_some());
    for (name, least) in [("made", 2.0), ("taken", 2.0)] {
        let number =
            chain.metric(COVERING, &format!("biaozheng_sealing_partials_{name}_total")).await.unwrap();
        assert!(number >= least, "{name} {number}");
    }
    for name in ["partials_bad", "beyond_cover", "cover_missed"] {
        let number = chain.metric(COVERING, &format!("biaozheng_sealing_{name}_total")).await.unwrap();
        assert!(number < 1.0, "{name} {number}");
    }
    // Bids took the places of dummies: the slot has as many entries as the moments let out, the same of each class.
    let seen = chain.entries(slot(deadline, SLOT_MS).unwrap()).await.unwrap();
    let moments = chain.metric(COVERING, "biaozheng_sealing_cover_total").await.unwrap();
    println!("entries of each class: {seen:?}, places at moments: {moments}");
    assert_eq!(f64::from(seen.values().sum::<u32>()), moments);
    assert!(seen.len() == 4 && seen.values().all(|count| *count >= 3), "{seen:?}");
    // Shares lie encrypted, for their owner only.
    for index in 0..4 {
        use std::os::unix::fs::PermissionsExt as _;
        let share = chain.cluster.home(index).join("sealing/sealing-0.share");
        assert!(std::fs::read(&share).unwrap().starts_with(b"BZSH"));
        assert_eq!(std::fs::metadata(&share).unwrap().permissions().mode() & 0o777, 0o600);
    }
    chain.cluster.stop().await;
}

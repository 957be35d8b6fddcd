//! The validators change while bids are sealed, and with them the group: four, then five with a district's node that followed
//! till then, then four again, of whom one is new. What was sealed to the first four opens under each.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::time::Duration;

use biaozheng_tests::cluster::{Cluster, program};
use biaozheng_tests::groups;
use biaozheng_tests::tender::{Trial, commit, sealed, slot, tokens};
use biaozheng_tests::voting;
use serde_json::json;

const SLOT_MS: u64 = 10_000;
const SOUTH: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn bids_sealed_to_four_validators_open_under_five_and_under_other_four() {
    let scratch = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::found_with(&scratch.path().join("consortium"), "members", true).await.unwrap();
    let mut members = groups::prepare(&cluster, |_| 0).await.unwrap();
    members.push(groups::prepare_node(&cluster, SOUTH, 0, true).await.unwrap());
    let south = voting::prepare(&cluster, SOUTH).await.unwrap();
    let running = [0, 1, 2, 3, SOUTH];
    cluster.start(running).await.unwrap();
    let numbers =
        groups::Numbers { slot_ms: SLOT_MS, ahead: 1000, quota: 4, member_quota: 400, phase_ms: 6000 };
    groups::found(&cluster, &members[..4], numbers).await.unwrap();
    groups::register(&cluster, &members[4..]).await.unwrap();
    let mut chain = Trial::prepare(cluster, 3).await.unwrap();
    let client = chain.cluster.client(0).unwrap();
    let group = client.sealing_groups(chain.cluster.chain).await.unwrap();
    assert_eq!(chain.look("/v1/sealing").await.unwrap()["epoch"], 0);

    // Two tenders, every bid of both sealed now, to the key that the first four hold.
    let first = chain.deadline_after(SLOT_MS, Duration::from_secs(90));
    let second = first + 60_000;
    let mut published = Vec::new();
    for (project, deadline) in [("P-1", first), ("P-2", second)] {
        published.push(chain.publish(project, deadline).await.unwrap());
        for (place, bidder) in chain.bidders.iter().enumerate() {
            let token = tokens(&client, &group, bidder, 1).await.unwrap().remove(0);
            let body = json!({"price": deadline % 1_000_000 + 80_000_000 + place as u64});
            let slot = slot(deadline, SLOT_MS).unwrap();
            commit(&client, &sealed(&group, bidder, project, slot, &body, token).unwrap()).await.unwrap();
        }
    }
    let prices = |deadline: u64| [0, 1, 2].map(|place| json!(deadline % 1_000_000 + 80_000_000 + place));
    let bidders = ["B1", "B2", "B3"];

    let signers = ["EAST", "WEST", "NORTH", "SOUTH"];
    let seen = voting::change(&chain.cluster, &["--add", &south], &signers, &running).await.unwrap();
    assert_eq!((&seen["quorum"], seen["validators"].as_array().unwrap().len()), (&json!(4), 5), "{seen}");
    groups::reshare(&chain.cluster, &members, numbers, 1).await.unwrap();
    let now = chain.look("/v1/sealing").await.unwrap()["time_ms"].as_u64().unwrap();
    assert!(now < first, "the five were to hold the key before the first deadline; {} ms late", now - first);
    chain.opened(first).await.unwrap();
    assert_eq!(chain.read_out("P-1", published[0], &bidders).await.unwrap(), prices(first));
    let made = chain.metric(SOUTH, "biaozheng_sealing_partials_made_total").await.unwrap();
    assert!(made >= 2.0, "the newcomer's node signs as a member: {made}");

    // The north leaves; of the four that stay three are a quorum, so the east may be away at the opening.
    let left = ["EAST", "WEST", "SOUTH"];
    let seen = voting::change(&chain.cluster, &["--remove", "north"], &left, &running).await.unwrap();
    assert_eq!((&seen["quorum"], seen["validators"].as_array().unwrap().len()), (&json!(3), 4), "{seen}");
    let stay = [members[0].clone(), members[1].clone(), members[2].clone(), members[4].clone()];
    groups::reshare(&chain.cluster, &stay, numbers, 2).await.unwrap();
    let now = chain.look("/v1/sealing").await.unwrap()["time_ms"].as_u64().unwrap();
    assert!(
        now < second,
        "the four were to hold the key before the second deadline; {} ms late",
        now - second
    );
    // Its share of this epoch is on disk: what it holds from the ceremony is enough.
    for node in [0, 2, SOUTH] {
        let share = chain.cluster.home(node).join("sealing/sealing-2.share");
        chain.until("the new share", "/v1/sealing", |_| share.exists()).await.unwrap();
    }
    assert!(!chain.cluster.home(3).join("sealing/sealing-2.share").exists());
    chain.cluster.kill(1).await.unwrap();
    chain.opened(second).await.unwrap();
    assert_eq!(chain.read_out("P-2", published[1], &bidders).await.unwrap(), prices(second));
    let after = chain.bidders_groups().await.unwrap();
    assert_eq!(after.sealing.key, group.sealing.key, "one key through all epochs");
    assert_eq!(chain.look("/v1/sealing").await.unwrap()["epoch"], 2);

    // Whoever executed the chain, from four validators' blocks over five's to four others', finds both openings complete.
    for (project, bids) in [("P-1", 3), ("P-2", 3)] {
        let output = tokio::process::Command::new(program("biaozheng").unwrap())
            .args(["audit", "--json", "--opening", project, "--genesis"])
            .arg(chain.cluster.folder.join("genesis.json"))
            .arg("--state")
            .arg(scratch.path().join("audit"))
            .arg(chain.cluster.url(2))
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(said.matches("\"stands\"").count(), bids, "{said}");
    }
    chain.cluster.stop().await;
}

//! One of four members cheats at every step, on real nodes: in the key ceremony, before the opening, and at it.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::expect_used
)]

mod cheat {
    pub(crate) mod member;
}

use std::time::Duration;

use biaozheng_client::author;
use biaozheng_client::sealing::entry_record;
use biaozheng_contracts::sealing::entry;
use biaozheng_node::peers::gossip::Message;
use biaozheng_seal::dkg::{self, LogVerdict, Member};
use biaozheng_seal::group::sign_partial;
use biaozheng_seal::label::{Label, Slot};
use biaozheng_seal::sealing::SealedEntry;
use biaozheng_tests::cluster::{Cluster, OBSERVER};
use biaozheng_tests::groups;
use biaozheng_tests::tender::{Trial, commit, sealed, slot, tokens};
use cheat::member::{self, Cheat};
use serde_json::json;

const SLOT_MS: u64 = 15_000;
const HONEST: [usize; 3] = [0, 1, 2];
const CHEAT: usize = 3;

fn code(refused: Result<(), biaozheng_client::ClientError>) -> String {
    refused.expect_err("it was to be refused").code().expect("a rule's code").to_owned()
}

async fn sum(chain: &Trial, name: &str) -> f64 {
    let mut sum = 0.0;
    for node in HONEST {
        sum += chain.metric(node, &format!("biaozheng_sealing_{name}_total")).await.unwrap();
    }
    sum
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_cheats_at_every_step_changes_nothing_and_is_named() {
    let scratch = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::found(&scratch.path().join("consortium"), "cheats").await.unwrap();
    let mut members = Vec::new();
    for node in 0..4 {
        members.push(groups::prepare_node(&cluster, node, 0, node != CHEAT).await.unwrap());
    }
    cluster.start(0..4).await.unwrap();
    let cheat = Cheat::of(&cluster, CHEAT, members[CHEAT].author(&cluster).unwrap()).unwrap();
    let numbers =
        groups::Numbers { slot_ms: SLOT_MS, ahead: 1000, quota: 4, member_quota: 400, phase_ms: 9000 };
    groups::register(&cluster, &members).await.unwrap();

    // The ceremony: what is no deal is refused, a deal with a spoiled share is taken, nothing is acknowledged, and the
    // closing word is that of another deal. In the other ceremony, that of the tokens, it is silent.
    groups::start(&cluster, numbers.tokens(), 0, &members, numbers.phase_ms).await.unwrap();
    groups::start(&cluster, numbers.sealing(), 0, &members, numbers.phase_ms).await.unwrap();
    let began = author::clock().get();
    let seats: Vec<Member> = members.iter().map(|one| one.seat().unwrap()).collect();
    let ceremony = cheat.ceremony(&seats).unwrap();
    let deal = cheat.spoiled_deal(&ceremony, &seats[0]).unwrap();
    assert_eq!(code(cheat.say("dkg.dealt/1", b"no deal").await), "sealed.form");
    assert_eq!(code(cheat.say("dkg.dealt/1", &deal[..deal.len() - 1]).await), "sealed.form");
    cheat.say("dkg.dealt/1", &deal).await.unwrap();
    assert_eq!(code(cheat.say("dkg.dealt/1", &deal).await), "dkg.message");
    let log = cheat.log_of_another_deal(&ceremony).unwrap();
    assert_eq!(code(cheat.say("dkg.concluded/1", &log).await), "dkg.message", "not its phase");
    let concluding =
        Duration::from_millis((began + 2 * numbers.phase_ms + 1_000).saturating_sub(author::clock().get()));
    tokio::time::sleep(concluding).await;
    cheat.say("dkg.concluded/1", &log).await.unwrap();
    groups::until(&cluster, numbers.phase_ms, "groups", |seen| {
        seen["tokens"].is_object() && seen["record"].is_string()
    })
    .await
    .unwrap();
    let board = member::board(&cluster, ceremony).await.unwrap();
    let verdict = board.verdicts().find(|(dealer, _)| *dealer == cheat.secret.member().key()).unwrap().1;
    assert!(matches!(verdict, LogVerdict::Faulty(_)), "the chain keeps what convicts it: {verdict:?}");
    let share = dkg::take_share(&board, &cheat.secret).unwrap().1;

    // A tender and three bids.
    let chain = Trial::prepare(cluster, 3).await.unwrap();
    let client = chain.cluster.client(1).unwrap();
    let group = chain.bidders_groups().await.unwrap();
    let deadline = chain.deadline_after(SLOT_MS, Duration::from_secs(50));
    let published = chain.publish("P-1", deadline).await.unwrap();
    let of_bids = slot(deadline, SLOT_MS).unwrap();
    let mut spare = tokens(&client, &group, &chain.bidders[1], 3).await.unwrap();
    for (bidder, price) in chain.bidders.iter().zip([90_000_000, 80_000_000, 95_000_000]) {
        let token = tokens(&client, &group, bidder, 1).await.unwrap().remove(0);
        let bid = sealed(&group, bidder, "P-1", of_bids, &json!({"price": price}), token).unwrap();
        commit(&client, &bid).await.unwrap();
        if price == 90_000_000 {
            // Another bidder copies it as soon as it sees it: the same bytes are refused, and with a
            // bit changed they open for nobody and spoil nothing.
            let (entry, _) = entry::read(bid.payload()).unwrap();
            let again = entry_record(&chain.cluster.chain, spare.remove(0), &entry).unwrap();
            let refused = commit(&client, &again).await.unwrap_err();
            assert!(refused.to_string().contains("sealed.repeated"), "{refused:?}");
            let mut bytes = entry.to_bytes();
            *bytes.last_mut().unwrap() ^= 1;
            let spoiled = SealedEntry::from_bytes(&bytes).unwrap();
            let spoiled = entry_record(&chain.cluster.chain, spare.remove(0), &spoiled).unwrap();
            commit(&client, &spoiled).await.unwrap();
        }
    }

    // Too early: it sends its own good part to everybody, and asks the chain to open. Nobody signs, nobody takes it.
    let observer = chain.cluster.home(4);
    let gossip = member::connect(&observer, &chain.cluster.genesis).await.unwrap();
    let label = Label::slot(&chain.cluster.chain, of_bids);
    let good = sign_partial(&share, &label).unwrap().to_bytes();
    let send = |partial: &[u8]| {
        gossip.broadcast(
            Message::Partial { label: label.message().to_vec(), partial: partial.to_vec() },
            false,
        );
    };
    while gossip.peers().iter().filter(|peer| peer.connected).count() < 4 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for _ in 0..40 {
        send(&good);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let opening =
        |signature: &[u8]| json!({"slot": of_bids.get(), "signature": hex::encode(signature), "from": 0});
    let early = code(cheat.submit("slot.opened/1", opening(&good[2..])).await);
    let seen = chain.look("/v1/sealing").await.unwrap();
    assert!(
        seen["time_ms"].as_u64() < Some(deadline) && author::clock().get() < deadline,
        "it was to be early"
    );
    assert_eq!(early, "unsealing.not_due");
    assert_eq!((sum(&chain, "partials_made").await, sum(&chain, "partials_taken").await), (0.0, 0.0));
    assert_eq!(seen["due"], 0);

    // At the opening: a signature over another label in the place of its own, again and again.
    let wrong = sign_partial(&share, &Label::slot(&chain.cluster.chain, Slot::new(1))).unwrap().to_bytes();
    let spam = async {
        loop {
            send(&wrong);
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    };
    tokio::select! {
        () = spam => unreachable!("it never ends by itself"),
        opened = chain.opened(deadline) => opened.unwrap(),
    }
    let prices = chain.read_out("P-1", published, &["B1", "B2", "B3"]).await.unwrap();
    assert_eq!(prices, [90_000_000, 80_000_000, 95_000_000]);
    for node in HONEST {
        let bad = chain.metric(node, "biaozheng_sealing_partials_bad_total").await.unwrap();
        let log = std::fs::read_to_string(chain.cluster.log(node)).unwrap();
        let line =
            log.lines().find(|line| line.contains("is not of the share it claims")).unwrap_or_default();
        println!("node {node}: {bad} bad parts; {line}");
        assert!(bad >= 1.0, "node {node} found the tampered part");
        assert!(line.contains(OBSERVER.0) && line.contains(&share.index().to_string()), "{line}");
    }
    let Trial { mut cluster, .. } = chain;
    cluster.stop().await;
}

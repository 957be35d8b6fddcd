//! Before the opening, nothing of a sealed bid is to be found at one node fewer than can open it, nor on the line to it.
//!
//! What must not be found is *entered* only sealed: a bid of a bidder, for a tender, that stand nowhere else, so a single
//! occurrence in any form would be a leak. What is public anyhow, a registered bidder and its tender, is compared: the
//! rows of the store that name them are the same before and after the bid. That the search would see it is shown three
//! times over: a public record with words of the same kind that took the same way, the sealed bytes themselves, and the
//! bid's own words once it is open.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use biaozheng_client::{Author, Client, author};
use biaozheng_contracts::sealing::entry;
use biaozheng_ledger::ids::OrgId;
use biaozheng_ledger::key::SecretKey;
use biaozheng_tests::capture::Capture;
use biaozheng_tests::cluster::Cluster;
use biaozheng_tests::freeze::{Frozen, freeze};
use biaozheng_tests::groups;
use biaozheng_tests::search::Words;
use biaozheng_tests::tender::{Trial, commit, sealed, slot, tokens};
use serde_json::json;

const SLOT_MS: u64 = 20_000;
/// One fewer than the quorum of four: those whose disks and memories are searched.
const SEARCHED: [usize; 2] = [1, 2];

fn rows(frozen: &Frozen, words: &Words) -> BTreeSet<(String, Vec<u8>)> {
    frozen.in_store(words).unwrap().0
}

struct Look<'a> {
    chain: &'a Trial,
    folder: &'a Path,
}

impl Look<'_> {
    /// All that a node has now.
    fn at(&self, node: usize, moment: &str) -> Frozen {
        let to = self.folder.join(format!("{moment}-{node}"));
        let cluster = &self.chain.cluster;
        let frozen =
            freeze(cluster.process(node).unwrap(), &cluster.home(node), &[cluster.log(node)], &to).unwrap();
        println!("{moment}, node {node}: {} MB of memory", frozen.memory_bytes / 1_000_000);
        frozen
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_sealed_bid_is_at_one_node_fewer_than_a_quorum_nor_on_the_line() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let mut cluster = Cluster::found(&folder.join("consortium"), "canary").await.unwrap();
    let members = groups::prepare(&cluster, |_| 0).await.unwrap();
    cluster.start(0..5).await.unwrap();
    let numbers =
        groups::Numbers { slot_ms: SLOT_MS, ahead: 1000, quota: 8, member_quota: 400, phase_ms: 5000 };
    groups::found(&cluster, &members, numbers).await.unwrap();
    let chain = Trial::prepare(cluster, 3).await.unwrap();
    let groups = chain.cluster.client(0).unwrap().sealing_groups(chain.cluster.chain).await.unwrap();
    let mut held = Vec::new();
    for (bidder, count) in chain.bidders.iter().zip([2, 1, 1]) {
        held.push(tokens(&chain.cluster.client(0).unwrap(), &groups, bidder, count).await.unwrap());
    }
    let mut token = |bidder: usize| held[bidder].pop().unwrap();

    // The tender that everybody knows, and a bidder that nobody knows for a tender that is none.
    let deadline = chain.deadline_after(SLOT_MS, Duration::from_secs(75));
    let published = chain.publish("TENDER-EVERYBODY-KNOWS", deadline).await.unwrap();
    let slot = slot(deadline, SLOT_MS).unwrap();
    let hidden_key = SecretKey::from_seed(&[201; 32]);
    let hidden = Author::new(OrgId::new("BIDDER-NOBODY-KNOWS").unwrap(), hidden_key, chain.cluster.chain);
    let secret = "SECRET-OF-HIDDEN-BID-5f1c9a";
    let known_secret = "SECRET-OF-KNOWN-BID-71be04";
    let hidden_words = Words::default()
        .with("hidden bid's text", secret.as_bytes())
        .with("hidden tender", b"TENDER-NOBODY-KNOWS")
        .with("hidden bidder", b"BIDDER-NOBODY-KNOWS")
        .with("hidden bidder's key", hidden.public_key().bytes())
        .with("known bid's text", known_secret.as_bytes());
    let named = Words::default()
        .with("known tender", b"TENDER-EVERYBODY-KNOWS")
        .with("known bidder's key", chain.bidders[0].public_key().bytes());
    let look = Look { chain: &chain, folder };
    let height = chain.cluster.height_of(0).await.unwrap();
    chain.cluster.reach(SEARCHED[0], height, Duration::from_secs(30)).await.unwrap();
    let before = look.at(SEARCHED[0], "before");

    // All of it through a listened line to a node that is searched: the hidden bid, the known one, and the control, which
    // is public and has words of the same kind.
    let line = Capture::before(&chain.cluster.url(SEARCHED[0])).await.unwrap();
    let client = Client::new(&line.url()).unwrap();
    let body = |text: &str, price: u64| json!({"price": price, "statement": text});
    let entry = sealed(&groups, &hidden, "TENDER-NOBODY-KNOWS", slot, &body(secret, 70), token(0)).unwrap();
    commit(&client, &entry).await.unwrap();
    let known = sealed(
        &groups,
        &chain.bidders[0],
        "TENDER-EVERYBODY-KNOWS",
        slot,
        &body(known_secret, 90_000_000),
        token(0),
    );
    commit(&client, &known.unwrap()).await.unwrap();
    let silent = line.heard();
    let control_key = SecretKey::from_seed(&[202; 32]);
    let control =
        Author::new(OrgId::new("CONTROL-EVERYBODY-SEES").unwrap(), control_key, chain.cluster.chain);
    let shown = json!({"org": control.org(), "name": control.org(), "roles": ["bidder"], "key": control.public_key()});
    let shown = chain.city.record("participant.registered/1", shown).sign(author::clock()).unwrap();
    commit(&client, &shown).await.unwrap();
    for (number, price) in [(1, 80_000_000), (2, 95_000_000)] {
        let bid = body("other", price);
        let bid =
            sealed(&groups, &chain.bidders[number], "TENDER-EVERYBODY-KNOWS", slot, &bid, token(number));
        commit(&chain.cluster.client(0).unwrap(), &bid.unwrap()).await.unwrap();
    }
    let height = chain.cluster.height_of(0).await.unwrap();
    for node in SEARCHED {
        chain.cluster.reach(node, height, Duration::from_secs(30)).await.unwrap();
    }
    let taken = SEARCHED.map(|node| look.at(node, "sealed"));
    assert!(author::clock().get() < deadline, "all was to be taken before the slot's end");

    // What must be found, or the search sees nothing.
    let control_words = Words::default().with("control", b"CONTROL-EVERYBODY-SEES");
    let (read, _) = entry::read(entry.payload()).unwrap();
    let sealed_words = Words::default().with("the sealed entry", &read.to_bytes()[20..68]);
    for frozen in &taken {
        let (rows_of_control, rows) = frozen.in_store(&control_words).unwrap();
        println!("{} rows, {} of the control", rows, rows_of_control.len());
        assert!(!rows_of_control.is_empty() && !frozen.in_store(&sealed_words).unwrap().0.is_empty());
        assert!(!frozen.in_memory(&control_words).unwrap().is_empty(), "the control is in memory");
        assert!(!frozen.in_memory(&sealed_words).unwrap().is_empty(), "the sealed entry is in memory");
        assert!(!frozen.in_files(&sealed_words).unwrap().is_empty(), "the sealed entry is in a file");
    }
    let heard = line.heard().concat();
    assert!(!control_words.in_bytes(&heard).is_empty() && !sealed_words.in_bytes(&heard).is_empty());

    // What must not be found: in memory, in the files as they are, in any row of the store, on the line.
    for frozen in &taken {
        assert_eq!(frozen.in_memory(&hidden_words).unwrap(), BTreeSet::new(), "memory");
        assert_eq!(frozen.in_files(&hidden_words).unwrap(), BTreeSet::new(), "files");
        assert_eq!(rows(frozen, &hidden_words), BTreeSet::new(), "store");
    }
    for direction in &silent {
        assert_eq!(hidden_words.in_bytes(direction), BTreeSet::new(), "the line");
        assert_eq!(named.in_bytes(direction), BTreeSet::new(), "the line, of what is known elsewhere");
    }
    assert!(!silent.concat().is_empty());
    // What is known elsewhere: the bid adds nothing that names it.
    let (known_before, known_after) = (rows(&before, &named), rows(&taken[0], &named));
    assert!(!known_before.is_empty());
    let added: BTreeSet<_> = known_after.difference(&known_before).collect();
    assert_eq!(added, BTreeSet::new(), "rows that name tender or bidder");

    // Once it is open, the same search in the same places finds it.
    chain.opened(deadline).await.unwrap();
    let prices = chain.read_out("TENDER-EVERYBODY-KNOWS", published, &["B1", "B2", "B3"]).await.unwrap();
    assert_eq!(prices, [90_000_000, 80_000_000, 95_000_000]);
    let height = chain.cluster.height_of(0).await.unwrap();
    chain.cluster.reach(SEARCHED[0], height, Duration::from_secs(30)).await.unwrap();
    let open = look.at(SEARCHED[0], "open");
    let opened = Words::default().with("known bid's text", known_secret.as_bytes());
    assert!(!rows(&open, &opened).is_empty() && !open.in_memory(&opened).unwrap().is_empty());
    let Trial { mut cluster, .. } = chain;
    cluster.stop().await;
}

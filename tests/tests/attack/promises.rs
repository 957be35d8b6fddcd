//! d: receipts, and the evidence that once convicted honest nodes.

use std::time::Duration;

use biaozheng_client::{Wait, author, key_file};
use biaozheng_ledger::evidence::{BrokenPromise, Claim, Evidence, EvidenceError, Proven, Window};
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ledger::receipt::Receipt;
use biaozheng_ledger::record::Record;
use serde_json::{Value, json};

use crate::attack::log::Log;
use crate::attack::stage::{PROMISE_MS, Stage, takes_part};

const SOON: Duration = Duration::from_secs(60);

fn something(stage: &Stage, number: u64) -> Record {
    let body = json!({"n": number});
    stage.chain.city.record("evidence.recorded/1", body).sign(author::clock()).unwrap()
}

/// An outsider sends what stands in the ledger to every node again, as often as it likes: no fresh receipt comes of it.
pub(crate) async fn d_what_stands_is_answered_with_its_block(stage: &Stage) {
    let record = something(stage, 1);
    stage.submit(0, &record).await.unwrap();
    let height = stage.chain.cluster.height_of(0).await.unwrap();
    for node in 0..4 {
        stage.chain.cluster.reach(node, height, SOON).await.unwrap();
        let client = stage.chain.cluster.client(node).unwrap();
        for wait in [Wait::Receipt, Wait::Committed] {
            let again = client.submit(&record.envelope().to_json(), wait, SOON).await.unwrap();
            assert_eq!(again.receipt, Value::Null, "node {node} promises what it has kept");
            assert!(again.block.is_some(), "node {node}: {again:?}");
        }
    }
}

/// Two of four nodes are gone for longer than node 0 promised; then they are back without their part in the group. No
/// stretch of the log convicts node 0.
pub(crate) async fn d_an_outage_of_others_convicts_nobody(stage: &mut Stage, gone: [usize; 2]) {
    let record = something(stage, 2);
    let cluster = &mut stage.chain.cluster;
    for index in gone {
        takes_part(cluster, index, false);
    }
    // The second is down already: it was the flood's.
    cluster.kill(gone[0]).await.unwrap();
    let client = cluster.client(0).unwrap();
    let sent = client.submit(&record.envelope().to_json(), Wait::Receipt, SOON).await.unwrap();
    let receipt = Receipt::verify(sent.receipt.to_string().as_bytes()).unwrap();
    assert_eq!(receipt.promised_by_ms.get() - receipt.received_at_ms.get(), PROMISE_MS);
    tokio::time::sleep(Duration::from_millis(PROMISE_MS + 1_500)).await;
    cluster.start(gone).await.unwrap();
    stage.submit(0, &record).await.unwrap();
    for number in 3..6 {
        stage.submit(1, &something(stage, number)).await.unwrap();
    }

    let log = Log::read(&stage.chain.cluster, 0, receipt.history_size.unwrap() + 4).await;
    let place = log.place(&record.id()).expect("the promise was kept, late through no fault of node 0");
    let (_, entry) = log.records().find(|(index, _)| *index == place).unwrap();
    assert!(entry.time > receipt.promised_by_ms, "the outage was to be longer than the promise");
    let text = sent.receipt.to_string();
    let mut tried = Vec::new();
    for first in [0, receipt.history_size.unwrap()] {
        for end in first + 1..=log.checkpoint.size {
            match accuse(stage, &log, &text, first, end) {
                Err(EvidenceError::Kept(_) | EvidenceError::Standing | EvidenceError::Span) => {
                    tried.push(end)
                }
                other => panic!("leaves {first} to {end}: {other:?}"),
            }
        }
    }
    assert!(tried.len() > 10, "{tried:?}");
    a_node_that_breaks_its_word_is_convicted(stage, &log);
}

/// The same judge over the same log, and a word of node 0 that it did not keep: its key signs one for a record that is
/// nowhere.
fn a_node_that_breaks_its_word_is_convicted(stage: &Stage, log: &Log) {
    let key = key_file::read(&stage.chain.cluster.home(0).join("keys/api.key")).unwrap();
    let (_, first) = log.records().next().unwrap();
    let broken = Receipt {
        chain: stage.chain.cluster.chain,
        record: something(stage, 99).id(),
        node: "city".to_owned(),
        key: key.public(),
        received_at_ms: first.time,
        promised_by_ms: TimeMs::new(first.time.get() + 5_000),
        history_size: Some(1),
    };
    let verdict = accuse(stage, log, &broken.sign(&key).to_json(), 0, log.checkpoint.size);
    assert!(matches!(verdict, Ok(Proven::BrokenPromise { whole_log: true, .. })), "{verdict:?}");
}

fn accuse(stage: &Stage, log: &Log, receipt: &str, first: u64, end: u64) -> Result<Proven, EvidenceError> {
    let range = usize::try_from(first).unwrap()..usize::try_from(end).unwrap();
    let Ok(window) = Window::new(&log.note, log.checkpoint.size, first, &log.entries[range], log);
    let claim = BrokenPromise { receipt: receipt.to_owned(), window: window.unwrap() };
    let genesis = &stage.chain.cluster.genesis;
    let evidence = Evidence::new(genesis, Claim::BrokenPromise(claim));
    evidence.verify(Some(genesis.chain_id()), None).map(|verdict| verdict.proven)
}

//! Evidence against honest nodes, and a witness led away by one log key: what was possible, as tests of the refusal.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::cast_possible_truncation, reason = "small numbers")]
#![allow(
    dead_code,
    unreachable_pub,
    missing_debug_implementations,
    reason = "the chain serves other tests too"
)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::evidence::{
    BrokenPromise, Claim, Evidence, EvidenceError, NodeHash, PROMISE_RUNNING_MS, Proven, Window,
};
use biaozheng_ledger::ids::{Height, TimeMs};
use biaozheng_ledger::merkle::{Frontier, leaf_hash};
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::receipt::Receipt;
use biaozheng_ledger::record::Record;
use biaozheng_ledger::refusal::Refusal;
use biaozheng_ledger::witness::{AddCheckpoint, LogWitnessRefusal, judge};
use biaozheng_ledger_scenes::chain::*;

/// A minute of this chain, whose heights are two seconds apart.
const MINUTE: u64 = 30;

fn window(small: &SmallChain, first: u64) -> Window {
    let size = small.size();
    let mut frontier = Frontier::default();
    for entry in &small.entries[..first as usize] {
        frontier.append(leaf_hash(entry));
    }
    let mut bundle = Vec::new();
    for entry in &small.entries[first as usize..] {
        bundle.extend_from_slice(&(entry.len() as u16).to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Window {
        checkpoint: small.signed(size, &[0, 1, 2]).to_string(),
        first,
        peaks: frontier.peaks().iter().copied().map(NodeHash::new).collect(),
        entries: BASE64.encode(bundle),
        path: vec![],
    }
}

fn receipt(small: &SmallChain, record: &Record, received: u64, promised: u64, looked: Option<u64>) -> String {
    let key = test_key("poc/api/city");
    Receipt {
        chain: small.id(),
        record: record.id(),
        node: "city".into(),
        key: key.public(),
        received_at_ms: TimeMs::new(received),
        promised_by_ms: TimeMs::new(promised),
        history_size: looked,
    }
    .sign(&key)
    .to_json()
}

fn accuse(small: &SmallChain, receipt: &str, first: u64) -> Result<Proven, EvidenceError> {
    evidence(small, receipt, first).verify(Some(small.id()), None).map(|verdict| verdict.proven)
}

fn evidence(small: &SmallChain, receipt: &str, first: u64) -> Evidence {
    let claim = BrokenPromise { receipt: receipt.to_owned(), window: window(small, first) };
    let evidence = Evidence::new(&small.genesis, Claim::BrokenPromise(claim));
    Evidence::from_json(evidence.to_json().as_bytes()).unwrap()
}

fn other(small: &SmallChain, number: u64) -> Record {
    Record::sign(&small.payload(number), &[&test_key("author")]).unwrap()
}

/// One record of somebody a height, from the next one on.
fn run(small: &mut SmallChain, heights: u64) {
    let last = small.records.last().unwrap().1.height.get();
    for height in last + 1..=last + heights {
        let record = other(small, 1000 + height);
        small.append(record, height, 0);
    }
}

fn time_now(small: &SmallChain) -> u64 {
    small.records.last().unwrap().1.time_ms.get()
}

/// An outsider posts a record again that stands in the ledger. A node of before signed a fresh receipt, and the window began
/// after the record's own entry.
#[test]
fn a_receipt_for_a_committed_record_convicts_nobody() {
    let mut small = SmallChain::new("poc");
    let (record, block) = small.records[0].clone(); // in block 1
    let after = block.time_ms.get() + 2500; // while block 2 is the newest
    run(&mut small, 3 * MINUTE);
    for promised in [after + 1000, after + 60_000] {
        let fresh = receipt(&small, &record, after, promised, None);
        assert_eq!(accuse(&small, &fresh, 3), Err(EvidenceError::Beginning));
        assert_eq!(accuse(&small, &fresh, 0), Err(EvidenceError::Kept(1)), "the whole log has it");
        // The node had looked through the tree of block 1 only, so the window has to begin there.
        let looked = receipt(&small, &record, after, promised, Some(1));
        assert_eq!(accuse(&small, &looked, 3), Err(EvidenceError::Beginning));
        assert_eq!(accuse(&small, &looked, 1), Err(EvidenceError::Kept(1)));
    }
    // A node that signs that a record is none of the first five leaves, where it is, said what is false.
    let lie = receipt(&small, &record, after, after + 60_000, Some(5));
    assert!(matches!(accuse(&small, &lie, 3), Ok(Proven::BrokenPromise { whole_log: false, .. })));
}

/// More than f nodes are away for five minutes; the record comes in with the first block after.
#[test]
fn an_outage_of_others_convicts_no_node_that_had_given_a_receipt() {
    for (before, after) in [(0, 0), (0, 3), (5, 0), (20, 2)] {
        let mut small = SmallChain::new("poc");
        let record = other(&small, 9);
        let received = time_now(&small) + 100;
        let receipt = receipt(&small, &record, received, received + 60_000, Some(small.size()));
        run(&mut small, before);
        let height = small.records.last().unwrap().1.height.get() + 5 * MINUTE;
        // Within the first blocks after; others' records may come first.
        small.append(other(&small, 10), height, 0);
        run(&mut small, after);
        let height = small.records.last().unwrap().1.height.get();
        small.append(record, height, 1);
        run(&mut small, 2 * MINUTE);
        for first in [0, 7] {
            let verdict = accuse(&small, &receipt, first);
            assert!(matches!(verdict, Err(EvidenceError::Kept(_))), "{before} {after}: {verdict:?}");
        }
    }
}

/// The same, and the window ends with the first block after the outage.
#[test]
fn a_log_that_stood_still_says_nothing_about_a_promise() {
    let mut small = SmallChain::new("poc");
    let record = other(&small, 9);
    let received = time_now(&small) + 100;
    for promise in [1000, 10_000, 60_000] {
        let receipt = receipt(&small, &record, received, received + promise, Some(small.size()));
        let mut stood = SmallChain::new("poc");
        stood.append(other(&stood, 10), 3 + 5 * MINUTE, 0);
        for first in [0, 7] {
            assert_eq!(accuse(&stood, &receipt, first), Err(EvidenceError::Standing), "{promise}");
        }
        // Some blocks more, and it had run long enough.
        run(&mut stood, MINUTE);
        assert!(matches!(accuse(&stood, &receipt, 7), Ok(Proven::BrokenPromise { .. })), "{promise}");
    }
    run(&mut small, 1);
    let receipt = receipt(&small, &record, received, received + 60_000, Some(7));
    assert_eq!(accuse(&small, &receipt, 0), Err(EvidenceError::Span), "the time is not over");
}

#[test]
fn a_record_that_a_running_log_leaves_out_convicts_its_node() {
    let mut small = SmallChain::new("poc");
    let record = other(&small, 9);
    let (received, looked) = (time_now(&small) + 100, small.size());
    run(&mut small, MINUTE + 1);
    for promise in [2000, 10_000, 60_000] {
        let old = receipt(&small, &record, received, received + promise, None);
        assert!(matches!(accuse(&small, &old, 0), Ok(Proven::BrokenPromise { whole_log: true, .. })));
        assert_eq!(accuse(&small, &old, 7), Err(EvidenceError::Beginning), "it may stand before");
        let new = receipt(&small, &record, received, received + promise, Some(looked));
        for first in 0..=looked {
            let whole = first == 0;
            let verdict = accuse(&small, &new, first);
            assert!(
                matches!(verdict, Ok(Proven::BrokenPromise { whole_log, .. }) if whole_log == whole),
                "{verdict:?}"
            );
        }
        assert_eq!(accuse(&small, &new, looked + 1), Err(EvidenceError::Beginning));
        // A node gains nothing by saying that it had looked through more than there is.
        let boast = receipt(&small, &record, received, received + promise, Some(1 << 52));
        assert!(accuse(&small, &boast, looked).is_ok());
    }
    // It comes after all, when the promise was overdue.
    let last = small.records.last().unwrap().1.height;
    small.append(record.clone(), last.get() + 1, 0);
    let late = receipt(&small, &record, received, received + 60_000, Some(looked));
    assert!(accuse(&small, &late, looked).is_ok());
}

/// A sealed entry that a node keeps back for weeks: only the last of its time is asked to have run.
#[test]
fn of_a_long_promise_the_last_minute_has_to_run() {
    let mut small = SmallChain::new("poc");
    let record = other(&small, 9);
    let received = time_now(&small) + 100;
    let height = 3 + 60 * MINUTE;
    small.append(other(&small, 10), height, 0);
    let promised = time_now(&small) + PROMISE_RUNNING_MS;
    let receipt = receipt(&small, &record, received, promised, Some(7));
    run(&mut small, MINUTE - 1);
    assert!(matches!(accuse(&small, &receipt, 7), Err(EvidenceError::Span)));
    run(&mut small, 2);
    assert!(matches!(accuse(&small, &receipt, 7), Ok(Proven::BrokenPromise { .. })));
}

/// The record waited for the outage's end, and then another one came first.
#[test]
fn a_refusal_after_an_outage_answers_the_receipt() {
    let mut small = SmallChain::new("poc");
    let record = other(&small, 9);
    let received = time_now(&small) + 100;
    let receipt = receipt(&small, &record, received, received + 60_000, Some(small.size()));
    small.append(other(&small, 10), 3 + 5 * MINUTE, 0);
    let (height, time) = (3 + 5 * MINUTE, time_now(&small));
    run(&mut small, 2 * MINUTE);
    let evidence = evidence(&small, &receipt, 7);
    assert!(evidence.verify(Some(small.id()), None).is_ok(), "without its word the node is at fault");
    let key = test_key("poc/api/city");
    let said = |height: u64, at: u64| {
        let refusal = Refusal {
            chain: small.id(),
            record: record.id(),
            node: "city".into(),
            key: key.public(),
            height: Height::new(height),
            refused_at_ms: TimeMs::new(at),
            code: "bid.sequence".into(),
            rule: "bid.next".into(),
        };
        evidence.answered_by(refusal.sign(&key).to_json().as_bytes())
    };
    assert!(said(height, time + 50).is_ok());
    assert_eq!(said(height, received - 1), Err(EvidenceError::OtherRefusal), "before the receipt");
    assert_eq!(said(height, time + 200_000), Err(EvidenceError::OtherRefusal), "long after");
    assert_eq!(
        said(height + MINUTE, time + 50),
        Err(EvidenceError::OtherRefusal),
        "held back until it was too late"
    );
}

fn note(chain: &SmallChain, size: u64, log: usize, cosigners: &[usize]) -> SignedNote {
    let text = chain.checkpoint(size).to_string();
    let mut signatures = vec![chain.log_line(log, &text)];
    signatures.extend(cosigners.iter().map(|index| chain.cosignature(*index, &text, START_MS / 1000)));
    SignedNote { signatures, text }
}

/// One log key alone led an outside witness away for ever.
#[test]
fn one_log_key_leads_no_witness_away() {
    let mut honest = SmallChain::new("poc");
    let size = honest.size();
    let ask = |note: SignedNote, path, latest: Option<&Checkpoint>, policy: &Policy| {
        let old = latest.map_or(0, |latest| latest.size);
        judge(&AddCheckpoint { old, path, note }, policy, latest)
    };
    let policy = honest.policy.clone();
    // Without the quorum's lines nothing is cosigned, be it the first tree.
    for few in [&[][..], &[0], &[0, 1]] {
        let refused = ask(note(&honest, size, 0, few), vec![], None, &policy);
        assert_eq!(refused, Err(LogWitnessRefusal::NoQuorum));
        assert_eq!(LogWitnessRefusal::NoQuorum.status(), 403);
    }
    let latest = ask(note(&honest, size, 0, &[0, 1, 2]), vec![], None, &policy).unwrap();
    // Centre 3 alone invents a larger tree that begins with the honest one.
    let mut bogus = SmallChain::new("poc");
    let invented = other(&bogus, 77);
    bogus.append(invented, 50, 0);
    let path = bogus.consistency(size, bogus.size());
    for few in [&[][..], &[3], &[2, 3]] {
        let refused = ask(note(&bogus, bogus.size(), 3, few), path.clone(), Some(&latest), &policy);
        assert_eq!(refused, Err(LogWitnessRefusal::NoQuorum));
    }
    // Lines of the quorum over another tree are none over this one.
    let mut mixed = note(&bogus, bogus.size(), 3, &[]);
    mixed.signatures.extend(note(&honest, size, 0, &[0, 1, 2]).signatures.split_off(1));
    assert_eq!(ask(mixed, path.clone(), Some(&latest), &policy), Err(LogWitnessRefusal::NoQuorum));
    for number in 10..13 {
        let (before, record) = (honest.size(), other(&honest, number));
        let known = Checkpoint { ..honest.checkpoint(before) };
        honest.append(record, number, 0);
        let path = honest.consistency(before, honest.size());
        assert!(ask(note(&honest, honest.size(), 1, &[1, 2, 3]), path, Some(&known), &policy).is_ok());
    }
    // A witness that was given keys and no quorum cannot tell; it says so when it starts.
    let keys: Policy = policy
        .logs()
        .iter()
        .map(|key| format!("log {key}\n"))
        .chain(["quorum none\n".to_owned()])
        .collect::<String>()
        .parse()
        .unwrap();
    assert!(!keys.needs_cosigners());
    assert!(ask(note(&bogus, bogus.size(), 3, &[]), path, Some(&latest), &keys).is_ok());
}

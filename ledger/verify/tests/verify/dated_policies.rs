//! Policies with times: an old certificate holds for ever, a retired quorum signs nothing new.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use biaozheng_ledger::certificate::{Certificate, Expectations, Step, checkpoint_digest};
use biaozheng_ledger::ids::{Height, TimeMs};
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::policy_history::{DatedPolicy, Dating, PolicyHistory, PolicyHistoryError};
use biaozheng_ledger::tlog_proof::TlogProof;
use biaozheng_ledger_scenes::authority::{Authority, Key};
use biaozheng_ledger_scenes::chain::{START_MS, SmallChain};
use biaozheng_ledger_scenes::family::Family;
use biaozheng_timestamp::TrustAnchors;
use biaozheng_verify::{TimestampAuthorities, Verdict, judge};

const HOUR: u64 = 3_600_000;
/// The old quorum's end: an hour after its chain's records.
const END: u64 = START_MS + HOUR;

fn entry(policy: &Policy, from: Option<u64>, until: Option<u64>) -> DatedPolicy {
    DatedPolicy {
        policy: policy.clone(),
        from: from.map(TimeMs::new),
        until: until.map(TimeMs::new),
        last_height: None,
        last_size: None,
        dating: Dating::Claimed,
    }
}

fn verdict(certificate: &Certificate, policies: &PolicyHistory) -> Result<(), String> {
    under(certificate, &Expectations { policies: Some(policies), ..Expectations::default() })
}

fn under(certificate: &Certificate, expected: &Expectations<'_>) -> Result<(), String> {
    let judgement = judge(certificate.to_json().as_bytes(), expected, true);
    match judgement.verdict {
        Verdict::Valid => Ok(()),
        Verdict::Invalid => {
            let verification = judgement.verification.unwrap();
            let (step, reason) = verification.failed_step().unwrap();
            assert_eq!(step, Step::Anchor, "{reason}");
            Err(reason.to_owned())
        }
        other => panic!("{other:?}"),
    }
}

/// A chain that goes on for two hours after its end.
fn overstayed() -> SmallChain {
    let mut chain = SmallChain::new("old");
    let record = SmallChain::new("other").records[0].0.clone();
    chain.append(record, 3600, 0);
    chain
}

#[test]
fn an_old_certificate_holds_under_the_policy_of_its_time() {
    let (old, new) = (SmallChain::new("old"), SmallChain::new("new"));
    let policies = PolicyHistory::new(vec![
        entry(&old.policy, None, Some(END)),
        entry(&new.policy, Some(START_MS), None),
    ])
    .unwrap();
    verdict(&old.certificate(0), &policies).unwrap();
    verdict(&new.certificate(0), &policies).unwrap();
    // Without the entry of its time it does not.
    let today = PolicyHistory::from(new.policy.clone());
    assert!(verdict(&old.certificate(0), &today).is_err());
    let early = PolicyHistory::new(vec![entry(&new.policy, Some(END), None)]).unwrap();
    assert!(verdict(&new.certificate(0), &early).unwrap_err().contains("before the policy held"));
}

#[test]
fn a_retired_quorum_signs_nothing_new() {
    let overstayed = overstayed();
    let policies = PolicyHistory::new(vec![entry(&overstayed.policy, None, Some(END))]).unwrap();
    let late = verdict(&overstayed.certificate(0), &policies).unwrap_err();
    assert!(late.contains("after the policy's end"), "{late}");
    verdict(&SmallChain::new("old").certificate(0), &policies).unwrap();
    // The boundary: a cosignature in the second of the end is none before it.
    let chain = SmallChain::new("old");
    let seconds = chain.records.last().unwrap().1.time_ms.seconds();
    let ends = |until| PolicyHistory::new(vec![entry(&chain.policy, None, Some(until))]).unwrap();
    assert!(verdict(&chain.certificate(0), &ends(seconds * 1000)).is_err());
    verdict(&chain.certificate(0), &ends(seconds * 1000 + 1)).unwrap();
    let begins = |from| PolicyHistory::new(vec![entry(&chain.policy, Some(from), None)]).unwrap();
    verdict(&chain.certificate(0), &begins(seconds * 1000 + 999)).unwrap();
    assert!(verdict(&chain.certificate(0), &begins(seconds * 1000 + 1000)).is_err());
}

#[test]
fn the_last_block_and_the_last_tree_bind() {
    let chain = SmallChain::new("old");
    let with = |change: &dyn Fn(&mut DatedPolicy)| {
        let mut one = entry(&chain.policy, None, Some(END));
        change(&mut one);
        PolicyHistory::new(vec![one]).unwrap()
    };
    let (first, last) = (chain.certificate(0), chain.certificate(5));
    verdict(&last, &with(&|one| one.last_height = Some(Height::new(3)))).unwrap();
    let two = with(&|one| one.last_height = Some(Height::new(2)));
    assert!(verdict(&last, &two).unwrap_err().contains("block 3"));
    verdict(&first, &two).unwrap();
    verdict(&first, &with(&|one| one.last_size = Some(7))).unwrap();
    assert!(verdict(&first, &with(&|one| one.last_size = Some(6))).unwrap_err().contains("7 leaves"));
}

#[test]
fn leaked_keys_that_backdate_are_refused_where_dates_are_proven() {
    let mut family = Family::new();
    let authority = Authority::new(Key::P256, "sha256");
    let stamps = TimestampAuthorities::new(TrustAnchors::read(&authority.file("root.pem")).unwrap());
    let plain = family.district.certificate(0);
    let checkpoint = plain.proof.parse::<TlogProof>().unwrap().checkpoint;
    let stamped = plain
        .clone()
        .with_timestamp(&authority.token_over(&checkpoint_digest(&checkpoint)), &stamps)
        .unwrap();
    let trusting = Expectations { timestamps: Some(&stamps), ..Expectations::default() };
    let stamped_ms = stamped.verify(&trusting).dated_ms.unwrap();

    let proven = |until| {
        let one = DatedPolicy { dating: Dating::Proven, ..entry(&family.district.policy, None, Some(until)) };
        PolicyHistory::new(vec![one]).unwrap()
    };
    let (good, over) = (proven(stamped_ms + 1), proven(stamped_ms));
    // What the cosigners claim is in time; without anybody else's word that is not enough.
    assert!(verdict(&plain, &good).unwrap_err().contains("nobody trusted saw it"));
    assert!(verdict(&stamped, &good).unwrap_err().contains("nobody trusted saw it"));
    under(&stamped, &Expectations { policies: Some(&good), ..trusting.clone() }).unwrap();
    let late = under(&stamped, &Expectations { policies: Some(&over), ..trusting }).unwrap_err();
    assert!(late.contains("the first did at"), "{late}");

    // A trusted parent chain dates as well, by its own block.
    let city = family.city_certificate();
    let anchored = plain.with_anchor(&city, &[]).unwrap();
    let at = city.block.time_ms.get();
    let one = |until| {
        let one = DatedPolicy { dating: Dating::Proven, ..entry(&family.district.policy, None, Some(until)) };
        PolicyHistory::new(vec![one]).unwrap()
    };
    let parent = PolicyHistory::from(family.city.policy.clone());
    let ask = |policies: &PolicyHistory, parent: Option<&PolicyHistory>| {
        let expected =
            Expectations { policies: Some(policies), parent_policies: parent, ..Expectations::default() };
        under(&anchored, &expected)
    };
    ask(&one(at + 1), Some(&parent)).unwrap();
    assert!(ask(&one(at + 1), None).is_err());
    assert!(ask(&one(at), Some(&parent)).is_err());
}

#[test]
fn the_file_has_one_meaning() {
    let chain = SmallChain::new("old");
    let one = DatedPolicy {
        last_height: Some(Height::new(9)),
        last_size: Some(10),
        dating: Dating::Proven,
        ..entry(&chain.policy, Some(1), Some(2))
    };
    let file = PolicyHistory::new(vec![one.clone(), entry(&chain.policy, None, None)]).unwrap();
    assert_eq!(PolicyHistory::from_json(file.to_json().as_bytes()).unwrap(), file);
    let text = file.to_json();
    for bad in [
        text.replace("policies/1", "policies/2"),
        text.replace("\"from_ms\"", "\"since_ms\""),
        text.replace("proven", "believed"),
        text.replace("\"policies\": [", "\"policies\": [], \"x\": ["),
        text.replace("quorum quorum-group", "quorum nobody"),
        "{\"format\":\"biaozheng-policies/1\",\"policies\":[]}".to_owned(),
        format!("{}{text}", " ".repeat(1024 * 1024)),
    ] {
        assert!(PolicyHistory::from_json(bad.as_bytes()).is_err(), "{}", &bad[..bad.len().min(80)]);
    }
    let refused = |one: DatedPolicy| PolicyHistory::new(vec![one]).unwrap_err();
    assert_eq!(refused(entry(&chain.policy, Some(2), Some(2))), PolicyHistoryError::Times(1));
    assert_eq!(refused(DatedPolicy { until: None, ..one.clone() }), PolicyHistoryError::Times(1));
    let none: Policy = format!("log {}\nquorum none\n", chain.policy.logs()[0]).parse().unwrap();
    assert_eq!(refused(entry(&none, None, None)), PolicyHistoryError::NoQuorum(1));
    assert_eq!(PolicyHistory::new(vec![one; 65]).unwrap_err(), PolicyHistoryError::Bounds);
}

#[test]
fn one_policy_and_dated_ones_must_both_hold() {
    let (chain, other) = (SmallChain::new("old"), SmallChain::new("other"));
    let own = PolicyHistory::from(chain.policy.clone());
    let foreign = PolicyHistory::from(other.policy.clone());
    let ask = |policy, policies| {
        let expected =
            Expectations { policy: Some(policy), policies: Some(policies), ..Expectations::default() };
        under(&chain.certificate(0), &expected)
    };
    ask(&chain.policy, &own).unwrap();
    assert!(ask(&chain.policy, &foreign).is_err());
    assert!(ask(&other.policy, &own).is_err());
}

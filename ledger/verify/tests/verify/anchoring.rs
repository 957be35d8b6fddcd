//! Certificates with parent chains and timestamps: what holds, what is trusted by it, and what breaks it.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use biaozheng_ledger::certificate::{
    AttachError, Certificate, Expectations, Step, StepOutcome, TimestampJudge, checkpoint_digest,
};
use biaozheng_ledger::policy_history::PolicyHistory;
use biaozheng_ledger::tlog_proof::TlogProof;
use biaozheng_ledger_scenes::authority::{Authority, Key};
use biaozheng_ledger_scenes::chain::SmallChain;
use biaozheng_ledger_scenes::family::{CERTIFIED, Family, anchor, append};
use biaozheng_timestamp::TrustAnchors;
use biaozheng_verify::{Judgement, TimestampAuthorities, Verdict, judge};

fn steps(judgement: &Judgement) -> Vec<&'static str> {
    judgement.verification.as_ref().unwrap().steps.iter().map(|report| report.step.name()).collect()
}

#[track_caller]
fn judged(certificate: &Certificate, expected: &Expectations<'_>) -> Judgement {
    judge(certificate.to_json().as_bytes(), expected, false)
}

#[track_caller]
fn fails(certificate: &Certificate, expected: &Expectations<'_>, step: Step) -> String {
    let judgement = judged(certificate, expected);
    assert_eq!(judgement.verdict, Verdict::Invalid, "{judgement:?}");
    let (failed, reason) = judgement.verification.as_ref().unwrap().failed_step().unwrap();
    assert_eq!(failed, step, "{reason}");
    reason.to_owned()
}

fn digest_of(certificate: &Certificate) -> [u8; 32] {
    checkpoint_digest(&certificate.proof.parse::<TlogProof>().unwrap().checkpoint)
}

#[test]
fn an_old_certificate_has_the_old_members_and_steps() {
    let family = Family::new();
    let plain = family.plain();
    let text = plain.to_json();
    assert!(!text.contains("anchors") && !text.contains("timestamps"));
    let expected = ["record", "chain", "signatures", "checkpoint", "inclusion", "time", "anchor", "document"];
    assert_eq!(steps(&judged(&plain, &Expectations::default())), expected);
}

#[test]
fn anchored_once_and_twice() {
    let mut family = Family::new();
    let once = family.once();
    let judgement = judged(&once, &Expectations::default());
    assert_eq!(judgement.verdict, Verdict::NotAnchored);
    let expected = [
        "record",
        "chain",
        "signatures",
        "checkpoint",
        "inclusion",
        "time",
        "parent",
        "anchored",
        "consistency",
        "anchor",
        "document",
    ];
    assert_eq!(steps(&judgement), expected);
    let mut family = Family::new();
    let twice = family.twice();
    let judgement = judged(&twice, &Expectations::default());
    assert_eq!(steps(&judgement).iter().filter(|name| **name == "parent").count(), 2);
    // The own chain is trusted as ever; what the parent adds does not stand in for it.
    let own = Expectations { policy: Some(&family.district.policy), ..Expectations::default() };
    assert_eq!(judged(&twice, &own).verdict, Verdict::Valid);
    let city = Expectations { policy: Some(&family.city.policy), ..Expectations::default() };
    fails(&twice, &city, Step::Anchor);
    let city = Expectations { chain: Some(family.city.id()), ..Expectations::default() };
    fails(&twice, &city, Step::Anchor);
}

#[test]
fn a_trusted_parent_is_asked_for_by_name() {
    let mut family = Family::new();
    let twice = family.twice();
    let [city, province, district]: [PolicyHistory; 3] =
        [&family.city, &family.province, &family.district].map(|chain| chain.policy.clone().into());
    for parent in [&city, &province] {
        let expected = Expectations { parent_policies: Some(parent), ..Expectations::default() };
        let judgement = judged(&twice, &expected);
        assert_eq!(judgement.verdict, Verdict::Valid);
        assert!(judgement.verification.unwrap().dated_ms.is_some());
        fails(&family.plain(), &expected, Step::Anchor);
    }
    for chain in [family.city.id(), family.province.id()] {
        let expected = Expectations { parent_chain: Some(chain), ..Expectations::default() };
        assert_eq!(judged(&twice, &expected).verdict, Verdict::Valid);
    }
    let own = Expectations { parent_policies: Some(&district), ..Expectations::default() };
    fails(&twice, &own, Step::Anchor);
    let other = SmallChain::new("other");
    let stranger = Expectations { parent_chain: Some(other.id()), ..Expectations::default() };
    fails(&twice, &stranger, Step::Anchor);
    // Both are asked for, of one and the same level.
    let mixed = Expectations {
        parent_policies: Some(&city),
        parent_chain: Some(family.province.id()),
        ..Expectations::default()
    };
    fails(&twice, &mixed, Step::Anchor);
    // A good parent makes up for no wrong chain.
    let wrong =
        Expectations { chain: Some(other.id()), parent_policies: Some(&city), ..Expectations::default() };
    fails(&twice, &wrong, Step::Anchor);
}

#[test]
fn what_does_not_hold_is_not_attached_and_does_not_verify() {
    let mut family = Family::new();
    let once = family.once();
    let none = Expectations::default();
    let change = |change: &dyn Fn(&mut Certificate)| {
        let mut certificate = once.clone();
        change(&mut certificate);
        certificate
    };
    fails(&change(&|one| assert!(one.anchors[0].consistency.pop().is_some())), &none, Step::Consistency);
    fails(&change(&|one| one.anchors[0].consistency.clear()), &none, Step::Consistency);
    let swapped = change(&|one| {
        let first = one.anchors[0].consistency[0];
        one.anchors[0].consistency.push(first);
    });
    fails(&swapped, &none, Step::Consistency);
    fails(&change(&|one| one.anchors[0].certificate.envelope = None), &none, Step::Parent);
    fails(&change(&|one| one.anchors[0].certificate.block.position = 1), &none, Step::Parent);
    fails(&change(&|one| one.anchors.push(one.anchors[0].clone())), &none, Step::Parent);
    let own = family.district.certificate(0);
    fails(&change(&|one| one.anchors[0].certificate = own.clone()), &none, Step::Parent);

    let mut city = SmallChain::new("city");
    let good = family.district.signed(7, &[0, 1, 2]);
    let growth = family.district_growth();
    let plain = family.plain();
    let tries: [(usize, &str); 6] = [
        (anchor(&mut city, &SmallChain::new("other"), &good), "anchored"),
        (anchor(&mut city, &family.district, &family.district.signed(7, &[0, 1])), "anchored"),
        (anchor(&mut city, &family.district, &SmallChain::new("other").signed(7, &[0, 1, 2])), "anchored"),
        (append(&mut city, "evidence.recorded/1", serde_json::json!({})), "anchored"),
        (append(&mut city, "checkpoint.anchored/1", serde_json::json!({"chain": "x"})), "anchored"),
        (
            anchor(&mut city, &family.district, &family.district.signed(CERTIFIED - 1, &[0, 1, 2])),
            "consistency",
        ),
    ];
    for (number, step) in tries {
        let refused = plain.clone().with_anchor(&city.certificate(number), &growth);
        assert!(
            matches!(&refused, Err(AttachError::Anchor { step: failed, .. }) if *failed == step),
            "{refused:?}"
        );
    }
    let same = anchor(&mut city, &family.district, &family.district.signed(CERTIFIED, &[0, 1, 2]));
    assert!(plain.clone().with_anchor(&city.certificate(same), &[]).is_ok());
    assert!(plain.clone().with_anchor(&city.certificate(same), &growth).is_err());
}

#[test]
fn depth_and_number_are_bounded() {
    let mut chains: Vec<SmallChain> = (0..6).map(|n| SmallChain::new(&format!("level-{n}"))).collect();
    let mut certificates = vec![chains[0].certificate(0)];
    for level in 1..6 {
        let (below, above) = chains.split_at_mut(level);
        let note = below[level - 1].signed(below[level - 1].size(), &[0, 1, 2]);
        let number = anchor(&mut above[0], &below[level - 1], &note);
        certificates.push(above[0].certificate(number));
    }
    let stack = |levels: usize| {
        let top = certificates[levels].clone();
        certificates[..levels]
            .iter()
            .rev()
            .try_fold(top, |above, below| below.clone().with_anchor(&above, &[]))
    };
    let four = stack(4).unwrap();
    assert_eq!(
        (four.anchors.len(), judged(&four, &Expectations::default()).verdict),
        (4, Verdict::NotAnchored)
    );
    assert_eq!(stack(5).unwrap_err(), AttachError::TooLarge);
    let mut five = four.clone();
    five.anchors.push(four.anchors[0].clone());
    assert_eq!(judged(&five, &Expectations::default()).verdict, Verdict::Unusable);
    assert!(!five.verify(&Expectations::default()).is_valid());
    let mut nested = certificates[0].clone().with_anchor(&certificates[1], &[]).unwrap();
    nested.anchors[0].certificate = certificates[1].clone().with_anchor(&certificates[2], &[]).unwrap();
    assert_eq!(judged(&nested, &Expectations::default()).verdict, Verdict::Unusable);
    assert!(!nested.verify(&Expectations::default()).is_valid());
}

#[test]
fn timestamps_are_trusted_unknown_or_broken() {
    let mut family = Family::new();
    let authority = Authority::new(Key::P256, "sha256");
    let ours = TimestampAuthorities::new(TrustAnchors::read(&authority.file("root.pem")).unwrap());
    let nobody = TimestampAuthorities::default();
    let plain = family.plain();
    let token = authority.token_over(&digest_of(&plain));
    let other = authority.token_over(&[7; 32]);
    assert!(matches!(plain.clone().with_timestamp(&other, &ours), Err(AttachError::Timestamp(_))));
    assert!(matches!(plain.clone().with_timestamp(b"hello", &ours), Err(AttachError::Timestamp(_))));
    let stamped = plain.clone().with_timestamp(&token, &nobody).unwrap();
    assert_eq!(stamped.clone().with_timestamp(&token, &ours).unwrap(), stamped);

    let outcome = |judge_by: Option<&dyn TimestampJudge>| {
        let expected = Expectations { timestamps: judge_by, ..Expectations::default() };
        let verification = stamped.verify(&expected);
        let found = verification.steps.iter().find(|report| report.step == Step::Timestamp).unwrap();
        (found.outcome.clone(), verification.dated_ms)
    };
    assert!(matches!(outcome(Some(&ours)), (StepOutcome::Passed(_), Some(_))));
    assert!(matches!(outcome(Some(&nobody)), (StepOutcome::Unknown(_), None)));
    assert!(matches!(outcome(None), (StepOutcome::Unknown(_), None)));
    // The library's judge knows the form of tokens even when it trusts nobody.
    let broken = Certificate { timestamps: stamped.timestamps.clone(), ..family.district.certificate(0) };
    fails(&broken, &Expectations::default(), Step::Timestamp);

    // A parent's timestamp dates what is anchored below it.
    let city = family.city_certificate();
    let city = city.clone().with_timestamp(&authority.token_over(&digest_of(&city)), &ours).unwrap();
    let below = family.plain().with_anchor(&city, &family.district_growth()).unwrap();
    let expected = Expectations { timestamps: Some(&ours), ..Expectations::default() };
    let verification = below.verify(&expected);
    assert!(verification.is_valid() && verification.dated_ms.is_some());
    let judgement = judged(&below, &Expectations::default());
    assert_eq!(judgement.verdict, Verdict::NotAnchored);
    assert!(judgement.verification.unwrap().dated_ms.is_none());
}

//! Golden files of the anchored form, under `golden/`: a certificate with two levels and a token of an authority that no
//! longer exists, judged today as on the day it was made. A changed file is a changed format:
//! `cargo test -p biaozheng-verify --test verify -- --ignored anchored_vectors::regenerate`.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use biaozheng_ledger::certificate::{Certificate, Expectations, checkpoint_digest};
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::policy_history::{DatedPolicy, Dating, PolicyHistory};
use biaozheng_ledger::tlog_proof::TlogProof;
use biaozheng_ledger_scenes::authority::{Authority, Key};
use biaozheng_ledger_scenes::family::Family;
use biaozheng_timestamp::TrustAnchors;
use biaozheng_verify::{TimestampAuthorities, Verdict, judge};

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

#[test]
fn a_certificate_of_its_day_holds_for_ever() {
    let text = fs::read(golden("anchored.cert.json")).unwrap();
    let authorities = TrustAnchors::read(&fs::read(golden("authority.pem")).unwrap()).unwrap();
    let stamps = TimestampAuthorities::new(authorities);
    let district = PolicyHistory::from_json(&fs::read(golden("district.policies.json")).unwrap()).unwrap();
    let province = PolicyHistory::from(
        fs::read_to_string(golden("province.policy")).unwrap().parse::<Policy>().unwrap(),
    );
    // The district's quorum is retired; its end lies after the token and asks for a proven date.
    let expected =
        Expectations { policies: Some(&district), timestamps: Some(&stamps), ..Expectations::default() };
    assert_eq!(judge(&text, &expected, true).verdict, Verdict::Valid);
    assert_eq!(judge(&text, &Expectations { timestamps: None, ..expected }, true).verdict, Verdict::Invalid);
    let expected = Expectations { parent_policies: Some(&province), ..Expectations::default() };
    let judgement = judge(&text, &expected, true);
    assert_eq!(judgement.verdict, Verdict::Valid);
    let verification = judgement.verification.unwrap();
    let steps: Vec<_> = verification.steps.iter().map(|report| report.step.name()).collect();
    let names = "record chain signatures checkpoint inclusion time timestamp parent anchored consistency parent \
                 anchored consistency anchor document";
    assert_eq!(steps.join(" "), names);
}

#[test]
fn the_certificate_is_what_is_written_today() {
    let text = fs::read_to_string(golden("anchored.cert.json")).unwrap();
    let mut read = Certificate::from_json(text.as_bytes()).unwrap();
    assert_eq!(read.to_json(), text.trim_end());
    read.timestamps.clear();
    assert_eq!(read, Family::new().twice());
}

#[test]
#[ignore = "rewrites tests/golden with a new authority; run it deliberately"]
fn regenerate() {
    let mut family = Family::new();
    let authority = Authority::new(Key::P256, "sha256");
    let certificate = family.twice();
    let digest = checkpoint_digest(&certificate.proof.parse::<TlogProof>().unwrap().checkpoint);
    let stamps = TimestampAuthorities::new(TrustAnchors::read(&authority.file("root.pem")).unwrap());
    let certificate = certificate.with_timestamp(&authority.token_over(&digest), &stamps).unwrap();
    let expected = Expectations { timestamps: Some(&stamps), ..Expectations::default() };
    let end = certificate.verify(&expected).dated_ms.unwrap() + 86_400_000;
    let entry = DatedPolicy {
        policy: family.district.policy.clone(),
        from: None,
        until: Some(TimeMs::new(end)),
        last_height: None,
        last_size: None,
        dating: Dating::Proven,
    };
    fs::create_dir_all(golden("")).unwrap();
    fs::write(golden("anchored.cert.json"), certificate.to_json() + "\n").unwrap();
    fs::write(golden("authority.pem"), authority.file("root.pem")).unwrap();
    fs::write(golden("province.policy"), family.province.policy.to_string()).unwrap();
    fs::write(golden("district.policies.json"), PolicyHistory::new(vec![entry]).unwrap().to_json()).unwrap();
}

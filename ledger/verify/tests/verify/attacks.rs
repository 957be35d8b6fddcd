//! What somebody would try who wants a false 'valid': each attempt must fail at the step that guards it.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use biaozheng_ledger::certificate::{Certificate, Expectations, Step};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::genesis::{GenesisError, TrustRoot};
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::record::Record;
use biaozheng_ledger::tlog_proof::TlogProof;
use biaozheng_ledger_scenes::chain::{DOCUMENT, SmallChain, test_key};
use biaozheng_verify::{Judgement, Verdict, judge};

fn without_anchor(certificate: &Certificate) -> Judgement {
    judge(certificate.to_json().as_bytes(), &Expectations::default(), false)
}

fn under(certificate: &Certificate, policy: &Policy) -> Judgement {
    let expected = Expectations { policy: Some(policy), ..Expectations::default() };
    judge(certificate.to_json().as_bytes(), &expected, true)
}

#[track_caller]
fn assert_fails(judgement: &Judgement, verdict: Verdict, step: Step) {
    assert_eq!(judgement.verdict, verdict, "{judgement:?}");
    let failed = judgement.verification.as_ref().and_then(|one| one.failed_step()).expect("a failed step");
    assert_eq!(failed.0, step, "{failed:?}");
}

/// What is done to a signed checkpoint.
type Change<'a> = Box<dyn FnOnce(&mut SignedNote) + 'a>;

/// The certificate with its checkpoint's signature lines changed.
fn with_lines(certificate: &Certificate, change: impl FnOnce(&mut SignedNote)) -> Certificate {
    let mut proof: TlogProof = certificate.proof.parse().unwrap();
    change(&mut proof.checkpoint);
    Certificate { proof: proof.to_string(), ..certificate.clone() }
}

#[test]
fn a_good_certificate_is_valid_only_with_an_anchor() {
    let chain = SmallChain::new("good");
    for number in 0..chain.records.len() {
        let certificate = chain.certificate(number);
        assert_eq!(without_anchor(&certificate).verdict, Verdict::NotAnchored);
        assert_eq!(under(&certificate, &chain.policy).verdict, Verdict::Valid);
        let expected = Expectations { chain: Some(chain.id()), ..Expectations::default() };
        assert_eq!(judge(certificate.to_json().as_bytes(), &expected, true).verdict, Verdict::Valid);
        let alone = judge(certificate.to_json().as_bytes(), &Expectations::default(), true);
        assert_eq!((alone.verdict, alone.verdict.exit_code()), (Verdict::NoTrustAnchor, 2));
    }
}

#[test]
fn signature_lines_missing_spoilt_foreign_or_repeated() {
    let chain = SmallChain::new("lines");
    let other = SmallChain::new("other");
    let certificate = chain.certificate(0);
    let text = certificate.proof.parse::<TlogProof>().unwrap().checkpoint.text;
    let changes: Vec<(&str, Change<'_>)> = vec![
        ("below the quorum", Box::new(|note| drop(note.signatures.pop()))),
        ("no log signature", Box::new(|note| drop(note.signatures.remove(0)))),
        (
            "a line twice",
            Box::new(|note| {
                note.signatures.pop();
                note.signatures.push(note.signatures[1].clone());
            }),
        ),
        ("a stranger's line", Box::new(|note| note.signatures.push(other.cosignature(3, &text, 1)))),
        (
            "one signature for another",
            Box::new(|note| note.signatures[2].bytes = note.signatures[1].bytes.clone()),
        ),
        (
            "a log line in place of a cosignature",
            Box::new(|note| note.signatures[1].bytes = note.signatures[0].bytes.clone()),
        ),
        ("another time", Box::new(|note| note.signatures[1].bytes[7] ^= 1)),
    ];
    for (what, change) in changes {
        let changed = with_lines(&certificate, change);
        assert_eq!(without_anchor(&changed).verdict.exit_code(), 1, "{what}");
        assert_fails(&without_anchor(&changed), Verdict::Invalid, Step::Checkpoint);
        assert_fails(&under(&changed, &chain.policy), Verdict::Invalid, Step::Checkpoint);
    }
}

#[test]
fn an_outside_witness_is_named_and_none_of_it_can_be_changed() {
    let chain = SmallChain::new("witnessed");
    let (certificate, key) = chain.witnessed_certificate(0);
    let judged = under(&certificate, &chain.policy);
    assert_eq!(judged.verdict, Verdict::Valid);
    let seen = |judgement: &Judgement, step: Step| {
        let steps = &judgement.verification.as_ref().unwrap().steps;
        format!("{:?}", steps.iter().find(|one| one.step == step).unwrap().outcome)
    };
    assert!(seen(&judged, Step::Checkpoint).contains("auditor.example"));

    // A policy of one's own that asks for the witness beside the quorum, and what it says of a certificate without.
    let asking = chain.policy.to_string().replace(
        "quorum quorum-group",
        &format!("witness auditor {key}\ngroup both all quorum-group auditor\nquorum both"),
    );
    let asking: Policy = asking.parse().unwrap();
    let judged = under(&certificate, &asking);
    assert_eq!(judged.verdict, Verdict::Valid);
    assert!(seen(&judged, Step::Anchor).contains("auditor"), "{judged:?}");
    assert_fails(&under(&chain.certificate(0), &asking), Verdict::Invalid, Step::Anchor);

    let other = SmallChain::new("other");
    let text = certificate.proof.parse::<TlogProof>().unwrap().checkpoint.text;
    let named = |witnesses: Vec<String>| Certificate { witnesses, ..certificate.clone() };
    let own = chain.policy.witnesses()[0].1.to_string();
    let log = chain.policy.logs()[0].to_string();
    let stranger = other.policy.witnesses()[3].1.to_string();
    let long = format!("{key}=");
    let changed: Vec<(&str, Certificate)> = vec![
        ("a line that is not named", named(vec![])),
        ("a name twice", named(vec![key.to_string(), key.to_string()])),
        ("one of the policy's own", named(vec![key.to_string(), own])),
        ("a log's key", named(vec![key.to_string(), log])),
        ("a witness without a line", named(vec![key.to_string(), stranger])),
        ("another spelling", named(vec![long])),
        ("no key", named(vec!["auditor.example".to_owned()])),
        ("its time changed", with_lines(&certificate, |note| note.signatures[4].bytes[7] ^= 1)),
        ("its line twice", with_lines(&certificate, |note| note.signatures.push(note.signatures[4].clone()))),
        (
            "a stranger beside it",
            with_lines(&certificate, |note| note.signatures.push(other.cosignature(3, &text, 1))),
        ),
        (
            "the witness in a cosigner's place",
            with_lines(&certificate, |note| drop(note.signatures.remove(1))),
        ),
    ];
    for (what, changed) in changed {
        assert_eq!(without_anchor(&changed).verdict, Verdict::Invalid, "{what}");
        assert_fails(&without_anchor(&changed), Verdict::Invalid, Step::Checkpoint);
        assert_fails(&under(&changed, &asking), Verdict::Invalid, Step::Checkpoint);
    }
    let many = named(vec![key.to_string(); 9]);
    assert_eq!(without_anchor(&many).verdict, Verdict::Unusable);
}

#[test]
fn proofs_blocks_and_envelopes_swapped() {
    let chain = SmallChain::new("swap");
    let (one, two) = (chain.certificate(0), chain.certificate(1));
    let swapped = Certificate { proof: two.proof.clone(), ..one.clone() };
    assert_fails(&without_anchor(&swapped), Verdict::Invalid, Step::Inclusion);
    let swapped = Certificate { block: two.block, ..one.clone() };
    assert_fails(&without_anchor(&swapped), Verdict::Invalid, Step::Inclusion);
    let swapped = Certificate { envelope: two.envelope.clone(), ..one.clone() };
    assert_fails(&without_anchor(&swapped), Verdict::Invalid, Step::Record);
    let swapped = Certificate { record: two.record, ..one.clone() };
    assert_fails(&without_anchor(&swapped), Verdict::Invalid, Step::Record);
    let swapped = Certificate { record: two.record, envelope: None, ..one.clone() };
    assert_fails(&without_anchor(&swapped), Verdict::Invalid, Step::Inclusion);
    // A checkpoint from before the record.
    let mut proof: TlogProof = one.proof.parse().unwrap();
    proof.checkpoint = chain.signed(1, &[0, 1, 2]);
    let early = Certificate { proof: proof.to_string(), ..one };
    assert_fails(&without_anchor(&early), Verdict::Invalid, Step::Inclusion);
}

#[test]
fn another_chain_even_of_the_same_label() {
    let (chain, other) = (SmallChain::new("ours"), SmallChain::new("theirs"));
    let mut genesis = chain.genesis.clone();
    genesis.rest.nonce = Digest::of(b"a second one").hex();
    let twin = genesis.policy().unwrap();
    let certificate = other.certificate(0);
    assert_eq!(without_anchor(&certificate).verdict, Verdict::NotAnchored);
    assert_fails(&under(&certificate, &chain.policy), Verdict::Invalid, Step::Anchor);
    assert_fails(&under(&chain.certificate(0), &twin), Verdict::Invalid, Step::Anchor);
    let expected = Expectations { chain: Some(chain.id()), ..Expectations::default() };
    let judgement = judge(certificate.to_json().as_bytes(), &expected, false);
    assert_fails(&judgement, Verdict::Invalid, Step::Anchor);
    for mixed in [
        Certificate { policy: other.policy.to_string(), ..chain.certificate(0) },
        Certificate { genesis_remainder: other.genesis.remainder().to_string(), ..chain.certificate(0) },
    ] {
        assert_fails(&without_anchor(&mixed), Verdict::Invalid, Step::Chain);
    }
    let ours = chain.certificate(0);
    let mixed = Certificate {
        policy: other.policy.to_string(),
        genesis_remainder: other.genesis.remainder().to_string(),
        ..ours
    };
    assert_fails(&without_anchor(&mixed), Verdict::Invalid, Step::Signatures);
    assert_fails(
        &without_anchor(&Certificate { envelope: None, ..mixed }),
        Verdict::Invalid,
        Step::Checkpoint,
    );
}

#[test]
fn a_record_for_another_chain_or_with_a_foreign_signature_in_our_tree() {
    let (mut chain, other) = (SmallChain::new("ours"), SmallChain::new("theirs"));
    chain.append(other.records[0].0.clone(), 9, 0);
    let number = chain.records.len() - 1;
    assert_fails(&under(&chain.certificate(number), &chain.policy), Verdict::Invalid, Step::Signatures);
    let mut envelope = chain.records[1].0.envelope().clone();
    envelope.signatures[0].signature = test_key("author").sign(b"something else");
    chain.append(Record::from_envelope(envelope).unwrap(), 9, 1);
    let number = chain.records.len() - 1;
    assert_fails(&under(&chain.certificate(number), &chain.policy), Verdict::Invalid, Step::Signatures);
}

#[test]
fn a_weaker_policy_is_another_chain_or_none() {
    let chain = SmallChain::new("weak");
    let certificate = chain.certificate_by(0, &[0]);
    let lowered = certificate.policy.replace("group quorum-group 3", "group quorum-group 1");
    assert_ne!(lowered, certificate.policy);
    assert_fails(
        &without_anchor(&Certificate { policy: lowered, ..certificate.clone() }),
        Verdict::Invalid,
        Step::Chain,
    );
    let twice = certificate.policy.replace("quorum quorum-group", "quorum city");
    assert_fails(
        &without_anchor(&Certificate { policy: twice, ..certificate }),
        Verdict::Invalid,
        Step::Chain,
    );
    let trust = TrustRoot { threshold: 2, ..chain.genesis.trust.clone() };
    assert!(matches!(trust.policy(&chain.id()), Err(GenesisError::Threshold)));
}

#[test]
fn one_key_does_not_count_twice_and_no_name_is_the_quorum() {
    let chain = SmallChain::new("names");
    let mut trust = chain.genesis.trust.clone();
    trust.cosigners[1].cosigner_key = trust.cosigners[0].cosigner_key;
    assert!(trust.policy(&chain.id()).is_err());
    for name in ["quorum-group", "none", "city"] {
        let mut trust = chain.genesis.trust.clone();
        trust.cosigners[1].name = name.to_owned();
        assert!(trust.policy(&chain.id()).is_err(), "{name}");
    }
    let key = &chain.policy.witnesses()[0].1;
    let renamed = biaozheng_ledger::note::NoteKey::new("second", key.algorithm(), *key.key()).unwrap();
    let log = &chain.policy.logs()[0];
    let text = format!("log {log}\nwitness a {key}\nwitness b {renamed}\ngroup g all a b\nquorum g\n");
    assert!(text.parse::<Policy>().is_err());
}

#[test]
fn cosigned_before_the_block() {
    let chain = SmallChain::new("time");
    let certificate = chain.certificate(5);
    let early = with_lines(&certificate, |note| {
        note.signatures[2] = chain.cosignature(1, &note.text, certificate.block.time_ms.seconds() - 1);
    });
    assert_fails(&under(&early, &chain.policy), Verdict::Invalid, Step::Time);
}

#[test]
fn anchors_that_ask_for_more_or_for_nothing() {
    let chain = SmallChain::new("anchor");
    let all: Policy = chain
        .policy
        .to_string()
        .replace("group quorum-group 3", "group q2 all")
        .replace("quorum quorum-group", "quorum q2")
        .parse()
        .unwrap();
    assert_fails(&under(&chain.certificate(0), &all), Verdict::Invalid, Step::Anchor);
    assert_eq!(under(&chain.certificate_by(0, &[0, 1, 2, 3]), &all).verdict, Verdict::Valid);
    let none: Policy = format!("log {}\nquorum none\n", chain.policy.logs()[0]).parse().unwrap();
    assert_eq!(under(&chain.certificate(0), &none).verdict, Verdict::Unusable);
}

#[test]
fn documents_and_envelopes_beside_the_certificate() {
    let chain = SmallChain::new("beside");
    let whole = chain.certificate(0);
    let bare = Certificate { envelope: None, ..whole.clone() };
    let (own, foreign) = (chain.records[0].0.envelope(), chain.records[1].0.envelope().to_json());
    let own_text = own.to_json();
    let good = Some((Digest::of(DOCUMENT), DOCUMENT.len() as u64));
    let ask = |certificate: &Certificate, envelope: Option<&str>, document| {
        let envelope = envelope.map(str::as_bytes);
        let expected =
            Expectations { policy: Some(&chain.policy), envelope, document, ..Expectations::default() };
        judge(certificate.to_json().as_bytes(), &expected, true)
    };
    assert_eq!(ask(&whole, None, good).verdict, Verdict::Valid);
    assert_eq!(ask(&whole, Some(&own_text), good).verdict, Verdict::Valid);
    assert_eq!(ask(&bare, Some(&own_text), good).verdict, Verdict::Valid);
    assert_eq!(ask(&bare, None, None).verdict, Verdict::Valid);
    assert_eq!(ask(&bare, None, good).verdict, Verdict::Unusable);
    let longer = good.map(|(digest, size)| (digest, size + 1));
    assert_fails(&ask(&whole, None, longer), Verdict::ContentDiffers, Step::Document);
    assert_fails(&ask(&whole, None, Some((Digest::zero(), 26))), Verdict::ContentDiffers, Step::Document);
    assert_fails(&ask(&bare, Some(&foreign), None), Verdict::ContentDiffers, Step::Record);
    assert_fails(&ask(&whole, Some(&foreign), None), Verdict::ContentDiffers, Step::Record);
    assert_eq!(ask(&whole, Some("{}"), None).verdict, Verdict::Unusable);
    let mut spoilt = own.clone();
    spoilt.signatures[0].signature = test_key("author").sign(b"something else");
    assert_fails(&ask(&whole, Some(&spoilt.to_json()), None), Verdict::Invalid, Step::Record);
    assert_fails(&ask(&bare, Some(&spoilt.to_json()), None), Verdict::Invalid, Step::Signatures);
}

#[test]
fn other_spellings_are_unusable_but_white_space_is_not() {
    let chain = SmallChain::new("spelling");
    let certificate = chain.certificate(0);
    let text = certificate.to_json();
    let judged = |text: &str| judge(text.as_bytes(), &Expectations::default(), false).verdict;
    assert_eq!(judged(&serde_json::to_string_pretty(&certificate).unwrap()), Verdict::NotAnchored);
    assert_eq!(judged(&format!("\r\n\t {text} \n")), Verdict::NotAnchored);
    let block = serde_json::to_string(&certificate.block).unwrap();
    let values: Vec<serde_json::Value> =
        serde_json::from_str::<serde_json::Map<_, _>>(&block).unwrap().into_iter().map(|(_, v)| v).collect();
    for bad in [
        text.replace(&block, &serde_json::to_string(&values).unwrap()),
        text.replacen('{', "{\"extra\":1,", 1),
        text.replacen("\"position\"", "\"position\":0,\"position\"", 1),
        text.replacen("certificate/1", "certificate/2", 1),
        text.replacen("\"position\":0", "\"position\":-0", 1),
        text.replacen("\"position\":0", "\"position\":0.0", 1),
        text.replacen("\"position\":0", "\"position\":4294967296", 1),
        Certificate { envelope: None, ..certificate.clone() }.to_json().replacen("\"envelope\":null,", "", 1),
        format!("{text}{text}"),
        format!("\u{feff}{text}"),
        text[..text.len() - 1].to_owned(),
        "[".repeat(100_000),
        " ".repeat(biaozheng_ledger::limits::CERTIFICATE_BYTES_MAX + 1),
        String::new(),
    ] {
        assert_eq!(judged(&bad), Verdict::Unusable, "{}", &bad[..bad.len().min(200)]);
    }
    let spelled = Certificate { policy: format!("# ours\n{}", certificate.policy), ..certificate.clone() };
    assert_fails(&without_anchor(&spelled), Verdict::Invalid, Step::Chain);
    let spelled = Certificate { proof: certificate.proof.replace("index 1\n", "index 01\n"), ..certificate };
    assert_fails(&without_anchor(&spelled), Verdict::Invalid, Step::Checkpoint);
}

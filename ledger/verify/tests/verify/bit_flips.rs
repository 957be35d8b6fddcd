//! Flips every bit of every byte of a certificate file, one at a time, and cuts, drops and doubles every byte:
//! none may come out as anything but invalid or unusable. Exhaustive, under each kind of anchor, for the compact, the indented and the
//! digest-only form. Prints how many bits were flipped.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]

use std::collections::BTreeMap;

use biaozheng_ledger::certificate::{Certificate, Expectations, checkpoint_digest};
use biaozheng_ledger::policy_history::PolicyHistory;
use biaozheng_ledger::tlog_proof::TlogProof;
use biaozheng_ledger_scenes::authority::{Authority, Key};
use biaozheng_ledger_scenes::chain::SmallChain;
use biaozheng_ledger_scenes::family::Family;
use biaozheng_timestamp::TrustAnchors;
use biaozheng_verify::{TimestampAuthorities, Verdict, judge};

/// Judges every flip; gives back how many flips ended in which verdict and step.
fn flip_all(text: &str, expected: &Expectations<'_>, untouched: Verdict) -> BTreeMap<String, u64> {
    assert_eq!(judge(text.as_bytes(), expected, false).verdict, untouched, "before the flips");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let length = text.len();
    let part = |thread: usize| {
        let mut seen = BTreeMap::new();
        let mut bytes = text.as_bytes().to_vec();
        for place in (thread..length).step_by(threads) {
            for bit in 0..8u8 {
                bytes[place] ^= 1 << bit;
                let judgement = judge(&bytes, expected, false);
                assert_ne!(judgement.verdict.exit_code(), 0, "byte {place} bit {bit}: {judgement:?}");
                let failed = judgement.verification.as_ref().and_then(|one| one.failed_step());
                let name = failed.map_or(judgement.verdict.code(), |(step, _)| step.name());
                *seen.entry(name.to_owned()).or_insert(0) += 1;
                bytes[place] ^= 1 << bit;
            }
        }
        seen
    };
    let mut total: BTreeMap<String, u64> = BTreeMap::new();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|thread| scope.spawn(move || part(thread))).collect();
        for worker in workers {
            for (name, count) in worker.join().expect("no flip was valid") {
                *total.entry(name).or_insert(0) += count;
            }
        }
    });
    assert_eq!(total.values().sum::<u64>(), length as u64 * 8, "every bit of every byte was flipped");
    total
}

fn run(what: &str, text: &str, expected: &Expectations<'_>, untouched: Verdict) {
    let outcome = flip_all(text, expected, untouched);
    eprintln!("{what}: {} bits flipped, none valid: {outcome:?}", text.len() * 8);
}

fn certificate() -> (SmallChain, Certificate) {
    let chain = SmallChain::new("flip");
    // All four cosign, one more than the quorum: a spoilt surplus line must not go unnoticed either.
    let certificate = chain.certificate_by(2, &[0, 1, 2, 3]);
    (chain, certificate)
}

#[test]
fn no_flipped_bit_passes_without_an_anchor() {
    let (_, certificate) = certificate();
    run("no anchor", &certificate.to_json(), &Expectations::default(), Verdict::NotAnchored);
}

#[test]
fn no_flipped_bit_passes_with_a_policy() {
    let (chain, certificate) = certificate();
    let policy = chain.policy.to_string().parse().unwrap();
    let expected = Expectations { policy: Some(&policy), ..Expectations::default() };
    run("policy", &certificate.to_json(), &expected, Verdict::Valid);
}

#[test]
fn no_flipped_bit_passes_with_a_chain() {
    let (chain, certificate) = certificate();
    let expected = Expectations { chain: Some(chain.id()), ..Expectations::default() };
    run("chain", &certificate.to_json(), &expected, Verdict::Valid);
}

#[test]
fn no_flipped_bit_passes_in_the_digest_only_form() {
    let (chain, mut certificate) = certificate();
    certificate.envelope = None;
    run("digest only, no anchor", &certificate.to_json(), &Expectations::default(), Verdict::NotAnchored);
    let expected = Expectations { policy: Some(&chain.policy), ..Expectations::default() };
    run("digest only, policy", &certificate.to_json(), &expected, Verdict::Valid);
    let envelope = chain.records[2].0.envelope().to_json();
    let expected = Expectations { envelope: Some(envelope.as_bytes()), ..expected };
    run("digest only, policy and envelope", &certificate.to_json(), &expected, Verdict::Valid);
}

#[test]
fn no_flipped_bit_passes_in_an_indented_file() {
    let (_, certificate) = certificate();
    let text = serde_json::to_string_pretty(&certificate).unwrap() + "\n";
    run("indented", &text, &Expectations::default(), Verdict::NotAnchored);
}

/// One level up and a timestamp; the body left out, so that the file is small enough for every bit.
#[test]
fn no_flipped_bit_passes_in_an_anchored_and_stamped_file() {
    let mut family = Family::new();
    let authority = Authority::new(Key::P256, "sha256");
    let mut certificate = family.once();
    certificate.envelope = None;
    let digest = checkpoint_digest(&certificate.proof.parse::<TlogProof>().unwrap().checkpoint);
    let stamps = TimestampAuthorities::new(TrustAnchors::read(&authority.file("root.pem")).unwrap());
    let certificate = certificate.with_timestamp(&authority.token_over(&digest), &stamps).unwrap();
    let parent = PolicyHistory::from(family.city.policy.clone());
    let expected =
        Expectations { parent_policies: Some(&parent), timestamps: Some(&stamps), ..Expectations::default() };
    run("anchored, parent and authority trusted", &certificate.to_json(), &expected, Verdict::Valid);
    run("anchored, no anchor", &certificate.to_json(), &Expectations::default(), Verdict::NotAnchored);
}

#[test]
fn no_flipped_bit_passes_with_an_outside_witness() {
    let (chain, _) = certificate();
    let (mut certificate, _) = chain.witnessed_certificate(2);
    certificate.envelope = None;
    let expected = Expectations { policy: Some(&chain.policy), ..Expectations::default() };
    run("outside witness, policy", &certificate.to_json(), &expected, Verdict::Valid);
    run("outside witness", &certificate.to_json(), &Expectations::default(), Verdict::NotAnchored);
}

#[test]
fn no_cut_dropped_or_doubled_byte_passes() {
    let (chain, certificate) = certificate();
    let expected = Expectations { policy: Some(&chain.policy), ..Expectations::default() };
    let text = certificate.to_json().into_bytes();
    for place in 0..text.len() {
        let mut dropped = text.clone();
        dropped.remove(place);
        let mut doubled = text.clone();
        doubled.insert(place, text[place]);
        for (what, bytes) in [("cut", &text[..place]), ("dropped", &dropped), ("doubled", &doubled)] {
            assert_ne!(judge(bytes, &expected, false).verdict.exit_code(), 0, "{what} at byte {place}");
        }
    }
}

//! `certificate.json`: whole certificates, good and bad, with what must become of them.

use biaozheng_ledger::certificate::{Certificate, Expectations, Step};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::tlog_proof::TlogProof;
use serde::{Deserialize, Serialize};

use crate::{Golden, check, make};
use biaozheng_ledger_scenes::chain::{DOCUMENT, SmallChain};

pub(crate) const GOLDEN: Golden = Golden {
    name: "certificate.json",
    check: |text| check::<Vec<Case>>(text, judge),
    make: || {
        make(
            "Certificates with what a verifier brings along, the verdict and the step that fails. Verdicts: valid, \
             not_anchored, content_differs, invalid, unusable.",
            cases(),
        )
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    certificate: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chain: Option<ChainId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    envelope: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<Document>,
    verdict: String,
    failed_step: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    digest: String,
    size: u64,
}

/// The verdict's code and failed step, by the ledger alone.
fn outcome(case: &Case) -> (&'static str, Option<String>) {
    let Ok(certificate) = Certificate::from_json(case.certificate.as_bytes()) else {
        return ("unusable", None);
    };
    let policy: Option<Policy> = case.policy.as_ref().map(|text| text.parse().expect("a policy"));
    let document = case.document.as_ref().map(|one| (one.digest.parse().expect("a digest"), one.size));
    let envelope = case.envelope.as_ref().map(String::as_bytes);
    let expected = Expectations {
        policy: policy.as_ref(),
        chain: case.chain,
        envelope,
        document,
        ..Expectations::default()
    };
    let verification = certificate.verify(&expected);
    let failed = verification.failed_step().map(|(step, _)| step);
    let verdict = match failed {
        Some(Step::Document) if certificate.envelope.is_none() && envelope.is_none() => {
            return ("unusable", None);
        }
        Some(Step::Document) => "content_differs",
        Some(Step::Record) if envelope.is_some() => "content_differs",
        Some(_) => "invalid",
        None if verification.anchored => "valid",
        None => "not_anchored",
    };
    assert_eq!(verification.is_valid(), failed.is_none());
    (verdict, failed.map(|step| step.name().to_owned()))
}

fn judge(cases: &Vec<Case>) {
    assert!(cases.len() > 20);
    for case in cases {
        let (verdict, failed) = outcome(case);
        assert_eq!((verdict, &failed), (case.verdict.as_str(), &case.failed_step), "{}", case.name);
    }
}

struct Maker {
    cases: Vec<Case>,
    policy: String,
}

impl Maker {
    fn push(&mut self, name: &str, certificate: String, verdict: &str, failed: Option<&str>) -> &mut Case {
        self.cases.push(Case {
            name: name.into(),
            certificate,
            policy: Some(self.policy.clone()),
            chain: None,
            envelope: None,
            document: None,
            verdict: verdict.into(),
            failed_step: failed.map(Into::into),
        });
        self.cases.last_mut().expect("just pushed")
    }
}

fn cases() -> Vec<Case> {
    let (chain, other) = (SmallChain::new("vectors"), SmallChain::new("other"));
    let mut maker = Maker { cases: Vec::new(), policy: chain.policy.to_string() };
    let whole = chain.certificate(0);
    let bare = Certificate { envelope: None, ..whole.clone() };
    good(&mut maker, &chain, &whole, &bare);
    let json = |change: &dyn Fn(&mut Certificate)| {
        let mut certificate = whole.clone();
        change(&mut certificate);
        certificate.to_json()
    };
    let lines = |change: &dyn Fn(&mut TlogProof)| {
        let mut proof: TlogProof = whole.proof.parse().expect("a proof");
        change(&mut proof);
        Certificate { proof: proof.to_string(), ..whole.clone() }.to_json()
    };
    let second = chain.certificate(1);
    for (name, certificate, step) in [
        ("another record's envelope", json(&|one| one.envelope = second.envelope.clone()), "record"),
        ("another record's id", json(&|one| one.record = second.record), "record"),
        (
            "a policy with a lower threshold",
            json(&|one| one.policy = one.policy.replace("group 3", "group 1")),
            "chain",
        ),
        ("a policy with a comment", json(&|one| one.policy.insert_str(0, "# x\n")), "chain"),
        ("another remainder", json(&|one| one.genesis_remainder = Digest::zero().to_string()), "chain"),
        ("another record's proof", json(&|one| one.proof = second.proof.clone()), "inclusion"),
        ("another record's block", json(&|one| one.block = second.block), "inclusion"),
        ("another height", json(&|one| one.block.height = one.block.height.next()), "inclusion"),
        (
            "a cosignature fewer than the quorum",
            lines(&|proof| drop(proof.checkpoint.signatures.pop())),
            "checkpoint",
        ),
        ("no log signature", lines(&|proof| drop(proof.checkpoint.signatures.remove(0))), "checkpoint"),
        (
            "a stranger's line",
            lines(&|proof| {
                let line = other.cosignature(3, &proof.checkpoint.text, 1);
                proof.checkpoint.signatures.push(line);
            }),
            "checkpoint",
        ),
        (
            "a cosignature from before the block",
            lines(&|proof| {
                let early = whole.block.time_ms.seconds() - 1;
                proof.checkpoint.signatures[1] = chain.cosignature(0, &proof.checkpoint.text, early);
            }),
            "time",
        ),
        ("another index", lines(&|proof| proof.index = 2), "inclusion"),
        ("another chain's certificate", other.certificate(0).to_json(), "anchor"),
    ] {
        maker.push(name, certificate, "invalid", Some(step));
    }
    signatures_and_chain(&mut maker, &other);
    unusable(&mut maker, &whole);
    maker.cases
}

fn good(maker: &mut Maker, chain: &SmallChain, whole: &Certificate, bare: &Certificate) {
    let document =
        |bytes: &[u8]| Document { digest: Digest::of(bytes).to_string(), size: bytes.len() as u64 };
    let own = chain.records[0].0.envelope().to_json();
    let foreign = chain.records[1].0.envelope().to_json();
    maker.push("good, with a policy", whole.to_json(), "valid", None);
    let case = maker.push("good, with a chain", whole.to_json(), "valid", None);
    (case.policy, case.chain) = (None, Some(chain.id()));
    maker.push("good, without an anchor", whole.to_json(), "not_anchored", None).policy = None;
    let pretty = serde_json::to_string_pretty(whole).expect("JSON");
    maker.push("good, indented", pretty, "valid", None);
    maker.push(
        "two signers, four cosigners",
        chain.certificate_by(2, &[0, 1, 2, 3]).to_json(),
        "valid",
        None,
    );
    maker.push("good, with its document", whole.to_json(), "valid", None).document = Some(document(DOCUMENT));
    let case =
        maker.push("good, with another document", whole.to_json(), "content_differs", Some("document"));
    case.document = Some(document(b"another"));
    maker.push("digest only", bare.to_json(), "valid", None);
    let case = maker.push("digest only, with its envelope and document", bare.to_json(), "valid", None);
    (case.envelope, case.document) = (Some(own), Some(document(DOCUMENT)));
    let case =
        maker.push("digest only, with another envelope", bare.to_json(), "content_differs", Some("record"));
    case.envelope = Some(foreign.clone());
    let case = maker.push(
        "good, with another envelope beside it",
        whole.to_json(),
        "content_differs",
        Some("record"),
    );
    case.envelope = Some(foreign);
    let case = maker.push("digest only, with a document and no envelope", bare.to_json(), "unusable", None);
    case.document = Some(document(DOCUMENT));
}

fn signatures_and_chain(maker: &mut Maker, other: &SmallChain) {
    let mut chain = SmallChain::new("vectors");
    chain.append(other.records[0].0.clone(), 9, 0);
    let number = chain.records.len() - 1;
    maker.push(
        "a record for another chain",
        chain.certificate(number).to_json(),
        "invalid",
        Some("signatures"),
    );
    let case =
        maker.push("another chain than expected", chain.certificate(0).to_json(), "invalid", Some("anchor"));
    case.chain = Some(other.id());
}

fn unusable(maker: &mut Maker, whole: &Certificate) {
    let json = whole.to_json();
    for (name, text) in [
        ("another format", json.replacen("certificate/1", "certificate/2", 1)),
        ("unknown member", json.replacen('{', "{\"extra\":1,", 1)),
        ("repeated member", json.replacen("\"position\"", "\"position\":0,\"position\"", 1)),
        (
            "no envelope member",
            Certificate { envelope: None, ..whole.clone() }.to_json().replacen("\"envelope\":null,", "", 1),
        ),
        ("position is a fraction", json.replacen("\"position\":0", "\"position\":0.0", 1)),
        ("position beyond 32 bits", json.replacen("\"position\":0", "\"position\":4294967296", 1)),
        ("block as an array", {
            let block = serde_json::to_string(&whole.block).expect("JSON");
            let facts = whole.block;
            json.replacen(&block, &format!("[{},{},{}]", facts.height, facts.time_ms, facts.position), 1)
        }),
        ("cut short", json[..json.len() - 1].to_owned()),
        ("not JSON", "certificate".to_owned()),
    ] {
        assert_ne!(text, json, "{name}");
        maker.push(name, text, "unusable", None);
    }
}

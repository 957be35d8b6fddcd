//! `policy.json`: policies, trust roots and chain ids.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::genesis::{Genesis, TrustRoot};
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::policy::Policy;
use serde::{Deserialize, Serialize};

use crate::{Golden, check, make};
use biaozheng_ledger_scenes::chain::SmallChain;

pub(crate) const GOLDEN: Golden = Golden {
    name: "policy.json",
    check: |text| check::<Vectors>(text, judge),
    make: || {
        make(
            "Genesis documents with the trust digest, the remainder, the chain id and the policy they make; policy \
             texts read ('canonical' is the text written back) or refused; which checkpoints satisfy them.",
            vectors(),
        )
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    genesis: Vec<GenesisCase>,
    refused_trust: Vec<RefusedTrust>,
    policies: Vec<PolicyCase>,
    checkpoints: Vec<CheckpointCase>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GenesisCase {
    genesis: String,
    trust_digest: String,
    remainder: String,
    chain: ChainId,
    policy: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedTrust {
    name: String,
    trust: TrustRoot,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyCase {
    name: String,
    text: String,
    canonical: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointCase {
    name: String,
    policy: String,
    checkpoint: String,
    /// Who is counted, in the policy's order; `null` where the policy is not satisfied.
    cosigners: Option<Vec<String>>,
}

fn counted(policy: &str, checkpoint: &str) -> Option<Vec<String>> {
    let policy: Policy = policy.parse().expect("a policy");
    let cosigned = policy.verify(&checkpoint.parse().expect("a note")).ok()?;
    Some(cosigned.cosigners.into_iter().map(|(name, _)| name).collect())
}

fn judge(vectors: &Vectors) {
    assert!(!vectors.genesis.is_empty() && vectors.policies.len() > 15 && vectors.checkpoints.len() > 5);
    for case in &vectors.genesis {
        let genesis = Genesis::from_json(case.genesis.as_bytes()).expect("a genesis");
        assert_eq!(genesis.trust.digest().to_string(), case.trust_digest);
        assert_eq!(genesis.remainder().to_string(), case.remainder);
        assert_eq!(genesis.chain_id(), case.chain);
        let policy = genesis.policy().expect("a policy");
        assert_eq!(policy.to_string(), case.policy);
        let (trust, origin) = TrustRoot::from_policy(&policy).expect("a genesis made it");
        assert_eq!((trust, origin.chain()), (genesis.trust, case.chain));
    }
    for case in &vectors.refused_trust {
        assert!(case.trust.policy(&ChainId::new(Digest::zero())).is_err(), "{}", case.name);
    }
    for case in &vectors.policies {
        let canonical = case.text.parse::<Policy>().ok().map(|policy| policy.to_string());
        assert_eq!(canonical, case.canonical, "{}", case.name);
    }
    for case in &vectors.checkpoints {
        assert_eq!(counted(&case.policy, &case.checkpoint), case.cosigners, "{}", case.name);
    }
}

fn vectors() -> Vectors {
    let chain = SmallChain::new("vectors");
    let genesis = GenesisCase {
        genesis: chain.genesis.to_json(),
        trust_digest: chain.genesis.trust.digest().to_string(),
        remainder: chain.genesis.remainder().to_string(),
        chain: chain.id(),
        policy: chain.policy.to_string(),
    };
    Vectors {
        genesis: vec![genesis],
        refused_trust: refused_trust(&chain.genesis.trust),
        policies: policies(&chain),
        checkpoints: checkpoints(&chain),
    }
}

fn refused_trust(good: &TrustRoot) -> Vec<RefusedTrust> {
    let change = |name: &str, change: fn(&mut TrustRoot)| {
        let mut trust = good.clone();
        change(&mut trust);
        RefusedTrust { name: name.into(), trust }
    };
    vec![
        change("threshold of two in four", |trust| trust.threshold = 2),
        change("threshold of five in four", |trust| trust.threshold = 5),
        change("nobody", |trust| trust.cosigners.clear()),
        change("a name twice", |trust| trust.cosigners[1].name = trust.cosigners[0].name.clone()),
        change("a key twice", |trust| trust.cosigners[1].cosigner_key = trust.cosigners[0].cosigner_key),
        change("a name that is the quorum", |trust| trust.cosigners[1].name = "quorum-group".into()),
        change("a name that means nobody", |trust| trust.cosigners[1].name = "none".into()),
        change("a name with a space", |trust| trust.cosigners[1].name = "a b".into()),
        change("a label in capitals", |trust| trust.label = "Vectors".into()),
    ]
}

fn policies(chain: &SmallChain) -> Vec<PolicyCase> {
    let (log, keys) = (&chain.policy.logs()[0], chain.policy.witnesses());
    let (city, district) = (&keys[0].1, &keys[1].1);
    let renamed =
        biaozheng_ledger::note::NoteKey::new("again", city.algorithm(), *city.key()).expect("a name");
    let two = format!("log {log}\nwitness a {city}\nwitness b {district}\n");
    [
        ("of a genesis", chain.policy.to_string()),
        ("with comments, blanks and addresses", format!("# ours\n\n log {log} https://log.example/\r\nwitness  a {city} https://a.example/\nquorum a\n")),
        ("any", format!("{two}group g any a b\nquorum g\n")),
        ("all", format!("{two}group g all a b\nquorum g\n")),
        ("groups of groups", format!("{two}group g any a b\ngroup h all g a\nquorum h\n")),
        ("no quorum asked", format!("log {log}\nquorum none\n")),
        ("without quorum", two.clone()),
        ("without log", format!("witness a {city}\nquorum a\n")),
        ("two quorums", format!("{two}quorum a\nquorum b\n")),
        ("quorum of a stranger", format!("{two}quorum c\n")),
        ("group before its member", format!("log {log}\ngroup g any a\nwitness a {city}\nquorum g\n")),
        ("threshold zero", format!("{two}group g 0 a b\nquorum g\n")),
        ("threshold beyond all", format!("{two}group g 3 a b\nquorum g\n")),
        ("a member twice", format!("{two}group g 2 a a\nquorum g\n")),
        ("a name twice", format!("log {log}\nwitness a {city}\nwitness a {district}\nquorum a\n")),
        ("a key under two names", format!("log {log}\nwitness a {city}\nwitness b {renamed}\nquorum a\n")),
        ("a group named as a witness", format!("{two}group a any a b\nquorum a\n")),
        ("a witness named none", format!("log {log}\nwitness none {city}\nquorum none\n")),
        ("a cosigner's key as log", format!("log {city}\nwitness a {city}\nquorum a\n")),
        ("a log's key as witness", format!("log {log}\nwitness a {log}\nquorum a\n")),
        ("an unknown word", format!("{two}mirror a\nquorum a\n")),
        ("nothing", String::new()),
    ]
    .into_iter()
    .map(|(name, text)| PolicyCase {
        name: name.into(),
        canonical: text.parse::<Policy>().ok().map(|policy| policy.to_string()),
        text,
    })
    .collect()
}

fn checkpoints(chain: &SmallChain) -> Vec<CheckpointCase> {
    let plain = chain.policy.to_string();
    let all = plain.replacen("group quorum-group 3", "group quorum-group 4", 1);
    let nobody = format!("log {}\nquorum none\n", chain.policy.logs()[0]);
    let other = SmallChain::new("other");
    let good = chain.signed(7, &[0, 1, 2]);
    let mut no_log = good.clone();
    no_log.signatures.remove(0);
    let mut twice = chain.signed(7, &[0, 1]);
    twice.signatures.push(twice.signatures[1].clone());
    let mut stranger = chain.signed(7, &[0, 1]);
    stranger.signatures.push(other.cosignature(2, &stranger.text, 1));
    [
        ("three of four", &plain, &good),
        ("all four", &plain, &chain.signed(7, &[3, 2, 1, 0])),
        ("two of four", &plain, &chain.signed(7, &[0, 3])),
        ("three where four are asked", &all, &good),
        ("no log signature", &plain, &no_log),
        ("one cosigner twice", &plain, &twice),
        ("a stranger of the same name", &plain, &stranger),
        ("another log", &plain, &other.signed(7, &[0, 1, 2, 3])),
        ("nobody asked", &nobody, &chain.signed(7, &[])),
    ]
    .into_iter()
    .map(|(name, policy, note)| CheckpointCase {
        name: name.into(),
        policy: policy.clone(),
        checkpoint: note.to_string(),
        cosigners: counted(policy, &note.to_string()),
    })
    .collect()
}

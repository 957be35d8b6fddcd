//! `tlog-proof.json`: C2SP tlog-proof texts.

use biaozheng_ledger::tlog_proof::TlogProof;
use serde::{Deserialize, Serialize};

use crate::{Golden, check, make};
use biaozheng_ledger_scenes::chain::SmallChain;

pub(crate) const GOLDEN: Golden = Golden {
    name: "tlog-proof.json",
    check: |text| check::<Vec<Case>>(text, judge),
    make: || make("C2SP tlog-proof texts with what they hold, or null where they are refused.", cases()),
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
    proof: Option<Proof>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
struct Proof {
    index: u64,
    path: Vec<String>,
    checkpoint: String,
}

fn read(text: &str) -> Option<Proof> {
    let proof: TlogProof = text.parse().ok()?;
    Some(Proof {
        index: proof.index,
        path: proof.path.iter().map(hex::encode).collect(),
        checkpoint: proof.checkpoint.to_string(),
    })
}

fn judge(cases: &Vec<Case>) {
    assert!(cases.len() > 10 && cases.iter().filter(|case| case.proof.is_some()).count() >= 3);
    for case in cases {
        assert_eq!(read(&case.text), case.proof, "{}", case.name);
    }
}

fn cases() -> Vec<Case> {
    let chain = SmallChain::new("vectors");
    let proof = |index: u64, size: u64| {
        TlogProof { index, path: chain.inclusion(index, size), checkpoint: chain.signed(size, &[0, 1, 2]) }
            .to_string()
    };
    let good = proof(3, 7);
    let mut texts = vec![("a proof", good.clone()), ("last leaf", proof(6, 7)), ("tree of one", proof(0, 1))];
    for (name, bad) in [
        ("another version", good.replacen("@v1", "@v2", 1)),
        ("an extra line", good.replacen("\nindex", "\nextra AAAA\nindex", 1)),
        ("index with a leading zero", good.replacen("index 3", "index 03", 1)),
        ("index with a plus", good.replacen("index 3", "index +3", 1)),
        ("negative index", good.replacen("index 3", "index -3", 1)),
        ("no index", good.replacen("index 3\n", "", 1)),
        ("carriage returns", good.replace('\n', "\r\n")),
        ("no empty line", good.replacen("\n\n", "\n", 1)),
        ("a hash cut short", good.replacen("=\n", "\n", 1)),
        (
            "64 hashes",
            good.replacen(
                "index 3\n",
                &format!("index 3\n{}", format!("{}=\n", "A".repeat(43)).repeat(64)),
                1,
            ),
        ),
        ("no checkpoint", good.split_once("\n\n").expect("two parts").0.to_owned() + "\n\n"),
        ("no final line break", good.trim_end().to_owned()),
    ] {
        assert_ne!(bad, good, "{name}");
        texts.push((name, bad));
    }
    texts.into_iter().map(|(name, text)| Case { name: name.into(), proof: read(&text), text }).collect()
}

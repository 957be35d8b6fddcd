//! `note.json`: key texts and ids, checkpoints, log signatures and cosignatures.

use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::note::{NoteAlgorithm, NoteKey, SignedNote};
use serde::{Deserialize, Serialize};

use crate::{Golden, check, make};
use biaozheng_ledger_scenes::chain::SmallChain;

pub(crate) const GOLDEN: Golden = Golden {
    name: "note.json",
    check: |text| check::<Vectors>(text, judge),
    make: || {
        make(
            "C2SP signed notes: key texts with their ids, texts that are none; checkpoint bodies; signed checkpoints \
             with the keys that hold for them ('time' is null where the key's line does not hold, 0 for algorithm 1).",
            vectors(),
        )
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    keys: Vec<Key>,
    refused_keys: Vec<String>,
    checkpoints: Vec<Body>,
    notes: Vec<Case>,
    refused_notes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    name: String,
    algorithm: u8,
    public_key: String,
    key_id: String,
    text: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    text: String,
    origin: Option<String>,
    size: Option<u64>,
    root: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    note: String,
    lines: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    key: String,
    time: Option<u64>,
}

fn judge(vectors: &Vectors) {
    assert!(vectors.keys.len() >= 8 && vectors.refused_keys.len() >= 8 && vectors.refused_notes.len() >= 5);
    for key in &vectors.keys {
        let parsed: NoteKey = key.text.parse().expect("a key text");
        assert_eq!((parsed.name(), parsed.algorithm() as u8), (key.name.as_str(), key.algorithm));
        assert_eq!(hex::encode(parsed.key().bytes()), key.public_key);
        assert_eq!(hex::encode(parsed.id()), key.key_id);
        assert_eq!(parsed.to_string(), key.text);
    }
    for text in &vectors.refused_keys {
        assert!(text.parse::<NoteKey>().is_err(), "{text}");
    }
    for body in &vectors.checkpoints {
        let parsed = body.text.parse::<Checkpoint>().ok();
        assert_eq!(parsed.as_ref().map(|one| one.origin.as_str().to_owned()), body.origin, "{}", body.text);
        assert_eq!(parsed.as_ref().map(|one| one.size), body.size);
        assert_eq!(parsed.as_ref().map(|one| hex::encode(one.root)), body.root);
    }
    for case in &vectors.notes {
        let note: SignedNote = case.note.parse().expect("a note");
        assert_eq!(note.to_string(), case.note);
        for line in &case.lines {
            let key: NoteKey = line.key.parse().expect("a key text");
            assert_eq!(key.find_valid(&note), line.time, "{}: {}", case.name, key.name());
        }
    }
    for text in &vectors.refused_notes {
        assert!(text.parse::<SignedNote>().is_err(), "{text}");
    }
}

fn vectors() -> Vectors {
    let chain = SmallChain::new("vectors");
    let all: Vec<NoteKey> = chain
        .policy
        .logs()
        .iter()
        .chain(chain.policy.witnesses().iter().map(|(_, key)| key))
        .cloned()
        .collect();
    let keys = all.iter().map(|key| Key {
        name: key.name().into(),
        algorithm: key.algorithm() as u8,
        public_key: hex::encode(key.key().bytes()),
        key_id: hex::encode(key.id()),
        text: key.to_string(),
    });
    let note = chain.signed(chain.size(), &[0, 1, 2, 3]);
    let case = |name: &str, note: &SignedNote| Case {
        name: name.into(),
        note: note.to_string(),
        lines: all.iter().map(|key| Line { key: key.to_string(), time: key.find_valid(note) }).collect(),
    };
    let mut other_time = note.clone();
    other_time.signatures[1].bytes[7] ^= 1;
    let mut other_text = note.clone();
    other_text.text = other_text.text.replacen("\n7\n", "\n6\n", 1);
    assert_ne!(other_text.text, note.text);
    let mut renamed = note.clone();
    renamed.signatures[1].name = "district-a".into();
    let mut hidden = note.clone();
    let mut spoilt = hidden.signatures[1].clone();
    spoilt.bytes[8] ^= 1;
    hidden.signatures.insert(1, spoilt);
    Vectors {
        keys: keys.collect(),
        refused_keys: refused_keys(&all[4]),
        checkpoints: bodies(&note.text),
        notes: vec![
            case("signed by a log key and four cosigners", &note),
            case("by the log key alone", &chain.signed(chain.size(), &[])),
            case("a cosignature's time changed", &other_time),
            case("the size changed", &other_text),
            case("a line under another name", &renamed),
            case("a spoilt line before the good one of the same key: only the first is looked at", &hidden),
        ],
        refused_notes: refused_notes(&note),
    }
}

fn refused_keys(key: &NoteKey) -> Vec<String> {
    let text = key.to_string();
    let (name, rest) = text.split_once('+').expect("two plus signs");
    let (id, encoded) = rest.split_once('+').expect("two plus signs");
    let other = NoteKey::new("elsewhere", NoteAlgorithm::CosignatureV1, *key.key()).expect("a name");
    vec![
        String::new(),
        name.to_owned(),
        format!("{name}+{id}"),
        format!("+{id}+{encoded}"),
        format!("na me+{id}+{encoded}"),
        format!("{name}+{}+{encoded}", id.to_uppercase() + "0"),
        format!("{name}+{}+{encoded}", hex::encode(other.id())),
        format!("{name}+00000000+{encoded}"),
        format!("{name}+{id}+{}", &encoded[..encoded.len() - 4]),
        format!("{name}+{id}+{}", encoded.trim_end_matches('=').to_owned() + "A"),
        format!("{name}+{id}+Ag{}", &encoded[2..]),
        format!("{text}\n"),
    ]
}

fn bodies(text: &str) -> Vec<Body> {
    let spelled = [
        text.to_owned(),
        text.replacen("\n7\n", "\n07\n", 1),
        text.replacen("\n7\n", "\n+7\n", 1),
        text.replacen("\n7\n", "\n-7\n", 1),
        text.replacen("\n7\n", "\n18446744073709551616\n", 1),
        format!("{text}extension\n"),
        text.trim_end().to_owned(),
        text.replacen('\n', "\r\n", 1),
        text.replacen("/vectors/", "/Vectors/", 1),
        text.replacen("/vectors/", "/vec+tors/", 1),
        text.replacen("biaozheng.log/", "example.com/", 1),
        text.replacen("/vectors/", "/vectors/more/", 1),
        text.replace('=', ""),
    ];
    spelled
        .into_iter()
        .map(|text| {
            let parsed = text.parse::<Checkpoint>().ok();
            Body {
                origin: parsed.as_ref().map(|one| one.origin.to_string()),
                size: parsed.as_ref().map(|one| one.size),
                root: parsed.as_ref().map(|one| hex::encode(one.root)),
                text,
            }
        })
        .collect()
}

fn refused_notes(note: &SignedNote) -> Vec<String> {
    let text = note.to_string();
    let line = note.signatures[0].to_string();
    vec![
        note.text.clone(),
        format!("{}\n", note.text),
        text.trim_end().to_owned(),
        text.replacen('—', "-", 1),
        text.replacen("— ", "—  ", 1),
        text.replacen("— city", "— ci+ty", 1),
        text.replacen('\n', "\r\n", 1),
        format!("{}\n", text.trim_end().trim_end_matches('=')),
        format!("{}\n{}", note.text, format!("{line}\n").repeat(65)),
        format!("{text}\n"),
    ]
}

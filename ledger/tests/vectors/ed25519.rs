//! `ed25519.json`: keys and the one signature rule.

use biaozheng_ledger::key::{PublicKey, SecretKey, Signature};
use serde::{Deserialize, Serialize};

use crate::edge_signatures::edge_signatures;
use crate::{Golden, bytes, check, hash, make};
use biaozheng_ledger_scenes::chain::test_key;

pub(crate) const GOLDEN: Golden = Golden {
    name: "ed25519.json",
    check: |text| check::<Vectors>(text, judge),
    make: || {
        make(
            "Strict Ed25519: small-order, mixed-order and non-canonical keys, a non-canonical S, and any R other \
             than the canonical [S]B - [k]A are refused. Bytes in hexadecimal. Seeds are for tests only.",
            vectors(),
        )
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    keys: Vec<Key>,
    signatures: Vec<Case>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    seed: String,
    public_key: String,
    text: String,
    key_id: String,
}

/// One signature with its verdict.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) public_key: String,
    pub(crate) message: String,
    pub(crate) signature: String,
    pub(crate) valid: bool,
    /// What a laxer verifier would overlook.
    pub(crate) why: String,
}

fn judge(vectors: &Vectors) {
    assert!(vectors.keys.len() >= 3 && vectors.signatures.len() > 30);
    for key in &vectors.keys {
        let public = SecretKey::from_seed(&hash(&key.seed)).public();
        assert_eq!(hex::encode(public.bytes()), key.public_key);
        assert_eq!(public.to_string(), key.text);
        assert_eq!(key.text.parse(), Ok(public));
        assert_eq!(public.id().digest().hex(), key.key_id);
        assert!(public.prepare().is_ok());
    }
    for case in &vectors.signatures {
        let verdict = <[u8; 32]>::try_from(bytes(&case.public_key)).map_err(|_| ()).and_then(|key| {
            let signature = Signature::from_slice(&bytes(&case.signature)).map_err(|_| ())?;
            let (key, message) = (PublicKey::ed25519(key), bytes(&case.message));
            // A key's table of multiples never changes a verdict.
            if let Ok(prepared) = key.prepare() {
                let (plain, often) = (prepared.verify(&message, &signature), prepared.with_table());
                assert_eq!(often.verify(&message, &signature), plain, "{}: {}", case.name, case.why);
            }
            key.verify(&message, &signature).map_err(|_| ())
        });
        assert_eq!(verdict.is_ok(), case.valid, "{}: {}", case.name, case.why);
    }
    assert!(vectors.signatures.iter().filter(|case| case.valid).count() >= 5);
}

fn vectors() -> Vectors {
    let key = |purpose: &str| {
        let (secret, public) = (test_key(purpose), test_key(purpose).public());
        Key {
            seed: hex::encode(secret.seed().as_slice()),
            public_key: hex::encode(public.bytes()),
            text: public.to_string(),
            key_id: public.id().digest().hex(),
        }
    };
    let mut signatures = plain();
    signatures.extend(edge_signatures(&test_key("edge")));
    Vectors { keys: ["one", "two", "edge"].map(key).into(), signatures }
}

fn plain() -> Vec<Case> {
    let case = |name: &str, key: &[u8], message: &[u8], signature: &[u8], valid, why: &str| Case {
        name: name.into(),
        public_key: hex::encode(key),
        message: hex::encode(message),
        signature: hex::encode(signature),
        valid,
        why: why.into(),
    };
    let (one, two) = (test_key("one"), test_key("two"));
    let (public, long) = (*one.public().bytes(), vec![0xa5; 1024]);
    let good = *one.sign(b"message").bytes();
    let mut cases = vec![
        case(
            "RFC 8032 test 1",
            &bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
            b"",
            &bytes(
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b\
                 d25bf5f0595bbe24655141438e7a100b",
            ),
            true,
            "",
        ),
        case(
            "RFC 8032 test 2",
            &bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
            &[0x72],
            &bytes(
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c\
                 387b2eaeb4302aeeb00d291612bb0c00",
            ),
            true,
            "",
        ),
        case("empty message", &public, b"", one.sign(b"").bytes(), true, ""),
        case("message", &public, b"message", &good, true, ""),
        case("long message", &public, &long, one.sign(&long).bytes(), true, ""),
        case("another message", &public, b"massage", &good, false, "the message differs"),
        case("another key", two.public().bytes(), b"message", &good, false, "the key differs"),
        case("63 bytes", &public, b"message", &good[..63], false, "cut short"),
        case("65 bytes", &public, b"message", &[&good[..], &[0]].concat(), false, "a byte too many"),
        case("empty signature", &public, b"message", &[], false, "nothing there"),
        case("key of 31 bytes", &public[..31], b"message", &good, false, "cut short"),
        case("all zero", &[0; 32], b"message", &[0; 64], false, "key y = 0 has order 4"),
    ];
    for bit in [0, 255, 256, 511] {
        let mut spoilt = good;
        spoilt[bit / 8] ^= 1 << (bit % 8);
        cases.push(case(&format!("bit {bit} flipped"), &public, b"message", &spoilt, false, "one bit"));
    }
    cases
}

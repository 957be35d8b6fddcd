//! Crafted keys and signatures that some Ed25519 verifiers take and others refuse, after Wycheproof and
//! "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko, 2020).

use biaozheng_ledger::key::SecretKey;
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as BASE, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use curve25519_dalek::traits::IsIdentity;
use sha2::{Digest, Sha512};

use crate::ed25519::Case;

/// The group order L, little endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

struct Maker {
    secret: Scalar,
    public: EdwardsPoint,
    cases: Vec<Case>,
}

fn challenge(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash: [u8; 64] =
        Sha512::new().chain_update(r).chain_update(key).chain_update(message).finalize().into();
    Scalar::from_bytes_mod_order_wide(&hash)
}

/// The plain equation `[S]B = R + [k]A` on points: what a lax verifier checks.
fn plain_equation(
    r: &EdwardsPoint,
    r_bytes: &[u8; 32],
    a: &EdwardsPoint,
    a_bytes: &[u8; 32],
    m: &[u8],
    s: &Scalar,
) -> bool {
    BASE * s == r + a * challenge(r_bytes, a_bytes, m)
}

fn add_order(s: &[u8; 32], times: u8) -> [u8; 32] {
    let mut out = *s;
    for _ in 0..times {
        let mut carry = 0u16;
        for (byte, add) in out.iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            *byte = (sum & 0xff) as u8;
            carry = sum >> 8;
        }
    }
    out
}

impl Maker {
    fn push(&mut self, name: &str, key: &[u8; 32], message: &[u8], r: &[u8; 32], s: &[u8; 32], why: &str) {
        self.cases.push(Case {
            name: name.to_owned(),
            public_key: hex::encode(key),
            message: hex::encode(message),
            signature: hex::encode([*r, *s].concat()),
            valid: false,
            why: why.to_owned(),
        });
    }

    /// The same good signature with S raised by multiples of L, and with its upper bits set.
    fn raised_s(&mut self, secret: &SecretKey) {
        let key = self.public.compress().0;
        let good = *secret.sign(b"raised").bytes();
        let (r, s): ([u8; 32], [u8; 32]) = (good[..32].try_into().unwrap(), good[32..].try_into().unwrap());
        for times in [1, 2, 7] {
            let raised = add_order(&s, times);
            self.push(&format!("S + {times}L"), &key, b"raised", &r, &raised, "S is not reduced modulo L");
        }
        let mut high = s;
        high[31] |= 0x80;
        self.push("S with bit 255", &key, b"raised", &r, &high, "S is not below L");
        self.push("S = L", &key, b"raised", &r, &ORDER, "S is not below L");
        self.push("S of ones", &key, b"raised", &r, &[0xff; 32], "S is not below L");
    }

    /// Keys of order 1, 2, 4 and 8: one signature holds for many messages.
    fn small_order_keys(&mut self) {
        for (index, torsion) in EIGHT_TORSION.iter().enumerate() {
            let key = torsion.compress().0;
            let s = Scalar::from(7u64 + index as u64);
            let r = BASE * s;
            let message = (0..10_000u32)
                .map(|n| format!("small order {n}").into_bytes())
                .find(|m| plain_equation(&r, &r.compress().0, torsion, &key, m, &s))
                .expect("one message in eight");
            let name = format!("small-order key {index}");
            self.push(
                &name,
                &key,
                &message,
                &r.compress().0,
                &s.to_bytes(),
                "the plain equation holds, but the key has small order",
            );
        }
    }

    /// R of small order, `S = k·a`: the plain equation holds.
    fn small_order_r(&mut self) {
        let key = self.public.compress().0;
        let identity = EIGHT_TORSION[0];
        let r = identity.compress().0;
        let s = challenge(&r, &key, b"identity") * self.secret;
        assert!(identity.is_identity() && plain_equation(&identity, &r, &self.public, &key, b"identity", &s));
        self.push(
            "R is the identity",
            &key,
            b"identity",
            &r,
            &s.to_bytes(),
            "the plain equation holds, but R has small order",
        );
        // y = p + 1: a second encoding of the identity.
        let mut again = [0xff; 32];
        (again[0], again[31]) = (0xee, 0x7f);
        let s = challenge(&again, &key, b"again") * self.secret;
        self.push(
            "R is the identity as y = p + 1",
            &key,
            b"again",
            &again,
            &s.to_bytes(),
            "R is not canonical",
        );
        // x = 0 with the sign bit: a third one.
        let mut signed = r;
        signed[31] |= 0x80;
        let s = challenge(&signed, &key, b"signed") * self.secret;
        self.push(
            "R is the identity with its sign bit",
            &key,
            b"signed",
            &signed,
            &s.to_bytes(),
            "R is not canonical",
        );
    }

    /// R with a torsion part: only the equation with the cofactor holds.
    fn mixed_order_r(&mut self) {
        let key = self.public.compress().0;
        for index in [1, 2, 4] {
            let nonce = Scalar::from(1000u64 + index as u64);
            let r = (BASE * nonce + EIGHT_TORSION[index]).compress().0;
            let s = nonce + challenge(&r, &key, b"mixed R") * self.secret;
            let name = format!("mixed-order R {index}");
            self.push(&name, &key, b"mixed R", &r, &s.to_bytes(), "holds only with the cofactor");
        }
    }

    /// A key with a torsion part: for one message in eight even the strict equation holds.
    fn mixed_order_keys(&mut self) {
        for index in [1, 2, 4] {
            let mixed = self.public + EIGHT_TORSION[index];
            let key = mixed.compress().0;
            let nonce = Scalar::from(2000u64 + index as u64);
            let r = BASE * nonce;
            let (message, s) = (0..10_000u32)
                .map(|n| format!("mixed order {n}").into_bytes())
                .map(|m| {
                    let s = nonce + challenge(&r.compress().0, &key, &m) * self.secret;
                    (m, s)
                })
                .find(|(m, s)| plain_equation(&r, &r.compress().0, &mixed, &key, m, s))
                .expect("one message in eight");
            let name = format!("mixed-order key {index}");
            self.push(
                &name,
                &key,
                &message,
                &r.compress().0,
                &s.to_bytes(),
                "the strict equation holds, but the key has a torsion part",
            );
        }
    }

    /// Keys that are no canonical encoding of a point, or of no point at all.
    fn encodings_of_keys(&mut self) {
        let (r, s) = ((BASE * Scalar::from(5u64)).compress().0, Scalar::from(5u64).to_bytes());
        for (name, low, high) in [
            ("key y = p", 0xed, 0x7f),
            ("key y = p + 1", 0xee, 0x7f),
            ("key y = p + 1 with sign", 0xee, 0xff),
            ("key y = p + 3", 0xf0, 0x7f),
            ("key y = 2^255 - 1", 0xff, 0x7f),
        ] {
            let mut key = [0xff; 32];
            (key[0], key[31]) = (low, high);
            self.push(name, &key, b"encoding", &r, &s, "the key is not canonical");
        }
        let mut negative_zero = [0; 32];
        (negative_zero[0], negative_zero[31]) = (1, 0x80);
        self.push("key x = -0", &negative_zero, b"encoding", &r, &s, "the key is not canonical");
        let off = (2u8..)
            .map(|low| {
                let mut key = [0; 32];
                key[0] = low;
                key
            })
            .find(|key| CompressedEdwardsY(*key).decompress().is_none())
            .expect("half of all are no points");
        self.push("key off the curve", &off, b"encoding", &r, &s, "the key is no point");
        let key = self.public.compress().0;
        self.push("R off the curve", &key, b"encoding", &off, &s, "R is no point");
    }
}

/// Every crafted case, all of them invalid.
pub(crate) fn edge_signatures(key: &SecretKey) -> Vec<Case> {
    let expanded = Sha512::digest(key.seed().as_slice());
    let low: [u8; 32] = expanded[..32].try_into().expect("64 bytes");
    let secret = Scalar::from_bytes_mod_order(clamp_integer(low));
    let public = BASE * secret;
    assert_eq!(public.compress().as_bytes(), key.public().bytes());
    let mut maker = Maker { secret, public, cases: Vec::new() };
    maker.raised_s(key);
    maker.small_order_keys();
    maker.small_order_r();
    maker.mixed_order_r();
    maker.mixed_order_keys();
    maker.encodings_of_keys();
    maker.cases
}

//! Tokens of made-up authorities that have the form of real ones' (`tests/golden/timestamp.json`, which the other two
//! verifiers read too): each is judged as the vectors say, in whatever order its certificates stand, and no flipped bit
//! states anything else.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stderr
)]

use std::fs;
use std::ops::Range;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_timestamp::{Timestamp, Trust, TrustAnchors, verify};
use serde::Deserialize;

/// Of the bits of a shape's token every so many is flipped: some 200 signatures each.
const STRIDE: usize = 211;

#[derive(Deserialize)]
struct Vectors {
    digest: String,
    shapes: Vec<Shape>,
    refused: Vec<Refused>,
    files: Vec<AuthorityFile>,
}

#[derive(Deserialize)]
struct Shape {
    name: String,
    token: String,
    authorities: String,
    authority: String,
    anchor: Option<String>,
    time_ms: u64,
    serial: String,
}

#[derive(Deserialize)]
struct Refused {
    name: String,
    standard: String,
    token: String,
    authorities: String,
}

#[derive(Deserialize)]
struct AuthorityFile {
    name: String,
    file: String,
    anchors: usize,
    passed_over: Vec<usize>,
}

fn vectors() -> (Vectors, [u8; 32]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/timestamp.json");
    let vectors: Vectors = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let digits = vectors.digest.as_bytes().chunks(2).map(|two| str::from_utf8(two).unwrap());
    let bytes: Vec<u8> = digits.map(|two| u8::from_str_radix(two, 16).unwrap()).collect();
    (vectors, bytes.try_into().unwrap())
}

/// Where the certificates of a token stand: each begins a SEQUENCE of more than 255 bytes that is one by itself.
fn certificates(token: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut from) = (Vec::new(), 0);
    while from + 4 < token.len() {
        let to = from + 4 + usize::from(token[from + 2]) * 256 + usize::from(token[from + 3]);
        let whole = token.get(from..to).filter(|_| token[from..].starts_with(&[0x30, 0x82]));
        match whole.filter(|bytes| TrustAnchors::read(bytes).is_ok()) {
            Some(_) => {
                found.push(from..to);
                from = to;
            }
            None => from += 1,
        }
    }
    found
}

fn stated(stamp: &Timestamp) -> (u64, Option<u64>, &str, &str, &str, Option<&str>) {
    let Timestamp { time_ms, accuracy_ms, authority, serial, policy, nonce, trust: _ } = stamp;
    (*time_ms, *accuracy_ms, authority, serial, policy, nonce.as_deref())
}

#[test]
fn every_authority_s_form_is_judged_as_it_should_be_in_any_order() {
    let (vectors, digest) = vectors();
    assert!(vectors.shapes.len() >= 20);
    for shape in &vectors.shapes {
        let token = BASE64.decode(&shape.token).unwrap();
        let anchors = TrustAnchors::read(shape.authorities.as_bytes()).unwrap();
        let stamp =
            verify(&token, &digest, &anchors).unwrap_or_else(|error| panic!("{}: {error}", shape.name));
        assert_eq!(stamp.authority, format!("CN={}", shape.authority), "{}", shape.name);
        assert_eq!((stamp.time_ms, &stamp.serial), (shape.time_ms, &shape.serial), "{}", shape.name);
        match (&stamp.trust, &shape.anchor) {
            (Trust::Anchored(found), Some(anchor)) => {
                assert_eq!(*found, format!("CN={anchor}"), "{}", shape.name)
            }
            (Trust::Unknown(_), None) => {}
            other => panic!("{}: {other:?}", shape.name),
        }
        let nobody = verify(&token, &digest, &TrustAnchors::default()).unwrap();
        assert!(matches!(nobody.trust, Trust::Unknown(_)), "{}", shape.name);
        assert!(verify(&token, &[0; 32], &anchors).is_err(), "{}", shape.name);
        let places = certificates(&token);
        assert!(!places.is_empty());
        for turn in 0..places.len() {
            let mut order: Vec<_> = places.iter().cloned().cycle().skip(turn).take(places.len()).collect();
            for _ in 0..2 {
                order.reverse();
                let turned: Vec<u8> = order.iter().flat_map(|place| token[place.clone()].to_vec()).collect();
                let mut other = token.clone();
                other[places[0].start..places[0].start + turned.len()].copy_from_slice(&turned);
                assert_eq!(verify(&other, &digest, &anchors).as_ref(), Ok(&stamp), "{}", shape.name);
            }
        }
    }
}

/// What is free is listed in docs/anchoring.md: bits of a certificate that nobody on the signer's path signed. They change
/// nothing of what is stated, and can only cost the trust.
#[test]
fn no_flipped_bit_states_anything_else() {
    let (vectors, digest) = vectors();
    for shape in &vectors.shapes {
        let mut token = BASE64.decode(&shape.token).unwrap();
        let anchors = TrustAnchors::read(shape.authorities.as_bytes()).unwrap();
        let stamp = verify(&token, &digest, &anchors).unwrap();
        let mut places = certificates(&token);
        let own = places.iter().position(|place| {
            TrustAnchors::read(&token[place.clone()]).unwrap().names() == [stamp.authority.as_str()]
        });
        places.remove(own.unwrap());
        let mut free = 0;
        for bit in (shape.name.len()..token.len() * 8).step_by(STRIDE) {
            token[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = verify(&token, &digest, &anchors) {
                free += 1;
                assert!(places.iter().any(|place| place.contains(&(bit / 8))), "{}: bit {bit}", shape.name);
                assert_eq!(stated(&other), stated(&stamp), "{}: bit {bit}", shape.name);
                let weaker = other.trust == stamp.trust || matches!(other.trust, Trust::Unknown(_));
                assert!(weaker, "{}: bit {bit}: {:?}", shape.name, other.trust);
            }
            token[bit / 8] ^= 1 << (bit % 8);
        }
        eprintln!(
            "{}: {free} of {} flipped bits are of no consequence",
            shape.name,
            token.len() * 8 / STRIDE
        );
        assert!(!places.is_empty() || free == 0, "{}", shape.name);
    }
}

#[test]
fn what_is_refused_names_its_standard() {
    let (vectors, digest) = vectors();
    assert!(vectors.refused.len() >= 20);
    for one in &vectors.refused {
        let token = BASE64.decode(&one.token).unwrap();
        let anchors = TrustAnchors::read(one.authorities.as_bytes()).unwrap();
        let error = verify(&token, &digest, &anchors).unwrap_err().to_string();
        assert!(error.contains(&one.standard), "{}: {error}", one.name);
    }
}

#[test]
fn files_of_authorities_are_read_as_the_others_read_them() {
    for AuthorityFile { name, file, anchors, passed_over } in vectors().0.files {
        let read = TrustAnchors::read(&BASE64.decode(file).unwrap());
        assert_eq!(read.as_ref().map_or(0, |read| read.names().len()), anchors, "{name}");
        if let Ok(read) = read {
            let places: Vec<usize> = read.passed_over().iter().map(|one| one.place).collect();
            assert_eq!(places, passed_over, "{name}");
        }
    }
}

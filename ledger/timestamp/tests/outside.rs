//! Answers that were refused, or unknown, when this was tried from outside: a chain that ends in a root which an older one
//! signed, a key of P-384, and a reference of RFC 2634 alone. Made by `openssl ts` with authorities of its maker's own.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_timestamp::{Answer, Request, Trust, TrustAnchors};

/// SHA-256 of `hello`.
const DIGEST: [u8; 32] = [
    0x2c, 0xf2, 0x4d, 0xba, 0x5f, 0xb0, 0xa3, 0x0e, 0x26, 0xe8, 0x3b, 0x2a, 0xc5, 0xb9, 0xe2, 0x9e, 0x1b,
    0x16, 0x1e, 0x5c, 0x1f, 0xa7, 0x42, 0x5e, 0x73, 0x04, 0x33, 0x62, 0x93, 0x8b, 0x98, 0x24,
];
const NEW_ROOT: &str = "CN=New Root,O=New Authority,C=US";

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside").join(name)).unwrap()
}

fn trust(answer: &str, authorities: &[&str]) -> Trust {
    let anchors =
        TrustAnchors::read(&authorities.iter().flat_map(|name| file(name)).collect::<Vec<_>>()).unwrap();
    let text = file(&format!("{answer}.base64"));
    let bytes =
        BASE64.decode(text.iter().copied().filter(|byte| *byte != b'\n').collect::<Vec<_>>()).unwrap();
    let request = Request { digest: DIGEST, nonce: None };
    let read = Answer::read(&bytes, &request, &anchors).unwrap_or_else(|error| panic!("{answer}: {error}"));
    assert_eq!(read.timestamp.time_ms, 1_796_060_381_000);
    read.timestamp.trust
}

#[test]
fn a_root_is_its_name_and_key_whoever_signed_it() {
    // The token ends in the new root, signed by the old one.
    for own in ["r2self.pem", "r2cross.pem"] {
        assert_eq!(trust("cross.tsr", &[own]), Trust::Anchored(NEW_ROOT.into()), "{own}");
    }
    let old = Trust::Anchored("CN=Old Root,O=Old Authority,C=US".into());
    assert_eq!(trust("cross.tsr", &["r1.pem"]), old);
    // The nearest, however the file is ordered.
    for both in [["r1.pem", "r2self.pem"], ["r2self.pem", "r1.pem"]] {
        assert_eq!(trust("cross.tsr", &both), Trust::Anchored(NEW_ROOT.into()));
    }
}

#[test]
fn a_curve_of_384_bits_and_a_reference_by_sha_1_alone_are_read() {
    for answer in ["p384.tsr", "sha1.tsr"] {
        assert_eq!(trust(answer, &["r2self.pem"]), Trust::Anchored(NEW_ROOT.into()), "{answer}");
        assert_eq!(trust(answer, &["r1.pem"]), Trust::Unknown(NEW_ROOT.into()), "{answer}");
    }
}

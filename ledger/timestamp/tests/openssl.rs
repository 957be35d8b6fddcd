//! Tokens of a real authority: `openssl ts` answers our question, we judge its token, and it judges the same one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stderr
)]

use biaozheng_ledger_scenes::authority::{Authority, DIGEST, Key};
use biaozheng_timestamp::{
    Answer, AnswerError, Request, TOKEN_BYTES_MAX, Timestamp, TokenError, Trust, TrustAnchors, verify,
};

fn judged(authority: &Authority, token: &[u8]) -> Timestamp {
    let anchors = TrustAnchors::read(&authority.file("root.pem")).unwrap();
    verify(token, &DIGEST, &anchors).unwrap()
}

#[test]
fn both_judge_the_same_token_under_every_key() {
    for key in [Key::Rsa2048, Key::Rsa3072, Key::P256, Key::P384, Key::P521] {
        // RFC 5480 §4 gives P-521 no shorter digest than SHA-384.
        for hash in ["sha256", "sha384", "sha512"].into_iter().skip(usize::from(key == Key::P521)) {
            let authority = Authority::new(key, hash);
            let request = Request { digest: DIGEST, nonce: Some(0x8000_0000_0000_0001) };
            let reply = authority.reply(&request.to_der(), false);
            let anchors = TrustAnchors::read(&authority.file("root.pem")).unwrap();
            let answer = Answer::read(&reply, &request, &anchors).unwrap();
            let stamp = &answer.timestamp;
            assert_eq!(stamp.trust, Trust::Anchored("CN=Test Root".into()), "{key:?} {hash}");
            assert_eq!(stamp.authority, "CN=Test Time Authority");
            assert_eq!((stamp.policy.as_str(), stamp.accuracy_ms), ("1.2.3.4.1", Some(1_501)));
            assert_eq!(stamp.nonce.as_deref(), Some("008000000000000001"));
            assert!(stamp.time_ms > 1_700_000_000_000);
            authority.openssl_verifies(&answer.token);
        }
    }
}

#[test]
fn a_chain_in_the_token_and_an_intermediate_as_anchor() {
    let authority = Authority::with_intermediate();
    let request = Request { digest: DIGEST, nonce: None };
    let (short, long) = (authority.reply(&request.to_der(), false), authority.reply(&request.to_der(), true));
    let root = TrustAnchors::read(&authority.file("root.pem")).unwrap();
    let middle = TrustAnchors::read(&authority.file("middle.pem")).unwrap();
    let own = TrustAnchors::read(&authority.file("tsa.pem")).unwrap();
    // Without the intermediate in the token the root alone is out of reach.
    let trust = |reply: &[u8], anchors: &TrustAnchors| {
        Answer::read(reply, &request, anchors).unwrap().timestamp.trust
    };
    assert_eq!(trust(&short, &root), Trust::Unknown("CN=Test Intermediate".into()));
    assert_eq!(trust(&short, &middle), Trust::Anchored("CN=Test Intermediate".into()));
    assert_eq!(trust(&short, &own), Trust::Anchored("CN=Test Time Authority".into()));
    assert_eq!(trust(&long, &root), Trust::Anchored("CN=Test Root".into()));
    assert_eq!(trust(&long, &middle), Trust::Anchored("CN=Test Intermediate".into()));
    authority.openssl_verifies(&Answer::read(&long, &request, &root).unwrap().token);
}

#[test]
fn strangers_are_unknown_and_never_trusted() {
    let (ours, theirs) = (Authority::new(Key::P256, "sha256"), Authority::new(Key::P256, "sha256"));
    let token = ours.token();
    let foreign = TrustAnchors::read(&theirs.file("root.pem")).unwrap();
    // The same names under other keys.
    assert_eq!(verify(&token, &DIGEST, &foreign).unwrap().trust, Trust::Unknown("CN=Test Root".into()));
    let nobody = TrustAnchors::default();
    assert!(nobody.is_empty());
    assert_eq!(verify(&token, &DIGEST, &nobody).unwrap().trust, Trust::Unknown("CN=Test Root".into()));
    assert!(matches!(judged(&ours, &token).trust, Trust::Anchored(_)));
    let both = [ours.file("root.pem"), theirs.file("root.pem")].concat();
    let both = TrustAnchors::read(&both).unwrap();
    assert_eq!(both.names().len(), 2);
    assert!(matches!(verify(&token, &DIGEST, &both).unwrap().trust, Trust::Anchored(_)));
}

#[test]
fn no_flipped_bit_of_a_token_holds() {
    for key in [Key::Rsa2048, Key::P256] {
        let authority = Authority::new(key, "sha256");
        let mut token = authority.token();
        let anchors = TrustAnchors::read(&authority.file("root.pem")).unwrap();
        for place in 0..token.len() {
            for bit in 0..8u8 {
                token[place] ^= 1 << bit;
                for anchors in [&anchors, &TrustAnchors::default()] {
                    let verdict = verify(&token, &DIGEST, anchors);
                    assert!(verdict.is_err(), "{key:?}: byte {place} bit {bit}: {verdict:?}");
                }
                token[place] ^= 1 << bit;
            }
        }
        eprintln!("{key:?}: {} bits of a token flipped, none holds", token.len() * 8);
        for length in 0..token.len() {
            assert!(verify(&token[..length], &DIGEST, &anchors).is_err(), "cut at {length}");
        }
        for place in 0..token.len() {
            let (mut dropped, mut doubled) = (token.clone(), token.clone());
            doubled.insert(place, dropped.remove(place));
            for bytes in [dropped, doubled] {
                let verdict = verify(&bytes, &DIGEST, &anchors);
                assert!(verdict.is_err(), "{key:?}: byte {place}: {verdict:?}");
            }
        }
        let longer = [token.as_slice(), &[0]].concat();
        assert!(verify(&longer, &DIGEST, &anchors).is_err());
    }
}

#[test]
fn what_is_no_timestamp_is_refused_for_its_own_reason() {
    let authority = Authority::new(Key::P256, "sha256");
    let token = authority.token();
    let anchors = TrustAnchors::read(&authority.file("root.pem")).unwrap();
    let refused = |token: &[u8], digest: &[u8; 32]| verify(token, digest, &anchors).unwrap_err();
    assert_eq!(refused(&token, &[0; 32]), TokenError::OtherDigest);
    assert_eq!(refused(&vec![0x30; TOKEN_BYTES_MAX + 1], &DIGEST), TokenError::TooLarge);
    assert!(matches!(refused(b"", &DIGEST), TokenError::Form(_)));
    assert!(matches!(refused(b"hello", &DIGEST), TokenError::Form(_)));

    // A statement of its own each time: it must not be older than the signer's certificate.
    let cms = |signer: &str, more: &[&str]| authority.cms(&authority.tst_info(), signer, more);
    for (extension, why) in [
        ("extendedKeyUsage=timeStamping", TokenError::Purpose),
        ("extendedKeyUsage=critical,timeStamping,serverAuth", TokenError::Purpose),
        ("extendedKeyUsage=critical,codeSigning", TokenError::Purpose),
        ("subjectKeyIdentifier=hash", TokenError::Purpose),
        ("keyUsage=critical,keyAgreement\nextendedKeyUsage=critical,timeStamping", TokenError::Purpose),
    ] {
        let signer = authority.signer("other", extension);
        let forged = cms(&signer, &["-cades"]);
        assert_eq!(refused(&forged, &DIGEST), why, "{extension}");
    }
    let good = authority.signer("good", "extendedKeyUsage=critical,timeStamping");
    assert!(verify(&cms(&good, &["-cades"]), &DIGEST, &anchors).is_ok());
    assert_eq!(refused(&cms(&good, &[]), &DIGEST), TokenError::SignerReference);
    let without = cms(&good, &["-cades", "-nocerts"]);
    assert!(matches!(refused(&without, &DIGEST), TokenError::Form(_) | TokenError::SignerMissing));
    let stray = authority.path("tsa.pem");
    let with_stray = cms(&good, &["-cades", "-certfile", stray.to_str().unwrap()]);
    assert_eq!(refused(&with_stray, &DIGEST), TokenError::Stray);
    let late = authority.signer_of_days(
        "late",
        "extendedKeyUsage=critical,timeStamping",
        "20200101000000Z",
        "20200201000000Z",
    );
    let expired = cms(&late, &["-cades"]);
    assert_eq!(refused(&expired, &DIGEST), TokenError::Validity("CN=late".into()));
    let strange = authority.signer(
        "strange",
        "extendedKeyUsage=critical,timeStamping\n1.2.3.4.5=critical,ASN1:UTF8String:what is this",
    );
    let strange = cms(&strange, &["-cades"]);
    assert!(matches!(refused(&strange, &DIGEST), TokenError::Path(..)));
}

#[test]
fn an_end_certificate_signs_no_authority() {
    let authority = Authority::with_false_intermediate();
    let request = Request { digest: DIGEST, nonce: None };
    let reply = authority.reply(&request.to_der(), true);
    let root = TrustAnchors::read(&authority.file("root.pem")).unwrap();
    let refused = Answer::read(&reply, &request, &root).unwrap_err();
    assert!(matches!(refused, AnswerError::Token(TokenError::Path(..))), "{refused}");
}

#[test]
fn answers_are_held_against_their_question() {
    let authority = Authority::new(Key::P256, "sha256");
    let anchors = TrustAnchors::read(&authority.file("root.pem")).unwrap();
    let request = Request { digest: DIGEST, nonce: Some(7) };
    let reply = authority.reply(&request.to_der(), false);
    for other in [None, Some(8), Some(0)] {
        let refused = Answer::read(&reply, &Request { nonce: other, ..request.clone() }, &anchors);
        assert_eq!(refused.unwrap_err(), AnswerError::OtherNonce);
    }
    let refused = Answer::read(&reply, &Request { digest: [1; 32], ..request.clone() }, &anchors);
    assert_eq!(refused.unwrap_err(), AnswerError::Token(TokenError::OtherDigest));
    // PKIStatusInfo: rejection (2), failInfo badAlg.
    let rejection = [0x30, 0x09, 0x30, 0x07, 0x02, 0x01, 0x02, 0x03, 0x02, 0x07, 0x80];
    assert_eq!(Answer::read(&rejection, &request, &anchors).unwrap_err(), AnswerError::Refused(2));
    assert!(matches!(Answer::read(b"<html>", &request, &anchors).unwrap_err(), AnswerError::Form(_)));
    let seen = authority.openssl_reads_request(&request.to_der());
    assert!(seen.contains("Hash Algorithm: sha256") && seen.contains("Certificate required: yes"), "{seen}");
    assert!(seen.contains("Nonce: 0x07"), "{seen}");
}

#[test]
fn anchors_are_certificates_and_nothing_else() {
    let authority = Authority::new(Key::P256, "sha256");
    let pem = authority.file("root.pem");
    assert_eq!(TrustAnchors::read(&pem).unwrap().names(), ["CN=Test Root"]);
    let unusable = |bytes: &[u8]| TrustAnchors::read(bytes).unwrap_err().to_string();
    for (bad, why) in [
        (&b""[..], "no bytes"),
        (b"hello", "no certificate in it"),
        (b"\x30\x00", "no X.509 certificate in DER (RFC 5280"),
        (&pem[..pem.len() / 2], "no END line"),
        (&authority.file("tsa.key"), "something else than a certificate"),
        (&pem.repeat(513), "more than 512 certificates"),
        (&vec![b' '; 4 * 1024 * 1024 + 1], "more than 4194304"),
    ] {
        assert!(unusable(bad).contains(why), "{}", unusable(bad));
    }
    // The same certificate again is no other anchor.
    assert_eq!(TrustAnchors::read(&pem.repeat(512)).unwrap().names().len(), 1);
}

/// As OpenSSL itself writes certificates: with everything in words, with its trust beside them, in DER; and what is
/// around, between and beside them in the files of offices.
#[test]
fn a_file_of_authorities_is_read_as_openssl_and_offices_write_it() {
    let authority = Authority::new(Key::P256, "sha256");
    let pem = authority.file("root.pem");
    let token = authority.token();
    let holds = |bytes: &[u8]| {
        let anchors = TrustAnchors::read(bytes).unwrap();
        assert_eq!(verify(&token, &DIGEST, &anchors).unwrap().trust, Trust::Anchored("CN=Test Root".into()));
        anchors.passed_over().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let written = |arguments: &[&str]| authority.root_by_openssl(arguments);
    let text = written(&["-text"]);
    assert!(text.starts_with(b"Certificate:"));
    let windows = String::from_utf8(pem.clone()).unwrap().replace('\n', "\r\n");
    let around = [b"\xef\xbb\xbfsubject=root\r\n", windows.as_bytes(), b"issuer=root\r\n"].concat();
    for good in [&text, &written(&["-outform", "DER"]), &written(&["-trustout"]), &around] {
        assert!(holds(good).is_empty(), "{}", good.escape_ascii());
    }
    assert!(holds(&written(&["-trustout", "-addtrust", "timeStamping", "-setalias", "root"])).is_empty());
    for kept in [["-trustout", "-addtrust", "serverAuth"], ["-trustout", "-addreject", "timeStamping"]] {
        let refused = TrustAnchors::read(&written(&kept)).unwrap_err().to_string();
        assert!(refused.contains("trust beside it keeps it from timestamps"), "{refused}");
    }
    // One bad block costs no other, and is told.
    let broken = String::from_utf8(pem.clone()).unwrap().replacen("MII", "M*I", 1);
    let file = [broken.as_bytes(), &authority.file("tsa.key"), &pem].concat();
    let told = holds(&file);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].starts_with("block 1 of the file") && told[1].starts_with("block 2 of the file"),
        "{told:?}"
    );
    // Debian's own bundle, where there is one.
    if let Ok(bundle) = std::fs::read("/etc/ssl/certs/ca-certificates.crt") {
        let many = TrustAnchors::read(&[bundle.as_slice(), &pem].concat()).unwrap();
        assert!(many.names().len() > 64 && many.passed_over().is_empty(), "{:?}", many.passed_over());
        assert!(matches!(verify(&token, &DIGEST, &many).unwrap().trust, Trust::Anchored(_)));
    }
}

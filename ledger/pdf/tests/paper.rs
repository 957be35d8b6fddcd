//! Stock tools read the page: poppler its text and attachment, zbar its QR code.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

#[path = "../../tests/support/chain.rs"]
#[allow(dead_code, unreachable_pub)]
mod chain;

use std::fs;
use std::path::Path;
use std::process::Command;

use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::digest::Digest;
use biaozheng_pdf::{PdfError, QrText, render};
use chain::SmallChain;

/// Debian poppler-utils and zbar-tools: without them there is nothing to test with, and the test says so.
fn run(program: &str, arguments: &[&str], at: &Path) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(at)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error} (Debian: poppler-utils, zbar-tools)"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn poppler_and_zbar_read_what_was_certified() {
    let chain = SmallChain::new("paper");
    let certificate = chain.certificate_by(0, &[0, 1, 2, 3]).to_json();
    let pdf = render(certificate.as_bytes()).unwrap();
    assert_eq!(pdf, render(certificate.as_bytes()).unwrap(), "the same bytes every time");
    assert!(pdf.len() < 200_000, "{} bytes: the font is reduced to what the page uses", pdf.len());
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("c.pdf"), &pdf).unwrap();
    let text = String::from_utf8(run("pdftotext", &["-layout", "c.pdf", "-"], at)).unwrap();
    let record = chain.records[0].0.id();
    for expected in [
        "标证存证证书",
        "Biaozheng certificate of record",
        "招标公告.pdf",
        "tender.published/1",
        "91350100M000100Y43",
        "2026-350100-48-01-000123",
        "三区",
        "北京时间",
        "4/4",
        &record.to_string(),
    ] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
    run("pdfdetach", &["-saveall", "c.pdf"], at);
    let attached = fs::read(at.join(format!("{}.cert.json", record.digest().hex()))).unwrap();
    assert_eq!(attached, certificate.as_bytes());
    run("pdftoppm", &["-r", "200", "-png", "-singlefile", "c.pdf", "c"], at);
    let code = String::from_utf8(run("zbarimg", &["--quiet", "--raw", "c.png"], at)).unwrap();
    let code: QrText = code.trim_end().parse().unwrap();
    assert_eq!((code.record, code.certificate), (record, Digest::of(certificate.as_bytes())));
    assert_eq!(code.log, chain.genesis.origin().unwrap());
    assert_eq!(code.log.chain(), chain.id());
}

#[test]
fn only_evidence_that_holds_is_printed() {
    let chain = SmallChain::new("refused");
    let below = chain.certificate_by(0, &[0, 1]);
    let refused = render(below.to_json().as_bytes());
    assert!(matches!(refused, Err(PdfError::Invalid { step: "checkpoint", .. })), "{refused:?}");
    assert!(matches!(render(b"{}"), Err(PdfError::Certificate(_))));
    let bare = Certificate { envelope: None, ..chain.certificate(0) };
    assert!(render(bare.to_json().as_bytes()).is_ok());
}

//! Stock tools read the page: poppler its text and attachment, zbar its QR code.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::payload::RecordType;
use biaozheng_ledger::record::Record;
use biaozheng_ledger_scenes::chain::{SmallChain, test_key};
use biaozheng_pdf::{PdfError, QrText, Surroundings, named_in, render, render_with};

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
    assert!(pdf.len() < 220_000, "{} bytes: the font is reduced to what the page uses", pdf.len());
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

/// The certificate of a record with this type and body, by the keys that sign record 0.
fn certificate_of(label: &str, record_type: &str, body: serde_json::Value) -> String {
    let mut chain = SmallChain::new(label);
    let mut payload = chain.payload(0);
    payload.record_type = RecordType::new(record_type).unwrap();
    payload.body = body;
    let record = Record::sign(&payload, &[&test_key("author")]).unwrap();
    chain.append(record, 9, 0);
    chain.certificate_by(chain.records.len() - 1, &[0, 1, 2, 3]).to_json()
}

fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.pdf"), pdf).unwrap();
    String::from_utf8(run("pdftotext", &["-layout", "c.pdf", "-"], folder.path())).unwrap()
}

#[test]
fn the_page_says_who_won_at_which_price_by_name() {
    let body = serde_json::json!({"lots": [
        {"lot": "L1", "bid": {"bidder": "91350100M000200X11", "number": 1}, "price": 90_000_000, "grounds": ["declined"]},
        {"lot": "L2", "bid": {"bidder": "91350100M000300X22", "number": 2}, "price": 5},
    ]});
    let certificate = certificate_of("award", "award.notified/1", body);
    let bare = text_of(&render(certificate.as_bytes()).unwrap());
    for expected in [
        "中标通知书 Award notified",
        "中标人 Winner：91350100M000200X11",
        "900,000.00 元（以人民币计",
        "90000000 最小货币单位",
    ] {
        assert!(bare.contains(expected), "{expected} is not in {bare}");
    }
    assert!(!bare.contains("取自出具本页的节点"), "no name, no word about names");
    let (named, _) = named_in(certificate.as_bytes()).unwrap();
    assert!(
        named.contains(&"91350100M000200X11".to_owned()) && named.contains(&"91350100M000300X22".to_owned()),
        "{named:?}"
    );
    let names = BTreeMap::from([
        ("91350100M000200X11".to_owned(), "福建鎏堃建设有限公司\u{202e}".to_owned()),
        ("91350100M000300X22".to_owned(), "名".repeat(5000)),
    ]);
    let surroundings = Surroundings { names, currency: Some("CNY".into()) };
    let pdf = render_with(certificate.as_bytes(), &surroundings).unwrap();
    assert_eq!(pdf, render_with(certificate.as_bytes(), &surroundings).unwrap(), "the same bytes every time");
    let text = text_of(&pdf);
    for expected in [
        "福建鎏堃建设有限公司〓U+202E（91350100M000200X11）",
        "中标价 Awarded price：900,000.00 元",
        "中标价 Awarded price：0.05 元",
        "中标候选人放弃中标",
        "取自出具本页的节点的登记",
    ] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
    assert!(!text.contains("最小货币单位"), "the currency is known");
}

#[test]
fn a_long_and_hostile_body_stays_on_its_page_and_says_what_is_left_out() {
    let lots: Vec<_> = (0..400).map(|at| serde_json::json!({"lot": format!("L{at}"), "price": at})).collect();
    let deep = (0..13).fold(serde_json::json!(1), |inner, _| serde_json::json!({ "x": inner }));
    let body = serde_json::json!({"a_field_nobody_knows": "长".repeat(5000), "deep": deep, "lots": lots});
    let certificate = certificate_of("long", "some.thing/1", body);
    let pdf = render(certificate.as_bytes()).unwrap();
    let text = text_of(&pdf);
    assert!(text.contains("a_field_nobody_knows：长长") && text.contains("其余内容见附件"), "{text}");
    assert_eq!(text.matches('\u{c}').count(), 1, "one page");
    assert!(text.contains("附件 Attachment"), "what stands below the content is still there");
    // The code can still be read, so nothing was printed over it.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.pdf"), &pdf).unwrap();
    run("pdftoppm", &["-r", "200", "-png", "-singlefile", "c.pdf", "c"], folder.path());
    let code = run("zbarimg", &["--quiet", "--raw", "c.png"], folder.path());
    assert!(String::from_utf8(code).unwrap().trim_end().parse::<QrText>().is_ok());
}

const FONT: &[u8] = include_bytes!("../font/certificate.otf");
const GENERAL: &str = include_str!("../font/lists/general.txt");
const LEVEL_1: &str = include_str!("../font/lists/level1.txt");

#[test]
fn every_character_of_both_lists_has_a_glyph() {
    use skrifa::MetadataProvider as _;
    let font = skrifa::FontRef::new(FONT).unwrap();
    let (glyphs, outlines) = (font.charmap(), font.outline_glyphs());
    let (general, level_1): (Vec<char>, Vec<char>) =
        (GENERAL.trim_end().chars().collect(), LEVEL_1.trim_end().chars().collect());
    assert_eq!((general.len(), level_1.len()), (8105, 28_493));
    for character in general.iter().chain(&level_1) {
        let glyph =
            glyphs.map(*character).unwrap_or_else(|| panic!("{character} U+{:04X}", u32::from(*character)));
        assert!(
            glyph.to_u32() > 0 && outlines.get(glyph).is_some(),
            "{character} U+{:04X}",
            u32::from(*character)
        );
    }
    let (one, all): (std::collections::BTreeSet<_>, std::collections::BTreeSet<_>) =
        (level_1.iter().collect(), level_1.iter().chain(&general).collect());
    assert_eq!(all.len() - one.len(), 196, "level 2 is level 1 and 196 characters of the general table");
}

#[test]
fn names_of_every_part_of_the_lists_come_back_out_of_the_page() {
    let certificate = certificate_of("glyphs", "evidence.recorded/1", serde_json::json!({"org": "N"}));
    let rare = "喆堃镕玥昇𬭼𫖮𠮷".replace('𠮷', "");
    // Some of every part, and the names that were 〓U+… until now.
    let sample: Vec<char> = GENERAL
        .trim_end()
        .chars()
        .step_by(211)
        .chain(LEVEL_1.trim_end().chars().skip(7000).step_by(397))
        .filter(|one| u32::from(*one) > 0x3400)
        .collect();
    let texts: Vec<String> = sample.chunks(24).map(|part| part.iter().collect()).chain([rare]).collect();
    assert!(texts.len() > 3);
    for part in texts {
        let surroundings =
            Surroundings { names: BTreeMap::from([("N".to_owned(), part.clone())]), currency: None };
        let text = text_of(&render_with(certificate.as_bytes(), &surroundings).unwrap());
        assert!(text.contains(&format!("{part}（N）")) && !text.contains('〓'), "{part} is not in {text}");
    }
}

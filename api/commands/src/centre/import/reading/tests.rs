//! Files as publishers hand them out, and broken ones: every good item is given, every bad one is named.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// What a file of these bytes holds: place behind the file's name, and the item or why there is none.
fn read(bytes: &[u8]) -> Vec<(String, Result<String, String>)> {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("f");
    std::fs::write(&path, bytes).unwrap();
    let mut reading = Reading::open(&path).unwrap();
    let mut found = Vec::new();
    while let Some(items) = reading.next_items() {
        found.extend(items);
    }
    let name = path.display().to_string();
    found.into_iter().map(|(place, item)| (place.replacen(&name, "f", 1), item)).collect()
}

fn good(place: &str, text: &str) -> (String, Result<String, String>) {
    (place.to_owned(), Ok(text.to_owned()))
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

const ONE: &str = r#"{"ocid":"a 1", "value": 1.50}"#;
const TWO: &str = r#"{"ocid":"标段-2","tender":{"title":""}}"#;

#[test]
fn lines_documents_and_packages_give_the_same_items() {
    for text in [
        format!("{ONE}\n{TWO}\n"),
        format!("\u{feff}{ONE}\r\n\r\n  {TWO}  \r\n\n"),
        format!("\u{1e}{ONE}\n\u{1e}{TWO}"),
    ] {
        for bytes in [text.clone().into_bytes(), packed(text.as_bytes())] {
            let items: Vec<_> = read(&bytes).into_iter().map(|(_, item)| item.unwrap()).collect();
            assert_eq!(items, [ONE, TWO], "{text:?}");
        }
    }
    // Two members of gzip are one file.
    let halves = [packed(format!("{ONE}\n").as_bytes()), packed(TWO.as_bytes())].concat();
    assert_eq!(read(&halves), [good("f line 1", ONE), good("f line 2", TWO)]);
    let package = format!("{{\"uri\":\"x\",\"releases\":[{ONE},\n {TWO}]}}");
    let over_lines =
        format!("{{\n \"publisher\": {{\"ocid\": 1}},\n \"releases\": [\n {ONE},\n {TWO}\n ]\n}}\n");
    for whole in [package, over_lines] {
        assert_eq!(read(whole.as_bytes()), [good("f, release 1", ONE), good("f, release 2", TWO)]);
    }
    let records = format!("{{\"records\":[{ONE},{TWO}]}}");
    let two_lines = format!("{records}\n{{\"releases\":[{TWO}]}}");
    assert_eq!(
        read(two_lines.as_bytes()),
        [good("f line 1, record 1", ONE), good("f line 1, record 2", TWO), good("f line 2, release 1", TWO)]
    );
    assert_eq!(read(format!("[\n{ONE},\n{TWO}]").as_bytes())[1], good("f, item 2", TWO));
    // A record stays whole, and so does one release over many lines.
    let record = format!("{{\"ocid\":\"a\",\"releases\":[{ONE}]}}");
    assert_eq!(read(record.as_bytes()), [good("f line 1", &record)]);
    let spread = "{\n  \"ocid\": \"a\"\n}";
    assert_eq!(read(format!("{spread}\n").as_bytes()), [good("f", spread)]);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_given() {
    let bad = |found: &(String, Result<String, String>)| found.1.is_err();
    let middle = [ONE.as_bytes(), b"\n{\"ocid\"\n\xff\xfe\n", TWO.as_bytes()].concat();
    let found = read(&middle);
    assert_eq!((found.len(), &found[0], &found[3]), (4, &good("f line 1", ONE), &good("f line 4", TWO)));
    assert!(bad(&found[1]) && bad(&found[2]));
    // Also where the first line is the bad one.
    let first = format!("{{\"ocid\": \n{ONE}\n{TWO}");
    let found = read(first.as_bytes());
    assert_eq!(found[1..], [good("f line 2", ONE), good("f line 3", TWO)]);
    assert!(bad(&found[0]));
    // A document that is none is one fault and not one a line.
    let found = read(b"{\n \"releases\": [\n {\"id\": 1}\n {\"id\": 2}\n ]\n}\n");
    assert!(found.len() == 1 && bad(&found[0]), "{found:?}");
    let wide: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = read(&wide);
    assert!(found[0].1.clone().unwrap_err().contains("UTF-16"), "{found:?}");
    // A download that broke off: what came before stands.
    let text = format!("{ONE}\n").repeat(20_000);
    let whole = packed(text.as_bytes());
    let found = read(&whole[..whole.len() - 12]);
    assert_eq!(found[0], good("f line 1", ONE));
    assert!(found.last().unwrap().1.clone().unwrap_err().contains("cannot be read on"));
    // One item too long in a package, and on a line.
    let long = format!("{{\"ocid\":\"{}\"}}", "x".repeat(ITEM_BYTES_MAX));
    let found = read(format!("{{\"releases\":[{long},{ONE}]}}").as_bytes());
    assert!(bad(&found[0]) && found[1] == good("f line 1, release 2", ONE));
    let found = read(format!("{ONE}\n{long}\n{TWO}").as_bytes());
    assert!(bad(&found[1]) && found[2] == good("f line 3", TWO));
    assert_eq!(read(b"\n\n"), []);
    assert_eq!(read(b"{\"releases\":[]}"), []);
}

#[test]
fn a_line_without_an_end_is_passed_without_being_held() {
    let mut reading = Reading {
        path: "f".into(),
        lines: Box::new(BufReader::new(
            io::Cursor::new(format!("{ONE}\n"))
                .chain(io::repeat(b'x').take(1005))
                .chain(io::Cursor::new(format!("\n{TWO}\n"))),
        )),
        number: 0,
        most: 1000,
        judged: false,
    };
    let mut found = Vec::new();
    while let Some(items) = reading.next_items() {
        found.extend(items);
    }
    assert_eq!((&found[0], &found[2]), (&good("f line 1", ONE), &good("f line 3", TWO)));
    assert!(found[1].1.clone().unwrap_err().contains("longer than"), "{:?}", found[1]);
}

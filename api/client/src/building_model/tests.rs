//! Model files as programs write them, plain and packed.

#![allow(clippy::cast_possible_truncation, reason = "small archives")]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::*;

const MODEL: &str = "ISO-10303-21;HEADER;FILE_SCHEMA(('IFC4x3_ADD2'));ENDSEC;DATA;ENDSEC;END-ISO-10303-21;";
const XML: &str = "<ifcXML xmlns=\"http://www.buildingsmart-tech.org/ifcXML/IFC4/Add2\"></ifcXML>";

/// A ZIP archive of these members, stored or deflated; checksums are left out, which no reader of heads asks for.
fn archive(members: &[(&str, &[u8])], method: u16) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for (name, content) in members {
        let packed = if method == 8 {
            let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
            deflate.write_all(content).unwrap();
            deflate.finish().unwrap()
        } else {
            content.to_vec()
        };
        let at = bytes.len() as u32;
        let common = |into: &mut Vec<u8>| {
            into.extend([20, 0, 0, 0]);
            into.extend(method.to_le_bytes());
            into.extend([0; 8]);
            into.extend((packed.len() as u32).to_le_bytes());
            into.extend((content.len() as u32).to_le_bytes());
            into.extend((name.len() as u16).to_le_bytes());
            into.extend([0; 2]);
        };
        bytes.extend(b"PK\x03\x04");
        common(&mut bytes);
        bytes.extend(name.as_bytes());
        bytes.extend(&packed);
        list.extend(b"PK\x01\x02\x14\0");
        common(&mut list);
        list.extend([0; 10]);
        list.extend(at.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let at = bytes.len() as u32;
    bytes.extend(&list);
    bytes.extend(b"PK\x05\x06");
    bytes.extend([0; 4]);
    bytes.extend([members.len() as u8, 0, members.len() as u8, 0]);
    bytes.extend((list.len() as u32).to_le_bytes());
    bytes.extend(at.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

fn described(bytes: &[u8]) -> Result<ModelReference, ModelFileError> {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("model");
    std::fs::write(&path, bytes).unwrap();
    describe(&path)
}

fn schema(bytes: &[u8]) -> String {
    described(bytes).unwrap().schema.as_str().to_owned()
}

#[test]
fn a_packed_model_states_its_version_and_is_named_by_the_file_that_is_handed_in() {
    for method in [0, 8] {
        let packed = archive(&[("模型/station.IFC", MODEL.as_bytes())], method);
        let found = described(&packed).unwrap();
        assert_eq!((found.schema.as_str(), found.size), ("IFC4X3_ADD2", packed.len() as u64));
        assert_eq!(*found.digest.digest(), biaozheng_ledger::digest::Digest::of(&packed));
        assert_eq!(schema(&archive(&[("a.ifcXML", XML.as_bytes())], method)), "IFC4_ADD2");
        let beside: [(&str, &[u8]); 4] =
            [("a/", b""), ("__MACOSX/a/._m.ifc", b"x"), ("a/m.ifc", MODEL.as_bytes()), ("a/t.png", b"y")];
        assert_eq!(schema(&archive(&beside, method)), "IFC4X3_ADD2");
    }
    assert_eq!(schema(MODEL.as_bytes()), "IFC4X3_ADD2");
    assert_eq!(schema(XML.as_bytes()), "IFC4_ADD2");
    let long =
        MODEL.replacen("HEADER;", &format!("HEADER;FILE_DESCRIPTION(('{}'),'2;1');", "x".repeat(300_000)), 1);
    assert_eq!(schema(long.as_bytes()), "IFC4X3_ADD2");
    assert_eq!(schema(&archive(&[("m.ifc", long.as_bytes())], 8)), "IFC4X3_ADD2");
}

#[test]
fn what_is_no_model_is_told() {
    let one = ("m.ifc", MODEL.as_bytes());
    let models = |bytes: &[u8]| match described(bytes).unwrap_err() {
        ModelFileError::Zip { reason: ZipError::Models(count), .. } => count,
        other => panic!("{other}"),
    };
    assert_eq!(models(&archive(&[one, ("n.ifc", MODEL.as_bytes())], 8)), 2);
    assert_eq!(models(&archive(&[("m.txt", MODEL.as_bytes())], 8)), 0);
    let zip_error = |bytes: &[u8]| match described(bytes).unwrap_err() {
        ModelFileError::Zip { reason, .. } => reason,
        other => panic!("{other}"),
    };
    assert!(matches!(zip_error(&archive(&[one], 99)), ZipError::Method));
    assert!(matches!(zip_error(b"PK\x03\x04"), ZipError::Damaged));
    assert_eq!(models(&archive(&[], 8)), 0);
    assert!(matches!(described(b"PK"), Err(ModelFileError::Head { .. })));
    let whole = archive(&[one], 0);
    let mut sealed = whole.clone();
    let flags = whole.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap() + 8;
    sealed[flags] |= 1;
    assert!(matches!(zip_error(&sealed), ZipError::Method));
    // Cut anywhere, or with any byte of its list set to all ones, it is an error or the model, and nothing panics.
    for end in 0..whole.len() {
        assert!(described(&whole[..end]).is_err(), "{end}");
    }
    for at in 0..whole.len() {
        let mut other = whole.clone();
        other[at] = 0xff;
        let _ = described(&other);
    }
    // What inflates to more than any head may be is read no further than that.
    let bomb = format!("ISO-10303-21;HEADER;/*{}", " ".repeat(2 * HEAD_BYTES_MAX));
    let packed = archive(&[("m.ifc", bomb.as_bytes())], 8);
    assert!(packed.len() < 100_000, "{}", packed.len());
    assert!(matches!(described(&packed), Err(ModelFileError::Head { reason: IfcError::NoSchema, .. })));
    assert!(matches!(described(b"hello"), Err(ModelFileError::Head { .. })));
}

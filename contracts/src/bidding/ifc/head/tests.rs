//! Heads as programs write them.

use super::*;

fn head(schema: &str) -> String {
    format!(
        "ISO-10303-21;\r\nHEADER;\n/* FILE_SCHEMA(('IFC2X3')); */\nFILE_DESCRIPTION(('it''s FILE_SCHEMA((''IFC1''));'),'2;1');\n\
         FILE_NAME('站.ifc','2026-11-01T08:00:00',(''),(''),'','','');\n{schema}\nENDSEC;\nDATA;\nFILE_SCHEMA(('IFC9'));"
    )
}

fn of(file: &str) -> Result<String, IfcError> {
    schema_of(file.as_bytes()).map(|found| found.as_str().to_owned())
}

#[test]
fn the_schema_of_the_head_is_found_outside_texts_and_comments() {
    let of = |schema: &str| of(&head(schema));
    for (written, name) in [
        ("FILE_SCHEMA(('IFC4X3_ADD2'));", "IFC4X3_ADD2"),
        ("FILE_SCHEMA ( ( 'IFC2X3' ) ) ;", "IFC2X3"),
        ("FILE_SCHEMA(('IFC4 {1 0 10303 1}'));", "IFC4"),
        ("FILE_SCHEMA(('IFC4X3_DEV_7e95fe8'));", "IFC4X3_DEV_7E95FE8"),
        ("File_Schema(('ifc2x3'));", "IFC2X3"),
        ("FILE_SCHEMA(('','IFC4',''));", "IFC4"),
        ("FILE_SCHEMA((' ', ' IFC4 '));", "IFC4"),
        ("FILE_SCHEMA(('IFC4','ifc4'));", "IFC4"),
        ("FILE_SCHEMA(/*'*/('IF\r\nC4'));", "IFC4"),
        ("\\N\\FILE_SCHEMA(('\\X\\49FC4'));", "IFC4"),
        ("FILE_SCHEMA(('\\X2\\004900460043\\X0\\4'));", "IFC4"),
    ] {
        assert_eq!(of(written).as_deref(), Ok(name), "{written}");
    }
    assert_eq!(of("FILE_SCHEMA(('AUTOMOTIVE_DESIGN'));"), Err(IfcError::Schema));
    for none in [
        "",
        "FILE_SCHEMA(('IFC4','IFC2X3'));",
        "FILE_SCHEMA(());",
        "FILE_SCHEMA((''));",
        "FILE_SCHEMA($);",
        "FILE_SCHEMA(('IFC4'));FILE_SCHEMA(('IFC4'));",
    ] {
        assert_eq!(of(none), Err(IfcError::NoSchema), "{none}");
    }
}

#[test]
fn texts_of_the_head_may_hold_every_directive() {
    let name = |name: &str| {
        format!(
            "ISO-10303-21;HEADER;FILE_DESCRIPTION((''),'2;1');FILE_NAME('{name}','',(''),(''),'','','');\
             FILE_SCHEMA(('IFC4'));ENDSEC;"
        )
    };
    // § in the middle and at the end, 大 byte by byte, a path of Windows doubled as it should be and not doubled.
    for text in [
        "Plan \\S\\'3.ifc",
        "Plan \\S\\'",
        "\\S\\e\\S\\$\\S\\'.ifc",
        "\\S\\4\\S\\s",
        "C:\\\\S\\\\",
        "C:\\S\\",
        "C:\\S\\''s",
        "\\X2\\5927\\X0\\\\PA\\''",
    ] {
        assert_eq!(of(&name(text)).as_deref(), Ok("IFC4"), "{text}");
    }
    // What a text says is no statement of the head.
    let said = name("\\S\\');FILE_SCHEMA((''IFC9''));ENDSEC;");
    assert_eq!(of(&said).as_deref(), Ok("IFC4"), "{said}");
}

/// The inputs of the field, as they came.
#[test]
fn files_that_other_readers_take_are_taken() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/outside/ifc/");
    for (file, name) in [
        ("bom.ifc", "IFC4X3_ADD2"),
        ("dev_hash.ifc", "IFC4X3_DEV_7E95FE8"),
        ("ifc-section-sign.ifc", "IFC4"),
        ("lower_x.ifc", "IFC2X3"),
    ] {
        let bytes = std::fs::read(format!("{folder}{file}")).unwrap();
        assert_eq!(schema_of(&bytes).unwrap().as_str(), name, "{file}");
    }
}

#[test]
fn what_is_no_exchange_file_is_told() {
    let none: [&[u8]; 7] = [
        b"",
        b"PK\x03\x04",
        b"ISO-10303-21",
        b"ISO-10303-21;DATA;",
        b"<ifcXML/>",
        b"\xff\xfeI\0",
        b"\xef\xbb\xbf",
    ];
    for none in none {
        assert_eq!(schema_of(none), Err(IfcError::NotExchangeFile));
    }
    let whole = head("FILE_SCHEMA(('IFC4'));");
    for end in 0..whole.find("ENDSEC").unwrap() {
        // Cut anywhere, a head is no head, and nothing panics.
        assert!(schema_of(whole.as_bytes().get(..end).unwrap()).is_err(), "{end}");
    }
}

#[test]
fn a_long_head_is_read_as_long_as_it_goes_on() {
    let long = |bytes: usize| {
        let items = "'an item of the description',".repeat(bytes / 29);
        format!(
            "/* {} */ISO-10303-21;HEADER;FILE_DESCRIPTION(({items}''),'2;1');FILE_SCHEMA(('IFC4'));ENDSEC;",
            " ".repeat(bytes)
        )
    };
    let file = long(200_000);
    assert_eq!(of(&file).as_deref(), Ok("IFC4"));
    for part in [1000, 100_000, 250_000, file.len() - 8] {
        assert_eq!(schema_of_part(file.as_bytes().get(..part).unwrap()), None, "{part}");
    }
    assert_eq!(schema_of_part(file.as_bytes()), Some(IfcSchema::new("IFC4")));
    assert_eq!(schema_of_part(b"PK\x03\x04"), Some(Err(IfcError::NotExchangeFile)));
    let endless =
        format!("ISO-10303-21;HEADER;/*{}*/FILE_SCHEMA(('IFC4'));ENDSEC;", " ".repeat(HEAD_BYTES_MAX));
    assert_eq!(of(&endless), Err(IfcError::NoSchema));
}

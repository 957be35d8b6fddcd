//! `strict-json.json`: what the strict parser takes and refuses.

use biaozheng_ledger::json::parse_strict;
use serde::{Deserialize, Serialize};

use crate::{Golden, bytes, check, make};

pub(crate) const GOLDEN: Golden = Golden {
    name: "strict-json.json",
    check: |text| check::<Vec<Case>>(text, judge),
    make: || {
        make(
            "Texts a strict JSON parser takes or refuses. 'hex' in place of 'text' is bytes that are not UTF-8.",
            cases(),
        )
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
    valid: bool,
}

fn judge(cases: &Vec<Case>) {
    assert!(cases.len() > 30);
    for case in cases {
        let text = match (&case.text, &case.hex) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(hex)) => bytes(hex),
            _ => panic!("{}: either text or hex", case.name),
        };
        assert_eq!(parse_strict(&text).is_ok(), case.valid, "{}", case.name);
    }
}

fn cases() -> Vec<Case> {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let many = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
    let good = [
        ("object", "{\"a\":1,\"b\":[true,false,null,\"x\"]}".to_owned()),
        ("largest integer", "9007199254740991".into()),
        ("smallest integer", "-9007199254740991".into()),
        ("zero", "0".into()),
        ("white space", " \t\r\n{ \"a\" : [ ] }\n".into()),
        ("escapes", r#""\u6807\n\/\\\" \ud834\udd1e""#.into()),
        ("chinese", "{\"标\":\"证\"}".into()),
        ("depth 16", nested(16)),
        ("4096 items", many(4096)),
        ("empty key", "{\"\":0}".into()),
    ];
    let bad = [
        ("repeated key", r#"{"a":1,"a":1}"#.to_owned()),
        ("repeated key, once escaped", r#"{"a":1,"\u0061":1}"#.into()),
        ("repeated key deeper", r#"{"a":{"b":1,"b":2}}"#.into()),
        ("fraction", "1.5".into()),
        ("fraction of zero", "1.0".into()),
        ("exponent", "1e3".into()),
        ("negative zero", "-0".into()),
        ("beyond 2^53-1", "9007199254740992".into()),
        ("below -(2^53-1)", "-9007199254740992".into()),
        ("beyond 2^64", "18446744073709551616".into()),
        ("leading zero", "01".into()),
        ("plus", "+1".into()),
        ("hexadecimal", "0x10".into()),
        ("not a number", "NaN".into()),
        ("trailing comma", "[1,]".into()),
        ("comment", "[1/*x*/]".into()),
        ("single quotes", "{'a':1}".into()),
        ("two values", "1 2".into()),
        ("nothing", String::new()),
        ("cut short", "{\"a\":".into()),
        ("byte order mark", "\u{feff}{}".into()),
        ("raw control character", "\"a\nb\"".into()),
        ("lone surrogate", r#""\ud834""#.into()),
        ("lone low surrogate", r#""\udd1e""#.into()),
        ("unknown escape", r#""\x41""#.into()),
        ("no-break space between", "[1,\u{a0}2]".into()),
        ("depth 17", nested(17)),
        ("4097 items", many(4097)),
    ];
    let case = |valid: bool| {
        move |(name, text): (&str, String)| Case { name: name.into(), text: Some(text), hex: None, valid }
    };
    let mut cases: Vec<Case> =
        good.into_iter().map(case(true)).chain(bad.into_iter().map(case(false))).collect();
    for (name, hex) in
        [("stray byte", "22ff22"), ("overlong", "22c0af22"), ("encoded surrogate", "22eda08022")]
    {
        cases.push(Case { name: name.into(), text: None, hex: Some(hex.into()), valid: false });
    }
    cases
}

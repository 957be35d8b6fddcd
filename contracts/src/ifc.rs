//! The head of a building model in the IFC exchange format (ISO 16739-1, as a file of ISO 10303-21): of which schema it is.
//!
//! ```text
//! ISO-10303-21;
//! HEADER;
//! FILE_DESCRIPTION(('ViewDefinition [ReferenceView]'),'2;1');
//! FILE_NAME('station.ifc','2026-11-01T08:00:00',(''),(''),'','','');
//! FILE_SCHEMA(('IFC4X3_ADD2'));
//! ENDSEC;
//! DATA;
//! ```
//! Only the head is read, at most [`HEAD_BYTES_MAX`]. Whether the rest is a sound model is the committee's to judge; that
//! it is the bidder's own is what the digest in its sealed bid says.

use biaozheng_ledger::ids::DocumentDigest;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer, Serialize};

/// How much of a file is looked at for its head. Bytes.
pub const HEAD_BYTES_MAX: usize = 64 * 1024;
const SCHEMA_BYTES_MAX: usize = 24;

/// A schema's name as a file states it, such as `IFC4X3_ADD2`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(transparent)]
pub struct IfcSchema(String);

/// Why a file's head, or a schema's name, is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IfcError {
    #[error("an IFC schema's name is 'IFC' and capitals, digits or '_', at most 24 characters 不是IFC版本名")]
    Schema,
    #[error(
        "the file does not begin with 'ISO-10303-21; HEADER;': it is no IFC exchange file 不是IFC交换文件"
    )]
    NotExchangeFile,
    #[error(
        "the head names no single FILE_SCHEMA before its ENDSEC within 64 KiB 文件头未载明唯一的FILE_SCHEMA"
    )]
    NoSchema,
}

impl IfcSchema {
    /// # Errors
    /// [`IfcError::Schema`].
    pub fn new(text: &str) -> Result<Self, IfcError> {
        let known = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        let fits = text.len() <= SCHEMA_BYTES_MAX
            && text.len() > 3
            && text.starts_with("IFC")
            && text.bytes().all(known);
        if fits { Ok(Self(text.to_owned())) } else { Err(IfcError::Schema) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

biaozheng_ledger::inline_schema!(IfcSchema, {
    "type": "string", "pattern": "^IFC[A-Z0-9_]+$", "maxLength": SCHEMA_BYTES_MAX,
    "description": "A version of IFC, such as IFC4 or IFC4X3_ADD2.",
});

impl<'de> Deserialize<'de> for IfcSchema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&<String as Deserialize>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A model as a bid names it: the file by digest and size, and the schema its head states.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct ModelReference {
    pub digest: DocumentDigest,
    /// Bytes.
    pub size: u64,
    pub schema: IfcSchema,
}

/// The schema an exchange file's head states (ISO 10303-21, 8.2.4). Give the file's first [`HEAD_BYTES_MAX`] bytes.
///
/// # Errors
/// [`IfcError`]: no exchange file, or none with exactly one IFC schema.
pub fn schema_of(head: &[u8]) -> Result<IfcSchema, IfcError> {
    let mut tokens = Tokens { rest: head.get(..HEAD_BYTES_MAX).unwrap_or(head) };
    for expected in
        [Token::Word(b"ISO-10303-21"), Token::Mark(b';'), Token::Word(b"HEADER"), Token::Mark(b';')]
    {
        if tokens.next() != Some(expected) {
            return Err(IfcError::NotExchangeFile);
        }
    }
    let mut found = None;
    while let Some(token) = tokens.next() {
        match token {
            Token::Word(b"ENDSEC") => return found.ok_or(IfcError::NoSchema),
            Token::Word(b"FILE_SCHEMA") if found.is_none() => found = Some(tokens.one_schema()?),
            Token::Word(b"FILE_SCHEMA") => return Err(IfcError::NoSchema),
            _ => {}
        }
    }
    Err(IfcError::NoSchema)
}

/// A lexical unit of the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a [u8]),
    /// Between its quotes, doubled quotes as they stand.
    Text(&'a [u8]),
    Mark(u8),
}

struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// Past white space and comments.
    fn skip(&mut self) {
        loop {
            let blank = self.rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            self.take(blank);
            if !self.rest.starts_with(b"/*") {
                return;
            }
            let end = self.rest.windows(2).position(|pair| pair == b"*/");
            self.take(end.map_or(self.rest.len(), |end| end.saturating_add(2)));
        }
    }

    /// `(('IFC4'))`, with nothing but one schema of IFC in it.
    fn one_schema(&mut self) -> Result<IfcSchema, IfcError> {
        let (open, close) = (Some(Token::Mark(b'(')), Some(Token::Mark(b')')));
        let opens = self.next() == open && self.next() == open;
        let name = self.next();
        let closes = self.next() == close && self.next() == close && self.next() == Some(Token::Mark(b';'));
        match name {
            Some(Token::Text(text)) if opens && closes => {
                let text = std::str::from_utf8(text).map_err(|_| IfcError::Schema)?;
                // Some tools add the schema's object identifier behind the name.
                IfcSchema::new(text.split([' ', '{']).next().unwrap_or_default())
            }
            _ => Err(IfcError::NoSchema),
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip();
        let first = *self.rest.first()?;
        let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'_' | b'-');
        let word = self.rest.iter().take_while(is_word).count();
        if word > 0 {
            return Some(Token::Word(self.take(word)));
        }
        self.take(1);
        if first != b'\'' {
            return Some(Token::Mark(first));
        }
        // A quote inside is doubled; a text that does not end is no token.
        let mut length = 0usize;
        loop {
            length = length.checked_add(self.rest.get(length..)?.iter().position(|byte| *byte == b'\'')?)?;
            if self.rest.get(length.checked_add(1)?) != Some(&b'\'') {
                let text = self.take(length);
                self.take(1);
                return Some(Token::Text(text));
            }
            length = length.checked_add(2)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(schema: &str) -> String {
        format!(
            "ISO-10303-21;\r\nHEADER;\n/* FILE_SCHEMA(('IFC2X3')); */\nFILE_DESCRIPTION(('it''s FILE_SCHEMA((''IFC1''));'),'2;1');\n\
             FILE_NAME('站.ifc','2026-11-01T08:00:00',(''),(''),'','','');\n{schema}\nENDSEC;\nDATA;\nFILE_SCHEMA(('IFC9'));"
        )
    }

    #[test]
    fn the_schema_of_the_head_is_found_outside_texts_and_comments() {
        let of = |schema: &str| schema_of(head(schema).as_bytes()).map(|found| found.as_str().to_owned());
        assert_eq!(of("FILE_SCHEMA(('IFC4X3_ADD2'));").unwrap(), "IFC4X3_ADD2");
        assert_eq!(of("FILE_SCHEMA ( ( 'IFC2X3' ) ) ;").unwrap(), "IFC2X3");
        assert_eq!(of("FILE_SCHEMA(('IFC4 {1 0 10303 1}'));").unwrap(), "IFC4");
        assert_eq!(of("FILE_SCHEMA(('AUTOMOTIVE_DESIGN'));"), Err(IfcError::Schema));
        for none in [
            "",
            "FILE_SCHEMA(('IFC4','IFC2X3'));",
            "FILE_SCHEMA(());",
            "FILE_SCHEMA(('IFC4'));FILE_SCHEMA(('IFC4'));",
        ] {
            assert_eq!(of(none), Err(IfcError::NoSchema), "{none}");
        }
    }

    #[test]
    fn what_is_no_exchange_file_is_told() {
        for none in [&b""[..], b"PK\x03\x04", b"ISO-10303-21", b"ISO-10303-21;DATA;", b"<ifcXML/>"] {
            assert_eq!(schema_of(none), Err(IfcError::NotExchangeFile));
        }
        let whole = head("FILE_SCHEMA(('IFC4'));");
        for end in 0..whole.find("ENDSEC").unwrap() {
            // Cut anywhere, a head is no head, and nothing panics.
            assert!(schema_of(whole.as_bytes().get(..end).unwrap()).is_err(), "{end}");
        }
        let far =
            format!("ISO-10303-21;HEADER;/*{}*/FILE_SCHEMA(('IFC4'));ENDSEC;", " ".repeat(HEAD_BYTES_MAX));
        assert_eq!(schema_of(far.as_bytes()), Err(IfcError::NoSchema));
    }
}

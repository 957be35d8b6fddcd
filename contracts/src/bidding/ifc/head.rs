//! The head of an exchange file (ISO 10303-21): of which schema it is.
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
//! Only the head is read, as long as it goes on and at most [`HEAD_BYTES_MAX`]. A byte order mark, small letters in
//! keywords, comments and empty names in the list change nothing.

use crate::bidding::ifc::text::Reading;
use crate::bidding::ifc::{IfcError, IfcSchema, text};

/// How much of a file is looked at for its head. Bytes.
pub const HEAD_BYTES_MAX: usize = 16 * 1024 * 1024;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The schema an exchange file's head states (ISO 10303-21, 8.2.4). Give the file, or its first [`HEAD_BYTES_MAX`] bytes.
///
/// A head that does not come to its end by the standard's reading of texts is read once more with every reverse solidus
/// as any other character.
///
/// # Errors
/// [`IfcError`]: no exchange file, or none with exactly one IFC schema.
pub fn schema_of(head: &[u8]) -> Result<IfcSchema, IfcError> {
    let head = head.get(..HEAD_BYTES_MAX).unwrap_or(head);
    let standard = read(head, Reading::Directives).unwrap_or(Err(IfcError::NoSchema));
    match standard {
        Err(IfcError::NoSchema | IfcError::Schema) => {
            let plain = read(head, Reading::Plain).and_then(Result::ok);
            plain.map_or(standard, Ok)
        }
        judged => judged,
    }
}

/// The same of a file's first part; nothing while the head goes on: give more then, and everything at last to
/// [`schema_of`].
#[must_use]
pub fn schema_of_part(part: &[u8]) -> Option<Result<IfcSchema, IfcError>> {
    match read(part, Reading::Directives)? {
        Err(IfcError::NoSchema | IfcError::Schema) => Some(schema_of(part)),
        judged => Some(judged),
    }
}

/// Nothing when the bytes end before the head does.
fn read(head: &[u8], reading: Reading) -> Option<Result<IfcSchema, IfcError>> {
    let mut tokens = Tokens { rest: head.strip_prefix(BOM).unwrap_or(head), reading };
    for expected in
        [Token::Word(b"ISO-10303-21"), Token::Mark(b';'), Token::Word(b"HEADER"), Token::Mark(b';')]
    {
        match tokens.next() {
            Some(token) if token.is(&expected) => {}
            None if tokens.in_comment() => return None,
            _ => return Some(Err(IfcError::NotExchangeFile)),
        }
    }
    let mut found = None;
    loop {
        match tokens.next()? {
            token if token.is(&Token::Word(b"ENDSEC")) => {
                return Some(found.ok_or(IfcError::NoSchema));
            }
            token if token.is(&Token::Word(b"FILE_SCHEMA")) => {
                if found.is_some() {
                    return Some(Err(IfcError::NoSchema));
                }
                match tokens.one_schema()? {
                    Ok(schema) => found = Some(schema),
                    Err(error) => return Some(Err(error)),
                }
            }
            _ => {}
        }
    }
}

/// A lexical unit of the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a [u8]),
    /// Between its apostrophes, as it stands.
    Text(&'a [u8]),
    Mark(u8),
}

impl Token<'_> {
    /// Equal, keywords in letters of either case.
    fn is(&self, other: &Token<'_>) -> bool {
        match (self, other) {
            (Token::Word(one), Token::Word(other)) => one.eq_ignore_ascii_case(other),
            _ => self == other,
        }
    }
}

struct Tokens<'a> {
    rest: &'a [u8],
    reading: Reading,
}

impl<'a> Tokens<'a> {
    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// Whether the bytes ended inside a comment, or there was nothing but white space and comments.
    fn in_comment(&self) -> bool {
        self.rest.starts_with(b"/*")
    }

    /// Past white space, comments and the print directives of the standard's first edition; stays at a comment that does
    /// not end.
    fn skip(&mut self) {
        loop {
            let blank = self.rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            self.take(blank);
            let passed = match self.rest {
                [b'/', b'*', inside @ ..] => match inside.windows(2).position(|pair| pair == b"*/") {
                    Some(end) => end.saturating_add(4),
                    None => return,
                },
                [b'\\', b'N' | b'F', b'\\', ..] => 3,
                _ => return,
            };
            self.take(passed);
        }
    }

    /// `(('IFC4'))`, with nothing but one schema of IFC in it; empty names and a name twice change nothing.
    fn one_schema(&mut self) -> Option<Result<IfcSchema, IfcError>> {
        for _ in 0..2 {
            if self.next()? != Token::Mark(b'(') {
                return Some(Err(IfcError::NoSchema));
            }
        }
        let mut found: Option<IfcSchema> = None;
        loop {
            match self.next()? {
                Token::Mark(b',') => {}
                Token::Mark(b')') => break,
                Token::Text(text) => {
                    let text = text::decoded(text);
                    // Some tools add the schema's object identifier behind the name.
                    let name = text.trim().split([' ', '{']).next().unwrap_or_default();
                    if name.is_empty() {
                        continue;
                    }
                    match IfcSchema::new(name) {
                        Ok(schema) if found.as_ref().is_none_or(|found| *found == schema) => {
                            found = Some(schema);
                        }
                        Ok(_) => return Some(Err(IfcError::NoSchema)),
                        Err(error) => return Some(Err(error)),
                    }
                }
                _ => return Some(Err(IfcError::NoSchema)),
            }
        }
        let closes = self.next()? == Token::Mark(b')') && self.next()? == Token::Mark(b';');
        Some(found.filter(|_| closes).ok_or(IfcError::NoSchema))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip();
        let first = *self.rest.first()?;
        if self.in_comment() {
            return None;
        }
        let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'_' | b'-');
        let word = self.rest.iter().take_while(is_word).count();
        if word > 0 {
            return Some(Token::Word(self.take(word)));
        }
        if first != b'\'' {
            self.take(1);
            return Some(Token::Mark(first));
        }
        // A text that does not end is no token.
        let inside = self.rest.get(1..)?;
        let length = text::length(inside, self.reading)?;
        self.take(length.checked_add(2)?);
        inside.get(..length).map(Token::Text)
    }
}

#[cfg(test)]
mod tests;

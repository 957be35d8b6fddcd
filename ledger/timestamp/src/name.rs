//! Names of certificates (RFC 5280 §4.1.2.4): which are the same, and how people read them.
//!
//! **Invariant:** a name only says which keys to try; whether one signed is for the signature to say. Texts are compared as
//! RFC 5280 §7.1 asks, in the part that authorities need: whatever string type, without regard to the case of ASCII
//! letters and to the number of spaces.

use core::fmt::Write as _;

use der::Tag;
use x509_cert::der::Decode;

use crate::TokenError;
use crate::cursor::Cursor;

/// Of a name that is no name, this many digits are shown.
const SHOWN_DIGITS: usize = 40;

/// One name.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    der: Vec<u8>,
    compared: Vec<Vec<(Vec<u8>, Text)>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Text {
    Folded(String),
    /// Tag, length and value as they stand.
    Raw(Vec<u8>),
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.compared == other.compared
    }
}

impl Name {
    pub(crate) fn read(der: &[u8]) -> Result<Self, TokenError> {
        let mut sets = Cursor::of_sequence(der, "a name")?;
        let mut compared = Vec::new();
        while !sets.is_empty() {
            let mut set = Cursor::new(sets.value(Tag::Set)?, "a name")?;
            let mut pairs = Vec::new();
            while !set.is_empty() {
                let mut pair = set.sequence()?;
                let object = pair.object()?.as_bytes().to_vec();
                let (tag, value, raw) = pair.any()?;
                pair.end()?;
                pairs
                    .push((object, folded(tag, value).map_or_else(|| Text::Raw(raw.to_vec()), Text::Folded)));
            }
            pairs.sort();
            compared.push(pairs);
        }
        Ok(Self { der: der.to_vec(), compared })
    }

    /// True for exactly these bytes.
    pub(crate) fn is_spelled(&self, der: &[u8]) -> bool {
        self.der == der
    }

    /// As RFC 4514 writes it, for people; nothing is decided by it.
    pub(crate) fn shown(&self) -> String {
        x509_cert::name::Name::from_der(&self.der).map_or_else(
            |_| {
                self.der.iter().take(SHOWN_DIGITS / 2).fold(String::new(), |mut text, byte| {
                    let _ = write!(text, "{byte:02x}");
                    text
                })
            },
            |name| name.to_string(),
        )
    }
}

fn folded(tag: Tag, value: &[u8]) -> Option<String> {
    let text = match tag {
        Tag::Utf8String => str::from_utf8(value).ok()?.to_owned(),
        Tag::PrintableString | Tag::Ia5String | Tag::VisibleString if value.is_ascii() => {
            str::from_utf8(value).ok()?.to_owned()
        }
        Tag::BmpString => {
            let (pairs, rest) = value.as_chunks::<2>();
            if !rest.is_empty() {
                return None;
            }
            let units = pairs.iter().map(|pair| char::from_u32(u32::from(u16::from_be_bytes(*pair))));
            units.collect::<Option<String>>()?
        }
        _ => return None,
    };
    let space = |letter: char| matches!(letter, ' ' | '\t'..='\r');
    let words: Vec<String> =
        text.split(space).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    Some(words.join(" "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::cast_possible_truncation)]
    use super::Name;

    fn name(tag: u8, text: &[u8]) -> Name {
        let value = [&[tag, text.len() as u8], text].concat();
        let pair = [&[0x30, value.len() as u8 + 5, 6, 3, 0x55, 4, 3], value.as_slice()].concat();
        let set = [&[0x31, pair.len() as u8], pair.as_slice()].concat();
        Name::read(&[&[0x30, set.len() as u8], set.as_slice()].concat()).unwrap()
    }

    #[test]
    fn the_same_name_in_other_types_cases_and_spaces() {
        let one = name(0x0c, b"Stamping  Root");
        for (tag, text) in
            [(0x13, &b"stamping root"[..]), (0x16, b" STAMPING ROOT "), (0x1a, b"Stamping Root")]
        {
            assert!(one == name(tag, text), "{tag}");
        }
        assert!(name(0x1e, b"\0A\0b") == name(0x0c, b"aB"));
        for other in [name(0x0c, b"Stamping Roots"), name(0x14, b"Stamping Root"), name(0x1e, b"\0A\0")] {
            assert!(one != other);
        }
        assert!(name(0x0c, "Ä".as_bytes()) != name(0x0c, "ä".as_bytes()));
        assert_eq!(one.shown(), "CN=Stamping  Root");
    }
}

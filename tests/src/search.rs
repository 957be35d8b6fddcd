//! Looks for words in bytes, in every form in which they might stand there.
//!
//! Forms: as they are; hexadecimal in both cases; base64 and base64url at each of the three alignments; base64 of base64 (an
//! envelope's payload holds an entry in base64); UTF-16 in both byte orders.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem::Finder;

/// Shorter words would be found by chance.
const WORD_BYTES_MIN: usize = 12;

/// One word in one form.
#[derive(Debug)]
struct Form {
    word: String,
    form: String,
    finder: Finder<'static>,
    length: usize,
}

/// Words to look for.
#[derive(Debug, Default)]
pub struct Words(Vec<Form>);

/// The characters of an encoding that depend on these bytes only, for each number of bytes that may stand before them.
fn aligned(bytes: &[u8], encode: impl Fn(&[u8]) -> String) -> impl Iterator<Item = Vec<u8>> {
    (0..3usize).map(move |before| {
        let text = encode(&[&vec![0; before], bytes].concat());
        let (from, to) = ((before * 8).div_ceil(6), (before + bytes.len()) * 8 / 6);
        text.as_bytes()[from..to].to_vec()
    })
}

impl Words {
    /// Adds a word under a name that tells what it is.
    ///
    /// # Panics
    /// For a word so short that it would be found by chance.
    #[must_use]
    pub fn with(mut self, name: &str, word: &[u8]) -> Self {
        assert!(word.len() >= WORD_BYTES_MIN, "{name} is too short");
        let standard = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
        let mut forms = vec![("plain".to_owned(), word.to_vec())];
        forms.push(("hex".to_owned(), hex::encode(word).into_bytes()));
        forms.push(("HEX".to_owned(), hex::encode_upper(word).into_bytes()));
        for (place, once) in aligned(word, standard).enumerate() {
            forms.extend(aligned(&once, standard).map(|twice| (format!("base64² {place}"), twice)));
            forms.push((format!("base64 {place}"), once));
        }
        forms.extend(
            aligned(word, |bytes| URL_SAFE_NO_PAD.encode(bytes)).map(|it| ("base64url".to_owned(), it)),
        );
        forms.push(("UTF-16LE".to_owned(), word.iter().flat_map(|byte| [*byte, 0]).collect()));
        forms.push(("UTF-16BE".to_owned(), word.iter().flat_map(|byte| [0, *byte]).collect()));
        let mut seen = BTreeSet::new();
        for (form, bytes) in forms {
            if seen.insert(bytes.clone()) {
                let (word, length) = (name.to_owned(), bytes.len());
                self.0.push(Form { word, form, finder: Finder::new(&bytes).into_owned(), length });
            }
        }
        self
    }

    /// Which words stand in the bytes, and in which form.
    #[must_use]
    pub fn in_bytes(&self, bytes: &[u8]) -> BTreeSet<String> {
        let found = self.0.iter().filter(|form| form.finder.find(bytes).is_some());
        found.map(|form| format!("{} ({})", form.word, form.form)).collect()
    }

    /// Bytes of the longest form: by how much neighbouring pieces must overlap.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.0.iter().map(|form| form.length).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_every_form_wherever_it_stands() {
        let word = b"CANARY-0123456789";
        let words = Words::default().with("canary", word);
        for before in 0..7 {
            for after in 0..4 {
                let text = [vec![b'x'; before], word.to_vec(), vec![b'y'; after]].concat();
                let once = STANDARD_NO_PAD.encode(&text);
                let padded =
                    base64::engine::general_purpose::STANDARD.encode(format!("{{\"entry\":\"{once}\"}}"));
                let wide: Vec<u8> =
                    String::from_utf8_lossy(&text).encode_utf16().flat_map(u16::to_le_bytes).collect();
                for bytes in [text, once.into_bytes(), padded.into_bytes(), wide] {
                    assert!(!words.in_bytes(&bytes).is_empty(), "{before} {after}");
                }
            }
        }
        assert!(words.in_bytes(b"CANARY-012345678X").is_empty());
        assert_eq!(words.in_bytes(hex::encode(word).as_bytes()).len(), 1);
    }
}

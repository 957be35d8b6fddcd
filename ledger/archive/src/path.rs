//! Paths inside a bag, and what becomes of a name that a stranger chose.
//!
//! **Invariant:** a [`BagPath`] is relative, has no empty, `.` or `..` part and only characters that every
//! file system keeps as they are, so it can neither leave the bag nor become another file's.

use std::fmt;

use crate::limits::{PATH_BYTES_MAX, PATH_DEPTH_MAX, PATH_PART_BYTES_MAX, SAFE_NAME_BYTES_MAX};

/// A path of a file in the bag, with `/` between its parts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BagPath(String);

/// Why a text is not a path of a bag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a path in the bag has at most {PATH_DEPTH_MAX} parts of ASCII letters, digits, '.', '_', '-' and Chinese characters, none of which begins with '.'"
)]
pub struct PathError;

/// Letters that look the same to every file system: no case folding beyond ASCII, no decomposition.
const fn plain(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '.' | '_' | '-')
        || matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

impl BagPath {
    /// # Errors
    /// [`PathError`] for anything that could leave the bag or that a file system could change.
    pub fn new(text: &str) -> Result<Self, PathError> {
        let part = |part: &str| {
            !part.is_empty()
                && part.len() <= PATH_PART_BYTES_MAX
                && !part.starts_with('.')
                && !part.ends_with('.')
                && part.chars().all(plain)
        };
        if text.len() > PATH_BYTES_MAX
            || text.split('/').count() > PATH_DEPTH_MAX
            || !text.split('/').all(part)
        {
            return Err(PathError);
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Under `data/`: listed in the manifests, not in the tag manifests.
    #[must_use]
    pub fn is_payload(&self) -> bool {
        self.0.starts_with("data/")
    }

    /// A document's file, named by its digest.
    #[must_use]
    pub fn is_document(&self) -> bool {
        self.0.starts_with("data/documents/")
    }
}

impl fmt::Display for BagPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BagPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The readable end of a document's file name: letters, digits, `.`, `_`, `-` and Chinese characters stay,
/// everything else becomes `_`; at most [`SAFE_NAME_BYTES_MAX`] bytes, of which the ending is kept.
#[must_use]
pub fn safe_name(name: &str) -> String {
    let clean: String = name.chars().map(|one| if plain(one) { one } else { '_' }).collect();
    let clean = clean.trim_matches('.');
    let (stem, ending) = match clean.rsplit_once('.') {
        Some((stem, ending)) if (1..=8).contains(&ending.len()) && ending.is_ascii() => (stem, ending),
        _ => (clean, ""),
    };
    let dot = usize::from(!ending.is_empty());
    let room = SAFE_NAME_BYTES_MAX.saturating_sub(ending.len()).saturating_sub(dot);
    let mut out = String::new();
    for character in stem.chars() {
        if out.len().saturating_add(character.len_utf8()) > room {
            break;
        }
        out.push(character);
    }
    let out = out.trim_matches('.').to_owned();
    match (out.is_empty(), ending.is_empty()) {
        (true, true) => "document".to_owned(),
        (true, false) => format!("document.{ending}"),
        (false, true) => out,
        (false, false) => format!("{out}.{ending}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_names_are_neutralised_and_good_ones_stay() {
        for (name, safe) in [
            ("招标公告.pdf", "招标公告.pdf"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("..", "document"),
            ("", "document"),
            ("...pdf", "pdf"),
            ("a\u{202e}fdp.exe", "a_fdp.exe"),
            ("con\u{0}.txt", "con_.txt"),
            ("一二三四五六七八九十一二三四五.docx", "一二三四五六七八九十.docx"),
            ("e\u{301}.pdf", "e_.pdf"),
            ("x y\n.p%0Adf", "x_y_.p_0Adf"),
        ] {
            assert_eq!(safe_name(name), safe, "{name:?}");
        }
    }

    #[test]
    fn paths_that_leave_the_bag_are_refused() {
        for bad in [
            "",
            "/data/a",
            "data/../a",
            "data//a",
            "data/./a",
            "data/.a",
            "a\\b",
            "a:b",
            "a b",
            "data/",
            "a.",
        ] {
            assert!(BagPath::new(bad).is_err(), "{bad:?}");
        }
        assert!(BagPath::new("data/documents/02-tender/ab-招标公告.pdf").is_ok());
        assert!(BagPath::new(&"a/".repeat(6)).is_err());
    }

    proptest! {
        #[test]
        fn every_name_makes_a_path(name in "\\PC{0,80}", digest in "[0-9a-f]{64}") {
            let path = format!("data/documents/02-tender/{digest}-{}", safe_name(&name));
            prop_assert!(BagPath::new(&path).is_ok(), "{path:?}");
        }
    }
}

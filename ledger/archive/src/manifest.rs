//! Manifests of a bag: `<64 hex>  <path>`, one line a file, sorted by path.
//!
//! **Invariant:** one spelling. A manifest that is not what [`write`] makes of its own entries is refused.

use std::collections::BTreeMap;

use biaozheng_ledger::digest::{Digest, DigestAlgorithm};

use crate::limits::FILES_MAX;
use crate::path::BagPath;

/// The algorithms every archive is listed under.
pub const ALGORITHMS: [DigestAlgorithm; 2] = [DigestAlgorithm::Sha256, DigestAlgorithm::Sm3];

/// Why a text is not a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is not '<64 lower-case hexadecimal digits>  <path>', in order of the paths")]
pub struct ManifestError {
    pub line: usize,
}

/// `manifest-sha256.txt`, `tagmanifest-sm3.txt` and so on.
#[must_use]
pub fn name(algorithm: DigestAlgorithm, tags: bool) -> String {
    format!("{}manifest-{}.txt", if tags { "tag" } else { "" }, algorithm.name())
}

/// The text of a manifest.
#[must_use]
pub fn write<'a>(entries: impl IntoIterator<Item = (&'a BagPath, Digest)>) -> Vec<u8> {
    let mut out = Vec::new();
    for (path, digest) in entries {
        out.extend_from_slice(format!("{}  {path}\n", digest.hex()).as_bytes());
    }
    out
}

/// Reads a manifest.
///
/// # Errors
/// [`ManifestError`] with the line, counted from 1.
pub fn read(algorithm: DigestAlgorithm, text: &[u8]) -> Result<BTreeMap<BagPath, Digest>, ManifestError> {
    let mut entries: BTreeMap<BagPath, Digest> = BTreeMap::new();
    let text = std::str::from_utf8(text).map_err(|_| ManifestError { line: 0 })?;
    for (index, line) in text.split_terminator('\n').enumerate() {
        let refuse = || ManifestError { line: index.saturating_add(1) };
        let (hex, path) = line.split_once("  ").ok_or_else(refuse)?;
        let digest =
            Digest::parse(algorithm, &format!("{}:{hex}", algorithm.name())).map_err(|_| refuse())?;
        let path = BagPath::new(path).map_err(|_| refuse())?;
        let ordered = entries.last_key_value().is_none_or(|(last, _)| *last < path);
        if !ordered || entries.len() >= FILES_MAX {
            return Err(refuse());
        }
        entries.insert(path, digest);
    }
    if !text.is_empty() && !text.ends_with('\n') {
        return Err(ManifestError { line: entries.len() });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_only() {
        let (one, two) = (BagPath::new("data/a").unwrap(), BagPath::new("data/b").unwrap());
        let entries = [(&one, Digest::of(b"1")), (&two, Digest::of(b"2"))];
        let text = String::from_utf8(write(entries)).unwrap();
        assert_eq!(read(DigestAlgorithm::Sha256, text.as_bytes()).unwrap().len(), 2);
        let swapped: String = text.lines().rev().map(|line| format!("{line}\n")).collect();
        for bad in [
            text.to_uppercase(),
            text.trim_end().to_owned(),
            text.replace("  ", " "),
            text.replace("  ", "   "),
            swapped,
            format!("{text}{text}"),
            format!("{text}\n"),
            text.replace("data/a", "../a"),
            text.replace('\n', "\r\n"),
        ] {
            assert!(read(DigestAlgorithm::Sha256, bad.as_bytes()).is_err(), "{bad}");
        }
    }
}

//! What is allowed, as `bounds.txt` says: numbers that may fall and never rise.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};

pub(crate) const FILE_LINES_MAX: usize = 400;
pub(crate) const FUNCTION_LINES_MAX: usize = 70;
/// Files that may import one another in a circle where `bounds.txt` names no number.
const CIRCLE_MAX: usize = 8;

pub(crate) struct Bounds {
    pub(crate) long_files: usize,
    pub(crate) long_functions: usize,
    pub(crate) path_includes: usize,
    circles: BTreeMap<String, usize>,
}

impl Bounds {
    /// Lines `WHAT NUMBER`, and `circle CRATE NUMBER`; `#` begins a comment.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut bounds =
            Self { long_files: 0, long_functions: 0, path_includes: 0, circles: BTreeMap::new() };
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default().trim();
            match line.split_whitespace().collect::<Vec<_>>().as_slice() {
                [] => {}
                ["files-over-400", number] => bounds.long_files = number.parse()?,
                ["functions-over-70", number] => bounds.long_functions = number.parse()?,
                ["path-includes", number] => bounds.path_includes = number.parse()?,
                ["circle", name, number] => {
                    bounds.circles.insert((*name).to_owned(), number.parse()?);
                }
                _ => bail!("not a bound: {line}"),
            }
        }
        Ok(bounds)
    }

    pub(crate) fn circle(&self, name: &str) -> usize {
        self.circles.get(name).copied().unwrap_or(CIRCLE_MAX)
    }

    /// Notes a broken bound, with the places.
    pub(crate) fn hold(&self, what: &str, places: Vec<String>, allowed: usize, broken: &mut Vec<String>) {
        if places.len() > allowed {
            broken.push(format!(
                "{what}: {}, {allowed} are allowed:\n  {}",
                places.len(),
                places.join("\n  ")
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_not_allowed() {
        let bounds = Bounds::parse("# why\nfunctions-over-70 3 # three\ncircle node 10\n").unwrap();
        assert_eq!((bounds.long_files, bounds.long_functions, bounds.path_includes), (0, 3, 0));
        assert_eq!((bounds.circle("node"), bounds.circle("ledger")), (10, CIRCLE_MAX));
        assert!(Bounds::parse("functions 3").is_err());
        let mut broken = Vec::new();
        bounds.hold("functions", vec!["a".into(); 3], bounds.long_functions, &mut broken);
        assert_eq!(broken.len(), 0);
        bounds.hold("functions", vec!["a".into(); 4], bounds.long_functions, &mut broken);
        assert_eq!(broken.len(), 1);
    }
}

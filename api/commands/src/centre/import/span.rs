//! Where the values of a JSON text stand in it, so that a release inside a package is known by its very own bytes.
//!
//! **Invariant:** the text was found to be JSON before; on anything else these functions give less, never a panic.

use std::ops::Range;

/// The members of an object, or nothing where the text is none: each name as written between its quotes, and where its
/// value stands.
pub(super) fn members(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = Cursor { text: text.as_bytes(), at: 0 };
    if !at.enter(b'{') {
        return found;
    }
    while let Some(name) = at.value() {
        at.pass(b':');
        let Some(value) = at.value() else { break };
        let within = name.start.saturating_add(1)..name.end.saturating_sub(1);
        found.push((text.get(within).unwrap_or_default(), value));
        if !at.pass(b',') {
            break;
        }
    }
    found
}

/// Where the elements of an array stand, or nothing where the text is none.
pub(super) fn elements(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = Cursor { text: text.as_bytes(), at: 0 };
    if !at.enter(b'[') {
        return found;
    }
    while let Some(value) = at.value() {
        found.push(value);
        if !at.pass(b',') {
            break;
        }
    }
    found
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.step();
        }
    }

    /// Past this mark, where it comes next.
    fn pass(&mut self, mark: u8) -> bool {
        self.blank();
        let found = self.peek() == Some(mark);
        self.at = self.at.saturating_add(usize::from(found));
        found
    }

    fn enter(&mut self, mark: u8) -> bool {
        self.pass(mark)
    }

    /// The next value: a text, a whole object or array, or a word.
    fn value(&mut self) -> Option<Range<usize>> {
        self.blank();
        let start = self.at;
        let mut depth = 0usize;
        loop {
            match self.peek()? {
                b'"' => self.string()?,
                b'{' | b'[' => {
                    depth = depth.saturating_add(1);
                    self.step();
                }
                b'}' | b']' if depth == 0 => return (self.at > start).then_some(start..self.at),
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    self.step();
                }
                b',' | b':' if depth == 0 => return Some(start..self.at),
                byte if depth == 0 && byte.is_ascii_whitespace() => return Some(start..self.at),
                _ => {
                    self.step();
                    continue;
                }
            }
            let word_goes_on = self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric());
            if depth == 0 && !word_goes_on {
                return Some(start..self.at);
            }
        }
    }

    /// Past a text; nothing where it does not end.
    fn string(&mut self) -> Option<()> {
        self.step();
        loop {
            let byte = self.peek()?;
            self.step();
            match byte {
                b'"' => return Some(()),
                b'\\' => self.step(),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_they_are_written() {
        let text = " {\"a\" : [1, {\"b\":\"]}\\\"\"}, \"x,y\" ] ,\"c\":null,\n\"d\\\"\": {} , \"e\":-1.50e3}";
        let all: Vec<_> = members(text).into_iter().map(|(name, at)| (name, &text[at])).collect();
        assert_eq!(
            all,
            [("a", "[1, {\"b\":\"]}\\\"\"}, \"x,y\" ]"), ("c", "null"), ("d\\\"", "{}"), ("e", "-1.50e3")]
        );
        let list = all[0].1;
        let parts: Vec<_> = elements(list).into_iter().map(|at| &list[at]).collect();
        assert_eq!(parts, ["1", "{\"b\":\"]}\\\"\"}", "\"x,y\""]);
        for empty in ["", "[]", "{}", "1", "[", "{", "{\"a\"", "\"", "[\"\\"] {
            assert!(elements(empty).is_empty() && members(empty).is_empty(), "{empty}");
        }
    }
}

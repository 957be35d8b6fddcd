//! What the embedded font can show: ASCII, 通用规范汉字表, GB 18030-2022 levels 1 and 2, and a few marks.

use std::sync::OnceLock;

/// Noto Sans CJK SC, reduced by `font/make`; SIL Open Font License 1.1 in `font/OFL.txt`.
pub(crate) const FONT: &[u8] = include_bytes!("../font/certificate.otf");
/// Its characters in order.
const CHARACTERS: &str = include_str!("../font/characters.txt");

/// Marks that hide or reorder text are named even where the font has a glyph for them.
fn acts_on_text(one: char) -> bool {
    one.is_control()
        || matches!(one, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

fn has(one: char) -> bool {
    static KNOWN: OnceLock<Vec<char>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| CHARACTERS.trim_end_matches('\n').chars().collect());
    !acts_on_text(one) && known.binary_search(&one).is_ok()
}

/// The text with each character that the font lacks written as `〓` and its number: `〓U+2A6A5`.
pub(crate) fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if has(character) {
            out.push(character);
        } else {
            out.push_str(&format!("〓U+{:04X}", u32::from(character)));
        }
    }
    out
}

/// Breaks a text into lines of at most `half_widths`, where a Chinese character counts two; between words where
/// a line has a space in its last third.
pub(crate) fn lines(text: &str, half_widths: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0usize;
    for character in shown(text).chars() {
        let width = if character.is_ascii() { 1 } else { 2 };
        if used.saturating_add(width) > half_widths {
            let space = lines
                .last()
                .and_then(|line| line.rfind(' ').filter(|at| *at > line.len().saturating_mul(2) / 3));
            let word = match (space, lines.last_mut()) {
                (Some(at), Some(line)) => line.split_off(at).trim_start().to_owned(),
                _ => String::new(),
            };
            used = word.chars().map(|one| if one.is_ascii() { 1 } else { 2 }).fold(0, usize::saturating_add);
            lines.push(word);
        }
        used = used.saturating_add(width);
        if let Some(line) = lines.last_mut() {
            line.push(character);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_and_hostile_characters_are_named() {
        assert_eq!(shown("标证 Certificate №1"), "标证 Certificate №1");
        assert_eq!(shown("𪚥\u{202e}\n"), "〓U+2A6A5〓U+202E〓U+000A");
        assert_eq!(shown("喆堃镕玥昇𬭼𫖮"), "喆堃镕玥昇𬭼𫖮");
        assert_eq!(lines("一二三abc", 5), ["一二", "三abc"]);
        assert_eq!(lines("one two three", 9), ["one two", "three"]);
    }
}

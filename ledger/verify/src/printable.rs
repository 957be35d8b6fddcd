//! Makes hostile text harmless to print.

/// Longest text that is printed whole, characters.
const CHARACTERS_MAX: usize = 600;

/// The text with every control, escape, bidirectional override, zero-width, combining or unassigned
/// character written out as `\u{…}`, and no longer than 600 characters. Chinese and other letters stay.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (count, character) in text.chars().enumerate() {
        if count >= CHARACTERS_MAX {
            out.push('…');
            break;
        }
        match character {
            '"' | '\'' | '\\' => out.push(character),
            other => out.extend(other.escape_debug()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_acts_on_a_terminal_and_keeps_what_reads() {
        assert_eq!(printable("标证 \"a'b\" C:\\x, 第57条"), "标证 \"a'b\" C:\\x, 第57条");
        let hostile =
            "\u{1b}[2J\u{202e}dilav\u{2066}\u{200b}\u{9b}0m\r\n\u{7f}\u{feff}e\u{301}\u{e0041}\u{2028}";
        let shown = printable(hostile);
        assert!(shown.chars().all(|c| c.is_ascii() && !c.is_ascii_control()), "{shown}");
        assert!(shown.starts_with("\\u{1b}[2J\\u{202e}dilav\\u{2066}"));
        assert_eq!(printable(&"长".repeat(5000)).chars().count(), 601);
    }
}

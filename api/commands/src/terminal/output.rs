//! Lines for people and programs. A reader that hung up (`| head`) ends the output, not the program.
//!
//! **Invariant:** what others wrote is shown to who signs as it stands: [`visible`] names what hides or reorders text.

use std::fmt::Display;
use std::io::Write as _;

use super::naming::own;

/// A line of result.
pub fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Text of result as it is.
pub fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// A line of error or advice; what it says to type next names the program that is running.
pub fn complain(line: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{}", own(&line.to_string()));
}

/// What moves the cursor, hides or reorders text, as the certificates' PDF and the pages take it.
fn acts_on_text(one: char) -> bool {
    one.is_control()
        || matches!(one,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Text of others for a line of a terminal: what acts on text is written as its number, `U+202E`.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        if acts_on_text(one) {
            out.push_str(&format!("U+{:04X}", u32::from(one)));
        } else {
            out.push(one);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_hides_or_reorders_text_is_named() {
        assert_eq!(visible("路面标段 A-1, 90%"), "路面标段 A-1, 90%");
        assert_eq!(visible("a\u{202e}b\u{2066}c\u{2069}"), "aU+202EbU+2066cU+2069");
        assert_eq!(visible("1\u{200b}2\u{2028}3\u{2029}4\u{feff}"), "1U+200B2U+20283U+20294U+FEFF");
        assert_eq!(visible("\u{1b}[2J\u{9b}m\r\n"), "U+001B[2JU+009BmU+000DU+000A");
    }
}

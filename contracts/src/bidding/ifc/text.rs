//! Texts of ISO 10303-21, 6.4.3: where one ends, and what it says.
//!
//! ```text
//! ''            an apostrophe                     \\            a reverse solidus
//! \S\c          c of the page's upper half        \PA\          the page from here on, A to I (ISO 8859-1 to -9)
//! \X\hh         a character of ISO 10646 row 0    \X2\hhhh…\X0\, \X4\hhhhhhhh…\X0\  characters of ISO 10646
//! ```
//! `\S\'` is the section sign and ends no text; programs that know no directives write `C:\S\'` and mean the end.

/// How a text's reverse solidi are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// As the standard says.
    Directives,
    /// As any other character.
    Plain,
}

/// Where a text ends whose opening apostrophe is passed; nothing while it goes on.
pub(super) fn length(bytes: &[u8], reading: Reading) -> Option<usize> {
    let mut at = 0usize;
    loop {
        let rest = bytes.get(at..)?;
        let taken = match rest {
            [b'\'', b'\'', ..] => 2,
            // Whether it is doubled is still to come.
            [b'\''] | [] => return (!rest.is_empty()).then_some(at),
            [b'\'', ..] => return Some(at),
            [b'\\', b'S', b'\\', _, ..] if reading == Reading::Directives => 4,
            [b'\\', b'\\', ..] if reading == Reading::Directives => 2,
            _ => 1,
        };
        at = at.checked_add(taken)?;
    }
}

/// What a text says. Pages beside the first give U+FFFD for their letters: no name of a schema has any.
pub(super) fn decoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut rest = bytes;
    let mut first_page = true;
    while let Some(byte) = rest.first().copied() {
        let (said, taken) = match rest {
            [b'\'', b'\'', ..] => ("'".to_owned(), 2),
            [b'\\', b'\\', ..] => ("\\".to_owned(), 2),
            [b'\\', b'S', b'\\', low, ..] => (upper_half(*low, first_page), 4),
            [b'\\', b'P', page, b'\\', ..] => {
                first_page = *page == b'A';
                (String::new(), 4)
            }
            [b'\\', b'X', b'\\', high, low, ..] => (hexadecimal(&[*high, *low]), 5),
            [b'\\', b'X', b'2', b'\\', wide @ ..] => widened(wide, 4),
            [b'\\', b'X', b'4', b'\\', wide @ ..] => widened(wide, 8),
            [b'\\', b'N' | b'F', b'\\', ..] => (String::new(), 3),
            _ if byte.is_ascii_control() => (String::new(), 1),
            _ if byte.is_ascii() => (char::from(byte).to_string(), 1),
            _ => (char::REPLACEMENT_CHARACTER.to_string(), 1),
        };
        text.push_str(&said);
        rest = rest.get(taken..).unwrap_or_default();
    }
    text
}

fn upper_half(low: u8, first_page: bool) -> String {
    let upper = low.checked_add(0x80).filter(|_| first_page);
    upper.map_or(char::REPLACEMENT_CHARACTER, char::from).to_string()
}

/// Characters of so many digits each up to `\X0\`, and how many bytes the whole directive has.
fn widened(bytes: &[u8], digits: usize) -> (String, usize) {
    let end = bytes.windows(4).position(|four| four == b"\\X0\\").unwrap_or(bytes.len());
    let text = bytes.get(..end).unwrap_or_default().chunks(digits).map(hexadecimal).collect();
    (text, end.saturating_add(8))
}

fn hexadecimal(digits: &[u8]) -> String {
    let number = std::str::from_utf8(digits).ok().and_then(|text| u32::from_str_radix(text, 16).ok());
    number.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_end_where_the_standard_says() {
        let strict = |text: &str| length(text.as_bytes(), Reading::Directives);
        assert_eq!(strict("Plan \\S\\'3.ifc',"), Some(14));
        assert_eq!(strict("\\S\\e\\S\\$\\S\\'.ifc'"), Some(16), "大, byte by byte");
        assert_eq!(strict("Plan \\S\\'',"), Some(9));
        assert_eq!(strict("it''s'"), Some(5));
        assert_eq!(strict("C:\\\\S\\\\',"), Some(7));
        assert_eq!(strict("C:\\S\\',"), None);
        assert_eq!(length(b"C:\\S\\',", Reading::Plain), Some(5));
        assert_eq!(strict(""), None);
    }

    #[test]
    fn texts_say_what_their_directives_mean() {
        assert_eq!(decoded(b"Plan \\S\\'3 it''s \\\\"), "Plan §3 it's \\");
        assert_eq!(decoded(b"\\X\\49\\X2\\00460043\\X0\\4"), "IFC4");
        assert_eq!(decoded(b"\\X2\\5927\\X0\\\\X4\\0001F3E0\\X0\\!"), "大🏠!");
        assert_eq!(decoded(b"\\PE\\\\S\\0\\PA\\I\nFC4"), "\u{fffd}IFC4");
        for end in 0..6 {
            decoded(b"\\X2\\59".get(..end).unwrap());
        }
    }
}

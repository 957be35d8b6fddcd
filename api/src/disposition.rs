//! A document's name and media type as headers. Both come from a record, so from anyone who may sign one: hostile.

use axum::http::HeaderValue;

/// A download under this name, never a page: `attachment; filename="_.pdf"; filename*=UTF-8''%E5%91%8A.pdf`
/// (RFC 6266, RFC 8187).
pub(crate) fn attachment(name: &str) -> HeaderValue {
    let name = harmless(name);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let ascii: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if plain(char::from(byte)) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    HeaderValue::try_from(format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

/// Without what a file system or a reader's eye takes for something else: separators, hidden files, characters that
/// show nothing or turn the direction of writing (so that `exe.fdp` reads as `pdf.exe`).
fn harmless(name: &str) -> String {
    let shown = |c: char| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' => '_',
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{FEFF}' => '_',
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => '_',
        '\u{E0000}'..='\u{E007F}' => '_',
        c if c.is_control() => '_',
        c => c,
    };
    let name: String = name.chars().map(shown).collect();
    let name = name.trim_end_matches(['.', ' ']).trim_start_matches(['.', ' ']);
    if name.is_empty() { "document".to_owned() } else { name.to_owned() }
}

/// `type/subtype` as the record says, without parameters; bytes if it is neither.
pub(crate) fn media_type(text: &str) -> HeaderValue {
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let fine = essence.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype));
    let bytes = HeaderValue::from_static("application/octet-stream");
    if fine { HeaderValue::try_from(essence).unwrap_or(bytes) } else { bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header_nor_deceive() {
        for (name, expected) in [
            ("notice.pdf", "attachment; filename=\"notice.pdf\"; filename*=UTF-8''notice.pdf"),
            ("公告 1.pdf", "attachment; filename=\"___1.pdf\"; filename*=UTF-8''%E5%85%AC%E5%91%8A%201.pdf"),
            (
                "a\"; filename=evil.exe",
                "attachment; filename=\"a___filename_evil.exe\"; filename*=UTF-8''a_%3B%20filename%3Devil.exe",
            ),
            ("x\u{202E}fdp.exe", "attachment; filename=\"x_fdp.exe\"; filename*=UTF-8''x_fdp.exe"),
            ("..\\..\\a", "attachment; filename=\"_.._a\"; filename*=UTF-8''_.._a"),
            (".bashrc", "attachment; filename=\"bashrc\"; filename*=UTF-8''bashrc"),
            ("... ", "attachment; filename=\"document\"; filename*=UTF-8''document"),
            (
                "a\r\nset-cookie: b",
                "attachment; filename=\"a__set-cookie__b\"; filename*=UTF-8''a__set-cookie_%20b",
            ),
        ] {
            assert_eq!(attachment(name).to_str().unwrap(), expected);
        }
    }

    #[test]
    fn a_media_type_is_one_or_becomes_bytes() {
        for (text, expected) in [
            ("application/pdf", "application/pdf"),
            ("text/html; charset=utf-8", "text/html"),
            ("a/b, text/html", "application/octet-stream"),
            ("a/b/c", "application/octet-stream"),
            ("/x", "application/octet-stream"),
        ] {
            assert_eq!(media_type(text).to_str().unwrap(), expected);
        }
    }
}

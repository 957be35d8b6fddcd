//! Certificates in a text file (RFC 7468): each between its BEGIN and END lines, with whatever stands around them.
//!
//! **Invariant:** a block that cannot be read is told and costs no other block.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

const BOM: &[u8] = b"\xef\xbb\xbf";
const DASHES: &[u8] = b"-----";
const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
/// Longest name of a block that is read.
const LABEL_BYTES_MAX: usize = 64;

/// What a block is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Certificate,
    /// A certificate with OpenSSL's word on what it is trusted for.
    Trusted,
    Other,
}

/// One block: its bytes, or why there are none.
pub(crate) type Block = (Label, Result<Vec<u8>, &'static str>);

/// True for a file that has blocks, and not DER.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    bytes.windows(BEGIN.len()).any(|window| window == BEGIN)
}

/// All blocks of a text, in order; more than `most` are not read on.
pub(crate) fn blocks(bytes: &[u8], most: usize) -> Vec<Block> {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let mut found = Vec::new();
    let mut open: Option<(&[u8], Vec<u8>)> = None;
    for line in bytes.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::trim_ascii) {
        if found.len() > most {
            break;
        }
        if let Some(label) = label(line, BEGIN) {
            if let Some((cut, _)) = open.replace((label, Vec::new())) {
                found.push((kind(cut), Err("it has no END line")));
            }
        } else if let Some(label) = label(line, END) {
            if let Some((begun, text)) = open.take() {
                found.push((kind(begun), decoded(begun == label, &text)));
            }
        } else if let Some((_, text)) = &mut open {
            text.extend_from_slice(line);
        }
    }
    if let Some((cut, _)) = open {
        found.push((kind(cut), Err("it has no END line")));
    }
    found
}

fn label<'a>(line: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    let label = line.strip_prefix(start)?.strip_suffix(DASHES)?;
    (label.len() <= LABEL_BYTES_MAX).then_some(label)
}

fn kind(label: &[u8]) -> Label {
    match label {
        b"CERTIFICATE" | b"X509 CERTIFICATE" => Label::Certificate,
        b"TRUSTED CERTIFICATE" => Label::Trusted,
        _ => Label::Other,
    }
}

fn decoded(closed: bool, text: &[u8]) -> Result<Vec<u8>, &'static str> {
    if !closed {
        return Err("its END line is of something else");
    }
    BASE64.decode(text).map_err(|_| "its text is not base64")
}

//! Extensions (RFC 5280 §4.2) of a certificate or of a statement: each at most once.

use der::Tag;
use der::asn1::ObjectIdentifier;

use crate::cursor::Cursor;
use crate::{EXTENSIONS_MAX, TokenError};

/// One extension; what its value means is judged by who knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extension<'a> {
    pub(crate) object: ObjectIdentifier,
    pub(crate) critical: bool,
    pub(crate) value: &'a [u8],
}

/// From the content of the SEQUENCE OF.
pub(crate) fn read<'a>(content: &'a [u8], what: &'static str) -> Result<Vec<Extension<'a>>, TokenError> {
    let mut list = Cursor::new(content, what)?;
    let mut found: Vec<Extension<'a>> = Vec::new();
    while !list.is_empty() {
        let mut one = list.sequence()?;
        let (object, critical) = (one.object()?, one.flag()?);
        let value = one.value(Tag::OctetString)?;
        one.end()?;
        if found.len() >= EXTENSIONS_MAX || found.iter().any(|known| known.object == object) {
            return Err(TokenError::Form("an extension stands twice, or there are too many"));
        }
        found.push(Extension { object, critical, value });
    }
    Ok(found)
}

/// The whole of an extension's value, without its tag, and whether it is critical.
pub(crate) fn inside<'a>(
    extensions: &[Extension<'a>],
    object: ObjectIdentifier,
    tag: Tag,
) -> Result<Option<(&'a [u8], bool)>, TokenError> {
    let Some(found) = extensions.iter().find(|one| one.object == object) else { return Ok(None) };
    let mut whole = Cursor::new(found.value, "an extension")?;
    let value = whole.value(tag)?;
    whole.end()?;
    Ok(Some((value, found.critical)))
}

//! Reading DER one element after another, in the order a structure has them.
//!
//! **Invariant:** definite minimal lengths only (the `der` crate's strictness), no recursion, and [`Cursor::end`]
//! refuses what is left over.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Reader, SliceReader, Tag, TagNumber};

use crate::TokenError;

/// The elements of one constructed value.
pub(crate) struct Cursor<'a> {
    reader: SliceReader<'a>,
    what: &'static str,
}

impl<'a> Cursor<'a> {
    /// Over the elements of `content`; errors name `what`.
    pub(crate) fn new(content: &'a [u8], what: &'static str) -> Result<Self, TokenError> {
        Ok(Self { reader: SliceReader::new(content).map_err(|_| TokenError::Form(what))?, what })
    }

    /// Over the elements of the one SEQUENCE that `bytes` are.
    pub(crate) fn of_sequence(bytes: &'a [u8], what: &'static str) -> Result<Self, TokenError> {
        let mut whole = Self::new(bytes, what)?;
        let content = whole.value(Tag::Sequence)?;
        whole.end()?;
        Self::new(content, what)
    }

    pub(crate) fn refuse(&self) -> TokenError {
        TokenError::Form(self.what)
    }

    fn tag(&self) -> Option<Tag> {
        Tag::peek(&self.reader).ok()
    }

    /// The next element: tag, value, and all of it as it stands.
    pub(crate) fn any(&mut self) -> Result<(Tag, &'a [u8], &'a [u8]), TokenError> {
        let raw = self.raw()?;
        let element = AnyRef::from_der(raw).map_err(|_| self.refuse())?;
        Ok((der::Tagged::tag(&element), element.value(), raw))
    }

    /// The next element as it stands, with tag and length.
    pub(crate) fn raw(&mut self) -> Result<&'a [u8], TokenError> {
        self.reader.tlv_bytes().map_err(|_| TokenError::Form(self.what))
    }

    /// The value of the next element, which has this tag.
    pub(crate) fn value(&mut self, tag: Tag) -> Result<&'a [u8], TokenError> {
        self.optional(tag)?.ok_or_else(|| self.refuse())
    }

    /// As [`Cursor::value`], where the element may be missing.
    pub(crate) fn optional(&mut self, tag: Tag) -> Result<Option<&'a [u8]>, TokenError> {
        if self.tag() != Some(tag) {
            return Ok(None);
        }
        let raw = self.raw()?;
        Ok(Some(AnyRef::from_der(raw).map_err(|_| self.refuse())?.value()))
    }

    pub(crate) fn sequence(&mut self) -> Result<Cursor<'a>, TokenError> {
        Cursor::new(self.value(Tag::Sequence)?, self.what)
    }

    pub(crate) fn object(&mut self) -> Result<ObjectIdentifier, TokenError> {
        let value = self.value(Tag::ObjectIdentifier)?;
        ObjectIdentifier::from_bytes(value).map_err(|_| self.refuse())
    }

    /// An AlgorithmIdentifier's own elements: an object and at most one parameter. What they mean is judged where they are
    /// used.
    pub(crate) fn algorithm(mut self) -> Result<(), TokenError> {
        self.object()?;
        if !self.is_empty() {
            self.raw()?;
        }
        self.end()
    }

    /// A small non-negative INTEGER.
    pub(crate) fn small(&mut self) -> Result<u8, TokenError> {
        match self.value(Tag::Integer)? {
            [number] if *number < 0x80 => Ok(*number),
            _ => Err(self.refuse()),
        }
    }

    /// BOOLEAN DEFAULT FALSE. DER leaves FALSE out; that it is written is taken, for others write it in what they sign.
    pub(crate) fn flag(&mut self) -> Result<bool, TokenError> {
        match self.optional(Tag::Boolean)? {
            None | Some([0]) => Ok(false),
            Some([0xff]) => Ok(true),
            Some(_) => Err(self.refuse()),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.reader.is_finished()
    }

    /// Refuses anything left over.
    pub(crate) fn end(self) -> Result<(), TokenError> {
        if self.is_empty() { Ok(()) } else { Err(self.refuse()) }
    }
}

/// `[number]`, constructed.
pub(crate) const fn constructed(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: true, number: TagNumber(number) }
}

/// `[number]`, primitive.
pub(crate) const fn primitive(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: false, number: TagNumber(number) }
}

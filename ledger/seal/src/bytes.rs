//! How bytes are read and written here: big-endian numbers, length-prefixed fields, nothing left over.
//!
//! **Invariant:** a reader never panics and never takes memory for a length it has not compared with its limit and
//! with the bytes that are there.

/// Why bytes are not an encoding of the type they are read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("the bytes end before {0}")]
    Short(&'static str),
    #[error("bytes follow after {0}")]
    Trailing(&'static str),
    #[error("{what} takes at most {limit} bytes, not {found}")]
    TooLong { what: &'static str, limit: usize, found: usize },
    #[error("these bytes are not {0}, or a version of it this program does not know")]
    Kind(&'static str),
    #[error("{0} is not a valid value")]
    Value(&'static str),
}

/// Reads from the front of a slice.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let (front, rest) = self.0.split_at_checked(length).ok_or(DecodeError::Short(what))?;
        self.0 = rest;
        Ok(front)
    }

    pub(crate) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], DecodeError> {
        self.take(N, what)?.try_into().map_err(|_| DecodeError::Short(what))
    }

    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8, DecodeError> {
        self.array::<1>(what).map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, DecodeError> {
        self.array(what).map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, DecodeError> {
        self.array(what).map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        self.array(what).map(u64::from_be_bytes)
    }

    /// A field behind its length as four bytes.
    pub(crate) fn field(&mut self, limit: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let found = usize::try_from(self.u32(what)?).unwrap_or(usize::MAX);
        if found > limit {
            return Err(DecodeError::TooLong { what, limit, found });
        }
        self.take(found, what)
    }

    /// A field that is an ASCII or UTF-8 text.
    pub(crate) fn text(&mut self, limit: usize, what: &'static str) -> Result<&'a str, DecodeError> {
        std::str::from_utf8(self.field(limit, what)?).map_err(|_| DecodeError::Value(what))
    }

    /// The four letters and the version a file or message opens with.
    pub(crate) fn magic(&mut self, magic: &[u8; 4], what: &'static str) -> Result<(), DecodeError> {
        if self.array::<4>(what)? == *magic { Ok(()) } else { Err(DecodeError::Kind(what)) }
    }

    pub(crate) const fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(crate) const fn end(self, what: &'static str) -> Result<(), DecodeError> {
        if self.0.is_empty() { Ok(()) } else { Err(DecodeError::Trailing(what)) }
    }
}

/// Writes what [`Reader`] reads.
#[derive(Debug, Default, Clone)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// # Panics
    /// For a field of 4 GiB, which every limit of this crate forbids.
    pub(crate) fn field(self, bytes: &[u8]) -> Self {
        let length = u32::try_from(bytes.len()).expect("fields are bounded far below 4 GiB");
        self.raw(&length.to_be_bytes()).raw(bytes)
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Public bytes in a `Debug` text.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_beyond_the_limit_or_the_end_is_refused() {
        let bytes = Writer::default().field(b"abc").finish();
        assert_eq!(Reader::new(&bytes).field(3, "it"), Ok(b"abc".as_slice()));
        assert!(matches!(Reader::new(&bytes).field(2, "it"), Err(DecodeError::TooLong { .. })));
        assert_eq!(Reader::new(&bytes[..6]).field(3, "it"), Err(DecodeError::Short("it")));
        assert_eq!(Reader::new(&bytes).end("it"), Err(DecodeError::Trailing("it")));
    }
}

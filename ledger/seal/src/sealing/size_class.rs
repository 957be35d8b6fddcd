//! Padding to a few sizes, so that a length tells the class and nothing else.

use crate::bytes::DecodeError;
use crate::limits::{OUTER_OVERHEAD_BYTES, SIZE_CLASS_BYTES};

/// One of the sizes of [`SIZE_CLASS_BYTES`], by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SizeClass(u8);

/// The body's length stands before it in four bytes.
pub(super) const LENGTH_BYTES: usize = 4;

impl SizeClass {
    /// All classes, the smallest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0_u8..).take(SIZE_CLASS_BYTES.len()).map(Self)
    }

    /// The smallest class a body fits.
    #[must_use]
    pub fn of(body_bytes: usize) -> Option<Self> {
        Self::all().find(|class| body_bytes <= class.body_bytes_max())
    }

    /// # Errors
    /// For a number that names no class.
    pub fn new(number: u8) -> Result<Self, DecodeError> {
        Self::all().find(|class| class.0 == number).ok_or(DecodeError::Value("size class"))
    }

    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Bytes of the padded body.
    #[must_use]
    pub fn padded_bytes(self) -> usize {
        SIZE_CLASS_BYTES.get(usize::from(self.0)).copied().unwrap_or_default()
    }

    #[must_use]
    pub fn body_bytes_max(self) -> usize {
        self.padded_bytes().saturating_sub(LENGTH_BYTES)
    }

    /// Bytes of the padded outer layer before encryption.
    pub(super) fn outer_bytes(self) -> usize {
        self.padded_bytes().saturating_add(OUTER_OVERHEAD_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_takes_the_smallest_class_that_holds_it() {
        assert_eq!(SizeClass::of(0), SizeClass::new(0).ok());
        assert_eq!(SizeClass::of(1_020), SizeClass::new(0).ok());
        assert_eq!(SizeClass::of(1_021), SizeClass::new(1).ok());
        assert_eq!(SizeClass::of(32_764), SizeClass::new(3).ok());
        assert_eq!(SizeClass::of(32_765), None);
        assert!(SizeClass::new(4).is_err());
    }
}

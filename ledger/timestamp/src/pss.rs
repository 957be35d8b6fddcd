//! RSASSA-PSS-params (RFC 4055 §3.1): the digest, the same digest in the mask, and the salt's length.
//!
//! **Invariant:** the default digest is SHA-1, so parameters that leave it out are refused.

use der::Tag;
use der::asn1::ObjectIdentifier;

use crate::TokenError;
use crate::cursor::{Cursor, constructed};
use crate::hash::HashKind;

const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
/// Where the parameters do not say (RFC 4055 §3.1).
const SALT_BYTES_DEFAULT: u8 = 20;

/// What a key or a signature asks of RSASSA-PSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PssParameters {
    pub(crate) hash: HashKind,
    pub(crate) salt_bytes: usize,
}

impl PssParameters {
    /// From the SEQUENCE that follows the algorithm's object.
    pub(crate) fn read(mut parts: Cursor<'_>) -> Result<Self, TokenError> {
        let refuse = || TokenError::Algorithm("RSASSA-PSS with these parameters");
        let hash = parts.optional(constructed(0))?.ok_or_else(refuse)?;
        let hash = HashKind::read(Cursor::of_sequence(hash, "RSASSA-PSS-params")?)?;
        let mask = parts.optional(constructed(1))?.ok_or_else(refuse)?;
        let mut mask = Cursor::of_sequence(mask, "RSASSA-PSS-params")?;
        if mask.object()? != MGF1 || HashKind::read(mask.sequence()?)? != hash {
            return Err(refuse());
        }
        mask.end()?;
        let mut salt = SALT_BYTES_DEFAULT;
        if let Some(given) = parts.optional(constructed(2))? {
            salt = only_number(given)?;
        }
        if let Some(trailer) = parts.optional(constructed(3))?
            && only_number(trailer)? != 1
        {
            return Err(refuse());
        }
        parts.end()?;
        let salt_bytes = usize::from(salt);
        // FIPS 186-5 §5.4: at most the digest's length.
        if salt_bytes > hash.length() { Err(refuse()) } else { Ok(Self { hash, salt_bytes }) }
    }

    /// True when a key with these parameters allows a signature with the others (RFC 4055 §3.3).
    pub(crate) fn allow(self, signature: Self) -> bool {
        self.hash == signature.hash && self.salt_bytes <= signature.salt_bytes
    }
}

fn only_number(value: &[u8]) -> Result<u8, TokenError> {
    let mut inside = Cursor::new(value, "RSASSA-PSS-params")?;
    let number = inside.small()?;
    inside.end()?;
    Ok(number)
}

/// The parameters that may follow RSASSA-PSS in a key; none allow every signature.
pub(crate) fn of_key(mut algorithm: Cursor<'_>) -> Result<Option<PssParameters>, TokenError> {
    let parameters = algorithm.optional(Tag::Sequence)?;
    algorithm.end()?;
    parameters.map(|given| PssParameters::read(Cursor::new(given, "RSASSA-PSS-params")?)).transpose()
}

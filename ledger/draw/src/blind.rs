//! 暗标: codes that stand for bids until all technical scores are sealed.
//!
//! `code = the first 16 hexadecimal digits of H("biaozheng/blind-code/v1", seed, secret, lot, bidder, number)`. The
//! secret is committed before the seed exists, so the host cannot choose codes, and without it nobody reads them.

use std::fmt;

use biaozheng_ledger::digest::FieldHasher;
use biaozheng_ledger::ids::OrgId;
use serde::{Deserialize, Deserializer, Serialize};

use crate::randomness::Seed;

/// A code on a scrubbed technical part: 16 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct BlindCode(String);

impl BlindCode {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlindCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BlindCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as Deserialize>::deserialize(deserializer)?;
        let plain = |b: u8| b.is_ascii_digit() || matches!(b, b'a'..=b'f');
        if text.len() == 16 && text.bytes().all(plain) {
            return Ok(Self(text));
        }
        Err(serde::de::Error::custom("a code is 16 lower-case hexadecimal digits"))
    }
}

#[cfg(feature = "schema")]
biaozheng_ledger::inline_schema!(BlindCode, {
    "type": "string", "pattern": "^[0-9a-f]{16}$", "description": "A code on a scrubbed technical part.",
});

/// The code of a bidder's bid of this number in a lot.
#[must_use]
pub fn code(seed: &Seed, secret: &[u8; 32], lot: &str, bidder: &OrgId, number: u8) -> BlindCode {
    let digest = FieldHasher::new("biaozheng/blind-code/v1")
        .digest(seed.digest())
        .field(secret)
        .field(lot.as_bytes())
        .field(bidder.as_str().as_bytes())
        .number(u64::from(number))
        .finish();
    BlindCode(digest.hex().chars().take(16).collect())
}

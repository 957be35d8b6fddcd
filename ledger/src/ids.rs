//! Newtypes: a value that exists is valid, and no two kinds can be mixed up.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::{Digest, DigestTextError};
use crate::limits::IDENTIFIER_BYTES_MAX;

macro_rules! digest_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
        pub struct $name(Digest);

        impl $name {
            #[must_use]
            pub const fn new(digest: Digest) -> Self {
                Self(digest)
            }

            #[must_use]
            pub const fn digest(&self) -> &Digest {
                &self.0
            }

            #[must_use]
            pub const fn bytes(&self) -> &[u8; 32] {
                self.0.bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = DigestTextError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

digest_newtype!(
    /// Names a chain for ever: the hash of its genesis.
    ChainId
);
digest_newtype!(
    /// SHA-256 of a record's DSSE pre-authentication encoding.
    RecordId
);
digest_newtype!(
    /// The hash of a block's header: the value validators vote on.
    BlockHash
);
digest_newtype!(
    /// Commits to all key-value state after a block.
    StateRoot
);
digest_newtype!(
    /// Names a public key: hash of its algorithm and bytes.
    KeyId
);
digest_newtype!(
    /// The digest of a document kept outside the chain, or of any other file.
    DocumentDigest
);

/// A block's place in the chain; the genesis has height 0, the first block height 1.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(transparent)]
pub struct Height(u64);

impl Height {
    pub const GENESIS: Self = Self(0);

    #[must_use]
    pub const fn new(value: u64) -> Self {
        Self(value)
    }

    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The next height.
    ///
    /// # Panics
    /// At 2^64 - 1, which a chain of a thousand blocks a second reaches in half a thousand million years.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.checked_add(1).expect("a chain does not live long enough to exhaust 64 bits"))
    }

    #[must_use]
    pub const fn previous(self) -> Option<Self> {
        match self.0.checked_sub(1) {
            Some(value) => Some(Self(value)),
            None => None,
        }
    }
}

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z. Block time; always an argument, never read from a clock here.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(transparent)]
pub struct TimeMs(u64);

impl TimeMs {
    /// JSON numbers beyond 2^53 - 1 are not exact in a browser.
    pub const MAX: Self = Self((1 << 53) - 1);

    #[must_use]
    pub const fn new(value: u64) -> Self {
        Self(value)
    }

    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Whole seconds, rounded down.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0 / 1000
    }

    #[must_use]
    pub const fn saturating_add(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for TimeMs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an identifier is 1 to {IDENTIFIER_BYTES_MAX} of A-Z a-z 0-9 . _ : - and starts with a letter or digit"
)]
pub struct IdentifierError;

macro_rules! identifier_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize)]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// When the text is empty, too long, or has a character outside `A-Za-z0-9._:-`.
            pub fn new(text: &str) -> Result<Self, IdentifierError> {
                let first = text.bytes().next().ok_or(IdentifierError)?;
                let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-');
                if text.len() > IDENTIFIER_BYTES_MAX
                    || !first.is_ascii_alphanumeric()
                    || !text.bytes().all(plain)
                {
                    return Err(IdentifierError);
                }
                Ok(Self(text.to_owned()))
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdentifierError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl BorshDeserialize for $name {
            fn deserialize_reader<R: std::io::Read>(reader: &mut R) -> std::io::Result<Self> {
                let text = <String as BorshDeserialize>::deserialize_reader(reader)?;
                Self::new(&text).map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(&<String as Deserialize>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    };
}

identifier_newtype!(
    /// An organisation or person in a role: 统一社会信用代码 or another registry's number.
    OrgId
);
identifier_newtype!(
    /// A project (one tender procedure and its record chain).
    ProjectId
);
identifier_newtype!(
    /// A camera or microphone of a venue.
    CameraId
);
identifier_newtype!(
    /// One witnessed sitting of a project, such as its opening or a day of its evaluation.
    SittingId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_refuse_what_could_act_in_a_path_page_or_log() {
        assert!(OrgId::new("91350100M000100Y43").is_ok());
        assert!(ProjectId::new("2026-320500-48-01-000123").is_ok());
        for bad in ["", ".hidden", "a/b", "a b", "标", "a\nb", "<b>", &"a".repeat(65)] {
            assert!(ProjectId::new(bad).is_err(), "{bad:?}");
        }
    }
}

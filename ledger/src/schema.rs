//! JSON Schemas of this crate's own spellings, for those who write records (feature `schema`).
//!
//! **Invariant:** a pattern here says exactly what the type's own parser takes.

use crate::evidence::NodeHash;
use crate::ids::{
    BlockHash, CameraId, ChainId, DocumentDigest, Height, OrgId, ProjectId, RecordId, SittingId, TimeMs,
};
use crate::key::PublicKey;

/// As JSON writes integers that every program reads alike.
const INTEGER_MAX: u64 = (1 << 53) - 1;

/// A schema that stands where it is used, for it says little.
#[macro_export]
macro_rules! inline_schema {
    ($name:ty, $($schema:tt)+) => {
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($($schema)+)
            }
        }
    };
}

macro_rules! digests {
    ($($name:ident: $what:literal;)+) => {$(
        inline_schema!($name, {
            "type": "string", "pattern": "^sha256:[0-9a-f]{64}$", "description": $what,
        });
    )+};
}

macro_rules! identifiers {
    ($($name:ident: $what:literal;)+) => {$(
        inline_schema!($name, {
            "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$", "description": $what,
        });
    )+};
}

digests! {
    RecordId: "A record's id.";
    DocumentDigest: "SHA-256 of a document's or text's bytes.";
    ChainId: "A chain's id.";
    BlockHash: "A block's hash.";
    NodeHash: "A hash of the history tree.";
}

identifiers! {
    OrgId: "An organisation's number (统一社会信用代码 or another registry's), or a member's id.";
    ProjectId: "A project's number.";
    SittingId: "A sitting's name.";
    CameraId: "A camera's name.";
}

inline_schema!(TimeMs, {
    "type": "integer", "minimum": 0, "maximum": INTEGER_MAX,
    "description": "Milliseconds since 1970-01-01T00:00:00Z; 1796086800000 is 2026-12-01 09:00 in Beijing.",
});
inline_schema!(Height, {"type": "integer", "minimum": 0, "maximum": INTEGER_MAX, "description": "A block's height."});
inline_schema!(PublicKey, {
    "type": "string", "pattern": "^ed25519:[A-Za-z0-9+/]{43}=$",
    "description": "A public key, as `biaozheng keys show` prints it.",
});

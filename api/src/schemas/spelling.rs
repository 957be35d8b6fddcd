//! How ids, keys, times and amounts are written.

use serde::Deserialize;
use utoipa::ToSchema;

/// SHA-256: the id of a record, document, block or chain, and other digests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(pattern = "^sha256:[0-9a-f]{64}$")]
pub struct Digest(pub String);

/// An organisation, project, camera or sitting.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
pub struct Identifier(pub String);

/// An Ed25519 public key: its 32 bytes in base64.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(pattern = "^ed25519:[A-Za-z0-9+/]{43}=$")]
pub struct PublicKey(pub String);

/// 32 bytes in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(pattern = "^[0-9a-f]{64}$")]
pub struct Hex32(pub String);

/// Bytes in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(pattern = "^([0-9a-f]{2})*$")]
pub struct Hex(pub String);

/// Bytes in standard base64.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(pattern = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")]
pub struct Base64(pub String);

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub struct TimeMs(pub u64);

/// Money in the currency's minor unit: 分 for CNY.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(maximum = 9_007_199_254_740_991_u64)]
pub struct Amount(pub u64);

/// A record type with its version, such as `tender.published/1`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(pattern = "^[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)*/[1-9][0-9]{0,3}$", max_length = 64)]
pub struct RecordType(pub String);

/// A day, such as `2027-02-06`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(format = Date)]
pub struct Day(pub String);

/// A file's bytes.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Bytes(pub Vec<u8>);

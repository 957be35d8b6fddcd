//! C2SP tlog-checkpoint: `origin\nsize\nbase64(root)\n`, no extension lines.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::ids::ChainId;
use crate::merkle::Hash;
use crate::note::check_name;

/// What cosigners sign: the log's name, size and root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub origin: Origin,
    pub size: u64,
    pub root: Hash,
}

/// The log's immutable name: `biaozheng.log/<label>/<chain id, 64 hex>`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin(String);

/// Why a text is not a checkpoint of a Biaozheng log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("an origin is biaozheng.log/<label>/<64 hexadecimal digits>; a label has 1 to 32 of a-z 0-9 -")]
    Origin,
    #[error("a checkpoint is three lines: origin, size in decimal, root in base64")]
    Form,
}

impl Origin {
    /// # Errors
    /// [`CheckpointError::Origin`] when the label has other characters than `a-z 0-9 -`.
    pub fn new(label: &str, chain: &ChainId) -> Result<Self, CheckpointError> {
        format!("biaozheng.log/{label}/{}", chain.digest().hex()).parse()
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The chain this log belongs to.
    #[must_use]
    pub fn chain(&self) -> ChainId {
        let (_, digits) = self.0.rsplit_once('/').expect("checked when made");
        format!("sha256:{digits}").parse().expect("checked when made")
    }
}

impl FromStr for Origin {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = CheckpointError::Origin;
        check_name(text).map_err(|_| refuse)?;
        let (label, digits) =
            text.strip_prefix("biaozheng.log/").and_then(|rest| rest.split_once('/')).ok_or(refuse)?;
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if label.is_empty() || label.len() > 32 || !label.bytes().all(plain) {
            return Err(refuse);
        }
        format!("sha256:{digits}").parse::<ChainId>().map_err(|_| refuse)?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = CheckpointError::Form;
        let mut lines = text.strip_suffix('\n').ok_or(refuse)?.split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(refuse);
        };
        let checkpoint = Self {
            origin: origin.parse()?,
            size: size.parse().map_err(|_| refuse)?,
            root: BASE64.decode(root).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(refuse)?,
        };
        // One spelling only: no '+5', no '007'.
        if checkpoint.to_string() == text { Ok(checkpoint) } else { Err(refuse) }
    }
}

//! C2SP tlog-proof: `c2sp.org/tlog-proof@v1`, `index <n>`, the path leaf to root in base64, an empty line,
//! the signed checkpoint. The optional `extra` line is not used and refused.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::limits::{MERKLE_PATH_MAX, NOTE_BYTES_MAX};
use crate::merkle::Hash;
use crate::note::SignedNote;

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Index, path and cosigned checkpoint; nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    pub index: u64,
    pub path: Vec<Hash>,
    pub checkpoint: SignedNote,
}

/// Why a text is not a tlog-proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a {HEADER}: the header, 'index <n>', at most {MERKLE_PATH_MAX} hashes, an empty line, a signed checkpoint"
)]
pub struct TlogProofError;

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\nindex {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", BASE64.encode(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = TlogProofError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > NOTE_BYTES_MAX.saturating_mul(2) {
            return Err(TlogProofError);
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(TlogProofError)?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(TlogProofError);
        }
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(|number| number.parse().ok())
            .ok_or(TlogProofError)?;
        let path = lines
            .take(MERKLE_PATH_MAX.saturating_add(1))
            .map(|line| {
                BASE64.decode(line).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(TlogProofError)
            })
            .collect::<Result<Vec<Hash>, _>>()?;
        if path.len() > MERKLE_PATH_MAX {
            return Err(TlogProofError);
        }
        let proof = Self { index, path, checkpoint: checkpoint.parse().map_err(|_| TlogProofError)? };
        if proof.to_string() == text { Ok(proof) } else { Err(TlogProofError) }
    }
}

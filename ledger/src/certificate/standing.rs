//! What certificates stand under: a cosigned checkpoint, written down so that the same certificates are made again later,
//! by any node that has the history tree.
//!
//! ```json
//! {"note":"<origin>\n<size>\n<root>\n\n— …\n","witnesses":["<key text>"]}
//! ```
//! `witnesses` is left out where no line is of a witness outside the consortium.
//!
//! **Invariant:** signatures are not judged here: a certificate made by [`Standing::certify`] is verified like any other.

use serde::{Deserialize, Serialize};

use super::Certificate;
use crate::checkpoint::Checkpoint;
use crate::ids::ChainId;
use crate::limits::{STANDING_BYTES_MAX, WITNESSES_PER_CERTIFICATE_MAX};
use crate::merkle::Hash;
use crate::note::{NoteKey, SignedNote};
use crate::tlog_proof::TlogProof;

/// A cosigned checkpoint with the keys of outside witnesses' lines in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "Written", into = "Written")]
pub struct Standing {
    note: SignedNote,
    checkpoint: Checkpoint,
    witnesses: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Written {
    note: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    witnesses: Vec<String>,
}

/// Why this is nothing certificates stand under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a signed checkpoint with at most {WITNESSES_PER_CERTIFICATE_MAX} witnesses' keys, in {STANDING_BYTES_MAX} bytes"
)]
pub struct StandingError;

impl TryFrom<Written> for Standing {
    type Error = StandingError;

    fn try_from(written: Written) -> Result<Self, StandingError> {
        let keys: usize = written.witnesses.iter().map(String::len).sum();
        if written.note.len().saturating_add(keys) > STANDING_BYTES_MAX {
            return Err(StandingError);
        }
        let note: SignedNote = written.note.parse().map_err(|_| StandingError)?;
        Self::new(note, written.witnesses)
    }
}

impl From<Standing> for Written {
    fn from(standing: Standing) -> Self {
        Self { note: standing.note.to_string(), witnesses: standing.witnesses }
    }
}

impl Standing {
    /// # Errors
    /// [`StandingError`]: the note is of no checkpoint, a witness is no key, or it is too large to write down.
    pub fn new(note: SignedNote, witnesses: Vec<String>) -> Result<Self, StandingError> {
        let checkpoint: Checkpoint = note.text.parse().map_err(|_| StandingError)?;
        let written: usize = witnesses.iter().map(String::len).sum();
        let fits = note.to_string().len().saturating_add(written) <= STANDING_BYTES_MAX;
        let keys = witnesses.iter().all(|key| key.parse::<NoteKey>().is_ok());
        if !fits || !keys || witnesses.len() > WITNESSES_PER_CERTIFICATE_MAX {
            return Err(StandingError);
        }
        Ok(Self { note, checkpoint, witnesses })
    }

    /// What a certificate stands under.
    ///
    /// # Errors
    /// [`StandingError`] where its proof has none.
    pub fn of(certificate: &Certificate) -> Result<Self, StandingError> {
        let proof: TlogProof = certificate.proof.parse().map_err(|_| StandingError)?;
        Self::new(proof.checkpoint, certificate.witnesses.clone())
    }

    /// The certificate of the same record under this checkpoint: leaf and path are the record's in the tree of
    /// [`Self::size`]. What dates or anchors another checkpoint is left out.
    #[must_use]
    pub fn certify(&self, certificate: &Certificate, leaf: u64, path: Vec<Hash>) -> Certificate {
        let proof = TlogProof { index: leaf, path, checkpoint: self.note.clone() };
        Certificate {
            proof: proof.to_string(),
            witnesses: self.witnesses.clone(),
            anchors: Vec::new(),
            timestamps: Vec::new(),
            ..certificate.clone()
        }
    }

    /// Leaves of the tree.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// The chain whose checkpoint it is.
    #[must_use]
    pub fn chain(&self) -> ChainId {
        self.checkpoint.origin.chain()
    }

    /// Whether outside witnesses' lines are in it.
    #[must_use]
    pub fn is_witnessed(&self) -> bool {
        !self.witnesses.is_empty()
    }

    /// The cosigned note.
    #[must_use]
    pub const fn note(&self) -> &SignedNote {
        &self.note
    }
}

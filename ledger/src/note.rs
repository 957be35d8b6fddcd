//! C2SP signed notes: text, an empty line, signature lines `— name base64(key id[4] ‖ signature)`.
//!
//! Key text: `name+hex(key id)+base64(algorithm ‖ public key)`; key id = first four bytes of
//! `SHA-256(name ‖ 0x0A ‖ algorithm ‖ public key)`. Algorithms here: 0x01 Ed25519 over the text, 0x04
//! cosignature/v1 (`cosignature/v1\ntime <seconds>\n` before the text; eight bytes of time before the signature).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

use crate::key::{KeyError, PublicKey, SecretKey, Signature, VerifyingKey};
use crate::limits::{NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX};

/// What a note key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum NoteAlgorithm {
    /// The note's text.
    Ed25519 = 1,
    /// C2SP tlog-cosignature: the text behind a header with a time.
    CosignatureV1 = 4,
}

/// A note verifier's key with its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoteKey {
    name: String,
    algorithm: NoteAlgorithm,
    key: PublicKey,
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    pub name: String,
    pub key_id: [u8; 4],
    /// What follows the key id.
    pub bytes: Vec<u8>,
}

/// A text with signature lines; nothing about them is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    /// Ends with a newline.
    pub text: String,
    pub signatures: Vec<NoteSignature>,
}

/// Why bytes are not a note or a key text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("a signed note is text, an empty line, and 1 to {NOTE_SIGNATURES_MAX} lines '— name base64'")]
    Form,
    #[error("a key name is not empty and has no space and no '+'")]
    Name,
    #[error("a key text is name+hash+base64 with an algorithm of 1 or 4 and a hash that belongs to it")]
    KeyText,
}

/// # Errors
/// [`NoteError::Name`] for a name C2SP does not allow or that could break a line.
pub fn check_name(name: &str) -> Result<(), NoteError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.len() > 128 || name.chars().any(bad) { Err(NoteError::Name) } else { Ok(()) }
}

impl NoteKey {
    /// # Errors
    /// As [`check_name`].
    pub fn new(name: &str, algorithm: NoteAlgorithm, key: PublicKey) -> Result<Self, NoteError> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), algorithm, key })
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub const fn algorithm(&self) -> NoteAlgorithm {
        self.algorithm
    }

    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// First four bytes of `SHA-256(name ‖ 0x0A ‖ algorithm ‖ key)`.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.name.as_bytes());
        hasher.update([0x0a, self.algorithm as u8]);
        hasher.update(self.key.bytes());
        let hash: [u8; 32] = hasher.finalize().into();
        let [a, b, c, d, ..] = hash;
        [a, b, c, d]
    }

    /// The one line by this key in a note, if its signature holds: the time of a cosignature in seconds, or 0.
    #[must_use]
    pub fn find_valid(&self, note: &SignedNote) -> Option<u64> {
        self.find_valid_with(note, PublicKey::prepare)
    }

    /// As [`NoteKey::find_valid`], with keys prepared by `prepare` (so that a node can remember them).
    #[must_use]
    pub fn find_valid_with(
        &self,
        note: &SignedNote,
        prepare: impl FnOnce(&PublicKey) -> Result<VerifyingKey, KeyError>,
    ) -> Option<u64> {
        let id = self.id();
        let line = note.signatures.iter().find(|line| line.name == self.name && line.key_id == id)?;
        let (time, message, signature) = match self.algorithm {
            NoteAlgorithm::Ed25519 => (0, note.text.clone().into_bytes(), line.bytes.as_slice()),
            NoteAlgorithm::CosignatureV1 => {
                let (time, signature) = line.bytes.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                (time, cosignature_message(&note.text, time), signature)
            }
        };
        let signature = Signature::from_slice(signature).ok()?;
        prepare(&self.key).and_then(|key| key.verify(&message, &signature)).ok().map(|()| time)
    }

    /// Signs a note text as this key. `seconds` is used by cosignatures only.
    ///
    /// # Panics
    /// When `secret` is not the private half of this key: a mistake of the program, never of its input.
    #[must_use]
    pub fn sign(&self, secret: &SecretKey, text: &str, seconds: u64) -> NoteSignature {
        assert_eq!(secret.public(), self.key, "the secret key belongs to this note key");
        let bytes = match self.algorithm {
            NoteAlgorithm::Ed25519 => secret.sign(text.as_bytes()).bytes().to_vec(),
            NoteAlgorithm::CosignatureV1 => {
                let signature = secret.sign(&cosignature_message(text, seconds));
                [seconds.to_be_bytes().as_slice(), signature.bytes()].concat()
            }
        };
        NoteSignature { name: self.name.clone(), key_id: self.id(), bytes }
    }
}

fn cosignature_message(text: &str, seconds: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {seconds}\n{text}").into_bytes()
}

impl fmt::Display for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.algorithm as u8], self.key.bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), BASE64.encode(bytes))
    }
}

impl FromStr for NoteKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, rest) = text.split_once('+').ok_or(NoteError::KeyText)?;
        let (hash, encoded) = rest.split_once('+').ok_or(NoteError::KeyText)?;
        let bytes = BASE64.decode(encoded).map_err(|_| NoteError::KeyText)?;
        let (algorithm, key) = bytes.split_first().ok_or(NoteError::KeyText)?;
        let algorithm = match algorithm {
            1 => NoteAlgorithm::Ed25519,
            4 => NoteAlgorithm::CosignatureV1,
            _ => return Err(NoteError::KeyText),
        };
        let key = PublicKey::ed25519(key.try_into().map_err(|_| NoteError::KeyText)?);
        let key = Self::new(name, algorithm, key)?;
        if hash != hex::encode(key.id()) {
            return Err(NoteError::KeyText);
        }
        Ok(key)
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.as_slice(), &self.bytes].concat();
        write!(f, "— {} {}", self.name, BASE64.encode(bytes))
    }
}

impl FromStr for NoteSignature {
    type Err = NoteError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let (name, encoded) =
            line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or(NoteError::Form)?;
        check_name(name)?;
        let bytes = BASE64.decode(encoded).map_err(|_| NoteError::Form)?;
        let (key_id, bytes) = bytes.split_first_chunk::<4>().ok_or(NoteError::Form)?;
        Ok(Self { name: name.to_owned(), key_id: *key_id, bytes: bytes.to_vec() })
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for SignedNote {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, Self::Err> {
        if note.len() > NOTE_BYTES_MAX || !note.ends_with('\n') {
            return Err(NoteError::Form);
        }
        if note.chars().any(|c| c.is_control() && c != '\n') {
            return Err(NoteError::Form);
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Form)?;
        let signatures = lines
            .split('\n')
            .take(NOTE_SIGNATURES_MAX.saturating_add(1))
            .map(str::parse)
            .collect::<Result<Vec<NoteSignature>, _>>()?;
        if signatures.is_empty() || signatures.len() > NOTE_SIGNATURES_MAX {
            return Err(NoteError::Form);
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }
}

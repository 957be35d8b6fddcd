//! The three records of a ceremony.
//!
//! ```text
//! deal:            "BZDD" | 1 | ceremony, 32 | dealer, 32 | field(commitment) | players, 2 | 80 bytes each
//!                  | signature, 64
//! acknowledgement: "BZDA" | 1 | ceremony, 32 | dealer, 32 | player, 32 | signature for the log, 64 | signature, 64
//! dealer's log:    "BZDL" | 1 | ceremony, 32 | dealer, 32 | field(the library's signed log)
//! ```
//! Commitment and signed log are the library's own encodings, read back only as it would write them.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::key::{KeyError, PublicKey, SecretKey, Signature};

use super::ceremony::Ceremony;
use super::epoch_keys::members_max;
use super::{DealerPublic, SignedLog, codec};
use crate::bytes::{DecodeError, Reader, Writer};
use crate::limits::{CEREMONY_MESSAGE_BYTES_MAX, ENCRYPTED_SHARE_BYTES, MEMBERS_MAX};

fn open<'a>(bytes: &'a [u8], magic: &[u8; 4], what: &'static str) -> Result<Reader<'a>, DecodeError> {
    if bytes.len() > CEREMONY_MESSAGE_BYTES_MAX {
        return Err(DecodeError::TooLong { what, limit: CEREMONY_MESSAGE_BYTES_MAX, found: bytes.len() });
    }
    let mut reader = Reader::new(bytes);
    reader.magic(magic, what)?;
    if reader.u8(what)? == 1 { Ok(reader) } else { Err(DecodeError::Kind(what)) }
}

fn digest(reader: &mut Reader<'_>, what: &'static str) -> Result<Digest, DecodeError> {
    reader.array(what).map(Digest::sha256)
}

fn key(reader: &mut Reader<'_>, what: &'static str) -> Result<PublicKey, DecodeError> {
    let key = PublicKey::ed25519(reader.array(what)?);
    key.prepare().map(|_| key).map_err(|_| DecodeError::Value(what))
}

/// A dealer's commitment and one encrypted share for each player, in the players' order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    pub(super) ceremony: Digest,
    pub(super) dealer: PublicKey,
    pub(super) commitment: DealerPublic,
    pub(super) shares: Vec<[u8; ENCRYPTED_SHARE_BYTES]>,
    signature: Signature,
}

impl Deal {
    pub(super) fn signed(
        ceremony: &Ceremony,
        commitment: DealerPublic,
        shares: Vec<[u8; ENCRYPTED_SHARE_BYTES]>,
        signer: &SecretKey,
    ) -> Self {
        let (ceremony, dealer) = (ceremony.digest, signer.public());
        let unsigned = Self { ceremony, dealer, commitment, shares, signature: Signature::ed25519([0; 64]) };
        let signature = signer.sign(&unsigned.signed_message());
        Self { signature, ..unsigned }
    }

    #[must_use]
    pub const fn dealer(&self) -> &PublicKey {
        &self.dealer
    }

    fn unsigned_bytes(&self) -> Writer {
        let start =
            Writer::default().raw(b"BZDD").raw(&[1]).raw(self.ceremony.bytes()).raw(self.dealer.bytes());
        let count = u16::try_from(self.shares.len()).unwrap_or(u16::MAX);
        let start = start.field(&codec::write(&self.commitment)).raw(&count.to_be_bytes());
        self.shares.iter().fold(start, |writer, share| writer.raw(share))
    }

    fn signed_message(&self) -> Vec<u8> {
        let bytes = self.unsigned_bytes().finish();
        Writer::default().field(b"biaozheng/deal/v1").field(&bytes).finish()
    }

    pub(super) fn verify(&self) -> Result<(), KeyError> {
        self.dealer.verify(&self.signed_message(), &self.signature)
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.unsigned_bytes().raw(self.signature.bytes()).finish()
    }

    /// # Errors
    /// For anything but a deal in canonical form; the signature is checked by the board.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        const WHAT: &str = "deal";
        let mut reader = open(bytes, b"BZDD", WHAT)?;
        let (ceremony, dealer) = (digest(&mut reader, WHAT)?, key(&mut reader, WHAT)?);
        let commitment = reader.field(CEREMONY_MESSAGE_BYTES_MAX, WHAT)?;
        let commitment = codec::read(commitment, &members_max(), WHAT)?;
        let count = usize::from(reader.u16(WHAT)?);
        if count > MEMBERS_MAX {
            return Err(DecodeError::TooLong { what: WHAT, limit: MEMBERS_MAX, found: count });
        }
        let shares = (0..count).map(|_| reader.array(WHAT)).collect::<Result<_, _>>()?;
        let signature = Signature::ed25519(reader.array(WHAT)?);
        reader.end(WHAT)?;
        Ok(Self { ceremony, dealer, commitment, shares, signature })
    }
}

/// A player's word that its share of a deal is what the commitment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    pub(super) ceremony: Digest,
    pub(super) dealer: PublicKey,
    pub(super) player: PublicKey,
    /// What the dealer puts into its log, over the library's own transcript.
    pub(super) for_log: [u8; 64],
    /// Over all before it: the player's word on chain.
    signature: Signature,
}

impl Acknowledgement {
    pub(super) fn signed(deal: &Deal, for_log: [u8; 64], signer: &SecretKey) -> Self {
        let (ceremony, dealer, player) = (deal.ceremony, deal.dealer, signer.public());
        let unsigned = Self { ceremony, dealer, player, for_log, signature: Signature::ed25519([0; 64]) };
        let signature = signer.sign(&unsigned.signed_message());
        Self { signature, ..unsigned }
    }

    fn unsigned_bytes(&self) -> Writer {
        let start = Writer::default().raw(b"BZDA").raw(&[1]).raw(self.ceremony.bytes());
        start.raw(self.dealer.bytes()).raw(self.player.bytes()).raw(&self.for_log)
    }

    fn signed_message(&self) -> Vec<u8> {
        let bytes = self.unsigned_bytes().finish();
        Writer::default().field(b"biaozheng/acknowledgement/v1").field(&bytes).finish()
    }

    pub(super) fn verify(&self) -> Result<(), KeyError> {
        self.player.verify(&self.signed_message(), &self.signature)
    }

    #[must_use]
    pub const fn dealer(&self) -> &PublicKey {
        &self.dealer
    }

    #[must_use]
    pub const fn player(&self) -> &PublicKey {
        &self.player
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.unsigned_bytes().raw(self.signature.bytes()).finish()
    }

    /// # Errors
    /// For anything but an acknowledgement; the signature is checked by the board.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        const WHAT: &str = "acknowledgement";
        let mut reader = open(bytes, b"BZDA", WHAT)?;
        let ceremony = digest(&mut reader, WHAT)?;
        let (dealer, player) = (key(&mut reader, WHAT)?, key(&mut reader, WHAT)?);
        let for_log = reader.array(WHAT)?;
        let signature = Signature::ed25519(reader.array(WHAT)?);
        reader.end(WHAT)?;
        Ok(Self { ceremony, dealer, player, for_log, signature })
    }
}

/// A dealer's closing word: the acknowledgements it got, and in the open the shares of those who gave none.
#[derive(Clone, Debug, PartialEq)]
pub struct DealerLog {
    pub(super) ceremony: Digest,
    pub(super) dealer: PublicKey,
    pub(super) log: SignedLog,
}

impl Eq for DealerLog {}

impl DealerLog {
    #[must_use]
    pub const fn dealer(&self) -> &PublicKey {
        &self.dealer
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let start = Writer::default().raw(b"BZDL").raw(&[1]).raw(self.ceremony.bytes());
        start.raw(self.dealer.bytes()).field(&codec::write(&self.log)).finish()
    }

    /// # Errors
    /// For anything but a log in canonical form; signatures are checked by the board.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        const WHAT: &str = "dealer's log";
        let mut reader = open(bytes, b"BZDL", WHAT)?;
        let (ceremony, dealer) = (digest(&mut reader, WHAT)?, key(&mut reader, WHAT)?);
        let log = codec::read(reader.field(CEREMONY_MESSAGE_BYTES_MAX, WHAT)?, &members_max(), WHAT)?;
        reader.end(WHAT)?;
        Ok(Self { ceremony, dealer, log })
    }
}

//! Blocks: a fixed-size header and the records it orders.
//!
//! Header, 289 bytes, integers big-endian:
//! ```text
//! magic "BZB1" ‖ chain 32 ‖ height u64 ‖ time_ms u64 ‖ previous 32 ‖ proposer 32 (key id) ‖ record count u32 ‖
//! records root 32 ‖ history size u64 ‖ history root 32 ‖ state root 32 ‖ validators hash 32 ‖ rulebook hash 32 ‖ reserved 1 = 0
//! ```
//! Block hash: `H("biaozheng/block/v1", chain, header)`, the value validators vote on.
//! Records root: RFC 6962 root whose leaves are the binary envelopes, signatures included.
//! Body: header ‖ count × binary envelope.

use crate::digest::{Digest, FieldHasher};
use crate::envelope::Envelope;
use crate::ids::{BlockHash, ChainId, Height, KeyId, StateRoot, TimeMs};
use crate::limits::{BLOCK_BYTES_MAX, BLOCK_RECORDS_MAX};
use crate::merkle::{Hash, leaf_hash, root_of};
use crate::payload::RECORD_PAYLOAD_TYPE;

const MAGIC: &[u8; 4] = b"BZB1";

/// Length of an encoded header, bytes.
pub const HEADER_BYTES: usize = 4 + 32 + 8 + 8 + 32 + 32 + 4 + 32 + 8 + 32 + 32 + 32 + 32 + 1;

/// What validators agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub chain: ChainId,
    pub height: Height,
    pub time: TimeMs,
    pub previous: BlockHash,
    /// Id of the proposer's consensus key.
    pub proposer: KeyId,
    pub record_count: u32,
    pub records_root: Hash,
    /// Leaves of the history tree after this block.
    pub history_size: u64,
    pub history_root: Hash,
    pub state_root: StateRoot,
    pub validators_hash: Digest,
    pub rulebook_hash: Digest,
}

/// A header with its records, form checked, nothing executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub header: Header,
    pub envelopes: Vec<Envelope>,
}

/// Why bytes are not a block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    #[error("a block has at most {BLOCK_BYTES_MAX} bytes and {BLOCK_RECORDS_MAX} records")]
    TooLarge,
    #[error("the block is cut short, has bytes left over, or is of an unknown version")]
    Form,
    #[error("record {index}: {message}")]
    Record { index: u32, message: String },
    #[error("the records are not those the header commits to")]
    RecordsRoot,
}

impl Header {
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(self.chain.bytes());
        out.extend_from_slice(&self.height.get().to_be_bytes());
        out.extend_from_slice(&self.time.get().to_be_bytes());
        out.extend_from_slice(self.previous.bytes());
        out.extend_from_slice(self.proposer.bytes());
        out.extend_from_slice(&self.record_count.to_be_bytes());
        out.extend_from_slice(&self.records_root);
        out.extend_from_slice(&self.history_size.to_be_bytes());
        out.extend_from_slice(&self.history_root);
        out.extend_from_slice(self.state_root.bytes());
        out.extend_from_slice(self.validators_hash.bytes());
        out.extend_from_slice(self.rulebook_hash.bytes());
        out.push(0);
        out
    }

    /// # Errors
    /// [`BlockError::Form`] unless these are exactly [`HEADER_BYTES`] of a known version.
    pub fn decode(bytes: &[u8]) -> Result<Self, BlockError> {
        let mut reader = Reader(bytes);
        if &reader.take::<4>()? != MAGIC {
            return Err(BlockError::Form);
        }
        let header = Self {
            chain: ChainId::new(reader.digest()?),
            height: Height::new(reader.number()?),
            time: TimeMs::new(reader.number()?),
            previous: BlockHash::new(reader.digest()?),
            proposer: KeyId::new(reader.digest()?),
            record_count: u32::from_be_bytes(reader.take()?),
            records_root: reader.take()?,
            history_size: reader.number()?,
            history_root: reader.take()?,
            state_root: StateRoot::new(reader.digest()?),
            validators_hash: reader.digest()?,
            rulebook_hash: reader.digest()?,
        };
        if reader.take::<1>()? != [0] || !reader.0.is_empty() {
            return Err(BlockError::Form);
        }
        Ok(header)
    }

    /// The first field of those an execution gives in which this header is another than the computed one.
    #[must_use]
    pub fn first_difference(&self, computed: &Self) -> Option<&'static str> {
        [
            ("previous block", self.previous == computed.previous),
            ("record count", self.record_count == computed.record_count),
            ("history size", self.history_size == computed.history_size),
            ("history root", self.history_root == computed.history_root),
            ("state root", self.state_root == computed.state_root),
            ("validators hash", self.validators_hash == computed.validators_hash),
            ("rulebook hash", self.rulebook_hash == computed.rulebook_hash),
        ]
        .into_iter()
        .find_map(|(field, same)| (!same).then_some(field))
    }

    #[must_use]
    pub fn hash(&self) -> BlockHash {
        BlockHash::new(
            FieldHasher::new("biaozheng/block/v1").digest(self.chain.digest()).field(&self.encode()).finish(),
        )
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], BlockError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(BlockError::Form)?;
        self.0 = rest;
        Ok(*head)
    }

    fn number(&mut self) -> Result<u64, BlockError> {
        Ok(u64::from_be_bytes(self.take()?))
    }

    fn digest(&mut self) -> Result<Digest, BlockError> {
        Ok(Digest::sha256(self.take()?))
    }
}

/// The leaf of one record in its block's records tree.
#[must_use]
pub fn record_leaf(envelope: &Envelope) -> Hash {
    let mut bytes = Vec::with_capacity(envelope.encoded_len());
    envelope.encode(&mut bytes);
    leaf_hash(&bytes)
}

/// The records root of a block with these envelopes.
#[must_use]
pub fn records_root<'a>(envelopes: impl IntoIterator<Item = &'a Envelope>) -> Hash {
    root_of(envelopes.into_iter().map(record_leaf))
}

impl Block {
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.header.encode();
        self.envelopes.iter().for_each(|envelope| envelope.encode(&mut out));
        out
    }

    /// Reads a block and checks that the records are those the header commits to.
    ///
    /// # Errors
    /// [`BlockError`]; limits are checked before memory is taken.
    pub fn decode(bytes: &[u8]) -> Result<Self, BlockError> {
        if bytes.len() > BLOCK_BYTES_MAX {
            return Err(BlockError::TooLarge);
        }
        let (head, mut rest) = bytes.split_at_checked(HEADER_BYTES).ok_or(BlockError::Form)?;
        let header = Header::decode(head)?;
        let count = usize::try_from(header.record_count).map_err(|_| BlockError::TooLarge)?;
        if count > BLOCK_RECORDS_MAX {
            return Err(BlockError::TooLarge);
        }
        let mut envelopes = Vec::with_capacity(count);
        for index in 0..header.record_count {
            let (envelope, after) = Envelope::decode(rest, RECORD_PAYLOAD_TYPE)
                .map_err(|error| BlockError::Record { index, message: error.to_string() })?;
            envelopes.push(envelope);
            rest = after;
        }
        if !rest.is_empty() {
            return Err(BlockError::Form);
        }
        if records_root(&envelopes) != header.records_root {
            return Err(BlockError::RecordsRoot);
        }
        Ok(Self { header, envelopes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> Block {
        let key = crate::key::SecretKey::from_seed(&[1; 32]);
        let envelopes = vec![Envelope::sign(RECORD_PAYLOAD_TYPE, b"{}".to_vec(), &[&key])];
        let digest = Digest::of(b"x");
        Block {
            header: Header {
                chain: ChainId::new(digest),
                height: Height::new(7),
                time: TimeMs::new(8),
                previous: BlockHash::new(digest),
                proposer: key.public().id(),
                record_count: 1,
                records_root: records_root(&envelopes),
                history_size: 9,
                history_root: [3; 32],
                state_root: StateRoot::new(digest),
                validators_hash: digest,
                rulebook_hash: digest,
            },
            envelopes,
        }
    }

    #[test]
    fn round_trips_and_every_flipped_bit_is_another_block_or_none() {
        let block = block();
        let bytes = block.encode();
        assert_eq!(block.header.encode().len(), HEADER_BYTES);
        assert_eq!(Block::decode(&bytes), Ok(block.clone()));
        for cut in 0..bytes.len() {
            assert!(Block::decode(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = Block::decode(&flipped) {
                assert_ne!(other.header.hash(), block.header.hash(), "bit {bit}");
            }
        }
    }
}

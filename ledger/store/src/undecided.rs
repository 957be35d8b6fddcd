//! Proposed blocks that may yet be decided: a node that voted for one must still have it after a crash.
//!
//! Bounded to the newest [`UNDECIDED_MAX`] by height and round: a chain that stands tries a block a round.

use std::collections::BTreeSet;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{BlockHash, Height};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::limits::BLOCK_BYTES_MAX;
use borsh::BorshDeserialize as _;

use crate::database::Database;
use crate::error::StoreError;
use crate::open::{Store, lock};
use crate::schema::{Family, undecided_key};

/// Proposed blocks kept.
pub const UNDECIDED_MAX: usize = 256;

/// Height, round and block hash of those kept, in this order.
pub(crate) type UndecidedIndex = BTreeSet<(Height, u32, BlockHash)>;

/// A proposed block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// Hash of the block's header.
    pub id: BlockHash,
    /// Who proposed it; `None` when it came by value sync.
    pub proposer: Option<PublicKey>,
    /// The encoded block.
    pub body: Vec<u8>,
}

impl Store {
    /// Writes a proposed block and returns when it is on disk: only then may this node vote for it.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`], or the disk's.
    pub fn put_undecided(
        &self,
        height: Height,
        round: u32,
        id: &BlockHash,
        proposer: Option<&PublicKey>,
        body: &[u8],
    ) -> Result<(), StoreError> {
        if body.len() > BLOCK_BYTES_MAX {
            return Err(StoreError::TooLarge {
                what: "a proposed block",
                bytes: body.len(),
                max: BLOCK_BYTES_MAX,
            });
        }
        let place = (height, round, *id);
        let mut row = borsh::to_vec(&proposer).expect("writing to memory does not fail");
        row.extend_from_slice(body);
        let mut index = lock(&self.0.undecided);
        // It is there, synced: who sends it again must not keep the disk busy.
        if index.contains(&place) {
            return Ok(());
        }
        let mut changes = self.0.database.changes(row.len());
        changes.put(Family::Undecided, &undecided_key(height, round, id), row);
        let count = index.len().saturating_add(1);
        let surplus: Vec<_> = index.iter().take(count.saturating_sub(UNDECIDED_MAX)).copied().collect();
        surplus.iter().for_each(|(h, r, id)| changes.delete(Family::Undecided, &undecided_key(*h, *r, id)));
        changes.write_synced()?;
        index.insert(place);
        surplus.iter().for_each(|old| _ = index.remove(old));
        Ok(())
    }

    /// The blocks proposed in one round.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn undecided(&self, height: Height, round: u32) -> Result<Vec<Undecided>, StoreError> {
        let index = lock(&self.0.undecided);
        let here = |place: &&(Height, u32, BlockHash)| (place.0, place.1) == (height, round);
        index.iter().filter(here).filter_map(|place| self.read_undecided(*place).transpose()).collect()
    }

    /// The body of a block proposed in any round of a height.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn undecided_body(&self, height: Height, id: &BlockHash) -> Result<Option<Vec<u8>>, StoreError> {
        let index = lock(&self.0.undecided);
        let Some(place) = index.iter().find(|place| (place.0, place.2) == (height, *id)) else {
            return Ok(None);
        };
        Ok(self.read_undecided(*place)?.map(|undecided| undecided.body))
    }

    /// Forgets the blocks proposed for heights up to this one, which is decided.
    ///
    /// # Errors
    /// The disk's.
    pub fn prune_undecided(&self, up_to: Height) -> Result<(), StoreError> {
        let mut index = lock(&self.0.undecided);
        let past: Vec<_> = index.iter().take_while(|place| place.0 <= up_to).copied().collect();
        if past.is_empty() {
            return Ok(());
        }
        let mut changes = self.0.database.changes(0);
        past.iter().for_each(|(h, r, id)| changes.delete(Family::Undecided, &undecided_key(*h, *r, id)));
        changes.write_unsynced()?;
        past.iter().for_each(|old| _ = index.remove(old));
        Ok(())
    }

    fn read_undecided(
        &self,
        (height, round, id): (Height, u32, BlockHash),
    ) -> Result<Option<Undecided>, StoreError> {
        let Some(row) = self.0.database.get(Family::Undecided, &undecided_key(height, round, &id))? else {
            return Ok(None);
        };
        let mut body = row.as_slice();
        let proposer = Option::<PublicKey>::deserialize(&mut body)
            .map_err(|error| self.found_damaged(format!("the proposer of block {id}: {error}")))?;
        Ok(Some(Undecided { id, proposer, body: body.to_vec() }))
    }
}

/// Reads which proposed blocks are kept, and deletes those of decided heights.
pub(crate) fn load_undecided(database: &Database, tip: Height) -> Result<UndecidedIndex, StoreError> {
    let mut index = UndecidedIndex::new();
    let mut changes = database.changes(0);
    let mut surplus = false;
    for row in database.scan(Family::Undecided, &[], None) {
        let (key, _) = row?;
        let place = decode_key(&key).ok_or_else(|| StoreError::corrupt("a proposed block has no place"))?;
        if place.0 <= tip {
            changes.delete(Family::Undecided, &key);
            surplus = true;
        } else {
            index.insert(place);
        }
    }
    if surplus {
        changes.write_unsynced()?;
    }
    Ok(index)
}

fn decode_key(key: &[u8]) -> Option<(Height, u32, BlockHash)> {
    let (height, rest) = key.split_first_chunk::<8>()?;
    let (round, id) = rest.split_first_chunk::<4>()?;
    let id = Digest::sha256(id.try_into().ok()?);
    Some((Height::new(u64::from_be_bytes(*height)), u32::from_be_bytes(*round), BlockHash::new(id)))
}

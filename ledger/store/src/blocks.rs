//! Blocks and their commit certificates. A header is held against the hash its successor, or the tip, names.

use biaozheng_ledger::block::{Block, HEADER_BYTES, Header, records_root};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::{Height, RecordId};
use biaozheng_ledger::payload::RECORD_PAYLOAD_TYPE;

use crate::database::Database;
use crate::error::StoreError;
use crate::open::Store;
use crate::schema::{Family, envelope_key, height_key};

impl Store {
    /// The header of a committed block; `None` for the genesis and above the tip.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is missing or is not the block that the chain names, or the disk's.
    pub fn header(&self, height: Height) -> Result<Option<Header>, StoreError> {
        Ok(self.noted(self.linked_row(height))?.map(|(header, _)| header))
    }

    /// Ids of a committed block's records, in its order.
    ///
    /// # Errors
    /// As [`Store::header`].
    pub fn block_record_ids(&self, height: Height) -> Result<Option<Vec<RecordId>>, StoreError> {
        Ok(self.noted(self.linked_row(height))?.map(|(_, ids)| ids))
    }

    /// A committed block, put together again and held against its records root.
    ///
    /// # Errors
    /// As [`Store::header`].
    pub fn block(&self, height: Height) -> Result<Option<Block>, StoreError> {
        self.noted(self.read_block(height))
    }

    fn read_block(&self, height: Height) -> Result<Option<Block>, StoreError> {
        let Some((header, ids)) = self.linked_row(height)? else { return Ok(None) };
        let what = |text: &str| StoreError::corrupt(format!("block {height}: {text}"));
        let mut envelopes = Vec::with_capacity(ids.len());
        let end = envelope_key(height, header.record_count);
        for row in self.0.database.scan(Family::Envelopes, &envelope_key(height, 0), Some(end)) {
            let (key, body) = row.map_err(|error| error.while_reading(format!("block {height}")))?;
            let position = u32::try_from(envelopes.len()).map_err(|_| what("has too many records"))?;
            if *key != *envelope_key(height, position) {
                return Err(what(&format!("record {position} is missing")));
            }
            envelopes
                .push(decode_envelope(&body).map_err(|error| what(&format!("record {position}: {error}")))?);
        }
        if envelopes.len() != ids.len() || records_root(&envelopes) != header.records_root {
            return Err(what("its records are not those its header commits to"));
        }
        Ok(Some(Block { header, envelopes }))
    }

    /// The consensus engine's proof that a block was decided.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn certificate(&self, height: Height) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.database.get(Family::Certificates, &height_key(height))
    }

    fn linked_row(&self, height: Height) -> Result<Option<(Header, Vec<RecordId>)>, StoreError> {
        let tip = &self.position().tip;
        if height == Height::GENESIS || height > tip.height {
            return Ok(None);
        }
        let read = |height: Height| {
            let missing = || StoreError::corrupt(format!("block {height} is missing"));
            block_row(&self.0.database, height)?.ok_or_else(missing)
        };
        let (header, ids) = read(height)?;
        let named = if height == tip.height { tip.hash } else { read(height.next())?.0.previous };
        if header.hash() != named {
            return Err(StoreError::corrupt(format!("block {height} is not the one its successor names")));
        }
        Ok(Some((header, ids)))
    }
}

/// A block's row, its links not checked.
pub(crate) fn block_row(
    database: &Database,
    height: Height,
) -> Result<Option<(Header, Vec<RecordId>)>, StoreError> {
    let Some(row) = database.get(Family::Blocks, &height_key(height))? else { return Ok(None) };
    let what = |text: &str| StoreError::corrupt(format!("block {height}: {text}"));
    let (header, ids) = row.split_at_checked(HEADER_BYTES).ok_or_else(|| what("is cut short"))?;
    let header = Header::decode(header).map_err(|error| what(&error.to_string()))?;
    let (ids, rest) = ids.as_chunks::<32>();
    if header.height != height || !rest.is_empty() || u32::try_from(ids.len()) != Ok(header.record_count) {
        return Err(what("does not have the height and records it names"));
    }
    Ok(Some((header, ids.iter().map(|id| RecordId::new(Digest::sha256(*id))).collect())))
}

/// A binary envelope and nothing after it.
pub(crate) fn decode_envelope(bytes: &[u8]) -> Result<Envelope, String> {
    match Envelope::decode(bytes, RECORD_PAYLOAD_TYPE) {
        Ok((envelope, [])) => Ok(envelope),
        Ok(_) => Err("there are bytes after the envelope".into()),
        Err(error) => Err(error.to_string()),
    }
}

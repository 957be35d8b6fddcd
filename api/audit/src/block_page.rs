//! A page of a block's records, as a node serves it under `/v1/blocks/{height}/records`: form only, nothing verified.

use biaozheng_ledger::block::Header;
use biaozheng_ledger::ids::RecordId;
use biaozheng_ledger::limits::{COMMIT_BYTES_MAX, ENVELOPE_JSON_BYTES_MAX};
use biaozheng_ledger::record::Record;
use serde::Deserialize;
use serde_json::Value;

/// Records asked for at once.
pub(crate) const BLOCK_PAGE: usize = 32;
/// Largest page, bytes: its records and what stands around each, header and commit certificate in hex.
pub(crate) const BLOCK_PAGE_BYTES_MAX: usize =
    BLOCK_PAGE * (ENVELOPE_JSON_BYTES_MAX + 1024) + 2 * COMMIT_BYTES_MAX + 4096;

/// One page.
#[derive(Debug, Clone)]
pub struct BlockPage {
    pub header: Header,
    pub commit: Vec<u8>,
    pub items: Vec<Shown>,
    pub next: Option<String>,
}

/// A record of a block, as far as it is shown.
#[derive(Debug, Clone)]
pub enum Shown {
    Body(Box<Record>),
    /// Its body is not public yet.
    Closed(RecordId),
}

#[derive(Deserialize)]
struct PageForm {
    header: String,
    commit: String,
    items: Vec<ItemForm>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct ItemForm {
    record: RecordId,
    envelope: Option<Value>,
}

impl BlockPage {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let form: PageForm = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if form.items.len() > BLOCK_PAGE {
            return Err("more records than were asked for".into());
        }
        let header = hex::decode(&form.header).map_err(|error| error.to_string())?;
        Ok(Self {
            header: Header::decode(&header).map_err(|error| error.to_string())?,
            commit: hex::decode(&form.commit).map_err(|error| error.to_string())?,
            items: form.items.into_iter().map(shown).collect::<Result<_, _>>()?,
            next: form.next,
        })
    }
}

fn shown(item: ItemForm) -> Result<Shown, String> {
    let Some(envelope) = item.envelope else { return Ok(Shown::Closed(item.record)) };
    let record = Record::from_json(envelope.to_string().as_bytes()).map_err(|error| error.to_string())?;
    if record.id() != item.record {
        return Err(format!("what is shown for record {} is another one", item.record));
    }
    Ok(Shown::Body(Box::new(record)))
}

//! Creating and opening, with the checks that make a damaged or foreign store refuse to serve.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use biaozheng_ledger::block::Header;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::entry::genesis_entry;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{BlockHash, ChainId, Height, StateRoot, TimeMs};
use biaozheng_ledger::merkle::{Frontier, Hash, leaf_hash};
use biaozheng_ledger::state_tree::StateTree;
use borsh::{BorshDeserialize, BorshSerialize};
use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamily, ColumnFamilyDescriptor, DB, Options, WriteBatch, WriteOptions,
};

use crate::error::StoreError;
use crate::schema::{FAMILIES, FORMAT, META, META_CHAIN, META_FORMAT, META_GENESIS, META_TIP, node_key};

/// Memory for cached blocks, bytes, shared by all families.
const CACHE_BYTES: usize = 128 * 1024 * 1024;

/// The newest committed block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    pub height: Height,
    /// For the genesis: the chain id's digest.
    pub hash: BlockHash,
    pub time: TimeMs,
    pub history_size: u64,
    pub history_root: Hash,
    pub state_root: StateRoot,
    /// `None` at the genesis.
    pub header: Option<Header>,
}

/// What is written under `tip`; the header itself is read from its block.
#[derive(BorshSerialize, BorshDeserialize)]
pub(crate) struct TipRow {
    pub(crate) height: Height,
    pub(crate) hash: BlockHash,
    pub(crate) time: TimeMs,
    pub(crate) history_size: u64,
    pub(crate) history_root: Hash,
    pub(crate) state_root: StateRoot,
}

/// A store, cheap to clone.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) db: DB,
    pub(crate) moving: RwLock<(Tip, Frontier)>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store(at {})", self.tip().height)
    }
}

fn options() -> Options {
    let mut options = Options::default();
    options.set_compression_type(rocksdb::DBCompressionType::Lz4);
    options.set_paranoid_checks(true);
    options.set_max_total_wal_size(256 * 1024 * 1024);
    options.set_keep_log_file_num(4);
    options.set_max_log_file_size(8 * 1024 * 1024);
    options.set_max_open_files(512);
    options.set_max_background_jobs(2);
    options
}

fn descriptors() -> Vec<ColumnFamilyDescriptor> {
    let cache = Cache::new_lru_cache(CACHE_BYTES);
    FAMILIES
        .iter()
        .map(|name| {
            let mut table = BlockBasedOptions::default();
            table.set_block_cache(&cache);
            table.set_bloom_filter(10.0, false);
            let mut options = options();
            options.set_block_based_table_factory(&table);
            options.set_write_buffer_size(32 * 1024 * 1024);
            ColumnFamilyDescriptor::new(*name, options)
        })
        .collect()
}

fn open_db(path: &Path, create: bool) -> Result<DB, StoreError> {
    let mut options = options();
    options.create_if_missing(create);
    options.create_missing_column_families(create);
    DB::open_cf_descriptors(&options, path, descriptors()).map_err(|error| {
        let text = error.to_string();
        if text.contains("lock") { StoreError::Locked { path: path.into() } } else { error.into() }
    })
}

/// The options of every write that something is acknowledged after.
pub(crate) fn synced() -> WriteOptions {
    let mut options = WriteOptions::default();
    options.set_sync(true);
    options
}

impl Store {
    /// Makes a store for a chain, at its genesis.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] for a folder with anything in it, or the disk's.
    pub fn create(path: &Path, genesis: &Genesis) -> Result<Self, StoreError> {
        let disk = |error: std::io::Error| StoreError::Disk(error.to_string());
        std::fs::create_dir_all(path).map_err(disk)?;
        if std::fs::read_dir(path).map_err(disk)?.next().is_some() {
            return Err(StoreError::NotEmpty { path: path.into() });
        }
        let chain = genesis.chain_id();
        let mut frontier = Frontier::default();
        let nodes = frontier.append(leaf_hash(&genesis_entry(&chain)));
        let tip = TipRow {
            height: Height::GENESIS,
            hash: BlockHash::new(*chain.digest()),
            time: genesis.rest.created_at_ms,
            history_size: frontier.size(),
            history_root: frontier.root(),
            state_root: StateTree::load([]).root(),
        };
        {
            let db = open_db(path, true)?;
            let meta = family(&db, META)?;
            let mut batch = WriteBatch::default();
            batch.put_cf(meta, META_FORMAT, FORMAT.to_be_bytes());
            batch.put_cf(meta, META_CHAIN, chain.bytes());
            batch.put_cf(meta, META_GENESIS, genesis.to_json());
            batch.put_cf(meta, META_TIP, borsh::to_vec(&tip).map_err(StoreError::corrupt)?);
            for (place, hash) in nodes {
                batch.put_cf(family(&db, crate::schema::HISTORY)?, node_key(place), hash);
            }
            db.write_opt(batch, &synced())?;
        }
        Self::open(path, &chain)
    }

    /// Opens the store of a chain and checks that its newest block, tree and state belong together.
    ///
    /// # Errors
    /// [`StoreError`], each variant saying what to do.
    pub fn open(path: &Path, expected: &ChainId) -> Result<Self, StoreError> {
        if !path.join("CURRENT").exists() {
            return Err(StoreError::NotAStore { path: path.into() });
        }
        let db = open_db(path, false)?;
        let meta = |key: &[u8], what: &str| -> Result<Vec<u8>, StoreError> {
            db.get_cf(family(&db, META)?, key)?.ok_or_else(|| StoreError::corrupt(format!("no {what}")))
        };
        let format = meta(META_FORMAT, "format version")?;
        let format =
            u32::from_be_bytes(format.try_into().map_err(|_| StoreError::corrupt("format version"))?);
        if format > FORMAT {
            return Err(StoreError::NewerFormat { found: format, known: FORMAT });
        }
        let chain: [u8; 32] =
            meta(META_CHAIN, "chain id")?.try_into().map_err(|_| StoreError::corrupt("chain id"))?;
        let found = ChainId::new(Digest::sha256(chain));
        if found != *expected {
            return Err(StoreError::OtherChain { found, expected: *expected });
        }
        let row: TipRow = borsh::from_slice(&meta(META_TIP, "tip")?).map_err(StoreError::corrupt)?;
        let tip = Tip {
            height: row.height,
            hash: row.hash,
            time: row.time,
            history_size: row.history_size,
            history_root: row.history_root,
            state_root: row.state_root,
            header: None,
        };
        let store = Self(Arc::new(Inner { db, moving: RwLock::new((tip, Frontier::default())) }));
        store.check_on_open()?;
        Ok(store)
    }

    fn check_on_open(&self) -> Result<(), StoreError> {
        let mut tip = self.tip();
        if tip.height > Height::GENESIS {
            let header = self
                .header(tip.height)?
                .ok_or_else(|| StoreError::corrupt(format!("block {} is missing", tip.height)))?;
            let same = header.hash() == tip.hash
                && header.history_size == tip.history_size
                && header.history_root == tip.history_root
                && header.state_root == tip.state_root;
            if !same {
                return Err(StoreError::corrupt(format!(
                    "block {} is not the one the tip names",
                    tip.height
                )));
            }
            tip.header = Some(header);
        }
        let frontier = Frontier::load(tip.history_size, self)?;
        if frontier.root() != tip.history_root {
            return Err(StoreError::corrupt("the history tree has another root than the newest block"));
        }
        if self.load_state_tree()?.root() != tip.state_root {
            return Err(StoreError::corrupt("the state has another root than the newest block"));
        }
        *self.0.moving.write().unwrap_or_else(PoisonError::into_inner) = (tip, frontier);
        Ok(())
    }

    #[must_use]
    pub fn tip(&self) -> Tip {
        self.0.moving.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// The right edge of the history tree.
    #[must_use]
    pub fn frontier(&self) -> Frontier {
        self.0.moving.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    pub(crate) fn family(&self, name: &str) -> Result<&ColumnFamily, StoreError> {
        family(&self.0.db, name)
    }

    pub(crate) fn get(&self, name: &str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.db.get_cf(self.family(name)?, key)?)
    }

    /// Bytes of all tables on disk, estimated by the engine.
    ///
    /// # Errors
    /// The disk's.
    pub fn disk_bytes(&self) -> Result<u64, StoreError> {
        FAMILIES.iter().try_fold(0u64, |sum, name| {
            let size = self.0.db.property_int_value_cf(self.family(name)?, "rocksdb.total-sst-files-size")?;
            Ok(sum.saturating_add(size.unwrap_or(0)))
        })
    }

    /// Copies the store, as of now, into a new folder, while it is in use: for backups.
    ///
    /// # Errors
    /// The disk's, or that the folder exists.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        Ok(rocksdb::checkpoint::Checkpoint::new(&self.0.db)?.create_checkpoint(path)?)
    }
}

fn family<'a>(db: &'a DB, name: &str) -> Result<&'a ColumnFamily, StoreError> {
    db.cf_handle(name).ok_or_else(|| StoreError::corrupt(format!("column family '{name}' is missing")))
}

//! Creating and opening. A store of another chain, a newer format or an unfinished creation is refused here.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use biaozheng_ledger::entry::genesis_entry;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, Height};
use biaozheng_ledger::merkle::{Frontier, leaf_hash};
use biaozheng_ledger::state_tree::StateTree;
use rocksdb::{ColumnFamilyDescriptor, DB, Options};

use crate::blocks::block_row;
use crate::checkpoints::load_checkpoints;
use crate::database::Database;
use crate::error::{StoreError, of_opening};
use crate::history::NodeCache;
use crate::options::database_options;
use crate::outcomes::OutcomeIndex;
use crate::pending::PendingIndex;
use crate::row_check::checked;
use crate::schema::{
    FORMAT_VERSION, Family, META_CHAIN, META_FORMAT, META_GENESIS, META_TIP, UNUSED_FAMILY, node_key,
};
use crate::state_cache::StateCache;
use crate::tip::{Position, Tip};
use crate::undecided::{UndecidedIndex, load_undecided};

/// A chain's store. Cheap to clone; all clones are one store, and closing is dropping the last.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) database: Database,
    pub(crate) genesis: Genesis,
    pub(crate) chain: ChainId,
    pub(crate) position: RwLock<Arc<Position>>,
    /// Held by the one commit that runs. Taken before `pending`.
    pub(crate) commits: Mutex<()>,
    pub(crate) pending: Mutex<PendingIndex>,
    pub(crate) undecided: Mutex<UndecidedIndex>,
    pub(crate) checkpoints: Mutex<BTreeSet<u64>>,
    pub(crate) outcomes: Mutex<OutcomeIndex>,
    /// Subtrees of the history used lately.
    pub(crate) nodes: Mutex<NodeCache>,
    /// Values of the state used lately.
    pub(crate) state_cache: RwLock<StateCache>,
    /// The tree the last check computed, until it is asked for or a block changes the state.
    pub(crate) state_tree: Mutex<Option<StateTree>>,
}

/// Every index is changed after its rows were written, so one that a panic left behind is only out of date.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Makes the store of a new chain in an empty or new folder, readable by its owner only: it also holds
    /// records that are not public yet. The genesis is leaf 0, the height 0.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`], [`StoreError::Genesis`], or the disk's.
    pub fn create(path: &Path, genesis: &Genesis) -> Result<Self, StoreError> {
        let json = genesis.to_json();
        Genesis::from_json(json.as_bytes()).map_err(|error| StoreError::Genesis(error.to_string()))?;
        prepare_folder(path)?;
        let database = Database::open(path, true)?;
        let chain = genesis.chain_id();
        let mut frontier = Frontier::default();
        let nodes = frontier.append(leaf_hash(&genesis_entry(&chain)));
        let mut changes = database.changes(json.len());
        changes.put(Family::Meta, META_FORMAT, FORMAT_VERSION.to_be_bytes().to_vec());
        changes.put(Family::Meta, META_CHAIN, encode_chain(&chain));
        changes.put(Family::Meta, META_GENESIS, json.into_bytes());
        changes.put(Family::Meta, META_TIP, Tip::at_genesis(genesis, &frontier).encode());
        for (place, hash) in nodes {
            changes.put(Family::History, &node_key(place), hash.to_vec());
        }
        changes.write_synced()?;
        Self::load(database, &chain)
    }

    /// Opens the store of a chain, and checks that its newest block, history and state belong together.
    ///
    /// # Errors
    /// [`StoreError`]: each variant says what to do.
    pub fn open(path: &Path, expected: &ChainId) -> Result<Self, StoreError> {
        check_folder(path)?;
        check_families(path)?;
        Self::load(Database::open(path, false)?, expected)
    }

    fn load(database: Database, expected: &ChainId) -> Result<Self, StoreError> {
        let format = database.get(Family::Meta, META_FORMAT)?.ok_or_else(|| unfinished(&database.path))?;
        check_format(read_format(&format)?)?;
        let meta = |key: &[u8]| {
            let row = database.get(Family::Meta, key)?;
            row.ok_or_else(|| StoreError::corrupt(format!("{} is missing", Family::Meta.row(key))))
        };
        let found: ChainId = borsh::from_slice(&meta(META_CHAIN)?)
            .map_err(|error| StoreError::corrupt(format!("the chain id: {error}")))?;
        if found != *expected {
            return Err(StoreError::OtherChain { found, expected: *expected });
        }
        let genesis = Genesis::from_json(&meta(META_GENESIS)?)
            .map_err(|error| StoreError::corrupt(format!("the genesis: {error}")))?;
        if genesis.chain_id() != found {
            return Err(StoreError::corrupt("the genesis is that of another chain"));
        }
        let position = load_position(&database, &genesis, &meta(META_TIP)?)?;
        let store = Self(Arc::new(Inner {
            pending: Mutex::new(PendingIndex::load(&database)?),
            undecided: Mutex::new(load_undecided(&database, position.tip.height)?),
            checkpoints: Mutex::new(load_checkpoints(&database)?),
            outcomes: Mutex::new(OutcomeIndex::load(&database)?),
            position: RwLock::new(Arc::new(position)),
            commits: Mutex::default(),
            nodes: Mutex::default(),
            state_cache: RwLock::default(),
            state_tree: Mutex::default(),
            chain: found,
            genesis,
            database,
        }));
        store.check_position()?;
        Ok(store)
    }

    /// The genesis the store was made with.
    #[must_use]
    pub fn genesis(&self) -> &Genesis {
        &self.0.genesis
    }

    /// The chain the store belongs to.
    #[must_use]
    pub fn chain(&self) -> &ChainId {
        &self.0.chain
    }

    /// The newest committed block.
    #[must_use]
    pub fn tip(&self) -> Tip {
        self.position().tip.clone()
    }

    /// The history tree's right edge at the tip.
    #[must_use]
    pub fn frontier(&self) -> Frontier {
        self.position().frontier.clone()
    }

    pub(crate) fn position(&self) -> Arc<Position> {
        Arc::clone(&self.0.position.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({} at height {})", self.0.database.path.display(), self.position().tip.height)
    }
}

/// What an old store is moved into where its folder itself has to stay; `Store` passes it over.
pub const ASIDE: &str = "before-resync";

/// True for what may lie in a store's folder and is none of its files: a file system's own folder, and an old store.
fn is_foreign(name: &std::ffi::OsStr) -> bool {
    name == "lost+found" || name == ASIDE
}

/// Tells a folder without a store from a store that lost its file CURRENT.
fn check_folder(path: &Path) -> Result<(), StoreError> {
    if path.join("CURRENT").is_file() {
        return Ok(());
    }
    let not_a_store = |why: &str| Err(StoreError::NotAStore { path: path.into(), why: why.into() });
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return not_a_store("there is no such folder");
        }
        Err(error) => return Err(StoreError::io(path, &error)),
    };
    for entry in entries {
        let name = entry.map_err(|error| StoreError::io(path, &error))?.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("MANIFEST-") || name.ends_with(".sst") {
            return Err(StoreError::corrupt(format!("its file CURRENT is missing, and {name} is there")));
        }
    }
    not_a_store("it has no file CURRENT")
}

fn has_tables(path: &Path) -> Result<bool, StoreError> {
    let io = |error: std::io::Error| StoreError::io(path, &error);
    for entry in std::fs::read_dir(path).map_err(io)? {
        if entry.map_err(io)?.file_name().to_string_lossy().ends_with(".sst") {
            return Ok(true);
        }
    }
    Ok(false)
}

fn prepare_folder(path: &Path) -> Result<(), StoreError> {
    let io = |error: std::io::Error| StoreError::io(path, &error);
    std::fs::create_dir_all(path).map_err(io)?;
    for entry in std::fs::read_dir(path).map_err(io)? {
        if !is_foreign(&entry.map_err(io)?.file_name()) {
            return Err(StoreError::NotEmpty { path: path.into() });
        }
    }
    owner_only(path)
}

/// Takes the folder from everyone but its owner.
pub(crate) fn owner_only(path: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
            .map_err(|error| StoreError::io(path, &error))?;
    }
    Ok(())
}

fn load_position(database: &Database, genesis: &Genesis, tip: &[u8]) -> Result<Position, StoreError> {
    let (height, hash) = Tip::decode(tip)?;
    if height == Height::GENESIS {
        let frontier = Frontier::load(1, database)?;
        return Ok(Position { tip: Tip::at_genesis(genesis, &frontier), frontier });
    }
    let (header, _) = block_row(database, height)?
        .ok_or_else(|| StoreError::corrupt(format!("block {height}, the newest, is missing")))?;
    if header.hash() != hash {
        return Err(StoreError::corrupt(format!("block {height} is not the one the tip names")));
    }
    let frontier = Frontier::load(header.history_size, database)?;
    Ok(Position { tip: Tip::of(header, hash), frontier })
}

fn encode_chain(chain: &ChainId) -> Vec<u8> {
    borsh::to_vec(chain).expect("writing to memory does not fail")
}

fn read_format(row: &[u8]) -> Result<u32, StoreError> {
    let bytes = row.try_into().map_err(|_| StoreError::corrupt("the format version is not a number"))?;
    Ok(u32::from_be_bytes(bytes))
}

fn check_format(found: u32) -> Result<(), StoreError> {
    match found {
        FORMAT_VERSION => Ok(()),
        newer if newer > FORMAT_VERSION => Err(StoreError::NewerFormat { found, known: FORMAT_VERSION }),
        _ => Err(StoreError::corrupt(format!("format {found} never existed"))),
    }
}

fn unfinished(path: &Path) -> StoreError {
    StoreError::NotAStore { path: path.into(), why: "its creation was interrupted".into() }
}

/// RocksDB opens only what it is told of, and all of that: a newer format may have families we do not know.
fn check_families(path: &Path) -> Result<(), StoreError> {
    let found = DB::list_cf(&database_options(), path).map_err(of_opening)?;
    let known: Vec<&str> = Family::ALL.iter().map(|family| family.name()).chain([UNUSED_FAMILY]).collect();
    let unknown: Vec<&String> = found.iter().filter(|name| !known.contains(&name.as_str())).collect();
    let missing: Vec<&&str> = known.iter().filter(|name| !found.iter().any(|one| one == *name)).collect();
    if unknown.is_empty() && missing.is_empty() {
        return Ok(());
    }
    match peek_format(path)? {
        // A creation that was interrupted has no tables yet.
        None if has_tables(path)? => {
            Err(StoreError::corrupt("its manifest names nothing, and there are tables"))
        }
        None => Err(unfinished(path)),
        Some(format) => {
            check_format(format)?;
            Err(StoreError::corrupt(format!("column families missing: {missing:?}, unknown: {unknown:?}")))
        }
    }
}

/// The format version of a store that may have other families than ours.
fn peek_format(path: &Path) -> Result<Option<u32>, StoreError> {
    let families = [UNUSED_FAMILY, Family::Meta.name()]
        .map(|name| ColumnFamilyDescriptor::new(name, Options::default()));
    let Ok(db) = DB::open_cf_descriptors_read_only(&database_options(), path, families, false) else {
        return Ok(None);
    };
    let Some(meta) = db.cf_handle(Family::Meta.name()) else { return Ok(None) };
    let row = db.get_pinned_cf(meta, META_FORMAT)?;
    row.map(|row| read_format(checked(Family::Meta, META_FORMAT, &row)?)).transpose()
}

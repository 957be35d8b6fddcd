//! RocksDB's settings: bounded memory, bounded logs, and no recovery that would lose an acknowledged write.

use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamilyDescriptor, DBCompressionType, DBRecoveryMode, Options,
    WriteOptions,
};

use crate::schema::{Family, UNUSED_FAMILY};

/// Cached blocks, indexes and filters of all families together, bytes.
const CACHE_BYTES: usize = 128 * 1024 * 1024;
/// Unflushed writes of all families together, bytes.
const WRITE_BUFFERS_BYTES: usize = 128 * 1024 * 1024;
/// Unflushed writes of one family, bytes.
const WRITE_BUFFER_BYTES: usize = 32 * 1024 * 1024;
/// Write-ahead log, bytes: beyond it the families that hold the oldest part are flushed.
const WAL_BYTES: u64 = 256 * 1024 * 1024;
/// RocksDB's own log: files kept and bytes of each.
const INFO_LOG_FILES: usize = 4;
const INFO_LOG_BYTES: usize = 8 * 1024 * 1024;
/// Leaves a process limited to 1,024 files enough for its connections.
const OPEN_FILES: i32 = 512;
/// One wrong "maybe" in a hundred look-ups of what is not there.
const BLOOM_BITS_PER_KEY: f64 = 10.0;

/// Share of a write buffer its filter takes.
const MEMTABLE_BLOOM_SHARE: f64 = 0.02;

/// Settings of the database as a whole.
pub(crate) fn database_options() -> Options {
    let mut options = Options::default();
    options.set_paranoid_checks(true);
    // The default recovery stops at the first damaged entry and drops all later ones, acknowledged or not.
    // This one forgives only a last entry that a crash cut short, and refuses anything else.
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    options.set_track_and_verify_wals_in_manifest(true);
    options.set_max_total_wal_size(WAL_BYTES);
    options.set_db_write_buffer_size(WRITE_BUFFERS_BYTES);
    options.set_max_manifest_file_size(64 * 1024 * 1024);
    options.set_keep_log_file_num(INFO_LOG_FILES);
    options.set_max_log_file_size(INFO_LOG_BYTES);
    options.set_stats_dump_period_sec(0);
    options.set_stats_persist_period_sec(0);
    options.set_max_open_files(OPEN_FILES);
    options.set_max_background_jobs(2);
    options.set_bytes_per_sync(1024 * 1024);
    // Two threads write: the journal's and consensus'. One that waits for the other's sync sleeps rather than spins.
    options.set_enable_write_thread_adaptive_yield(false);
    options.set_allow_concurrent_memtable_write(false);
    options
}

/// Every family, with the one nobody uses: none is opened implicitly.
pub(crate) fn families() -> Vec<ColumnFamilyDescriptor> {
    let cache = Cache::new_lru_cache(CACHE_BYTES);
    let ours = Family::ALL
        .into_iter()
        .map(|family| ColumnFamilyDescriptor::new(family.name(), family_options(family, &cache)));
    ours.chain([ColumnFamilyDescriptor::new(UNUSED_FAMILY, Options::default())]).collect()
}

fn family_options(family: Family, cache: &Cache) -> Options {
    let mut options = Options::default();
    let mut table = BlockBasedOptions::default();
    table.set_block_cache(cache);
    table.set_cache_index_and_filter_blocks(true);
    table.set_pin_l0_filter_and_index_blocks_in_cache(true);
    if matches!(family, Family::Records | Family::State | Family::Outcomes) {
        table.set_bloom_filter(BLOOM_BITS_PER_KEY, false);
        // Most look-ups are for what is not there; unflushed writes answer them without a search, too.
        options.set_memtable_whole_key_filtering(true);
        options.set_memtable_prefix_bloom_ratio(MEMTABLE_BLOOM_SHARE);
    }
    // Hashes do not compress.
    let compression = match family {
        Family::Records | Family::Leaves | Family::History | Family::Buckets => DBCompressionType::None,
        _ => DBCompressionType::Lz4,
    };
    options.set_compression_type(compression);
    options.set_write_buffer_size(WRITE_BUFFER_BYTES);
    options.set_block_based_table_factory(&table);
    options
}

/// Of every write that something is acknowledged after.
pub(crate) fn synced() -> WriteOptions {
    let mut options = WriteOptions::default();
    options.set_sync(true);
    options
}

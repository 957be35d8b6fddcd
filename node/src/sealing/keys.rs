//! The secrets on disk: three key files, and one file for each share.
//!
//! ```text
//! HOME/keys/sealing.key    seed of the node's keys for ceremonies
//! HOME/keys/storage.key    key under which shares are encrypted; may be a link to another medium
//! HOME/keys/records.key    signs what the node says in its organisation's name (purpose: session)
//! HOME/sealing/NAME.share  "BZSH", mode 0600; NAME: sealing-EPOCH or tokens-EPOCH
//! ```
//! **Invariant:** a share file is complete or not there, and readable by its owner only.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use biaozheng_client::Author;
use biaozheng_files as files;
use biaozheng_ledger::digest::FieldHasher;
use biaozheng_ledger::ids::{ChainId, OrgId};
use biaozheng_ledger::key::{PublicKey, SecretKey};
use biaozheng_seal::dkg::NodeSecret;
use biaozheng_seal::group::{GroupKey, PrivateShare, PublicPolynomial, StorageKey};
use biaozheng_seal::seed::Seed;
use biaozheng_store::Store;
use tokio::sync::Notify;
use tracing::warn;
use zeroize::Zeroizing;

use super::Sealer;
use super::cover::Cover;
use super::entries::Entries;
use crate::run::config::Config;
use crate::run::keys::{create, create_pair, generate, read_secret};
use crate::run::metrics::Metrics;

/// Largest share file that is read, bytes.
const SHARE_FILE_BYTES_MAX: usize = 1024;

/// What others need to know of keys that were made.
#[derive(Clone, Debug)]
pub struct MadeKeys {
    /// For `dkg.started/1`, 128 hexadecimal digits.
    pub member: String,
    /// For `participant.key_added/1`.
    pub records: PublicKey,
}

fn seed_of(key: &SecretKey) -> Seed {
    Seed::new(*Zeroizing::new(*key.seed()))
}

/// Makes the three key files.
///
/// # Errors
/// When one exists already or cannot be written.
pub fn create_keys(folder: &Path) -> anyhow::Result<MadeKeys> {
    let sealing = generate()?;
    create(&folder.join("sealing.key"), &sealing)?;
    create(&folder.join("storage.key"), &generate()?)?;
    let records = create_pair(&folder.join("records.key"), "records")?;
    Ok(made(&sealing, &records))
}

fn made(sealing: &SecretKey, records: &SecretKey) -> MadeKeys {
    let member = NodeSecret::from_seed(&seed_of(sealing));
    MadeKeys { member: hex::encode(member.member().to_bytes()), records: records.public() }
}

/// What [`create_keys`] gave, from the key files.
///
/// # Errors
/// When one is missing, exposed or damaged.
pub fn read_keys(folder: &Path) -> anyhow::Result<MadeKeys> {
    Ok(made(&read_secret(&folder.join("sealing.key"))?, &read_secret(&folder.join("records.key"))?))
}

impl Sealer {
    /// Reads this node's secrets, where its configuration gives it a part.
    ///
    /// # Errors
    /// When a key file is missing, exposed or damaged.
    pub fn open(
        config: &Config,
        chain: ChainId,
        store: &Store,
        metrics: &Arc<Metrics>,
    ) -> anyhow::Result<Option<Self>> {
        if config.sealing.org.is_empty() {
            return Ok(None);
        }
        let org = OrgId::new(&config.sealing.org).context("sealing.org")?;
        let key = |name: &str| read_secret(&config.keys_path().join(name));
        let (secret, storage) = (key("sealing.key")?, key("storage.key")?);
        let folder = config.home.join("sealing");
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .with_context(|| folder.display().to_string())?;
        let seed = seed_of(&secret);
        let moments = FieldHasher::new("biaozheng/node/moments/v1").field(&*Zeroizing::new(*secret.seed()));
        let moments = Zeroizing::new(*moments.finish().bytes());
        let each = config.sealing.cover;
        let promise_ms = config.mempool.promise_ms;
        let entries =
            Entries::new(store.clone(), chain, Arc::clone(metrics), promise_ms, Cover::new(moments, each));
        Ok(Some(Self {
            author: Author::new(org, key("records.key")?, chain).with_tool("biaozheng-node"),
            node: NodeSecret::from_seed(&seed),
            seed,
            storage: StorageKey::new(*Zeroizing::new(*storage.seed())),
            folder,
            chain,
            cover: each,
            entries: Arc::new(entries),
            metrics: metrics.sealing.clone(),
            held: Mutex::default(),
            complete: Notify::new(),
        }))
    }
}

/// A share of its file; nothing where there is none, or where the file holds none: a ceremony gives it again.
///
/// # Errors
/// The disk's.
pub(super) fn read_share(
    folder: &Path,
    name: &str,
    storage: &StorageKey,
    polynomial: &PublicPolynomial,
) -> std::io::Result<Option<PrivateShare>> {
    let path = folder.join(format!("{name}.share"));
    let bytes = match files::read(&path, SHARE_FILE_BYTES_MAX) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => Vec::new(),
        Err(error) => return Err(error),
    };
    Ok(PrivateShare::open_at_rest(&bytes, storage, polynomial)
        .inspect_err(|error| warn!(%error, path = %path.display(), "a share cannot be read"))
        .ok())
}

/// Encrypts a share into its file.
pub(super) fn write_share(
    folder: &Path,
    name: &str,
    storage: &StorageKey,
    group: &GroupKey,
    share: &PrivateShare,
) -> anyhow::Result<()> {
    let fresh = seed_of(&generate()?);
    let bytes = share.seal_at_rest(storage, group, &fresh);
    files::put_private(&folder.join(format!("{name}.share")), &bytes)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn key_files_are_made_once_for_their_owner_only() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("keys");
        let made = create_keys(&folder).unwrap();
        assert_eq!(made.member.len(), 128);
        assert_eq!(read_secret(&folder.join("records.key")).unwrap().public(), made.records);
        for name in ["sealing.key", "storage.key", "records.key"] {
            let mode = std::fs::metadata(folder.join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        assert!(create_keys(&folder).is_err());
        let shown = read_keys(&folder).unwrap();
        assert_eq!((shown.member, shown.records), (made.member, made.records), "the line can be shown again");
        std::fs::remove_file(folder.join("records.key")).unwrap();
        assert!(read_keys(&folder).is_err());
    }

    #[test]
    fn a_share_that_cannot_be_read_is_no_share_that_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let storage = StorageKey::new([1; 32]);
        let dealt = biaozheng_seal::group::trusted_dealer::deal(
            &Seed::new([1; 32]),
            biaozheng_seal::group::Purpose::Sealing,
            4,
        );
        let (polynomial, _) = dealt.unwrap();
        let read = |name: &str| read_share(folder.path(), name, &storage, &polynomial);
        assert!(matches!(read("none"), Ok(None)), "not there: a ceremony gives it");
        for (name, bytes) in [("empty", vec![]), ("large", vec![0; 1 << 20]), ("foreign", vec![7; 200])] {
            std::fs::write(folder.path().join(format!("{name}.share")), bytes).unwrap();
            assert!(matches!(read(name), Ok(None)), "{name}: it holds none");
        }
        // What the disk does not give is its failure, which stops the node.
        std::fs::create_dir(folder.path().join("folder.share")).unwrap();
        assert!(read("folder").is_err());
    }
}

//! `biaozheng backup` and `biaozheng restore`.
//!
//! ```text
//! DIR/data/        the store
//! DIR/genesis.json DIR/config.toml
//! DIR/keys/        only with --with-keys
//! DIR/backup.json  {"format":"biaozheng-backup/1","chain":…,"height":…,"made_at_ms":…,"files":{"path":{"sha256":…,"size":…}}}
//! ```
//! **Invariant:** a backup never holds a signer guard. What a validator signed last is known only to the folder it
//! signed from; a copy of it would let it sign twice.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail, ensure};
use biaozheng_client::author::clock;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, Height, TimeMs};
use biaozheng_store::{Store, StoreError};
use clap::Args;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::folders;
use crate::run::config::{Config, Overrides};
use crate::run::control::{self, Request};
use biaozheng_commands::Exit;
use biaozheng_commands::output::say;

const FORMAT: &str = "biaozheng-backup/1";
/// Files of a backup, and bytes of its list: far above what a store has.
const FILES_MAX: usize = 1_000_000;
const MANIFEST_BYTES_MAX: u64 = 256 * 1024 * 1024;

const BACKUP_HELP: &str = "\
Works while the node runs and when it is stopped. The copy holds everything the ledger has, records that wait, and
the configuration; private keys only with --with-keys, and never the signer guard.

Example:
  biaozheng backup --home /var/lib/biaozheng --to /backup/2026-11-23";

const RESTORE_HELP: &str = "\
Every file is held against the list in the backup, and the store is opened and checked, before anything is said to be
restored. A restored validator does not vote until its guard is made anew: see `biaozheng guard remake --help`.

Example:
  biaozheng restore --from /backup/2026-11-23 --home /var/lib/biaozheng";

#[derive(Debug, Args)]
#[command(after_help = BACKUP_HELP)]
pub(super) struct Backup {
    /// The node's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    home: PathBuf,
    /// Folder to make
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Also copy the private keys: then guard the backup like the node
    #[arg(long)]
    with_keys: bool,
}

#[derive(Debug, Args)]
#[command(after_help = RESTORE_HELP)]
pub(super) struct Restore {
    /// The backup
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// The node's folder to make; only keys/ and empty folders may be there already
    #[arg(long, value_name = "DIR")]
    home: PathBuf,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: String,
    chain: ChainId,
    height: Height,
    made_at_ms: TimeMs,
    files: BTreeMap<String, Listed>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    sha256: String,
    size: u64,
}

impl Backup {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let config = Config::load(&self.home, &Overrides::default())?;
        let genesis = config.load_genesis()?;
        let free = folders::is_free(&self.to).with_context(|| self.to.display().to_string())?;
        ensure!(free, "{} exists and is not empty; nothing is overwritten", self.to.display());
        private_folder(&self.to)?;
        let to = self.to.canonicalize()?;
        let request = Request::CopyStore { to: to.join("data") };
        if control::ask(&self.home, &request).await?.is_none() {
            let store = Store::open(&config.data_path(), &genesis.chain_id()).map_err(|error| match error {
                StoreError::Locked { .. } => anyhow!(
                    "a node runs in {} and listens on no control socket ({}): it is starting or ending, and a backup can be made in a moment; if that lasts, its log says why 节点正在启动或停止，请稍后再试",
                    self.home.display(),
                    control::socket_in(&self.home).display()
                ),
                other => other.into(),
            })?;
            store.checkpoint_to(&to.join("data"))?;
        }
        for name in ["genesis.json", "config.toml"] {
            copy(&self.home.join(name), &to.join(name), 0o644)?;
        }
        if self.with_keys {
            private_folder(&to.join("keys"))?;
            for entry in std::fs::read_dir(self.home.join("keys"))? {
                let entry = entry?;
                if entry.path().is_dir() {
                    continue;
                }
                copy(&entry.path(), &to.join("keys").join(entry.file_name()), 0o600)?;
            }
        }
        // Opening the copy checks it, before anybody relies on it.
        let height = Store::open(&to.join("data"), &genesis.chain_id())?.tip().height;
        let files = list(&to)?;
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            chain: genesis.chain_id(),
            height,
            made_at_ms: clock(),
            files,
        };
        biaozheng_commands::write_new(&to.join("backup.json"), &serde_json::to_string_pretty(&manifest)?)?;
        say(format_args!(
            "backed up 已备份 up to block {height}, {} files, in {}",
            manifest.files.len(),
            to.display()
        ));
        Ok(Exit::Done)
    }
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let manifest = read_manifest(&self.from.join("backup.json"))?;
        let genesis_text = std::fs::read(self.from.join("genesis.json"))?;
        let genesis = Genesis::from_json(&genesis_text)?;
        ensure!(genesis.chain_id() == manifest.chain, "the backup's genesis is of another chain");
        self.check_home()?;
        let found = list(&self.from)?;
        for (path, listed) in &manifest.files {
            match found.get(path) {
                None => bail!("{path} is missing from the backup 备份缺少文件"),
                Some(file) if file != listed => bail!("{path} was changed since the backup 备份文件已被改动"),
                Some(_) => {}
            }
        }
        if let Some(extra) = found.keys().find(|path| !manifest.files.contains_key(*path)) {
            bail!("{extra} is not of this backup 备份中多出文件");
        }
        std::fs::create_dir_all(&self.home)?;
        for path in manifest.files.keys() {
            let to = self.home.join(path);
            let parent = to.parent().context("a file of a backup lies in a folder")?;
            if !parent.exists() {
                private_folder(parent)?;
            }
            let mode = if path.ends_with(".json") || path.ends_with(".toml") { 0o644 } else { 0o600 };
            copy(&self.from.join(path), &to, mode)?;
        }
        let height = Store::open(&self.home.join("data"), &manifest.chain)?.tip().height;
        ensure!(
            height == manifest.height,
            "the restored store stands at block {height}, not {}",
            manifest.height
        );
        let config = Config::load(&self.home, &Overrides::default())?;
        say(format_args!("restored 已恢复 up to block {height} in {}", self.home.display()));
        let keys = self.home.join("keys");
        if !keys.join("network.key").exists() {
            say(format_args!("put the node's keys into 请放回密钥 {}", keys.display()));
        }
        let votes = config.may_vote(&genesis);
        if votes {
            say(format_args!(
                "this validator does not vote until its guard is made anew 须重建签名守卫后方可投票:\n  biaozheng guard remake --home {} --help",
                self.home.display()
            ));
        }
        Ok(Exit::Done)
    }

    fn check_home(&self) -> anyhow::Result<()> {
        let Ok(entries) = std::fs::read_dir(&self.home) else { return Ok(()) };
        for entry in entries {
            let name = entry?.file_name();
            let path = self.home.join(&name);
            let free =
                path.is_dir() && folders::is_free(&path).with_context(|| path.display().to_string())?;
            ensure!(
                name == "keys" || name == "lost+found" || free,
                "{} holds {} already; restore into a new folder (keys/ and empty folders, such as a disk mounted for data/, may be there)",
                self.home.display(),
                name.to_string_lossy()
            );
        }
        Ok(())
    }
}

fn read_manifest(path: &Path) -> anyhow::Result<Manifest> {
    let about = || format!("{}: not a backup", path.display());
    let mut text = String::new();
    File::open(path)
        .with_context(about)?
        .take(MANIFEST_BYTES_MAX)
        .read_to_string(&mut text)
        .with_context(about)?;
    let manifest: Manifest = serde_json::from_str(&text).with_context(about)?;
    ensure!(manifest.format == FORMAT, "{:?} is a format this program does not know", manifest.format);
    let plain = |path: &String| {
        !path.is_empty() && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
    };
    if let Some(odd) = manifest.files.keys().find(|path| !plain(path)) {
        bail!("the backup lists {odd:?}, which is no path inside it");
    }
    Ok(manifest)
}

/// Every file below a folder but the list itself, with digest and size.
fn list(folder: &Path) -> anyhow::Result<BTreeMap<String, Listed>> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).with_context(|| next.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                // A file system's own, where a backup is the root of a disk; its owner is root.
                if path.file_name() != Some(std::ffi::OsStr::new("lost+found")) {
                    folders.push(path);
                }
                continue;
            }
            let name =
                path.strip_prefix(folder)?.to_str().context("a file name that is not text")?.to_owned();
            // A store that was opened leaves its lock and its own log behind; both are made anew.
            let made_anew = name == "backup.json" || name == "data/LOCK" || name.starts_with("data/LOG");
            if !made_anew {
                ensure!(files.len() < FILES_MAX, "more than {FILES_MAX} files");
                files.insert(name, digest(&path)?);
            }
        }
    }
    Ok(files)
}

fn digest(path: &Path) -> anyhow::Result<Listed> {
    let mut hasher = Sha256::new();
    let mut reader = BufReader::with_capacity(1 << 20, File::open(path)?);
    let size = io::copy(&mut reader, &mut hasher).with_context(|| path.display().to_string())?;
    Ok(Listed { sha256: hex::encode(hasher.finalize()), size })
}

fn private_folder(path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(path).with_context(|| path.display().to_string())?;
    Ok(std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?)
}

/// Copies a file that must not be there yet, and syncs it.
fn copy(from: &Path, to: &Path, mode: u32) -> anyhow::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let write = || -> io::Result<()> {
        let mut source = File::open(from)?;
        let mut target = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(to)?;
        io::copy(&mut source, &mut target)?;
        target.sync_all()
    };
    write().with_context(|| format!("{} to {}", from.display(), to.display()))
}

//! `biaozheng resync`: puts a node's store aside and lets it fetch the chain anew.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::record::Record;
use biaozheng_store::{ASIDE, Store, StoreError};
use clap::Args;

use crate::folders;
use crate::run::config::{Config, Overrides};
use crate::run::damage;
use biaozheng_commands::Exit;
use biaozheng_commands::output::say;

const HELP: &str = "\
For a stopped node whose store is damaged or refuses to open. Keys, configuration and the signer guard stay. The old
store is kept as data.before-resync; where data is a mount point or a link, in data/before-resync on the same disk.
Remove it when the node is back.

A record this node gave a receipt for and that is in no block yet may be only here. While the old store is good and
holds such records, resync refuses: start the node once more and let them into a block. From a store that was found
damaged, and with --lose-waiting-records, they are written into records.before-resync, each as it was signed: submit
them again at any node.

Example:
  biaozheng resync --home /var/lib/biaozheng && biaozheng start --home /var/lib/biaozheng";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct Resync {
    /// The node's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    home: PathBuf,
    /// Go on although records that were received and not yet decided cannot be read, or wait for a block
    #[arg(long)]
    lose_waiting_records: bool,
}

impl Resync {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let config = Config::load(&self.home, &Overrides::default())?;
        let genesis = config.load_genesis()?;
        ensure!(
            genesis.rest.nodes.len() > 1,
            "this consortium has no other node to fetch the chain from 没有其他节点可供同步: restore a backup instead, `biaozheng restore --help`"
        );
        let data = config.data_path();
        let saved = self.save_waiting(&config, &genesis)?;
        let aside = if folders::is_free(&data).with_context(|| data.display().to_string())? {
            None
        } else {
            Some(folders::put_aside(&data, ASIDE).with_context(|| data.display().to_string())?)
        };
        drop(Store::create(&data, &genesis)?);
        damage::forget(&self.home)?;
        say("the node fetches the chain anew when it starts 启动后重新同步");
        if let Some(aside) = aside {
            say(format_args!("the old store 原存储: {} (remove it when the node is back)", aside.display()));
        }
        if let Some((count, folder)) = saved {
            say(format_args!(
                "{count} records waited for a block 条记录尚未入块; submit each again at any node 请逐一重新提交:\n  biaozheng submit --envelope {}/RECORD.json --chain FILE --api URL",
                folder.display()
            ));
        }
        Ok(Exit::Done)
    }

    /// Writes down the records that are nowhere else, where the store can still be read.
    fn save_waiting(&self, config: &Config, genesis: &Genesis) -> anyhow::Result<Option<(usize, PathBuf)>> {
        let found_damaged = damage::check(&self.home).is_err();
        let waiting =
            Store::open(&config.data_path(), &genesis.chain_id()).and_then(|store| store.pending(usize::MAX));
        match waiting {
            Ok(envelopes) if envelopes.is_empty() => Ok(None),
            Ok(envelopes) => {
                ensure!(
                    found_damaged || self.lose_waiting_records,
                    "records that this node acknowledged wait for a block and may be nowhere else; start it once more, or give --lose-waiting-records, which writes them down 尚有已受理未入块的记录"
                );
                let folder = folders::first_free(&self.home, "records.before-resync")?;
                let records = envelopes.into_iter().map(|(_, envelope)| Record::from_envelope(envelope));
                // What is no record any more could not be submitted either.
                let records: Vec<Record> = records.filter_map(Result::ok).collect();
                write_records(&folder, &records)?;
                Ok(Some((records.len(), folder)))
            }
            Err(error @ StoreError::Locked { .. }) => Err(error.into()),
            Err(error) => {
                ensure!(
                    self.lose_waiting_records,
                    "the store cannot be read ({error}), so nobody knows whether acknowledged records wait in it; other nodes were sent them too. Go on with --lose-waiting-records"
                );
                Ok(None)
            }
        }
    }
}

/// Bids that are not public may be among them: for the node's own user only.
fn write_records(folder: &Path, records: &[Record]) -> anyhow::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    let write = || -> std::io::Result<()> {
        std::fs::DirBuilder::new().mode(0o700).create(folder)?;
        for record in records {
            let path = folder.join(format!("{}.json", record.id().digest().hex()));
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
            std::io::Write::write_all(&mut file, record.envelope().to_json().as_bytes())?;
            file.sync_all()?;
        }
        std::fs::File::open(folder)?.sync_all()
    };
    write().with_context(|| folder.display().to_string())
}

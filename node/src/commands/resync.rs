//! `biaozheng resync`: puts a node's store aside and lets it fetch the chain anew.

use std::path::PathBuf;

use anyhow::ensure;
use biaozheng_store::Store;
use clap::Args;

use super::Exit;
use super::output::say;
use crate::config::{Config, Overrides};

const HELP: &str = "\
For a stopped node whose store is damaged or refuses to open. Keys, configuration and the signer guard stay. The old
store is kept beside the new one as data.before-resync: remove it when the node is back.

A record this node gave a receipt for and that is in no block yet is only here: while the old store still opens and
holds such records, resync refuses; start the node once more and let them into a block.

Example:
  biaozheng resync --home /var/lib/biaozheng && biaozheng start --home /var/lib/biaozheng";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct Resync {
    /// The node's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    home: PathBuf,
    /// Go on although records that were received and not yet decided are lost with the store
    #[arg(long)]
    lose_waiting_records: bool,
}

impl Resync {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let config = Config::load(&self.home, &Overrides::default())?;
        let genesis = config.load_genesis()?;
        let (data, aside) = (config.data_path(), config.home.join("data.before-resync"));
        ensure!(!aside.exists(), "{} is in the way: remove it first", aside.display());
        match Store::open(&data, &genesis.chain_id()) {
            Ok(store) => {
                let waiting = store.pending(1)?.len();
                ensure!(
                    waiting == 0 || self.lose_waiting_records,
                    "records that this node acknowledged wait for a block and are nowhere else; start it once more, or give --lose-waiting-records 尚有已受理未入块的记录"
                );
            }
            Err(error) if matches!(error, biaozheng_store::StoreError::Locked { .. }) => {
                return Err(error.into());
            }
            Err(error) => ensure!(
                self.lose_waiting_records,
                "the store does not open ({error}), so nobody knows whether acknowledged records wait in it; other nodes were sent them too. Go on with --lose-waiting-records"
            ),
        }
        std::fs::rename(&data, &aside)?;
        drop(Store::create(&data, &genesis)?);
        say(format_args!(
            "the node fetches the chain anew when it starts 启动后重新同步; the old store: {}",
            aside.display()
        ));
        Ok(Exit::Done)
    }
}

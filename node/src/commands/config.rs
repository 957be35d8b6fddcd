//! `biaozheng config print-default|check`.

use std::path::PathBuf;

use clap::Subcommand;

use crate::run::config::{Config, DEFAULT_TOML, Overrides};
use biaozheng_commands::Exit;
use biaozheng_commands::output::{print, say};

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Print a configuration file with every option, its default and its meaning
    PrintDefault,
    /// Check a node's config.toml, and its genesis.json if it is there
    #[command(after_help = "Example:\n  biaozheng config check --home /var/lib/biaozheng")]
    Check {
        /// The node's folder
        #[arg(long, value_name = "DIR", default_value = ".")]
        home: PathBuf,
    },
}

impl ConfigCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::PrintDefault => print(DEFAULT_TOML),
            Self::Check { home } => {
                let config = Config::load(&home, &Overrides::default())?;
                let genesis = if config.genesis_path().exists() {
                    format!("chain {}", config.load_genesis()?.chain_id())
                } else {
                    "no genesis.json yet".to_owned()
                };
                say(format_args!(
                    "configuration of {} is good 配置正确: API {}, consensus {}, gossip {}, {} peers; {genesis}",
                    config.name,
                    config.api.listen,
                    config.consensus.listen,
                    config.gossip.listen,
                    config.peers.len()
                ));
            }
        }
        Ok(Exit::Done)
    }
}

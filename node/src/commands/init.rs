//! `biaozheng init`: completes the folder of a node whose consortium was assembled.

use std::path::PathBuf;

use anyhow::Context as _;
use biaozheng_ledger::genesis::Genesis;
use clap::Args;

use biaozheng_commands::Exit;
use biaozheng_commands::output::say;

use super::engine;
use crate::consortium::fill_home;

const EXAMPLE: &str = "\
Creates the store and the signer guard: once in a node's life. Never run it for a node that has voted before,
on this machine or another: with a fresh guard it could vote twice. Move a node by moving its whole folder.

Example:
  biaozheng consortium keys --name district-1 --org 12320500466950001X --role district --host 10.1.2.3 --out node
  (send node/node.json, receive genesis.json and district-1.toml, compare the chain id)
  biaozheng init --home node --genesis genesis.json --config district-1.toml";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Init {
    /// The node's folder, as `consortium keys` made it
    #[arg(long, value_name = "DIR", default_value = ".")]
    home: PathBuf,
    /// The genesis everyone agreed on
    #[arg(long, value_name = "FILE")]
    genesis: PathBuf,
    /// The node's configuration, unless config.toml is in the folder already
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Init {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let text = std::fs::read(&self.genesis).with_context(|| self.genesis.display().to_string())?;
        let genesis = Genesis::from_json(&text).with_context(|| self.genesis.display().to_string())?;
        let path = self.config.unwrap_or_else(|| self.home.join("config.toml"));
        let config = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let config = fill_home(&self.home, &genesis, &config, &engine::initialise)?;
        say(format_args!("node {} is ready 节点已初始化", config.name));
        say(format_args!("chain 链标识 {}", genesis.chain_id()));
        say("compare it with the other centres by telephone, then: 与其他中心核对链标识后启动");
        say(format_args!("  biaozheng start --home {}", self.home.display()));
        Ok(Exit::Done)
    }
}

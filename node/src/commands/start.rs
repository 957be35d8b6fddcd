//! `biaozheng start`: runs a node; with `--dev` a consortium of one, for trying things out.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use biaozheng_client::author::clock;
use biaozheng_connect::Trust;
use biaozheng_ledger::genesis::TimeBounds;
use biaozheng_ledger::ids::OrgId;
use clap::Args;

use biaozheng_commands::Exit;
use biaozheng_commands::output::complain;

use super::engine;
use crate::consortium::{Assembly, Member, Plan, Ports, Role, create};
use crate::folders;
use crate::run::config::{Config, Overrides};
use crate::run::logging;

const EXAMPLE: &str = "\
Says 'started' on standard output only when blocks advance, and in the log what is missing until then.
Stops on Ctrl-C, SIGTERM, and when its terminal is closed. Without a terminal SIGHUP opens the log files anew.

Examples:
  biaozheng start --home /var/lib/biaozheng
  biaozheng start --dev                       consortium of one in ./biaozheng-dev, made if it is not there";

/// Where `--dev` lives unless `--home` says otherwise.
const DEV_HOME: &str = "biaozheng-dev";
const DEV_NODE: &str = "dev";
const DEV_ORG: &str = "DEV-CENTRE";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Start {
    /// The node's folder; the current one unless given. With --dev the consortium's folder
    #[arg(long, value_name = "DIR")]
    home: Option<PathBuf>,
    /// Try it out: make and run a consortium of one validator. Not for real records
    #[arg(long)]
    dev: bool,
    /// Listen for clients here instead of where config.toml says
    #[arg(long, value_name = "ADDRESS:PORT")]
    api_listen: Option<SocketAddr>,
    /// Log more or less than config.toml says: error, warn, info, debug, trace
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,
}

impl Start {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let overrides = Overrides { api_listen: self.api_listen, log_level: self.log_level };
        let (home, notes) = if self.dev {
            let folder = self.home.unwrap_or_else(|| DEV_HOME.into());
            (dev_home(&folder)?, dev_notes(&folder))
        } else {
            (self.home.unwrap_or_else(|| ".".into()), Vec::new())
        };
        ensure!(
            home.join("config.toml").exists(),
            "there is no node in {} 此处没有节点; make one with `biaozheng consortium init` or `biaozheng init`, or try `biaozheng start --dev`",
            home.display()
        );
        let config = Config::load(&home, &overrides)?;
        config.load_genesis()?;
        ensure!(config.data_path().exists(), "{}", without_store(&config));
        if let Some(file) = &config.https.ca_file {
            Trust::with_file(file)?.share().context("give either --ca or https.ca_file, not both")?;
        }
        let _log = logging::start(&config.log)?;
        engine::run(config, notes)?;
        Ok(Exit::Done)
    }
}

/// A node that has a guard or an engine's log had a store, and must never be made anew.
fn without_store(config: &Config) -> String {
    let (data, home) = (config.data_path(), config.home.display());
    if data.is_symlink() {
        return format!("{} is a link to what is not there: is its disk mounted? 磁盘未挂载", data.display());
    }
    let is_used = |folder: &Path| !folders::is_free(folder).unwrap_or(false);
    if is_used(&config.guard_path()) || is_used(&config.consensus_path()) {
        return format!(
            "{} is missing, and this node had one 账本存储缺失: is its disk mounted? If it is lost, let the node fetch the chain anew: biaozheng resync --home {home} --lose-waiting-records",
            data.display()
        );
    }
    format!(
        "{} is missing: this node was never initialised 节点尚未初始化; run: biaozheng init --home {home} --genesis FILE. If it did run before, from another folder, that folder is the node: move the whole of it here",
        data.display()
    )
}

fn dev_home(folder: &Path) -> anyhow::Result<PathBuf> {
    let home = folder.join("nodes").join(DEV_NODE);
    if home.join("config.toml").exists() {
        return Ok(home);
    }
    let plan = Plan {
        assembly: Assembly {
            label: DEV_NODE.to_owned(),
            time: TimeBounds { precision_ms: 500, delay_ms: 2000 },
            created_at_ms: clock(),
        },
        members: vec![Member::new(DEV_NODE, OrgId::new(DEV_ORG)?, Role::City)?],
        host: "127.0.0.1".to_owned(),
        ports: Ports { base: 27_600, api_base: 8600 },
    };
    let created = create(folder, &plan, &engine::initialise).context("--dev")?;
    complain(format_args!("made a consortium of one in 已生成试用联盟 {}", created.folder.display()));
    Ok(home)
}

fn dev_notes(folder: &Path) -> Vec<String> {
    let key = folder.join("organisations").join(format!("{DEV_ORG}.key"));
    vec![
        format!("organisation {DEV_ORG}, its key 机构密钥 {}", key.display()),
        "THIS IS FOR TRYING OUT: one validator, all keys on one machine. 仅供试用，不得用于正式业务。"
            .to_owned(),
    ]
}

//! `biaozheng guard`: what a validator signed last, and the way back when that is lost.

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::Client;
use clap::{Args, Subcommand};

use crate::chain::consensus::{Guard, GuardError};
use crate::folders;
use crate::run::config::{Config, Overrides};
use biaozheng_commands::Exit;
use biaozheng_commands::output::say;

const REMAKE_HELP: &str = "\
A validator must never sign two different things at one place of the chain. If the folder it signed from is lost or
its guard is damaged, nobody knows what it signed last. The way back: make sure that no other copy of it runs, ask the
OTHER validators how far the consortium is, and make a guard that signs nothing up to the height they are deciding
now. Until they have passed it the validator follows and does not vote.

With --api the height is read from another validator: one above what it has committed. Ask one that is up to date.

Example:
  biaozheng guard remake --home /var/lib/biaozheng --api http://10.1.2.4:8600 --no-other-copy-runs";

#[derive(Debug, Subcommand)]
pub(super) enum GuardCommand {
    /// Say what was signed last 查看
    Show(Show),
    /// Make a lost or damaged guard anew above a height 重建
    #[command(after_help = REMAKE_HELP)]
    Remake(Remake),
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// The node's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    home: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Remake {
    /// The node's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    home: PathBuf,
    /// Sign nothing up to and including this height
    #[arg(long, value_name = "HEIGHT", required_unless_present = "api")]
    above: Option<u64>,
    /// Another validator, to read the height from
    #[arg(long, value_name = "URL")]
    api: Option<String>,
    /// You made sure that no other copy of this validator runs or will run
    #[arg(long)]
    no_other_copy_runs: bool,
}

impl GuardCommand {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Show(show) => show.run(),
            Self::Remake(remake) => remake.run().await,
        }
    }
}

impl Show {
    fn run(self) -> anyhow::Result<Exit> {
        let config = Config::load(&self.home, &Overrides::default())?;
        let guard = Guard::open(&config.guard_path())?;
        say(format_args!("{}: {}", guard.path().display(), guard.last()));
        Ok(Exit::Done)
    }
}

impl Remake {
    async fn run(self) -> anyhow::Result<Exit> {
        let config = Config::load(&self.home, &Overrides::default())?;
        let genesis = config.load_genesis()?;
        let votes = config.may_vote(&genesis);
        ensure!(votes, "{} is an observer: it signs nothing and has no guard", config.name);
        ensure!(
            self.no_other_copy_runs,
            "make sure that no other copy of {} runs anywhere, then say so with --no-other-copy-runs 请确认无其他副本运行",
            config.name
        );
        let known = match &self.api {
            None => None,
            Some(url) => {
                let status = Client::new(url)?.status().await?;
                ensure!(status.chain == genesis.chain_id(), "{url} is of another chain");
                ensure!(status.name != config.name, "{url} is this very node: ask another one");
                Some(status.height.saturating_add(1))
            }
        };
        let above = match (self.above, known) {
            (Some(above), Some(known)) if above < known => {
                bail!("{above} is too low: the consortium is deciding block {known} already")
            }
            (Some(above), _) | (None, Some(above)) => above,
            (None, None) => bail!("give --above HEIGHT or --api URL"),
        };
        let aside = set_aside(&config)?;
        Guard::create_above(&config.guard_path(), above)?;
        if let Some(aside) = aside {
            say(format_args!("the old guard is kept as 原守卫保留为 {}", aside.display()));
        }
        say(format_args!("{} signs nothing up to block {above} 该高度及之前不再签名", config.name));
        Ok(Exit::Done)
    }
}

/// Puts a damaged guard aside; a good one stays, and so does the engine's log that belongs to it.
fn set_aside(config: &Config) -> anyhow::Result<Option<PathBuf>> {
    match Guard::open(&config.guard_path()) {
        Ok(guard) => bail!(
            "{} is whole ({}): there is nothing to remake, and a new one could sign twice",
            guard.path().display(),
            guard.last()
        ),
        Err(error @ GuardError::Locked(_)) => Err(error.into()),
        Err(GuardError::Missing(_)) => Ok(None),
        Err(GuardError::Disk(error)) if error.kind() == std::io::ErrorKind::PermissionDenied => Err(error)
            .with_context(|| format!("{}: run this as the node's own user", config.guard_path().display())),
        Err(_) => {
            // The folder stays, which may be a disk of its own; what was kept before stays, too.
            let folder = config.guard_path();
            let aside = folders::first_free(&folder, "signed.damaged")?;
            std::fs::rename(folder.join("signed.guard"), &aside)?;
            Ok(Some(aside))
        }
    }
}

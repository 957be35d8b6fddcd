//! `biaozheng keys sealing|vote|check`: a node's own keys, beside what every program does with key files.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use biaozheng_commands::{KeyFileCommand, check_key_file};
use biaozheng_contracts::Founding;
use clap::Subcommand;

use crate::chain::consensus::Guard;
use crate::run::config::{Config, Overrides};
use crate::run::keys::{NodeKeys, Purpose, create_pair};
use biaozheng_commands::Exit;
use biaozheng_commands::output::say;

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    #[command(flatten)]
    Files(KeyFileCommand),
    /// Make the keys with which a node takes part in the groups of sealed bids 密封投标密钥
    #[command(
        after_help = "The member's keys go into dkg.started/1; the organisation registers records.pub with\nparticipant.key_added/1, purpose session, then set sealing.org.\n\nExamples:\n  biaozheng keys sealing --home /var/lib/biaozheng\n  biaozheng keys sealing --home /var/lib/biaozheng --show"
    )]
    Sealing {
        /// The node's folder
        #[arg(long, value_name = "DIR")]
        home: PathBuf,
        /// Make nothing; print what was printed when they were made 再次显示
        #[arg(long)]
        show: bool,
    },
    /// Make the key with which a node that follows will vote, and its signer guard 表决密钥
    #[command(
        after_help = "The key goes into `biaozheng validators change --add`; the node votes from the block on from which the\nchain names it. Stop the node, make the key, start it again.\n\nExample:\n  biaozheng keys vote --home /var/lib/biaozheng"
    )]
    Vote {
        /// The node's folder
        #[arg(long, value_name = "DIR")]
        home: PathBuf,
    },
    /// Check that key files can be used: permissions, format, public half, genesis 检查密钥
    #[command(
        after_help = "Examples:\n  biaozheng keys check bidder.key\n  biaozheng keys check --home /var/lib/biaozheng"
    )]
    Check {
        /// Secret key files
        #[arg(required_unless_present = "home")]
        files: Vec<PathBuf>,
        /// A node's folder: its keys are compared with its genesis
        #[arg(long, value_name = "DIR")]
        home: Option<PathBuf>,
    },
}

impl KeysCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Files(command) => return command.run(),
            Self::Sealing { home, show } => {
                let folder = home.join("keys");
                let made = if show {
                    crate::sealing::read_keys(&folder)?
                } else {
                    ensure!(
                        !folder.join("sealing.key").exists(),
                        "{} exists; nothing is overwritten. To see the member's line again 再次显示: biaozheng keys sealing --home {} --show",
                        folder.join("sealing.key").display(),
                        home.display()
                    );
                    crate::sealing::create_keys(&folder)?
                };
                say(format_args!("member 成员 {}", made.member));
                say(format_args!("records key 记录密钥 {}", made.records));
            }
            Self::Vote { home } => vote(&home)?,
            Self::Check { files, home } => {
                files.iter().try_for_each(|file| check_key_file(file))?;
                if let Some(home) = home {
                    check_home(&home)?;
                }
            }
        }
        Ok(Exit::Done)
    }
}

/// The key first: without a guard nothing is signed with it.
fn vote(home: &Path) -> anyhow::Result<()> {
    let config = Config::load(home, &Overrides::default())?;
    let genesis = config.load_genesis()?;
    let path = config.voting_key_path();
    ensure!(
        !path.exists(),
        "{} exists: this node has its key 已有表决密钥. If it has no guard yet, it has signed nothing: remove the key and make it again",
        path.display()
    );
    ensure!(
        crate::folders::is_free(&config.guard_path())?,
        "{} is there: this node has voted before; put its key back 请放回原密钥",
        config.guard_path().display()
    );
    let name = Purpose::Consensus.name();
    let key = create_pair(&path, &format!("{}/{name}", config.name))?.public();
    Guard::create(&config.guard_path()).context("signer guard")?;
    let mut orgs = Founding::of(&genesis)?.participants.into_iter();
    let org = orgs.find(|one| one.nodes.contains(&config.name)).map(|one| one.org);
    let org = org.as_ref().map_or("ORG", |org| org.as_str());
    say(format_args!("voting key 表决密钥 {key}"));
    say(format_args!("biaozheng validators change --add {}={org}={key}", config.name));
    Ok(())
}

fn check_home(home: &Path) -> anyhow::Result<()> {
    let config = Config::load(home, &Overrides::default())?;
    let genesis = config.load_genesis()?;
    let keys = NodeKeys::load(&config.keys_path(), &config.name, &genesis)
        .with_context(|| {
            format!(
                "keys of {}; a voting key that was replaced since stands in `biaozheng validators show` 若表决密钥已更换",
                config.name
            )
        })?;
    if keys.validator.is_none() && config.voting_key_path().exists() {
        check_key_file(&config.voting_key_path())?;
        say("it votes once `biaozheng validators show` names this key 列入验证节点后方可表决");
    }
    let kind = if keys.validator.is_some() { "validator 验证节点" } else { "observer 观察节点" };
    say(format_args!("the keys of {kind} {} are those of the genesis 密钥与创世文件一致", config.name));
    Ok(())
}

//! `biaozheng keys generate|show|check`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::Subcommand;

use super::Exit;
use super::output::say;
use crate::config::{Config, Overrides};
use crate::keys::{NodeKeys, create_pair, public_path, read_public, read_secret};

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Make a new secret key file (mode 0600) and its public file 生成密钥
    #[command(
        after_help = "Example:\n  biaozheng keys generate --out keys/91350100M000100Y43.key --name 91350100M000100Y43"
    )]
    Generate {
        /// The secret key file to make; the public one gets the ending .pub
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Written into the public file, so that people know whose key it is
        #[arg(long)]
        name: String,
    },
    /// Print the public half of secret key files 查看公钥
    Show {
        /// Secret key files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Make the keys with which a node takes part in the groups of sealed bids 密封投标密钥
    #[command(
        after_help = "The member's keys go into dkg.started/1; the organisation registers records.pub with\nparticipant.key_added/1, purpose session, then set sealing.org.\n\nExample:\n  biaozheng keys sealing --home /var/lib/biaozheng"
    )]
    Sealing {
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
            Self::Generate { out, name } => {
                ensure!(
                    !name.is_empty() && !name.chars().any(char::is_control),
                    "a name is one line of text"
                );
                ensure!(
                    out.extension().is_none_or(|ending| ending != "pub"),
                    "the ending .pub is for the public file"
                );
                let key = create_pair(&out, &name)?;
                say(format_args!("secret key 私钥  {} (keep it; nobody can make it again)", out.display()));
                say(format_args!("public file 公钥 {}", public_path(&out).display()));
                say(format_args!("public key      {}", key.public()));
            }
            Self::Sealing { home } => {
                let made = crate::sealing::create_keys(&home.join("keys"))?;
                say(format_args!("member 成员 {}", made.member));
                say(format_args!("records key 记录密钥 {}", made.records));
            }
            Self::Show { files } => {
                for file in files {
                    let public = read_secret(&file)?.public();
                    say(format_args!(
                        "{}\n  public key {public}\n  key id     {}",
                        file.display(),
                        public.id()
                    ));
                }
            }
            Self::Check { files, home } => {
                files.iter().try_for_each(|file| check(file))?;
                if let Some(home) = home {
                    check_home(&home)?;
                }
            }
        }
        Ok(Exit::Done)
    }
}

fn check(file: &Path) -> anyhow::Result<()> {
    let public = read_secret(file)?.public();
    let beside = public_path(file);
    let note = if beside.exists() {
        let (found, name) = read_public(&beside)?;
        ensure!(found == public, "{} is not the public half of {}", beside.display(), file.display());
        format!("of {name}")
    } else {
        format!("{} is missing", beside.display())
    };
    say(format_args!("{} is good 可用: {public} {note}", file.display()));
    Ok(())
}

fn check_home(home: &Path) -> anyhow::Result<()> {
    let config = Config::load(home, &Overrides::default())?;
    let genesis = config.load_genesis()?;
    let keys = NodeKeys::load(&config.keys_path(), &config.name, &genesis)
        .with_context(|| format!("keys of {}", config.name))?;
    let kind = if keys.validator.is_some() { "validator 验证节点" } else { "observer 观察节点" };
    say(format_args!("the keys of {kind} {} are those of the genesis 密钥与创世文件一致", config.name));
    Ok(())
}

//! `keys generate|show|check`: key files, which need no node.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use biaozheng_client::key_file::{create_pair, public_path, read as read_secret, read_public};
use clap::Subcommand;

use crate::Exit;
use crate::output::say;

/// What every program does with key files.
#[derive(Debug, Subcommand)]
pub enum KeyFileCommand {
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
}

/// The keys of those who run no node.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    #[command(flatten)]
    Files(KeyFileCommand),
    /// Check that key files can be used: permissions, format, public half 检查密钥
    #[command(after_help = "Example:\n  biaozheng keys check bidder.key")]
    Check {
        /// Secret key files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

impl KeyFileCommand {
    /// # Errors
    /// When a file cannot be read, or exists and should be made.
    pub fn run(self) -> anyhow::Result<Exit> {
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
        }
        Ok(Exit::Done)
    }
}

impl KeysCommand {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Files(command) => command.run(),
            Self::Check { files } => {
                files.iter().try_for_each(|file| check(file))?;
                Ok(Exit::Done)
            }
        }
    }
}

/// Says that a key file can be used, and whose its public file says it is.
///
/// # Errors
/// When it cannot be used: exposed, damaged, or beside another's public file.
pub fn check(file: &Path) -> anyhow::Result<()> {
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

//! `biaozheng export terms`: what is needed to seal a bid, of every open tender, as one file.
//!
//! **Invariant:** what is asked of the node does not depend on which tender one means to bid on.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use biaozheng_client::sealing::SealingError;
use biaozheng_client::terms::{TENDERS_MAX, TERMS_BYTES_MAX, TermsFile};
use biaozheng_client::{Client, ClientError};
use biaozheng_ledger::ids::ProjectId;
use clap::Args;

use crate::Exit;
use crate::output::say;
use crate::record::certificate::chain_of;

const EXAMPLE: &str = "\
The certified records of the group's ceremony and of every step of every tender that takes bids sealed to the group now.
An older file of terms at --out is replaced.
The node learns that somebody at this address fetched them all, and not which one is meant. Fetch again shortly before you
seal: a deadline that was moved since is not in an old file. Everything is verified before it is written.

Exit codes: 0 written; 3 a record has no certificate yet: run it again.

Example:
  biaozheng export terms --api http://10.1.2.9:8600 --chain chain-id.txt --out open.terms
  biaozheng seal bid.json --terms open.terms --wallet tokens.wallet --enter-at http://10.1.3.9:8600 ...";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct TermsCommand {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: String,
    /// These tenders only, which names them to the node; all that are open if left out
    #[arg(long = "project", value_name = "PROJECT")]
    projects: Vec<ProjectId>,
    /// The file to make
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl TermsCommand {
    /// An older file of terms is replaced, for terms are fetched again before each bid; nothing else is.
    fn may_write(&self) -> anyhow::Result<()> {
        if !self.out.exists() {
            return Ok(());
        }
        let mut text = Vec::new();
        let limit = u64::try_from(TERMS_BYTES_MAX)?.saturating_add(1);
        std::fs::File::open(&self.out)?.take(limit).read_to_end(&mut text)?;
        ensure!(
            TermsFile::from_json(&text).is_ok(),
            "{} exists and is no file of terms: it is not overwritten; give another --out 已有其他文件，不会覆盖",
            self.out.display()
        );
        Ok(())
    }

    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        self.may_write()?;
        ensure!(self.projects.len() <= TENDERS_MAX, "at most {TENDERS_MAX} tenders");
        let (client, chain) = (Client::new(&self.api)?, chain_of(&self.chain)?);
        let open = if self.projects.is_empty() { client.open_sealed_tenders().await? } else { self.projects };
        let file = match client.collect_terms(&open).await {
            Err(SealingError::Client(error @ ClientError::Problem(_))) if error.is_pending() => {
                say(format_args!("not certified yet 尚未签证; run the export again: {error}"));
                return Ok(Exit::Unfinished);
            }
            collected => collected?,
        };
        let terms = file.verify(chain).context("the node's terms do not hold 条件无法证实")?;
        replace(&self.out, &format!("{}\n", file.to_json()))?;
        let count = terms.tenders().count();
        say(format_args!(
            "{} written 已导出: {count} tenders 个项目, every record certified",
            self.out.display()
        ));
        Ok(Exit::Done)
    }
}

/// The whole file or the one before it, never a part.
fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    biaozheng_files::put(path, text.as_bytes()).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_replace_older_terms_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("open.terms");
        let command = |out: &Path| TermsCommand {
            api: String::new(),
            chain: String::new(),
            projects: Vec::new(),
            out: out.to_owned(),
        };
        command(&out).may_write().unwrap();
        std::fs::write(&out, "{\"format\":\"biaozheng-terms/1\"}").unwrap();
        assert!(command(&out).may_write().is_err(), "no file of terms");
        replace(&out, "one").unwrap();
        replace(&out, "two").unwrap();
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}

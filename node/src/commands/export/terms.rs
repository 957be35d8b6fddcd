//! `biaozheng export terms`: what is needed to seal a bid, of every open tender, as one file.
//!
//! **Invariant:** what is asked of the node does not depend on which tender one means to bid on.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use biaozheng_client::sealing::SealingError;
use biaozheng_client::terms::TENDERS_MAX;
use biaozheng_client::{Client, ClientError};
use biaozheng_ledger::ids::ProjectId;
use clap::Args;

use crate::commands::Exit;
use crate::commands::certificate::{chain_of, refuse_existing, write_new};
use crate::commands::output::say;

const EXAMPLE: &str = "\
The certified records of the group's ceremony and of every step of every tender that takes bids sealed to the group now.
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
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        refuse_existing(Some(&self.out))?;
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
        write_new(&self.out, &format!("{}\n", file.to_json()))?;
        let count = terms.tenders().count();
        say(format_args!(
            "{} written 已导出: {count} tenders 个项目, every record certified",
            self.out.display()
        ));
        Ok(Exit::Done)
    }
}

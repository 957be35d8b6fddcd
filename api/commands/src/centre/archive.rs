//! `biaozheng archive`: builds archives of projects from a node, seals them by a record, and builds sealed ones again.

mod rebuild;
mod seal;
mod watch;
mod workshop;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::{Author, Client};
use biaozheng_ledger::ids::{OrgId, ProjectId};
use biaozheng_ledger::key::SecretKey;
use clap::Args;

use self::seal::Sealed;
use self::watch::Watch;
use self::workshop::Workshop;
use crate::Exit;
use crate::output::{complain, say};
use crate::record::certificate::chain_of;
use crate::terminal::rounds::{Lasting, Rounds};
use biaozheng_client::key_file::read as read_secret;

const EXAMPLE: &str = "\
The archive is a BagIt bag that anyone checks later without a node: biaozheng-verify --archive FILE --policy FILE.
With --key and --org it is sealed by the record archive.sealed/1, which the hosting centre signs when the project has
ended; missing documents are listed in it. Interrupted, the same command goes on with what it wrote to OUT.unsealed.
With --watch it does so for every project of the centre that has ended, one file each in the folder OUT, and goes on until
interrupted; started again it goes on where it was. It seals nothing that lacks a document, unless --with-missing is given.
With --rebuild a sealed archive is built again from the ledger, of any node, and held against what was sealed.
With --inspect nothing is sealed: for looking at a project under way.

Examples:
  biaozheng archive 2026-350100-48-01-000123 --key city.key --org 91350100M000100Y43 --documents documents \\
      --chain chain-id.txt --out 2026-350100-48-01-000123.tar
  biaozheng archive --watch --key city.key --org 91350100M000100Y43 --chain chain-id.txt --out archives/
  biaozheng archive 2026-350100-48-01-000123 --rebuild --chain chain-id.txt --out again.tar
  biaozheng archive 2026-350100-48-01-000123 --inspect --out look/";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct ArchiveCommand {
    /// The project
    #[arg(value_name = "PROJECT", required_unless_present = "watch", conflicts_with = "watch")]
    project: Option<ProjectId>,
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt. Without it the node is believed
    #[arg(long, value_name = "ID|FILE")]
    chain: Option<String>,
    /// Folder of documents, each named by the 64 digits of its SHA-256; those the node has are fetched into it
    #[arg(long, value_name = "DIR", default_value = "archive-documents")]
    documents: PathBuf,
    /// The centre's secret key file, to seal with
    #[arg(long, value_name = "FILE", required_unless_present_any = ["inspect", "rebuild"], requires = "org")]
    key: Option<PathBuf>,
    /// The centre's number
    #[arg(long, value_name = "ORG", requires = "key")]
    org: Option<String>,
    /// Do not seal
    #[arg(long, conflicts_with_all = ["key", "rebuild", "watch"])]
    inspect: bool,
    /// Build a sealed archive again and hold it against its seal 重建并核对
    #[arg(long, conflicts_with_all = ["key", "watch"])]
    rebuild: bool,
    /// Seal every project of the centre that has ended, now and from now on 持续归档
    #[arg(long)]
    watch: bool,
    /// With --watch: look once and end
    #[arg(long, requires = "watch")]
    once: bool,
    /// With --watch: how often to look, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    every_s: u64,
    /// With --watch: how long a project must have ended, seconds: ratings and returned bonds still come in
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    after_s: u64,
    /// With --watch: seal also what lacks documents; the seal lists them
    #[arg(long, requires = "watch")]
    with_missing: bool,
    /// File (.tar) or folder to make; with --watch the folder of all
    #[arg(long, value_name = "FILE.tar|DIR")]
    out: PathBuf,
}

impl ArchiveCommand {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        let client = Client::new(&self.api)?;
        let chain = self.chain.as_deref().map(chain_of).transpose()?;
        let workshop = Workshop::open(client, chain, self.documents.clone())?;
        let Some(project) = &self.project else {
            let signer = self.signer()?;
            let author = if self.once {
                author(&workshop, signer).await?
            } else {
                Rounds::every(self.every_s).first(async || author(&workshop, signer.clone()).await).await?
            };
            let watch = Watch {
                author,
                workshop,
                out: self.out.clone(),
                every: Duration::from_secs(self.every_s.max(1)),
                after: Duration::from_secs(self.after_s),
                with_missing: self.with_missing,
                once: self.once,
            };
            return watch.run().await;
        };
        is_free(&self.out)?;
        if self.rebuild {
            return workshop.rebuild(project, &self.out).await.map(|()| Exit::Done);
        }
        if self.inspect {
            let collected = workshop.collect(project).await?;
            workshop.fetch(&collected).await?;
            workshop.write(&workshop.bag(&collected.archive)?, &self.out)?;
            say(format_args!("not sealed 未封存: {}", self.out.display()));
            return Ok(Exit::Done);
        }
        let author = author(&workshop, self.signer()?).await?;
        match workshop.seal(&author, project, &self.out, true).await? {
            Sealed::Done => Ok(Exit::Done),
            Sealed::Pending => {
                complain("sealed and not certified yet: run it again 已封存，待签证");
                Ok(Exit::Unfinished)
            }
            Sealed::Lacking(missing) => bail!("{missing} documents are missing"),
            Sealed::Elsewhere(record) => bail!(
                "sealed already by record {record}; --rebuild makes that archive again 已封存，可用 --rebuild 重建"
            ),
        }
    }

    /// Whose archive it is; what is wrong with these stays wrong.
    fn signer(&self) -> anyhow::Result<(OrgId, SecretKey)> {
        let (Some(key), Some(org)) = (&self.key, &self.org) else { bail!("--key and --org seal an archive") };
        Ok((OrgId::new(org).with_context(|| org.to_owned())?, read_secret(key)?))
    }
}

/// Asks the node which chain it is of.
async fn author(workshop: &Workshop, (org, key): (OrgId, SecretKey)) -> anyhow::Result<Author> {
    let chain = workshop.client.genesis().await?.chain_id();
    if workshop.chain.is_some_and(|expected| expected != chain) {
        return Err(Lasting(format!("the node is of chain {chain}, not the expected one 链标识不符")).into());
    }
    Ok(Author::new(org, key, chain))
}

fn is_free(out: &Path) -> anyhow::Result<()> {
    ensure!(out.symlink_metadata().is_err(), "{} exists; nothing is overwritten", out.display());
    Ok(())
}

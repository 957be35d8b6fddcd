//! `biaozheng archive`: builds a project's archive from a node, seals it by a record, and writes it.
//!
//! **Invariant:** what is sealed is on disk before the sealing record is sent, so an interruption loses no archive:
//! the same command goes on.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use biaozheng_archive::limits::{CERTIFICATES_BYTES_MAX, RECORDS_MAX};
use biaozheng_archive::{Archive as Bag, ProjectArchive, build, survey};
use biaozheng_client::archive::Collected;
use biaozheng_client::author::clock;
use biaozheng_client::{Author, Client, Patience, Wait};
use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::ids::{ChainId, OrgId, ProjectId, RecordId};
use biaozheng_ledger::limits::CERTIFICATE_BYTES_MAX;
use biaozheng_verify::archive::write::{DocumentFolder, write_folder, write_tar};
use clap::Args;

use super::Exit;
use super::certificate::{chain_of, verify};
use super::output::{complain, say};
use crate::keys::read_secret;

const EXAMPLE: &str = "\
The archive is a BagIt bag that anyone checks later without a node: biaozheng-verify --archive FILE --policy FILE.
With --key and --org it is sealed by the record archive.sealed/1, which the hosting centre signs when the project has
ended; missing documents are listed in it. Interrupted, the same command goes on with what it wrote to OUT.unsealed.
With --inspect nothing is sealed: for looking at a project under way, or at one that somebody else sealed.

Examples:
  biaozheng archive 2026-350100-48-01-000123 --key city.key --org 91350100M000100Y43 --documents documents \\
      --chain chain-id.txt --out 2026-350100-48-01-000123.tar
  biaozheng archive 2026-350100-48-01-000123 --inspect --out look/";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct ArchiveCommand {
    /// The project
    #[arg(value_name = "PROJECT")]
    project: ProjectId,
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
    #[arg(long, value_name = "FILE", required_unless_present = "inspect", requires = "org")]
    key: Option<PathBuf>,
    /// The centre's number
    #[arg(long, value_name = "ORG", requires = "key")]
    org: Option<String>,
    /// Do not seal
    #[arg(long, conflicts_with = "key")]
    inspect: bool,
    /// File (.tar) or folder to make
    #[arg(long, value_name = "FILE.tar|DIR")]
    out: PathBuf,
}

impl ArchiveCommand {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        ensure!(
            self.out.symlink_metadata().is_err(),
            "{} exists; nothing is overwritten",
            self.out.display()
        );
        let client = Client::new(&self.api)?;
        let chain = self.chain.as_deref().map(chain_of).transpose()?;
        fs::create_dir_all(&self.documents).with_context(|| self.documents.display().to_string())?;
        let collected = self.collect(&client, chain).await?;
        let missing = client.fetch_documents(&collected, &self.documents).await?;
        for digest in missing {
            complain(format_args!(
                "document {digest} is not at this node 缺失文件; looked for in the folder"
            ));
        }
        let unsealed = self.unsealed();
        let again = unsealed.exists() && !self.inspect;
        let archive = if again { self.load(&unsealed)? } else { collected.archive.clone() };
        let bag = self.bag(&archive)?;
        if self.inspect {
            self.write(&bag)?;
            say(format_args!("not sealed 未封存: {}", self.out.display()));
            return Ok(Exit::Done);
        }
        if !again {
            if let Some(record) = collected.sealed {
                bail!(
                    "sealed already by record {record}, by whoever keeps that archive; --inspect writes one"
                );
            }
            write_folder(&bag, &mut self.shelf(), &unsealed).context("writing the archive to seal")?;
        }
        let Some(seal) = self.seal(&client, &collected, &bag, chain).await? else {
            complain("sealed and not certified yet: run it again 已封存，待签证");
            return Ok(Exit::Unfinished);
        };
        let bag = self.bag(&archive.sealed_by(seal)?)?;
        self.write(&bag)?;
        fs::remove_dir_all(&unsealed).with_context(|| unsealed.display().to_string())?;
        say(format_args!("sealed 已封存: {}", self.out.display()));
        Ok(Exit::Done)
    }

    async fn collect(&self, client: &Client, chain: Option<ChainId>) -> anyhow::Result<Collected> {
        let said = AtomicUsize::new(0);
        let seen = |count: usize| {
            if count >= said.load(Ordering::Relaxed).saturating_add(500) {
                said.store(count, Ordering::Relaxed);
                complain(format_args!("certificates 证书 {count}"));
            }
        };
        let collected = client.collect_archive(&self.project, chain, &seen).await?;
        let records = collected.archive.records().len();
        say(format_args!("records 记录 {records}, documents named 文件 {}", collected.documents.len()));
        Ok(collected)
    }

    fn shelf(&self) -> DocumentFolder {
        DocumentFolder::new(self.documents.clone())
    }

    fn bag(&self, archive: &ProjectArchive) -> anyhow::Result<Bag> {
        let facts = survey(archive, &mut self.shelf()).context("a document cannot be used")?;
        let bag = build(archive, &facts);
        for digest in bag.missing() {
            complain(format_args!("missing, and listed as missing 缺失，已列明: {digest}"));
        }
        Ok(bag)
    }

    fn unsealed(&self) -> PathBuf {
        let mut name = OsString::from(&self.out);
        name.push(".unsealed");
        name.into()
    }

    fn write(&self, bag: &Bag) -> anyhow::Result<()> {
        let tar = self.out.extension().is_some_and(|extension| extension == "tar");
        let written = if tar {
            write_tar(bag, &mut self.shelf(), &self.out)
        } else {
            write_folder(bag, &mut self.shelf(), &self.out)
        };
        written.with_context(|| self.out.display().to_string())
    }

    /// The certificates of an archive that was written to be sealed.
    fn load(&self, unsealed: &Path) -> anyhow::Result<ProjectArchive> {
        let about = || format!("{}: begun earlier, and cannot be used", unsealed.display());
        let mut bytes = 0usize;
        let mut read = |folder: &str| -> anyhow::Result<Vec<Certificate>> {
            let mut found = Vec::new();
            let Ok(entries) = fs::read_dir(unsealed.join("data").join(folder)) else { return Ok(found) };
            for entry in entries.take(RECORDS_MAX) {
                let entry = entry?;
                let size = usize::try_from(entry.metadata()?.len())?;
                bytes = bytes.saturating_add(size);
                ensure!(size <= CERTIFICATE_BYTES_MAX && bytes <= CERTIFICATES_BYTES_MAX, "it is too large");
                found.push(Certificate::from_json(&fs::read(entry.path())?)?);
            }
            found.sort_by_key(|one| (one.block.height, one.block.position));
            Ok(found)
        };
        let (records, context) =
            (read("certificates").with_context(about)?, read("context").with_context(about)?);
        complain(format_args!("going on with 继续 {}", unsealed.display()));
        ProjectArchive::new(self.project.clone(), records, context, None).with_context(about)
    }

    /// The certificate of the sealing record: of the one there is, or of the one signed now.
    async fn seal(
        &self,
        client: &Client,
        collected: &Collected,
        bag: &Bag,
        chain: Option<ChainId>,
    ) -> anyhow::Result<Option<Certificate>> {
        let (record, text) = match collected.sealed {
            Some(record) => match client.certificate(&record).await {
                Err(error) if error.is_pending() => return Ok(None),
                answered => (record, answered?),
            },
            None => {
                let Some((record, text)) = self.sign(client, collected, bag).await? else { return Ok(None) };
                (record, text)
            }
        };
        say(verify(&text, &record, chain)?);
        let certificate = Certificate::from_json(text.as_bytes())?;
        let manifest = bag.seal_body();
        let stated = certificate.envelope.as_ref().and_then(|one| {
            let record = biaozheng_ledger::record::Record::from_json(one.to_string().as_bytes()).ok()?;
            record.payload().body.get("manifest").cloned()
        });
        ensure!(
            stated.as_ref() == manifest.get("manifest"),
            "record {record} seals another archive than the one in {}",
            self.unsealed().display()
        );
        Ok(Some(certificate))
    }

    async fn sign(
        &self,
        client: &Client,
        collected: &Collected,
        bag: &Bag,
    ) -> anyhow::Result<Option<(RecordId, String)>> {
        let (Some(key), Some(org)) = (&self.key, &self.org) else { bail!("--key and --org seal an archive") };
        let chain = client.genesis().await?.chain_id();
        let author = Author::new(OrgId::new(org).with_context(|| org.to_owned())?, read_secret(key)?, chain);
        let draft = author.record("archive.sealed/1", bag.seal_body());
        let record = draft.project(self.project.clone()).previous(collected.last).sign(clock())?;
        let patience = Patience { total: Duration::from_secs(60), ..Patience::default() };
        let done = client.submit_until(&record, Wait::Certificate, patience).await?;
        Ok(done.certificate.map(|certificate| (record.id(), certificate.to_string())))
    }
}

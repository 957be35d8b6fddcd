//! `biaozheng import`: past projects from open contracting data, as evidence and never as projects of this ledger.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use biaozheng_client::author::clock;
use biaozheng_client::{Author, Client, Patience, Wait};
use biaozheng_contracts::acts::history::Imported;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, OrgId};
use clap::Args;
use serde_json::Value;

use super::Exit;
use super::certificate::chain_of;
use super::output::{complain, say};
use super::progress::Progress;
use crate::keys::read_secret;

const HELP: &str = "\
Reads OCDS compiled releases, one a line, and records the digest of each line with its OCID, source and licence
(history.imported/1). The ledger then proves that these data were as they are when they were imported, nothing about
how the projects were run: they are listed apart, marked imported and not under these rules. A line whose very same
bytes were imported already is passed over.

Example:
  biaozheng import --file auctions.jsonl --source https://data.example/auctions --licence CC-BY-4.0 \\
      --org CITY-CENTRE --key city.key";

/// Bytes of one line.
const LINE_BYTES_MAX: usize = 16 * 1024 * 1024;

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct Import {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: Option<String>,
    /// OCDS compiled releases, one a line
    #[arg(long, value_name = "FILE.jsonl")]
    file: PathBuf,
    /// Who published the data, and where
    #[arg(long, value_name = "TEXT")]
    source: String,
    /// Its licence
    #[arg(long, value_name = "TEXT")]
    licence: String,
    /// The centre's secret key file
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The centre
    #[arg(long, value_name = "ORG")]
    org: OrgId,
    /// At most so many lines
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Import {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let client = Client::new(&self.api)?;
        let chain = client.genesis().await?.chain_id();
        if let Some(expected) = self.chain.as_deref().map(chain_of).transpose()? {
            ensure!(expected == chain, "the node is of chain {chain}, not {expected} 链标识不符");
        }
        let author = Author::new(self.org.clone(), read_secret(&self.key)?, chain);
        let file = std::fs::File::open(&self.file).with_context(|| self.file.display().to_string())?;
        let total = self.limit.unwrap_or(0) as u64;
        let mut progress = Progress::new("releases 历史项目", total);
        let (mut imported, mut known) = (0u64, 0u64);
        let lines = BufReader::new(file).lines().take(self.limit.unwrap_or(usize::MAX));
        for (number, line) in (1u64..).zip(lines) {
            let about = || format!("{} line {number}", self.file.display());
            let line = line.with_context(about)?;
            ensure!(line.len() <= LINE_BYTES_MAX, "{}: more than {LINE_BYTES_MAX} bytes", about());
            if line.trim().is_empty() {
                continue;
            }
            let body = self.body(&line).with_context(about)?;
            let record = author.record("history.imported/1", &body).sign(clock())?;
            match client.submit_until(&record, Wait::Committed, Patience::default()).await {
                Ok(_) => imported = imported.saturating_add(1),
                Err(error) if error.code() == Some("record.previous") => {
                    // It stands already; whether unchanged is for a newer version to say.
                    known = known.saturating_add(1);
                    complain(format_args!("{}: {} was imported before; passed over", about(), body.ocid));
                }
                Err(error) => return Err(anyhow::Error::from(error).context(about())),
            }
            progress.at(number, total.max(number), body.ocid);
        }
        say(format_args!("{imported} imported as evidence 已导入存证, {known} were there already 已存在"));
        Ok(Exit::Done)
    }

    fn body(&self, line: &str) -> anyhow::Result<Imported> {
        let release: Value = serde_json::from_str(line)?;
        let ocid = release.get("ocid").and_then(Value::as_str).context("no 'ocid'")?;
        let title = release.pointer("/tender/title").and_then(Value::as_str).unwrap_or("no title");
        let plain = |c: &char| !c.is_control();
        Ok(Imported {
            source: self.source.clone(),
            licence: self.licence.clone(),
            ocid: ocid.to_owned(),
            digest: DocumentDigest::new(Digest::of(line.as_bytes())),
            summary: title.chars().filter(plain).take(200).collect(),
        })
    }
}

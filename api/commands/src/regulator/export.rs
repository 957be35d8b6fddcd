//! `biaozheng export`: all public records of all blocks, in order, one JSON line each.
//!
//! ```json
//! {"height":12,"time_ms":1790000000000,"position":3,"record":"sha256:…","envelope":{…}}
//! ```

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use biaozheng_client::Client;
use biaozheng_ledger::certificate::BlockFacts;
use biaozheng_ledger::ids::{ChainId, Height, RecordId, TimeMs};
use biaozheng_ledger::record::Record;
use clap::{Args, Subcommand};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use serde_json::Value;

use crate::Exit;
use crate::output::{complain, say};
use crate::record::certificate::{chain_of, verify};
use crate::terminal::progress::Progress;

mod draw;
mod ocds;
mod resume;
mod terms;

const EXAMPLE: &str = "\
Each record is checked to hash to its id before it is written. Run it again with the same file and it goes on
after the last whole line. Records whose body is not public have no line. Best run against an observer.

Exit codes: 0 exported up to the newest block; 3 the next record has no certificate yet: run it again.

Example:
  biaozheng export --api http://10.1.2.9:8600 --chain chain-id.txt --out records.jsonl --certificates certificates";

/// Requests under way at a time.
const FETCHES: usize = 8;

#[derive(Debug, Subcommand)]
enum What {
    /// Projects as open contracting data (OCDS 1.1.5), CSV and Parquet 开放数据
    Ocds(ocds::Ocds),
    /// A draw of experts, of K or of blind codes, as one file that is run again offline 抽取文件
    Draw(draw::Draw),
    /// What is needed to seal a bid, of every open tender, as one certified file 招标条件文件
    Terms(terms::TermsCommand),
}

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Export {
    #[command(subcommand)]
    what: Option<What>,
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: Option<String>,
    /// File to make or go on with
    #[arg(long, value_name = "FILE.jsonl", required = true)]
    out: Option<PathBuf>,
    /// Folder for the certificates, one file a record, each verified
    #[arg(long, value_name = "DIR")]
    certificates: Option<PathBuf>,
}

/// One line of the file.
#[derive(Debug, Serialize)]
struct Line {
    height: Height,
    time_ms: TimeMs,
    position: u32,
    record: RecordId,
    envelope: Value,
}

/// What one record gave.
enum Fetched {
    Line(Line),
    NotPublic,
    /// Its certificate is still to come.
    Pending,
}

impl Export {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        match self.what {
            Some(What::Ocds(ocds)) => return ocds.run().await,
            Some(What::Draw(draw)) => return draw.run().await,
            Some(What::Terms(terms)) => return terms.run().await,
            None => {}
        }
        let path = self.out.clone().context("--out FILE is missing")?;
        let client = Client::new(&self.api)?;
        let status = client.status().await?;
        if let Some(expected) = self.chain.as_deref().map(chain_of).transpose()? {
            ensure!(
                expected == status.chain,
                "the node is of chain {}, not {expected} 链标识不符",
                status.chain
            );
        }
        if let Some(folder) = &self.certificates {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        let (file, done) = resume::open(&path, &status.chain)?;
        let mut written = BufWriter::new(file);
        let mut counts = (0u64, 0u64);
        let exit = self.copy(&client, &status.chain, status.height, done, &mut written, &mut counts).await;
        // Whatever happened, the whole lines so far are worth keeping.
        written.flush()?;
        written.get_ref().sync_all()?;
        let (records, withheld) = counts;
        say(format_args!(
            "{records} records exported 已导出 to {}, {withheld} not public 未公开; chain {}",
            path.display(),
            status.chain
        ));
        exit
    }

    async fn copy(
        &self,
        client: &Client,
        chain: &ChainId,
        tip: u64,
        done: Option<(u64, u32)>,
        out: &mut BufWriter<File>,
        counts: &mut (u64, u64),
    ) -> anyhow::Result<Exit> {
        let mut progress = Progress::new("blocks 区块", tip);
        for height in done.map_or(1, |(height, _)| height)..=tip {
            let block = client.block(Height::new(height)).await?;
            let place = |position| BlockFacts {
                height: Height::new(height),
                time_ms: TimeMs::new(block.time_ms),
                position,
            };
            let waiting = (0u32..)
                .zip(block.record_ids.iter().copied())
                .filter(|(position, _)| done.is_none_or(|done| (height, *position) > done))
                .map(|(position, id)| self.fetch(client, chain, id, place(position)));
            let mut fetched = stream::iter(waiting).buffered(FETCHES);
            while let Some(one) = fetched.try_next().await? {
                match one {
                    Fetched::Line(line) => {
                        serde_json::to_writer(&mut *out, &line)?;
                        out.write_all(b"\n")?;
                        counts.0 = counts.0.saturating_add(1);
                    }
                    Fetched::NotPublic => counts.1 = counts.1.saturating_add(1),
                    Fetched::Pending => {
                        complain(format_args!(
                            "block {height} is not certified yet 尚未签证; run the export again"
                        ));
                        return Ok(Exit::Unfinished);
                    }
                }
            }
            progress.at(height, tip, format!("{} records", counts.0));
        }
        Ok(Exit::Done)
    }

    async fn fetch(
        &self,
        client: &Client,
        chain: &ChainId,
        id: RecordId,
        place: BlockFacts,
    ) -> anyhow::Result<Fetched> {
        if let Some(folder) = &self.certificates
            && !keep_certificate(client, folder, &id, *chain).await?
        {
            return Ok(Fetched::Pending);
        }
        let answer = client.record(&id).await?;
        let envelope = answer.get("envelope").cloned().unwrap_or_default();
        if envelope.is_null() {
            return Ok(Fetched::NotPublic);
        }
        let record = Record::from_json(envelope.to_string().as_bytes())
            .with_context(|| format!("the node's answer for record {id}"))?;
        ensure!(record.id() == id, "the node answered with another record, {}", record.id());
        ensure!(record.payload().chain == *chain, "record {id} is of another chain");
        let BlockFacts { height, time_ms, position } = place;
        Ok(Fetched::Line(Line { height, time_ms, position, record: id, envelope }))
    }
}

/// `false` when the certificate is still to come.
async fn keep_certificate(
    client: &Client,
    folder: &Path,
    id: &RecordId,
    chain: ChainId,
) -> anyhow::Result<bool> {
    let path = folder.join(format!("{}.json", id.digest().hex()));
    if path.exists() {
        return Ok(true);
    }
    let text = match client.certificate(id).await {
        Err(error) if error.is_pending() => return Ok(false),
        answered => answered?,
    };
    verify(&text, id, Some(chain)).with_context(|| format!("record {id}"))?;
    // A file that is there is whole, and on the disk.
    biaozheng_files::put(&path, text.as_bytes()).with_context(|| path.display().to_string())?;
    Ok(true)
}

//! `biaozheng export ocds`: projects as open contracting data, and as tables.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use biaozheng_client::Client;
use biaozheng_ledger::ids::{ProjectId, TimeMs};
use biaozheng_ocds::{Process, Publication, record_package, release_package, tables};
use clap::Args;

use crate::Exit;
use crate::output::say;
use crate::record::certificate::chain_of;
use crate::record::processes::Processes;
use crate::terminal::progress::Progress;

const EXAMPLE: &str = "\
Writes releases.json and records.json (OCDS 1.1.5 with the bids, lots and evidence extensions), and with --tables
projects, lots, bids, awards and contracts as CSV and Parquet. Bids appear only after their opening. Every record is
checked to hash to its id and to be signed before it is used. A file is replaced only when it is whole.

Example:
  biaozheng export ocds --api http://10.1.2.9:8600 --chain chain-id.txt --ocid-prefix ocds-abc123 --out ocds --tables";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Ocds {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: Option<String>,
    /// Folder for the files
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only these projects; all when left out
    #[arg(long = "project", value_name = "PROJECT")]
    projects: Vec<ProjectId>,
    /// The publisher's registered OCID prefix; put before each project's id
    #[arg(long, value_name = "PREFIX", default_value = "")]
    ocid_prefix: String,
    /// Who publishes; the node's name when left out
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    /// Where the package will be found
    #[arg(long, value_name = "URL")]
    uri: Option<String>,
    /// Where the evidence extension's extension.json is published; left out of the list otherwise
    #[arg(long = "evidence-extension", value_name = "URL")]
    evidence: Option<String>,
    /// Language of titles
    #[arg(long, default_value = "zh")]
    language: String,
    /// Also write the tables as CSV and Parquet
    #[arg(long)]
    tables: bool,
    /// Begin the CSV files with a byte order mark, so that spreadsheets take them for UTF-8
    #[arg(long, requires = "tables")]
    csv_bom: bool,
}

impl Ocds {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let client = Client::new(&self.api)?;
        let genesis = client.genesis().await?;
        let chain = genesis.chain_id();
        if let Some(expected) = self.chain.as_deref().map(chain_of).transpose()? {
            anyhow::ensure!(expected == chain, "the node is of chain {chain}, not {expected} 链标识不符");
        }
        let name = client.status().await?.name;
        let mut source = Processes::of(&client, chain).await?;
        let ids = if self.projects.is_empty() { source.ids().await? } else { self.projects.clone() };
        let mut progress = Progress::new("projects 项目", ids.len() as u64);
        let mut processes: Vec<Process> = Vec::with_capacity(ids.len());
        for (position, id) in (1u64..).zip(&ids) {
            processes.push(source.read(id).await?);
            progress.at(position, ids.len() as u64, id.to_string());
        }
        let extension = |name| {
            format!("https://raw.githubusercontent.com/open-contracting-extensions/{name}/extension.json")
        };
        let mut extensions =
            vec![extension("ocds_bid_extension/v1.1.5"), extension("ocds_lots_extension/v1.1.5")];
        extensions.extend(self.evidence.clone());
        let publication = Publication {
            uri: self.uri.clone().unwrap_or_else(|| format!("{}/ocds/records.json", client.base_url())),
            publisher: self.publisher.clone().unwrap_or(name),
            published: now()?,
            ocid_prefix: self.ocid_prefix.clone(),
            certificate_base: client.base_url().to_owned(),
            checkpoint_origin: genesis.origin()?.to_string(),
            extensions,
            language: self.language.clone(),
        };
        self.write(&processes, &publication)?;
        say(format_args!("{} projects exported 已导出 to {}", processes.len(), self.out.display()));
        Ok(Exit::Done)
    }

    fn write(&self, processes: &[Process], publication: &Publication) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.out).with_context(|| self.out.display().to_string())?;
        let releases = release_package(processes, publication)?;
        let records = record_package(processes, publication)?;
        whole(&self.out.join("releases.json"), &serde_json::to_vec_pretty(&releases)?)?;
        whole(&self.out.join("records.json"), &serde_json::to_vec_pretty(&records)?)?;
        if self.tables {
            for table in tables(processes, publication)? {
                let csv = if self.csv_bom { table.csv_with_mark()? } else { table.csv()? };
                whole(&self.out.join(format!("{}.csv", table.name)), csv.as_bytes())?;
                let parquet = biaozheng_ocds_parquet::write(&table)?;
                whole(&self.out.join(format!("{}.parquet", table.name)), &parquet)?;
            }
        }
        Ok(())
    }
}

fn now() -> anyhow::Result<TimeMs> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock stands before 1970")?;
    Ok(TimeMs::new(u64::try_from(since.as_millis()).context("the clock")?))
}

/// A file that is there is whole, and on the disk.
fn whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    biaozheng_files::put(path, bytes).with_context(|| path.display().to_string())
}

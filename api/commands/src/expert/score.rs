//! `biaozheng score template|seal|reveal|show`: a committee member's scores, sealed before any is visible.
//!
//! **Invariant:** salt and sheet are on disk, synced, before the commitment is signed; what is revealed is read from that
//! file and never from the sheet again, so a sheet that was changed since changes nothing.

#![allow(clippy::indexing_slicing, reason = "indexing JSON by a name reads null and never panics")]

mod kept;
mod sheet;
mod waiting;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_client::author::clock;
use biaozheng_client::{Author, Client};
use biaozheng_contracts::evaluation::committee::{ScoreSheet, ScoresRevealed, ScoresSealed, commitment};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId, RecordId};
use biaozheng_ledger::json::from_strict;
use clap::{Args, Subcommand};
use serde_json::Value;

use self::kept::Kept;
use self::sheet::Wanted;
use crate::Exit;
use crate::output::say;
use crate::record::certificate::{chain_of, refuse_existing, write_new};
use crate::record::submit::send;
use crate::terminal::confirm::agreed;
use biaozheng_client::key_file::read as read_secret;

const EXAMPLE: &str = "\
The sheet is a CSV file (UTF-8) with one line a bid and one column a criterion, in points from 0 to 100 with at most two
decimals; lines of blind parts name their code instead of the bidder. Or a JSON file as docs/evaluation.md describes it.
  lot,bidder,number,code,tech,service
  1,91350100M000100Y43,1,,86.5,90
评分表为 UTF-8 编码的 CSV：每行一个投标，每列一项评标标准，分值 0 至 100，最多两位小数；暗标部分填编码而不填投标人。

`seal` writes sheet and salt into NAME.scores before anything is sent. Keep that file: without it the scores can never be
opened, and nobody can help. 请保管 NAME.scores：遗失后评分无法揭示。 `reveal` sends nothing
before all members have sealed.

Examples:
  biaozheng score template --project P-1 --out sheet.csv
  biaozheng score seal sheet.csv --project P-1 --chain chain-id.txt --key session.key --member M1 --out m1
  biaozheng score reveal m1 --chain chain-id.txt --key session.key";

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLE)]
pub(crate) enum ScoreCommand {
    /// Write an empty sheet with the project's opened bids and criteria 生成空白评分表
    #[command(after_help = EXAMPLE)]
    Template(Template),
    /// Seal a sheet: commit to it before any score is visible 密封评分
    #[command(after_help = EXAMPLE)]
    Seal(Seal),
    /// Reveal what was sealed, once every member has sealed 揭示评分
    #[command(after_help = EXAMPLE)]
    Reveal(Reveal),
    /// Say what a kept file holds 查看已密封的评分
    Show(Show),
}

#[derive(Debug, Args)]
pub(crate) struct Template {
    /// The project
    #[arg(long, value_name = "PROJECT")]
    project: ProjectId,
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The file to make
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Seal {
    /// The sheet, CSV or JSON
    #[arg(value_name = "SHEET")]
    sheet: PathBuf,
    /// The project
    #[arg(long, value_name = "PROJECT")]
    project: ProjectId,
    /// Your id in the committee, as experts.drawn/1 names it
    #[arg(long, value_name = "MEMBER")]
    member: OrgId,
    #[command(flatten)]
    signer: Signer,
    /// Beginning of the names of the files to make
    #[arg(long, value_name = "NAME")]
    out: PathBuf,
    /// Do not ask before sealing 不再询问
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Signer {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: String,
    /// The secret key file of your session key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// How long to try and wait, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout_s: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Reveal {
    /// The name given as --out when the scores were sealed
    #[arg(value_name = "NAME")]
    name: PathBuf,
    #[command(flatten)]
    signer: Signer,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The name given as --out when the scores were sealed
    #[arg(value_name = "NAME")]
    name: PathBuf,
}

impl ScoreCommand {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Template(template) => template.run().await,
            Self::Seal(seal) => seal.run().await,
            Self::Reveal(reveal) => reveal.run().await,
            Self::Show(show) => {
                let kept = Kept::read(&with_ending(&show.name, "scores"))?;
                say(format_args!("project 项目 {}, member 成员 {}", kept.project, kept.member));
                say_sheet(&from_strict(kept.sheet.as_bytes())?);
                Ok(Exit::Done)
            }
        }
    }
}

impl Signer {
    async fn node(&self) -> anyhow::Result<(Client, Genesis)> {
        let (client, chain) = (Client::new(&self.api)?, chain_of(&self.chain)?);
        let genesis = client.genesis().await?;
        let found = genesis.chain_id();
        ensure!(found == chain, "the node is of chain {found}, not {chain} 链标识不符");
        Ok((client, genesis))
    }

    fn author(&self, member: &OrgId, genesis: &Genesis) -> anyhow::Result<Author> {
        Ok(Author::new(member.clone(), read_secret(&self.key)?, genesis.chain_id()))
    }
}

impl Template {
    async fn run(self) -> anyhow::Result<Exit> {
        refuse_existing(Some(&self.out))?;
        let client = Client::new(&self.api)?;
        let wanted = Wanted::of(&client.project(&self.project).await?)?;
        write_new(&self.out, &wanted.template())?;
        say(format_args!(
            "written 已生成 {}: {} bids 个投标, {} criteria 项标准",
            self.out.display(),
            wanted.bids.len(),
            wanted.criteria.len()
        ));
        Ok(Exit::Done)
    }
}

impl Seal {
    async fn run(self) -> anyhow::Result<Exit> {
        let (kept_file, record_file) = (with_ending(&self.out, "scores"), with_ending(&self.out, "json"));
        for file in [&kept_file, &record_file] {
            refuse_existing(Some(file))?;
        }
        let sheet = sheet::read(&self.sheet)?;
        let (client, genesis) = self.signer.node().await?;
        Wanted::of(&client.project(&self.project).await?)?.covered_by(&sheet)?;
        let author = self.signer.author(&self.member, &genesis)?;
        say(format_args!(
            "project 项目 {}, member 成员 {} with 密钥 {}",
            self.project,
            self.member,
            author.public_key()
        ));
        say_sheet(&sheet);
        ensure!(
            agreed(
                "Seal these scores? They cannot be changed afterwards. 确认密封评分？密封后不能更改。",
                self.yes
            ),
            "nothing was sealed 已取消"
        );
        let kept = Kept::new(&self.project, &self.member, serde_json::to_string(&sheet)?)?;
        kept.write(&kept_file)?;
        say(format_args!(
            "sheet and salt 评分表与随机数 {} (keep it: without it nothing can be revealed 请妥善保管)",
            kept_file.display()
        ));
        let digest = commitment(&self.project, &self.member, &kept.salt()?, &kept.sheet);
        let body = ScoresSealed { commitment: DocumentDigest::new(digest) };
        let draft = author.record("scores.sealed/1", body).project(self.project.clone());
        let record = draft.previous(step(&client, &self.project).await?).sign(clock())?;
        write_new(&record_file, &record.envelope().to_json())?;
        send(&client, &genesis, &record, Duration::from_secs(self.signer.timeout_s)).await
    }
}

impl Reveal {
    async fn run(self) -> anyhow::Result<Exit> {
        let kept = Kept::read(&with_ending(&self.name, "scores"))?;
        let (client, genesis) = self.signer.node().await?;
        waiting::all_sealed(&client, &kept.project).await?;
        let author = self.signer.author(&kept.member, &genesis)?;
        let body = ScoresRevealed { sheet: kept.sheet.clone(), salt: kept.salt.clone() };
        let draft = author.record("scores.revealed/1", body).project(kept.project.clone());
        let record = draft.previous(step(&client, &kept.project).await?).sign(clock())?;
        send(&client, &genesis, &record, Duration::from_secs(self.signer.timeout_s)).await
    }
}

/// What the project's next record names.
async fn step(client: &Client, project: &ProjectId) -> anyhow::Result<RecordId> {
    let heads: Value = client.project_heads(project).await?;
    let step = heads["step"].as_str().context("the node names no step of the project")?;
    Ok(step.parse()?)
}

fn with_ending(name: &Path, ending: &str) -> PathBuf {
    let name = name.to_string_lossy();
    let stem = name.strip_suffix(".scores").unwrap_or(&name);
    PathBuf::from(format!("{stem}.{ending}"))
}

fn say_sheet(sheet: &ScoreSheet) {
    let points = |hundredths: u32| format!("{}.{:02}", hundredths / 100, hundredths % 100);
    let list = |criteria: &std::collections::BTreeMap<String, u32>| {
        let all: Vec<String> =
            criteria.iter().map(|(name, score)| format!("{name} {}", points(*score))).collect();
        all.join(", ")
    };
    for one in &sheet.scores {
        say(format_args!(
            "lot 标段 {} bid 投标 {} ({}): {}",
            one.lot,
            one.bid.bidder,
            one.bid.number,
            list(&one.criteria)
        ));
    }
    for one in &sheet.blind {
        say(format_args!("lot 标段 {} code 暗标编码 {}: {}", one.lot, one.code, list(&one.criteria)));
    }
}

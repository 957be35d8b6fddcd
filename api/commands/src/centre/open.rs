//! `biaozheng open PROJECT`: the opening record, listing exactly the bids that stand, from the node's own list.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_client::author::clock;
use biaozheng_client::{Author, Client};
use biaozheng_contracts::opening::{Opened, OpenedLot};
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId, TimeMs};
use clap::Args;
use serde::Deserialize;

use crate::Exit;
use crate::output::{complain, say, visible};
use crate::record::certificate::{chain_of, write_new};
use crate::record::submit::send;
use crate::terminal::confirm::agreed;
use crate::terminal::moments::shown;
use biaozheng_client::key_file::read as read_secret;

const EXAMPLE: &str = "\
bids.opened/1 names every bid that stands. After the deadline, once the bids are open or their time is over, the node has the
list; before that it shows neither names nor number. Every node computes the list again and refuses another one.
Without --key the list is only shown. 开标记录须列明全部有效投标；截止时间后由节点给出名单，此前不显示任何投标信息。

Exit codes: 0 recorded, or shown; 3 not yet: the reason says for what it waits.

Examples:
  biaozheng open P-1 --chain chain-id.txt                                      shows the list
  biaozheng open P-1 --chain chain-id.txt --key centre.key --org EAST";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct OpenCommand {
    /// The project
    #[arg(value_name = "PROJECT")]
    project: ProjectId,
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: String,
    /// The hosting centre's secret key file
    #[arg(long, value_name = "FILE", requires = "org")]
    key: Option<PathBuf>,
    /// The hosting centre's number
    #[arg(long, value_name = "ORG", requires = "key")]
    org: Option<OrgId>,
    /// Do not ask before it is recorded 不再询问
    #[arg(long)]
    yes: bool,
    /// File to make with the signed record, before it is sent
    #[arg(long, value_name = "FILE", requires = "key")]
    keep: Option<PathBuf>,
    /// How long to try and wait, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout_s: u64,
}

/// What the node answers.
#[derive(Debug, Deserialize)]
struct Opening {
    centre: OrgId,
    previous: RecordId,
    deadline_ms: TimeMs,
    lots: Option<Vec<OpenedLot>>,
    /// Nodes of before do not say.
    #[serde(default)]
    may_change: bool,
    waits: Option<Waiting>,
}

#[derive(Debug, Deserialize)]
struct Waiting {
    code: String,
    message: String,
    message_zh: String,
    article: Option<String>,
}

impl OpenCommand {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        let (client, chain) = (Client::new(&self.api)?, chain_of(&self.chain)?);
        let genesis = client.genesis().await?;
        let found = genesis.chain_id();
        ensure!(found == chain, "the node is of chain {found}, not {chain} 链标识不符");
        let answer = client.opening(&self.project).await?;
        let opening: Opening = serde_json::from_value(answer).context("the node's answer is no opening")?;
        say(format_args!("deadline 截止时间 {}", shown(opening.deadline_ms)));
        let Some(lots) = opening.lots else {
            say_waiting(opening.waits.as_ref());
            return Ok(Exit::Unfinished);
        };
        say_lots(&lots);
        if opening.may_change {
            complain(
                "the group did not open, bidders did; if it comes back before the record it opens more: ask again right before 门限组未开启，由投标人自行开启；在作记录前名单仍可能变化",
            );
        }
        let (Some(key), Some(org)) = (&self.key, &self.org) else {
            complain("shown only; to record it give --key and --org 仅显示；作开标记录请加 --key 和 --org");
            return Ok(Exit::Done);
        };
        ensure!(
            *org == opening.centre,
            "the hosting centre {} records the opening 开标由项目所在中心记录",
            opening.centre
        );
        ensure!(agreed("Record this opening? 确认作开标记录？", self.yes), "nothing was recorded 已取消");
        let author = Author::new(org.clone(), read_secret(key)?, chain);
        let draft = author.record("bids.opened/1", Opened { lots }).project(self.project.clone());
        let record = draft.previous(opening.previous).sign(clock())?;
        if let Some(path) = &self.keep {
            write_new(path, &record.envelope().to_json())?;
        }
        send(&client, &genesis, &record, Duration::from_secs(self.timeout_s)).await
    }
}

fn say_waiting(waits: Option<&Waiting>) {
    let Some(waits) = waits else {
        complain("the node lists nothing and does not say why 节点未给出名单");
        return;
    };
    let article =
        waits.article.as_ref().map_or_else(String::new, |article| format!(" [{}]", visible(article)));
    complain(format_args!(
        "not yet 尚不能开标: {}: {} {}{article}",
        visible(&waits.code),
        visible(&waits.message),
        visible(&waits.message_zh)
    ));
}

fn say_lots(lots: &[OpenedLot]) {
    for lot in lots {
        say(format_args!("lot 标段 {}: {} bids 份投标", visible(&lot.lot), lot.bids.len()));
        for bid in &lot.bids {
            say(format_args!("  {} {}", bid.bidder, bid.number));
        }
    }
}

//! `seal --check NAME`: what a proof seals, and, once its slot is over, what the chain made of it.
//!
//! **Invariant:** no node is asked before the slot is over: whoever asks for an entry tells whose it is.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use biaozheng_client::sealing::Groups;
use biaozheng_client::{Client, ClientError, PageQuery, author};
use biaozheng_contracts::bidding::bid::BidBody;
use biaozheng_contracts::sealing::entry;
use biaozheng_contracts::sealing::slot::slot_end;
use biaozheng_ledger::json::from_strict;
use biaozheng_ledger::record::Record;
use biaozheng_seal::sealing::{BidIdentity, OpeningProof, SealedEntry};
use serde_json::Value;
use zeroize::Zeroizing;

use super::saying::money;
use super::{Exit, Seal};
use crate::output::{complain, say};
use crate::record::certificate::chain_of;
use crate::terminal::moments::shown;

/// Why an entry or a body does not count, by the chain's code.
const REASONS: &[(&str, &str)] = &[
    (
        "seal.unknown_bidder",
        "the key it was signed with was not the bidder's then 当时该密钥未登记在投标人名下",
    ),
    (
        "seal.unknown_tender",
        "there is no such tender whose bids are sealed to the group 没有该采用门限密封的项目",
    ),
    ("seal.unknown_lot", "the tender has no such lot 没有该标段"),
    ("seal.own_tender", "nobody bids in its own tender 招标人及其代理不得投标"),
    ("seal.lot_full", "the lot takes no more bids 标段投标已满"),
    ("seal.no_bid", "the body is no bid of the form that is asked for 投标内容格式不符"),
];

impl Seal {
    pub(super) async fn check(&self, name: &Path) -> anyhow::Result<Exit> {
        let file = with_ending(name, "proof");
        let about = || file.display().to_string();
        let bytes = Zeroizing::new(std::fs::read(&file).with_context(about)?);
        let proof = OpeningProof::from_bytes(&bytes)
            .with_context(|| format!("{}: no opening proof 不是开启证明", about()))?;
        say_content(&proof);
        let kept = with_ending(name, "json");
        let record = if kept.exists() { Some(read_entry(&kept)?) } else { None };
        let Some(api) = &self.api else {
            say(match &record {
                Some((id, _)) => format!(
                    "record 记录 {id} in {}; to compare it and see what became of it give --api after the opening 开标后用 --api 查询结果",
                    kept.display()
                ),
                None => format!("there is no {} 没有已签记录", kept.display()),
            });
            return Ok(Exit::Done);
        };
        let client = Client::new(api)?;
        let chain = match &self.chain {
            Some(chain) => chain_of(chain)?,
            None => client.genesis().await?.chain_id(),
        };
        let groups = client.sealing_groups(chain).await?;
        let entry = proof.entry(&groups.sealing);
        if let Some((id, recorded)) = &record {
            ensure!(
                *recorded == entry,
                "{id} in {} is another entry than the proof's 记录与开启证明不是同一投标",
                kept.display()
            );
        }
        self.ask(&client, &groups, &proof, &entry).await
    }

    async fn ask(
        &self,
        client: &Client,
        groups: &Groups,
        proof: &OpeningProof,
        entry: &SealedEntry,
    ) -> anyhow::Result<Exit> {
        let end = slot_end(entry.slot().get(), groups.slot_ms);
        if author::clock() < end && !self.same_node {
            say(format_args!(
                "its slot is over at 时段结束 {}: until then the node is not asked, for it would learn whose entry this is 此前不查询，以免泄露投标人. Ask again then",
                shown(end)
            ));
            return Ok(Exit::Unfinished);
        }
        let found = match client.sealed_entry(&entry.digest()).await {
            Err(ClientError::Problem(problem)) if problem.status == 404 => {
                say("not in the ledger 未入账本: this node has no such entry");
                return Ok(Exit::No);
            }
            answered => answered?,
        };
        let record = found.get("record").and_then(Value::as_str).unwrap_or("?");
        let at = found.get("entered_ms").and_then(Value::as_u64).unwrap_or(0);
        say(format_args!("entered 入账 {record} at {}", shown(biaozheng_ledger::ids::TimeMs::new(at))));
        let code = found.get("code").and_then(Value::as_str).unwrap_or("");
        match found.get("fate").and_then(Value::as_str).unwrap_or("") {
            "waiting" => {
                say("not opened yet 尚未开启: which bid stands shows once its slot is opened");
                Ok(Exit::Unfinished)
            }
            "stands" => stands(client, proof.identity()).await,
            "superseded" => {
                say(if proof.body().is_some() {
                    "superseded 已被取代: another entry of yours with a higher sequence stands, or with the same one and earlier; or it was withdrawn 另有序号更大（或序号相同而在先）的条目，或已撤回"
                } else {
                    "this withdrawal is done, or another entry replaced it 撤回已生效，或已被取代"
                });
                Ok(if proof.body().is_some() { Exit::No } else { Exit::Done })
            }
            "copy" => no("it is a copy of an entry that came before 系先前条目的副本"),
            "late" => no("it came after the deadline, or the tender was over 晚于截止时间或项目已结束"),
            "failed" => no(&reason(code)),
            other => no(other),
        }
    }
}

fn no(why: &str) -> anyhow::Result<Exit> {
    say(format_args!("does not count 不计入: {why}"));
    Ok(Exit::No)
}

fn reason(code: &str) -> String {
    REASONS
        .iter()
        .find(|(known, _)| *known == code)
        .map_or_else(|| format!("code 代码 {code}"), |(_, text)| (*text).to_owned())
}

/// What became of an entry that stands: its bid is in the list of the opening, readable or shut.
async fn stands(client: &Client, identity: &BidIdentity) -> anyhow::Result<Exit> {
    let mut after = None;
    loop {
        let page =
            client.opened_bids(&identity.opening.tender, &PageQuery { limit: Some(50), after }).await?;
        let own = |row: &&Value| {
            let is = |name: &str, value: &str| row.get(name).and_then(Value::as_str) == Some(value);
            is("lot", identity.lot.as_str()) && is("bidder", identity.bidder.as_str())
        };
        if let Some(row) = page.items.iter().find(own) {
            return say_opened(row);
        }
        after = page.next;
        if after.is_none() {
            say(
                "stands 有效: it is the newest of yours for this lot; the opening is not recorded yet 尚未作开标记录",
            );
            return Ok(Exit::Done);
        }
    }
}

fn say_opened(row: &Value) -> anyhow::Result<Exit> {
    if let Some(code) = row.get("failure").and_then(Value::as_str) {
        return no(&format!("{} (it was opened without a price 开启后无有效报价)", reason(code)));
    }
    if row.get("text").is_some_and(Value::is_string) {
        say("stands and is open 有效且已开启");
        return Ok(Exit::Done);
    }
    say(
        "stands and stays shut 有效但未开启: its lot had fewer bidders than the rule asks, or nobody opened it in time 投标人不足或逾期未开启",
    );
    Ok(Exit::No)
}

fn with_ending(name: &Path, ending: &str) -> PathBuf {
    let name = name.to_string_lossy();
    let stem = name.strip_suffix(".proof").unwrap_or(&name);
    PathBuf::from(format!("{stem}.{ending}"))
}

fn read_entry(path: &Path) -> anyhow::Result<(biaozheng_ledger::ids::RecordId, SealedEntry)> {
    let about = || path.display().to_string();
    let record = Record::from_json(&std::fs::read(path).with_context(about)?).with_context(about)?;
    let read = entry::read(record.payload());
    let (entry, _) = read.map_err(|reject| anyhow::anyhow!("{}: {reject}", path.display()))?;
    Ok((record.id(), entry))
}

fn say_content(proof: &OpeningProof) {
    let identity = proof.identity();
    say(if proof.body().is_some() { "a sealed bid 密封投标" } else { "a withdrawal 撤回" });
    say(format_args!("project 项目 {}, lot 标段 {}", identity.opening.tender, identity.lot.as_str()));
    say(format_args!("bidder 投标人 {} with 密钥 {}", identity.bidder, identity.bidder_key));
    say(format_args!("sequence 序号 {}, slot 时段 {}", identity.sequence, proof.slot().get()));
    let Some(body) = proof.body() else { return };
    match from_strict::<BidBody>(body) {
        Ok(body) => {
            for offer in body.offers() {
                match offer.price {
                    Some(price) => say(format_args!(
                        "price 报价 {}, where the currency is CNY 以人民币计",
                        money(price, "CNY")
                    )),
                    None => complain("no price 无报价: it would be disqualified 将被否决"),
                }
            }
        }
        Err(error) => complain(format_args!("the body is no bid 投标内容不是规定格式: {error}")),
    }
}

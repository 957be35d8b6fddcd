//! `biaozheng seal`: seals a bid to the group, and enters it with a token under nobody's name.
//!
//! **Invariant:** the opening proof is on disk before anything is sent, and so is what a wallet's token is spent on.

#![allow(clippy::indexing_slicing, reason = "indexing JSON by a name reads null and never panics")]

mod admission;
mod class;
mod fallback;
mod knowing;

use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_client::sealing::{Envelope, Groups};
use biaozheng_client::{Author, Client, Patience, Submission, Wait};
use biaozheng_ledger::ids::{ChainId, OrgId, ProjectId};
use biaozheng_ledger::json::from_strict;
use biaozheng_ledger::receipt::Receipt;
use biaozheng_ledger::record::Record;
use biaozheng_seal::label::Slot;
use biaozheng_seal::sealing::{LotId, OpeningProof, SealedEntry};
use biaozheng_seal::seed::Seed;
use clap::Args;
use zeroize::Zeroizing;

use self::admission::kept_record;
use super::Exit;
use super::certificate::{chain_of, refuse_existing, write_new};
use super::output::{complain, say};
use crate::keys::{generate, read_secret};

const EXAMPLE: &str = "\
The file's bytes are the bid as bid.revealed/1 would show it: a JSON object with 'price'. --out NAME makes
  NAME.proof      opens the bid without the group; as secret as the bid
  NAME.json       the signed record, before it is sent; send it again with: biaozheng submit --envelope NAME.json
  NAME.cert.json  the certificate
Whoever accepts a connection knows its address. With --terms and --wallet the node that takes the entry gets the entry and
nothing else; tender and bidder are named to no node. Still its operator sees that this address enters something for this
slot, and where one tender only is due then, which one: go through another network, or through your agency's. Without
--terms the tender is asked for at --api, and the entry has to go to another node (--enter-at). A node that covers entries
keeps yours until a moment of its own, so that nobody else sees from its coming that it is a bid; the receipt says when.

The deadline and the slot come from certified records. The newest of them can be kept back by who gives the terms: say with
--deadline what the tenderee's notice says, and nothing is sealed when they differ. 请用 --deadline 核对公告中的截止时间。

A token comes out of a wallet filled long before (biaozheng tokens fetch). --ask-by-name asks for one now, on the public
chain, which tells that you probably bid. 应事先申请投标凭证并存入钱包，否则临时申请会公开显示贵单位可能正在投标。

Examples:
  biaozheng export terms --chain chain-id.txt --out open.terms
  biaozheng seal bid.json --terms open.terms --deadline 2026-12-01T09:00:00+08:00 --wallet tokens.wallet \
    --enter-at http://10.1.3.9:8600 --chain chain-id.txt --key b.key --org B1 --project P-1 --out bid-1
  biaozheng seal --again --wallet tokens.wallet ... --out bid-1  goes on where sealing or sending was interrupted
  biaozheng seal bid2.json --sequence 2 ... --out bid-2        replaces the first
  biaozheng seal --withdraw --of bid-2.proof --sequence 3 ... --out withdrawal
  biaozheng seal --bind bid-1.proof bid-2.proof ...            when the group has not opened in its time: says which of
      your bids stands, the one of the highest sequence for each lot, before anybody shows a price
  biaozheng seal --prove bid-2.proof ...                       after that, once the time to bind is over: opens it";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Seal {
    /// The bid
    #[arg(value_name = "FILE", required_unless_present_any = ["withdraw", "bind", "prove", "again"], conflicts_with = "withdraw")]
    file: Option<PathBuf>,
    /// The node that is asked for what is not given as a file; takes the entry too if --enter-at is left out
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The node that takes the sealed entry
    #[arg(long, value_name = "URL")]
    enter_at: Option<String>,
    /// The node that is asked about the tender may take the entry too: its operator then knows who bids on what
    #[arg(long)]
    same_node: bool,
    /// Certified terms of the open tenders, fetched before (biaozheng export terms)
    #[arg(long, value_name = "FILE")]
    terms: Option<PathBuf>,
    /// The deadline as you know it; nothing is sealed when the records say another
    #[arg(long, value_name = "RFC3339")]
    deadline: Option<jiff::Timestamp>,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: String,
    /// Your secret key file
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Your organisation's number
    #[arg(long, value_name = "ORG")]
    org: String,
    /// The project
    #[arg(long, value_name = "PROJECT")]
    project: ProjectId,
    /// Your wallet of tokens
    #[arg(long, value_name = "FILE")]
    wallet: Option<PathBuf>,
    /// Ask for a token by name, on the public chain, where the wallet has none
    #[arg(long)]
    ask_by_name: bool,
    /// Go on with what was interrupted: the same entry, from NAME.proof and NAME.json
    #[arg(long, conflicts_with_all = ["file", "withdraw", "bind", "prove"])]
    again: bool,
    /// The lot
    #[arg(long, value_name = "LOT", default_value = "1")]
    lot: String,
    /// A higher one replaces what you sealed before
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    sequence: u32,
    /// Withdraw what was sealed with lower sequences; needs --of or --class
    #[arg(long, requires = "size")]
    withdraw: bool,
    /// Opening proof of the bid that is withdrawn: the withdrawal takes its size, so that it does not stand out 被撤回投标的开启证明
    #[arg(long, value_name = "FILE", requires = "withdraw", group = "size")]
    of: Option<PathBuf>,
    /// Size of the withdrawal where that proof is lost: 1024, 4096, 16384 or 32768 撤回条目的大小
    #[arg(long, value_name = "BYTES", requires = "withdraw", group = "size")]
    class: Option<usize>,
    /// The group did not open: bind the bid that stands, for each lot the highest sequence of these opening proofs 绑定有效投标
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["file", "withdraw", "prove"])]
    bind: Vec<PathBuf>,
    /// Then open what was bound, with its opening proof 自行开启
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "withdraw"])]
    prove: Option<PathBuf>,
    /// Beginning of the names of the files to make
    #[arg(long, value_name = "NAME", required_unless_present_any = ["bind", "prove"])]
    out: Option<PathBuf>,
    /// How long to try and wait, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout_s: u64,
}

/// What the command works with.
struct Bidder {
    client: Client,
    author: Author,
    chain: ChainId,
    total: Duration,
}

impl Seal {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let chain = chain_of(&self.chain)?;
        let client = Client::new(&self.api)?;
        let key = read_secret(&self.key)?;
        let org = OrgId::new(&self.org).with_context(|| format!("organisation {:?}", self.org))?;
        let total = Duration::from_secs(self.timeout_s);
        let bidder = Bidder { client, author: Author::new(org, key, chain), chain, total };
        match &self.prove {
            Some(path) => bidder.prove(&self.project, path).await,
            None if !self.bind.is_empty() => bidder.bind(&self.project, &self.bind).await,
            None => self.seal(&bidder).await,
        }
    }

    async fn seal(&self, bidder: &Bidder) -> anyhow::Result<Exit> {
        let out = self.out.as_deref().context("--out")?;
        let [proof_file, record_file, certificate_file] =
            ["proof", "json", "cert.json"].map(|ending| PathBuf::from(format!("{}.{ending}", out.display())));
        refuse_existing(Some(&certificate_file))?;
        for path in [&proof_file, &record_file].into_iter().filter(|_| !self.again) {
            refuse_existing(Some(path))?;
        }
        let mut wallet = self.wallet(bidder)?;
        let record = if self.again && record_file.exists() {
            kept_record(&record_file, bidder.chain)?
        } else {
            let terms = self.terms(bidder).await?;
            let groups = Groups::of_terms(&terms);
            let slot = self.slot(&terms)?;
            let entry = if self.again {
                self.kept_entry(&groups, &proof_file)?
            } else {
                let (entry, proof) = self.entry(bidder, &groups, slot)?;
                write_secret(&proof_file, &proof.to_bytes())?;
                let name = proof_file.display();
                say(format_args!("opening proof 开启证明 {name} (as secret as the bid)"));
                entry
            };
            let record = self.admit(bidder, &groups, wallet.as_mut(), &entry).await?;
            write_new(&record_file, &record.envelope().to_json())?;
            if entry.slot() != slot {
                complain(format_args!(
                    "warning 警告: this entry is sealed for slot {}, and the deadline's is {} now: it opens earlier. Seal anew with a higher --sequence 截止时间已更改",
                    entry.slot().get(),
                    slot.get()
                ));
            }
            record
        };
        // Nothing of the wallet changes any more.
        drop(wallet);
        say(format_args!("record 记录 {}", record.id()));
        let client = Client::new(self.enter_at.as_ref().unwrap_or(&self.api))?;
        let patience = Patience { total: bidder.total, ..Patience::default() };
        let submission = client.submit_until(&record, Wait::Certificate, patience).await?;
        let Some(certificate) = &submission.certificate else {
            say(format_args!(
                "received, not certified yet 已接收，尚未取得证书; {}. For the certificate: biaozheng submit --envelope {}",
                promise(&submission),
                record_file.display()
            ));
            return Ok(Exit::Unfinished);
        };
        let text = certificate.to_string();
        say(super::certificate::verify(&text, &record.id(), Some(bidder.chain))?);
        write_new(&certificate_file, &text)?;
        say(format_args!("written 已保存 {}", certificate_file.display()));
        Ok(Exit::Done)
    }

    fn entry(
        &self,
        bidder: &Bidder,
        groups: &Groups,
        slot: Slot,
    ) -> anyhow::Result<(SealedEntry, OpeningProof)> {
        let envelope = Envelope {
            tender: self.project.clone(),
            lot: LotId::new(&self.lot)?,
            sequence: self.sequence,
            slot,
        };
        let seed = fresh()?;
        let Some(file) = &self.file else {
            let class = self.withdrawal_class(bidder.author.org(), &envelope)?;
            return Ok(bidder.author.seal_withdrawal(groups, &envelope, class, &seed)?);
        };
        let mut body = Zeroizing::new(Vec::new());
        let file = std::fs::File::open(file).with_context(|| file.display().to_string())?;
        file.take(64 * 1024).read_to_end(&mut body)?;
        let read: Result<biaozheng_contracts::acts::bid::BidBody, _> = from_strict(&body);
        let read =
            read.context("the file is no bid: a JSON object with 'price', 'deviations', 'statement'")?;
        ensure!(read.price.is_some(), "a bid without a price would be disqualified 无报价将被否决");
        Ok(bidder.author.seal_bid(groups, &envelope, body.to_vec(), &seed)?)
    }
}

impl Bidder {
    async fn submit(&self, record: &Record) -> anyhow::Result<()> {
        let patience = Patience { total: self.total, ..Patience::default() };
        let done = self.client.submit_until(record, Wait::Committed, patience).await?;
        ensure!(done.reached(Wait::Committed), "received and not in a block yet; try again later");
        Ok(())
    }
}

/// When the node lets the entry out at the latest, by its receipt: a covering node keeps it until a moment of its own.
fn promise(submission: &Submission) -> String {
    if let Some(block) = &submission.block {
        return format!("it stands in block {} 已入账", block.height);
    }
    let receipt = Receipt::verify(submission.receipt.to_string().as_bytes()).ok();
    let by = receipt.and_then(|one| i64::try_from(one.promised_by_ms.get()).ok());
    by.and_then(|by| jiff::Timestamp::from_millisecond(by).ok()).map_or_else(
        || "the node gave no receipt 节点未出具回执".to_owned(),
        |by| format!("the node promises a block by {by} 节点承诺最迟入块时间"),
    )
}

fn fresh() -> anyhow::Result<Seed> {
    Ok(Seed::new(*Zeroizing::new(*generate()?.seed())))
}

/// A new file that only its owner reads, on disk before this returns.
fn write_secret(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let open = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = open.with_context(|| path.display().to_string())?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}

//! `biaozheng seal`: seals a bid to the group, and enters it with a token under nobody's name.
//!
//! **Invariant:** the opening proof is on disk before anything is sent, and so is what a wallet's token is spent on.

#![allow(clippy::indexing_slicing, reason = "indexing JSON by a name reads null and never panics")]

mod admission;
mod check;
mod class;
mod fallback;
mod knowing;
mod price;
mod saying;

use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::sealing::{Envelope, Groups};
use biaozheng_client::{Author, Client, Patience, Submission, Wait};
use biaozheng_contracts::Amount;
use biaozheng_contracts::bidding::bid::BidBody;
use biaozheng_contracts::bidding::limits::BID_BYTES_MAX;
use biaozheng_ledger::ids::{ChainId, OrgId, ProjectId, TimeMs};
use biaozheng_ledger::receipt::Receipt;
use biaozheng_ledger::record::Record;
use biaozheng_seal::label::Slot;
use biaozheng_seal::sealing::{LotId, OpeningProof, SealedEntry};
use biaozheng_seal::seed::Seed;
use clap::Args;
use serde_json::json;
use zeroize::Zeroizing;

use self::admission::kept_record;
use self::saying::Content;
use crate::Exit;
use crate::output::{complain, say};
use crate::record::certificate::{chain_of, refuse_existing, write_new};
use crate::record::secrets::write_secret;
use crate::terminal::moments::{moment, shown};
use crate::terminal::naming::own;
use biaozheng_client::key_file::{generate, read as read_secret};

const EXAMPLE: &str = "\
The file's bytes are the bid as bid.revealed/1 would show it: a JSON object. Its 'price' is in 分 (minor units of the
tender's currency), so a bid of 80万元 (800,000.00 元) is
  {\"price\": 80000000, \"statement\": \"按招标文件要求完成全部工程\"}
价格以分为单位：80万元写作 80000000。也可不写文件，用 --price 80万 或 --price-file 文件 给出（单位为元）。--out NAME makes
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

Before a token is spent the program says what it seals (project, lot, bidder, sequence, price in 元 and in capitals,
deadline in Beijing time) and asks once; --yes answers, and without a terminal nobody is asked. It refuses here, with nothing
made, spent or sent: a key with which the wallet's tokens were not asked for, a sequence this wallet has sealed before, a
bid or withdrawal after the deadline.

Examples:
  biaozheng export terms --chain chain-id.txt --out open.terms
  biaozheng seal bid.json --terms open.terms --deadline \"2026-12-01 09:00\" --wallet tokens.wallet \
    --enter-at http://10.1.3.9:8600 --chain chain-id.txt --key b.key --org B1 --project P-1 --out bid-1
  biaozheng seal --again --wallet tokens.wallet ... --out bid-1  goes on where sealing or sending was interrupted
  biaozheng seal bid2.json --sequence 2 ... --out bid-2        replaces the first
  biaozheng seal --withdraw --of bid-2.proof --sequence 3 ... --out withdrawal
  biaozheng seal --check bid-1                                 what is in bid-1.proof; asks no node
  biaozheng seal --check bid-1 --api http://10.1.2.9:8600      after the opening: stands, superseded, shut, and why
  biaozheng seal --bind bid-1.proof bid-2.proof ...            when the group has not opened in its time: says which of
      your bids stands, the one of the highest sequence for each lot, before anybody shows a price
  biaozheng seal --prove bid-2.proof ...                       after that, once the time to bind is over: opens it. Before
      that nothing is sent, for whoever gets the proof sees the price; --now sends it all the same";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Seal {
    /// The bid: a JSON object whose 'price' is in 分, such as {"price": 80000000} for 80万元 投标文件，价格以分为单位
    #[arg(value_name = "FILE", required_unless_present_any = ["withdraw", "bind", "prove", "again", "check", "price", "price_file"], conflicts_with = "withdraw")]
    file: Option<PathBuf>,
    /// The node that is asked for what is not given as a file; takes the entry too if --enter-at is left out
    #[arg(long, value_name = "URL")]
    api: Option<String>,
    /// The price in yuan instead of a file, such as 80万 or 800,000.00; with a file, the price that has to stand in it.
    /// Other users of this machine see it while the command runs, and the shell keeps it: --price-file is not seen
    /// 报价（元）；本机其他用户可见，且留于命令历史
    #[arg(long, value_name = "YUAN", value_parser = yuan, conflicts_with_all = ["withdraw", "prove", "again"])]
    price: Option<Amount>,
    /// The same from a file, or from standard input with '-' 由文件或标准输入（-）读取报价
    #[arg(long, value_name = "FILE", conflicts_with_all = ["price", "withdraw", "prove", "again", "bind"])]
    price_file: Option<PathBuf>,
    /// Do not ask before sealing 不再询问
    #[arg(long)]
    yes: bool,
    /// The key was registered for your organisation after the wallet's tokens were asked for 密钥系申请凭证之后登记
    #[arg(long)]
    new_key: bool,
    /// Say what is in NAME.proof; with --api, after the opening, also what became of it 查看密封投标及其结果
    #[arg(long, value_name = "NAME", conflicts_with_all = ["file", "withdraw", "prove", "again", "price", "price_file"])]
    check: Option<PathBuf>,
    /// The node that takes the sealed entry
    #[arg(long, value_name = "URL")]
    enter_at: Option<String>,
    /// The node that is asked about the tender may take the entry too: its operator then knows who bids on what
    #[arg(long)]
    same_node: bool,
    /// Certified terms of the open tenders, fetched before (biaozheng export terms)
    #[arg(long, value_name = "FILE")]
    terms: Option<PathBuf>,
    /// The deadline as you know it, in Beijing time or with an offset; nothing is sealed when the records say another
    #[arg(long, value_name = "TIME", value_parser = moment)]
    deadline: Option<TimeMs>,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE", required_unless_present = "check")]
    chain: Option<String>,
    /// Your secret key file
    #[arg(long, value_name = "FILE", required_unless_present = "check")]
    key: Option<PathBuf>,
    /// Your organisation's number
    #[arg(long, value_name = "ORG", required_unless_present = "check")]
    org: Option<String>,
    /// The project
    #[arg(long, value_name = "PROJECT", required_unless_present = "check")]
    project: Option<ProjectId>,
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
    #[arg(long)]
    withdraw: bool,
    /// Opening proof of the bid that is withdrawn: the withdrawal takes its size, so that it does not stand out 被撤回投标的开启证明
    #[arg(long, value_name = "FILE", requires = "withdraw", group = "size")]
    of: Option<PathBuf>,
    /// Size of the withdrawal where that proof is lost: 1024, 4096, 16384 or 32768 撤回条目的大小
    #[arg(long, value_name = "BYTES", requires = "withdraw", group = "size")]
    class: Option<usize>,
    /// The group did not open: bind the bid that stands, for each lot the highest sequence of these opening proofs; with
    /// --wallet, refused where the wallet sealed a higher one 绑定有效投标
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["file", "withdraw", "prove"])]
    bind: Vec<PathBuf>,
    /// Then open what was bound, with its opening proof 自行开启
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "withdraw"])]
    prove: Option<PathBuf>,
    /// Prove although, as far as this program knows, the time to bind is not over 立即开启
    #[arg(long, requires = "prove")]
    now: bool,
    /// Beginning of the names of the files to make
    #[arg(long, value_name = "NAME", required_unless_present_any = ["bind", "prove", "check"])]
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
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        if let Some(name) = &self.check {
            return self.check(name).await;
        }
        let (Some(chain), Some(key), Some(org)) = (&self.chain, &self.key, &self.org) else {
            bail!("--chain, --key and --org are needed");
        };
        let chain = chain_of(chain)?;
        let client = Client::new(self.api())?;
        let key = read_secret(key)?;
        let org = OrgId::new(org).with_context(|| format!("organisation {org:?}"))?;
        let total = Duration::from_secs(self.timeout_s);
        let bidder = Bidder { client, author: Author::new(org, key, chain), chain, total };
        match &self.prove {
            Some(path) => {
                self.time_to_prove(&bidder).await?;
                bidder.prove(self.project(), path).await
            }
            None if !self.bind.is_empty() => {
                bidder.bind(self.project(), &self.bind, self.wallet(&bidder)?.as_ref()).await
            }
            None => self.seal(&bidder).await,
        }
    }

    /// The node that is asked.
    fn api(&self) -> &str {
        self.api.as_deref().unwrap_or("http://127.0.0.1:8600")
    }

    /// # Panics
    /// Never: where it is left out only a proof is looked at.
    fn project(&self) -> &ProjectId {
        self.project.as_ref().expect("the command line asks for it unless --check is given")
    }

    async fn seal(&self, bidder: &Bidder) -> anyhow::Result<Exit> {
        let out = self.out.as_deref().context("--out")?;
        let [proof_file, record_file, certificate_file] =
            ["proof", "json", "cert.json"].map(|ending| PathBuf::from(format!("{}.{ending}", out.display())));
        refuse_existing(Some(&certificate_file))?;
        for path in [&proof_file, &record_file].into_iter().filter(|_| !self.again) {
            refuse_existing(Some(path))?;
        }
        let content = self.content()?;
        let mut wallet = self.wallet(bidder)?;
        let record = if self.again && record_file.exists() {
            kept_record(&record_file, bidder.chain)?
        } else {
            let terms = self.terms(bidder).await?;
            let groups = Groups::of_terms(&terms);
            let (tender, slot) = self.slot(&terms)?;
            self.in_time(tender)?;
            let (entry, word) = if self.again {
                self.kept_entry(&groups, &proof_file)?
            } else {
                self.check_size()?;
                self.known_key(bidder, wallet.as_ref())?;
                self.new_sequence(wallet.as_ref())?;
                self.confirm(bidder, tender, &content)?;
                let (entry, proof) = self.entry(bidder, &groups, slot, content)?;
                write_secret(&proof_file, &proof.to_bytes())?;
                let name = proof_file.display();
                say(format_args!("opening proof 开启证明 {name} (as secret as the bid)"));
                (entry, self.word())
            };
            let record = self.admit(bidder, &groups, wallet.as_mut(), (&entry, &word)).await?;
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
        let client = Client::new(self.enter_at.as_deref().unwrap_or(self.api()))?;
        let patience = Patience { total: bidder.total, ..Patience::default() };
        let submission = client.submit_until(&record, Wait::Certificate, patience).await?;
        let Some(certificate) = &submission.certificate else {
            let later = own("biaozheng submit --envelope");
            say(format_args!(
                "received, not certified yet 已接收，尚未取得证书; {}. For the certificate: {later} {}",
                promise(&submission),
                record_file.display()
            ));
            return Ok(Exit::Unfinished);
        };
        let text = certificate.to_string();
        say(crate::record::certificate::verify(&text, &record.id(), Some(bidder.chain))?);
        write_new(&certificate_file, &text)?;
        say(format_args!("written 已保存 {}", certificate_file.display()));
        Ok(Exit::Done)
    }

    /// The bid that the file or `--price` gives; nothing for a withdrawal, and where an interrupted one goes on.
    fn content(&self) -> anyhow::Result<Content> {
        let given = self.given_price()?;
        let bytes = match (&self.file, given) {
            (None, None) => return Ok(None),
            (None, Some(price)) => Zeroizing::new(json!({"price": price}).to_string().into_bytes()),
            (Some(file), _) => {
                let mut bytes = Zeroizing::new(Vec::new());
                let about = || file.display().to_string();
                let limit = u64::try_from(BID_BYTES_MAX)?.saturating_add(1);
                std::fs::File::open(file).with_context(about)?.take(limit).read_to_end(&mut bytes)?;
                ensure!(
                    bytes.len() <= BID_BYTES_MAX,
                    "{}: a bid has at most {BID_BYTES_MAX} bytes 投标文件过大",
                    about()
                );
                bytes
            }
        };
        // As the opening reads it: what it would not read is no bid.
        let body: BidBody = biaozheng_ledger::json::from_strict(&bytes).context(
            "the file is no bid 不是投标文件: a JSON object such as {\"price\": 80000000}, the price in 分 (80万元); see: biaozheng record schema bid",
        )?;
        let price = body.price.context("a bid without a price would be disqualified 无报价将被否决")?;
        ensure!(price.get() > 0, "a price of 0 报价为零");
        if let Some(expected) = given {
            ensure!(
                expected == price,
                "the given price is {} 元 and the file's price {} 元 报价不一致: nothing was sealed",
                expected.in_yuan(),
                price.in_yuan()
            );
        }
        Ok(Some((bytes, body)))
    }

    fn entry(
        &self,
        bidder: &Bidder,
        groups: &Groups,
        slot: Slot,
        content: Content,
    ) -> anyhow::Result<(SealedEntry, OpeningProof)> {
        let envelope = Envelope {
            tender: self.project().clone(),
            lot: LotId::new(&self.lot)?,
            sequence: self.sequence,
            slot,
        };
        let seed = fresh()?;
        let Some((body, _)) = content else {
            let class = self.withdrawal_class(bidder.author.org(), &envelope)?;
            return Ok(bidder.author.seal_withdrawal(groups, &envelope, class, &seed)?);
        };
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
    receipt.map_or_else(
        || "the node gave no receipt 节点未出具回执".to_owned(),
        |one| format!("the node promises a block by {} 节点承诺最迟入块时间", shown(one.promised_by_ms)),
    )
}

fn fresh() -> anyhow::Result<Seed> {
    Ok(Seed::new(*Zeroizing::new(*generate()?.seed())))
}

fn yuan(text: &str) -> Result<Amount, String> {
    let amount = Amount::of_yuan(text).filter(|amount| amount.get() > 0);
    amount.ok_or_else(|| {
        format!("{text:?} is no amount of yuan; write 800000, 800,000.00 or 80万 金额格式不符（单位为元）")
    })
}

//! `biaozheng tokens`: a bidder's wallet of tokens, filled long before it bids.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_client::sealing::SealingError;
use biaozheng_client::wallet::{Holding, Wallet};
use biaozheng_client::{Author, Client, author};
use biaozheng_ledger::ids::OrgId;
use clap::{Args, Subcommand};

use crate::Exit;
use crate::output::{complain, say};
use crate::record::certificate::chain_of;
use crate::terminal::moments::shown;
use crate::terminal::progress::Progress;
use biaozheng_client::key_file::read as read_secret;

const EXAMPLE: &str = "\
Who asks for tokens is public, what a token is spent on is not. So ask early in every epoch, and always for the same number,
whether you bid or not. --count is the number for the whole epoch, spent ones counted: the same command again asks for what is
missing and for nothing twice, so it may run every day and after every interruption.
The wallet is as secret as a key, and no copy of it may be used: a copy forgets what was spent since.
申请凭证是公开的，凭证的用途不公开。请在每期开始时按固定数量申请，无论是否投标。

Examples:
  biaozheng tokens fetch --count 8 --wallet tokens.wallet --chain chain-id.txt --key b.key --org B1
  biaozheng tokens list --wallet tokens.wallet";

#[derive(Debug, Subcommand)]
pub(crate) enum TokensCommand {
    /// Ask for tokens by name and keep them 申请凭证
    Fetch(Fetch),
    /// Say what a wallet holds 查看钱包
    List(List),
}

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Fetch {
    /// Tokens of this epoch, those spent counted
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    count: u16,
    /// The wallet; made if it is not there
    #[arg(long, value_name = "FILE")]
    wallet: PathBuf,
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: String,
    /// Your secret key file
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Your organisation's number
    #[arg(long, value_name = "ORG")]
    org: String,
    /// How long to try and wait, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout_s: u64,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// The wallet
    #[arg(long, value_name = "FILE")]
    wallet: PathBuf,
}

impl TokensCommand {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Fetch(fetch) => fetch.run().await,
            Self::List(list) => {
                let wallet = Wallet::look(&list.wallet)?;
                say(format_args!("wallet 钱包 of {} on chain {}", wallet.org(), wallet.chain()));
                say_holdings(&wallet);
                Ok(Exit::Done)
            }
        }
    }
}

impl Fetch {
    async fn run(self) -> anyhow::Result<Exit> {
        let chain = chain_of(&self.chain)?;
        let org = OrgId::new(&self.org).with_context(|| format!("organisation {:?}", self.org))?;
        let author = Author::new(org.clone(), read_secret(&self.key)?, chain);
        let client = Client::new(&self.api)?;
        let found = client.genesis().await?.chain_id();
        ensure!(found == chain, "the node is of chain {found}, not {chain} 链标识不符");
        let mut wallet = if self.wallet.symlink_metadata().is_ok() {
            Wallet::open(&self.wallet, chain, &org)?
        } else {
            Wallet::create(&self.wallet, chain, org)?
        };
        let groups = client.sealing_groups(chain).await?;
        let epoch = groups.tokens().ok_or(SealingError::NoTokens)?;
        ensure!(
            epoch.valid_until > author::clock(),
            "epoch {} is over and no new one has begun yet 本期凭证已过期，新一期尚未开始",
            epoch.number()
        );
        let (count, total) = (usize::from(self.count), Duration::from_secs(self.timeout_s));
        let mut progress = Progress::new("tokens 凭证", u64::from(self.count));
        let mut said = |waiting: usize| {
            let waiting = u64::try_from(waiting).unwrap_or(u64::MAX);
            let done = u64::from(self.count).saturating_sub(waiting);
            progress.at(done, u64::from(self.count), "waiting for signatures 等待签发".to_owned());
        };
        let filled = client.fill_wallet(&mut wallet, epoch, &author, count, total, &mut said).await;
        drop(progress);
        say_holdings(&wallet);
        match filled {
            Err(error @ SealingError::Unsigned) => {
                complain(format_args!(
                    "{error}: nothing is lost, run the same command again 未完成，重新运行同一命令即可继续"
                ));
                Ok(Exit::Unfinished)
            }
            Err(SealingError::Client(error)) if error.code().is_some() && !error.is_temporary() => {
                let quota = epoch.quota;
                Err(error).with_context(|| {
                    format!("the request is refused and kept 申请被拒绝; the quota of a bidder is {quota} an epoch; try a smaller --count")
                })
            }
            other => {
                other?;
                Ok(Exit::Done)
            }
        }
    }
}

/// A line for each epoch.
fn say_holdings(wallet: &Wallet) {
    let now = author::clock();
    let holdings = wallet.holdings();
    for Holding { epoch, valid_until, unspent, spent, waiting, refused } in &holdings {
        let until = shown(*valid_until);
        let end = if *valid_until > now { "valid until 有效期至" } else { "over since 已过期" };
        say(format_args!(
            "epoch 期 {epoch}: {unspent} unspent 未用, {spent} spent 已用, {waiting} waiting 待签发, {refused} refused 被拒; {end} {until}"
        ));
    }
    say(format_args!("{} can be spent 可用", wallet.unspent(now)));
}

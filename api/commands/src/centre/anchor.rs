//! `biaozheng anchor`: enters a chain's cosigned checkpoints as records of a parent chain.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use biaozheng_client::author::clock;
use biaozheng_client::{Author, Client, ClientError, Patience, Wait};
use biaozheng_ledger::anchoring::{ANCHORED_TYPE, AnchoredCheckpoint};
use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::evidence::NodeHash;
use biaozheng_ledger::ids::{ChainId, OrgId};
use biaozheng_ledger::note::SignedNote;
use clap::Args;
use serde_json::{Value, json};

use crate::Exit;
use crate::output::{complain, say};
use crate::record::certificate::chain_of;
use crate::terminal::rounds::{Lasting, Rounds};
use biaozheng_client::key_file::read as read_secret;

const EXAMPLE: &str = "\
The parent's quorum then witnesses that this chain only grows, and certificates can carry both proofs:
biaozheng certificate RECORD --parent URL. The parent registers the chain once (--register, signed by its city centre);
afterwards any of its centres anchors. Every checkpoint continues the one before, or nothing is entered.

With --every-s it goes on until interrupted: a node that is away or answers with a fault is said and asked again; only
another chain, two histories of the child, or a key that may not sign ends it.

Exit codes: 0 anchored, or nothing new; 1 refused; with 'anchor.split' the child has two histories: keep both
checkpoints; 2 a node cannot be reached.

Examples:
  biaozheng anchor --child http://district:8600 --parent http://city:8600 --org CITY --key city.key --register '东区链'
  biaozheng anchor --child http://district:8600 --parent http://city:8600 --org CITY --key city.key --every-s 3600";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct AnchorCommand {
    /// A node of the chain whose checkpoints are entered
    #[arg(long, value_name = "URL")]
    child: String,
    /// A node of the chain they are entered in
    #[arg(long, value_name = "URL")]
    parent: String,
    /// The child chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    child_chain: Option<String>,
    /// The parent chain you expect
    #[arg(long, value_name = "ID|FILE")]
    parent_chain: Option<String>,
    /// Your secret key file, of a centre of the parent
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Your organisation's number there
    #[arg(long, value_name = "ORG")]
    org: String,
    /// Register the child there first, under this title, unless it is registered
    #[arg(long, value_name = "TITLE")]
    register: Option<String>,
    /// Repeat after so many seconds
    #[arg(long, value_name = "SECONDS")]
    every_s: Option<u64>,
}

impl AnchorCommand {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        let (child, parent) = (Client::new(&self.child)?, Client::new(&self.parent)?);
        let mut rounds = Rounds::every(self.every_s.unwrap_or(1));
        let chains = async || {
            let own = expected(&child, self.child_chain.as_deref()).await?;
            anyhow::Ok((own, expected(&parent, self.parent_chain.as_deref()).await?))
        };
        let (own, above) = match self.every_s {
            None => chains().await?,
            Some(_) => rounds.first(chains).await?,
        };
        let org = OrgId::new(&self.org).with_context(|| self.org.clone())?;
        let author = Author::new(org, read_secret(&self.key)?, above);
        self.registered(&child, &parent, &author, own).await?;
        if self.every_s.is_none() {
            round(&child, &parent, &author, own, above).await?;
            return Ok(Exit::Done);
        }
        loop {
            let done = round(&child, &parent, &author, own, above).await;
            rounds.ended(done.map_err(lasting))?;
            rounds.pause().await;
        }
    }

    async fn registered(
        &self,
        child: &Client,
        parent: &Client,
        author: &Author,
        chain: ChainId,
    ) -> anyhow::Result<()> {
        if parent.chain(&chain).await?.is_some() {
            return Ok(());
        }
        let Some(title) = &self.register else {
            bail!(
                "the parent does not know chain {chain}; its city centre registers it with --register TITLE"
            );
        };
        let genesis = child.genesis().await?;
        let body = json!({
            "chain": chain, "title": title, "policy": child.policy().await?,
            "genesis_remainder": genesis.remainder().to_string(),
        });
        let record = author.record("chain.registered/1", body).sign(clock())?;
        parent.submit_until(&record, Wait::Committed, Patience::default()).await?;
        say(format_args!("registered 已登记 {chain}: record {}", record.id()));
        Ok(())
    }
}

/// Two histories of the child are no fault that passes: somebody must look.
fn lasting(error: anyhow::Error) -> anyhow::Error {
    let split = |cause: &ClientError| matches!(cause.code(), Some("anchor.split" | "anchor.consistency"));
    if error.chain().filter_map(|cause| cause.downcast_ref()).any(split) {
        return Lasting(format!("{error:#}")).into();
    }
    error
}

async fn expected(client: &Client, given: Option<&str>) -> anyhow::Result<ChainId> {
    let found = client.genesis().await?.chain_id();
    match given.map(chain_of).transpose()? {
        Some(chain) if chain != found => {
            let url = client.base_url();
            return Err(Lasting(format!("{url} is of chain {found}, not {chain} 链标识不符")).into());
        }
        Some(_) => {}
        None => complain(format_args!("{}: chain {found}, as it says 未核对链标识", client.base_url())),
    }
    Ok(found)
}

/// Anchors the child's newest checkpoint, unless the parent has it.
async fn round(
    child: &Client,
    parent: &Client,
    author: &Author,
    chain: ChainId,
    above: ChainId,
) -> anyhow::Result<()> {
    for (client, expected) in [(child, chain), (parent, above)] {
        let found = client.status().await?.chain;
        if found != expected {
            let url = client.base_url();
            return Err(Lasting(format!("{url} is of chain {found} now, not {expected} 链标识不符")).into());
        }
    }
    let known = parent.chain(&chain).await?.context("the parent no longer knows the chain")?;
    let before = known.pointer("/newest/size").and_then(Value::as_u64);
    let note: SignedNote = child.checkpoint().await?.parse().context("the child's checkpoint")?;
    // The parent knows the child's own keys and refuses any other line, such as an outside witness's.
    let note = child.genesis().await?.policy()?.own_lines(&note);
    let checkpoint: Checkpoint = note.text.parse().context("the child's checkpoint")?;
    if before == Some(checkpoint.size) {
        say(format_args!("nothing new 无新增: {} leaves", checkpoint.size));
        return Ok(());
    }
    let consistency = match before {
        Some(before) => child.consistency_hashes(before, checkpoint.size).await?,
        None => Vec::new(),
    };
    let consistency = consistency.into_iter().map(NodeHash::new).collect();
    let body = AnchoredCheckpoint { chain, checkpoint: note.to_string(), consistency };
    let record = author.record(ANCHORED_TYPE, body).sign(clock())?;
    parent.submit_until(&record, Wait::Committed, Patience::default()).await?;
    say(format_args!("anchored 已锚定 {} leaves: record {}", checkpoint.size, record.id()));
    Ok(())
}

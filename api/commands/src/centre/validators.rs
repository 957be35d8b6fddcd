//! `biaozheng validators show|change|sign`: whose nodes vote, and the record that changes it.

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::Client;
use biaozheng_client::author::clock;
use biaozheng_contracts::chain::change::{Changed, NamedValidator};
use biaozheng_ledger::ids::{OrgId, RecordId};
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::validator::quorum_of;
use clap::{Args, Subcommand};
use serde::Deserialize;

use crate::Exit;
use crate::output::{complain, say};
use crate::record::signatures::{Collection, Draft, Signature, say_next, show_signers};

const CHANGED: &str = "validators.changed/1";
const SIGN: &str = "biaozheng validators sign";

const EXAMPLE: &str = "\
A node of the genesis that follows gets a vote, or one loses it, from the block after the record's on. The city centre drafts;
a quorum of the organisations that vote now sign, and every newcomer. Certificates go on being cosigned by the centres of the
genesis, whoever votes. Afterwards deal the key of the bids anew: `biaozheng sealing reshare`.
由市中心起草，现有验证节点单位的法定多数及全部新增单位依次签名后提交；证书仍由创世各中心共同签名。

Examples:
  biaozheng keys vote --home NODE                    on the new node, stopped: makes its key; then start it 新节点先生成表决密钥
  biaozheng validators change --add south=SOUTH=ed25519:… --chain chain-id.txt --key city.key --org CITY --out change-1.json
  biaozheng validators sign change-1.json --chain chain-id.txt --key south.key --org SOUTH \\
      --voting-key ed25519:… --out change-2.json
  biaozheng submit --envelope change-5.json --chain chain-id.txt";

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLE)]
pub(crate) enum ValidatorsCommand {
    /// Say whose nodes vote now 查看验证节点
    Show(Show),
    /// Write a change of them 起草变更
    #[command(after_help = EXAMPLE)]
    Change(Change),
    /// Show a change, and sign it 查看并签名
    #[command(after_help = EXAMPLE)]
    Sign(Sign),
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
}

#[derive(Debug, Args)]
pub(crate) struct Change {
    /// A node that gets a vote: its name in the genesis, its organisation, and the key `biaozheng keys vote` printed on it.
    /// For a node that votes already: its new key
    #[arg(long = "add", value_name = "NODE=ORG=KEY")]
    add: Vec<String>,
    /// A node that loses its vote
    #[arg(long = "remove", value_name = "NODE")]
    remove: Vec<String>,
    /// An organisation that keeps its vote and cannot sign now; a quorum has to
    #[arg(long = "without", value_name = "ORG")]
    without: Vec<OrgId>,
    #[command(flatten)]
    draft: Draft,
}

#[derive(Debug, Args)]
pub(crate) struct Sign {
    #[command(flatten)]
    signature: Signature,
    /// The key your node votes with (keys/consensus.pub), once for each of your nodes in the change: it is compared
    #[arg(long = "voting-key", value_name = "KEY", requires = "key")]
    voting_keys: Vec<PublicKey>,
}

/// What `/v1/validators` says.
#[derive(Debug, Deserialize)]
struct Now {
    number: u32,
    from_height: u64,
    quorum: usize,
    validators: Vec<Voting>,
}

/// One that votes; the organisation is missing where the genesis does not name it.
#[derive(Debug, Deserialize)]
struct Voting {
    node: String,
    org: Option<OrgId>,
    key: PublicKey,
    #[serde(default)]
    misbehaved: Vec<RecordId>,
}

impl ValidatorsCommand {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Show(show) => show.run().await,
            Self::Change(change) => change.run().await,
            Self::Sign(sign) => sign.run(),
        }
    }
}

async fn now(client: &Client) -> anyhow::Result<Now> {
    serde_json::from_value(client.validators().await?).context("what the node says of its validators")
}

impl Show {
    async fn run(self) -> anyhow::Result<Exit> {
        let now = now(&Client::new(&self.api)?).await?;
        say(format_args!(
            "{} validators 验证节点, {} decide 法定多数; change 第 {} 次变更, from block {} on 起",
            now.validators.len(),
            now.quorum,
            now.number,
            now.from_height
        ));
        for one in &now.validators {
            let org = one.org.as_ref().map_or("?", |org| org.as_str());
            say(format_args!("{} {org} {}", one.node, one.key));
            for record in &one.misbehaved {
                say(format_args!("  signed twice 重复签名 {record}"));
            }
        }
        Ok(Exit::Done)
    }
}

impl Change {
    async fn run(self) -> anyhow::Result<Exit> {
        let (client, chain) = self.draft.node().await?;
        let now = now(&client).await?;
        let validators = self.changed(&now)?;
        let keeps = |one: &&NamedValidator| now.validators.iter().any(|now| now.key == one.key);
        let signs = |one: &&NamedValidator| !(keeps(one) && self.without.contains(&one.org));
        let sign: Vec<OrgId> = validators.iter().filter(signs).map(|one| one.org.clone()).collect();
        let stay = validators.iter().filter(|one| keeps(one) && signs(one)).count();
        if stay < quorum_of(validators.len()) {
            complain(
                "those who keep their vote and sign are no quorum of the new set: the chain refuses it 留任且签名的节点不足法定多数",
            );
        }
        let body = Changed { number: now.number.saturating_add(1), validators };
        let content = (serde_json::to_value(&body)?, clock());
        let (round, out) = self.draft.write(&client, chain, CHANGED, content, sign).await?;
        show(&round)?;
        say_next(&round, out, SIGN);
        Ok(Exit::Done)
    }

    /// Those who vote now but the removed, then the added.
    fn changed(&self, now: &Now) -> anyhow::Result<Vec<NamedValidator>> {
        let mut all = Vec::new();
        for one in now.validators.iter().filter(|one| !self.remove.contains(&one.node)) {
            let org = one.org.clone();
            let org = org.with_context(|| format!("the genesis does not say whose node {} is", one.node))?;
            all.push(NamedValidator { node: one.node.clone(), org, key: one.key });
        }
        for name in &self.remove {
            ensure!(now.validators.iter().any(|one| one.node == *name), "{name} does not vote 该节点不表决");
        }
        for text in &self.add {
            let mut parts = text.splitn(3, '=');
            let (Some(node), Some(org), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
                bail!("write --add NODE=ORG=KEY");
            };
            let key = key.parse().with_context(|| format!("the key of {node}"))?;
            let added = NamedValidator { node: node.to_owned(), org: OrgId::new(org)?, key };
            match all.iter_mut().find(|one: &&mut NamedValidator| one.node == node) {
                Some(one) => *one = added,
                None => all.push(added),
            }
        }
        ensure!(!(self.add.is_empty() && self.remove.is_empty()), "say what changes: --add or --remove");
        Ok(all)
    }
}

impl Sign {
    fn run(self) -> anyhow::Result<Exit> {
        let round = self.signature.read()?;
        let changed = show(&round)?;
        let named = |org: &OrgId| changed.validators.iter().filter(|one| one.org == *org).collect::<Vec<_>>();
        for one in self.signature.org().map(named).unwrap_or_default() {
            ensure!(
                !self.voting_keys.is_empty(),
                "{} votes for you here: give --voting-key with the key of your own node, or a stranger's could be in it 请核对本单位节点密钥",
                one.node
            );
            ensure!(
                self.voting_keys.contains(&one.key),
                "{} has another key here than yours 变更所列密钥不符",
                one.node
            );
        }
        self.signature.add(round, SIGN)?;
        Ok(Exit::Done)
    }
}

/// What is signed, in full.
fn show(round: &Collection) -> anyhow::Result<Changed> {
    let payload = round.payload();
    ensure!(payload.record_type.as_str() == CHANGED, "this changes no validators: {}", payload.record_type);
    let changed: Changed = from_value(&payload.body).context("the change's body")?;
    say(format_args!(
        "change 第 {} 次变更: {} validators 验证节点, {} decide 法定多数",
        changed.number,
        changed.validators.len(),
        quorum_of(changed.validators.len())
    ));
    for one in &changed.validators {
        say(format_args!("votes 表决 {} {} {}", one.node, one.org, one.key));
    }
    show_signers(round);
    Ok(changed)
}

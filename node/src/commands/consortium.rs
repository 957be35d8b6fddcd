//! `biaozheng consortium init|keys|assemble`.

use std::path::PathBuf;

use anyhow::Context as _;
use biaozheng_client::author::clock;
use biaozheng_ledger::genesis::{Genesis, TimeBounds};
use biaozheng_ledger::ids::OrgId;
use clap::{Args, Subcommand};

use biaozheng_commands::Exit;
use biaozheng_commands::output::say;

use super::engine;
use crate::consortium::{Assembly, Member, Plan, Ports, PublicNode, Role, assemble, create, create_member};
use crate::run::config::HostPort;

const INIT_EXAMPLE: &str = "\
Makes every key in one place: for trying out, or where one operator runs all nodes. Where nobody may see
another's keys, each centre runs `consortium keys` and anyone runs `consortium assemble`.

Example:
  biaozheng consortium init --out demo --label suzhou \\
      --city city=12320500466950001X --district wuzhong --district wujiang --district kunshan --observer regulator
  biaozheng start --home demo/nodes/city";

const KEYS_EXAMPLE: &str = "\
Example:
  biaozheng consortium keys --name wujiang --org 12320509466950002Y --role district --host 10.1.2.3 --out wujiang
  Send wujiang/node.json to whoever assembles. Keep the rest: it is this node's folder.";

const ASSEMBLE_EXAMPLE: &str = "\
Reads public documents only. Compare every fingerprint with its centre by telephone before you go on.

Example:
  biaozheng consortium assemble --label suzhou --node city.json --node wuzhong.json --node wujiang.json \\
      --node kunshan.json --out suzhou
  Send suzhou/genesis.json and suzhou/configs/NAME.toml to each centre, which runs `biaozheng init`.";

#[derive(Debug, Subcommand)]
pub(super) enum ConsortiumCommand {
    /// Make a whole consortium in one place 一次生成全部
    #[command(after_help = INIT_EXAMPLE)]
    Init(Init),
    /// Make one node's own keys and its public node.json 生成本中心密钥
    #[command(after_help = KEYS_EXAMPLE)]
    Keys(Keys),
    /// Make genesis and configurations from the public node.json of every node 汇总创世
    #[command(after_help = ASSEMBLE_EXAMPLE)]
    Assemble(Assemble),
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// Folder to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    agreement: Agreement,
    /// A city's trading centre: a validator. Without ORG the name is the organisation's number
    #[arg(long, value_name = "NAME[=ORG]", required = true)]
    city: Vec<String>,
    /// A district's trading centre: a validator
    #[arg(long, value_name = "NAME[=ORG]")]
    district: Vec<String>,
    /// A regulator: a node that follows and never votes
    #[arg(long, value_name = "NAME[=ORG]")]
    observer: Vec<String>,
    /// A district's trading centre that follows at first; `biaozheng validators change` gives it a vote
    #[arg(long, value_name = "NAME[=ORG]")]
    standby: Vec<String>,
    /// Address of all nodes
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// First node's consensus port; its gossip port is the next, the next node's two follow
    #[arg(long, value_name = "PORT", default_value_t = 27_600)]
    base_port: u16,
    /// First node's API port; the next node has the next
    #[arg(long, value_name = "PORT", default_value_t = 8600)]
    api_base_port: u16,
}

#[derive(Debug, Args)]
pub(super) struct Agreement {
    /// Short name of the consortium, part of the log's name for ever: a-z 0-9 -
    #[arg(long)]
    label: String,
    /// How far two honest clocks may differ, milliseconds
    #[arg(long, value_name = "MS", default_value_t = 500)]
    precision_ms: u64,
    /// How long a proposal may travel, milliseconds
    #[arg(long, value_name = "MS", default_value_t = 2000)]
    delay_ms: u64,
}

#[derive(Debug, Args)]
pub(super) struct Keys {
    /// The node's name
    #[arg(long)]
    name: String,
    /// The organisation's number (统一社会信用代码)
    #[arg(long)]
    org: String,
    /// city, district, standby (a district that gets its vote later) or observer
    #[arg(long)]
    role: Role,
    /// Address the other nodes reach this one at
    #[arg(long)]
    host: String,
    /// Its consensus port; gossip is the next one
    #[arg(long, value_name = "PORT", default_value_t = 27_600)]
    base_port: u16,
    /// Its API port
    #[arg(long, value_name = "PORT", default_value_t = 8600)]
    api_port: u16,
    /// Folder to make; it becomes the node's folder
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Assemble {
    #[command(flatten)]
    agreement: Agreement,
    /// A node.json; once for every node, in the order they will stand in the genesis
    #[arg(long = "node", value_name = "FILE", required = true)]
    nodes: Vec<PathBuf>,
    /// Folder to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Agreement {
    fn assembly(self) -> Assembly {
        let time = TimeBounds { precision_ms: self.precision_ms, delay_ms: self.delay_ms };
        Assembly { label: self.label, time, created_at_ms: clock() }
    }
}

impl ConsortiumCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Init(command) => command.run()?,
            Self::Keys(command) => command.run()?,
            Self::Assemble(command) => command.run()?,
        }
        Ok(Exit::Done)
    }
}

impl Init {
    fn run(self) -> anyhow::Result<()> {
        let of = |names: &[String], role| {
            names.iter().map(|name| Member::parse(name, role)).collect::<anyhow::Result<Vec<_>>>()
        };
        let members = [
            of(&self.city, Role::City)?,
            of(&self.district, Role::District)?,
            of(&self.observer, Role::Observer)?,
            of(&self.standby, Role::Standby)?,
        ];
        let plan = Plan {
            assembly: self.agreement.assembly(),
            members: members.concat(),
            host: self.host,
            ports: Ports { base: self.base_port, api_base: self.api_base_port },
        };
        let created = create(&self.out, &plan, &engine::initialise)?;
        say_genesis(&created.genesis);
        for node in &created.nodes {
            say(format_args!(
                "{:<9} {}  API http://{}:{}  organisation 机构 {}",
                node.role,
                created.home(&node.name).display(),
                node.gossip.host(),
                node.api_port,
                node.org
            ));
        }
        say(format_args!("organisation keys 机构密钥 {}", created.folder.join("organisations").display()));
        say("start each node 逐个启动:  biaozheng start --home NODE_FOLDER");
        say_rules();
        Ok(())
    }
}

impl Keys {
    fn run(self) -> anyhow::Result<()> {
        let member = Member::new(&self.name, OrgId::new(&self.org).context("--org")?, self.role)?;
        let gossip_port = self.base_port.checked_add(1).context("--base-port leaves no port for gossip")?;
        let consensus = HostPort::new(&self.host, self.base_port)?;
        let gossip = HostPort::new(&self.host, gossip_port)?;
        let (folder, node) = create_member(&self.out, &member, consensus, gossip, self.api_port)?;
        say(format_args!("keys of {} 密钥已生成 {}", node.name, folder.display()));
        say(format_args!("hand out 对外提供 {}", folder.join("node.json").display()));
        say(format_args!(
            "move to where records are signed, the node does not need it 移至签名处 {}",
            folder.join("organisations").display()
        ));
        say(format_args!("fingerprint of node.json 指纹 (tell it by telephone) {}", node.fingerprint()));
        Ok(())
    }
}

impl Assemble {
    fn run(self) -> anyhow::Result<()> {
        let nodes =
            self.nodes.iter().map(|path| PublicNode::read(path)).collect::<anyhow::Result<Vec<_>>>()?;
        let (folder, genesis) = assemble(&self.out, &self.agreement.assembly(), &nodes)?;
        say_genesis(&genesis);
        for node in &nodes {
            say(format_args!("{:<9} {}  fingerprint 指纹 {}", node.role, node.name, node.fingerprint()));
        }
        say(format_args!(
            "send to every centre 分发 {}/genesis.json and configs/NAME.toml",
            folder.display()
        ));
        say_rules();
        Ok(())
    }
}

/// A new chain has no rules and no holidays yet, and nothing is tendered without.
fn say_rules() {
    say(
        "once it runs, the city centre publishes rulebooks and the year's calendar 启动后由市中心发布规则书与当年日历:\n  \
         biaozheng rulebook publish /usr/share/biaozheng/rulebooks/*.toml /usr/share/biaozheng/calendars/*.json --chain chain-id.txt --key CITY.key --org CITY",
    );
}

fn say_genesis(genesis: &Genesis) {
    let (n, quorum) = (genesis.trust.cosigners.len(), genesis.trust.threshold);
    say(format_args!("chain 链标识 {}", genesis.chain_id()));
    say(format_args!(
        "{n} validators, {quorum} decide; the chain goes on with {} down 容许 {} 个节点停机",
        n.saturating_sub(quorum),
        n.saturating_sub(quorum)
    ));
}

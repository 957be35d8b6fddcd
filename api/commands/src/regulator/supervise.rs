//! `biaozheng supervise`: the regulator's rules over the records of a node, and alerts put on chain.
//!
//! **Invariant:** an alert is raised once for the same rule, records and organisations, disposed of or not; an alert
//! is a lead, and says so.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use biaozheng_client::author::clock;
use biaozheng_client::{Author, Client, Patience, Wait};
use biaozheng_contracts::oversight::alert::Raised;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::json::from_value;
use biaozheng_ocds::{Process, Publication, compiled};
use biaozheng_supervision::red_flags::Calculator;
use biaozheng_supervision::{Alert, SHIPPED_RULES, SupervisionRules, collusion, process, red_flag_findings};
use clap::Args;

use crate::Exit;
use crate::output::{complain, say};
use crate::record::certificate::chain_of;
use crate::record::processes::Processes;
use crate::terminal::progress::Progress;
use crate::terminal::rounds::{Lasting, Rounds};
use biaozheng_client::key_file::read as read_secret;

const EXAMPLE: &str = "\
Prints one alert a line: severity, rule, project, what was found against which threshold. With --key and --org the
alerts that are not on chain yet are signed and submitted as alert.raised/1. Run it against your own observer.

With --every-s it goes on until interrupted: a node that is away or answers with a fault is said and asked again; only a
node of another chain, or a key that may not sign, ends it.

Exit codes: 0 no alert beyond those on chain; 1 there are new ones; 2 the node does not answer.

Examples:
  biaozheng supervise --api http://127.0.0.1:8600 --chain chain-id.txt
  biaozheng supervise --chain chain-id.txt --key regulator.key --org REGULATOR --every-s 60";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Supervise {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: Option<String>,
    /// Supervision rules; those shipped when left out (print them with --print-rules)
    #[arg(long, value_name = "FILE.toml")]
    rules: Option<PathBuf>,
    /// Print the rules in use and end
    #[arg(long)]
    print_rules: bool,
    /// The regulator's secret key file: signs and submits new alerts
    #[arg(long, value_name = "FILE", requires = "org")]
    key: Option<PathBuf>,
    /// The regulator's number
    #[arg(long, value_name = "ORG", requires = "key")]
    org: Option<OrgId>,
    /// Go on, looking again so often; once when left out
    #[arg(long, value_name = "SECONDS")]
    every_s: Option<u64>,
    /// Only these projects; the red flags that compare projects then see only them
    #[arg(long = "project", value_name = "PROJECT")]
    projects: Vec<ProjectId>,
}

/// What makes two alerts the same.
type About = (String, Vec<RecordId>, Vec<OrgId>);

fn about(body: &Raised) -> About {
    (body.rule.clone(), body.records.clone(), body.organisations.clone())
}

impl Supervise {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        let text = match &self.rules {
            Some(path) => std::fs::read_to_string(path).with_context(|| path.display().to_string())?,
            None => SHIPPED_RULES.to_owned(),
        };
        if self.print_rules {
            say(text.trim_end());
            return Ok(Exit::Done);
        }
        let rules = SupervisionRules::parse(&text)?;
        let client = Client::new(&self.api)?;
        let mut rounds = Rounds::every(self.every_s.unwrap_or(1));
        let genesis = match self.every_s {
            None => client.genesis().await?,
            Some(_) => rounds.first(async || Ok(client.genesis().await?)).await?,
        };
        let chain = genesis.chain_id();
        if let Some(expected) = self.chain.as_deref().map(chain_of).transpose()? {
            ensure!(expected == chain, "the node is of chain {chain}, not {expected} 链标识不符");
        }
        let author = match (&self.key, &self.org) {
            (Some(key), Some(org)) => Some(Author::new(org.clone(), read_secret(key)?, chain)),
            _ => None,
        };
        let origin = genesis.origin()?.to_string();
        if self.every_s.is_none() {
            let new = self.look(&client, &rules, author.as_ref(), &origin, chain).await?;
            return Ok(if new == 0 { Exit::Done } else { Exit::No });
        }
        loop {
            let looked = self.look(&client, &rules, author.as_ref(), &origin, chain).await;
            rounds.ended(looked)?;
            rounds.pause().await;
        }
    }

    /// Looks once; gives the number of alerts that were not on chain.
    async fn look(
        &self,
        client: &Client,
        rules: &SupervisionRules,
        author: Option<&Author>,
        origin: &str,
        chain: biaozheng_ledger::ids::ChainId,
    ) -> anyhow::Result<usize> {
        // What answers at the address may have become another chain's since the start.
        let status = client.status().await?;
        if status.chain != chain {
            return Err(Lasting(format!(
                "the node is of chain {} now, not {chain} 链标识不符",
                status.chain
            ))
            .into());
        }
        let mut source = Processes::of(client, chain).await?;
        let ids = if self.projects.is_empty() { source.ids().await? } else { self.projects.clone() };
        let mut progress = Progress::new("projects 项目", ids.len() as u64);
        let mut processes = Vec::with_capacity(ids.len());
        for (position, id) in (1u64..).zip(&ids) {
            processes.push(source.read(id).await?);
            progress.at(position, ids.len() as u64, id.to_string());
        }
        drop(progress);
        let now = TimeMs::new(status.block_time_ms).max(clock());
        let alerts = alerts(&processes, rules, client.base_url(), origin, now)?;
        let known = raised(&processes);
        let mut new = 0usize;
        for alert in &alerts {
            if known.contains(&about(&alert.body)) {
                continue;
            }
            new = new.saturating_add(1);
            let project = alert.project.as_ref().map_or("-", ProjectId::as_str);
            let body = &alert.body;
            say(format_args!(
                "{:?}\t{}\t{project}\t{}\t{}",
                body.severity, body.rule, body.text, body.text_zh
            ));
            if let Some(author) = author {
                submit(client, author, alert).await?;
            }
        }
        say(format_args!(
            "{} projects, {} alerts, {new} new 项目 {}，预警 {}，新增 {new}",
            processes.len(),
            alerts.len(),
            processes.len(),
            alerts.len()
        ));
        Ok(new)
    }
}

/// Every rule over every project.
fn alerts(
    processes: &[Process],
    rules: &SupervisionRules,
    base: &str,
    origin: &str,
    now: TimeMs,
) -> anyhow::Result<Vec<Alert>> {
    let publication = Publication {
        uri: base.to_owned(),
        publisher: String::new(),
        published: now,
        ocid_prefix: String::new(),
        certificate_base: base.to_owned(),
        checkpoint_origin: origin.to_owned(),
        extensions: Vec::new(),
        language: "zh".to_owned(),
    };
    let mut calculator = Calculator::new(rules.red_flags().clone());
    let mut by_ocid = BTreeMap::new();
    let mut findings = Vec::new();
    for one in processes {
        let about = || format!("project {}", one.project);
        findings.extend(process::check(one, now).with_context(about)?);
        findings.extend(collusion::check(one, rules).with_context(about)?);
        // Red flags compare bids to sell to a buyer: in a listing the highest wins.
        if is_sale(one) {
            continue;
        }
        if let Some(release) = compiled(one, &publication).with_context(about)? {
            calculator.add(&release)?;
            if let Some(ocid) = release.get("ocid").and_then(serde_json::Value::as_str) {
                by_ocid.insert(ocid.to_owned(), one);
            }
        }
    }
    findings.extend(red_flag_findings(&calculator.finish(), &by_ocid));
    Ok(findings.into_iter().map(|finding| Alert::of(finding, rules, now)).collect())
}

fn is_sale(process: &Process) -> bool {
    process.records.iter().any(|record| record.record_type == "listing.published/1")
}

/// The alerts that stand on chain, disposed of or not.
fn raised(processes: &[Process]) -> BTreeSet<About> {
    let records = processes.iter().flat_map(|process| &process.records);
    records
        .filter(|record| record.record_type == "alert.raised/1")
        .filter_map(|record| from_value::<Raised>(&record.body).ok())
        .map(|body| about(&body))
        .collect()
}

async fn submit(client: &Client, author: &Author, alert: &Alert) -> anyhow::Result<()> {
    let mut draft = author.record("alert.raised/1", &alert.body);
    if let Some(project) = &alert.project {
        draft = draft.project(project.clone());
    }
    let record = draft.sign(clock())?;
    match client.submit_until(&record, Wait::Committed, Patience::default()).await {
        Ok(_) => say(format_args!("\ton chain 已上链 {}", record.id())),
        // An open alert about the same stands already, one that belongs to no project.
        Err(error) if error.code() == Some("alert.exists") => complain(format_args!("{error}")),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

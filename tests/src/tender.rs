//! Tenders with sealed bids on a cluster: parties, a trial's rules, notices, entries, openings.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_client::sealing::{Envelope, Groups, entry_record};
use biaozheng_client::{Author, Client, Patience, Wait, author};
use biaozheng_contracts::BidName;
use biaozheng_contracts::bidding::bid;
use biaozheng_contracts::sealing::entry;
use biaozheng_contracts::sealing::slot::slot_of_deadline;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{Height, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::record::Record;
use biaozheng_seal::label::Slot;
use biaozheng_seal::sealing::{LotId, SizeClass};
use biaozheng_seal::seed::Seed;
use biaozheng_seal::tokens::UnspentToken;
use serde_json::{Value, json};

use crate::cluster::Cluster;

/// The statute's rules, before they get a trial's times.
const RULES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../contracts/rulebooks/engineering-open.toml"));

/// How long the group has to open, and the bidders for each step after it; as a rulebook writes it.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    pub group: &'static str,
    pub bidders: &'static str,
}

fn trial_rules(windows: Windows) -> String {
    let short = |line: &str| {
        let name = line.split(" = ").next().unwrap_or_default();
        let value = match name {
            "doc_sale_min" | "bid_prep_min" => "1s",
            "sealing_signature_window" => windows.group,
            "reveal_window" => windows.bidders,
            _ => return line.to_owned(),
        };
        format!("{name} = {{ value = \"{value}\", article = \"trial\", basis = \"centre\" }}")
    };
    RULES.replace("\"law\"", "\"trial\"").lines().map(short).collect::<Vec<_>>().join("\n")
}

/// A cluster with a group, and those who tender and bid.
#[derive(Debug)]
pub struct Trial {
    pub cluster: Cluster,
    pub city: Author,
    pub owner: Author,
    /// `B1` and so on.
    pub bidders: Vec<Author>,
    rulebook: Digest,
}

impl Trial {
    /// Registers the parties and publishes the rules.
    ///
    /// # Errors
    /// When a record is refused.
    pub async fn prepare(cluster: Cluster, bidders: usize) -> anyhow::Result<Self> {
        Self::prepare_with(cluster, bidders, Windows { group: "10m", bidders: "2h" }).await
    }

    /// The same with windows after the deadline that a test can wait for.
    ///
    /// # Errors
    /// When a record is refused.
    pub async fn prepare_with(cluster: Cluster, bidders: usize, windows: Windows) -> anyhow::Result<Self> {
        let city = cluster.organisation("CITY")?;
        let party = |number: usize| {
            let org = if number == 0 { "OWNER".to_owned() } else { format!("B{number}") };
            let key = SecretKey::from_seed(&[u8::try_from(number)?.saturating_add(50); 32]);
            anyhow::Ok(Author::new(OrgId::new(&org)?, key, cluster.chain))
        };
        let mut parties = (0..=bidders).map(party).collect::<Result<Vec<_>, _>>()?;
        let owner = parties.remove(0);
        let rules = trial_rules(windows);
        let trial = Self { cluster, city, owner, bidders: parties, rulebook: Digest::of(rules.as_bytes()) };
        for party in [&trial.owner].into_iter().chain(&trial.bidders) {
            let role = if party.org() == trial.owner.org() { "tenderee" } else { "bidder" };
            trial.register(party, role).await?;
        }
        trial.put(&trial.city, "rulebook.published/1", None, None, json!({"toml": rules})).await?;
        Ok(trial)
    }

    /// Registers a party under its number, which is its name too.
    ///
    /// # Errors
    /// When the record is refused.
    pub async fn register(&self, party: &Author, role: &str) -> anyhow::Result<RecordId> {
        let org = party.org();
        let body = json!({"org": org, "name": org, "roles": [role], "key": party.public_key()});
        self.put(&self.city, "participant.registered/1", None, None, body).await
    }

    /// The groups as a bidder finds them now.
    ///
    /// # Errors
    /// When node 0 does not answer, or its keys are not certified.
    pub async fn bidders_groups(&self) -> anyhow::Result<Groups> {
        Ok(self.cluster.client(0)?.sealing_groups(self.cluster.chain).await?)
    }

    /// Submits a record and waits for its block.
    ///
    /// # Errors
    /// When it is refused, or in no block in time.
    pub async fn put(
        &self,
        by: &Author,
        kind: &str,
        project: Option<&str>,
        previous: Option<RecordId>,
        body: Value,
    ) -> anyhow::Result<RecordId> {
        let mut draft = by.record(kind, body);
        if let Some(project) = project {
            draft = draft.project(ProjectId::new(project)?);
        }
        if let Some(previous) = previous {
            draft = draft.previous(previous);
        }
        let record = draft.sign(author::clock())?;
        commit(&self.cluster.client(0)?, &record).await.with_context(|| kind.to_owned())?;
        Ok(record.id())
    }

    /// A tender whose bids the group opens at `deadline`, a slot's end; gives the notice's record.
    ///
    /// # Errors
    /// When a record is refused.
    pub async fn publish(&self, project: &str, deadline: u64) -> anyhow::Result<RecordId> {
        self.announce(project, deadline, json!({"sealed_by": "group"})).await
    }

    /// The same tender, its bids commitments that their bidders reveal.
    ///
    /// # Errors
    /// When a record is refused.
    pub async fn publish_for_commitments(&self, project: &str, deadline: u64) -> anyhow::Result<RecordId> {
        self.announce(project, deadline, json!({})).await
    }

    async fn announce(&self, project: &str, deadline: u64, sealed: Value) -> anyhow::Result<RecordId> {
        let body = json!({"title": "人民路改造", "code": "2026-320500-48-01-000123", "tenderee": "OWNER", "centre": "CITY"});
        let registered = self.put(&self.owner, "project.registered/1", Some(project), None, body).await?;
        let now = author::clock().get();
        let mut body = json!({
            "rulebook": self.rulebook.to_string(), "currency": "CNY", "notice": "道路工程",
            "method": "lowest_price", "bid_bond": 1_000_000,
            "lots": [{"id": "1", "title": "一标段", "estimate": 100_000_000}],
            "documents_from_ms": now, "documents_until_ms": now + 2_000, "deadline_ms": deadline,
        });
        for (name, value) in sealed.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        self.put(&self.owner, "tender.published/1", Some(project), Some(registered), body).await
    }

    /// The first slot's end that is at least so far away, milliseconds of Unix time.
    #[must_use]
    pub fn deadline_after(&self, slot_ms: u64, least: Duration) -> u64 {
        let least = u64::try_from(least.as_millis()).unwrap_or(u64::MAX);
        (author::clock().get() + least).div_ceil(slot_ms) * slot_ms
    }

    /// What node 0 answers; null for any status but 200.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn look(&self, path: &str) -> anyhow::Result<Value> {
        let answer = reqwest::get(format!("{}{path}", self.cluster.url(0))).await?;
        if answer.status().as_u16() == 200 { Ok(answer.json().await?) } else { Ok(Value::Null) }
    }

    /// Waits for an answer of node 0.
    ///
    /// # Errors
    /// When it does not come within two minutes.
    pub async fn until(
        &self,
        what: &str,
        path: &str,
        done: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let end = tokio::time::Instant::now() + Duration::from_secs(120);
        loop {
            let seen = self.look(path).await.unwrap_or_default();
            if done(&seen) {
                return Ok(seen);
            }
            ensure!(tokio::time::Instant::now() < end, "{what} did not come about: {seen}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until block time has reached the deadline and everything due is open.
    ///
    /// # Errors
    /// As [`Trial::until`].
    pub async fn opened(&self, deadline: u64) -> anyhow::Result<()> {
        let reached = |seen: &Value| seen["time_ms"].as_u64() >= Some(deadline);
        self.until("the deadline", "/v1/sealing", reached).await?;
        self.until("the openings", "/v1/sealing", |seen| seen["due"] == 0).await.map(drop)
    }

    /// Records the opening of these bidders' envelopes, and gives the prices it shows.
    ///
    /// # Errors
    /// When the record is refused.
    pub async fn read_out(
        &self,
        project: &str,
        published: RecordId,
        bidders: &[&str],
    ) -> anyhow::Result<Vec<Value>> {
        let bids: Vec<Value> = bidders.iter().map(|org| json!({"bidder": org, "number": 1})).collect();
        let body = json!({"lots": [{"lot": "1", "bids": bids}]});
        self.put(&self.city, "bids.opened/1", Some(project), Some(published), body).await?;
        let shown = self.look(&format!("/v1/projects/{project}")).await?;
        ensure!(shown["late"] == json!([]), "the group opened in time, no bidder had to");
        let bids = shown["lots"][0]["bids"].as_array().context("bids")?;
        Ok(bids.iter().map(|bid| bid["price"].clone()).collect())
    }

    /// What everybody sees of a slot: how many entries stand in the chain for it, by size class.
    ///
    /// # Errors
    /// When node 0 does not answer.
    pub async fn entries(&self, slot: Slot) -> anyhow::Result<BTreeMap<SizeClass, u32>> {
        let (client, mut found) = (self.cluster.client(0)?, BTreeMap::new());
        for height in 1..=self.cluster.height_of(0).await? {
            for id in client.block(Height::new(height)).await?.record_ids {
                let answer = client.record(&id).await?;
                let Some(envelope) = answer.get("envelope").filter(|one| !one.is_null()) else { continue };
                let record = Record::from_json(envelope.to_string().as_bytes())?;
                let read = entry::read(record.payload());
                if let Some((entry, _)) = read.ok().filter(|(entry, _)| entry.slot() == slot) {
                    let count: &mut u32 = found.entry(entry.class()).or_default();
                    *count += 1;
                }
            }
        }
        Ok(found)
    }

    /// A number of a node's `/metrics`.
    ///
    /// # Errors
    /// When the node does not answer or has no such number.
    pub async fn metric(&self, node: usize, name: &str) -> anyhow::Result<f64> {
        let text = self.cluster.client(node)?.metrics().await?;
        let line = text.lines().find(|line| line.starts_with(&format!("{name} ")));
        let value = line.and_then(|line| line.split(' ').next_back()).with_context(|| name.to_owned())?;
        Ok(value.parse()?)
    }
}

/// Asks for tokens in a bidder's name.
///
/// # Errors
/// When they are not signed in time.
pub async fn tokens(
    client: &Client,
    groups: &Groups,
    by: &Author,
    count: usize,
) -> anyhow::Result<Vec<UnspentToken>> {
    let seeds: Vec<Seed> = (0..count).map(|_| Seed::new(rand::random())).collect();
    Ok(client.sealing_tokens(groups, by, &seeds, Duration::from_secs(60)).await?.1)
}

/// The slot that ends at a deadline.
///
/// # Errors
/// For a deadline that is no slot's end.
pub fn slot(deadline: u64, slot_ms: u64) -> anyhow::Result<Slot> {
    slot_of_deadline(TimeMs::new(deadline), slot_ms).context("no slot's end")
}

/// A bid, sealed, and in the record with which it is entered.
///
/// # Errors
/// When the bid is too long.
pub fn sealed(
    groups: &Groups,
    bidder: &Author,
    project: &str,
    slot: Slot,
    body: &Value,
    token: UnspentToken,
) -> anyhow::Result<Record> {
    let envelope = Envelope { tender: ProjectId::new(project)?, lot: LotId::new("1")?, sequence: 1, slot };
    let (entry, _) =
        bidder.seal_bid(groups, &envelope, body.to_string().into_bytes(), &Seed::new(rand::random()))?;
    Ok(entry_record(&bidder.chain(), token, &entry)?)
}

/// Submits a record and waits for its block.
///
/// # Errors
/// When it is refused, or in no block in time.
pub async fn commit(client: &Client, record: &Record) -> anyhow::Result<()> {
    let patience = Patience { total: Duration::from_secs(60), ..Patience::default() };
    let sent = client.submit_until(record, Wait::Committed, patience).await?;
    ensure!(sent.reached(Wait::Committed), "record {} is in no block in time", record.id());
    Ok(())
}

/// The body of a bid by commitment for lot 1.
#[must_use]
pub fn commitment_body(project: &ProjectId, bidder: &Author, salt: &[u8; 32], text: &str) -> Value {
    let name = BidName { bidder: bidder.org().clone(), number: 1 };
    let commitment = bid::commitment(project, "1", &name, salt, text);
    let sealed_body = Digest::of(b"sealed").to_string();
    json!({"lot": "1", "sequence": 1, "commitment": commitment.to_string(), "sealed_body": sealed_body})
}

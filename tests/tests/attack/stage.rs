//! The consortium on which the attacks are played: its tenders, purses and what each bidder keeps.

use std::collections::BTreeMap;
use std::time::Duration;

use biaozheng_client::sealing::{Envelope, Groups, entry_record};
use biaozheng_client::{Author, ClientError, Patience, Submission, Wait, author};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ProjectId, RecordId};
use biaozheng_ledger::record::Record;
use biaozheng_seal::label::Slot;
use biaozheng_seal::sealing::{LotId, OpeningProof, SealedEntry};
use biaozheng_seal::seed::Seed;
use biaozheng_seal::tokens::UnspentToken;
use biaozheng_tests::cluster::Cluster;
use biaozheng_tests::tender::{Trial, commit, slot, tokens};
use serde_json::{Value, json};

pub(crate) const SLOT_MS: u64 = 5_000;
pub(crate) const GROUP_S: u64 = 5;
pub(crate) const BIDDERS_S: u64 = 10;
/// What node 0 promises: shorter than the outage.
pub(crate) const PROMISE_MS: u64 = 2_000;
/// The time in which the group answers a draw.
pub(crate) const RANDOMNESS_S: u64 = 2;

const RULES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../contracts/rulebooks/engineering-open.toml"));

/// Changes a line of a node's configuration; before it is started.
pub(crate) fn configure(cluster: &Cluster, index: usize, from: &str, to: &str) {
    let path = cluster.home(index).join("config.toml");
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written.contains(from), "{} has no {from:?}", path.display());
    std::fs::write(&path, written.replacen(from, to, 1)).unwrap();
}

/// Takes or gives back a member's part in the group; from its node's next start on.
pub(crate) fn takes_part(cluster: &Cluster, index: usize, takes: bool) {
    let (with, without) = (format!("\norg = \"{}\"\n", Cluster::org(index)), "\norg = \"\"\n".to_owned());
    let (from, to) = if takes { (without, with) } else { (with, without) };
    configure(cluster, index, &from, &to);
}

/// The statute's rules with a trial's times.
fn rules() -> String {
    let short = |line: &str| {
        let name = line.split(" = ").next().unwrap_or_default();
        let value = match name {
            "doc_sale_min" | "bid_prep_min" | "objection_docs_before" => "1s".to_owned(),
            "sealing_signature_window" => format!("{GROUP_S}s"),
            "reveal_window" => format!("{BIDDERS_S}s"),
            "randomness_window" => format!("{RANDOMNESS_S}s"),
            _ => return line.to_owned(),
        };
        format!("{name} = {{ value = \"{value}\", article = \"trial\", basis = \"centre\" }}")
    };
    RULES
        .replace("\"law\"", "\"trial\"")
        .replace("\nversion = 1\n", "\nversion = 2\n")
        .lines()
        .map(short)
        .collect::<Vec<_>>()
        .join("\n")
}

pub(crate) struct Stage {
    pub(crate) chain: Trial,
    pub(crate) groups: Groups,
    rulebook: Digest,
    purses: Vec<Vec<UnspentToken>>,
    /// By project: the notice.
    pub(crate) notices: BTreeMap<&'static str, RecordId>,
    /// By project: B3's objection to its documents.
    pub(crate) objections: Vec<(&'static str, RecordId)>,
    /// By project, bidder's place and sequence: what the bidder keeps.
    pub(crate) proofs: BTreeMap<(&'static str, usize, u32), OpeningProof>,
}

impl Stage {
    pub(crate) async fn set(chain: Trial) -> Self {
        let toml = rules();
        let rulebook = Digest::of(toml.as_bytes());
        chain.put(&chain.city, "rulebook.published/1", None, None, json!({"toml": toml})).await.unwrap();
        let groups = chain.bidders_groups().await.unwrap();
        let (notices, proofs) = (BTreeMap::new(), BTreeMap::new());
        let (purses, objections) = (Vec::new(), Vec::new());
        Self { chain, groups, rulebook, purses, notices, objections, proofs }
    }

    /// Tokens for every bidder, asked for at once.
    pub(crate) async fn fill_purses(&mut self) {
        let client = self.chain.cluster.client(0).unwrap();
        let [one, two, three, four] = [3, 3, 5, 3];
        let [b1, b2, b3, b4] = [0, 1, 2, 3].map(|place: usize| &self.chain.bidders[place]);
        let ask = |by, count| tokens(&client, &self.groups, by, count);
        let asked = tokio::join!(ask(b1, one), ask(b2, two), ask(b3, three), ask(b4, four));
        self.purses = [asked.0, asked.1, asked.2, asked.3].map(Result::unwrap).into();
    }

    pub(crate) fn envelope(project: &str, sequence: u32, slot: Slot) -> Envelope {
        let (tender, lot) = (ProjectId::new(project).unwrap(), LotId::new("1").unwrap());
        Envelope { tender, lot, sequence, slot }
    }

    /// A bid in its record; the bidder keeps the proof.
    pub(crate) fn seal(
        &mut self,
        project: &'static str,
        deadline: u64,
        (bidder, sequence, price): (usize, u32, u64),
    ) -> Record {
        let slot = slot(deadline, SLOT_MS).unwrap();
        let envelope = Self::envelope(project, sequence, slot);
        let body = json!({"price": price}).to_string().into_bytes();
        let by = &self.chain.bidders[bidder];
        let (entry, proof) = by.seal_bid(&self.groups, &envelope, body, &Seed::new(rand::random())).unwrap();
        self.proofs.insert((project, bidder, sequence), proof);
        self.entry(bidder, &entry)
    }

    /// An entry in its record, with a token of this bidder.
    pub(crate) fn entry(&mut self, bidder: usize, entry: &SealedEntry) -> Record {
        let token = self.purses[bidder].pop().expect("a token is left");
        entry_record(&self.chain.cluster.chain, token, entry).unwrap()
    }

    /// Commits records through node 0, all at once.
    pub(crate) async fn commit_all(&self, records: Vec<Record>) {
        let client = self.chain.cluster.client(0).unwrap();
        let mut all = tokio::task::JoinSet::new();
        for record in records {
            let client = client.clone();
            all.spawn(async move { commit(&client, &record).await });
        }
        while let Some(done) = all.join_next().await {
            done.unwrap().unwrap();
        }
    }

    /// A record of a party, not sent.
    pub(crate) fn record(
        by: &Author,
        kind: &str,
        project: &str,
        previous: Option<RecordId>,
        body: Value,
    ) -> Record {
        let mut draft = by.record(kind, body).project(ProjectId::new(project).unwrap());
        if let Some(previous) = previous {
            draft = draft.previous(previous);
        }
        draft.sign(author::clock()).unwrap()
    }

    /// Submits to a node and waits for the block.
    pub(crate) async fn submit(&self, node: usize, record: &Record) -> Result<Submission, ClientError> {
        let client = self.chain.cluster.client(node).unwrap();
        client.submit_until(record, Wait::Committed, Patience::default()).await
    }

    /// What refuses a record: the rule's stable code. Node 0 tries it on its state, which the caller waited for.
    pub(crate) async fn refused(
        &self,
        by: &Author,
        kind: &str,
        (project, previous): (&str, Option<RecordId>),
        body: Value,
    ) -> String {
        let record = Self::record(by, kind, project, previous, body);
        let refused = self.submit(0, &record).await.map(|sent| sent.stage).expect_err(kind);
        refused.code().unwrap_or_else(|| panic!("{kind}: {refused}")).to_owned()
    }

    /// Registered and published, its bids sealed to the group.
    pub(crate) async fn publish(&self, project: &str, deadline: u64, more: Value) -> RecordId {
        let body = json!({"title": "人民路改造", "code": "2026-320500-48-01-000123", "tenderee": "OWNER", "centre": "CITY"});
        let (chain, owner) = (&self.chain, &self.chain.owner);
        let registered = chain.put(owner, "project.registered/1", Some(project), None, body).await.unwrap();
        let now = author::clock().get();
        let mut body = json!({
            "rulebook": self.rulebook.to_string(), "currency": "CNY", "notice": "道路工程",
            "method": "lowest_price", "bid_bond": 1_000_000, "sealed_by": "group",
            "lots": [{"id": "1", "title": "一标段", "estimate": 100_000_000}],
            "documents_from_ms": now, "documents_until_ms": now + 2_000, "deadline_ms": deadline,
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        chain.put(owner, "tender.published/1", Some(project), Some(registered), body).await.unwrap()
    }

    /// Waits until block time has passed this; a chain without work makes no block by itself.
    pub(crate) async fn time_over(&self, time: u64) {
        let left = (time + 100).saturating_sub(author::clock().get());
        tokio::time::sleep(Duration::from_millis(left)).await;
        loop {
            let body = json!({"time": time});
            self.chain.put(&self.chain.city, "evidence.recorded/1", None, None, body).await.unwrap();
            let seen = self.chain.look("/v1/sealing").await.unwrap();
            if seen["time_ms"].as_u64() > Some(time) {
                println!("{} ms into the window", author::clock().get().saturating_sub(time));
                return;
            }
        }
    }

    /// The price a project's page shows of each bidder.
    pub(crate) async fn prices(&self, project: &str) -> BTreeMap<String, u64> {
        let shown = self.chain.look(&format!("/v1/projects/{project}")).await.unwrap();
        let bids = shown["lots"][0]["bids"].as_array().unwrap_or_else(|| panic!("{project}: {shown}"));
        let price = |bid: &Value| {
            (bid["bidder"].as_str().unwrap().to_owned(), bid["price"].as_u64().unwrap_or_default())
        };
        bids.iter().map(price).collect()
    }
}

/// Waits for a condition of this process's own.
pub(crate) async fn soon(what: &str, done: impl Fn() -> bool) {
    let end = tokio::time::Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(tokio::time::Instant::now() < end, "{what} did not come about");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

//! Sealed bids through four real validators: ceremonies, tokens, three bids, and an opening with one validator gone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use biaozheng_client::{Author, Patience, Wait, author, key_file};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId};
use biaozheng_ledger::key::SecretKey;
use biaozheng_tests::cluster::{Cluster, program};
use biaozheng_tests::groups;
use serde_json::{Value, json};

/// The statute's rules with a trial's times.
const RULES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../contracts/rulebooks/engineering-open.toml"));
const SLOT_MS: u64 = 15_000;

async fn biaozheng(arguments: &[&str]) -> (Option<i32>, String) {
    let command = tokio::process::Command::new(program("biaozheng").unwrap()).args(arguments).output().await;
    let Output { status, stdout, stderr } = command.unwrap();
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn trial_rules() -> String {
    let short = |line: &str| {
        let name = line.split(" = ").next().unwrap_or_default();
        let value = match name {
            "doc_sale_min" | "bid_prep_min" => "1s",
            "sealing_signature_window" => "10m",
            _ => return line.to_owned(),
        };
        format!("{name} = {{ value = \"{value}\", article = \"trial\", basis = \"centre\" }}")
    };
    RULES.replace("\"law\"", "\"trial\"").lines().map(short).collect::<Vec<_>>().join("\n")
}

struct Chain {
    cluster: Cluster,
    city: Author,
}

impl Chain {
    async fn put(
        &self,
        by: &Author,
        kind: &str,
        project: Option<&str>,
        previous: Option<RecordId>,
        body: Value,
    ) -> RecordId {
        let mut draft = by.record(kind, body);
        if let Some(project) = project {
            draft = draft.project(ProjectId::new(project).unwrap());
        }
        if let Some(previous) = previous {
            draft = draft.previous(previous);
        }
        let record = draft.sign(author::clock()).unwrap();
        let patience = Patience { total: Duration::from_secs(30), ..Patience::default() };
        let sent = self.cluster.client(0).unwrap().submit_until(&record, Wait::Committed, patience).await;
        let sent = sent.unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert!(sent.reached(Wait::Committed), "{kind}");
        record.id()
    }

    async fn look(&self, path: &str) -> Value {
        let answer = reqwest::get(format!("{}{path}", self.cluster.url(0))).await.unwrap();
        if answer.status().as_u16() == 200 { answer.json().await.unwrap() } else { Value::Null }
    }

    async fn until(&self, what: &str, path: &str, done: impl Fn(&Value) -> bool) -> Value {
        let end = tokio::time::Instant::now() + Duration::from_secs(120);
        loop {
            let seen = self.look(path).await;
            if done(&seen) {
                return seen;
            }
            assert!(tokio::time::Instant::now() < end, "{what} did not come about: {seen}");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_sealed_bids_open_themselves_although_a_validator_is_gone() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let mut cluster = Cluster::found(&folder.join("consortium"), "sealing").await.unwrap();
    let members = groups::prepare(&cluster, |index| usize::from(index == 1)).await.unwrap();
    cluster.start(0..4).await.unwrap();
    let city = cluster.organisation("CITY").unwrap();
    let mut chain = Chain { cluster, city };
    let numbers =
        groups::Numbers { slot_ms: SLOT_MS, ahead: 1000, quota: 4, member_quota: 400, phase_ms: 4000 };
    groups::found(&chain.cluster, &members, numbers).await.unwrap();

    // The tender's parties.
    let mut bidders = Vec::new();
    for (number, org) in ["OWNER", "B1", "B2", "B3"].into_iter().enumerate() {
        let key = SecretKey::from_seed(&[u8::try_from(number).unwrap() + 50; 32]);
        let role = if number == 0 { "tenderee" } else { "bidder" };
        let body = json!({"org": org, "name": org, "roles": [role], "key": key.public()});
        chain.put(&chain.city, "participant.registered/1", None, None, body).await;
        key_file::create(&folder.join(format!("{org}.key")), &key).unwrap();
        bidders.push(Author::new(OrgId::new(org).unwrap(), key, chain.cluster.chain));
    }
    let owner = bidders.remove(0);
    let rules = trial_rules();
    chain.put(&chain.city, "rulebook.published/1", None, None, json!({"toml": rules})).await;
    assert_eq!(chain.look("/v1/sealing").await["slot_ms"], SLOT_MS);

    let body = json!({"title": "人民路改造", "code": "2026-320500-48-01-000123", "tenderee": "OWNER", "centre": "CITY"});
    let registered = chain.put(&owner, "project.registered/1", Some("P-1"), None, body).await;
    let now = author::clock().get();
    let deadline = (now + 35_000).div_ceil(SLOT_MS) * SLOT_MS;
    let body = json!({
        "rulebook": Digest::of(rules.as_bytes()).to_string(), "currency": "CNY", "notice": "道路工程",
        "method": "lowest_price", "sealed_by": "group", "bid_bond": 1_000_000,
        "lots": [{"id": "1", "title": "一标段", "estimate": 100_000_000}],
        "documents_from_ms": now, "documents_until_ms": now + 2_000, "deadline_ms": deadline,
    });
    let published = chain.put(&owner, "tender.published/1", Some("P-1"), Some(registered), body).await;

    // Three bids through the bidder's program, each entered at another node than it asked for its token.
    let chain_id = folder.join("chain-id");
    std::fs::write(&chain_id, chain.cluster.chain.to_string()).unwrap();
    let mut sealing = Vec::new();
    for (number, (org, price)) in
        [("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)].into_iter().enumerate()
    {
        let bid = folder.join(format!("{org}.bid"));
        std::fs::write(&bid, json!({"price": price}).to_string()).unwrap();
        let (api, enter_at) = (chain.cluster.url(number), chain.cluster.url((number + 1) % 4));
        let (key, out) = (folder.join(format!("{org}.key")), folder.join(org));
        let chain_id = chain_id.clone();
        sealing.push(tokio::spawn(async move {
            biaozheng(&[
                "seal",
                text(&bid),
                "--api",
                &api,
                "--enter-at",
                &enter_at,
                "--chain",
                text(&chain_id),
                "--key",
                text(&key),
                "--org",
                org,
                "--project",
                "P-1",
                "--out",
                text(&out),
            ])
            .await
        }));
    }
    for one in sealing {
        let (code, said) = one.await.unwrap();
        assert_eq!(code, Some(0), "{said}");
    }
    assert!(author::clock().get() < deadline, "the bids were to be in before the deadline");
    for org in ["B1", "B2", "B3"] {
        let certificate = std::fs::read_to_string(folder.join(format!("{org}.cert.json"))).unwrap();
        assert!(!certificate.contains(&format!("\"{org}\"")), "a receipt tells nobody's name");
        assert!(folder.join(format!("{org}.proof")).exists());
    }
    assert_eq!(chain.look("/v1/projects/P-1").await["stage"], "published");

    // One of four is gone: three are a quorum of the group and of the chain.
    chain.cluster.kill(3).await.unwrap();
    chain.until("the deadline", "/v1/sealing", |seen| seen["time_ms"].as_u64() >= Some(deadline)).await;
    chain.until("the openings", "/v1/sealing", |seen| seen["due"] == 0).await;
    let bids: Vec<Value> = ["B1", "B2", "B3"].iter().map(|org| json!({"bidder": org, "number": 1})).collect();
    let body = json!({"lots": [{"lot": "1", "bids": bids}]});
    chain.put(&chain.city, "bids.opened/1", Some("P-1"), Some(published), body).await;
    let shown = chain.look("/v1/projects/P-1").await;
    let prices: Vec<_> =
        shown["lots"][0]["bids"].as_array().unwrap().iter().map(|bid| bid["price"].clone()).collect();
    assert_eq!(prices, [90_000_000, 80_000_000, 95_000_000]);
    assert_eq!(shown["late"], json!([]), "the group opened in time, no bidder had to");
    let metrics = chain.cluster.client(1).unwrap().metrics().await.unwrap();
    let number = |name: &str| {
        let line = metrics.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap_or_default();
        line.split(' ').next_back().and_then(|value| value.parse::<f64>().ok()).unwrap_or(-1.0)
    };
    assert!(number("biaozheng_sealing_partials_made_total") >= 2.0, "{metrics}");
    assert!(number("biaozheng_sealing_partials_taken_total") >= 2.0, "{metrics}");
    assert!(number("biaozheng_sealing_dummies_total") >= 4.0, "{metrics}");
    assert!(number("biaozheng_sealing_partials_bad_total") < 1.0, "{metrics}");
    // Shares lie encrypted, for their owner only.
    for index in 0..4 {
        use std::os::unix::fs::PermissionsExt as _;
        let share = chain.cluster.home(index).join("sealing/sealing-0.share");
        assert!(std::fs::read(&share).unwrap().starts_with(b"BZSH"));
        assert_eq!(std::fs::metadata(&share).unwrap().permissions().mode() & 0o777, 0o600);
    }
    chain.cluster.stop().await;
}

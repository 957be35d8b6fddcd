//! Witnesses outside the consortium, as processes of their own: what they add to checkpoints and certificates, what
//! they cannot hold up, and a consortium run twice with the same keys, which they and an auditor catch.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use biaozheng_client::{Patience, Wait, author};
use biaozheng_ledger::ids::RecordId;
use biaozheng_tests::called::{run, text};
use biaozheng_tests::cluster::{Cluster, program};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const SOON: Duration = Duration::from_secs(60);

/// A `biaozheng-audit witness-serve` with its folder.
struct Witness {
    folder: PathBuf,
    key: String,
    url: String,
    child: Child,
}

impl Witness {
    async fn start(folder: &Path, cluster: &Cluster, listen: &str) -> Self {
        let secret = folder.join("witness.key");
        if !secret.exists() {
            let made = ["keys", "generate", "--out", text(&secret), "--name", "auditor.example"];
            let (code, said) = run("biaozheng", &made).await;
            assert_eq!(code, Some(0), "{said}");
        }
        let mut child = Command::new(program("biaozheng-audit").unwrap())
            .args(["witness-serve", "--name", "auditor.example", "--listen", listen, "--key", text(&secret)])
            .args(["--genesis", text(&cluster.folder.join("genesis.json"))])
            .args(["--state", text(&folder.join("state"))])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.next_line().await.unwrap().unwrap();
        let (key, url) = said.split_once(' ').unwrap();
        Self { folder: folder.join("state"), key: key.to_owned(), url: url.to_owned(), child }
    }

    /// The section of a node's configuration.
    fn section(&self) -> String {
        format!("\n[[witness]]\nurl = \"{}\"\nkey = \"{}\"\n", self.url, self.key)
    }

    fn evidence(&self) -> Vec<PathBuf> {
        evidence_in(&self.folder)
    }
}

fn evidence_in(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.to_string_lossy().contains("evidence-conflict-")).collect()
}

fn configure(cluster: &Cluster, index: usize, section: &str) {
    let path = cluster.home(index).join("config.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, config + section).unwrap();
}

async fn record(cluster: &Cluster, index: usize, number: u64) -> RecordId {
    let org = cluster.organisation("CITY").unwrap();
    let record = org.record("evidence.recorded/1", json!({"n": number})).sign(author::clock()).unwrap();
    let patience = Patience { total: SOON, ..Patience::default() };
    cluster.client(index).unwrap().submit_until(&record, Wait::Certificate, patience).await.unwrap();
    record.id()
}

async fn get(cluster: &Cluster, index: usize, path: &str) -> String {
    let answer = reqwest::get(format!("{}{path}", cluster.url(index))).await.unwrap();
    assert_eq!(answer.status().as_u16(), 200, "{path}");
    answer.text().await.unwrap()
}

/// Asks a node again until its answer is as wanted.
async fn until(cluster: &Cluster, index: usize, path: &str, wanted: impl Fn(&str) -> bool) -> String {
    let deadline = Instant::now() + SOON;
    loop {
        let answer = get(cluster, index, path).await;
        if wanted(&answer) {
            return answer;
        }
        assert!(Instant::now() < deadline, "{path} of node {index} stays:\n{answer}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn size_of(checkpoint: &str) -> u64 {
    checkpoint.lines().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_witnesses_stand_in_checkpoints_and_certificates_and_hold_nothing_up() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let mut cluster = Cluster::found(&folder.join("consortium"), "witnessed").await.unwrap();
    let mut witness = Witness::start(folder, &cluster, "127.0.0.1:0").await;
    // A second witness that nobody runs.
    let (code, said) =
        run("biaozheng", &["keys", "generate", "--out", text(&folder.join("away.key")), "--name", "away"])
            .await;
    assert_eq!(code, Some(0), "{said}");
    let secret = biaozheng_client::key_file::read(&folder.join("away.key")).unwrap();
    let algorithm = biaozheng_ledger::note::NoteAlgorithm::CosignatureV1;
    let away = biaozheng_ledger::note::NoteKey::new("away.example", algorithm, secret.public()).unwrap();
    let both =
        format!("{}\n[[witness]]\nurl = \"http://127.0.0.1:9\"\nkey = \"{away}\"\n", witness.section());
    for index in [0, 4] {
        configure(&cluster, index, &both);
    }
    cluster.start(0..5).await.unwrap();

    // The certificate comes with the quorum at once, and with the witness's line soon after; an observer's too.
    let id = record(&cluster, 0, 1).await;
    let path = format!("/v1/records/{id}/certificate");
    let certificate = until(&cluster, 0, &path, |one| one.contains(&witness.key)).await;
    until(&cluster, 4, &path, |one| one.contains(&witness.key)).await;
    let plain = get(&cluster, 1, &path).await;
    assert!(!plain.contains("witnesses"), "node 1 asks nobody");
    let [with, without, own, asking, wanting] =
        ["with.json", "without.json", "own.txt", "asking.txt", "wanting.txt"].map(|name| folder.join(name));
    std::fs::write(&with, &certificate).unwrap();
    std::fs::write(&without, &plain).unwrap();
    let policy = std::fs::read_to_string(cluster.policy_file()).unwrap();
    let beside = |name: &str, key: &str| {
        policy.replace(
            "quorum quorum-group",
            &format!("witness {name} {key}\ngroup both all quorum-group {name}\nquorum both"),
        )
    };
    std::fs::write(&own, &policy).unwrap();
    std::fs::write(&asking, beside("auditor", &witness.key)).unwrap();
    std::fs::write(&wanting, beside("away", &away.to_string())).unwrap();
    for (certificate, policy, code, words) in [
        (&with, &own, 0, "auditor.example"),
        (&with, &asking, 0, "auditor"),
        (&with, &wanting, 1, "quorum is not reached"),
        (&without, &own, 0, "VALID"),
        (&without, &asking, 1, "quorum is not reached"),
    ] {
        let arguments = [text(certificate), "--policy", text(policy), "--require-anchor", "--lang", "en"];
        let (found, said) = run("biaozheng-verify", &arguments).await;
        assert!(found == Some(code) && said.contains(words), "{certificate:?} {policy:?}: {said}");
    }
    get(&cluster, 0, &format!("/v1/records/{id}/receipt.cose")).await;

    // What is published has the line; an auditor who was told of the witness accepts it, another cannot tell.
    let published = until(&cluster, 0, "/checkpoint", |one| one.contains("— auditor.example ")).await;
    assert!(published.lines().filter(|line| line.starts_with("— ")).count() <= 16);
    let (genesis, url) = (cluster.folder.join("genesis.json"), cluster.url(0));
    let audit = |state: &'static str, more: Vec<String>| {
        let (genesis, url, state) = (genesis.clone(), url.clone(), folder.join(state));
        async move {
            let mut arguments = vec!["audit", "--genesis", text(&genesis), "--state", text(&state), &url];
            arguments.extend(more.iter().map(String::as_str));
            run("biaozheng-audit", &arguments).await
        }
    };
    let (code, said) = audit("told", vec!["--witness".into(), witness.key.clone()]).await;
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = audit("untold", vec![]).await;
    assert_eq!(code, Some(2), "{said}");

    // What each witness does is in the status and the metrics.
    let status = until(&cluster, 0, "/v1/status", |one| {
        let status: Value = serde_json::from_str(one).unwrap();
        status["witnesses"][0]["size"].as_u64() >= Some(2) && status["witnesses"][1]["trouble"].is_string()
    });
    let status: Value = serde_json::from_str(&status.await).unwrap();
    assert_eq!(status["witnesses"][0]["trouble"], Value::Null, "{status}");
    let metrics = get(&cluster, 0, "/metrics").await;
    assert!(!metrics.contains("biaozheng_witness_failures_total 0"), "{metrics}");
    assert!(metrics.contains("biaozheng_witness_conflicts_total 0"), "{metrics}");

    // A node that comes back keeps the lines it had.
    cluster.kill(0).await.unwrap();
    witness.child.kill().await.unwrap();
    cluster.spawn(0).unwrap();
    cluster.started(0, SOON).await.unwrap();
    assert!(get(&cluster, 0, &path).await.contains(&witness.key));

    // With both witnesses away records are certified as before, and what is published follows within its two seconds.
    let later = record(&cluster, 0, 2).await;
    let size = until(&cluster, 0, "/checkpoint", |one| size_of(one) > size_of(&published)).await;
    assert!(!size.contains("auditor.example"), "{size}");
    let lone = get(&cluster, 0, &format!("/v1/records/{later}/certificate")).await;
    assert!(!lone.contains("witnesses"), "{lone}");

    // It returns with its memory and cosigns what it missed.
    let listen = witness.url.trim_start_matches("http://").to_owned();
    let witness = Witness::start(folder, &cluster, &listen).await;
    until(&cluster, 0, &format!("/v1/records/{later}/certificate"), |one| one.contains(&witness.key)).await;
    assert!(witness.evidence().is_empty());
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consortium_run_twice_is_caught_by_witness_and_auditor_within_one_checkpoint() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let mut honest = Cluster::found(&folder.join("honest"), "forked").await.unwrap();
    // Everything is copied before the first block: the same keys, the same genesis, and soon another history.
    let mut forked = honest.copy(&folder.join("forked")).unwrap();
    let witness = Witness::start(folder, &honest, "127.0.0.1:0").await;
    configure(&honest, 0, &witness.section());
    configure(&forked, 0, &witness.section());
    honest.start(0..4).await.unwrap();
    record(&honest, 0, 1).await;
    let asked = |one: &str| one.contains("— auditor.example ");
    let first = until(&honest, 0, "/checkpoint", |one| size_of(one) >= 2 && asked(one)).await;
    let state = folder.join("audit");
    let genesis = honest.folder.join("genesis.json");
    let audit = ["audit", "--genesis", text(&genesis), "--state", text(&state), "--witness", &witness.key];
    let (one, other) = (honest.url(0), forked.url(1));
    let (code, said) = run("biaozheng-audit", &[audit.as_slice(), &[&one]].concat()).await;
    assert_eq!(code, Some(0), "{said}");

    // The fork's first checkpoint that says anything: the witness refuses it, and its node says so.
    forked.start(0..4).await.unwrap();
    record(&forked, 0, 2).await;
    let refused = |one: &str| one.contains("ALARM");
    let status = until(&forked, 0, "/v1/status", refused).await;
    assert!(status.contains("auditor.example"), "{status}");
    until(&forked, 0, "/metrics", |one| !one.contains("biaozheng_witness_conflicts_total 0")).await;
    let shown = get(&forked, 1, "/checkpoint").await;
    assert_eq!(size_of(&shown), size_of(&first), "no further checkpoint was needed");
    let request = format!("old {}\n\n{shown}", size_of(&first));
    let answer = reqwest::Client::new().post(format!("{}/add-checkpoint", witness.url)).body(request).send();
    assert_eq!(answer.await.unwrap().status().as_u16(), 409, "the same size and another root");
    let mut files = witness.evidence();
    assert!(!files.is_empty());

    // The auditor, who saw the honest history alone until now.
    let (code, said) = run("biaozheng-audit", &[audit.as_slice(), &[&one, &other]].concat()).await;
    assert!(code == Some(1) && said.contains("EVIDENCE"), "{said}");
    files.extend(evidence_in(&state));
    // A larger tree of the fork is no longer one of the same size: a proof shows that it was rewritten.
    record(&forked, 0, 3).await;
    until(&forked, 1, "/checkpoint", |one| size_of(one) > size_of(&first)).await;
    let again = folder.join("again");
    let mut fresh = audit;
    fresh[4] = text(&again);
    let (code, said) = run("biaozheng-audit", &[fresh.as_slice(), &[&one, &other]].concat()).await;
    assert_eq!(code, Some(1), "{said}");
    files.extend(evidence_in(&again));
    assert!(files.len() >= 3, "{files:?}");

    // The evidence needs no node: all of them are stopped.
    honest.stop().await;
    forked.stop().await;
    let chain = honest.chain.to_string();
    for file in &files {
        for anchor in [["--chain", &chain], ["--policy", text(&honest.policy_file())]] {
            let arguments = [&["--evidence", text(file), "--lang", "en"], anchor.as_slice()].concat();
            let (code, said) = run("biaozheng-verify", &arguments).await;
            assert!(code == Some(0) && said.contains("PROVEN"), "{said}");
        }
        let stranger = format!("sha256:{}", "0".repeat(64));
        let elsewhere = ["--evidence", text(file), "--chain", &stranger];
        assert_eq!(run("biaozheng-verify", &elsewhere).await.0, Some(1));
    }
    // Where both notes have the quorum it is the consortium that is convicted, not a single log key.
    let by_auditor = evidence_in(&state);
    let json = ["--evidence", text(&by_auditor[0]), "--chain", &chain, "--json"];
    let (_, said) = run("biaozheng-verify", &json).await;
    let verdict: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(verdict["detail"]["fork"], json!(true), "{verdict}");
    assert!(verdict["detail"]["accused"].as_array().unwrap().len() >= 2, "{verdict}");
}

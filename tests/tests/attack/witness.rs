//! e: an outside witness as a process of its own, and a log key in the wrong hands.

use std::path::Path;
use std::process::Stdio;

use biaozheng_client::{Wait, author, key_file};
use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::merkle::{consistency_path, root_at};
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger::witness::AddCheckpoint;
use biaozheng_tests::cluster::{Cluster, program};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::attack::log::Log;

async fn start(cluster: &Cluster, folder: &Path) -> (Child, String) {
    let key = folder.join("witness.key");
    let made = Command::new(program("biaozheng").unwrap())
        .args(["keys", "generate", "--name", "auditor.example", "--out"])
        .arg(&key)
        .output()
        .await
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut child = Command::new(program("biaozheng-audit").unwrap())
        .args(["witness-serve", "--name", "auditor.example", "--listen", "127.0.0.1:0", "--key"])
        .arg(&key)
        .arg("--genesis")
        .arg(cluster.folder.join("genesis.json"))
        .arg("--state")
        .arg(folder.join("witness"))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.next_line().await.unwrap().unwrap();
    let url = said.split_once(' ').unwrap().1.to_owned();
    (child, url)
}

async fn ask(url: &str, request: &AddCheckpoint) -> u16 {
    let answer =
        reqwest::Client::new().post(format!("{url}/add-checkpoint")).body(request.to_string()).send();
    answer.await.unwrap().status().as_u16()
}

async fn grow(cluster: &Cluster, number: u64) {
    let org = cluster.organisation("CITY").unwrap();
    let record = org.record("evidence.recorded/1", json!({"witness": number})).sign(author::clock()).unwrap();
    let client = cluster.client(0).unwrap();
    let patience = biaozheng_client::Patience::default();
    client.submit_until(&record, Wait::Certificate, patience).await.unwrap();
}

/// Each node's log key signs a larger tree of its own that begins with the honest one; the witness stays with the honest.
pub(crate) async fn e_one_log_key_leads_no_witness_away(cluster: &Cluster, folder: &Path) {
    let (_witness, url) = start(cluster, folder).await;
    grow(cluster, 0).await;
    let honest = Log::read(cluster, 0, 2).await;
    let (old, note) = (honest.checkpoint.size, honest.note.clone());
    assert_eq!(ask(&url, &AddCheckpoint { old: 0, path: vec![], note }).await, 200);
    let policy = cluster.genesis.policy().unwrap();
    let secret =
        |index: usize, name: &str| key_file::read(&cluster.home(index).join("keys").join(name)).unwrap();
    let mut invented = Log { entries: honest.entries.clone(), ..Log::read(cluster, 0, old).await };
    invented.entries.truncate(usize::try_from(old).unwrap());
    invented.entries.push(b"invented".to_vec());
    let Ok(root) = root_at(old + 1, &invented);
    let Ok(path) = consistency_path(old, old + 1, &invented);
    let path = path.unwrap();
    let text = Checkpoint { size: old + 1, root, ..honest.checkpoint.clone() }.to_string();
    for index in 0..4 {
        let log = policy.logs()[index].sign(&secret(index, "log.key"), &text, 0);
        let own = policy.witnesses()[index].1.sign(&secret(index, "cosigner.key"), &text, 1_790_000_000);
        for signatures in [vec![log.clone()], vec![log.clone(), own]] {
            let note = SignedNote { text: text.clone(), signatures };
            let refused = ask(&url, &AddCheckpoint { old, path: path.clone(), note }).await;
            assert_eq!(refused, 403, "node {index}'s log key alone");
        }
    }
    // It goes on with the honest log, which no tree it had cosigned stands in the way of.
    grow(cluster, 1).await;
    let later = Log::read(cluster, 0, old + 1).await;
    let Ok(path) = consistency_path(old, later.checkpoint.size, &later);
    let request = AddCheckpoint { old, path: path.unwrap(), note: later.note.clone() };
    assert_eq!(ask(&url, &request).await, 200);
}

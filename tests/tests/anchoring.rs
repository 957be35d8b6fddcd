//! Two chains and a time-stamping authority: a district's checkpoint anchored in the city's chain, a certificate with
//! both proofs and a token of a real `openssl ts`, judged by the offline verifier; and the certificate's other forms.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use biaozheng_api::schemas::Page;
use biaozheng_api::schemas::oversight::{AnchoredCheckpoint, DatedPolicies, RegisteredChain};
use biaozheng_api::schemas::spelling::Digest;
use biaozheng_client::{Patience, Wait, author};
use biaozheng_ledger_scenes::authority::{Authority, Key};
use biaozheng_tests::cluster::{Cluster, program};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

async fn run(name: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let command = tokio::process::Command::new(program(name).unwrap()).args(arguments).output().await;
    let Output { status, stdout, stderr } = command.unwrap();
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// An authority behind HTTP: each question goes to `openssl ts`.
async fn serve(authority: Arc<Authority>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/tsa", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let body = loop {
                let mut piece = [0; 4096];
                let read = stream.read(&mut piece).await.unwrap();
                request.extend_from_slice(&piece[..read]);
                let Some(at) = request.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
                let head = String::from_utf8_lossy(&request[..at]).to_lowercase();
                assert!(head.contains("content-type: application/timestamp-query"), "{head}");
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                if request.len() >= at + 4 + length.parse::<usize>().unwrap() {
                    break request[at + 4..].to_vec();
                }
            };
            let reply = authority.reply(&body, false);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/timestamp-reply\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                reply.len()
            );
            stream.write_all(&[head.as_bytes(), &reply].concat()).await.unwrap();
        }
    });
    address
}

/// An answer as the type its schema is made of: what that does not know is an error.
async fn told<T: serde::de::DeserializeOwned>(url: &str) -> T {
    reqwest::get(url).await.unwrap().json().await.unwrap()
}

/// A node that is told of an authority dates checkpoints by itself; what it serves then carries the token.
async fn dated_by_the_node(child: &mut Cluster, record: &str, tsa: &str, ca: &Path) {
    child.kill(2).await.unwrap();
    let home = child.home(2);
    std::fs::copy(ca, home.join("keys/tsa.pem")).unwrap();
    let path = home.join("config.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let told = format!("url = \"{tsa}\"\nca_file = \"keys/tsa.pem\"\n");
    assert_eq!(config.matches("\nurl = \"\"\n").count(), 1);
    std::fs::write(&path, config.replace("url = \"\"\n", &told)).unwrap();
    child.start(2..3).await.unwrap();
    let url = child.url(2);
    let dated = home.join("dated-by-the-node.json");
    for tries in 0.. {
        let answer = reqwest::get(format!("{url}/v1/records/{record}/certificate")).await.unwrap();
        let certificate: Value = answer.json().await.unwrap();
        if certificate["timestamps"].as_array().is_some_and(|tokens| tokens.len() == 1) {
            std::fs::write(&dated, certificate.to_string()).unwrap();
            break;
        }
        assert!(tries < 100, "no token: {certificate}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let policy = child.policy_file();
    let arguments = [text(&dated), "--policy", text(&policy), "--require-anchor", "--tsa-ca", text(ca)];
    let (code, said) = run("biaozheng-verify", &arguments).await;
    assert!(
        code == Some(0) && said.contains("Test Time Authority") && !said.contains("none of the"),
        "{said}"
    );
    // After a restart the token is there without asking again.
    child.kill(2).await.unwrap();
    let config = std::fs::read_to_string(&path).unwrap().replace(tsa, "http://127.0.0.1:9/tsa");
    std::fs::write(&path, config).unwrap();
    child.start(2..3).await.unwrap();
    let answer = reqwest::get(format!("{url}/v1/records/{record}/certificate")).await.unwrap();
    let again: Value = answer.json().await.unwrap();
    assert_eq!(again["timestamps"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_carries_the_parents_proof_and_a_timestamp() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let mut child = Cluster::found(&folder.join("child"), "district").await.unwrap();
    let mut parent = Cluster::found(&folder.join("parent"), "city").await.unwrap();
    child.start(0..3).await.unwrap();
    parent.start(0..3).await.unwrap();
    let (below, above) = (child.url(0), parent.url(0));
    let key = folder.join("parent/organisations/CITY.key");
    let certified = async |n: u64| {
        let org = child.organisation("EAST").unwrap();
        let record = org.record("evidence.recorded/1", json!({"n": n})).sign(author::clock()).unwrap();
        let patience = Patience { total: Duration::from_secs(30), ..Patience::default() };
        child.client(0).unwrap().submit_until(&record, Wait::Certificate, patience).await.unwrap();
        record.id()
    };
    let first = certified(1).await;

    let anchor = ["anchor", "--child", &below, "--parent", &above, "--org", "CITY", "--key", text(&key)];
    let (code, said) = run("biaozheng", &anchor).await;
    assert!(code == Some(1) && said.contains("--register"), "{said}");
    let (code, said) = run("biaozheng", &[anchor.as_slice(), &["--register", "东区链"]].concat()).await;
    assert!(code == Some(0) && said.contains("registered") && said.contains("anchored"), "{said}");
    let (code, said) = run("biaozheng", &anchor).await;
    assert!(code == Some(0) && said.contains("nothing new"), "{said}");
    let second = certified(2).await;

    // A certificate of a tree that is anchored, and one of a tree that is not yet.
    let (anchored, stamped) = (folder.join("anchored.json"), folder.join("stamped.json"));
    let certificate = |record: &str, out: &Path| {
        ["certificate", record, "--api", &below, "--parent", &above, "--out", text(out)].map(str::to_owned)
    };
    let (code, said) = {
        let arguments = certificate(&second.to_string(), &anchored);
        run("biaozheng", &arguments.each_ref().map(String::as_str)).await
    };
    assert!(code == Some(3) && said.contains("biaozheng anchor"), "{said}");
    let (code, said) = run("biaozheng", &anchor).await;
    assert!(code == Some(0) && said.contains("anchored"), "{said}");
    let authority = Arc::new(Authority::new(Key::P256, "sha256"));
    let tsa = serve(Arc::clone(&authority)).await;
    for (record, out, more) in
        [(first, &anchored, Vec::new()), (second, &stamped, vec!["--tsa".to_owned(), tsa.clone()])]
    {
        let mut arguments = certificate(&record.to_string(), out).to_vec();
        arguments.extend(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let (code, said) = run("biaozheng", &arguments).await;
        assert!(code == Some(0), "{said}");
    }

    // Trust through the parent alone; the authority is known only to who brings its root.
    let policy = parent.policy_file();
    let through = ["--parent-policy", text(&policy), "--require-anchor"];
    let (code, said) = run("biaozheng-verify", &[&[text(&anchored)], through.as_slice()].concat()).await;
    assert!(code == Some(0), "{said}");
    let ca = authority.path("root.pem");
    let known = [&[text(&stamped)], through.as_slice(), &["--tsa-ca", text(&ca)]].concat();
    let (code, said) = run("biaozheng-verify", &known).await;
    assert!(code == Some(0) && said.contains("Test Time Authority"), "{said}");
    let (code, said) = run("biaozheng-verify", &[&[text(&stamped)], through.as_slice()].concat()).await;
    assert!(code == Some(0) && said.contains("none of the authorities you trust"), "{said}");
    // A parent that is another chain proves nothing.
    let own = child.policy_file();
    let strange = ["--parent-policy", text(&own), "--require-anchor"];
    let (code, said) = run("biaozheng-verify", &[&[text(&anchored)], strange.as_slice()].concat()).await;
    assert!(code == Some(1), "{said}");

    // The dated policies of registered chains verify the child's certificates without asking the child.
    let dated = folder.join("dated.json");
    let answer = reqwest::get(format!("{above}/v1/policies")).await.unwrap().text().await.unwrap();
    let policies: DatedPolicies = serde_json::from_str(&answer).unwrap();
    let chains: Page<RegisteredChain> = told(&format!("{above}/v1/chains")).await;
    let Digest(chain) = &chains.items[0].chain;
    let held: Page<AnchoredCheckpoint> = told(&format!("{above}/v1/chains/{chain}/checkpoints")).await;
    assert_eq!((policies.policies.len(), chains.items.len()), (1, 1));
    assert!(chains.items[0].newest.is_some() && chains.items[0].count == held.items.len() as u64);
    std::fs::write(&dated, answer).unwrap();
    let (code, said) = run("biaozheng-verify", &[text(&anchored), "--policy", text(&dated)]).await;
    assert!(code == Some(0), "{said}");

    // The same certificate on paper, and as a receipt.
    let form = async |name: &str| {
        let answer = reqwest::get(format!("{below}/v1/records/{first}/{name}")).await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{name}");
        answer.bytes().await.unwrap()
    };
    let (pdf, receipt) = (form("certificate.pdf").await, form("receipt.cose").await);
    assert!(pdf.starts_with(b"%PDF-1.7") && receipt.starts_with(&[0xd2]), "{:?}", &receipt[..4]);
    dated_by_the_node(&mut child, &second.to_string(), &tsa, &ca).await;
    let alerts: Value = reqwest::get(format!("{below}/v1/alerts")).await.unwrap().json().await.unwrap();
    assert_eq!(alerts["items"], json!([]));
}

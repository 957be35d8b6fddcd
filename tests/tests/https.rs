//! HTTPS everywhere the programs call somebody: one node behind TLS, its witness, its webhook and its time-stamping
//! authority behind TLS, and what is said where the authority is not known.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use biaozheng_client::{Patience, Wait, author};
use biaozheng_tests::called::{run, text};
use biaozheng_tests::cluster::program;
use biaozheng_tests::lone::Lone;
use biaozheng_tests::tls::Authority;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

const SOON: Duration = Duration::from_secs(60);

/// Answers every request with a status and nothing else.
#[derive(Default)]
struct Receiver {
    status: AtomicU16,
    heard: AtomicUsize,
}

impl Receiver {
    async fn start(status: u16, headers: &'static str) -> (Arc<Self>, u16) {
        let receiver = Arc::new(Self { status: AtomicU16::new(status), heard: AtomicUsize::new(0) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::clone(&receiver);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let receiver = Arc::clone(&shared);
                tokio::spawn(async move {
                    let mut piece = [0u8; 16 * 1024];
                    let _ = stream.read(&mut piece).await;
                    receiver.heard.fetch_add(1, Ordering::SeqCst);
                    let status = receiver.status.load(Ordering::SeqCst);
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\n{headers}content-length: 0\r\nconnection: close\r\n\r\n"
                    );
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        (receiver, port)
    }
}

async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + SOON;
    while !is_so().await {
        assert!(Instant::now() < deadline, "{what} does not come about");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

async fn witness(folder: &Path, genesis: &Path) -> (Child, String, u16) {
    let secret = folder.join("witness.key");
    let (code, said) =
        run("biaozheng", &["keys", "generate", "--out", text(&secret), "--name", "auditor.example"]).await;
    assert_eq!(code, Some(0), "{said}");
    let mut child = Command::new(program("biaozheng-audit").unwrap())
        .args([
            "witness-serve",
            "--name",
            "auditor.example",
            "--listen",
            "127.0.0.1:0",
            "--key",
            text(&secret),
        ])
        .args(["--genesis", text(genesis), "--state", text(&folder.join("witness"))])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.next_line().await.unwrap().unwrap();
    let (key, url) = said.split_once(' ').unwrap();
    let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
    (child, key.to_owned(), port)
}

async fn record(node: &Lone, number: u64) {
    let record = node
        .centre()
        .unwrap()
        .record("evidence.recorded/1", json!({"n": number}))
        .sign(author::clock())
        .unwrap();
    let patience = Patience { total: SOON, ..Patience::default() };
    node.client().unwrap().submit_until(&record, Wait::Certificate, patience).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn witness_webhook_authority_and_every_command_speak_https_and_failures_say_what_to_do() {
    let scratch = tempfile::tempdir().unwrap();
    let authority = Authority::new().unwrap();
    let ca = authority.write(scratch.path()).unwrap();
    let mut node = Lone::found(&scratch.path().join("lone"), "https").await.unwrap();
    let genesis = node.folder.join("genesis.json");
    let (_witness, key, port) = witness(scratch.path(), &genesis).await;
    let (witness_port, node_port) =
        (authority.front(port).await.unwrap(), authority.front(node.api_port).await.unwrap());
    let (receiver, port) = Receiver::start(422, "").await;
    let hook_port = authority.front(port).await.unwrap();
    let (stamps, port) = Receiver::start(302, "location: https://elsewhere.example/tsa\r\n").await;
    let stamps_port = authority.front(port).await.unwrap();

    let config = std::fs::read_to_string(node.home().join("config.toml")).unwrap();
    let config = config
        .replace("# ca_file = \"keys/https.pem\"", &format!("ca_file = \"{}\"", text(&ca)))
        .replace("[timestamps]", &format!("[timestamps]\nurl = \"https://localhost:{stamps_port}/\""))
        .replace("\nurl = \"\"\n", "\n");
    let sections = format!(
        "\n[[witness]]\nurl = \"https://localhost:{witness_port}\"\nkey = \"{key}\"\n\n[[webhook]]\nname = \"erp\"\n\
         url = \"https://localhost:{hook_port}/hook\"\nsecret_file = \"keys/erp.webhook\"\nprivate_addresses = true\n"
    );
    std::fs::write(node.home().join("config.toml"), config + &sections).unwrap();
    let secret = node.home().join("keys/erp.webhook");
    std::fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    node.start("").await.unwrap();
    record(&node, 1).await;

    // The witness cosigned over https.
    let metrics = format!("{}/metrics", node.url());
    let metric = async |name: &str| {
        let text = reqwest::get(&metrics).await.unwrap().text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("biaozheng_{name} "))).unwrap();
        line.parse::<f64>().unwrap()
    };
    until("a witness's line", async || metric("witnessed_tree_entries").await > 0.0).await;
    // The authority's redirect is named, not followed.
    until("a redirect", async || stamps.heard.load(Ordering::SeqCst) > 0).await;
    let log = async || std::fs::read_to_string(node.log()).unwrap();
    until("the redirect's words", async || {
        log().await.contains("redirect (302) to https://elsewhere.example/tsa")
    })
    .await;

    // The webhook's receiver was reached, refuses, and the operator's way past it.
    until("an event", async || receiver.heard.load(Ordering::SeqCst) > 0).await;
    let home = node.home();
    let webhook = async |words: &[&str]| {
        let mut all = vec!["webhook", words[0], "--home", text(&home)];
        all.extend(&words[1..]);
        run("biaozheng", &all).await
    };
    until("a refusal", async || webhook(&["list"]).await.1.contains("waits on")).await;
    let (code, said) = webhook(&["list"]).await;
    assert!(code == Some(0) && said.contains("waits on") && said.contains("422"), "{said}");
    let (code, said) = webhook(&["skip", "--hook", "erp"]).await;
    assert!(code == Some(0) && said.contains("set aside"), "{said}");
    let (code, said) = webhook(&["list"]).await;
    assert!(code == Some(1) && said.contains("set aside"), "{said}");
    let (code, said) = webhook(&["send", "--hook", "erp"]).await;
    assert!(code == Some(1) && said.contains("was not taken: answered 422"), "{said}");
    assert!(metric("webhook_set_aside_events").await >= 1.0);
    receiver.status.store(204, Ordering::SeqCst);
    let (code, said) = webhook(&["send", "--hook", "erp"]).await;
    assert!(code == Some(0) && said.contains("sent"), "{said}");
    let (code, said) = webhook(&["list"]).await;
    assert!(code == Some(0) && !said.contains("set aside"), "{said}");

    // Commands: with the authority, without it, by a name the certificate does not have, and with the wrong scheme.
    let over = format!("https://localhost:{node_port}");
    let (ca, genesis) = (text(&ca).to_owned(), text(&genesis).to_owned());
    let (code, said) = run("biaozheng", &["--ca", &ca, "status", "--api", &over]).await;
    assert_eq!(code, Some(0), "{said}");
    let ocds = scratch.path().join("ocds");
    let (code, said) =
        run("biaozheng", &["export", "ocds", "--api", &over, "--out", text(&ocds), "--ca", &ca]).await;
    assert!(code == Some(0) && said.contains("0 projects exported"), "{said}");
    let (state, mirror) = (scratch.path().join("audit"), scratch.path().join("mirror"));
    let audit =
        ["audit", "--genesis", &genesis, "--witness", &key, "--state", text(&state), "--ca", &ca, &over];
    let (code, said) = run("biaozheng", &audit).await;
    assert!(code == Some(0) && said.contains("1 source(s) agree"), "{said}");
    let copy = ["--ca", &ca, "mirror", "--genesis", &genesis, "--to", text(&mirror), &over];
    let (_, said) = run("biaozheng-audit", &copy).await;
    assert!(said.contains("leaves verified") && !said.contains("cannot be reached"), "{said}");

    let (code, said) = run("biaozheng", &["status", "--api", &over]).await;
    assert!(code == Some(2) && said.contains("--ca FILE"), "{said}");
    let by_address = format!("https://127.0.0.1:{node_port}");
    let (code, said) = run("biaozheng", &["--ca", &ca, "status", "--api", &by_address]).await;
    assert!(code == Some(2) && said.contains("not for 127.0.0.1"), "{said}");
    let (code, said) =
        run("biaozheng", &["--ca", &ca, "status", "--api", &node.url().replace("http", "https")]).await;
    assert!(code == Some(2) && said.contains("is it http://?"), "{said}");
    let (code, said) = run("biaozheng", &["--ca", &genesis, "status", "--api", &over]).await;
    assert!(code == Some(1) && said.contains("genesis.json"), "{said}");
    let moved = format!("https://localhost:{stamps_port}");
    let (code, said) = run("biaozheng", &["--ca", &ca, "status", "--api", &moved]).await;
    assert!(code == Some(1) && said.contains("redirect (302) to https://elsewhere.example/tsa"), "{said}");
}

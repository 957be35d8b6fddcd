//! The real binary: exit codes 0, 1 and 2, and a mirror that an audit reads.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::Path;
use std::sync::Arc;

use biaozheng_api::ApiLimits;
use biaozheng_api_scenes::log::{LogBackend, TestLog};

async fn serve(log: TestLog) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let backend = Arc::new(LogBackend::new(log));
    tokio::spawn(async move {
        biaozheng_api::serve(listener, backend, ApiLimits::default(), std::future::pending()).await.unwrap();
    });
    address
}

async fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_biaozheng-audit"));
    command.args(arguments).current_dir(folder);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[tokio::test]
async fn exit_codes_say_fine_evidence_and_cannot_tell() {
    let folder = tempfile::tempdir().unwrap();
    let log = TestLog::new("audit", "a", 300);
    std::fs::write(folder.path().join("genesis.json"), log.genesis.to_json()).unwrap();
    let mut forked = TestLog::new("audit", "a", 200);
    forked.grow("b", 310);
    let (honest, forked) = (serve(log).await, serve(forked).await);
    let audit = |state: &'static str, sources: Vec<String>| {
        let folder = folder.path().to_owned();
        async move {
            // This log has entries and no blocks.
            let mut arguments = vec!["audit", "--no-replay", "--genesis", "genesis.json", "--state", state];
            arguments.extend(sources.iter().map(String::as_str));
            run(&folder, &arguments).await
        }
    };
    let (code, text) = audit("one", vec![honest.clone()]).await;
    assert!(code == 0 && text.contains("300 leaves verified"), "{text}");
    let (code, text) = audit("one", vec![honest.clone(), forked]).await;
    assert!(code == 1 && text.contains("evidence-conflict-"), "{text}");
    let (code, text) = audit("two", vec!["http://127.0.0.1:9".into()]).await;
    assert!(code == 2 && text.contains("cannot be reached"), "{text}");
    let (code, text) = audit("two", vec!["https://127.0.0.1:9".into()]).await;
    assert!(code == 2 && text.contains("cannot be reached"), "{text}");

    let mirror = ["mirror", "--genesis", "genesis.json", "--to", "www", &honest];
    let (code, text) = run(folder.path(), &mirror).await;
    assert!(code == 0 && text.contains("300 leaves verified"), "{text}");
    let (code, text) = audit("three", vec!["www/log".into(), honest.clone()]).await;
    assert!(code == 0 && text.contains("2 source(s) agree"), "{text}");
    // The mirror's own disk lies.
    let flip = |tile: &str| {
        let tile = folder.path().join("www/log").join(tile);
        let mut bytes = std::fs::read(&tile).unwrap();
        bytes[5] ^= 1;
        std::fs::write(&tile, bytes).unwrap();
    };
    flip("tile/0/000");
    let (code, text) = audit("four", vec!["www/log".into()]).await;
    assert!(code == 2 && text.contains("tile/0/000"), "{text}");
    flip("tile/0/001.p/44");
    let (code, text) = run(folder.path(), &mirror).await;
    assert!(code == 2 && text.contains("damaged"), "{text}");
}

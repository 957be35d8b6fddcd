//! The auditor and the witness against real servers: honest, forked, rewritten, damaged and hostile ones.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use biaozheng_api::{ApiLimits, router};
use biaozheng_api_scenes::log::{LogBackend, TestLog, leaf_height, leaf_time, record_id};
use biaozheng_audit::audit::Refused;
use biaozheng_audit::extend::ExtendError;
use biaozheng_audit::{Audit, AuditReport, Source, SourceError, Trouble, Witness, WitnessClient, witness};
use biaozheng_ledger::evidence::{Evidence, EvidenceError, Proven};
use biaozheng_ledger::ids::{Height, TimeMs};
use biaozheng_ledger::merkle::consistency_path;
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger::receipt::Receipt;
use biaozheng_ledger::refusal::Refusal;
use biaozheng_ledger_scenes::chain::{START_MS, test_key};

/// Changes an answer's body, by its path; `None` leaves it.
type Tamper = fn(&str, &[u8]) -> Option<Vec<u8>>;

async fn serve(log: &LogBackend, tamper: Tamper) -> Source {
    let app = router(Arc::new(log.clone()), ApiLimits::default()).layer(from_fn(
        move |request: Request, next: Next| async move {
            let path = request.uri().path().to_owned();
            let answer = next.run(request).await;
            let (parts, body) = answer.into_parts();
            let bytes = to_bytes(body, 1 << 22).await.unwrap();
            let changed = tamper(&path, &bytes).unwrap_or_else(|| bytes.to_vec());
            let mut parts = parts;
            parts.headers.remove("content-length");
            Response::from_parts(parts, Body::from(changed)).into_response()
        },
    ));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    Source::open(&address).unwrap()
}

fn honest(_: &str, _: &[u8]) -> Option<Vec<u8>> {
    None
}

fn auditor(folder: &Path, log: &TestLog) -> Audit {
    Audit::open(folder, log.genesis.clone(), vec![], 600).unwrap()
}

/// Reads the only piece of evidence back and verifies it with nothing but the chain's id and policy.
fn offline(report: &AuditReport, log: &TestLog) -> Proven {
    assert_eq!((report.exit_code(), report.found.len()), (1, 1), "{report:?}");
    let text = std::fs::read(&report.found[0].file).unwrap();
    let evidence = Evidence::from_json(&text).unwrap();
    let verdict = evidence.verify(Some(log.genesis.chain_id()), Some(&log.policy)).unwrap();
    assert!(verdict.anchored);
    assert_eq!(verdict.proven, report.found[0].proven);
    assert!(evidence.verify(Some(TestLog::new("other", "a", 1).genesis.chain_id()), None).is_err());
    verdict.proven
}

#[tokio::test]
async fn an_honest_log_is_followed_mirrored_and_read_back_from_its_mirror() {
    let log = LogBackend::new(TestLog::new("audit", "a", 300));
    let (one, two) = (serve(&log, honest).await, serve(&log, honest).await);
    let folder = tempfile::tempdir().unwrap();
    let genesis = log.0.lock().unwrap().clone();
    for size in [300, 301, 511, 512, 700, 700, 1025] {
        // Every round opens the folder anew, as after a restart.
        log.0.lock().unwrap().grow("a", size);
        let mut audit = auditor(folder.path(), &genesis);
        let report = audit.round(&[one.clone(), two.clone()], None).await.unwrap();
        assert_eq!((report.exit_code(), report.size, report.agreeing.len()), (0, size, 2), "{report:?}");
    }
    let mirror = Source::open(folder.path().join("log").to_str().unwrap()).unwrap();
    let second = tempfile::tempdir().unwrap();
    let report = auditor(second.path(), &genesis).round(&[mirror, one], None).await.unwrap();
    assert_eq!((report.exit_code(), report.size, report.agreeing.len()), (0, 1025, 2), "{report:?}");
}

/// Same keys, another history from leaf `from` on.
fn fork(from: u64, size: u64) -> TestLog {
    let mut log = TestLog::new("audit", "a", from);
    log.grow("b", size);
    log
}

#[tokio::test]
async fn a_fork_between_two_nodes_is_evidence_whatever_their_sizes() {
    for (ours, theirs) in [(400, 400), (400, 500), (500, 400), (256, 300), (300, 256)] {
        let (a, b) = (TestLog::new("audit", "a", ours), fork(200, theirs));
        let sources =
            [serve(&LogBackend::new(a.clone()), honest).await, serve(&LogBackend::new(b), honest).await];
        let folder = tempfile::tempdir().unwrap();
        let report = auditor(folder.path(), &a).round(&sources, None).await.unwrap();
        let Proven::Conflict { fork, sizes, accused } = offline(&report, &a) else { panic!("{report:?}") };
        assert!(fork, "a quorum signed both");
        assert_eq!(sizes, (ours.min(theirs), ours.max(theirs)));
        assert_eq!(accused.len(), 4, "one log key and three cosigners: {accused:?}");
    }
}

#[tokio::test]
async fn one_line_under_another_tree_is_evidence_without_a_quorum() {
    for theirs in [300, 400] {
        let (a, mut b) = (TestLog::new("audit", "a", 400), fork(200, theirs));
        let note = b.signed(theirs, &[1]);
        b.published = Some(note.to_string());
        let sources =
            [serve(&LogBackend::new(b), honest).await, serve(&LogBackend::new(a.clone()), honest).await];
        let folder = tempfile::tempdir().unwrap();
        let report = auditor(folder.path(), &a).round(&sources, None).await.unwrap();
        let Proven::Conflict { fork, accused, .. } = offline(&report, &a) else { panic!("{report:?}") };
        assert!(
            !fork && accused.len() == 2 && report.troubles.is_empty(),
            "a log key, a cosigner: {report:?}"
        );
        assert_eq!(report.agreeing.len(), 1);
    }
}

#[tokio::test]
async fn a_history_rewritten_after_it_was_audited_is_evidence_at_the_next_checkpoint() {
    // Within the last bundle, at its beginning, and long ago.
    for from in [399, 256, 17] {
        let log = LogBackend::new(TestLog::new("audit", "a", 400));
        let source = serve(&log, honest).await;
        let folder = tempfile::tempdir().unwrap();
        let honest_log = log.0.lock().unwrap().clone();
        let report =
            auditor(folder.path(), &honest_log).round(std::slice::from_ref(&source), None).await.unwrap();
        assert_eq!(report.exit_code(), 0);
        *log.0.lock().unwrap() = fork(from, 420);
        let mut audit = auditor(folder.path(), &honest_log);
        let report = audit.round(&[source], None).await.unwrap();
        assert!(matches!(
            offline(&report, &honest_log),
            Proven::Conflict { fork: true, sizes: (400, 420), .. }
        ));
        assert_eq!(audit.folder().size(), 400, "the verified copy stays as it was");
    }
}

/// What one round over a server that lies only in its bytes says.
async fn trouble(tamper: Tamper) -> Trouble {
    let log = TestLog::new("audit", "a", 600);
    let source = serve(&LogBackend::new(log.clone()), tamper).await;
    let folder = tempfile::tempdir().unwrap();
    let mut report = auditor(folder.path(), &log).round(&[source], None).await.unwrap();
    assert_eq!((report.exit_code(), report.troubles.len(), report.found.len()), (2, 1, 0), "{report:?}");
    report.troubles.remove(0)
}

#[tokio::test]
async fn what_a_node_merely_serves_wrong_is_named_and_is_no_evidence() {
    use ExtendError as E;
    use SourceError as S;
    let rewritten = trouble(|path, bytes| {
        (path == "/tile/entries/001").then(|| {
            let mut bytes = bytes.to_vec();
            bytes[30] ^= 1;
            bytes
        })
    });
    assert!(matches!(rewritten.await, Trouble::Extend(E::Leaf { index: 256, .. })));
    let hash = trouble(|path, bytes| (path == "/tile/0/001").then(|| [&bytes[..8160], &[7; 32]].concat()));
    assert!(matches!(hash.await, Trouble::Extend(E::HashTile { .. })));
    let cut = trouble(|path, bytes| (path == "/tile/0/000").then(|| bytes[..8191].to_vec()));
    assert!(matches!(cut.await, Trouble::Extend(E::Source(S::Tile { .. }))));
    let width = trouble(|path, bytes| (path == "/tile/0/002.p/88").then(|| bytes[..87 * 32].to_vec()));
    assert!(matches!(width.await, Trouble::Extend(E::Source(S::Tile { .. }))));
    let bundle =
        trouble(|path, bytes| (path == "/tile/entries/002.p/88").then(|| bytes[..bytes.len() - 1].to_vec()));
    assert!(matches!(bundle.await, Trouble::Extend(E::Source(S::Tile { .. }))));
    let oversized = trouble(|path, _| (path == "/tile/entries/000").then(|| vec![0; 1 << 20]));
    assert!(matches!(oversized.await, Trouble::Extend(E::Source(S::TooLarge { .. }))));
    let garbage = trouble(|path, _| (path == "/checkpoint").then(|| b"<html>".to_vec()));
    assert!(matches!(garbage.await, Trouble::Source(S::Note { .. })));
    let binary = trouble(|path, _| (path == "/checkpoint").then(|| vec![0xff; 100]));
    assert!(matches!(binary.await, Trouble::Source(S::Note { .. })));
    let huge = trouble(|path, _| (path == "/checkpoint").then(|| vec![b'a'; 1 << 20]));
    assert!(matches!(huge.await, Trouble::Source(S::TooLarge { .. })));
    let unsigned = trouble(|path, bytes| {
        let text = String::from_utf8_lossy(bytes).replacen("\n600\n", "\n601\n", 1);
        (path == "/checkpoint").then(|| text.into_bytes())
    });
    assert!(matches!(unsigned.await, Trouble::Policy { .. }));
    let foreign = trouble(|path, bytes| {
        let extra = "— stranger AAAAAAAAAAAAAAAAAAAA\n";
        (path == "/checkpoint").then(|| [bytes, extra.as_bytes()].concat())
    });
    assert!(matches!(foreign.await, Trouble::Line { line: 5, .. }));
    let nowhere = Source::open("http://127.0.0.1:9").unwrap();
    assert!(matches!(nowhere.checkpoint().await, Err(S::Unreachable { .. })));
}

#[tokio::test]
async fn a_quorum_that_is_missing_and_a_node_that_goes_back_or_stays_behind_cannot_tell() {
    let log = LogBackend::new(TestLog::new("audit", "a", 400));
    let source = serve(&log, honest).await;
    let honest_log = log.0.lock().unwrap().clone();
    let folder = tempfile::tempdir().unwrap();
    let mut audit = auditor(folder.path(), &honest_log);
    assert_eq!(audit.round(std::slice::from_ref(&source), None).await.unwrap().exit_code(), 0);
    log.0.lock().unwrap().publish(350);
    let report = audit.round(std::slice::from_ref(&source), None).await.unwrap();
    assert!(matches!(report.troubles[..], [Trouble::WentBack { size: 350, before: 400, .. }]), "{report:?}");
    let mut thin = honest_log.clone();
    thin.published = Some(thin.signed(400, &[0, 1]).to_string());
    *log.0.lock().unwrap() = thin;
    let report = audit.round(std::slice::from_ref(&source), None).await.unwrap();
    assert!(matches!(report.troubles[..], [Trouble::Policy { .. }]) && report.exit_code() == 2, "{report:?}");
    let newest = serve(&LogBackend::new(TestLog::new("audit", "a", 5000)), honest).await;
    let behind = serve(&LogBackend::new(honest_log), honest).await;
    let report = audit.round(&[newest, behind], None).await.unwrap();
    assert!(matches!(report.troubles[..], [Trouble::Behind { behind_s: 920, .. }]), "{report:?}");
    assert_eq!(report.agreeing.len(), 2, "stale, and yet of the same history");
}

fn receipt(log: &TestLog, record: u64, received: u64, promised: TimeMs) -> String {
    let key = test_key("audit/api/city");
    let receipt = Receipt {
        chain: log.genesis.chain_id(),
        record: record_id("a", record),
        node: "city".into(),
        key: key.public(),
        received_at_ms: TimeMs::new(received),
        promised_by_ms: promised,
        history_size: None,
    };
    receipt.sign(&key).to_json()
}

#[tokio::test]
async fn promises_kept_open_and_broken_are_told_apart() {
    let log = TestLog::new("audit", "a", 400);
    let source = serve(&LogBackend::new(log.clone()), honest).await;
    let (folder, receipts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let put = |name: &str, text: String| std::fs::write(receipts.path().join(name), text).unwrap();
    put("kept.json", receipt(&log, 55, START_MS, leaf_time(55)));
    put("open.json", receipt(&log, 9999, START_MS, leaf_time(399)));
    let mut audit = auditor(folder.path(), &log);
    let report = audit.round(std::slice::from_ref(&source), Some(receipts.path())).await.unwrap();
    assert_eq!((report.exit_code(), report.promises_kept, report.promises_open), (0, 1, 1), "{report:?}");
    // In the log, but a block later than promised.
    put("late.json", receipt(&log, 55, START_MS + 1, leaf_time(45)));
    let report = audit.round(std::slice::from_ref(&source), Some(receipts.path())).await.unwrap();
    let proven = offline(&report, &log);
    assert!(
        matches!(&proven, Proven::BrokenPromise { node, whole_log: true, record, .. }
            if node == "city" && *record == record_id("a", 55)),
        "{proven:?}"
    );
    std::fs::remove_file(receipts.path().join("late.json")).unwrap();
    put("garbage.json", "{}".into());
    let report = audit.round(&[source], Some(receipts.path())).await.unwrap();
    assert!(matches!(report.troubles[..], [Trouble::Receipt(_)]) && report.exit_code() == 2, "{report:?}");
}

/// Record 9999 was promised by the time of leaf 45 and is not in the log; its node says it refused it on block `height`.
async fn refused_on(height: u64, by: &str, at: u64) -> (AuditReport, TestLog) {
    let mut log = TestLog::new("audit", "a", 400);
    let (key, record) = (test_key(by), record_id("a", 9999));
    let refusal = Refusal {
        chain: log.genesis.chain_id(),
        record,
        node: "city".into(),
        key: key.public(),
        height: Height::new(height),
        refused_at_ms: TimeMs::new(at),
        code: "bid.repeated".into(),
        rule: "bid.once".into(),
    };
    let refused =
        serde_json::json!({"code": "bid.repeated", "message": "x", "refusal": refusal.sign(&key).to_value()});
    log.refused.insert(record, refused);
    let source = serve(&LogBackend::new(log.clone()), honest).await;
    let (folder, receipts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(receipts.path().join("r.json"), receipt(&log, 9999, START_MS, leaf_time(45))).unwrap();
    let mut audit = auditor(folder.path(), &log);
    let report = audit.round(&[source], Some(receipts.path())).await.unwrap();
    if report.promises_refused.is_empty() {
        // The evidence holds, and the refusal does not answer it.
        let text = std::fs::read(&report.found[0].file).unwrap();
        let evidence = Evidence::from_json(&text).unwrap();
        assert!(matches!(offline(&report, &log), Proven::BrokenPromise { .. }));
        let said = refusal.sign(&key).to_json();
        assert_eq!(evidence.answered_by(said.as_bytes()), Err(EvidenceError::OtherRefusal));
    }
    (report, log)
}

#[tokio::test]
async fn a_refusal_the_node_signed_in_time_answers_its_receipt() {
    let in_time = leaf_height(40);
    let (report, _) = refused_on(in_time, "audit/api/city", START_MS + 1).await;
    assert!(report.found.is_empty() && report.exit_code() == 0, "{report:?}");
    let [Refused { refusal, .. }] = &report.promises_refused[..] else { panic!("{report:?}") };
    assert_eq!((refusal.code.as_str(), refusal.height.get()), ("bid.repeated", in_time));
    // Held back until the rules refuse it by right: a state of after the promise, or a later word.
    for (height, by, at) in [
        (leaf_height(399), "audit/api/city", START_MS + 1),
        (in_time, "audit/api/city", leaf_time(45).get() + 1),
        (in_time, "audit/api/east", START_MS + 1),
    ] {
        let (report, _) = refused_on(height, by, at).await;
        assert!(
            report.promises_refused.is_empty() && report.exit_code() == 1,
            "{by} {height} {at}: {report:?}"
        );
    }
}

#[tokio::test]
async fn entries_no_log_may_hold_are_evidence_against_the_quorum_that_signed_them() {
    let mut log = TestLog::new("audit", "a", 300);
    let earlier = log.entries[10].clone();
    log.append(earlier);
    log.publish(301);
    let source = serve(&LogBackend::new(log.clone()), honest).await;
    let folder = tempfile::tempdir().unwrap();
    let report = auditor(folder.path(), &log).round(&[source], None).await.unwrap();
    assert!(matches!(offline(&report, &log), Proven::Disorder { index: 300, .. }));
}

#[tokio::test]
async fn evidence_with_any_byte_of_its_claim_changed_proves_nothing_else() {
    let (a, b) = (TestLog::new("audit", "a", 300), fork(200, 310));
    let sources =
        [serve(&LogBackend::new(a.clone()), honest).await, serve(&LogBackend::new(b), honest).await];
    let folder = tempfile::tempdir().unwrap();
    let report = auditor(folder.path(), &a).round(&sources, None).await.unwrap();
    let text = std::fs::read(&report.found[0].file).unwrap();
    let chain = a.genesis.chain_id();
    let proven = offline(&report, &a);
    let start = text.windows(10).position(|part| part == b"\"conflict\"").unwrap();
    for place in (start..text.len()).step_by(101) {
        let mut changed = text.clone();
        changed[place] ^= 1;
        let Ok(evidence) = Evidence::from_json(&changed) else { continue };
        if let Ok(verdict) = evidence.verify(Some(chain), None) {
            // A damaged signature line only leaves its signer out.
            let (Proven::Conflict { accused, .. }, Proven::Conflict { accused: all, .. }) =
                (verdict.proven, &proven)
            else {
                panic!("another claim")
            };
            assert!(accused.iter().all(|one| all.contains(one)), "{accused:?}");
        }
    }
}

/// With the quorum's lines, as a witness is sent it.
fn for_witness(log: &TestLog, size: u64) -> SignedNote {
    log.signed(size, &[0, 1, 2])
}

#[tokio::test]
async fn an_outside_witness_cosigns_growth_and_catches_a_fork_within_one_checkpoint() {
    let (log, folder) = (TestLog::new("audit", "a", 700), tempfile::tempdir().unwrap());
    let open = || Witness::open(folder.path(), "auditor", test_key("witness"), vec![log.genesis.clone()]);
    let witness = Arc::new(open().unwrap());
    assert!(open().is_err(), "one process a folder");
    let key = witness.key().clone();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(witness::serve(listener, witness, async { _ = stopped.await }));
    let prove = |size: u64| {
        let log = &log;
        move |old: u64| {
            let Ok(path) = consistency_path(old, size, log);
            path
        }
    };
    let mut client = WitnessClient::new(&address, key.clone()).unwrap();
    for size in [300, 300, 301, 512, 600] {
        let note = for_witness(&log, size);
        let line = client.cosign(&note, size, prove(size)).await.unwrap();
        let signed = SignedNote { text: note.text, signatures: vec![line] };
        assert!(key.find_valid(&signed).unwrap() > 1_700_000_000, "the time is the witness's own");
    }
    // One that knows nothing learns the size and goes on; a smaller tree gets nothing.
    let mut stranger = WitnessClient::new(&address, key.clone()).unwrap();
    stranger.cosign(&for_witness(&log, 610), 610, prove(610)).await.unwrap();
    let back = stranger.cosign(&for_witness(&log, 600), 600, prove(600)).await;
    assert!(matches!(back, Err(witness::WitnessError::Ahead { latest: 610, .. })));
    // The fork, of the same size and larger.
    let evidence = || {
        let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.to_string_lossy().contains("evidence-")).collect::<Vec<_>>()
    };
    assert!(evidence().is_empty());
    for (size, count) in [(610, 1), (650, 2)] {
        let forked = fork(200, size);
        let prove = |old: u64| {
            let Ok(path) = consistency_path(old, size, &forked);
            path
        };
        // One log key alone: nothing to cosign, and evidence against that key all the same.
        let answer = stranger.cosign(&forked.signed(size, &[]), size, prove).await;
        assert!(matches!(answer, Err(witness::WitnessError::Refused { status: 403, .. })), "{answer:?}");
        let files = evidence();
        assert_eq!(files.len(), count);
        for file in files {
            let evidence = Evidence::from_json(&std::fs::read(file).unwrap()).unwrap();
            let verdict = evidence.verify(Some(log.genesis.chain_id()), None).unwrap();
            assert!(
                matches!(&verdict.proven, Proven::Conflict { fork: false, accused, .. }
                if accused == &["city (log key)"]),
                "{verdict:?}"
            );
        }
    }
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    let reopened = open().unwrap();
    let request =
        biaozheng_ledger::witness::AddCheckpoint { old: 0, path: vec![], note: for_witness(&log, 700) };
    let refused = reopened.cosign(&request, 1_800_000_000).unwrap_err().to_string();
    assert!(refused.contains("610"), "it remembers through a restart: {refused}");
}

#[tokio::test]
async fn a_witness_answers_as_the_specification_says() {
    let (log, folder) = (TestLog::new("audit", "a", 300), tempfile::tempdir().unwrap());
    let witness = Arc::new(
        Witness::open(folder.path(), "auditor", test_key("witness"), vec![log.genesis.clone()]).unwrap(),
    );
    let ask = |body: String| {
        let app = witness::router(Arc::clone(&witness));
        async move {
            use tower::ServiceExt as _;
            let request = axum::http::Request::post("/add-checkpoint").body(Body::from(body)).unwrap();
            let answer = app.oneshot(request).await.unwrap();
            let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
            let status = answer.status().as_u16();
            let body = to_bytes(answer.into_body(), 1 << 16).await.unwrap();
            (status, kind.unwrap_or_default(), String::from_utf8(body.to_vec()).unwrap())
        }
    };
    let note = |size| for_witness(&log, size).to_string();
    let proof = |old, size| {
        let Ok(path) = consistency_path(old, size, &log);
        let request = biaozheng_ledger::witness::AddCheckpoint {
            old,
            path: path.unwrap(),
            note: for_witness(&log, size),
        };
        request.to_string()
    };
    assert_eq!(ask(format!("old 5\n\n{}", note(100))).await.0, 409, "nothing cosigned yet: 0");
    assert_eq!(ask(format!("old 0\n\n{}", note(100))).await.0, 200);
    let (status, kind, body) = ask(format!("old 0\n\n{}", note(200))).await;
    assert_eq!((status, kind.as_str(), body.as_str()), (409, "text/x.tlog.size", "100\n"));
    assert_eq!(ask(format!("old 100\n\n{}", note(200))).await.0, 422, "no proof");
    assert_eq!(ask(proof(100, 200)).await.0, 200);
    assert_eq!(ask(format!("old 200\n\n{}", note(200))).await.0, 200, "again the same tree");
    assert_eq!(ask(format!("old 200\n\n{}", note(150))).await.0, 400, "old above new");
    let other = TestLog::new("elsewhere", "a", 10);
    assert_eq!(ask(format!("old 0\n\n{}", for_witness(&other, 10))).await.0, 404);
    let forged = note(250).replacen("\n250\n", "\n251\n", 1);
    assert_eq!(ask(format!("old 200\n\n{forged}")).await.0, 403);
    for few in [&[][..], &[3], &[2, 3]] {
        let (status, _, said) = ask(format!("old 200\n\n{}", log.signed(250, few))).await;
        assert!(status == 403 && said.contains("quorum"), "{status} {said}");
    }
    for bad in [
        "".to_owned(),
        "old -1\n\n".into(),
        format!("old 00\n\n{}", note(250)),
        format!("new 200\n\n{}", note(250)),
    ] {
        assert_eq!(ask(bad).await.0, 400);
    }
    let hashes = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    assert_eq!(ask(format!("old 200\n{}\n{}", hashes.repeat(64), note(250))).await.0, 400, "64 hashes");
    assert_eq!(ask(format!("old 200\n{}\n{}", hashes.repeat(63), note(250))).await.0, 422);
    assert_eq!(ask("a".repeat(100_000)).await.0, 413);
}

/// A witness of before, whose folder holds what a log key alone had signed.
fn led_away(folder: &Path, log: &TestLog, note: &SignedNote) -> std::path::PathBuf {
    let file = folder.join(format!("{}.checkpoint", log.genesis.chain_id().digest().hex()));
    std::fs::write(&file, note.to_string()).unwrap();
    file
}

#[tokio::test]
async fn a_witness_that_one_log_key_led_away_comes_back_and_no_other_does() {
    use biaozheng_audit::LogFolder;
    use biaozheng_audit::witness::{ReturnError, Returned, bring_back};
    let log = TestLog::new("audit", "a", 400);
    let source = serve(&LogBackend::new(log.clone()), honest).await;
    let copy = tempfile::tempdir().unwrap();
    assert_eq!(auditor(copy.path(), &log).round(&[source], None).await.unwrap().exit_code(), 0);
    let copy = LogFolder::open(&copy.path().join("log")).unwrap();
    let back = |folder: &Path, smaller| bring_back(folder, &log.genesis, &copy, smaller);
    let fresh = || tempfile::tempdir().unwrap();

    let folder = fresh();
    assert!(matches!(back(folder.path(), false), Err(ReturnError::Nothing)));
    // Kept by an earlier version, and the log's own: nothing changes.
    let file = led_away(folder.path(), &log, &log.signed(300, &[]));
    assert_eq!(back(folder.path(), false).unwrap(), Returned::NotAstray { size: 300 });
    assert_eq!(std::fs::read_to_string(&file).unwrap(), log.signed(300, &[]).to_string());
    // A quorum's: what contradicts it is a fork, which no command makes undone.
    let forked = fork(200, 300);
    led_away(folder.path(), &log, &for_witness(&forked, 300));
    assert!(matches!(back(folder.path(), true), Err(ReturnError::Backed(300))));

    for size in [300, 400] {
        let (folder, forked) = (fresh(), fork(200, size));
        let file = led_away(folder.path(), &log, &forked.signed(size, &[]));
        let open = || Witness::open(folder.path(), "auditor", test_key("witness"), vec![log.genesis.clone()]);
        assert!(!open().unwrap().standing()[0].is_backed);
        let Returned::Back { from, to, aside, evidence } = back(folder.path(), false).unwrap() else {
            panic!()
        };
        assert_eq!((from, to), (size, 400));
        assert_eq!(std::fs::read_to_string(aside).unwrap(), forked.signed(size, &[]).to_string());
        let proof = Evidence::from_json(&std::fs::read(evidence.unwrap()).unwrap()).unwrap();
        let proven = proof.verify(Some(log.genesis.chain_id()), None).unwrap().proven;
        assert!(
            matches!(&proven, Proven::Conflict { fork: false, accused, .. } if accused == &["city (log key)"]),
            "{proven:?}"
        );
        assert!(file.exists() && open().unwrap().standing()[0].is_backed);
        // It cosigns the log's next tree again.
        let next = TestLog::new("audit", "a", 450);
        let Ok(path) = consistency_path(400, 450, &next);
        let request = biaozheng_ledger::witness::AddCheckpoint {
            old: 400,
            path: path.unwrap(),
            note: for_witness(&next, 450),
        };
        open().unwrap().cosign(&request, 1_800_000_000).unwrap();
    }
    // A tree larger than any node's: by the operator's word alone.
    let folder = fresh();
    led_away(folder.path(), &log, &fork(200, 450).signed(450, &[]));
    assert!(matches!(back(folder.path(), false), Err(ReturnError::Larger { kept: 450, copy: 400 })));
    assert!(matches!(back(folder.path(), true), Ok(Returned::Back { evidence: None, .. })));
}

#[tokio::test]
async fn a_witness_of_a_policy_asks_for_its_quorum_and_says_where_there_is_none() {
    use biaozheng_audit::witness::Trust;
    let (log, folder) = (TestLog::new("audit", "a", 300), tempfile::tempdir().unwrap());
    let open = |policy: &str| {
        let trust = vec![Trust::Policy(policy.parse().unwrap())];
        Witness::open_trusting(folder.path(), "auditor", test_key("witness"), trust)
    };
    let ask = |note| biaozheng_ledger::witness::AddCheckpoint { old: 0, path: vec![], note };
    let whole = log.policy.to_string();
    let witness = open(&whole).unwrap();
    assert!(witness.standing()[0].needs_cosigners);
    assert!(witness.cosign(&ask(log.signed(100, &[])), 1).is_err());
    assert!(witness.cosign(&ask(for_witness(&log, 100)), 1).is_ok());
    drop(witness);
    let keys: String =
        whole.lines().filter(|line| line.starts_with("log ")).map(|line| format!("{line}\n")).collect();
    let witness = open(&format!("{keys}quorum none\n")).unwrap();
    assert!(!witness.standing()[0].needs_cosigners, "and the command says so");
    drop(witness);
    let two = format!("{keys}{}", TestLog::new("other", "a", 1).policy);
    assert!(open(&two).is_err(), "the keys of two logs");
}

/// More than a third of the centres are away for five minutes; the record comes with the first block after.
#[tokio::test]
async fn an_outage_of_others_is_no_broken_promise() {
    let mut log = TestLog::new("audit", "a", 101);
    let received = leaf_time(100).get() + 10;
    let given = receipt(&log, 9999, received, TimeMs::new(received + 60_000));
    let late = |log: &mut TestLog, record: u64, height: u64| {
        let entry = biaozheng_ledger::entry::LogEntry {
            record: record_id("a", record),
            height: Height::new(height),
            time: TimeMs::new(START_MS + height * 2000),
            position: 0,
        };
        log.append(entry.encode());
        log.publish(log.size());
    };
    let (folder, receipts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(receipts.path().join("r.json"), given).unwrap();
    let mut audit = auditor(folder.path(), &log);
    // The first block after is somebody else's: whether the promise will be kept is open.
    late(&mut log, 500, 160);
    let judged = async |audit: &mut Audit, log: &TestLog| {
        let source = serve(&LogBackend::new(log.clone()), honest).await;
        let report = audit.round(&[source], Some(receipts.path())).await.unwrap();
        (report.exit_code(), report.promises_kept, report.promises_open)
    };
    assert_eq!(judged(&mut audit, &log).await, (0, 0, 1));
    let mut never = log.clone();
    late(&mut log, 9999, 161);
    assert_eq!(judged(&mut audit, &log).await, (0, 1, 0));
    // It does not come for a minute in which blocks are made: that is the node's own fault.
    (161..200).for_each(|height| late(&mut never, 500 + height, height));
    let other = tempfile::tempdir().unwrap();
    assert_eq!(judged(&mut auditor(other.path(), &never), &never).await, (1, 0, 0));
}

//! The public log over HTTP: what C2SP tlog-tiles asks of a server.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use biaozheng_api::{ApiLimits, router};
use biaozheng_api_scenes::log::{LogBackend, TestLog};
use biaozheng_ledger::merkle::root_at;
use biaozheng_ledger::tiles::{Tile, TileKind, TileReader, tiles_between};
use tower::ServiceExt as _;

struct Answer {
    status: StatusCode,
    kind: String,
    cache: String,
    body: Vec<u8>,
}

async fn get(log: &LogBackend, path: &str) -> Answer {
    let app = router(Arc::new(log.clone()), ApiLimits::default());
    let answer = app.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let (status, kind, cache) = (answer.status(), header("content-type"), header("cache-control"));
    Answer { status, kind, cache, body: to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec() }
}

#[tokio::test]
async fn the_root_of_the_checkpoint_comes_out_of_the_tiles_served() {
    let log = LogBackend::new(TestLog::new("tiles", "a", 1300));
    let checkpoint = get(&log, "/checkpoint").await;
    assert_eq!(checkpoint.status, StatusCode::OK);
    assert_eq!(
        (checkpoint.kind.as_str(), checkpoint.cache.as_str()),
        ("text/plain; charset=utf-8", "public, max-age=2")
    );
    let note: biaozheng_ledger::note::SignedNote =
        String::from_utf8(checkpoint.body).unwrap().parse().unwrap();
    let policy = log.0.lock().unwrap().policy.clone();
    let trusted = policy.verify(&note).unwrap().checkpoint;
    let mut reader = TileReader::new(trusted.size);
    let mut leaves = 0;
    for tile in tiles_between(0, trusted.size) {
        let answer = get(&log, &format!("/{tile}")).await;
        assert_eq!(
            (answer.status, answer.kind.as_str()),
            (StatusCode::OK, "application/octet-stream"),
            "{tile}"
        );
        let keep = if tile.is_full() { "31536000" } else { "3600" };
        assert_eq!(answer.cache, format!("public, max-age={keep}, immutable"), "{tile}");
        match tile.kind() {
            TileKind::Hashes { .. } => reader.insert(&tile, &answer.body).unwrap(),
            TileKind::Entries => leaves += tile.decode_entries(&answer.body).unwrap().len(),
        }
    }
    assert_eq!(root_at(trusted.size, &reader).unwrap(), trusted.root);
    assert_eq!(leaves, 1300);
}

#[tokio::test]
async fn what_the_log_has_not_and_other_spellings_are_not_found() {
    let log = LogBackend::new(TestLog::new("tiles", "a", 300));
    for path in [
        "/tile/0/001",
        "/tile/0/001.p/45",
        "/tile/1/000.p/2",
        "/tile/2/000.p/1",
        "/tile/entries/001",
        "/tile/0/0",
        "/tile/0/000/",
        "/tile/00/000",
        "/tile/8/000",
        "/tile/0/%30%30%30",
        "/tile/0/000%2Ep/5",
        "/tile/0/x000/000",
        "/tile/entries/../0/000",
        "/tile/",
        "/tile",
        "/tile/0/000.p/0",
        "/tile/0/000.p/256",
    ] {
        let answer = get(&log, path).await;
        assert_eq!(
            (answer.status, answer.kind.as_str()),
            (StatusCode::NOT_FOUND, "application/problem+json"),
            "{path}"
        );
        assert_eq!(answer.cache, "no-store", "{path}");
    }
    let narrower = get(&log, "/tile/0/001.p/43").await;
    assert_eq!((narrower.status, narrower.body.len()), (StatusCode::OK, 43 * 32));
    let mut empty = TestLog::new("tiles", "a", 1);
    empty.published = None;
    assert_eq!(get(&LogBackend::new(empty), "/checkpoint").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_tile_of_a_growing_log_never_changes() {
    let log = LogBackend::new(TestLog::new("tiles", "a", 700));
    let tiles: Vec<Tile> = tiles_between(0, 700).collect();
    let mut before = Vec::new();
    for tile in &tiles {
        before.push(get(&log, &format!("/{tile}")).await.body);
    }
    log.0.lock().unwrap().grow("a", 1100);
    for (tile, bytes) in tiles.iter().zip(before) {
        assert_eq!(get(&log, &format!("/{tile}")).await.body, bytes, "{tile}");
    }
}

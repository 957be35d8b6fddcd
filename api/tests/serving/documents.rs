//! Documents over HTTP, with a store on a real folder and clients on real sockets.

use std::time::Duration;

use crate::server::{Answer, Server, document, record};
use biaozheng_api::ApiLimits;

const NOTICE: &[u8] = b"a notice of tender";

async fn server() -> Server {
    Server::start(ApiLimits::default(), |settings| {
        settings.silence_max_ms = 300;
        settings.bytes_per_s_min = 10_000;
        settings.document_bytes_max = 30_000_000;
    })
    .await
}

/// `PUT` with these bytes and their length.
async fn put(server: &Server, path: &str, bytes: &[u8]) -> Answer {
    let head = format!("PUT {path} HTTP/1.1\r\nhost: h\r\ncontent-length: {}\r\n\r\n", bytes.len());
    server.exchange(&[head.as_bytes(), bytes].concat()).await
}

/// `PUT` without saying how many bytes will come.
async fn put_chunked(server: &Server, path: &str, bytes: &[u8]) -> Answer {
    let head =
        format!("PUT {path} HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n", bytes.len());
    server.exchange(&[head.as_bytes(), bytes, b"\r\n0\r\n\r\n"].concat()).await
}

async fn get(server: &Server, path: &str) -> Answer {
    server.exchange(format!("GET {path} HTTP/1.1\r\nhost: h\r\n\r\n").as_bytes()).await
}

#[tokio::test]
async fn a_document_is_stored_once_and_comes_back_as_a_download() {
    let server = server().await;
    let path = server.names("公告.html", "text/html", NOTICE, true);
    assert_eq!(get(&server, &path).await.problem(), (404, "document.not_here".to_owned()));
    assert_eq!(put(&server, &path, NOTICE).await.status, 201);
    assert_eq!(put(&server, &path, NOTICE).await.status, 200);
    assert_eq!(put_chunked(&server, &path, NOTICE).await.status, 200);
    let answer = get(&server, &path).await;
    assert_eq!((answer.status, answer.body.as_slice()), (200, NOTICE));
    for (name, value) in [
        ("content-type", "text/html"),
        ("content-disposition", "attachment; filename=\"__.html\"; filename*=UTF-8''%E5%85%AC%E5%91%8A.html"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("content-security-policy", "default-src 'none'"),
        ("content-length", "18"),
    ] {
        assert_eq!(answer.header(name), value);
    }
    assert!(!answer.header("x-request-id").is_empty());
}

#[tokio::test]
async fn what_the_record_does_not_name_is_not_taken() {
    let server = server().await;
    let path = server.names("a.pdf", "application/pdf", NOTICE, true);
    let mut flipped = NOTICE.to_vec();
    flipped[3] ^= 1;
    assert_eq!(put(&server, &path, &flipped).await.problem(), (422, "document.digest".to_owned()));
    assert_eq!(put(&server, &path, &NOTICE[1..]).await.problem(), (422, "document.size".to_owned()));
    assert_eq!(put_chunked(&server, &path, &NOTICE[1..]).await.problem(), (422, "document.size".to_owned()));
    let longer = [NOTICE, b"!"].concat();
    assert_eq!(put(&server, &path, &longer).await.problem(), (413, "document.size".to_owned()));
    assert_eq!(put_chunked(&server, &path, &longer).await.problem(), (413, "document.size".to_owned()));
    let other = format!("/v1/records/{}/documents/{}", record(), document(b"another"));
    assert_eq!(put(&server, &other, b"another").await.problem(), (404, "not_found".to_owned()));
    assert_eq!(put(&server, "/v1/records/x/documents/y", b"z").await.problem(), (400, "path".to_owned()));
    let huge = server.names_size("huge.zip", document(b"huge"), 30_000_001);
    assert_eq!(put_chunked(&server, &huge, b"huge").await.problem(), (413, "too_large".to_owned()));
    assert_eq!(get(&server, &path).await.problem(), (404, "document.not_here".to_owned()));
    assert_eq!(server.stored().len(), 0);
}

#[tokio::test]
async fn a_document_of_a_closed_record_is_taken_and_not_shown() {
    let server = server().await;
    let path = server.names("bid.pdf", "application/pdf", b"a bid", false);
    assert_eq!(put(&server, &path, b"a bid").await.status, 201);
    let unnamed = format!("/v1/records/{}/documents/{}", record(), document(b"another"));
    let (closed, absent) = (get(&server, &path).await, get(&server, &unnamed).await);
    assert_eq!(closed.problem(), (404, "not_found".to_owned()));
    assert_eq!(closed.body, absent.body, "nothing tells a closed document from none");
}

#[tokio::test]
async fn a_document_larger_than_any_other_body_is_streamed() {
    let server = server().await;
    let content: Vec<u8> =
        (0u32..5_000_000).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    let path = server.names("drawings.zip", "application/zip", &content, true);
    assert_eq!(put(&server, &path, &content).await.status, 201);
    assert!(get(&server, &path).await.body == content);
    let stored = &server.stored()[0];
    let mut damaged = content.clone();
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(stored, &damaged).unwrap();
    let cut = get(&server, &path).await;
    assert_eq!(cut.status, 200);
    assert!(cut.body.len() < content.len(), "a damaged document never comes whole");
    std::fs::write(stored, &content[1..]).unwrap();
    let answer = get(&server, &path).await;
    assert_eq!(answer.problem(), (500, "document.damaged".to_owned()));
    assert!(String::from_utf8_lossy(&answer.body).contains(&document(&content).to_string()));
}

#[tokio::test]
async fn an_early_refusal_reaches_a_sender_that_writes_everything_first() {
    let server = server().await;
    let unnamed = format!("/v1/records/{}/documents/{}", record(), document(b"unnamed"));
    let large = vec![7; 24_000_000];
    let head = format!("PUT {unnamed} HTTP/1.1\r\nhost: h\r\ncontent-length: {}\r\n\r\n", large.len());
    let request = [head.as_bytes(), &large].concat();
    for _ in 0..10 {
        let answer = server.exchange_in_turn(&request).await;
        assert_eq!(answer.problem(), (404, "not_found".to_owned()));
    }
    let short = server.names_size("short.zip", document(b"short"), 100);
    assert_eq!(put(&server, &short, &large).await.problem(), (413, "document.size".to_owned()));
    assert_eq!(put_chunked(&server, &short, &large).await.problem(), (413, "document.size".to_owned()));
}

#[tokio::test]
async fn a_silent_and_a_dripping_sender_are_left() {
    let server = server().await;
    let path = server.names("a.pdf", "application/pdf", &[7; 100_000], true);
    let head = format!("PUT {path} HTTP/1.1\r\nhost: h\r\ncontent-length: 100000\r\n\r\nbegin");
    let started = std::time::Instant::now();
    assert_eq!(server.exchange(head.as_bytes()).await.problem(), (408, "slow_body".to_owned()));
    let drip = server.drip(head.as_bytes(), &[7; 100], Duration::from_millis(50)).await;
    assert_eq!(drip.problem(), (408, "slow_body".to_owned()));
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    assert_eq!(server.stored().len(), 0);
    assert_eq!(put(&server, &path, &[7; 100_000]).await.status, 201, "the place is free again");
}

#[tokio::test]
async fn identical_puts_at_a_time_store_one() {
    let server = server().await;
    let content = vec![9; 3_000_000];
    let path = server.names("a.zip", "application/zip", &content, true);
    let (a, b, c) = tokio::join!(
        put(&server, &path, &content),
        put(&server, &path, &content),
        put_chunked(&server, &path, &content)
    );
    let mut statuses = [a.status, b.status, c.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 201]);
    assert_eq!(server.stored().len(), 1);
}

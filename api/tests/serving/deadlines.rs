//! Limits of time and number, from the side of a slow client on a real socket.

use std::time::{Duration, Instant};

use crate::server::Server;
use biaozheng_api::ApiLimits;

fn limits() -> ApiLimits {
    ApiLimits { request_timeout_ms: 400, requests_in_flight_max: 2, ..ApiLimits::default() }
}

#[tokio::test]
async fn a_body_that_stops_or_drips_ends_in_time_with_a_request_id() {
    let server = Server::start(limits(), |_| {}).await;
    for path in ["/v1/records", "/v1/certificates/verify"] {
        let head = format!("POST {path} HTTP/1.1\r\nhost: h\r\ncontent-length: 5000\r\n\r\n{{");
        let started = Instant::now();
        let silent = server.exchange(head.as_bytes()).await;
        assert_eq!(silent.problem(), (408, "slow_body".to_owned()));
        let drip = server.drip(head.as_bytes(), b" ", Duration::from_millis(50)).await;
        assert_eq!(drip.problem(), (408, "slow_body".to_owned()), "each piece in time, the whole not");
        assert!(!silent.header("x-request-id").is_empty() && !drip.header("x-request-id").is_empty());
        assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_hangs_or_blocks_is_answered_in_time() {
    let server = Server::start(limits(), |_| {}).await;
    // This node's status never comes; its checkpoint blocks a thread for two seconds.
    for path in ["/v1/status", "/v1/checkpoint"] {
        let started = Instant::now();
        let answer = server.exchange(format!("GET {path} HTTP/1.1\r\nhost: h\r\n\r\n").as_bytes()).await;
        assert_eq!(answer.problem(), (503, "slow".to_owned()), "{path}");
        assert_eq!(answer.header("retry-after"), "1");
        assert!(!answer.header("x-request-id").is_empty());
        assert!(started.elapsed() < Duration::from_millis(1500), "{path}: {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn one_request_too_many_is_answered_503_with_a_request_id_of_its_own() {
    let server = Server::start(ApiLimits { request_timeout_ms: 60_000, ..limits() }, |_| {}).await;
    let begin = b"POST /v1/records HTTP/1.1\r\nhost: h\r\ncontent-length: 5000\r\n\r\n{";
    let (_first, _second) = (server.begin(begin).await, server.begin(begin).await);
    let busy = loop {
        let answer = server.exchange(b"GET /health/live HTTP/1.1\r\nhost: h\r\n\r\n").await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!(busy.problem(), (503, "busy".to_owned()));
    assert_eq!(busy.header("retry-after"), "1");
    assert_eq!(busy.header("content-type"), "application/problem+json");
    assert!(!busy.header("x-request-id").is_empty());
    let named = server.exchange(b"GET /health/live HTTP/1.1\r\nhost: h\r\nx-request-id: mine\r\n\r\n").await;
    assert_eq!((named.status, named.header("x-request-id")), (503, "mine"));
}

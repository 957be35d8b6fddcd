//! The client against a node that answers whatever a test wants, over a real socket.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]

use std::time::Duration;

use biaozheng_client::{Author, Client, ClientError, Patience, Wait};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, OrgId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::record::Record;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Answers one connection per answer, in order, and gives back the requests.
async fn node(answers: Vec<String>) -> (Client, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let serve = tokio::spawn(async move {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            loop {
                let mut piece = [0; 4096];
                let read = stream.read(&mut piece).await.unwrap();
                request.extend_from_slice(&piece[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    requests.push(text);
                    break;
                }
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        requests
    });
    (client, serve)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

fn record() -> Record {
    let chain = ChainId::new(Digest::of(b"c"));
    let author = Author::new(OrgId::new("ORG-1").unwrap(), SecretKey::from_seed(&[1; 32]), chain);
    author.record("evidence.recorded/1", serde_json::json!({})).sign(TimeMs::new(1)).unwrap()
}

const QUICK: Patience = Patience {
    total: Duration::from_secs(10),
    pause_first: Duration::from_millis(1),
    pause_max: Duration::from_millis(10),
};

#[tokio::test]
async fn a_busy_node_gets_the_very_same_bytes_again() {
    let record = record();
    let busy =
        answer("503 Service Unavailable", "retry-after: 0\r\n", r#"{"code":"mempool_full","title":"full"}"#);
    let taken = answer(
        "202 Accepted",
        "",
        &format!(r#"{{"record":"{}","stage":"received","receipt":{{}}}}"#, record.id()),
    );
    let (client, serve) = node(vec![busy.clone(), busy, taken]).await;
    let submission = client.submit_until(&record, Wait::Receipt, QUICK).await.unwrap();
    assert!(submission.reached(Wait::Receipt) && !submission.reached(Wait::Committed));
    let requests = serve.await.unwrap();
    let bodies: Vec<_> = requests.iter().map(|text| text.split_once("\r\n\r\n").unwrap().1).collect();
    assert_eq!(bodies, vec![record.envelope().to_json(); 3]);
    assert!(requests[0].starts_with("POST /v1/records?wait=receipt HTTP/1.1\r\n"), "{}", requests[0]);
}

#[tokio::test]
async fn a_receipt_outlives_a_later_fault_and_more_is_asked_for_until_patience_ends() {
    let record = record();
    let stage = |stage: &str| {
        answer(
            "202 Accepted",
            "",
            &format!(r#"{{"record":"{}","stage":"{stage}","receipt":{{}}}}"#, record.id()),
        )
    };
    let (client, _serve) = node(vec![stage("received"), stage("committed"), stage("certified")]).await;
    let submission = client.submit_until(&record, Wait::Certificate, QUICK).await.unwrap();
    assert!(submission.reached(Wait::Certificate));
    let (client, _serve) = node(vec![stage("received")]).await;
    let short = Patience { total: Duration::from_millis(200), ..QUICK };
    let submission = client.submit_until(&record, Wait::Certificate, short).await.unwrap();
    assert!(!submission.reached(Wait::Committed), "the listener is gone, the receipt is not");
}

#[tokio::test]
async fn a_record_that_stands_already_is_answered_with_its_block_and_no_receipt() {
    let record = record();
    let stands = |more: &str, receipt: &str| {
        let block = r#"{"height":7,"time_ms":1790000000000,"position":0}"#;
        let body =
            format!(r#"{{"record":"{}","stage":"{more}","receipt":{receipt},"block":{block}}}"#, record.id());
        answer("200 OK", "", &body)
    };
    let (client, _serve) = node(vec![stands("committed", "null")]).await;
    let submission = client.submit_until(&record, Wait::Receipt, QUICK).await.unwrap();
    assert!(submission.receipt.is_null() && submission.reached(Wait::Committed));
    assert_eq!(submission.block.unwrap().height.get(), 7);
    // A receipt of the first try is not lost when the second finds the record in the ledger.
    let first =
        format!(r#"{{"record":"{}","stage":"received","receipt":{{"a":1}},"block":null}}"#, record.id());
    let (client, _serve) = node(vec![answer("202 Accepted", "", &first), stands("certified", "null")]).await;
    let submission = client.submit_until(&record, Wait::Certificate, QUICK).await.unwrap();
    assert_eq!(submission.receipt, serde_json::json!({"a": 1}));
    // Neither the one nor the other, or a block for what only waits.
    let nothing = format!(r#"{{"record":"{}","stage":"committed","receipt":null}}"#, record.id());
    for lie in [answer("200 OK", "", &nothing), stands("received", "null")] {
        let (client, _serve) = node(vec![lie]).await;
        let error = client.submit_until(&record, Wait::Receipt, QUICK).await.unwrap_err();
        assert!(matches!(error, ClientError::Unexpected { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_refusal_is_final_and_an_answer_about_another_record_is_not_believed() {
    let refusal = r#"{"code":"bid_late","title":"refused","rule":"bid_deadline"}"#;
    let (client, serve) = node(vec![answer("422 Unprocessable Content", "", refusal)]).await;
    let error = client.submit_until(&record(), Wait::Certificate, QUICK).await.unwrap_err();
    assert_eq!(error.code(), Some("bid_late"));
    assert_eq!(serve.await.unwrap().len(), 1);
    let other = Digest::of(b"other");
    let wrong =
        answer("200 OK", "", &format!(r#"{{"record":"{other}","stage":"committed","receipt":{{}}}}"#));
    let (client, _serve) = node(vec![wrong]).await;
    let error = client.submit_until(&record(), Wait::Committed, QUICK).await.unwrap_err();
    assert!(matches!(error, ClientError::Unexpected { .. }), "{error}");
}

#[tokio::test]
async fn what_is_no_node_is_told_apart_from_no_answer() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = Client::new(&format!("http://{address}")).unwrap().status_json().await.unwrap_err();
    assert!(error.is_unreachable() && error.to_string().contains("refused"), "{error}");
    let page = answer("404 Not Found", "", "<html>");
    let (client, _serve) = node(vec![page]).await;
    assert!(matches!(client.status_json().await, Err(ClientError::Unexpected { .. })));
    for bad in ["", "127.0.0.1:8600", "http://", "https://", "ftp://h", "http://h/?a=b"] {
        assert!(matches!(Client::new(bad), Err(ClientError::Address { .. })), "{bad}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let body = "x".repeat(33 * 1024 * 1024);
    let (client, serve) = node(vec![answer("200 OK", "", &body)]).await;
    let error = client.policy().await.unwrap_err();
    assert!(matches!(error, ClientError::Unexpected { .. }), "{error}");
    serve.abort();
}

#[tokio::test]
async fn ids_cannot_become_other_paths() {
    let (client, serve) = node(vec![answer("200 OK", "", "{}")]).await;
    let id = Digest::of(b"r");
    client.record(&id.to_string().parse().unwrap()).await.unwrap();
    assert!(serve.await.unwrap()[0].starts_with(&format!("GET /v1/records/{id} HTTP/1.1")));
}

#[tokio::test]
async fn a_date_to_come_back_at_is_waited_for() {
    let headers = "date: Mon, 30 Nov 2026 12:00:00 GMT\r\nretry-after: Mon, 30 Nov 2026 12:00:07 GMT\r\n";
    let busy = answer("503 Service Unavailable", headers, r#"{"code":"not_ready","title":"starting"}"#);
    let (client, _serve) = node(vec![busy]).await;
    let error = client.policy().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)), "{error}");
}

#[tokio::test]
async fn a_proxy_whose_node_is_away_is_a_reason_to_come_again_and_a_redirect_is_none() {
    let (client, _serve) = node(vec![answer("502 Bad Gateway", "", "<html>")]).await;
    let error = client.policy().await.unwrap_err();
    assert!(error.is_temporary() && error.to_string().contains("502"), "{error}");

    let moved = answer("301 Moved Permanently", "location: https://node.example/v1\r\n", "");
    let (client, _serve) = node(vec![moved]).await;
    let error = client.policy().await.unwrap_err();
    assert!(!error.is_temporary(), "{error}");
    assert!(error.to_string().contains("(301) to https://node.example/v1"), "{error}");
}

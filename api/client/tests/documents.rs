//! Documents fetched from a node that answers whatever a test wants: nothing it says is believed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]

use biaozheng_client::{Client, ClientError};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, RecordId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Answers one request with these bytes and gives the request back.
async fn node(answer: String) -> (Client, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let serve = tokio::spawn(async move {
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
                break;
            }
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        request
    });
    (client, serve)
}

fn whole(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn record() -> RecordId {
    RecordId::new(Digest::of(b"record"))
}

fn digest(content: &[u8]) -> DocumentDigest {
    DocumentDigest::new(Digest::of(content))
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

#[tokio::test]
async fn a_file_is_sent_as_it_is_with_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.txt");
    std::fs::write(&file, b"the content").unwrap();
    let (client, serve) = node(whole("{}")).await;
    assert_eq!(client.put_document(&record(), &file).await.unwrap(), digest(b"the content"));
    let request = String::from_utf8(serve.await.unwrap()).unwrap();
    let line = format!("PUT /v1/records/{}/documents/{} HTTP/1.1\r\n", record(), digest(b"the content"));
    assert!(request.starts_with(&line), "{request}");
    assert!(
        request.contains("content-length: 11\r\n") && request.ends_with("\r\n\r\nthe content"),
        "{request}"
    );
    let absent = client.put_document(&record(), &folder.path().join("none")).await.unwrap_err();
    assert!(matches!(absent, ClientError::File { .. }), "{absent}");
}

#[tokio::test]
async fn only_right_and_whole_bytes_get_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("out.txt");
    let (right, most) = (digest(b"the content"), 11);
    let cut = whole("the content").replace("the content", "the con");
    let problem = whole(r#"{"code":"not_found","title":"nothing"}"#).replace("200 OK", "404 Not Found");
    for (answer, why) in [
        (whole("the cOntent"), "digest"),
        (whole("the content and more"), "more than 11 bytes"),
        (cut, "cannot reach"),
        (problem, "not_found"),
    ] {
        let (client, _serve) = node(answer).await;
        let error = client.get_document(&record(), &right, &to, most).await.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
        assert_eq!(names(&folder), Vec::<String>::new(), "nothing is left");
    }
    let (client, _serve) = node(whole("the content")).await;
    assert_eq!(client.get_document(&record(), &right, &to, most).await.unwrap(), 11);
    assert_eq!(std::fs::read(&to).unwrap(), b"the content");
    let error = client.get_document(&record(), &right, &to, most).await.unwrap_err();
    assert!(matches!(error, ClientError::File { .. }), "what is there is not replaced: {error}");
    assert_eq!(names(&folder), ["out.txt"]);
}

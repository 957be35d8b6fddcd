//! The store on a bucket of a real server; `tests/documents/run` starts one and runs these.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]

use std::path::Path;

use biaozheng_documents::{DocumentSettings, DocumentStore, GetError, Kind, OpenError, Put, PutError};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::DocumentDigest;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

fn server() -> String {
    std::env::var("BIAOZHENG_TEST_S3").expect("tests/documents/run names the server")
}

/// A new bucket; this server takes requests without a signature.
async fn bucket(name: &str) {
    let made = reqwest::Client::new().put(format!("{}/{name}", server())).send().await.unwrap();
    assert!(made.status().is_success(), "{}", made.status());
}

fn key_file(folder: &Path, name: &str, key: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join(name);
    std::fs::write(&path, format!("{key}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path
}

fn settings(folder: &Path, endpoint: &str, bucket: &str) -> DocumentSettings {
    DocumentSettings {
        kind: Kind::S3,
        endpoint: Some(endpoint.to_owned()),
        bucket: Some(bucket.to_owned()),
        access_key_file: Some(key_file(folder, "access", "AKIATESTTESTTEST")),
        secret_key_file: Some(key_file(folder, "secret", "a-secret-that-is-never-shown")),
        allow_http: true,
        ..DocumentSettings::default()
    }
}

fn digest(content: &[u8]) -> DocumentDigest {
    DocumentDigest::new(Digest::of(content))
}

fn pieces(content: &[u8]) -> impl futures::Stream<Item = Result<Bytes, String>> + Send + 'static {
    let pieces: Vec<_> = content.chunks(60_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

async fn put(store: &DocumentStore, content: &[u8]) -> Result<Put, PutError> {
    store.put(digest(content), content.len() as u64, pieces(content)).await
}

async fn read(store: &DocumentStore, content: &[u8]) -> Result<Vec<u8>, GetError> {
    let mut body = store.get(digest(content), content.len() as u64).await?;
    let mut read = Vec::new();
    while let Some(piece) = body.next().await {
        read.extend_from_slice(&piece?);
    }
    Ok(read)
}

/// The keys in the bucket, as the server lists them.
async fn keys(bucket: &str) -> Vec<String> {
    let list =
        reqwest::get(format!("{}/{bucket}?list-type=2", server())).await.unwrap().text().await.unwrap();
    list.split("<Key>").skip(1).map(|rest| rest.split_once("</Key>").unwrap().0.to_owned()).collect()
}

fn key_of(content: &[u8]) -> String {
    let hex = digest(content).digest().hex();
    format!("sha256/{}/{}", &hex[..2], &hex[2..])
}

#[tokio::test]
#[ignore = "needs a server: tests/documents/run"]
async fn documents_come_back_and_wrong_ones_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    bucket("whole").await;
    let store = DocumentStore::open(&settings(folder.path(), &server(), "whole")).await.unwrap();
    let large: Vec<u8> =
        (0u32..4_500_000).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    let mut expected = vec!["probe/write-once".to_owned()];
    for content in [Vec::new(), b"a notice".to_vec(), vec![7; 8 * 1024 * 1024], large] {
        assert!(matches!(read(&store, &content).await, Err(GetError::Missing(_))));
        assert_eq!(put(&store, &content).await.unwrap(), Put::Stored);
        assert_eq!(put(&store, &content).await.unwrap(), Put::AlreadyThere);
        assert!(read(&store, &content).await.unwrap() == content);
        assert_eq!(store.head(&digest(&content)).await.unwrap(), Some(content.len() as u64));
        let (wrong, size) = (digest(b"another"), content.len() as u64);
        assert!(matches!(store.put(wrong, size, pieces(&content)).await, Err(PutError::WrongDigest { .. })));
        assert!(matches!(
            store.put(wrong, size + 1, pieces(&content)).await,
            Err(PutError::WrongSize { .. })
        ));
        expected.push(key_of(&content));
    }
    expected.sort_unstable();
    assert_eq!(keys("whole").await, expected, "nothing else is left");
    DocumentStore::open(&settings(folder.path(), &server(), "whole")).await.unwrap();
    let shown = format!("{store:?}");
    assert!(shown.contains("whole") && !shown.contains("secret"), "{shown}");
}

#[tokio::test]
#[ignore = "needs a server: tests/documents/run"]
async fn a_damaged_object_is_named_and_not_replaced_in_a_write_once_bucket() {
    let folder = tempfile::tempdir().unwrap();
    bucket("damage").await;
    let mut settings = settings(folder.path(), &server(), "damage");
    let store = DocumentStore::open(&settings).await.unwrap();
    put(&store, b"a notice").await.unwrap();
    let object = format!("{}/damage/{}", server(), key_of(b"a notice"));
    assert!(reqwest::Client::new().put(&object).body("a nOtice").send().await.unwrap().status().is_success());
    let error = read(&store, b"a notice").await.unwrap_err();
    assert!(matches!(error, GetError::Damaged(named) if named == digest(b"a notice")), "{error}");
    let error = put(&store, b"a notice").await.unwrap_err();
    assert!(matches!(error, PutError::Damaged(named) if named == digest(b"a notice")), "{error}");
    settings.write_once = false;
    let store = DocumentStore::open(&settings).await.unwrap();
    assert_eq!(put(&store, b"a notice").await.unwrap(), Put::Stored);
    assert_eq!(read(&store, b"a notice").await.unwrap(), b"a notice");
    assert_eq!(put(&store, b"a notice").await.unwrap(), Put::AlreadyThere);
}

/// Passes everything on to the server, but hides the condition from it: that is how an old server behaves.
async fn forgetful() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut server = TcpStream::connect(server().trim_start_matches("http://")).await.unwrap();
                let (mut from_server, mut to_server) = server.split();
                let (mut from_client, mut to_client) = client.split();
                let requests = async {
                    let mut piece = vec![0; 1024 * 1024];
                    while let Ok(read @ 1..) = from_client.read(&mut piece).await {
                        let text = &mut piece[..read];
                        let hidden = b"if-none-match:";
                        if let Some(at) = text.windows(hidden.len()).position(|part| part == hidden) {
                            text[at] = b'x';
                        }
                        to_server.write_all(text).await.unwrap();
                    }
                };
                tokio::select! {
                    () = requests => {}
                    _ = tokio::io::copy(&mut from_server, &mut to_client) => {}
                }
            });
        }
    });
    address
}

#[tokio::test]
#[ignore = "needs a server: tests/documents/run"]
async fn a_server_that_overwrites_is_refused_unless_that_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    bucket("forgetful").await;
    let mut settings = settings(folder.path(), &forgetful().await, "forgetful");
    let error = DocumentStore::open(&settings).await.unwrap_err();
    assert!(matches!(&error, OpenError::NotWriteOnce { .. }), "{error}");
    assert!(
        error.to_string().contains("not write-once") && error.to_string().contains("forgetful"),
        "{error}"
    );
    settings.write_once = false;
    let store = DocumentStore::open(&settings).await.unwrap();
    assert_eq!(put(&store, b"a notice").await.unwrap(), Put::Stored);
    assert_eq!(put(&store, b"a notice").await.unwrap(), Put::AlreadyThere);
}

#[tokio::test]
#[ignore = "needs a server: tests/documents/run"]
async fn what_cannot_be_used_says_so_without_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let good = settings(folder.path(), &server(), "absent");
    let error = DocumentStore::open(&good).await.unwrap_err();
    assert!(matches!(error, OpenError::Unusable { .. }), "{error}");
    assert!(
        error.to_string().contains("NoSuchBucket") && !error.to_string().contains("never-shown"),
        "{error}"
    );
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = DocumentSettings { endpoint: Some(format!("http://{closed}")), ..good.clone() };
    let error = DocumentStore::open(&nobody).await.unwrap_err();
    assert!(matches!(error, OpenError::Unusable { .. }), "{error}");
    let secret = good.secret_key_file.clone().unwrap();
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let error = DocumentStore::open(&good).await.unwrap_err();
    assert!(matches!(&error, OpenError::File { path, .. } if *path == secret), "{error}");
}

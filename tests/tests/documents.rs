//! Documents through real nodes: sent after the commit, fetched and verified, refused where no record names them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::time::Duration;

use biaozheng_client::{ClientError, Patience, Wait, author};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, RecordId};
use biaozheng_tests::cluster::{Cluster, VALIDATORS};
use serde_json::json;

const MOST: u64 = 1 << 30;

#[tokio::test(flavor = "multi_thread")]
async fn a_document_goes_to_a_node_by_its_record_and_comes_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::found(&folder.path().join("consortium"), "documents").await.unwrap();
    cluster.start(0..4).await.unwrap();
    let org = cluster.organisation(VALIDATORS[0].1).unwrap();
    let client = cluster.client(0).unwrap();
    let content: Vec<u8> =
        (0u32..6_000_000).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    let file = folder.path().join("招标文件.pdf");
    std::fs::write(&file, &content).unwrap();
    let reference = author::document_from_file(&file, "application/pdf").unwrap();
    let digest = reference.digest;
    let record = org.record("evidence.recorded/1", json!({"n": 1})).document(reference);
    let record = record.sign(author::clock()).unwrap();

    let early = client.put_document(&record.id(), &file).await.unwrap_err();
    assert_eq!(early.code(), Some("not_found"), "{early}");
    let patience = Patience { total: Duration::from_secs(30), ..Patience::default() };
    client.submit_until(&record, Wait::Committed, patience).await.unwrap();

    let fetched = folder.path().join("fetched.pdf");
    let absent = client.get_document(&record.id(), &digest, &fetched, MOST).await.unwrap_err();
    assert_eq!(absent.code(), Some("document.not_here"), "{absent}");
    assert_eq!(client.put_document(&record.id(), &file).await.unwrap(), digest);
    client.put_document(&record.id(), &file).await.unwrap();
    assert_eq!(
        client.get_document(&record.id(), &digest, &fetched, MOST).await.unwrap(),
        content.len() as u64
    );
    assert!(std::fs::read(&fetched).unwrap() == content);
    let again = client.get_document(&record.id(), &digest, &fetched, MOST).await.unwrap_err();
    assert!(matches!(again, ClientError::File { .. }), "what is there is not replaced: {again}");

    let other = folder.path().join("other.pdf");
    std::fs::write(&other, b"another").unwrap();
    let unnamed = client.put_document(&record.id(), &other).await.unwrap_err();
    assert_eq!(unnamed.code(), Some("not_found"), "{unnamed}");
    let nowhere = client.put_document(&RecordId::new(Digest::of(b"none")), &file).await.unwrap_err();
    assert_eq!(nowhere.code(), Some("not_found"), "{nowhere}");

    // It survives the node; and damage on its disk is told.
    cluster.kill(0).await.unwrap();
    let hex = digest.digest().hex();
    let stored = cluster.home(0).join("documents/sha256").join(&hex[..2]).join(&hex[2..]);
    assert!(std::fs::read(&stored).unwrap() == content);
    let mut damaged = content.clone();
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(&stored, &damaged).unwrap();
    cluster.spawn(0).unwrap();
    cluster.started(0, Duration::from_secs(60)).await.unwrap();
    let copy = folder.path().join("copy.pdf");
    let broken = client.get_document(&record.id(), &digest, &copy, MOST).await.unwrap_err();
    assert!(matches!(broken, ClientError::Unreachable { .. }), "the answer breaks off: {broken}");
    assert!(!copy.exists());
    client.put_document(&record.id(), &file).await.unwrap();
    client.get_document(&record.id(), &digest, &copy, MOST).await.unwrap();
    assert_eq!(DocumentDigest::new(Digest::of(&std::fs::read(&copy).unwrap())), digest);
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".part")), "{left:?}");
}

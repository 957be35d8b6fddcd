//! The store on a folder: what it takes, refuses, keeps and finds damaged.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]

use std::path::{Path, PathBuf};

use biaozheng_documents::{DocumentSettings, DocumentStore, GetError, OpenError, Put, PutError};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::DocumentDigest;
use bytes::Bytes;
use futures::{StreamExt as _, stream};

struct Scratch {
    folder: tempfile::TempDir,
    settings: DocumentSettings,
}

impl Scratch {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = DocumentSettings::default().within(folder.path());
        Self { folder, settings }
    }

    async fn open(&self) -> DocumentStore {
        DocumentStore::open(&self.settings).await.unwrap()
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("documents")
    }

    fn path_of(&self, digest: &DocumentDigest) -> PathBuf {
        let hex = digest.digest().hex();
        self.root().join("sha256").join(&hex[..2]).join(&hex[2..])
    }

    /// Every file of the store.
    fn files(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { walk(&path, found) } else { found.push(path) }
            }
        }
        let mut found = Vec::new();
        walk(&self.root(), &mut found);
        found
    }
}

fn digest(content: &[u8]) -> DocumentDigest {
    DocumentDigest::new(Digest::of(content))
}

fn pieces(content: &[u8]) -> impl futures::Stream<Item = Result<Bytes, String>> + Send + 'static {
    let pieces: Vec<_> = content.chunks(60_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

/// Unlike at every place, and longer than two parts.
fn large() -> Vec<u8> {
    (0u32..4_500_000).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect()
}

async fn read(store: &DocumentStore, content: &[u8]) -> Result<Vec<u8>, GetError> {
    let mut body = store.get(digest(content), content.len() as u64).await?;
    assert_eq!(body.size(), content.len() as u64);
    let mut read = Vec::new();
    while let Some(piece) = body.next().await {
        read.extend_from_slice(&piece?);
    }
    Ok(read)
}

#[tokio::test]
async fn a_document_of_any_size_comes_back_as_it_was_and_a_second_time_changes_nothing() {
    let scratch = Scratch::new();
    let store = scratch.open().await;
    for content in [Vec::new(), b"a notice".to_vec(), vec![7; 8 * 1024 * 1024], large()] {
        let (digest, size) = (digest(&content), content.len() as u64);
        assert_eq!(store.head(&digest).await.unwrap(), None);
        assert!(matches!(store.get(digest, size).await, Err(GetError::Missing(_))));
        assert_eq!(store.put(digest, size, pieces(&content)).await.unwrap(), Put::Stored);
        assert_eq!(std::fs::read(scratch.path_of(&digest)).unwrap(), content);
        assert_eq!(store.put(digest, size, pieces(&content)).await.unwrap(), Put::AlreadyThere);
        assert!(read(&store, &content).await.unwrap() == content);
        assert_eq!(store.head(&digest).await.unwrap(), Some(size));
    }
    assert_eq!(scratch.files().len(), 4, "nothing else is left");
    let again = scratch.open().await;
    assert_eq!(read(&again, b"a notice").await.unwrap(), b"a notice");
}

#[tokio::test]
async fn wrong_bytes_leave_nothing() {
    let scratch = Scratch::new();
    let store = scratch.open().await;
    let content = large();
    let (right, size) = (digest(&content), content.len() as u64);
    let mut flipped = content.clone();
    flipped[9_000_000] ^= 1;
    let wrong = store.put(right, size, pieces(&flipped)).await.unwrap_err();
    assert!(
        matches!(&wrong, PutError::WrongDigest { expected, found } if *expected == right && *found == digest(&flipped))
    );
    let short = store.put(right, size, pieces(&content[1..])).await.unwrap_err();
    assert!(matches!(short, PutError::WrongSize { found: Some(found), .. } if found == size - 1), "{short}");
    let long = store.put(right, size - 1, pieces(&content)).await.unwrap_err();
    assert!(matches!(long, PutError::WrongSize { found: None, .. }), "{long}");
    let broken = pieces(&content).take(100).chain(stream::iter([Err("the line was cut".to_owned())]));
    let broken = store.put(right, size, broken).await.unwrap_err();
    assert!(matches!(&broken, PutError::Broken(why) if why == "the line was cut"), "{broken}");
    let most = store.limits().document_bytes_max;
    let huge = store.put(right, most + 1, pieces(b"")).await.unwrap_err();
    assert!(matches!(huge, PutError::TooLarge { .. }), "{huge}");
    assert_eq!(store.head(&right).await.unwrap(), None);
    assert_eq!(scratch.files(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_sender_who_falls_silent_is_left_and_one_who_goes_away_leaves_nothing() {
    let mut scratch = Scratch::new();
    scratch.settings.silence_max_ms = 200;
    scratch.settings.uploads_max = 1;
    let store = scratch.open().await;
    let endless = || pieces(b"begin").chain(stream::pending());
    let slow = store.put(digest(b"beginning"), 9, endless()).await.unwrap_err();
    assert!(matches!(slow, PutError::Slow), "{slow}");
    // The caller gives up; what it began is ended all the same.
    let left = tokio::time::timeout(
        std::time::Duration::from_millis(50),
        store.put(digest(b"beginning"), 9, endless()),
    );
    assert!(left.await.is_err());
    let busy = store.put(digest(b"x"), 1, pieces(b"x")).await.unwrap_err();
    assert!(matches!(busy, PutError::Busy), "{busy}");
    while matches!(store.put(digest(b"x"), 1, pieces(b"x")).await, Err(PutError::Busy)) {
        tokio::task::yield_now().await;
    }
    assert_eq!(scratch.files(), [scratch.path_of(&digest(b"x"))]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_identical_puts_at_a_time_one_stores() {
    let mut scratch = Scratch::new();
    scratch.settings.uploads_max = 32;
    let store = scratch.open().await;
    let content = vec![9; 9 * 1024 * 1024];
    let puts = (0..16).map(|_| store.put(digest(&content), content.len() as u64, pieces(&content)));
    let puts = futures::future::join_all(puts).await;
    let stored = puts.iter().filter(|put| matches!(put, Ok(Put::Stored))).count();
    let there = puts.iter().filter(|put| matches!(put, Ok(Put::AlreadyThere))).count();
    assert_eq!((stored, there), (1, 15), "{puts:?}");
    assert_eq!(scratch.files().len(), 1);
    assert!(read(&store, &content).await.unwrap() == content);
}

#[tokio::test]
async fn a_damaged_document_is_named_never_ends_well_and_is_mended_by_its_own_bytes() {
    let scratch = Scratch::new();
    let store = scratch.open().await;
    for content in [b"a small one".to_vec(), large()] {
        let (digest, size) = (digest(&content), content.len() as u64);
        store.put(digest, size, pieces(&content)).await.unwrap();
        let mut damaged = content.clone();
        *damaged.last_mut().unwrap() ^= 0x80;
        std::fs::write(scratch.path_of(&digest), &damaged).unwrap();
        let error = read(&store, &content).await.unwrap_err();
        assert!(matches!(error, GetError::Damaged(named) if named == digest), "{error}");
        let mut body = store.get(digest, size).await.unwrap();
        let mut given = 0;
        while let Some(Ok(piece)) = body.next().await {
            given += piece.len() as u64;
        }
        assert!(given < size, "{given} of {size}");
        std::fs::write(scratch.path_of(&digest), &content[1..]).unwrap();
        assert!(matches!(store.get(digest, size).await, Err(GetError::Damaged(_))));
        assert_eq!(store.put(digest, size, pieces(&content)).await.unwrap(), Put::Stored);
        assert!(read(&store, &content).await.unwrap() == content);
    }
}

#[tokio::test]
async fn leftovers_of_a_crash_are_deleted_at_the_next_start_and_documents_are_not() {
    let scratch = Scratch::new();
    let store = scratch.open().await;
    store.put(digest(b"kept"), 4, pieces(b"kept")).await.unwrap();
    drop(store);
    let incoming = scratch.root().join("incoming");
    std::fs::create_dir_all(&incoming).unwrap();
    for name in ["0123", "4567#1"] {
        std::fs::write(incoming.join(name), b"half").unwrap();
    }
    let store = scratch.open().await;
    assert_eq!(scratch.files(), [scratch.path_of(&digest(b"kept"))]);
    assert_eq!(read(&store, b"kept").await.unwrap(), b"kept");
}

#[tokio::test]
async fn a_reader_who_takes_nothing_holds_a_place_for_a_while_only() {
    let mut scratch = Scratch::new();
    (scratch.settings.silence_max_ms, scratch.settings.downloads_max) = (200, 1);
    let store = scratch.open().await;
    let content = large();
    let (digest, size) = (digest(&content), content.len() as u64);
    store.put(digest, size, pieces(&content)).await.unwrap();
    let mut idle = store.get(digest, size).await.unwrap();
    assert!(matches!(store.get(digest, size).await, Err(GetError::Busy)));
    while matches!(store.get(digest, size).await, Err(GetError::Busy)) {
        tokio::task::yield_now().await;
    }
    let mut last = None;
    while let Some(piece) = idle.next().await {
        last = Some(piece);
    }
    assert!(matches!(last, Some(Err(GetError::Slow))), "what it has is not the document");
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("documents"), b"a file").unwrap();
    let settings = DocumentSettings::default().within(folder.path());
    let error = DocumentStore::open(&settings).await.unwrap_err();
    assert!(matches!(&error, OpenError::File { path, .. } if path.ends_with("documents")), "{error}");
}

//! A node of one record, behind the real server: its documents are on a real folder, and some of its answers hang.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use biaozheng_api::backend::Page;
use biaozheng_api::{
    ApiLimits, Backend, BackendError, Lookup, NamedDocument, Newest, Settled, SubmitError, Submitted, Wanted,
    serve,
};
use biaozheng_api_scenes::log::NoState;
use biaozheng_documents::{DocumentSettings, DocumentStore};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, Height, ProjectId, RecordId};
use biaozheng_ledger::payload::DocumentReference;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub(crate) fn record() -> RecordId {
    RecordId::new(Digest::of(b"the record"))
}

pub(crate) fn document(content: &[u8]) -> DocumentDigest {
    DocumentDigest::new(Digest::of(content))
}

struct Node {
    named: Arc<Mutex<Vec<NamedDocument>>>,
    documents: DocumentStore,
}

type Found<T> = Result<T, BackendError>;

#[async_trait]
impl Backend for Node {
    async fn submit(&self, _: Bytes) -> Result<Submitted, SubmitError> {
        Err(SubmitError::Malformed("this node takes no record".to_owned()))
    }
    async fn wait(&self, _: RecordId, _: Wanted, _: Duration) -> Found<Settled> {
        Ok(Settled::Timeout { stage: "received" })
    }
    fn record(&self, _: &RecordId) -> Found<Lookup<Value>> {
        Ok(Lookup::NotFound)
    }
    fn certificate(&self, _: &RecordId) -> Found<Lookup<String>> {
        Ok(Lookup::NotFound)
    }
    fn verify(&self, _: &[u8], _: Option<(Digest, u64)>) -> Result<Value, String> {
        Err("this node verifies nothing".to_owned())
    }
    fn newest(&self) -> Newest<'_> {
        let chain = biaozheng_ledger::ids::ChainId::new(Digest::of(b"no chain"));
        let block = biaozheng_contracts::BlockContext {
            chain,
            height: Height::GENESIS,
            time: biaozheng_ledger::ids::TimeMs::new(0),
        };
        Newest { block, state: Box::new(NoState) }
    }
    fn project_records(&self, _: &ProjectId, _: Option<u64>, _: usize) -> Found<Page> {
        Ok((Vec::new(), None))
    }
    fn blocks(&self, _: Option<Height>, _: usize) -> Found<Page> {
        Ok((Vec::new(), None))
    }
    fn blocks_newest(&self, _: Option<Height>, _: usize) -> Found<Page> {
        Ok((Vec::new(), None))
    }
    fn projects_newest(&self, _: Option<u64>, _: usize) -> Found<Page> {
        Ok((Vec::new(), None))
    }
    fn operator(&self) -> Found<Value> {
        Ok(Value::Null)
    }
    fn block(&self, _: Height) -> Found<Option<Value>> {
        Ok(None)
    }
    /// Blocks its thread, as a slow disk would.
    fn checkpoint(&self) -> Found<Option<String>> {
        std::thread::sleep(Duration::from_secs(2));
        Ok(None)
    }
    fn consistency(&self, _: u64, _: u64) -> Found<Option<Value>> {
        Ok(None)
    }
    fn genesis(&self) -> String {
        json!({}).to_string()
    }
    fn policy(&self) -> String {
        String::new()
    }
    /// Never comes.
    async fn status(&self) -> Value {
        std::future::pending().await
    }
    fn not_ready(&self) -> Vec<String> {
        Vec::new()
    }
    fn metrics(&self) -> String {
        String::new()
    }

    fn height(&self) -> Height {
        Height::GENESIS
    }

    async fn committed(&self, _: Height, timeout: Duration) {
        tokio::time::sleep(timeout).await;
    }

    fn log_size(&self) -> Found<u64> {
        Ok(0)
    }

    fn history_nodes(&self, _: u8, _: std::ops::Range<u64>) -> Found<Vec<biaozheng_ledger::merkle::Hash>> {
        Ok(Vec::new())
    }

    fn entries(&self, _: std::ops::Range<u64>) -> Found<Vec<Vec<u8>>> {
        Ok(Vec::new())
    }

    fn document_of(&self, id: &RecordId, digest: &DocumentDigest) -> Found<Lookup<NamedDocument>> {
        let named = self.named.lock().unwrap();
        let found = named.iter().find(|one| *id == record() && one.reference.digest == *digest);
        Ok(found.map_or(Lookup::NotFound, |one| Lookup::Found(one.clone())))
    }
    fn documents(&self) -> Option<DocumentStore> {
        Some(self.documents.clone())
    }
}

/// An answer as it came over the socket; its body may have been cut off.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Status and code of a problem.
    pub(crate) fn problem(&self) -> (u16, String) {
        let text = String::from_utf8_lossy(&self.body);
        let problem: Value =
            serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}: {text}", self.status));
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert!(!self.header("x-request-id").is_empty());
        assert_eq!(problem["status"], self.status);
        (self.status, problem["code"].as_str().unwrap().to_owned())
    }
}

pub(crate) struct Server {
    folder: tempfile::TempDir,
    address: std::net::SocketAddr,
    named: Arc<Mutex<Vec<NamedDocument>>>,
}

impl Server {
    pub(crate) async fn start(limits: ApiLimits, set: impl FnOnce(&mut DocumentSettings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = DocumentSettings::default().within(folder.path());
        set(&mut settings);
        let named = Arc::new(Mutex::new(Vec::new()));
        let documents = DocumentStore::open(&settings).await.unwrap();
        let node = Arc::new(Node { named: Arc::clone(&named), documents });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, node, limits, std::future::pending()));
        Self { folder, address, named }
    }

    /// Lets the record name this document, and says where it is.
    pub(crate) fn names(&self, name: &str, media_type: &str, content: &[u8], public: bool) -> String {
        let (digest, size) = (document(content), content.len() as u64);
        let reference =
            DocumentReference { name: name.to_owned(), digest, size, media_type: media_type.to_owned() };
        self.named.lock().unwrap().push(NamedDocument { reference, public });
        format!("/v1/records/{}/documents/{digest}", record())
    }

    /// One whose content nobody has.
    pub(crate) fn names_size(&self, name: &str, digest: DocumentDigest, size: u64) -> String {
        let reference = DocumentReference { name: name.into(), digest, size, media_type: "a/b".into() };
        self.named.lock().unwrap().push(NamedDocument { reference, public: true });
        format!("/v1/records/{}/documents/{digest}", record())
    }

    /// Every file under the store of documents.
    pub(crate) fn stored(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { walk(&path, found) } else { found.push(path) }
            }
        }
        let mut found = Vec::new();
        walk(&self.folder.path().join("documents"), &mut found);
        found
    }

    /// Sends these bytes and nothing more; the connection stays open for the answer.
    pub(crate) async fn begin(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream
    }

    /// One request, one answer. The server may answer before it read everything.
    pub(crate) async fn exchange(&self, request: &[u8]) -> Answer {
        let (mut reader, mut writer) = TcpStream::connect(self.address).await.unwrap().into_split();
        let (answer, _) = tokio::join!(answer(&mut reader), writer.write_all(request));
        answer
    }

    /// One request, one answer, by a sender that looks for the answer only when everything is written.
    pub(crate) async fn exchange_in_turn(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        answer(&mut stream).await
    }

    /// Sends `head`, then `piece` after every pause until there is an answer.
    pub(crate) async fn drip(&self, head: &[u8], piece: &[u8], pause: Duration) -> Answer {
        let (mut reader, mut writer) = TcpStream::connect(self.address).await.unwrap().into_split();
        writer.write_all(head).await.unwrap();
        let drip = async {
            loop {
                tokio::time::sleep(pause).await;
                if writer.write_all(piece).await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::select! {
            answer = answer(&mut reader) => answer,
            () = drip => unreachable!("it goes on until there is an answer"),
        }
    }
}

async fn answer(reader: &mut (impl tokio::io::AsyncRead + Unpin)) -> Answer {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 256 * 1024];
    let head_end = loop {
        let read = reader.read(&mut piece).await.unwrap();
        assert!(read > 0, "no answer: {}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&piece[..read]);
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map(|(_, value)| value.parse().unwrap());
    let mut body = bytes.split_off(head_end + 4);
    while length.is_none_or(|length: usize| body.len() < length) {
        match reader.read(&mut piece).await {
            Ok(read @ 1..) => body.extend_from_slice(&piece[..read]),
            _ => break,
        }
    }
    Answer { status, headers, body }
}

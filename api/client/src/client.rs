//! A node's HTTP interface, one method a route.

use std::time::Duration;

use biaozheng_connect::Trust;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, DocumentDigest, Height, OrgId, ProjectId, RecordId};
use biaozheng_ledger::merkle::Hash;
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ClientError;
use crate::model::{Block, Page, PageQuery, Status, Submission, Wait};
use crate::transport::{ANSWER_TIMEOUT, Call, Transport};

/// How much longer than the node waits the client waits for its answer.
const WAIT_GRACE: Duration = Duration::from_secs(5);

/// A node's client. Cheap to clone; clones share connections, which are kept alive.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) transport: Transport,
}

type Answer<T> = Result<T, ClientError>;

impl Client {
    /// For a node at `http://HOST:PORT` or `https://HOST`. Connects when first used. Certificates are judged by the
    /// operating system's authorities and those this program was told of ([`Trust::share`]).
    ///
    /// # Errors
    /// [`ClientError::Address`].
    pub fn new(base_url: &str) -> Answer<Self> {
        Self::trusting(base_url, &Trust::shared())
    }

    /// The same with authorities of one's own.
    ///
    /// # Errors
    /// [`ClientError::Address`].
    pub fn trusting(base_url: &str, trust: &Trust) -> Answer<Self> {
        Ok(Self { transport: Transport::new(base_url, trust)? })
    }

    /// The node's address without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.transport.base()
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Answer<T> {
        self.transport.json(Call::get(path, &[])).await
    }

    async fn page<T: DeserializeOwned>(&self, path: &[&str], query: &PageQuery) -> Answer<Page<T>> {
        self.transport.json(Call::get(path, &query.pairs())).await
    }

    /// `POST /v1/records`: one try. Sending the same record again is safe: its id is accepted once.
    ///
    /// # Errors
    /// [`ClientError`]; a refusal by a rule is a [`ClientError::Problem`] with rule, value and article.
    pub async fn submit(&self, envelope_json: &str, wait: Wait, timeout: Duration) -> Answer<Submission> {
        let timeout_ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        let query = [("wait", wait.as_str().to_owned()), ("timeout_ms", timeout_ms.to_string())];
        let (query, timeout) = match wait {
            Wait::Receipt => (query.get(..1).unwrap_or_default(), ANSWER_TIMEOUT),
            Wait::Committed | Wait::Certificate => (query.as_slice(), timeout.saturating_add(WAIT_GRACE)),
        };
        let body = Some(envelope_json.as_bytes().to_vec());
        self.transport
            .json(Call { method: Method::POST, path: &["v1", "records"], query, body, timeout })
            .await
    }

    /// `GET /v1/records/{id}`: state, place and, where it is public, the envelope.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn record(&self, id: &RecordId) -> Answer<Value> {
        self.get(&["v1", "records", &id.to_string()]).await
    }

    /// `GET /v1/records/{id}/certificate`: the certificate's text, byte for byte.
    ///
    /// # Errors
    /// [`ClientError`]; a problem while the record waits for its checkpoint.
    pub async fn certificate(&self, id: &RecordId) -> Answer<String> {
        let id = id.to_string();
        self.transport.text(Call::get(&["v1", "records", &id, "certificate"], &[])).await
    }

    /// `POST /v1/certificates/verify`, with a document's digest and size if it should be one of the record's.
    /// A node's word for it; `biaozheng-verify` needs no node.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn verify_certificate(
        &self,
        certificate: &str,
        document: Option<(&DocumentDigest, u64)>,
    ) -> Answer<Value> {
        let body = Some(certificate.as_bytes().to_vec());
        let query: Vec<_> = document
            .into_iter()
            .flat_map(|(digest, size)| [("document", digest.to_string()), ("size", size.to_string())])
            .collect();
        let query = query.as_slice();
        let path = &["v1", "certificates", "verify"];
        self.transport.json(Call { method: Method::POST, path, query, body, timeout: ANSWER_TIMEOUT }).await
    }

    /// `GET /v1/projects`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn projects(&self, query: &PageQuery) -> Answer<Page<Value>> {
        self.page(&["v1", "projects"], query).await
    }

    /// `GET /v1/projects/{id}`: the project with its timeline.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn project(&self, id: &ProjectId) -> Answer<Value> {
        self.get(&["v1", "projects", id.as_str()]).await
    }

    /// `GET /v1/projects/{id}/heads`: what the project's next record must name as `previous`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn project_heads(&self, id: &ProjectId) -> Answer<Value> {
        self.get(&["v1", "projects", id.as_str(), "heads"]).await
    }

    /// `GET /v1/projects/{id}/records`, in the order of the chain.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn project_records(&self, id: &ProjectId, query: &PageQuery) -> Answer<Page<Value>> {
        self.page(&["v1", "projects", id.as_str(), "records"], query).await
    }

    /// `GET /v1/projects/{id}/bids`: bids that were sealed to the group, once they are open.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn opened_bids(&self, id: &ProjectId, query: &PageQuery) -> Answer<Page<Value>> {
        self.page(&["v1", "projects", id.as_str(), "bids"], query).await
    }

    /// `GET /v1/projects/{id}/opening`: what `bids.opened/1` has to list, or what it waits for.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn opening(&self, id: &ProjectId) -> Answer<Value> {
        self.get(&["v1", "projects", id.as_str(), "opening"]).await
    }

    /// `GET /v1/sealing/entries/{digest}`: what became of a sealed entry. Before its slot is opened the question tells the
    /// node whose entry it is.
    ///
    /// # Errors
    /// [`ClientError`]; a problem `not_found` where the node has no such entry.
    pub async fn sealed_entry(&self, digest: &Digest) -> Answer<Value> {
        self.get(&["v1", "sealing", "entries", &digest.to_string()]).await
    }

    /// `GET /v1/projects/{id}/models`: the building models of opened bids.
    ///
    /// # Errors
    /// [`ClientError`]; a problem `not_found` where the tender asks for none.
    pub async fn models(&self, id: &ProjectId) -> Answer<Value> {
        self.get(&["v1", "projects", id.as_str(), "models"]).await
    }

    /// `GET /v1/projects/{id}/complaints`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn complaints(&self, id: &ProjectId) -> Answer<Value> {
        self.get(&["v1", "projects", id.as_str(), "complaints"]).await
    }

    /// `GET /v1/projects/{id}/listing`.
    ///
    /// # Errors
    /// [`ClientError`]; a problem `not_found` where the project is no listing.
    pub async fn listing(&self, id: &ProjectId) -> Answer<Value> {
        self.get(&["v1", "projects", id.as_str(), "listing"]).await
    }

    /// `GET /v1/alerts`: what supervision raised, open and disposed of.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn alerts(&self, query: &PageQuery) -> Answer<Page<Value>> {
        self.page(&["v1", "alerts"], query).await
    }

    /// `GET /v1/imported`: past projects, which were not run under these rules.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn imported(&self, query: &PageQuery) -> Answer<Page<Value>> {
        self.page(&["v1", "imported"], query).await
    }

    /// `GET /v1/indicators`: computed now, of archives sealed from `from_ms` on and before `until_ms`.
    ///
    /// # Errors
    /// [`ClientError`]; a problem `not_found` when too many projects ended in the period.
    pub async fn indicators(&self, from_ms: u64, until_ms: u64) -> Answer<Value> {
        let query = [("from_ms", from_ms.to_string()), ("until_ms", until_ms.to_string())];
        self.transport.json(Call::get(&["v1", "indicators"], &query)).await
    }

    /// `GET /v1/blocks`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn blocks(&self, query: &PageQuery) -> Answer<Page<Value>> {
        self.page(&["v1", "blocks"], query).await
    }

    /// `GET /v1/blocks/{height}`: header and the ids of its records.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn block(&self, height: Height) -> Answer<Block> {
        self.get(&["v1", "blocks", &height.to_string()]).await
    }

    /// `GET /v1/checkpoint`: the newest cosigned checkpoint, a C2SP signed note.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn checkpoint(&self) -> Answer<String> {
        self.transport.text(Call::get(&["v1", "checkpoint"], &[])).await
    }

    /// `GET /v1/consistency`: the proof that the tree of `to` leaves continues the one of `from`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn consistency(&self, from: u64, to: u64) -> Answer<Value> {
        let query = [("from", from.to_string()), ("to", to.to_string())];
        self.transport.json(Call::get(&["v1", "consistency"], &query)).await
    }

    /// `GET /v1/consistency` as hashes.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn consistency_hashes(&self, from: u64, to: u64) -> Answer<Vec<Hash>> {
        if from == to {
            return Ok(Vec::new());
        }
        let answer = self.consistency(from, to).await?;
        hashes(&answer).ok_or_else(|| self.pathless("/v1/consistency"))
    }

    /// `GET /v1/records/{id}/inclusion`: leaf and proof of a record in the tree of `size` leaves.
    ///
    /// # Errors
    /// [`ClientError`]; a problem where the record is in no tree of this size.
    pub async fn inclusion(&self, id: &RecordId, size: u64) -> Answer<(u64, Vec<Hash>)> {
        let (id, query) = (id.to_string(), [("size", size.to_string())]);
        let answer: Value =
            self.transport.json(Call::get(&["v1", "records", &id, "inclusion"], &query)).await?;
        let leaf = answer.get("leaf").and_then(Value::as_u64);
        leaf.zip(hashes(&answer)).ok_or_else(|| self.pathless(&format!("/v1/records/{id}/inclusion")))
    }

    fn pathless(&self, route: &str) -> ClientError {
        ClientError::Unexpected {
            url: format!("{}{route}", self.base_url()),
            reason: "no path of hashes".to_owned(),
        }
    }

    /// `GET /v1/chains/{chain}`: a chain that enters its checkpoints there; nothing when it is not registered.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn chain(&self, chain: &ChainId) -> Answer<Option<Value>> {
        match self.get(&["v1", "chains", &chain.to_string()]).await {
            Err(ClientError::Problem(problem)) if problem.status == 404 => Ok(None),
            answered => answered.map(Some),
        }
    }

    /// `GET /v1/chains/{chain}/checkpoints`: those of at least so many leaves, smallest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn anchored_checkpoints(&self, chain: &ChainId, from_size: u64) -> Answer<Page<Value>> {
        let (chain, query) = (chain.to_string(), [("from_size", from_size.to_string())]);
        self.transport.json(Call::get(&["v1", "chains", &chain, "checkpoints"], &query)).await
    }

    /// `GET /v1/participants`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn participants(&self, query: &PageQuery) -> Answer<Page<Value>> {
        self.page(&["v1", "participants"], query).await
    }

    /// `GET /v1/participants/{org}`: roles and keys.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn participant(&self, org: &OrgId) -> Answer<Value> {
        self.get(&["v1", "participants", org.as_str()]).await
    }

    /// `GET /v1/rulebooks`: the newest of each category.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn rulebooks(&self) -> Answer<Page<Value>> {
        self.get(&["v1", "rulebooks"]).await
    }

    /// `GET /v1/rulebooks/{digest}`: its text, exactly as published.
    ///
    /// # Errors
    /// [`ClientError`]; also when the text does not hash to the digest.
    pub async fn rulebook(&self, digest: &Digest) -> Answer<String> {
        let name = digest.to_string();
        let text = self.transport.text(Call::get(&["v1", "rulebooks", &name], &[])).await?;
        if Digest::of(text.as_bytes()) != *digest {
            let url = format!("{}/v1/rulebooks/{name}", self.base_url());
            return Err(ClientError::Unexpected { url, reason: "the text has another digest".to_owned() });
        }
        Ok(text)
    }

    /// `GET /v1/tightenings`: what district centres tighten in each category.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn tightenings(&self) -> Answer<Page<Value>> {
        self.get(&["v1", "tightenings"]).await
    }

    /// `GET /v1/tightenings/{digest}`: a district's text, exactly as published.
    ///
    /// # Errors
    /// [`ClientError`]; also when the text does not hash to the digest.
    pub async fn tightening(&self, digest: &Digest) -> Answer<String> {
        let name = digest.to_string();
        let text = self.transport.text(Call::get(&["v1", "tightenings", &name], &[])).await?;
        if Digest::of(text.as_bytes()) != *digest {
            let url = format!("{}/v1/tightenings/{name}", self.base_url());
            return Err(ClientError::Unexpected { url, reason: "the text has another digest".to_owned() });
        }
        Ok(text)
    }

    /// `GET /v1/calendars`: every calendar ever published.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn calendars(&self) -> Answer<Page<Value>> {
        self.get(&["v1", "calendars"]).await
    }

    /// `GET /v1/projects/{id}/rulebook`: what holds for a project, as one text.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn project_rulebook(&self, id: &ProjectId) -> Answer<String> {
        self.transport.text(Call::get(&["v1", "projects", id.as_str(), "rulebook"], &[])).await
    }

    /// `GET /v1/genesis`, checked as a genesis. Trust it only after comparing its chain id with a known one.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn genesis(&self) -> Answer<Genesis> {
        let bytes = self.transport.bytes(Call::get(&["v1", "genesis"], &[])).await?;
        Genesis::from_json(&bytes).map_err(|error| ClientError::Unexpected {
            url: format!("{}/v1/genesis", self.base_url()),
            reason: error.to_string(),
        })
    }

    /// `GET /v1/policy`: the C2SP policy text. Hand it to verifiers by a way that does not pass this node.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn policy(&self) -> Answer<String> {
        self.transport.text(Call::get(&["v1", "policy"], &[])).await
    }

    /// `GET /v1/sealing`: the groups of sealed bids. Hold the keys against their record's certificate before you seal.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn sealing(&self) -> Answer<Value> {
        self.get(&["v1", "sealing"]).await
    }

    /// `GET /v1/validators`: whose nodes vote.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn validators(&self) -> Answer<Value> {
        self.get(&["v1", "validators"]).await
    }

    /// `GET /v1/sealing/tokens/{record}`: the blind signatures a request for tokens has got.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn token_signatures(&self, request: &RecordId) -> Answer<Value> {
        self.get(&["v1", "sealing", "tokens", &request.to_string()]).await
    }

    /// `GET /v1/status`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn status(&self) -> Answer<Status> {
        self.get(&["v1", "status"]).await
    }

    /// `GET /v1/status` as the node wrote it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn status_json(&self) -> Answer<Value> {
        self.get(&["v1", "status"]).await
    }

    /// `GET /health/live`: `Ok` when the process answers.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn live(&self) -> Answer<()> {
        self.transport.bytes(Call::get(&["health", "live"], &[])).await.map(|_| ())
    }

    /// `GET /health/ready`: `Ok` when the node takes records.
    ///
    /// # Errors
    /// [`ClientError`], a problem saying what is missing.
    pub async fn ready(&self) -> Answer<()> {
        self.transport.bytes(Call::get(&["health", "ready"], &[])).await.map(|_| ())
    }

    /// `GET /metrics`: OpenMetrics text.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn metrics(&self) -> Answer<String> {
        self.transport.text(Call::get(&["metrics"], &[])).await
    }
}

/// The hashes of a proof.
fn hashes(answer: &Value) -> Option<Vec<Hash>> {
    let hash = |one: &Value| hex::decode(one.as_str()?).ok()?.try_into().ok();
    answer.get("path")?.as_array()?.iter().map(hash).collect()
}

//! One HTTP exchange: bounded in time and in bytes, its failures told apart.

use std::time::{Duration, SystemTime};

use biaozheng_connect::Trust;
use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Method, Response, Url};
use serde::de::DeserializeOwned;

use crate::error::{ClientError, Problem};

/// Largest answer taken into memory, bytes: above the largest page, block list and certificate.
pub(crate) const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A node closes a connection on which nothing came for `api.header_timeout_ms`, 10 s by default: given up before that, it
/// is not closed under a request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an answer without waiting may take.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// The connection pool and the node's address.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    base: Url,
}

/// One request. Path segments are escaped, so an id from elsewhere cannot become another path.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a [(&'a str, String)],
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) timeout: Duration,
}

impl<'a> Call<'a> {
    pub(crate) fn get(path: &'a [&'a str], query: &'a [(&'a str, String)]) -> Self {
        Self { method: Method::GET, path, query, body: None, timeout: ANSWER_TIMEOUT }
    }
}

impl Transport {
    pub(crate) fn new(address: &str, trust: &Trust) -> Result<Self, ClientError> {
        let refuse =
            |reason: &str| ClientError::Address { address: address.to_owned(), reason: reason.to_owned() };
        let base = Url::parse(address).map_err(|error| refuse(&error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(refuse("this client speaks http:// and https://"));
        }
        if base.cannot_be_a_base() || base.host_str().is_none() || base.query().is_some() {
            return Err(refuse("there is no host in it, or a query"));
        }
        let http = trust
            .client_for(&base)
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_nodelay(true)
            .pool_max_idle_per_host(1024)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .user_agent(crate::author::TOOL)
            .build()
            .map_err(|error| refuse(&error.to_string()))?;
        Ok(Self { http, base })
    }

    pub(crate) fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    fn url(&self, call: &Call<'_>) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(call.path);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut()
                .extend_pairs(call.query.iter().map(|(name, value)| (*name, value.as_str())));
        }
        url
    }

    async fn send(&self, call: Call<'_>) -> Result<(Url, Response), ClientError> {
        let url = self.url(&call);
        let again = call.method == Method::GET;
        match self.attempt(&url, &call).await {
            // A kept connection can be closed while a request is on its way; asking again is safe (RFC 9110 §9.2.2).
            Err(error) if again && !error.is_timeout() && !error.is_connect() => {
                self.attempt(&url, &call).await
            }
            answer => answer,
        }
        .map(|response| (url.clone(), response))
        .map_err(|error| unreachable(&url, &error))
    }

    async fn attempt(&self, url: &Url, call: &Call<'_>) -> Result<Response, reqwest::Error> {
        let mut request = self.http.request(call.method.clone(), url.clone()).timeout(call.timeout);
        request = request.header(ACCEPT, "application/json, application/problem+json, */*");
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        request.send().await
    }

    /// The body of a successful answer.
    pub(crate) async fn bytes(&self, call: Call<'_>) -> Result<Vec<u8>, ClientError> {
        let (url, response) = self.send(call).await?;
        read(&url, successful(&url, response).await?).await
    }

    /// A successful answer whose body is still to come.
    pub(crate) async fn open(&self, call: Call<'_>) -> Result<(Url, Response), ClientError> {
        let (url, response) = self.send(call).await?;
        let response = successful(&url, response).await?;
        Ok((url, response))
    }

    /// Sends a body of so many bytes in pieces.
    pub(crate) async fn put(
        &self,
        path: &[&str],
        (body, size): (Body, u64),
        timeout: Duration,
    ) -> Result<(), ClientError> {
        let url = self.url(&Call::get(path, &[]));
        let request = self.http.put(url.clone()).timeout(timeout).body(body);
        let request = request.header(CONTENT_LENGTH, size).header(CONTENT_TYPE, "application/octet-stream");
        let response = request.send().await.map_err(|error| unreachable(&url, &error))?;
        read(&url, successful(&url, response).await?).await.map(drop)
    }

    pub(crate) async fn text(&self, call: Call<'_>) -> Result<String, ClientError> {
        let url = self.url(&call);
        String::from_utf8(self.bytes(call).await?).map_err(|_| unexpected(&url, "not UTF-8".into()))
    }

    pub(crate) async fn json<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, ClientError> {
        let url = self.url(&call);
        let bytes = self.bytes(call).await?;
        serde_json::from_slice(&bytes).map_err(|error| unexpected(&url, error.to_string()))
    }
}

/// The answer, unless it is a problem.
async fn successful(url: &Url, response: Response) -> Result<Response, ClientError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    if let Some(redirect) = biaozheng_connect::redirect(&response) {
        return Err(unexpected(url, redirect));
    }
    let request_id = response.headers().get("x-request-id").and_then(|id| Some(id.to_str().ok()?.to_owned()));
    // A part of a second is a second: nobody comes back before he was asked to.
    let retry_after_s = biaozheng_connect::retry_after(response.headers(), SystemTime::now())
        .map(|wait| wait.as_millis().div_ceil(1000))
        .and_then(|seconds| u64::try_from(seconds).ok());
    match serde_json::from_slice::<Problem>(&read(url, response).await?) {
        Ok(problem) if !problem.code.is_empty() => Err(ClientError::Problem(Box::new(Problem {
            status: status.as_u16(),
            request_id,
            retry_after_s,
            ..problem
        }))),
        // A proxy before a node that is being started again says so in its own words.
        _ if matches!(status.as_u16(), 408 | 429 | 502 | 503 | 504) => {
            let title = format!("HTTP {status} from what stands before the node 节点前的代理暂不可用");
            let code = "unavailable".to_owned();
            let problem = Problem {
                status: status.as_u16(),
                code,
                title,
                request_id,
                retry_after_s,
                ..Problem::default()
            };
            Err(ClientError::Problem(Box::new(problem)))
        }
        _ => Err(unexpected(url, format!("HTTP {status} without a problem description"))),
    }
}

async fn read(url: &Url, mut response: Response) -> Result<Vec<u8>, ClientError> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len().saturating_add(chunk.len()) > ANSWER_BYTES_MAX => {
                return Err(unexpected(url, format!("more than {ANSWER_BYTES_MAX} bytes")));
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(bytes),
            Err(error) => return Err(unreachable(url, &error)),
        }
    }
}

pub(crate) fn unexpected(url: &Url, reason: String) -> ClientError {
    ClientError::Unexpected { url: url.to_string(), reason }
}

pub(crate) fn unreachable(url: &Url, error: &reqwest::Error) -> ClientError {
    ClientError::Unreachable { url: url.to_string(), reason: biaozheng_connect::reason(error) }
}

//! Lets the object store speak through reqwest as the rest of the workspace has it.

use std::error::Error as _;

use async_trait::async_trait;
use biaozheng_connect::Trust;
use http_body_util::BodyExt as _;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};

use crate::limits::{CONNECT_TIMEOUT, READ_TIMEOUT};

/// One client; its connections are shared by every request to the bucket.
#[derive(Clone, Debug)]
pub(crate) struct Connector(reqwest::Client);

impl Connector {
    pub(crate) fn new(endpoint: &str, allow_http: bool, trust: &Trust) -> Result<Self, String> {
        let endpoint = reqwest::Url::parse(endpoint).map_err(|error| error.to_string())?;
        let client = trust
            .client_for(&endpoint)
            .https_only(!allow_http)
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .tcp_nodelay(true);
        Ok(Self(client.build().map_err(|error| biaozheng_connect::reason(&error))?))
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Connector {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let url = reqwest::Url::parse(&parts.uri.to_string())
            .map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
        let mut request = reqwest::Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        *request.body_mut() = Some(reqwest::Body::wrap(body));
        let response = self.0.execute(request).await.map_err(failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = reqwest::Body::from(response).map_err(failed);
        let mut answer = HttpResponse::new(HttpResponseBody::new(body));
        (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
        Ok(answer)
    }
}

/// Says whether trying again may help. The address is left out: the caller names it, without its signature.
fn failed(error: reqwest::Error) -> HttpError {
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_decode() {
        HttpErrorKind::Decode
    } else {
        kind_of_cause(&error)
    };
    HttpError::new(kind, error.without_url())
}

fn kind_of_cause(error: &reqwest::Error) -> HttpErrorKind {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>()
            && matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
        {
            return HttpErrorKind::Interrupted;
        }
        cause = error.source();
    }
    // A connection kept open that the server had closed meanwhile.
    if error.is_request() { HttpErrorKind::Request } else { HttpErrorKind::Unknown }
}

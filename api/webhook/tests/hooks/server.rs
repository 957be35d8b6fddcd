//! A receiver: an HTTP server that keeps what it was sent and answers as it is told.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderMap;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) answered: u16,
}

/// A status, and a header with it.
type Answer = (u16, Option<(&'static str, String)>);

#[derive(Default)]
struct Inner {
    received: Mutex<Vec<Received>>,
    /// The next answers; after them 204. 0 never answers.
    script: Mutex<VecDeque<Answer>>,
    count: watch::Sender<usize>,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    inner: Arc<Inner>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, inner) = (listener.local_addr().unwrap(), Arc::new(Inner::default()));
        let shared = Arc::clone(&inner);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let inner = Arc::clone(&shared);
                let service = service_fn(move |request| answer(Arc::clone(&inner), request));
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { address, inner }
    }

    pub(crate) fn then(&self, status: u16, header: Option<(&'static str, String)>) -> &Self {
        self.inner.script.lock().unwrap().push_back((status, header));
        self
    }

    /// Waits until so many requests have come.
    pub(crate) async fn requests(&self, count: usize) -> std::sync::MutexGuard<'_, Vec<Received>> {
        let mut counts = self.inner.count.subscribe();
        let wait = counts.wait_for(|now| *now >= count);
        let limit = std::time::Duration::from_secs(60);
        tokio::time::timeout(limit, wait).await.expect("requests must come").unwrap();
        self.inner.received.lock().unwrap()
    }

    pub(crate) fn count(&self) -> usize {
        *self.inner.count.borrow()
    }
}

async fn answer(inner: Arc<Inner>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    assert_eq!(parts.method, hyper::Method::POST);
    let (status, header) = inner.script.lock().unwrap().pop_front().unwrap_or((204, None));
    let path = parts.uri.path().to_owned();
    inner.received.lock().unwrap().push(Received { path, headers: parts.headers, body, answered: status });
    inner.count.send_modify(|count| *count += 1);
    if status == 0 {
        std::future::pending::<()>().await;
    }
    let mut answer = Response::builder().status(status);
    if let Some((name, value)) = header {
        answer = answer.header(name, value);
    }
    Ok(answer.body(Full::default()).unwrap())
}

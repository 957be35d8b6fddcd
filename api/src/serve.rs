//! The accept loop: `axum::serve` sets no header timeout, so this one does, and bounds connections.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;
use tracing::debug;

use crate::backend::Backend;
use crate::limits::ApiLimits;
use crate::routes::router;
use crate::shortage::Shortage;

/// Serves until `shutdown` resolves, then lets requests under way finish.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve<B: Backend>(
    listener: TcpListener,
    backend: Arc<B>,
    limits: ApiLimits,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    serve_router(listener, router(backend, limits), limits, shutdown).await
}

/// As [`serve`], for other routes that want the same limits: a witness's.
///
/// # Errors
/// As [`serve`].
pub async fn serve_router(
    listener: TcpListener,
    app: axum::Router,
    limits: ApiLimits,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let connections = Arc::new(Semaphore::new(limits.connections_max));
    let graceful = GracefulShutdown::new();
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new());
    builder.header_read_timeout(Duration::from_millis(limits.header_timeout_ms));
    builder.max_buf_size(64 * 1024);
    tokio::pin!(shutdown);
    let mut shortage = Shortage::of("api");
    loop {
        let next = async {
            let permit = Arc::clone(&connections).acquire_owned().await.map_err(std::io::Error::other)?;
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => return std::io::Result::Ok((permit, stream)),
                    Err(error) => shortage.pass(&error).await,
                }
            }
        };
        let (permit, stream) = tokio::select! {
            accepted = next => accepted?,
            () = &mut shutdown => break,
        };
        let _ = stream.set_nodelay(true);
        let app = app.clone();
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            app.clone().oneshot(request.map(Body::new))
        });
        let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(%error, "a connection ended");
            }
            drop(permit);
        });
    }
    let _ = tokio::time::timeout(Duration::from_secs(5), graceful.shutdown()).await;
    Ok(())
}

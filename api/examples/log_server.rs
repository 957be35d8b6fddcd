//! Serves a log of 70,000 leaves in memory through the API's own routes, for verifiers nobody here wrote. Prints
//! its address and the key texts of its first log key, and serves until it is ended.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::sync::Arc;

use biaozheng_api::ApiLimits;
use biaozheng_api_scenes::log::{LogBackend, TestLog};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let log = TestLog::new("interop", "a", 70_000);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{} {}", listener.local_addr()?, log.policy.logs()[0]);
    let backend = Arc::new(LogBackend::new(log));
    biaozheng_api::serve(listener, backend, ApiLimits::default(), std::future::pending()).await
}

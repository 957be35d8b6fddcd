//! A listener on the line between a client and a node: passes everything on and keeps it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What went over the line, both ways, each connection's direction by itself.
#[derive(Debug, Clone)]
pub struct Capture {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Capture {
    /// Starts listening; everything goes on to `node`, such as `http://127.0.0.1:8600`.
    ///
    /// # Errors
    /// When it cannot listen.
    pub async fn before(node: &str) -> anyhow::Result<Self> {
        let node = node.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let capture = Self { address: listener.local_addr()?, heard: Arc::default() };
        let heard = Arc::clone(&capture.heard);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (node, heard) = (node.clone(), Arc::clone(&heard));
                tokio::spawn(async move {
                    let Ok(node) = TcpStream::connect(node).await else { return };
                    let ((from_client, to_client), (from_node, to_node)) =
                        (client.into_split(), node.into_split());
                    tokio::join!(pass(from_client, to_node, &heard), pass(from_node, to_client, &heard));
                });
            }
        });
        Ok(capture)
    }

    /// The address clients use instead of the node's.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was heard so far.
    #[must_use]
    pub fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    heard: &Mutex<Vec<Vec<u8>>>,
) {
    let place = {
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push(Vec::new());
        heard.len() - 1
    };
    let mut piece = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut piece).await {
        if let Some(kept) = heard.lock().unwrap_or_else(PoisonError::into_inner).get_mut(place) {
            kept.extend_from_slice(&piece[..read]);
        }
        if to.write_all(&piece[..read]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

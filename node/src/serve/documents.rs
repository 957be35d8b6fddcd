//! The place of documents, as a node has it: a bucket that is away must not keep a validator from its blocks.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use biaozheng_documents::{DocumentSettings, DocumentStore, OpenError};
use tracing::{error, info, warn};

/// Between two attempts to reach a bucket.
const AGAIN: Duration = Duration::from_secs(30);

/// Documents, once their place is reached. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Documents(Arc<OnceLock<DocumentStore>>);

impl Documents {
    /// Opens the place; one that does not answer is tried again in the background.
    ///
    /// # Errors
    /// When it can never be used as it is set: settings, key files, a folder, a bucket that is not write-once.
    pub async fn start(settings: &DocumentSettings) -> Result<Self, OpenError> {
        let documents = Self::default();
        match DocumentStore::open(settings).await {
            Ok(store) => documents.have(store),
            Err(reason @ OpenError::Unusable { .. }) => {
                warn!(%reason, "documents are neither taken nor given yet");
                tokio::spawn(documents.clone().retry(settings.clone()));
            }
            Err(reason) => return Err(reason),
        }
        Ok(documents)
    }

    async fn retry(self, settings: DocumentSettings) {
        loop {
            tokio::time::sleep(AGAIN).await;
            match DocumentStore::open(&settings).await {
                Ok(store) => return self.have(store),
                Err(OpenError::Unusable { reason, .. }) => warn!(%reason, "documents are still out of reach"),
                Err(reason) => return error!(%reason, "documents cannot be used; mend it and start again"),
            }
        }
    }

    fn have(&self, store: DocumentStore) {
        info!(place = ?store, "documents are taken and given");
        let _ = self.0.set(store);
    }

    /// `None` while it is out of reach.
    #[must_use]
    pub fn store(&self) -> Option<DocumentStore> {
        self.0.get().cloned()
    }
}

//! Whose certificates are believed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use reqwest::{Certificate, ClientBuilder, Url};

/// Largest file of authorities taken, bytes: those of an operating system are a quarter of it.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// What this program was told at its start.
static SHARED: OnceLock<Trust> = OnceLock::new();

/// The authorities whose certificates a server may show: those of the operating system, and a file's beside them.
#[derive(Clone, Default)]
pub struct Trust {
    own: Vec<Certificate>,
}

/// Why a file of authorities cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error("{path}: {reason}", path = .path.display())]
    Read { path: PathBuf, reason: std::io::Error },
    #[error("{path}: more than {FILE_BYTES_MAX} bytes; only certificates belong there", path = .path.display())]
    TooLarge { path: PathBuf },
    #[error(
        "{path}: no usable certificate is in it: {reason}; a file of authorities has blocks that begin with -----BEGIN CERTIFICATE----- 文件中没有可用证书",
        path = .path.display()
    )]
    Content { path: PathBuf, reason: String },
    #[error("the authorities of this program were set already")]
    Twice,
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust").field("own", &self.own.len()).finish()
    }
}

impl Trust {
    /// The operating system's authorities and those of a PEM file; text around its certificates is passed over.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn with_file(path: &Path) -> Result<Self, TrustError> {
        let read = |reason| TrustError::Read { path: path.to_owned(), reason };
        if std::fs::metadata(path).map_err(read)?.len() > FILE_BYTES_MAX {
            return Err(TrustError::TooLarge { path: path.to_owned() });
        }
        let bytes = std::fs::read(path).map_err(read)?;
        let content = |reason: String| TrustError::Content { path: path.to_owned(), reason };
        let own = Certificate::from_pem_bundle(&bytes).map_err(|error| content(error.to_string()))?;
        if own.is_empty() {
            return Err(content("it holds none".to_owned()));
        }
        let trust = Self { own };
        // What is no certificate inside shows only when a client is made: here, where the file is still known.
        trust.builder("https").build().map_err(|error| content(crate::reason(&error)))?;
        Ok(trust)
    }

    /// What this program was told at its start with [`Trust::share`]; the operating system's authorities alone otherwise.
    #[must_use]
    pub fn shared() -> Self {
        SHARED.get().cloned().unwrap_or_default()
    }

    /// Makes this what every client of this program takes from now on. Called once, before the first one.
    ///
    /// # Errors
    /// [`TrustError::Twice`].
    pub fn share(self) -> Result<(), TrustError> {
        SHARED.set(self).map_err(|_| TrustError::Twice)
    }

    /// A client for this address, for `http://` and `https://` alike: no redirect is followed, for servers are named by
    /// their own addresses, and no proxy of the environment is meant. Times are the caller's matter.
    pub fn client_for(&self, url: &Url) -> ClientBuilder {
        self.builder(url.scheme())
    }

    fn builder(&self, scheme: &str) -> ClientBuilder {
        let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        if scheme != "https" {
            // Reading the operating system's file takes longer than most calls.
            return builder.tls_built_in_root_certs(false);
        }
        self.own.iter().cloned().fold(builder, ClientBuilder::add_root_certificate)
    }
}

//! Asking a time-stamping authority over HTTP (RFC 3161, section 3.4), for nodes and for those who fetch certificates.
//!
//! **Invariant:** what is given back answers the question that was asked: the token is over the digest, with the nonce.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use biaozheng_connect::Trust;
use biaozheng_timestamp::{
    ANCHORS_BYTES_MAX, AnchorsError, Answer, AnswerError, Request, TOKEN_BYTES_MAX, TrustAnchors,
};

/// Why there are no authorities, or no token of one.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The file of authorities that are trusted cannot be read.
    #[error("{path}")]
    Unreadable { path: String, source: io::Error },
    /// It can be read and holds none that can be used.
    #[error("{path}")]
    Anchors { path: String, source: AnchorsError },
    /// The authority gave no token.
    #[error("time-stamping authority {url}")]
    NoToken { url: String, source: NoToken },
}

/// Why an authority gave no token.
#[derive(Debug, thiserror::Error)]
pub enum NoToken {
    /// Its address is none, it cannot be reached, or it answers late.
    #[error("{0}")]
    Unreachable(String),
    /// It sends elsewhere, which is not followed.
    #[error("{0}")]
    Redirect(String),
    #[error("answered with status {0}")]
    Status(reqwest::StatusCode),
    #[error("the answer is too large")]
    TooLarge,
    #[error(transparent)]
    Client(#[from] reqwest::Error),
    #[error(transparent)]
    Answer(#[from] AnswerError),
}

/// The authorities of a file; none where there is no file. A certificate of it that cannot be used costs no other: it is in
/// [`TrustAnchors::passed_over`].
///
/// # Errors
/// When the file cannot be read, is too large or holds no certificate that can be used.
pub fn anchors(file: Option<&Path>) -> Result<TrustAnchors, AuthorityError> {
    let Some(path) = file else { return Ok(TrustAnchors::default()) };
    let shown = || path.display().to_string();
    let mut bytes = Vec::new();
    let most = u64::try_from(ANCHORS_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(|source| AuthorityError::Unreadable { path: shown(), source })?;
    TrustAnchors::read(&bytes).map_err(|source| AuthorityError::Anchors { path: shown(), source })
}

/// The token the authority gives over a SHA-256; it holds, and with anchors it is one of theirs or of an unknown authority,
/// which whoever reads it later judges again.
///
/// # Errors
/// When the authority cannot be reached, answers late, too much, or with anything but such a token.
pub async fn token(
    url: &str,
    digest: [u8; 32],
    anchors: &TrustAnchors,
    timeout: Duration,
) -> Result<Vec<u8>, AuthorityError> {
    let request = Request { digest, nonce: Some(rand::random()) };
    let asked = async {
        let answer = ask(url, request.to_der(), timeout).await?;
        Ok::<_, NoToken>(Answer::read(&answer, &request, anchors)?.token)
    };
    asked.await.map_err(|source| AuthorityError::NoToken { url: url.to_owned(), source })
}

async fn ask(url: &str, request: Vec<u8>, timeout: Duration) -> Result<Vec<u8>, NoToken> {
    let url = reqwest::Url::parse(url).map_err(|error| NoToken::Unreachable(error.to_string()))?;
    let http = Trust::shared().client_for(&url).timeout(timeout).build()?;
    let call = http.post(url).header("content-type", "application/timestamp-query").body(request);
    let lost = |error: reqwest::Error| NoToken::Unreachable(biaozheng_connect::reason(&error.without_url()));
    let mut response = call.send().await.map_err(lost)?;
    if let Some(redirect) = biaozheng_connect::redirect(&response) {
        return Err(NoToken::Redirect(redirect));
    }
    if !response.status().is_success() {
        return Err(NoToken::Status(response.status()));
    }
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(lost)? {
        if bytes.len().saturating_add(piece.len()) > TOKEN_BYTES_MAX {
            return Err(NoToken::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

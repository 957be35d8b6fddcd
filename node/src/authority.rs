//! Asking a time-stamping authority over HTTP (RFC 3161, section 3.4).

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail, ensure};
use biaozheng_connect::Trust;
use biaozheng_timestamp::{ANCHORS_BYTES_MAX, Answer, Request, TOKEN_BYTES_MAX, TrustAnchors};
use tracing::warn;

/// The authorities of a file; none where there is no file. A certificate of it that cannot be used is told and costs no other.
///
/// # Errors
/// When the file cannot be read, is too large or holds no certificate that can be used.
pub fn anchors(file: Option<&Path>) -> anyhow::Result<TrustAnchors> {
    let Some(path) = file else { return Ok(TrustAnchors::default()) };
    let shown = || path.display().to_string();
    let mut bytes = Vec::new();
    let most = u64::try_from(ANCHORS_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).with_context(shown)?;
    let anchors = TrustAnchors::read(&bytes).with_context(shown)?;
    for one in anchors.passed_over() {
        warn!(
            file = shown(),
            block = one.place,
            why = one.why,
            "a timestamp authority of the file is not used"
        );
    }
    Ok(anchors)
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
) -> anyhow::Result<Vec<u8>> {
    let request = Request { digest, nonce: Some(rand::random()) };
    let asked = async {
        let answer = ask(url, request.to_der(), timeout).await?;
        Ok::<_, anyhow::Error>(Answer::read(&answer, &request, anchors)?.token)
    };
    asked.await.with_context(|| format!("time-stamping authority {url}"))
}

async fn ask(url: &str, request: Vec<u8>, timeout: Duration) -> anyhow::Result<Vec<u8>> {
    let url = reqwest::Url::parse(url)?;
    let http = Trust::shared().client_for(&url).timeout(timeout).build()?;
    let call = http.post(url).header("content-type", "application/timestamp-query").body(request);
    let lost = |error: reqwest::Error| anyhow!("{}", biaozheng_connect::reason(&error.without_url()));
    let mut response = call.send().await.map_err(lost)?;
    if let Some(redirect) = biaozheng_connect::redirect(&response) {
        bail!("{redirect}");
    }
    ensure!(response.status().is_success(), "answered with status {}", response.status());
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(lost)? {
        ensure!(bytes.len().saturating_add(piece.len()) <= TOKEN_BYTES_MAX, "the answer is too large");
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

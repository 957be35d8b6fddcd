//! A bucket of an S3-compatible server, reached with this workspace's own HTTP client.

mod connector;

use std::path::Path;
use std::sync::Arc;

use biaozheng_connect::Trust;
use object_store::aws::{AmazonS3Builder, S3CopyIfNotExists};
use object_store::{BackoffConfig, ObjectStore, RetryConfig};

use crate::error::OpenError;
use crate::limits::{KEY_FILE_BYTES_MAX, RETRIES_MAX, RETRY_TIMEOUT};
use crate::s3::connector::Connector;
use crate::settings::Bucket;

/// # Errors
/// [`OpenError`]; nothing is sent yet.
pub(crate) fn open(bucket: &Bucket<'_>) -> Result<Arc<dyn ObjectStore>, OpenError> {
    let unusable = |reason: String| OpenError::Unusable { place: name(bucket), reason };
    let trust = match bucket.ca_file {
        None => Trust::shared(),
        Some(file) => Trust::with_file(file)?,
    };
    let connector = Connector::new(bucket.endpoint, bucket.allow_http, &trust).map_err(unusable)?;
    let store = AmazonS3Builder::new()
        .with_endpoint(bucket.endpoint)
        .with_bucket_name(bucket.name)
        .with_region(bucket.region)
        .with_allow_http(bucket.allow_http)
        .with_access_key_id(key(bucket.access_key_file)?)
        .with_secret_access_key(key(bucket.secret_key_file)?)
        .with_virtual_hosted_style_request(false)
        // Some servers have no request to delete many.
        .with_disable_bulk_delete(true)
        .with_copy_if_not_exists(S3CopyIfNotExists::Multipart)
        .with_retry(RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: RETRIES_MAX,
            retry_timeout: RETRY_TIMEOUT,
        })
        .with_http_connector(connector)
        .build()
        .map_err(|error| unusable(error.to_string()))?;
    Ok(Arc::new(store))
}

/// For messages.
pub(crate) fn name(bucket: &Bucket<'_>) -> String {
    format!("the bucket {} at {}", bucket.name, bucket.endpoint)
}

fn read(path: &Path, most: u64) -> Result<String, OpenError> {
    let refuse = |reason: String| OpenError::File { path: path.to_owned(), reason };
    let size = std::fs::metadata(path).map_err(|error| refuse(error.to_string()))?.len();
    if size > most {
        return Err(refuse(format!("more than {most} bytes")));
    }
    std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))
}

/// A key from its file, which nobody else may read.
fn key(path: &Path) -> Result<String, OpenError> {
    let text = read(path, KEY_FILE_BYTES_MAX)?;
    let refuse = |reason: &str| OpenError::File { path: path.to_owned(), reason: reason.to_owned() };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map_err(|error| refuse(&error.to_string()))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(refuse("others may read this key; chmod 600"));
        }
    }
    let key = text.trim();
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(refuse("one line of printable characters is expected"));
    }
    Ok(key.to_owned())
}

//! Packages: the envelope under which releases and records are published.

use serde_json::{Map, Value, json};

use crate::limits::PROCESSES_MAX;
use crate::model::{ExportError, Process, Publication};
use crate::release::{date, ocid, walk};

fn envelope(publication: &Publication) -> Result<Map<String, Value>, ExportError> {
    let mut package = Map::new();
    let mut put = |key: &str, value: Value| drop(package.insert(key.to_owned(), value));
    put("uri", publication.uri.as_str().into());
    put("version", "1.1".into());
    if !publication.extensions.is_empty() {
        put("extensions", json!(publication.extensions));
    }
    put("publishedDate", date(publication.published)?.into());
    put("publisher", json!({"name": publication.publisher}));
    Ok(package)
}

/// A release package with every release of the projects.
///
/// # Errors
/// [`ExportError`].
pub fn release_package<'a>(
    processes: impl IntoIterator<Item = &'a Process>,
    publication: &Publication,
) -> Result<Value, ExportError> {
    let mut releases = Vec::new();
    for (count, process) in processes.into_iter().enumerate() {
        if count >= PROCESSES_MAX {
            return Err(ExportError::TooMany);
        }
        releases.extend(walk(process, publication)?.0);
    }
    let mut package = envelope(publication)?;
    package.insert("releases".to_owned(), Value::Array(releases));
    Ok(Value::Object(package))
}

/// A record package: for each project its releases and the compiled release.
///
/// # Errors
/// [`ExportError`].
pub fn record_package<'a>(
    processes: impl IntoIterator<Item = &'a Process>,
    publication: &Publication,
) -> Result<Value, ExportError> {
    let mut records = Vec::new();
    for (count, process) in processes.into_iter().enumerate() {
        if count >= PROCESSES_MAX {
            return Err(ExportError::TooMany);
        }
        if let (releases, Some(compiled)) = walk(process, publication)? {
            records.push(
                json!({"ocid": ocid(process, publication), "releases": releases, "compiledRelease": compiled}),
            );
        }
    }
    let mut package = envelope(publication)?;
    package.insert("records".to_owned(), Value::Array(records));
    Ok(Value::Object(package))
}

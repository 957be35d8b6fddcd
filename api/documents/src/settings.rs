//! Where documents are kept, as written in a configuration. No secret stands in it: keys are named by their files.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::limits::{DOCUMENT_BYTES_MAX, Limits};

/// What holds the documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A folder of this machine.
    #[default]
    Local,
    /// A bucket of an S3-compatible server.
    S3,
}

/// The section `[documents]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DocumentSettings {
    pub kind: Kind,
    /// The folder, for `local`.
    pub path: PathBuf,
    /// Address of the server, for `s3`, such as `https://objects.example:9000`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    pub region: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_file: Option<PathBuf>,
    /// Certificates (PEM) of the server's own authority; the operating system's are known anyway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    pub allow_http: bool,
    /// The bucket must refuse to replace an object.
    pub write_once: bool,
    pub document_bytes_max: u64,
    pub uploads_max: usize,
    pub downloads_max: usize,
    pub silence_max_ms: u64,
    pub bytes_per_s_min: u64,
}

impl Default for DocumentSettings {
    fn default() -> Self {
        Self {
            kind: Kind::Local,
            path: PathBuf::from("documents"),
            endpoint: None,
            bucket: None,
            region: "us-east-1".to_owned(),
            access_key_file: None,
            secret_key_file: None,
            ca_file: None,
            allow_http: false,
            write_once: true,
            document_bytes_max: 1024 * 1024 * 1024,
            uploads_max: 8,
            downloads_max: 32,
            silence_max_ms: 10_000,
            bytes_per_s_min: 10_240,
        }
    }
}

/// Why settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("documents.{key} = {value} is out of range 超出范围: {least} to {most}")]
    Range { key: &'static str, value: u64, least: u64, most: u64 },
    #[error("documents.{0} is missing; kind = \"s3\" needs it 缺少配置项")]
    Missing(&'static str),
    #[error("documents.{0} is given, and only kind = \"s3\" uses it")]
    NotUsed(&'static str),
    #[error(
        "documents.endpoint is https://HOST[:PORT]; http:// only with allow_http = true, never with a password"
    )]
    Endpoint,
    #[error("documents.path is empty")]
    Path,
}

/// A bucket and how to reach it; its keys are still in their files.
#[derive(Debug)]
pub(crate) struct Bucket<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) name: &'a str,
    pub(crate) region: &'a str,
    pub(crate) access_key_file: &'a Path,
    pub(crate) secret_key_file: &'a Path,
    pub(crate) ca_file: Option<&'a Path>,
    pub(crate) allow_http: bool,
}

/// Settings that passed.
#[derive(Debug)]
pub(crate) enum Place<'a> {
    Local(&'a Path),
    S3(Bucket<'a>),
}

impl DocumentSettings {
    /// # Errors
    /// [`SettingsError`], which names the option.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.place()?;
        let within = |key, value: u64, range: RangeInclusive<u64>| {
            let (least, most) = range.clone().into_inner();
            if range.contains(&value) {
                Ok(())
            } else {
                Err(SettingsError::Range { key, value, least, most })
            }
        };
        within("document_bytes_max", self.document_bytes_max, 1024..=DOCUMENT_BYTES_MAX)?;
        within("uploads_max", self.uploads_max as u64, 1..=256)?;
        within("downloads_max", self.downloads_max as u64, 1..=4096)?;
        within("silence_max_ms", self.silence_max_ms, 100..=600_000)?;
        within("bytes_per_s_min", self.bytes_per_s_min, 0..=100_000_000)
    }

    /// The same with every path that is not absolute taken from `home`.
    #[must_use]
    pub fn within(mut self, home: &Path) -> Self {
        self.path = home.join(self.path);
        for file in [&mut self.access_key_file, &mut self.secret_key_file, &mut self.ca_file] {
            *file = file.take().map(|file| home.join(file));
        }
        self
    }

    #[must_use]
    pub const fn limits(&self) -> Limits {
        Limits {
            document_bytes_max: self.document_bytes_max,
            uploads_max: self.uploads_max,
            downloads_max: self.downloads_max,
            silence_max: Duration::from_millis(self.silence_max_ms),
            bytes_per_s_min: self.bytes_per_s_min,
        }
    }

    pub(crate) fn place(&self) -> Result<Place<'_>, SettingsError> {
        use SettingsError::{Missing, NotUsed};
        if self.kind == Kind::Local {
            let given = [
                ("endpoint", self.endpoint.is_some()),
                ("bucket", self.bucket.is_some()),
                ("access_key_file", self.access_key_file.is_some()),
                ("secret_key_file", self.secret_key_file.is_some()),
                ("ca_file", self.ca_file.is_some()),
            ];
            return match given.into_iter().find(|(_, given)| *given) {
                Some((key, _)) => Err(NotUsed(key)),
                None if self.path.as_os_str().is_empty() => Err(SettingsError::Path),
                None => Ok(Place::Local(&self.path)),
            };
        }
        let endpoint = self.endpoint.as_deref().ok_or(Missing("endpoint"))?;
        let host = match endpoint.split_once("://") {
            Some(("https", host)) => host,
            Some(("http", host)) if self.allow_http => host,
            _ => return Err(SettingsError::Endpoint),
        };
        if host.is_empty() || host.contains(['@', '?', '#']) {
            return Err(SettingsError::Endpoint);
        }
        Ok(Place::S3(Bucket {
            endpoint,
            name: self.bucket.as_deref().ok_or(Missing("bucket"))?,
            region: &self.region,
            access_key_file: self.access_key_file.as_deref().ok_or(Missing("access_key_file"))?,
            secret_key_file: self.secret_key_file.as_deref().ok_or(Missing("secret_key_file"))?,
            ca_file: self.ca_file.as_deref(),
            allow_http: self.allow_http,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> DocumentSettings {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn the_defaults_pass_and_an_unknown_key_does_not() {
        let local = of("");
        local.check().unwrap();
        assert_eq!(local.within(Path::new("/home")).path, Path::new("/home/documents"));
        assert!(
            toml::from_str::<DocumentSettings>("secret_key = \"x\"")
                .unwrap_err()
                .to_string()
                .contains("secret_key")
        );
    }

    #[test]
    fn a_bucket_needs_its_address_and_the_files_of_its_keys() {
        let full = "kind = \"s3\"\nendpoint = \"https://h:9000\"\nbucket = \"b\"\naccess_key_file = \"a\"\nsecret_key_file = \"s\"\n";
        of(full).check().unwrap();
        for key in ["endpoint", "bucket", "access_key_file", "secret_key_file"] {
            let text: String = full
                .lines()
                .filter(|line| !line.starts_with(key))
                .fold(String::new(), |all, line| all + line + "\n");
            assert_eq!(of(&text).check(), Err(SettingsError::Missing(key)));
        }
        for bad in ["http://h", "ftp://h", "h:9000", "https://", "https://key:secret@h"] {
            assert_eq!(
                of(&full.replace("https://h:9000", bad)).check(),
                Err(SettingsError::Endpoint),
                "{bad}"
            );
        }
        of(&full.replace("https", "http").replace("bucket", "allow_http = true\nbucket")).check().unwrap();
        assert_eq!(of(&full.replace("s3", "local")).check(), Err(SettingsError::NotUsed("endpoint")));
        assert!(of("uploads_max = 0").check().unwrap_err().to_string().contains("documents.uploads_max = 0"));
    }
}

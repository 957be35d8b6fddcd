//! A record from the parts on the command line.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use biaozheng_client::Author;
use biaozheng_client::author::{clock, document_from_file};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, OrgId};
use biaozheng_ledger::json::parse_strict;
use biaozheng_ledger::limits::RECORD_PAYLOAD_BYTES_MAX;
use biaozheng_ledger::payload::DocumentReference;
use biaozheng_ledger::record::Record;
use serde_json::Value;

use super::Submit;
use biaozheng_client::key_file::read as read_secret;

impl Submit {
    pub(super) fn sign(&self, genesis: &Genesis) -> anyhow::Result<Record> {
        let chain = genesis.chain_id();
        let (Some(key), Some(org), Some(record_type), Some(body)) =
            (&self.key, &self.org, &self.record_type, &self.body)
        else {
            anyhow::bail!("--key, --org, --type and --body make a record; or give --envelope");
        };
        let author = author(org, key, chain)?;
        let cosigners = self
            .cosigners
            .iter()
            .map(|text| {
                let (org, file) = text.split_once('=').context("write --cosign-key ORG=FILE")?;
                self::author(org, Path::new(file), chain)
            })
            .collect::<anyhow::Result<Vec<Author>>>()?;
        let mut draft = author.record(record_type, read_body(body)?);
        if let Some(project) = &self.project {
            draft = draft.project(project.clone());
        }
        if let Some(previous) = self.previous {
            draft = draft.previous(previous);
        }
        for text in &self.documents {
            draft = draft.document(document_of(text)?);
        }
        for cosigner in &cosigners {
            draft = draft.cosign(cosigner);
        }
        Ok(draft.sign(clock())?)
    }
}

/// The document that `--document FILE[=MEDIA-TYPE]` names.
pub(crate) fn document_of(text: &str) -> anyhow::Result<DocumentReference> {
    let (file, given) = Submit::document_parts(text);
    let reference = document_from_file(file, given.unwrap_or_else(|| media_type_of(file)));
    reference.with_context(|| file.display().to_string())
}

fn author(org: &str, key: &Path, chain: ChainId) -> anyhow::Result<Author> {
    let org = OrgId::new(org).with_context(|| format!("organisation {org:?}"))?;
    Ok(Author::new(org, read_secret(key)?, chain))
}

/// Read strictly: what two programs could read differently is refused before it is signed.
pub(crate) fn read_body(path: &Path) -> anyhow::Result<Value> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(RECORD_PAYLOAD_BYTES_MAX)?.saturating_add(1);
    if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
        file.take(limit).read_to_end(&mut bytes)?;
    }
    ensure!(bytes.len() <= RECORD_PAYLOAD_BYTES_MAX, "--body: more than {RECORD_PAYLOAD_BYTES_MAX} bytes");
    parse_strict(&bytes).with_context(|| format!("--body {}", path.display()))
}

/// The types trading documents come in; anything else is bytes.
fn media_type_of(file: &Path) -> &'static str {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "pdf" => "application/pdf",
        "json" => "application/json",
        "xml" => "application/xml",
        "zip" => "application/zip",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "mp4" => "video/mp4",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ofd" => "application/ofd",
        _ => "application/octet-stream",
    }
}

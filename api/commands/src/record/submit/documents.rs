//! Sends the documents of a record that is in the ledger.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_client::author::document_from_file;
use biaozheng_client::{Client, Stage, Submission};
use biaozheng_ledger::record::Record;
use clap::ValueEnum;
use tokio::time::Instant;

use super::Submit;
use crate::output::{complain, say};

/// Between two attempts to send a document.
const PAUSE: Duration = Duration::from_secs(1);

/// Which documents are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Sending {
    Auto,
    All,
    None,
}

impl Submit {
    /// The file of `--document FILE[=MEDIA-TYPE]` and the type: 'a=b.pdf' is a file, 'b.pdf=application/pdf' is one
    /// with its type.
    pub(super) fn document_parts(text: &str) -> (&Path, Option<&str>) {
        match text.rsplit_once('=') {
            Some((file, media_type)) if media_type.contains('/') && !Path::new(text).exists() => {
                (Path::new(file), Some(media_type))
            }
            _ => (Path::new(text), None),
        }
    }

    fn files(&self) -> Vec<PathBuf> {
        self.documents.iter().map(|text| Self::document_parts(text).0.to_owned()).collect()
    }

    /// A wrong file is found before the record is sent.
    pub(super) fn check_documents(&self, record: &Record) -> anyhow::Result<()> {
        for file in self.files() {
            let about = || file.display().to_string();
            let reference = document_from_file(&file, "application/octet-stream").with_context(about)?;
            let named = record.payload().documents.iter().any(|one| one.digest == reference.digest);
            ensure!(named, "{}: the record does not name this document 记录未引用该文件", file.display());
        }
        Ok(())
    }

    /// False when documents remain to be sent.
    pub(super) async fn send_documents(
        &self,
        client: &Client,
        record: &Record,
        submission: &Submission,
    ) -> anyhow::Result<bool> {
        let files = self.files();
        if files.is_empty() || self.send == Sending::None {
            return Ok(true);
        }
        // Before the opening the node would hold what a bid seals.
        if self.send == Sending::Auto && record.payload().record_type.name().starts_with("bid.") {
            complain(
                "a bid's documents are not sent before the opening 开标前不发送投标文件; later: --send all",
            );
            return Ok(true);
        }
        if submission.stage < Stage::Committed {
            complain(
                "documents are sent once the record is in the ledger 记录入账后再发送文件: run this again with --envelope",
            );
            return Ok(false);
        }
        let start = Instant::now();
        let until = start.checked_add(Duration::from_secs(self.timeout_s)).unwrap_or(start);
        for file in files {
            let digest = loop {
                match client.put_document(&record.id(), &file).await {
                    Ok(digest) => break digest,
                    Err(error) if error.is_temporary() && Instant::now() < until => {
                        tokio::time::sleep(error.retry_after().unwrap_or(PAUSE)).await;
                    }
                    Err(error) => {
                        return Err(error).with_context(|| {
                            format!(
                                "{} is not sent; the record stands: run this again with --envelope",
                                file.display()
                            )
                        });
                    }
                }
            };
            say(format_args!("document 文件 {digest} sent 已发送 {}", file.display()));
        }
        Ok(true)
    }
}

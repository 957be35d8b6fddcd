//! Sealing a project's archive on a running cluster, as a centre does.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_archive::{build, survey};
use biaozheng_client::{Author, Client, Patience, Wait, author};
use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::ids::{ProjectId, RecordId};
use biaozheng_verify::archive::write::{DocumentFolder, write_tar};

/// A project that has ended, and the centre that keeps its archive.
#[derive(Debug)]
pub struct Sealing<'a> {
    pub client: &'a Client,
    pub centre: &'a Author,
    pub project: &'a ProjectId,
    /// Folder of documents by digest.
    pub documents: &'a Path,
    pub last: RecordId,
}

impl Sealing<'_> {
    /// Builds the archive, seals it and writes the tar; gives the sealing record.
    ///
    /// # Errors
    /// When the node refuses, or what it gives is not whole.
    pub async fn seal(&self, tar: &Path) -> anyhow::Result<RecordId> {
        let collected = self.client.collect_archive(self.project, Some(self.centre.chain()), &|_| ()).await?;
        ensure!(collected.last == self.last, "somebody else went on with {}", self.project);
        let mut shelf = DocumentFolder::new(self.documents.to_owned());
        let facts = survey(&collected.archive, &mut shelf)?;
        let body = build(&collected.archive, &facts).seal_body();
        let draft = self.centre.record("archive.sealed/1", body).project(self.project.clone());
        let record = draft.previous(self.last).sign(author::clock())?;
        let patience = Patience { total: Duration::from_secs(60), ..Patience::default() };
        let done = self.client.submit_until(&record, Wait::Certificate, patience).await?;
        let certificate = done.certificate.context("the sealing record has no certificate yet")?.to_string();
        let archive = collected.archive.sealed_by(Certificate::from_json(certificate.as_bytes())?)?;
        write_tar(&build(&archive, &facts), &mut shelf, tar)?;
        Ok(record.id())
    }
}

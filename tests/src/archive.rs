//! Sealing a project's archive on a running cluster, as a centre does, and building it again, as anyone can.

#![allow(clippy::print_stderr, reason = "the demo's own words")]

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_archive::{build, survey};
use biaozheng_client::{Author, Client, PageQuery, Patience, Wait, author};
use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::ids::{ProjectId, RecordId};
use biaozheng_verify::archive::write::{DocumentFolder, write_tar};
use serde_json::Value;

use crate::cluster::{Cluster, program};

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

/// Lets the program build every sealed archive again from one node, which sealed none of them; gives how many are byte for
/// byte what was sealed.
///
/// # Errors
/// When the node does not answer, or the program cannot be run.
pub async fn rebuild_all(cluster: &Cluster, node: usize, documents: &Path) -> anyhow::Result<u64> {
    let (client, url, chain) = (cluster.client(node)?, cluster.url(node), cluster.chain.to_string());
    let scratch = tempfile::tempdir()?;
    let mut query = PageQuery { limit: Some(200), after: None };
    let mut rebuilt = 0u64;
    loop {
        let page = client.projects(&query).await?;
        for line in &page.items {
            let said = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
            if said("stage") != "archived" {
                continue;
            }
            let output = tokio::process::Command::new(program("biaozheng")?)
                .args([
                    "archive",
                    said("project"),
                    "--rebuild",
                    "--api",
                    &url,
                    "--chain",
                    &chain,
                    "--documents",
                ])
                .arg(documents)
                .arg("--out")
                .arg(scratch.path().join(format!("{rebuilt}.tar")))
                .output()
                .await?;
            if output.status.success() {
                rebuilt = rebuilt.saturating_add(1);
            } else {
                eprintln!("{}: {}", said("project"), String::from_utf8_lossy(&output.stderr));
            }
        }
        query.after = page.next;
        if query.after.is_none() {
            return Ok(rebuilt);
        }
    }
}

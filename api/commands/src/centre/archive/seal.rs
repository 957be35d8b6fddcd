//! Sealing an archive: written, sealed by a record, written with its seal.
//!
//! **Invariant:** what is sealed is on disk before the sealing record is sent, so an interruption loses no archive:
//! the same command goes on.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_archive::limits::{CERTIFICATES_BYTES_MAX, RECORDS_MAX};
use biaozheng_archive::{Archive as Bag, Filed, ProjectArchive};
use biaozheng_client::archive::Collected;
use biaozheng_client::author::clock;
use biaozheng_client::{Author, Patience, Wait};
use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::ids::{ProjectId, RecordId};
use biaozheng_ledger::limits::CERTIFICATE_BYTES_MAX;
use biaozheng_verify::archive::write::write_folder;

use super::workshop::Workshop;
use crate::output::{complain, say};
use crate::record::certificate::verify;

/// How a sealing ended.
#[derive(Debug)]
pub(super) enum Sealed {
    Done,
    /// The record is sent, its certificate is not there yet.
    Pending,
    /// So many documents are missing, and that was not to be.
    Lacking(usize),
    /// By another run, whose package is not here.
    Elsewhere(RecordId),
}

pub(super) fn unsealed(out: &Path) -> PathBuf {
    let mut name = OsString::from(out);
    name.push(".unsealed");
    name.into()
}

/// Removes what was begun. It loses its name first: nobody goes on with one that is half gone.
pub(super) fn discard(unsealed: &Path) -> anyhow::Result<()> {
    let mut half = OsString::from(unsealed);
    half.push(".part");
    let half = PathBuf::from(half);
    let removed = fs::rename(unsealed, &half).and_then(|()| fs::remove_dir_all(&half));
    removed.with_context(|| unsealed.display().to_string())
}

fn ids(archive: &ProjectArchive) -> impl Iterator<Item = RecordId> + '_ {
    archive.records().iter().map(Filed::id)
}

impl Workshop {
    /// Builds a project's archive, seals it and writes it to `out`, or goes on with one that was begun.
    pub(super) async fn seal(
        &self,
        author: &Author,
        project: &ProjectId,
        out: &Path,
        with_missing: bool,
    ) -> anyhow::Result<Sealed> {
        let collected = self.collect(project).await?;
        let unsealed = unsealed(out);
        let mut begun = match unsealed.exists().then(|| load(project, &unsealed)) {
            None => None,
            Some(Ok(begun)) => Some(begun),
            Some(Err(broken)) => {
                complain(format_args!("{broken:#}"));
                if collected.sealed.is_none() {
                    discard(&unsealed)?;
                }
                None
            }
        };
        let went_on = |begun: &ProjectArchive| !ids(begun).eq(ids(&collected.archive));
        if collected.sealed.is_none() && begun.as_ref().is_some_and(went_on) {
            complain(format_args!("{project} went on since 项目已有新记录: begun anew"));
            discard(&unsealed)?;
            begun = None;
        }
        self.fetch(&collected).await?;
        let is_new = begun.is_none();
        let archive = begun.unwrap_or_else(|| collected.archive.clone());
        let bag = self.bag(&archive)?;
        if is_new {
            if let Some(record) = collected.sealed {
                return Ok(Sealed::Elsewhere(record));
            }
            if !with_missing && !bag.missing().is_empty() {
                return Ok(Sealed::Lacking(bag.missing().len()));
            }
            write_folder(&bag, &mut self.shelf(), &unsealed).context("writing the archive to seal")?;
        }
        let Some(seal) = self.sealing(author, project, &collected, &bag).await? else {
            return Ok(Sealed::Pending);
        };
        let bag = self.bag(&archive.sealed_by(seal)?)?;
        self.write(&bag, out)?;
        discard(&unsealed)?;
        say(format_args!("sealed 已封存: {}", out.display()));
        Ok(Sealed::Done)
    }

    /// The certificate of the sealing record: of the one there is, or of the one signed now.
    async fn sealing(
        &self,
        author: &Author,
        project: &ProjectId,
        collected: &Collected,
        bag: &Bag,
    ) -> anyhow::Result<Option<Certificate>> {
        let (record, text) = match collected.sealed {
            Some(record) => match self.client.certificate_in_time(record).await {
                Err(error) if error.is_pending() => return Ok(None),
                answered => answered?,
            },
            None => {
                let draft = author.record("archive.sealed/1", bag.seal_body());
                let record = draft.project(project.clone()).previous(collected.last).sign(clock())?;
                let patience = Patience { total: Duration::from_secs(60), ..Patience::default() };
                let done = self.client.submit_until(&record, Wait::Certificate, patience).await?;
                let Some(text) = done.certificate else { return Ok(None) };
                (record.id(), text.to_string())
            }
        };
        say(verify(&text, &record, self.chain)?);
        let certificate = Certificate::from_json(text.as_bytes())?;
        let filed = Filed::new(certificate.clone())?;
        let stated = filed.payload().and_then(|payload| payload.body.get("manifest"));
        ensure!(
            stated.is_some() && stated == bag.seal_body().get("manifest"),
            "record {record} seals another archive than the one that was begun; --rebuild makes that one again"
        );
        Ok(Some(certificate))
    }
}

/// The certificates of an archive that was written to be sealed.
fn load(project: &ProjectId, unsealed: &Path) -> anyhow::Result<ProjectArchive> {
    let about = || format!("{}: begun earlier, and cannot be used", unsealed.display());
    let mut bytes = 0usize;
    let mut read = |folder: &str| -> anyhow::Result<Vec<Certificate>> {
        let mut found = Vec::new();
        let Ok(entries) = fs::read_dir(unsealed.join("data").join(folder)) else { return Ok(found) };
        for entry in entries.take(RECORDS_MAX) {
            let entry = entry?;
            let size = usize::try_from(entry.metadata()?.len())?;
            bytes = bytes.saturating_add(size);
            ensure!(size <= CERTIFICATE_BYTES_MAX && bytes <= CERTIFICATES_BYTES_MAX, "it is too large");
            found.push(Certificate::from_json(&fs::read(entry.path())?)?);
        }
        found.sort_by_key(|one| (one.block.height, one.block.position));
        Ok(found)
    };
    let (records, context) =
        (read("certificates").with_context(about)?, read("context").with_context(about)?);
    complain(format_args!("going on with 继续 {}", unsealed.display()));
    ProjectArchive::new(project.clone(), records, context, None).with_context(about)
}

//! From what a node has about a project to the files of its archive.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use biaozheng_archive::{Archive as Bag, ProjectArchive, build, survey};
use biaozheng_client::Client;
use biaozheng_client::archive::Collected;
use biaozheng_ledger::certificate::Standing;
use biaozheng_ledger::ids::{ChainId, ProjectId};
use biaozheng_verify::archive::write::{DocumentFolder, write_folder, write_tar};

use crate::output::{complain, say};

/// A node, and where documents lie.
#[derive(Debug)]
pub(super) struct Workshop {
    pub(super) client: Client,
    pub(super) chain: Option<ChainId>,
    documents: PathBuf,
}

impl Workshop {
    pub(super) fn open(client: Client, chain: Option<ChainId>, documents: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir_all(&documents).with_context(|| documents.display().to_string())?;
        Ok(Self { client, chain, documents })
    }

    /// A project's certificates, all under one checkpoint.
    pub(super) async fn collect(&self, project: &ProjectId) -> anyhow::Result<Collected> {
        self.collect_under(project, None).await
    }

    /// The same under a checkpoint of the past.
    pub(super) async fn collect_under(
        &self,
        project: &ProjectId,
        under: Option<&Standing>,
    ) -> anyhow::Result<Collected> {
        let said = AtomicUsize::new(0);
        let seen = |count: usize| {
            if count >= said.load(Ordering::Relaxed).saturating_add(500) {
                said.store(count, Ordering::Relaxed);
                complain(format_args!("{project}: certificates 证书 {count}"));
            }
        };
        let collected = match under {
            None => self.client.collect_archive(project, self.chain, &seen).await?,
            Some(under) => self.client.collect_archive_again(project, self.chain, under, &seen).await?,
        };
        let records = collected.archive.records().len();
        say(format_args!(
            "{project}: records 记录 {records}, documents named 文件 {}",
            collected.documents.len()
        ));
        Ok(collected)
    }

    /// Fetches what the node has of the documents.
    pub(super) async fn fetch(&self, collected: &Collected) -> anyhow::Result<()> {
        for digest in self.client.fetch_documents(collected, &self.documents).await? {
            complain(format_args!(
                "document {digest} is not at this node 缺失文件; looked for in the folder"
            ));
        }
        Ok(())
    }

    pub(super) fn shelf(&self) -> DocumentFolder {
        DocumentFolder::new(self.documents.clone())
    }

    pub(super) fn bag(&self, archive: &ProjectArchive) -> anyhow::Result<Bag> {
        let facts = survey(archive, &mut self.shelf()).context("a document cannot be used")?;
        let bag = build(archive, &facts);
        for digest in bag.missing() {
            complain(format_args!("missing, and listed as missing 缺失，已列明: {digest}"));
        }
        Ok(bag)
    }

    pub(super) fn write(&self, bag: &Bag, out: &Path) -> anyhow::Result<()> {
        let tar = out.extension().is_some_and(|extension| extension == "tar");
        let written = if tar {
            write_tar(bag, &mut self.shelf(), out)
        } else {
            write_folder(bag, &mut self.shelf(), out)
        };
        written.with_context(|| out.display().to_string())
    }
}

//! A sealed archive, built again from the ledger and held against its seal.
//!
//! **Invariant:** nothing is written that is not what was sealed.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use biaozheng_archive::{Archive as Bag, Filed, build, survey};
use biaozheng_ledger::certificate::{Certificate, Standing};
use biaozheng_ledger::digest::DigestStream;
use biaozheng_ledger::ids::ProjectId;
use biaozheng_ledger::json::from_value;
use serde_json::Value;

use super::workshop::Workshop;
use crate::output::say;
use crate::record::certificate::verify;

/// The documents a sealing record lists as missing.
fn listed(body: &Value) -> BTreeSet<String> {
    let listed = body.get("missing").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Compares what was built with what was sealed.
fn compare(bag: &Bag, body: &Value) -> anyhow::Result<()> {
    let sealed = listed(body);
    let gone: Vec<String> =
        bag.missing().iter().map(ToString::to_string).filter(|one| !sealed.contains(one)).collect();
    if let Some(first) = gone.first() {
        bail!(
            "{} documents of the sealed archive are not here, the first is {first}: put them into --documents \
             封存时的文件缺失",
            gone.len()
        );
    }
    let own = bag.seal_body();
    for member in ["records", "history", "manifest"] {
        let (built, stated) = (own.get(member), body.get(member));
        ensure!(
            built == stated,
            "'{member}' is {} in the sealing record, {} in what this node gives: not the sealed archive \
             与封存内容不一致",
            stated.unwrap_or(&Value::Null),
            built.unwrap_or(&Value::Null)
        );
    }
    Ok(())
}

impl Workshop {
    /// Builds the sealed archive of a project again and writes it to `out`, if it is the sealed one.
    pub(super) async fn rebuild(&self, project: &ProjectId, out: &Path) -> anyhow::Result<()> {
        let record = self.client.archive_seal(project).await?;
        let record = record.with_context(|| format!("no archive of {project} is sealed 尚未封存"))?;
        let (record, text) = self.client.certificate_in_time(record).await?;
        say(verify(&text, &record, self.chain)?);
        let seal = Certificate::from_json(text.as_bytes())?;
        let filed = Filed::new(seal.clone())?;
        let body = filed.payload().map(|payload| payload.body.clone());
        let body = body.with_context(|| format!("record {record} is not readable here"))?;
        let Some(checkpoint) = body.get("checkpoint") else {
            bail!(
                "record {record} does not state the checkpoint its archive's certificates stand under, as none did \
                 before checkpoints were stated: only the package itself has it 该档案封存时未登记检查点，无法由账本重建"
            )
        };
        let standing: Standing = from_value(checkpoint).with_context(|| format!("record {record}"))?;
        let collected = self.collect_under(project, Some(&standing)).await?;
        self.fetch(&collected).await?;
        let archive = collected.archive.sealed_by(seal)?;
        let mut facts = survey(&archive, &mut self.shelf()).context("a document cannot be used")?;
        let missing = listed(&body);
        facts.retain(|digest, _| !missing.contains(&digest.to_string()));
        let bag = build(&archive, &facts);
        compare(&bag, &body)?;
        self.write(&bag, out)?;
        say(format_args!(
            "built again, byte for byte as sealed 已重建，与封存一致: {} manifest {}",
            out.display(),
            body.get("manifest").and_then(Value::as_str).unwrap_or_default()
        ));
        if out.is_file() {
            say(format_args!("package 档案包 {}", digest_of(out)?));
        }
        Ok(())
    }
}

fn digest_of(file: &Path) -> anyhow::Result<biaozheng_ledger::digest::Digest> {
    let (mut stream, mut file) = (DigestStream::default(), File::open(file)?);
    let mut piece = vec![0u8; 64 * 1024];
    loop {
        let count = file.read(&mut piece)?;
        let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
        stream.update(read);
    }
    Ok(stream.finish().0)
}

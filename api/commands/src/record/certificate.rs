//! `biaozheng certificate`: fetches a record's certificate and verifies it here before keeping it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::Client;
use biaozheng_files::{Readers, create};
use biaozheng_ledger::certificate::{Certificate, Expectations};
use biaozheng_ledger::ids::{ChainId, RecordId};
use clap::Args;

use crate::Exit;
use crate::output::{complain, print, say};

mod attach;

const EXAMPLE: &str = "\
The certificate is verified before it is written. With --chain it is also held against your own copy of the
chain id; without, only against itself. Anyone verifies the file later with: biaozheng-verify FILE --policy FILE

Example:
  biaozheng certificate sha256:9f86… --chain chain-id.txt --out award.cert.json";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct CertificateCommand {
    /// The record's id
    #[arg(value_name = "RECORD")]
    record: RecordId,
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: Option<String>,
    /// A node of the parent chain: the certificate then carries the parent's proof of its checkpoint too
    #[arg(long, value_name = "URL")]
    parent: Option<String>,
    /// A time-stamping authority (RFC 3161): the certificate, or with --parent the parent's, then carries its token
    #[arg(long, value_name = "URL")]
    tsa: Option<String>,
    /// Certificates of the authorities you trust, PEM; without it the token is attached and its authority unknown
    #[arg(long, value_name = "FILE", requires = "tsa")]
    tsa_ca: Option<PathBuf>,
    /// File to make; standard output unless given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl CertificateCommand {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        refuse_existing(self.out.as_deref())?;
        let chain = self.chain.as_deref().map(chain_of).transpose()?;
        let text = match Client::new(&self.api)?.certificate(&self.record).await {
            Err(error) if error.is_pending() => {
                complain(format_args!("not certified yet 尚未签证: {error}"));
                return Ok(Exit::Unfinished);
            }
            answered => answered?,
        };
        let mut seen = verify(&text, &self.record, chain)?;
        let mut text = text;
        if self.parent.is_some() || self.tsa.is_some() {
            let Some(more) = self.attach(&text).await? else {
                complain(
                    "the parent has no checkpoint of this tree yet 上级链尚未锚定; run: biaozheng anchor",
                );
                return Ok(Exit::Unfinished);
            };
            seen = verify(&more, &self.record, chain)?;
            text = more;
        }
        match self.out {
            Some(path) => {
                write_new(&path, &text)?;
                say(format_args!("{seen}: {}", path.display()));
            }
            None => print(&format!("{}\n", text.trim_end())),
        }
        Ok(Exit::Done)
    }
}

/// A chain id as text, or the file that holds it.
pub(crate) fn chain_of(text: &str) -> anyhow::Result<ChainId> {
    if text.starts_with("sha256:") {
        return Ok(text.parse()?);
    }
    let content = std::fs::read_to_string(text).with_context(|| text.to_owned())?;
    content.trim().parse().with_context(|| format!("{text} holds no chain id"))
}

/// Verifies a certificate and says what was seen.
pub(crate) fn verify(text: &str, record: &RecordId, chain: Option<ChainId>) -> anyhow::Result<String> {
    let certificate = Certificate::from_json(text.as_bytes())?;
    ensure!(
        certificate.record == *record,
        "the node sent the certificate of another record, {}",
        certificate.record
    );
    let verification = certificate.verify(&Expectations { chain, ..Expectations::default() });
    if let Some((step, reason)) = verification.failed_step() {
        bail!("the certificate the node sent is invalid 证书无效 at step {}: {reason}", step.name());
    }
    let block = certificate.block;
    let anchor =
        if verification.anchored { "" } else { ", not held against a known chain 未核对链标识" };
    Ok(format!("certificate valid 证书有效 (block {}, position {}{anchor})", block.height, block.position))
}

pub(crate) fn refuse_existing(path: Option<&Path>) -> anyhow::Result<()> {
    if let Some(path) = path {
        ensure!(!path.exists(), "{} exists; nothing is overwritten", path.display());
    }
    Ok(())
}

/// Makes a new text file, synced before this returns.
///
/// # Errors
/// When it is there already or cannot be written.
pub fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    create(path, text.as_bytes(), Readers::All).with_context(|| path.display().to_string())
}

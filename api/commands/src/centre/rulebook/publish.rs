//! `biaozheng rulebook publish`: rulebooks and calendars of files, onto a chain that does not have them yet.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::author::clock;
use biaozheng_client::{Client, Patience, Wait};
use biaozheng_contracts::rulebook::calendar::CalendarPublished;
use biaozheng_contracts::rulebook::publishing::RulebookPublished;
use biaozheng_contracts::{Rulebook, Tightening};
use biaozheng_ledger::json::from_strict;
use clap::Args;
use serde_json::{Value, json};

use super::read;
use crate::Exit;
use crate::output::say;
use crate::record::signer::{Centre, Signer};

#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// Rulebooks and districts' texts (.toml), calendars (.json)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    signer: Signer<Centre>,
    /// How long to try and wait for each, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout_s: u64,
}

/// A file that can be published, and whether the chain has it.
struct Text {
    record_type: &'static str,
    body: Value,
    known: bool,
}

impl Publish {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let (client, chain) = self.signer.node().await?;
        let author = self.signer.author(chain)?;
        // All are looked at before any is sent.
        let mut texts = Vec::new();
        for file in &self.files {
            texts.push((file, text_of(&client, file).await.with_context(|| file.display().to_string())?));
        }
        let patience = Patience { total: Duration::from_secs(self.timeout_s), ..Patience::default() };
        for (file, text) in texts {
            if text.known {
                say(format_args!("on the chain already 链上已有 {}", file.display()));
                continue;
            }
            let record = author.record(text.record_type, text.body).sign(clock())?;
            let done = client.submit_until(&record, Wait::Committed, patience).await;
            let done = done.with_context(|| file.display().to_string())?;
            ensure!(
                done.reached(Wait::Committed),
                "{}: received and not in a block yet; run this again",
                file.display()
            );
            say(format_args!("published 已发布 {} {}", file.display(), record.id()));
        }
        Ok(Exit::Done)
    }
}

async fn text_of(client: &Client, file: &Path) -> anyhow::Result<Text> {
    let text = read(file)?;
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("json") => calendar(client, &text).await,
        Some("toml") => match Rulebook::parse(&text) {
            Ok(_) => {
                let digest = Rulebook::digest(&text).to_string();
                let page = client.rulebooks().await?;
                let known =
                    page.items.iter().any(|one| one.get("digest").and_then(Value::as_str) == Some(&digest));
                let body = serde_json::to_value(RulebookPublished { toml: text })?;
                Ok(Text { record_type: "rulebook.published/1", body, known })
            }
            Err(error) => {
                // A district's text names its base; anything else is a rulebook with a fault, which is told.
                Tightening::parse(&text).map_err(|_| error)?;
                let digest = Rulebook::digest(&text).to_string();
                let page = client.tightenings().await?;
                let known =
                    page.items.iter().any(|one| one.get("digest").and_then(Value::as_str) == Some(&digest));
                Ok(Text { record_type: "rulebook.tightened/1", body: json!({"toml": text}), known })
            }
        },
        _ => bail!("neither a rulebook (.toml) nor a calendar (.json) 不是规则书或日历文件"),
    }
}

async fn calendar(client: &Client, text: &str) -> anyhow::Result<Text> {
    let body: CalendarPublished = from_strict(text.as_bytes())
        .context("no calendar; see: biaozheng record example calendar.published/1")?;
    let page = client.calendars().await?;
    let same = |one: &&Value| {
        one.get("year").and_then(Value::as_u64) == Some(body.year.into())
            && one.get("version").and_then(Value::as_u64) == Some(body.version.into())
    };
    let known = page.items.iter().any(|one| same(&one));
    Ok(Text { record_type: "calendar.published/1", body: serde_json::to_value(body)?, known })
}

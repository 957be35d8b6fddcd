//! `biaozheng import`: past projects from open contracting data, as evidence and never as projects of this ledger.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use biaozheng_client::author::clock;
use biaozheng_client::{Author, Client, ClientError, Patience, Wait};
use biaozheng_contracts::archive::imported::Imported;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, DocumentDigest, OrgId, RecordId};
use biaozheng_ledger::record::Record;
use clap::Args;
use serde_json::Value;

use crate::Exit;
use crate::output::{complain, say};
use crate::record::certificate::chain_of;
use crate::terminal::progress::Progress;
use biaozheng_client::key_file::read as read_secret;

mod reading;
mod span;

use reading::Reading;

const HELP: &str = "\
Reads OCDS releases and records: one JSON document (a release, a record, a package of either, or an array of them), or
one document on each line; plain or compressed with gzip. Records the digest of each release or record, by its own bytes,
with its OCID, source and licence (history.imported/1). The ledger then proves that these data were as they are when they
were imported, nothing about how the projects were run: they are listed apart, marked imported and not under these rules.

Where the OCID was imported before with other bytes, the new ones become its next version. Bytes that were imported
already, as the newest version or an earlier one, are passed over. What cannot be read, has no OCID, or is refused by the
node is named by its line and left out; the others are recorded all the same.

Exit code: 0 when everything is recorded or was there already, 1 when something was refused or the command failed, 2 when
the node cannot be reached; run it again then, what is recorded is passed over.

Example:
  biaozheng import --file auctions.jsonl.gz --source https://data.example/auctions --licence CC-BY-4.0 \\
      --org CITY-CENTRE --key city.key";

/// Characters of a title that go into a summary.
const SUMMARY_CHARACTERS_MAX: usize = 200;
/// Versions of one OCID that are looked back through.
const VERSIONS_MAX: usize = 10_000;
/// Where a release's or a record's title is looked for.
const TITLES: [&str; 7] = [
    "/tender/title",
    "/compiledRelease/tender/title",
    "/releases/0/tender/title",
    "/planning/project",
    "/contracts/0/title",
    "/awards/0/title",
    "/tender/description",
];

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Import {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: Option<String>,
    /// OCDS releases or records: lines, a package, or one document; gzip is read too
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// Who published the data, and where
    #[arg(long, value_name = "TEXT")]
    source: String,
    /// Its licence
    #[arg(long, value_name = "TEXT")]
    licence: String,
    /// The centre's secret key file
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The centre
    #[arg(long, value_name = "ORG")]
    org: OrgId,
    /// At most so many releases or records
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// What became of an item.
enum Outcome {
    Recorded,
    NextVersion,
    Known,
    Refused(String),
}

#[derive(Default)]
struct Counts {
    recorded: u64,
    versions: u64,
    known: u64,
    refused: u64,
}

struct Sender {
    client: Client,
    author: Author,
    chain: ChainId,
}

impl Import {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        let client = Client::new(&self.api)?;
        let chain = client.genesis().await?.chain_id();
        if let Some(expected) = self.chain.as_deref().map(chain_of).transpose()? {
            ensure!(expected == chain, "the node is of chain {chain}, not {expected} 链标识不符");
        }
        let author = Author::new(self.org.clone(), read_secret(&self.key)?, chain);
        let sender = Sender { client, author, chain };
        let mut counts = Counts::default();
        let ended = self.each(&sender, &mut counts).await;
        // Said also when the node went away in the middle.
        say(&counts);
        ended?;
        Ok(if counts.refused == 0 { Exit::Done } else { Exit::No })
    }

    async fn each(&self, sender: &Sender, counts: &mut Counts) -> anyhow::Result<()> {
        let mut reading = Reading::open(&self.file).with_context(|| self.file.display().to_string())?;
        let total = self.limit.unwrap_or(0) as u64;
        let mut progress = Progress::new("releases 历史项目", total);
        let (mut number, most) = (0u64, self.limit.map_or(u64::MAX, |limit| limit as u64));
        while number < most
            && let Some(items) = reading.next_items()
        {
            if items.is_empty() {
                complain(format_args!("{}: a package without a release or record", self.file.display()));
            }
            for (place, item) in items {
                if number >= most {
                    break;
                }
                number = number.saturating_add(1);
                let outcome = match item.and_then(|text| self.body(&text)) {
                    Ok(body) => {
                        progress.at(number, total.max(number), body.ocid.escape_debug().to_string());
                        let sent = sender.send(&body).await.with_context(|| place.clone())?;
                        counts.add(&sent);
                        tell(&place, Some(&body.ocid), &sent);
                        continue;
                    }
                    Err(why) => Outcome::Refused(why),
                };
                counts.add(&outcome);
                tell(&place, None, &outcome);
            }
        }
        ensure!(number > 0, "{} holds no release or record 文件中没有数据", self.file.display());
        Ok(())
    }

    /// What is recorded of a release or record; the words why there is nothing to record.
    fn body(&self, text: &str) -> Result<Imported, String> {
        let release: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let ocid = match release.get("ocid") {
            Some(Value::String(ocid)) if !ocid.trim().is_empty() => ocid.clone(),
            Some(Value::String(_)) => return Err("'ocid' is empty".into()),
            Some(_) => return Err("'ocid' is no text".into()),
            None => return Err("no 'ocid'".into()),
        };
        Ok(Imported {
            source: self.source.clone(),
            licence: self.licence.clone(),
            ocid,
            digest: DocumentDigest::new(Digest::of(text.as_bytes())),
            summary: summary(&release),
        })
    }
}

/// A title as people wrote it, on one line; says so where there is none.
fn summary(release: &Value) -> String {
    let plain = |text: &str| -> String {
        let words: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        words.trim().chars().take(SUMMARY_CHARACTERS_MAX).collect()
    };
    let mut titles = TITLES.iter().filter_map(|at| release.pointer(at).and_then(Value::as_str)).map(plain);
    titles.find(|title| !title.is_empty()).unwrap_or_else(|| "no title 无标题".to_owned())
}

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::Recorded => &mut self.recorded,
            Outcome::NextVersion => {
                self.versions = self.versions.saturating_add(1);
                &mut self.recorded
            }
            Outcome::Known => &mut self.known,
            Outcome::Refused(_) => &mut self.refused,
        };
        *count = count.saturating_add(1);
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { recorded, versions, known, refused } = self;
        write!(
            f,
            "{recorded} imported as evidence 已导入存证 ({versions} as a next version 新版本), {known} were there already \
             已存在, {refused} refused 未导入"
        )
    }
}

fn tell(place: &str, ocid: Option<&str>, outcome: &Outcome) {
    let whose = ocid.map(|ocid| format!("{} ", ocid.escape_debug())).unwrap_or_default();
    match outcome {
        Outcome::Recorded => {}
        Outcome::NextVersion => {
            complain(format_args!("{place}: {whose}changed; recorded as its next version"))
        }
        Outcome::Known => complain(format_args!("{place}: {whose}was imported before; passed over")),
        Outcome::Refused(why) => complain(format_args!("{place}: {whose}not imported 未导入: {why}")),
    }
}

impl Sender {
    /// Records an item, as the first version of its OCID or the next.
    ///
    /// # Errors
    /// What is no fault of the item: the node is away or stands, or the signer may not import.
    async fn send(&self, body: &Imported) -> anyhow::Result<Outcome> {
        let refused = match self.submit(body, None).await? {
            None => return Ok(Outcome::Recorded),
            Some(refused) => refused,
        };
        if refused.code() != Some("record.previous") {
            return Ok(Outcome::Refused(refused.to_string()));
        }
        let newest = match &refused {
            ClientError::Problem(problem) => problem.value.as_deref().and_then(named),
            _ => None,
        };
        let newest =
            newest.with_context(|| format!("the node does not name the version before: {refused}"))?;
        if self.is_known(body, newest).await? {
            return Ok(Outcome::Known);
        }
        Ok(match self.submit(body, Some(newest)).await? {
            None => Outcome::NextVersion,
            Some(refused) => Outcome::Refused(refused.to_string()),
        })
    }

    /// Whether these bytes are a version that is recorded; from the newest back to the first.
    async fn is_known(&self, body: &Imported, newest: RecordId) -> anyhow::Result<bool> {
        let mut next = Some(newest);
        for _ in 0..VERSIONS_MAX {
            let Some(id) = next else { return Ok(false) };
            let answer = self.client.record(&id).await?;
            let envelope = answer.get("envelope").cloned().unwrap_or_default();
            let record = Record::from_json(envelope.to_string().as_bytes())
                .with_context(|| format!("the node's answer for record {id}"))?;
            let payload = record.payload();
            ensure!(
                record.id() == id && payload.chain == self.chain,
                "the node answered with another record"
            );
            let version: Imported = serde_json::from_value(payload.body.clone())?;
            ensure!(version.ocid == body.ocid, "record {id} is of another OCID, {:?}", version.ocid);
            if version.digest == body.digest {
                return Ok(true);
            }
            next = payload.previous;
        }
        anyhow::bail!("more than {VERSIONS_MAX} versions of {:?}", body.ocid)
    }

    /// Nothing when it is recorded, or the rule's refusal.
    async fn submit(
        &self,
        body: &Imported,
        previous: Option<RecordId>,
    ) -> anyhow::Result<Option<ClientError>> {
        let mut draft = self.author.record("history.imported/1", body);
        if let Some(previous) = previous {
            draft = draft.previous(previous);
        }
        let record = draft.sign(clock())?;
        match self.client.submit_until(&record, Wait::Committed, Patience::default()).await {
            Ok(sent) => {
                ensure!(
                    sent.reached(Wait::Committed),
                    "the node took {} and no block has it yet",
                    record.id()
                );
                Ok(None)
            }
            Err(error) if is_of_item(&error) => Ok(Some(error)),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether a refusal is about the item and not about who imports or the node.
fn is_of_item(error: &ClientError) -> bool {
    match error {
        ClientError::Problem(problem) => {
            let of_signer = problem.code.starts_with("participant.") || problem.code.starts_with("key.");
            problem.rule.is_some() && !of_signer && !error.is_temporary()
        }
        _ => false,
    }
}

/// The record a refusal expects: `expected sha256:…`.
fn named(value: &str) -> Option<RecordId> {
    value.strip_prefix("expected ")?.parse().ok()
}

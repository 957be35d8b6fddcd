//! A scene's way to the real chain.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use biaozheng_client::{Author, Client, ClientError, Patience, Wait, author};
use biaozheng_contracts::sealing::slot::slot_of_deadline;
use biaozheng_ledger::ids::{DocumentDigest, Height, OrgId, RecordId, TimeMs};
use biaozheng_ledger::record::Record;
use biaozheng_scenes::live::{Envelope, InBlock, Live};
use biaozheng_scenes::setting;
use biaozheng_scenes::setting::project;
use biaozheng_seal::sealing::LotId;
use biaozheng_seal::seed::Seed;
use biaozheng_seal::tokens::UnspentToken;
use serde_json::Value;
use tokio::runtime::Handle;

use anyhow::{Context as _, ensure};
use biaozheng_client::sealing::{Envelope as Sealed, Groups, entry_record};

/// Whoever seals bids in a scene, and how many tokens each asks for.
const BIDDERS: [&str; 3] = ["B1", "B2", "B3"];
const TOKENS: usize = 4;
/// How long the group may take over the bids of a slot.
const OPENING: Duration = Duration::from_secs(120);

/// A node that records are sent to and read from.
pub(super) struct Chain {
    client: Client,
    runtime: Handle,
    documents: PathBuf,
    groups: Option<Groups>,
    tokens: BTreeMap<OrgId, Vec<UnspentToken>>,
    own: BTreeSet<RecordId>,
    /// The last block whose records were looked at.
    seen: u64,
    happened: Sender<RecordId>,
}

impl Chain {
    /// With the ids of what the scene makes happen. `groups`: the scene seals its bids.
    pub(super) fn new(
        client: Client,
        runtime: Handle,
        documents: PathBuf,
        groups: Option<Groups>,
    ) -> (Self, Receiver<RecordId>) {
        let (happened, receiver) = channel();
        let (tokens, own) = (BTreeMap::new(), BTreeSet::new());
        (Self { client, runtime, documents, groups, tokens, own, seen: 0, happened }, receiver)
    }

    fn tell(&mut self, id: RecordId) {
        self.own.insert(id);
        let _ = self.happened.send(id);
    }

    /// Every bidder asks for its tokens while the tender is prepared.
    async fn ask(&mut self) -> anyhow::Result<()> {
        let Some(groups) = &self.groups else { return Ok(()) };
        let mut asking = tokio::task::JoinSet::new();
        for name in BIDDERS {
            let (client, groups) = (self.client.clone(), groups.clone());
            let author = Author::new(setting::org(name), setting::key(name), setting::chain());
            asking.spawn(async move {
                let seeds: Vec<Seed> = (0..TOKENS).map(|_| Seed::new(rand::random())).collect();
                let asked = client.sealing_tokens(&groups, &author, &seeds, Duration::from_secs(60)).await?;
                anyhow::Ok((author.org().clone(), asked))
            });
        }
        while let Some(asked) = asking.join_next().await {
            let (org, (record, tokens)) = asked??;
            self.tell(record);
            self.tokens.insert(org, tokens);
        }
        Ok(())
    }

    async fn enter(&mut self, envelope: Envelope) -> anyhow::Result<()> {
        let groups = self.groups.as_ref().context("the scene seals no bids")?;
        let author = Author::new(envelope.bidder, envelope.key, setting::chain());
        let slot =
            slot_of_deadline(TimeMs::new(envelope.deadline), groups.slot_ms).context("no slot's end")?;
        let sealed = Sealed { tender: project(), lot: LotId::new(&envelope.lot)?, sequence: 1, slot };
        let seed = Seed::new(rand::random());
        let (entry, _) = author.seal_bid(groups, &sealed, envelope.text.into_bytes(), &seed)?;
        let token = self.tokens.get_mut(author.org()).and_then(Vec::pop).context("no token is left")?;
        let record = entry_record(&setting::chain(), token, &entry)?;
        let done = self.client.submit_until(&record, Wait::Committed, Patience::default()).await?;
        ensure!(done.reached(Wait::Committed), "an entry is in no block yet");
        let _ = self.happened.send(record.id());
        Ok(())
    }

    async fn look(&mut self) -> anyhow::Result<Vec<InBlock>> {
        if self.groups.is_none() {
            return Ok(Vec::new());
        }
        let tip =
            self.client.status_json().await?.get("height").and_then(Value::as_u64).context("no height")?;
        let mut found = Vec::new();
        while self.seen < tip {
            self.seen += 1;
            let block = self.client.block(Height::new(self.seen)).await?;
            for id in block.record_ids.iter().filter(|id| !self.own.contains(*id)) {
                let answer = self.client.record(id).await?;
                let Some(envelope) = answer.get("envelope").filter(|envelope| !envelope.is_null()) else {
                    continue;
                };
                let record = Record::from_json(envelope.to_string().as_bytes())?;
                if concerns(&record) {
                    found.push(InBlock { record, height: self.seen, time: block.time_ms });
                }
            }
        }
        Ok(found)
    }
}

/// What a world with sealed bids has to know of others.
fn concerns(record: &Record) -> bool {
    let payload = record.payload();
    match payload.record_type.name() {
        "sealed.entered" | "slot.opened" => true,
        "tender.opened" | "beacon.recovered" => payload.project == Some(project()),
        "participant.key_added" => !BIDDERS.contains(&payload.author.org.as_str()),
        name => name.starts_with("dkg."),
    }
}

impl Live for Chain {
    fn happen(
        &mut self,
        record: &Record,
        not_before: u64,
        papers: &[(DocumentDigest, Vec<u8>)],
    ) -> (u64, u64) {
        let runtime = self.runtime.clone();
        let happened = runtime.block_on(async {
            // First, so that the scene's time does not stand still meanwhile.
            if record.payload().record_type.name() == "project.registered" {
                self.ask().await?;
            }
            happen(&self.client, &self.documents, record, not_before, papers).await
        });
        self.tell(record.id());
        happened.unwrap_or_else(|error| panic!("{error:#}"))
    }

    fn seal(&mut self, envelope: Envelope) {
        let runtime = self.runtime.clone();
        runtime.block_on(self.enter(envelope)).unwrap_or_else(|error| panic!("{error:#}"));
    }

    fn refuse(&mut self, record: &Record, not_before: u64) -> String {
        let runtime = self.runtime.clone();
        let told = runtime.block_on(refuse(&self.client, record, not_before));
        told.unwrap_or_else(|error| panic!("{error:#}"))
    }

    fn others(&mut self) -> Vec<InBlock> {
        let runtime = self.runtime.clone();
        runtime.block_on(self.look()).unwrap_or_else(|error| panic!("{error:#}"))
    }
}

/// The block's time must not be before the scene's.
async fn wait_until(not_before: u64) {
    let ahead = not_before.saturating_sub(author::clock().get());
    if ahead > 0 {
        tokio::time::sleep(Duration::from_millis(ahead + 30)).await;
    }
}

/// The code by which the chain refuses a record.
async fn refuse(client: &Client, record: &Record, not_before: u64) -> anyhow::Result<String> {
    wait_until(not_before).await;
    match client.submit_until(record, Wait::Committed, Patience::default()).await {
        Ok(_) => anyhow::bail!("the chain accepts {}", record.payload().record_type),
        Err(ClientError::Problem(problem)) => Ok(problem.code),
        Err(error) => Err(error.into()),
    }
}

/// Puts a record on the chain, sends the papers it names, and gives its height and its block's time.
async fn happen(
    client: &Client,
    documents: &Path,
    record: &Record,
    not_before: u64,
    papers: &[(DocumentDigest, Vec<u8>)],
) -> anyhow::Result<(u64, u64)> {
    wait_until(not_before).await;
    let patience = Patience { total: Duration::from_secs(60), ..Patience::default() };
    let begun = tokio::time::Instant::now();
    loop {
        match client.submit_until(record, Wait::Committed, patience).await {
            Ok(done) => {
                ensure!(done.reached(Wait::Committed), "record {} is in no block yet", record.id());
                break;
            }
            // Another scene was first with the same: parties, rulebooks and experts are shared.
            Err(ClientError::Problem(problem)) if is_shared(record, &problem.code) => {
                return Ok((0, not_before));
            }
            // The group is at work.
            Err(ClientError::Problem(problem))
                if problem.code == "opening.sealed_shut" && begun.elapsed() < OPENING =>
            {
                tokio::time::sleep(Duration::from_millis(150)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    for (digest, bytes) in papers {
        let path = documents.join(digest.digest().hex());
        std::fs::write(&path, bytes)?;
        client.put_document(&record.id(), &path).await?;
    }
    let seen = client.record(&record.id()).await?;
    let number = |name: &str| seen.get(name).and_then(Value::as_u64);
    number("height").zip(number("time_ms")).context("a record without height and time")
}

fn is_shared(record: &Record, code: &str) -> bool {
    let kind = record.payload().record_type.name();
    matches!(
        (kind, code),
        ("participant.registered", "participant.exists" | "participant.key")
            | ("rulebook.published", "rulebook.version")
            | ("rulebook.tightened", "tightening.version")
            | ("calendar.published", "calendar.version")
            | ("expert.enrolled", "expert.exists")
            | ("expert.suspended", "expert.unknown")
    )
}

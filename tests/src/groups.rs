//! The groups of sealed bids of a cluster: its nodes' keys before they start, and the ceremonies once they run.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_client::{Author, Patience, Wait, author, key_file};
use biaozheng_ledger::ids::{OrgId, RecordId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_seal::dkg::Member as Seat;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::cluster::{Cluster, VALIDATORS, program};

/// A node that is to have shares: its organisation, the key it signs records with, and its member's keys.
#[derive(Clone, Debug)]
pub struct Member {
    pub org: &'static str,
    records: SecretKey,
    member: String,
}

/// What the city centre fixes with the ceremonies.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    pub slot_ms: u64,
    /// Slots after the running one that take entries.
    pub ahead: u32,
    /// Tokens of a bidder.
    pub quota: u32,
    /// Tokens of a member, for its cover.
    pub member_quota: u32,
    /// Each of the three phases of a ceremony, milliseconds.
    pub phase_ms: u64,
}

/// The validator that covers entries where one does.
pub const COVERING: usize = 3;

/// Gives every validator of a cluster that does not run yet its keys and its organisation. `cover`: entries of each size
/// class that leave at each moment of a validator.
///
/// # Errors
/// When the program or a file refuses.
pub async fn prepare(cluster: &Cluster, cover: impl Fn(usize) -> usize) -> anyhow::Result<Vec<Member>> {
    let mut members = Vec::new();
    for index in 0..VALIDATORS.len() {
        members.push(prepare_node(cluster, index, cover(index), true).await?);
    }
    Ok(members)
}

/// Gives one node its keys; and its organisation, unless somebody else is to play its member.
///
/// # Errors
/// When the program or a file refuses.
pub async fn prepare_node(
    cluster: &Cluster,
    index: usize,
    cover: usize,
    takes_part: bool,
) -> anyhow::Result<Member> {
    let (home, org) = (cluster.home(index), Cluster::org(index));
    let mut command = Command::new(program("biaozheng")?);
    let output = command.args(["keys", "sealing", "--home"]).arg(&home).output().await?;
    ensure!(output.status.success(), "keys sealing: {}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout)?;
    let member = said.split_whitespace().find(|word| word.len() == 128);
    if takes_part {
        let config = home.join("config.toml");
        let written = std::fs::read_to_string(&config)?;
        let changed = written
            .replace("\norg = \"\"\n", &format!("\norg = \"{org}\"\n"))
            .replace("\ncover = 1\n", &format!("\ncover = {cover}\n"));
        let named = |line: &str| changed.contains(&format!("\n{line}\n"));
        ensure!(
            named(&format!("org = \"{org}\"")) && named(&format!("cover = {cover}")),
            "no place in {config:?}"
        );
        std::fs::write(&config, changed)?;
    }
    Ok(Member {
        org,
        records: key_file::read(&home.join("keys/records.key"))?,
        member: member.context("no member's keys")?.to_owned(),
    })
}

/// Registers the keys with which members' nodes sign their records.
///
/// # Errors
/// When a record is refused.
pub async fn register(cluster: &Cluster, members: &[Member]) -> anyhow::Result<Vec<RecordId>> {
    let (client, mut records) = (cluster.client(0)?, Vec::new());
    for one in members {
        let by = cluster.organisation(one.org)?;
        let body = json!({"org": one.org, "key": one.records.public(), "purposes": ["session"]});
        let record =
            by.record("participant.key_added/1", body).cosign(&one.author(cluster)?).sign(author::clock())?;
        client.submit_until(&record, Wait::Committed, Patience::default()).await?;
        records.push(record.id());
    }
    Ok(records)
}

/// Starts a ceremony for an epoch of the group of the bids, or of tokens; the organisations of all members sign.
///
/// # Errors
/// When the record is refused.
pub async fn start(
    cluster: &Cluster,
    purpose: Value,
    epoch: u32,
    members: &[Member],
    phase_ms: u64,
) -> anyhow::Result<RecordId> {
    let body = ceremony(purpose, epoch, members, author::clock(), phase_ms);
    let city = cluster.organisation(VALIDATORS[0].1)?;
    let others = members.iter().filter(|one| one.org != VALIDATORS[0].1);
    let others = others.map(|one| cluster.organisation(one.org)).collect::<anyhow::Result<Vec<_>>>()?;
    let draft = others.iter().fold(city.record("dkg.started/1", body), |draft, one| draft.cosign(one));
    let record = draft.sign(author::clock())?;
    let sent = cluster.client(0)?.submit_until(&record, Wait::Committed, Patience::default()).await?;
    ensure!(sent.reached(Wait::Committed), "the ceremony's start is in no block");
    Ok(record.id())
}

impl Numbers {
    #[must_use]
    pub fn sealing(&self) -> Value {
        json!({"kind": "sealing", "slot_ms": self.slot_ms, "ahead": self.ahead})
    }

    #[must_use]
    pub fn tokens(&self) -> Value {
        let until = author::clock().saturating_add(86_400_000);
        json!({
            "kind": "tokens", "epoch": 1, "quota": self.quota, "member_quota": self.member_quota,
            "valid_until_ms": until,
        })
    }
}

impl Member {
    /// Its public keys in a ceremony.
    ///
    /// # Errors
    /// Never for keys the program made.
    pub fn seat(&self) -> anyhow::Result<Seat> {
        let bytes = hex::decode(&self.member)?.try_into().map_err(|_| anyhow::anyhow!("64 bytes"))?;
        Ok(Seat::from_bytes(&bytes)?)
    }

    /// The organisation with the key its node signs with.
    ///
    /// # Errors
    /// Never for an organisation of a cluster.
    pub fn author(&self, cluster: &Cluster) -> anyhow::Result<Author> {
        Ok(Author::new(OrgId::new(self.org)?, self.records.clone(), cluster.chain))
    }
}

/// Waits until what `/v1/sealing` says is so.
///
/// # Errors
/// When it is not in time for three phases and a minute.
pub async fn until(
    cluster: &Cluster,
    phase_ms: u64,
    what: &str,
    done: impl Fn(&Value) -> bool,
) -> anyhow::Result<()> {
    let patience = Duration::from_millis(phase_ms.saturating_mul(3)) + Duration::from_secs(60);
    let (client, end) = (cluster.client(0)?, tokio::time::Instant::now() + patience);
    loop {
        // 404 until there is a group.
        let seen = client.sealing().await.unwrap_or_default();
        if done(&seen) {
            return Ok(());
        }
        ensure!(tokio::time::Instant::now() < end, "{what} did not come about: {seen}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Registers the members' keys and holds both ceremonies; returns when both groups have their keys.
///
/// # Errors
/// When a record is refused, or a group does not come about.
pub async fn found(cluster: &Cluster, members: &[Member], numbers: Numbers) -> anyhow::Result<Vec<RecordId>> {
    let mut records = register(cluster, members).await?;
    for purpose in [numbers.sealing(), numbers.tokens()] {
        records.push(start(cluster, purpose, 0, members, numbers.phase_ms).await?);
    }
    let both = |seen: &Value| seen.get("tokens").is_some_and(|tokens| !tokens.is_null());
    until(cluster, numbers.phase_ms, "groups", both).await?;
    Ok(records)
}

/// Deals the key of the bids anew to these members, with the commands people have for it; returns when their epoch is the
/// current one.
///
/// # Errors
/// When the start is refused, or no keys come out.
pub async fn reshare(
    cluster: &Cluster,
    members: &[Member],
    numbers: Numbers,
    epoch: u32,
) -> anyhow::Result<RecordId> {
    let started = start_by_command(cluster, members, numbers.phase_ms).await?;
    let reached = |seen: &Value| seen.get("epoch").and_then(Value::as_u64) == Some(epoch.into());
    until(cluster, numbers.phase_ms, &format!("epoch {epoch}"), reached).await?;
    Ok(started)
}

/// The start goes from one organisation to the next as a file, and the last one submits it.
async fn start_by_command(cluster: &Cluster, members: &[Member], phase_ms: u64) -> anyhow::Result<RecordId> {
    let folder = tempfile::tempdir()?;
    let file = |count: usize| folder.path().join(format!("start-{count}.json"));
    let (chain, api) = (cluster.chain.to_string(), cluster.url(0));
    let key = |org: &str| cluster.folder.join("organisations").join(format!("{org}.key"));
    let phase_s = phase_ms.div_ceil(1000).to_string();
    let city = VALIDATORS[0].1;
    let mut command = Command::new(program("biaozheng")?);
    command.args(["sealing", "reshare", "--chain", &chain, "--api", &api, "--org", city]);
    command.args(["--dealing-s", &phase_s, "--phase-s", &phase_s]);
    for one in members {
        command.arg("--seat").arg(format!("{}={}", one.org, one.member));
    }
    said(command.arg("--key").arg(key(city)).arg("--out").arg(file(0))).await?;
    let mut count = 0;
    for one in members.iter().filter(|one| one.org != city) {
        let mut command = Command::new(program("biaozheng")?);
        command.args(["sealing", "sign", "--chain", &chain, "--org", one.org, "--member", &one.member]);
        command.arg(file(count)).arg("--key").arg(key(one.org));
        count = count.saturating_add(1);
        said(command.arg("--out").arg(file(count))).await?;
    }
    let mut command = Command::new(program("biaozheng")?);
    command.args(["submit", "--chain", &chain, "--api", &api, "--envelope"]).arg(file(count));
    let said = said(&mut command).await?;
    let record = said.split_whitespace().find(|word| word.starts_with("sha256:"));
    Ok(record.context("no record")?.parse()?)
}

/// What a command that succeeds writes.
pub(crate) async fn said(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().await?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// The body of `dkg.started/1`.
#[must_use]
pub fn ceremony(purpose: Value, epoch: u32, members: &[Member], now: TimeMs, phase_ms: u64) -> Value {
    let seats: Vec<Value> = members.iter().map(|one| json!({"org": one.org, "member": one.member})).collect();
    let after = |phases: u64| now.saturating_add(phase_ms.saturating_mul(phases));
    json!({
        "purpose": purpose, "epoch": epoch, "members": seats, "dealing_until_ms": after(1),
        "acknowledging_until_ms": after(2), "concluding_until_ms": after(3),
    })
}

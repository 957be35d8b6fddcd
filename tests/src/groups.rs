//! The groups of sealed bids of a cluster: every validator's keys before it starts, and the ceremonies once it runs.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_client::{Author, Patience, Wait, author, key_file};
use biaozheng_ledger::ids::{OrgId, RecordId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::cluster::{Cluster, VALIDATORS, program};

/// A validator that is to have shares: its organisation, the key its node signs records with, and its member's keys.
#[derive(Debug)]
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
    /// Tokens of a member, for its dummies.
    pub member_quota: u32,
    /// Each of the three phases of a ceremony, milliseconds.
    pub phase_ms: u64,
}

/// Gives every validator of a cluster that does not run yet its keys and its organisation. `dummies`: entries of each
/// size class that a validator makes for each slot.
///
/// # Errors
/// When the program or a file refuses.
pub async fn prepare(cluster: &Cluster, dummies: impl Fn(usize) -> usize) -> anyhow::Result<Vec<Member>> {
    let mut members = Vec::new();
    for (index, (_, org)) in VALIDATORS.iter().enumerate() {
        let home = cluster.home(index);
        let mut command = Command::new(program("biaozheng")?);
        let output = command.args(["keys", "sealing", "--home"]).arg(&home).output().await?;
        ensure!(output.status.success(), "keys sealing: {}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout)?;
        let member = said.split_whitespace().find(|word| word.len() == 128);
        let config = home.join("config.toml");
        let written = std::fs::read_to_string(&config)?;
        let changed = written
            .replace("\norg = \"\"\n", &format!("\norg = \"{org}\"\n"))
            .replace("\ndummies_per_slot = 0\n", &format!("\ndummies_per_slot = {}\n", dummies(index)));
        ensure!(changed.contains(&format!("\norg = \"{org}\"\n")), "no place for the organisation");
        std::fs::write(&config, changed)?;
        members.push(Member {
            org,
            records: key_file::read(&home.join("keys/records.key"))?,
            member: member.context("no member's keys")?.to_owned(),
        });
    }
    Ok(members)
}

/// Registers the members' keys and holds both ceremonies; returns when both groups have their keys.
///
/// # Errors
/// When a record is refused, or a group does not come about.
pub async fn found(cluster: &Cluster, members: &[Member], numbers: Numbers) -> anyhow::Result<Vec<RecordId>> {
    let (client, mut records) = (cluster.client(0)?, Vec::new());
    for one in members {
        let by = cluster.organisation(one.org)?;
        let node = Author::new(OrgId::new(one.org)?, one.records.clone(), cluster.chain);
        let body = json!({"org": one.org, "key": one.records.public(), "purposes": ["session"]});
        let record = by.record("participant.key_added/1", body).cosign(&node).sign(author::clock())?;
        client.submit_until(&record, Wait::Committed, Patience::default()).await?;
        records.push(record.id());
    }
    let Numbers { slot_ms, ahead, quota, member_quota, .. } = numbers;
    let until = author::clock().saturating_add(86_400_000);
    for purpose in [
        json!({"kind": "sealing", "slot_ms": slot_ms, "ahead": ahead}),
        json!({"kind": "tokens", "epoch": 1, "quota": quota, "member_quota": member_quota, "valid_until_ms": until}),
    ] {
        let body = ceremony(purpose, 0, members, author::clock(), numbers.phase_ms);
        let city = cluster.organisation(VALIDATORS[0].1)?;
        let record = city.record("dkg.started/1", body).sign(author::clock())?;
        client.submit_until(&record, Wait::Committed, Patience::default()).await?;
        records.push(record.id());
    }
    let patience = Duration::from_millis(numbers.phase_ms.saturating_mul(3)) + Duration::from_secs(60);
    let end = tokio::time::Instant::now() + patience;
    loop {
        // 404 until there is a group.
        let seen = client.sealing().await.unwrap_or_default();
        if seen.get("tokens").is_some_and(|tokens| !tokens.is_null()) {
            return Ok(records);
        }
        ensure!(tokio::time::Instant::now() < end, "the ceremonies gave no groups: {seen}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
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

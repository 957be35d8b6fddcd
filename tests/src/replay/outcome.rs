//! What the ledger says happened, counted from the ledger and held against the data.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, ensure};
use biaozheng_client::{Client, PageQuery};
use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::ids::{Height, RecordId};
use biaozheng_ledger::record::Record;
use serde::Serialize;
use serde_json::Value;

use super::input::Auction;
use super::openings::{OpenedSlot, Openings};

/// `summary.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    pub auctions: u64,
    pub synthetic_projects: u64,
    pub records: u64,
    pub bids: u64,
    pub awards: u64,
    pub failed_tenders: u64,
    pub blocks: u64,
    pub certificates_issued: u64,
    pub certificates_valid: u64,
    pub archives: u64,
    pub archives_valid: u64,
    /// Built again from another node's ledger, byte for byte as their seals say.
    pub archives_rebuilt: u64,
    /// Draws of experts, of K and of blind codes, run again offline by the separate program.
    pub draws: u64,
    pub draws_valid: u64,
    /// From the first key ceremony to the last auction's award and archive.
    pub auctions_s: f64,
    /// From the first key ceremony to the certificate of the last of `records`: auctions, synthetic projects, imports.
    pub elapsed_s: f64,
    /// `records` by `elapsed_s`.
    pub records_per_s: f64,
    /// Sealed entries in slots that are open, and what they were: counted by opening them anew.
    pub sealed_entries: u64,
    pub sealed_dummies: u64,
    pub sealed_bids: u64,
    pub sealed_withdrawals: u64,
    pub sealed_broken: u64,
    /// Envelopes that the opening records of sealed tenders list.
    pub sealed_standing: u64,
    /// The longest from a deadline until names were open on chain, and until bodies were, milliseconds.
    pub names_opened_after_ms_max: u64,
    pub bids_opened_after_ms_max: u64,
    pub slots: Vec<OpenedSlot>,
}

/// Walks blocks and projects on one node, fetches every certificate into a folder, and compares with the data.
///
/// # Errors
/// Naming the first auction whose outcome on the ledger is not the data's.
pub async fn summarise(
    client: &Client,
    auctions: &[Auction],
    certificates: &Path,
    progress: impl Fn(u64),
) -> anyhow::Result<Summary> {
    std::fs::create_dir_all(certificates)?;
    let mut summary = Summary {
        auctions: 0,
        synthetic_projects: 0,
        records: 0,
        bids: 0,
        awards: 0,
        failed_tenders: 0,
        blocks: 0,
        certificates_issued: 0,
        certificates_valid: 0,
        archives: 0,
        archives_valid: 0,
        archives_rebuilt: 0,
        draws: 0,
        draws_valid: 0,
        auctions_s: 0.0,
        elapsed_s: 0.0,
        records_per_s: 0.0,
        sealed_entries: 0,
        sealed_dummies: 0,
        sealed_bids: 0,
        sealed_withdrawals: 0,
        sealed_broken: 0,
        sealed_standing: 0,
        names_opened_after_ms_max: 0,
        bids_opened_after_ms_max: 0,
        slots: Vec::new(),
    };
    let groups = client.sealing_groups(client.status().await?.chain).await?;
    let mut openings = Openings::of(groups.sealing, groups.slot_ms);
    let tip = client.status_json().await?.get("height").and_then(Value::as_u64).context("no height")?;
    for height in 1..=tip {
        let block = client.block(Height::new(height)).await?;
        summary.blocks = summary.blocks.saturating_add(1);
        for id in block.record_ids {
            summary.records = summary.records.saturating_add(1);
            let certificate = fetch(client, &id, certificates).await?;
            if let Some(envelope) = &certificate.envelope {
                let record = Record::from_json(envelope.to_string().as_bytes())?;
                openings.take(record.payload(), certificate.block.time_ms);
            }
            summary.certificates_issued = summary.certificates_issued.saturating_add(1);
            progress(summary.certificates_issued);
        }
    }
    summary.count(openings);
    let expected: BTreeMap<String, &Auction> =
        auctions.iter().map(|auction| (auction.project.to_string(), auction)).collect();
    let mut query = PageQuery { limit: Some(200), after: None };
    loop {
        let page = client.projects(&query).await?;
        for item in &page.items {
            let id = item.get("project").and_then(Value::as_str).context("a project without an id")?;
            if id.starts_with(crate::scenes::PROJECT_PREFIX) {
                ensure!(
                    item.get("stage").and_then(Value::as_str) == Some("archived"),
                    "{id} is not archived"
                );
                summary.synthetic_projects = summary.synthetic_projects.saturating_add(1);
                continue;
            }
            let auction = expected.get(id).with_context(|| format!("{id} is not in the data"))?;
            let project = client.project(&auction.project).await?;
            compare(&mut summary, auction, &project).with_context(|| format!("project {id}"))?;
        }
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    Ok(summary)
}

async fn fetch(client: &Client, id: &RecordId, folder: &Path) -> anyhow::Result<Certificate> {
    let text = client.certificate(id).await.with_context(|| format!("certificate of {id}"))?;
    std::fs::write(folder.join(format!("{}.json", id.digest().hex())), &text)?;
    Ok(Certificate::from_json(text.as_bytes())?)
}

impl Summary {
    fn count(&mut self, openings: Openings) {
        let sum = |of: fn(&OpenedSlot) -> u64| openings.slots.iter().map(of).fold(0, u64::saturating_add);
        self.sealed_entries = sum(|slot| slot.entries);
        self.sealed_dummies = sum(|slot| slot.dummies);
        self.sealed_bids = sum(|slot| slot.bids);
        self.sealed_withdrawals = sum(|slot| slot.withdrawals);
        self.sealed_broken = sum(|slot| slot.broken);
        self.sealed_standing = openings.standing;
        self.names_opened_after_ms_max =
            openings.slots.iter().map(|slot| slot.opened_after_ms).max().unwrap_or(0);
        self.bids_opened_after_ms_max = openings.tender_after_ms_max;
        self.slots = openings.slots;
    }
}

fn compare(summary: &mut Summary, auction: &Auction, project: &Value) -> anyhow::Result<()> {
    summary.auctions = summary.auctions.saturating_add(1);
    ensure!(project.get("stage").and_then(Value::as_str) == Some("archived"), "is not archived");
    let stages = project.get("stages").and_then(Value::as_array).context("no stages")?;
    let failed = stages.iter().any(|stage| stage.get("stage").and_then(Value::as_str) == Some("failed"));
    let lot = project.get("lots").and_then(|lots| lots.get(0)).context("no lot")?;
    let bids = lot.get("bids").and_then(Value::as_array).context("no bids")?;
    ensure!(bids.len() == auction.bids.len(), "{} bids, the data have {}", bids.len(), auction.bids.len());
    let count = u64::try_from(bids.len())?;
    summary.bids = summary.bids.saturating_add(count);
    let award = lot.get("award").filter(|award| !award.is_null());
    match (&auction.award, award) {
        (Some((bidder, price)), Some(award)) => {
            let same = award.get("bidder").and_then(Value::as_str) == Some(bidder.as_str())
                && award.get("price").and_then(Value::as_u64) == Some(price.get());
            ensure!(same && !failed, "awarded otherwise than in the data");
            summary.awards = summary.awards.saturating_add(1);
        }
        (None, None) => {
            ensure!(failed, "has no award and did not fail");
            summary.failed_tenders = summary.failed_tenders.saturating_add(1);
        }
        _ => anyhow::bail!("award on one side only"),
    }
    Ok(())
}

//! The OCDS releases that are replayed: one compiled release a line.

use std::io::BufRead as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use biaozheng_contracts::Amount;
use biaozheng_ledger::ids::{OrgId, ProjectId};
use serde::Deserialize;

/// A bid as the data have it.
#[derive(Debug, Clone)]
pub struct InputBid {
    pub bidder: OrgId,
    pub bidder_name: String,
    /// Counts one bidder's bids of this auction from 1.
    pub number: u8,
    pub price: Option<Amount>,
    pub disqualified: bool,
}

/// An auction as the data have it.
#[derive(Debug, Clone)]
pub struct Auction {
    pub project: ProjectId,
    pub title: String,
    pub description: String,
    pub code: String,
    pub buyer: OrgId,
    pub buyer_name: String,
    pub currency: String,
    pub estimate: Amount,
    pub bids: Vec<InputBid>,
    /// Winner and price.
    pub award: Option<(OrgId, Amount)>,
}

#[derive(Deserialize)]
struct Release {
    ocid: String,
    date: String,
    buyer: Party,
    tender: Tender,
    bids: Bids,
    #[serde(default)]
    awards: Vec<Award>,
}

#[derive(Deserialize)]
struct Party {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tender {
    id: String,
    title: String,
    #[serde(default)]
    description: String,
    value: Value,
}

/// OCDS has amounts as JSON numbers with a fraction; whole yen are read exactly.
#[derive(Deserialize)]
struct Value {
    amount: serde_json::Number,
    currency: String,
}

#[derive(Deserialize)]
struct Bids {
    details: Vec<Bid>,
}

#[derive(Deserialize)]
struct Bid {
    status: String,
    tenderers: Vec<Party>,
    value: Option<Value>,
}

#[derive(Deserialize)]
struct Award {
    value: Value,
    suppliers: Vec<Party>,
}

fn amount(value: &Value) -> anyhow::Result<Amount> {
    let text = value.amount.to_string();
    let whole = text.strip_suffix(".0").unwrap_or(&text);
    Ok(Amount::new(whole.parse().with_context(|| format!("'{text}' is not a whole amount"))?)?)
}

/// Reads at most `most` auctions.
///
/// # Errors
/// Naming the line that is not a release this replay understands.
pub fn read(path: &Path, most: usize) -> anyhow::Result<Vec<Auction>> {
    let file = std::fs::File::open(path).with_context(|| format!("reading {}", path.display()))?;
    let mut auctions = Vec::new();
    for (index, line) in std::io::BufReader::new(file).lines().enumerate().take(most) {
        let line = line?;
        let place = || format!("{} line {}", path.display(), index.saturating_add(1));
        let release: Release = serde_json::from_str(&line).with_context(place)?;
        auctions.push(auction(release).with_context(place)?);
    }
    ensure!(!auctions.is_empty(), "{} has no releases", path.display());
    Ok(auctions)
}

fn auction(release: Release) -> anyhow::Result<Auction> {
    let mut bids: Vec<InputBid> = Vec::new();
    for bid in &release.bids.details {
        let party = bid.tenderers.first().context("a bid without a tenderer")?;
        let bidder = OrgId::new(&party.id)?;
        let earlier = bids.iter().filter(|other| other.bidder == bidder).count();
        bids.push(InputBid {
            number: u8::try_from(earlier.saturating_add(1))?,
            bidder_name: party.name.clone(),
            price: bid.value.as_ref().map(amount).transpose()?,
            disqualified: bid.status != "valid",
            bidder,
        });
    }
    let award = release.awards.first().map(|award| {
        let supplier = award.suppliers.first().context("an award without a supplier")?;
        anyhow::Ok((OrgId::new(&supplier.id)?, amount(&award.value)?))
    });
    let year = release.date.get(..4).context("a release without a date")?;
    let number: u32 = release.tender.id.parse().unwrap_or(0);
    Ok(Auction {
        project: ProjectId::new(&release.ocid)?,
        title: release.tender.title,
        description: release.tender.description,
        // Made for the replay in the form the contracts ask for: these auctions had no such code.
        code: format!("{year}-{number:06}-48-01-{number:06}"),
        buyer: OrgId::new(&release.buyer.id)?,
        buyer_name: release.buyer.name,
        currency: release.tender.value.currency.clone(),
        estimate: amount(&release.tender.value)?,
        bids,
        award: award.transpose()?,
    })
}

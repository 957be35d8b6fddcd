//! One auction from its registration to its archive.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::sealing::{Envelope, Groups, POINTS_MAX, entry_record};
use biaozheng_client::{Author, Client, ClientError, Patience, Wait, author, key_file};
use biaozheng_contracts::bidding::bid;
use biaozheng_contracts::parties::registration;
use biaozheng_contracts::project::sealed_tender::SealedBy;
use biaozheng_contracts::rulebook::publishing;
use biaozheng_contracts::sealing::slot::slot_of_deadline;
use biaozheng_contracts::{Amount, Role, Rulebook};
use biaozheng_contracts::{award, evaluation, opening, tender};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, OrgId, RecordId, TimeMs};
use biaozheng_ledger::record::Record;
use biaozheng_seal::sealing::LotId;
use biaozheng_seal::seed::Seed;
use biaozheng_seal::tokens::UnspentToken;
use serde::Serialize;
use tokio::sync::Mutex;

use super::input::{Auction, InputBid};
use crate::archive::Sealing;
use crate::cluster::{Cluster, VALIDATORS};
use crate::groups::COVERING;

/// How a replay goes.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Least milliseconds between publication and deadline, which is the end of a slot; bids must be sealed in it.
    pub bidding_ms: u64,
    /// Folder of the sealed archives, one tar a project.
    pub archives: PathBuf,
}

/// Everyone's keys and the nodes they talk to.
#[derive(Debug)]
pub struct Replayer {
    city: Author,
    centres: Vec<Author>,
    clients: Vec<Client>,
    parties: BTreeMap<OrgId, Author>,
    groups: Groups,
    /// What each bidder may spend, one for each of its bids.
    tokens: Mutex<BTreeMap<OrgId, Vec<UnspentToken>>>,
    rulebook: Digest,
    settings: Settings,
    records: Mutex<Vec<RecordId>>,
}

const LOT: &str = "1";
const TOKENS_WITHIN: Duration = Duration::from_secs(600);
/// Bidders that ask at the same time: early, and spread.
const ASKING: usize = 32;
/// The code of an opening that comes before the group has opened every envelope.
const SHUT: &str = "opening.sealed_shut";

fn document(digest: Digest) -> DocumentDigest {
    DocumentDigest::new(digest)
}

impl Replayer {
    /// Registers the parties and publishes the rulebook.
    ///
    /// # Errors
    /// When the ledger refuses a record.
    pub async fn prepare(
        cluster: &Cluster,
        rulebook: &str,
        auctions: &[Auction],
        settings: Settings,
    ) -> anyhow::Result<Self> {
        let city = cluster.organisation(VALIDATORS[0].1)?;
        let centres =
            VALIDATORS.iter().map(|(_, org)| cluster.organisation(org)).collect::<Result<_, _>>()?;
        let clients = (0..VALIDATORS.len()).map(|index| cluster.client(index)).collect::<Result<_, _>>()?;
        let groups = cluster.client(0)?.sealing_groups(cluster.chain).await?;
        let mut replayer = Self {
            city,
            centres,
            clients,
            parties: BTreeMap::new(),
            groups,
            tokens: Mutex::default(),
            rulebook: Rulebook::digest(rulebook),
            settings,
            records: Mutex::default(),
        };
        let book = publishing::RulebookPublished { toml: rulebook.to_owned() };
        let book = replayer.city.record("rulebook.published/1", book).sign(author::clock())?;
        replayer.submit(0, &book).await?;
        let mut known: BTreeMap<OrgId, (String, Role)> = BTreeMap::new();
        for auction in auctions {
            known.insert(auction.buyer.clone(), (auction.buyer_name.clone(), Role::Tenderee));
            for bid in &auction.bids {
                known.insert(bid.bidder.clone(), (bid.bidder_name.clone(), Role::Bidder));
            }
        }
        let mut records = Vec::new();
        for (org, (name, role)) in known {
            let party = Author::new(org.clone(), key_file::generate()?, cluster.chain);
            let body = registration::Registered {
                org: org.clone(),
                name: Some(name),
                identity: None,
                roles: vec![role],
                key: party.public_key(),
                credit_code: None,
                credit_code_commitment: None,
            };
            records.push(replayer.city.record("participant.registered/1", body).sign(author::clock())?);
            replayer.parties.insert(org, party);
        }
        let mut waiting = tokio::task::JoinSet::new();
        for record in records {
            let client = replayer.clients.first().context("no nodes")?.clone();
            waiting.spawn(async move {
                client
                    .submit_until(&record, Wait::Committed, Patience::default())
                    .await
                    .map(|done| done.record)
            });
        }
        while let Some(done) = waiting.join_next().await {
            replayer.records.lock().await.push(done??);
        }
        // Parties act at the node of their centre: all nodes must know them, and then their tokens.
        level(cluster).await?;
        replayer.ask_for_tokens(auctions).await?;
        level(cluster).await?;
        Ok(replayer)
    }

    /// Every bidder asks for its tokens long before it bids, so that the time of asking tells nothing.
    async fn ask_for_tokens(&self, auctions: &[Auction]) -> anyhow::Result<()> {
        let mut wanted: BTreeMap<&OrgId, usize> = BTreeMap::new();
        for bidder in auctions.iter().flat_map(|auction| envelopes(auction).into_keys()) {
            *wanted.entry(bidder).or_default() += 1;
        }
        let places = &tokio::sync::Semaphore::new(ASKING);
        let asking = wanted.into_iter().enumerate().map(|(index, (org, count))| async move {
            let _place = places.acquire().await?;
            let client = self.clients.get(index % self.clients.len()).context("no nodes")?;
            let mut held = Vec::new();
            while held.len() < count {
                let batch = (count - held.len()).min(POINTS_MAX);
                let seeds: Vec<Seed> = (0..batch).map(|_| Seed::new(rand::random())).collect();
                let party = self.party(org)?;
                let asked = client.sealing_tokens(&self.groups, party, &seeds, TOKENS_WITHIN);
                let (record, tokens) = asked.await.with_context(|| format!("tokens of {org}"))?;
                self.records.lock().await.push(record);
                held.extend(tokens);
            }
            self.tokens.lock().await.insert(org.clone(), held);
            anyhow::Ok(())
        });
        all(asking).await.map(drop)
    }

    /// Ids of all records submitted so far.
    pub async fn record_ids(&self) -> Vec<RecordId> {
        self.records.lock().await.clone()
    }

    async fn submit(&self, node: usize, record: &Record) -> anyhow::Result<RecordId> {
        let client = self.clients.get(node).context("no such node")?;
        let done = client.submit_until(record, Wait::Committed, Patience::default()).await?;
        ensure!(done.reached(Wait::Committed), "record {} is received and in no block yet", record.id());
        self.records.lock().await.push(record.id());
        Ok(record.id())
    }

    fn party(&self, org: &OrgId) -> anyhow::Result<&Author> {
        self.parties.get(org).with_context(|| format!("{org} takes no part"))
    }

    /// Plays one auction at the centre `host`.
    ///
    /// # Errors
    /// When a record is refused that the data say happened.
    pub async fn play(self: &Arc<Self>, auction: &Auction, host: usize) -> anyhow::Result<()> {
        let run = Run { replayer: self, auction, host };
        run.play().await.with_context(|| format!("auction {} at {}", auction.project, VALIDATORS[host].0))
    }
}

/// Waits until every validator has what the first one has.
async fn level(cluster: &Cluster) -> anyhow::Result<()> {
    let height = cluster.height_of(0).await?;
    for index in 0..VALIDATORS.len() {
        cluster.reach(index, height, Duration::from_secs(30)).await?;
    }
    Ok(())
}

struct Run<'a> {
    replayer: &'a Arc<Replayer>,
    auction: &'a Auction,
    host: usize,
}

/// A bidder's offers in the order of their numbers: one envelope.
fn envelopes(auction: &Auction) -> BTreeMap<&OrgId, Vec<&InputBid>> {
    let mut envelopes: BTreeMap<&OrgId, Vec<&InputBid>> = BTreeMap::new();
    for bid in &auction.bids {
        envelopes.entry(&bid.bidder).or_default().push(bid);
    }
    for offers in envelopes.values_mut() {
        offers.sort_by_key(|bid| bid.number);
    }
    envelopes
}

impl Run<'_> {
    async fn step(
        &self,
        author: &Author,
        kind: &str,
        body: impl Serialize,
        previous: Option<RecordId>,
        cosigner: Option<&Author>,
    ) -> anyhow::Result<RecordId> {
        let mut draft = author.record(kind, body).project(self.auction.project.clone());
        if let Some(previous) = previous {
            draft = draft.previous(previous);
        }
        if let Some(cosigner) = cosigner {
            draft = draft.cosign(cosigner);
        }
        let record = draft.sign(author::clock())?;
        self.replayer.submit(self.host, &record).await.with_context(|| kind.to_owned())
    }

    async fn play(&self) -> anyhow::Result<()> {
        let (auction, replayer) = (self.auction, self.replayer);
        let buyer = replayer.party(&auction.buyer)?;
        let centre = replayer.centres.get(self.host).context("no such centre")?;
        let (terms, deadline) = self.publish(buyer, centre).await?;
        self.seal(deadline).await?;
        wait_until(deadline).await;
        let mut step = self.open(centre, terms).await?;
        let order = self.tie_order();
        if !order.is_empty() {
            let body = evaluation::LotDrawn {
                lot: LOT.into(),
                order: order.clone(),
                method: "drawn by lot in the data replayed; the winner of the drawing first".into(),
                disqualified: self.disqualified(),
                deviations: Vec::new(),
            };
            step = self.step(centre, "lot.drawn/1", body, Some(step), None).await?;
        }
        let ranking = self.ranking(&order)?;
        let out = self.disqualified();
        let body = evaluation::Reported {
            lots: vec![evaluation::LotReport {
                lot: LOT.into(),
                ranking: ranking.clone(),
                disqualified: out
                    .into_iter()
                    .map(|bid| evaluation::Disqualified {
                        bid,
                        reason: "disqualified in the data replayed".into(),
                    })
                    .collect(),
                deviations: Vec::new(),
                explanations: Vec::new(),
            }],
            dissents: Vec::new(),
            unsigned: Vec::new(),
        };
        step = self.step(centre, "evaluation.reported/1", body, Some(step), None).await?;
        step = match (&auction.award, ranking.first()) {
            (Some(expected), Some(first)) => {
                ensure!(
                    first.bidder == expected.0 && first.price == expected.1,
                    "the data's award is not rank 1"
                );
                self.award(buyer, &ranking, step).await?
            }
            (None, Some(_)) => {
                let body = tender::Ended { reason: "the data replayed have no award".into() };
                self.step(buyer, "tender.failed/1", body, Some(step), None).await?
            }
            (None, None) => step,
            (Some(_), None) => bail!("the data have an award and no valid bid"),
        };
        self.archive(centre, step).await
    }

    async fn publish(&self, buyer: &Author, centre: &Author) -> anyhow::Result<(RecordId, TimeMs)> {
        let auction = self.auction;
        let body = tender::ProjectRegistered {
            title: auction.title.clone(),
            code: auction.code.clone(),
            tenderee: auction.buyer.clone(),
            agency: None,
            centre: centre.org().clone(),
            retender_of: None,
            method_approval: None,
        };
        let registered = self.step(buyer, "project.registered/1", body, None, None).await?;
        let now = author::clock();
        let slot_ms = self.replayer.groups.slot_ms;
        let earliest = now.saturating_add(self.replayer.settings.bidding_ms);
        let deadline = TimeMs::new(earliest.get().div_ceil(slot_ms) * slot_ms);
        let text = if auction.description.trim().is_empty() { &auction.title } else { &auction.description };
        let body = tender::Published {
            rulebook: document(self.replayer.rulebook),
            tightening: None,
            currency: auction.currency.clone(),
            notice: text.clone(),
            lots: vec![tender::PublishedLot {
                id: LOT.into(),
                title: auction.title.clone(),
                estimate: auction.estimate,
                ceiling: None,
            }],
            documents_from_ms: now,
            documents_until_ms: deadline,
            deadline_ms: deadline,
            method: serde_json::from_str("\"lowest_price\"")?,
            criteria: Vec::new(),
            bid_bond: Amount::new(0)?,
            required_licences: Vec::new(),
            evaluation: None,
            sealed_by: Some(SealedBy::Group),
            procurement: None,
            voluntary: None,
            model: None,
        };
        Ok((self.step(buyer, "tender.published/1", body, Some(registered), None).await?, deadline))
    }

    /// Every bidder seals its envelope to the group and enters it under nobody's name, at a node of its choice.
    async fn seal(&self, deadline: TimeMs) -> anyhow::Result<()> {
        let groups = &self.replayer.groups;
        let slot = slot_of_deadline(deadline, groups.slot_ms).context("the deadline is no slot's end")?;
        let sealing = envelopes(self.auction).into_iter().map(|(bidder, offers)| async move {
            let numbers: Vec<u8> = offers.iter().map(|bid| bid.number).collect();
            ensure!(
                (1..).zip(&numbers).all(|(at, number)| at == *number),
                "{bidder}'s bids are not numbered"
            );
            let mut prices = offers.iter().map(|bid| bid::Offer { price: bid.price, deviations: None });
            let body = bid::BidBody {
                price: prices.next().and_then(|first| first.price),
                deviations: None,
                statement: String::new(),
                traces: None,
                further: prices.collect(),
                admission: None,
                model: None,
            };
            let author = self.replayer.party(bidder)?;
            let envelope =
                Envelope { tender: self.auction.project.clone(), lot: LotId::new(LOT)?, sequence: 1, slot };
            let seed = Seed::new(rand::random());
            let (entry, _) = author.seal_bid(groups, &envelope, serde_json::to_vec(&body)?, &seed)?;
            let token = self.replayer.tokens.lock().await.get_mut(bidder).and_then(Vec::pop);
            let record = entry_record(&author.chain(), token.context("no token is left")?, &entry)?;
            let others =
                (0..self.replayer.clients.len()).filter(|node| *node != COVERING).collect::<Vec<_>>();
            let node = others[usize::from(rand::random::<u8>()) % others.len()];
            self.replayer.submit(node, &record).await.with_context(|| {
                format!("{} ms before the deadline", deadline.saturating_since(author::clock()))
            })
        });
        all(sealing).await.map(drop)
    }

    /// Lists the bids, as soon as the group has opened every envelope of the tender.
    async fn open(&self, centre: &Author, terms: RecordId) -> anyhow::Result<RecordId> {
        let mut names: Vec<_> = self.auction.bids.iter().map(|bid| name(&bid.bidder, bid.number)).collect();
        names.sort();
        let body = opening::Opened { lots: vec![opening::OpenedLot { lot: LOT.into(), bids: names }] };
        let begun = tokio::time::Instant::now();
        loop {
            let refused = match self.step(centre, "bids.opened/1", &body, Some(terms), None).await {
                Err(error) => error,
                opened => return opened,
            };
            let problem = refused.downcast_ref::<ClientError>().and_then(ClientError::code);
            ensure!(
                problem == Some(SHUT) && begun.elapsed() < Duration::from_secs(180),
                refused.context("the opening")
            );
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }

    fn disqualified(&self) -> Vec<BidName> {
        let out = self.auction.bids.iter().filter(|bid| bid.disqualified || bid.price.is_none());
        out.map(|bid| name(&bid.bidder, bid.number)).collect()
    }

    fn valid(&self) -> impl Iterator<Item = (BidName, Amount)> {
        let valid = self.auction.bids.iter().filter(|bid| !bid.disqualified);
        valid.filter_map(|bid| bid.price.map(|price| (name(&bid.bidder, bid.number), price)))
    }

    /// All bids that share a price, the data's winner first.
    fn tie_order(&self) -> Vec<BidName> {
        let mut by_price: BTreeMap<Amount, Vec<BidName>> = BTreeMap::new();
        for (name, price) in self.valid() {
            by_price.entry(price).or_default().push(name);
        }
        let mut tied: Vec<BidName> = by_price.into_values().filter(|bids| bids.len() > 1).flatten().collect();
        let winner = self.auction.award.as_ref().map(|(winner, _)| winner);
        tied.sort_by_key(|name| (Some(&name.bidder) != winner, name.clone()));
        tied
    }

    fn ranking(&self, order: &[BidName]) -> anyhow::Result<Vec<Ranked>> {
        let mut valid: Vec<(BidName, Amount)> = self.valid().collect();
        valid.sort_by_key(|(name, price)| {
            (*price, order.iter().position(|drawn| drawn == name), name.clone())
        });
        let names: BTreeSet<&BidName> = valid.iter().map(|(name, _)| name).collect();
        ensure!(names.len() == valid.len(), "a bid stands twice");
        Ok(valid
            .into_iter()
            .map(|(name, price)| Ranked { bidder: name.bidder, number: name.number, price, score: None })
            .collect())
    }

    async fn award(
        &self,
        buyer: &Author,
        ranking: &[Ranked],
        mut step: RecordId,
    ) -> anyhow::Result<RecordId> {
        let winner = ranking.first().context("nobody is ranked")?;
        let candidates = ranking.iter().take(3).map(|one| name(&one.bidder, one.number)).collect();
        let body = award::Publicised { lots: vec![award::LotCandidates { lot: LOT.into(), candidates }] };
        step = self.step(buyer, "candidates.publicised/1", body, Some(step), None).await?;
        let body = award::Notified {
            lots: vec![award::LotAward {
                lot: LOT.into(),
                bid: name(&winner.bidder, winner.number),
                price: winner.price,
                grounds: Vec::new(),
            }],
        };
        step = self.step(buyer, "award.notified/1", body, Some(step), None).await?;
        let contract = format!("{} {} {}", self.auction.project, winner.bidder, winner.price.get());
        let body = award::ContractSigned {
            lot: LOT.into(),
            price: winner.price,
            performance_bond: Amount::new(0)?,
            contract: document(Digest::of(contract.as_bytes())),
        };
        let cosigner = self.replayer.party(&winner.bidder)?;
        step = self.step(buyer, "contract.signed/1", body, Some(step), Some(cosigner)).await?;
        let body =
            award::Supervised { summary: format!("awarded to {} at {}", winner.bidder, winner.price.get()) };
        self.step(buyer, "supervision.reported/1", body, Some(step), None).await
    }

    /// Builds the archive from what the node gives, seals it and writes it.
    async fn archive(&self, centre: &Author, step: RecordId) -> anyhow::Result<()> {
        let client = self.replayer.clients.get(self.host).context("no such node")?;
        let project = &self.auction.project;
        let archives = &self.replayer.settings.archives;
        let sealing = Sealing { client, centre, project, documents: archives, last: step };
        let record =
            sealing.seal(&archives.join(format!("{}.tar", project.as_str().replace(':', "_")))).await?;
        self.replayer.records.lock().await.push(record);
        Ok(())
    }
}

use biaozheng_contracts::{BidName, Ranked};

fn name(bidder: &OrgId, number: u8) -> BidName {
    BidName { bidder: bidder.clone(), number }
}

/// Runs a few futures at the same time and gives their results in order.
async fn all<T>(
    futures: impl Iterator<Item = impl Future<Output = anyhow::Result<T>>>,
) -> anyhow::Result<Vec<T>> {
    futures_util(futures).await.into_iter().collect()
}

async fn futures_util<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    use std::pin::Pin;
    use std::task::Poll;
    let mut running: Vec<(Pin<Box<_>>, Option<T>)> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut waiting = false;
        for (future, done) in &mut running {
            if done.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(value) => *done = Some(value),
                    Poll::Pending => waiting = true,
                }
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    running.into_iter().filter_map(|(_, done)| done).collect()
}

async fn wait_until(deadline: TimeMs) {
    let left = deadline.saturating_since(author::clock());
    // The block that opens must carry a time at or after the deadline.
    tokio::time::sleep(Duration::from_millis(left.saturating_add(30))).await;
}

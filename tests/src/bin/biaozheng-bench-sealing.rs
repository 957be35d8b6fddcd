//! What sealed bids cost on four validators of this machine, and how long a whole slot takes to open.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::arithmetic_side_effects,
    reason = "a command line program"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use biaozheng_client::sealing::{Envelope, Groups, entry_record};
use biaozheng_client::{Author, Client, ClientError, Patience, Wait, author};
use biaozheng_contracts::bidding::bid;
use biaozheng_contracts::project::sealed_tender::SealedBy;
use biaozheng_contracts::sealing::slot::slot_of_deadline;
use biaozheng_contracts::tender;
use biaozheng_contracts::{Amount, Rulebook};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, Height, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::record::Record;
use biaozheng_seal::group::GroupSignature;
use biaozheng_seal::sealing::{LotId, SealedEntry, SlotKey, open_outer};
use biaozheng_seal::seed::Seed;
use biaozheng_tests::cluster::{Cluster, VALIDATORS};
use biaozheng_tests::groups;
use clap::Parser;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// Measures sealing, tokens, entries and the opening of a slot
#[derive(Debug, Parser)]
struct Arguments {
    /// Where sealing.json goes
    #[arg(long, default_value = "bench-sealing-out")]
    out: PathBuf,
    /// Bidders; each bids on every lot
    #[arg(long, default_value_t = 50)]
    bidders: usize,
    /// Lots of the tender, at most 32
    #[arg(long, default_value_t = 20)]
    lots: usize,
    /// Bytes of a bid's statement
    #[arg(long, default_value_t = 900)]
    statement_bytes: usize,
    /// Seconds from the notice to the deadline: all entries must be in by then
    #[arg(long, default_value_t = 60)]
    bidding_s: u64,
    /// The rulebook
    #[arg(long, default_value = "contracts/rulebooks/replay-tsuchiura.toml")]
    rulebook: PathBuf,
    /// Records under way at a time
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
}

/// `sealing.json`.
#[derive(Debug, Default, Serialize)]
struct Report {
    validators: usize,
    cores: usize,
    bids: usize,
    load_average_before: String,
    /// One core of this process, while the nodes stand still.
    seal_ms_a_bid: f64,
    open_outer_ms_one_core: f64,
    tokens: usize,
    tokens_s: f64,
    tokens_cpu_ms_each: f64,
    entries_s: f64,
    entries_cpu_ms_each: f64,
    /// From when the block that reaches the deadline was seen committed to when the last opening record was.
    opening_s: f64,
    opening_outer_s: f64,
    opening_cpu_s: f64,
    /// Part of the two cores the nodes had meanwhile.
    opening_cpu_share: f64,
    opening_records: usize,
    opening_blocks: u64,
}

const SLOT_MS: u64 = 10_000;
const PROJECT: &str = "BENCH-1";

/// Processor seconds of the nodes so far, user and system, from /proc; 100 ticks a second.
#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn cpu_s(cluster: &Cluster) -> f64 {
    let homes: Vec<String> =
        (0..VALIDATORS.len()).map(|index| cluster.home(index).display().to_string()).collect();
    let mut ticks = 0u64;
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let command = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).into_owned();
        if !homes.iter().any(|home| command.split('\0').any(|part| part == home)) {
            continue;
        }
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let after = stat.rsplit(") ").next().unwrap_or_default();
        ticks += after.split(' ').skip(11).take(2).filter_map(|one| one.parse::<u64>().ok()).sum::<u64>();
    }
    ticks as f64 / 100.0
}

async fn submit(client: &Client, record: &Record) -> anyhow::Result<RecordId> {
    let patience = Patience { total: Duration::from_secs(300), ..Patience::default() };
    let done = client.submit_until(record, Wait::Committed, patience).await?;
    ensure!(done.reached(Wait::Committed), "record {} is in no block yet", record.id());
    Ok(record.id())
}

/// Submits many at a time, spread over the nodes.
async fn submit_all(clients: &[Client], records: Vec<Record>, at_a_time: usize) -> anyhow::Result<()> {
    let places = Arc::new(Semaphore::new(at_a_time.max(1)));
    let mut running = tokio::task::JoinSet::new();
    for (index, record) in records.into_iter().enumerate() {
        let place = Arc::clone(&places).acquire_owned().await?;
        let client = clients.get(index % clients.len()).context("no nodes")?.clone();
        running.spawn(async move {
            let done = submit(&client, &record).await;
            drop(place);
            done
        });
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    Ok(())
}

struct Bench {
    cluster: Cluster,
    clients: Vec<Client>,
    city: Author,
    owner: Author,
    bidders: Vec<Author>,
    rulebook: Digest,
}

impl Bench {
    async fn prepare(arguments: &Arguments) -> anyhow::Result<(Self, Groups)> {
        let mut cluster = Cluster::found(&arguments.out.join("consortium"), "bench").await?;
        let members = groups::prepare(&cluster, |_| 0).await?;
        cluster.start(0..VALIDATORS.len()).await?;
        let numbers =
            groups::Numbers { slot_ms: SLOT_MS, ahead: 1000, quota: 32, member_quota: 32, phase_ms: 5000 };
        groups::found(&cluster, &members, numbers).await?;
        let clients: Vec<Client> =
            (0..VALIDATORS.len()).map(|index| cluster.client(index)).collect::<Result<_, _>>()?;
        let city = cluster.organisation(VALIDATORS[0].1)?;
        let party = |name: String, number: usize| {
            let seed = Digest::of(format!("bench {number}").as_bytes());
            anyhow::Ok(Author::new(OrgId::new(&name)?, SecretKey::from_seed(seed.bytes()), cluster.chain))
        };
        let owner = party("OWNER".into(), 0)?;
        let bidders =
            (1..=arguments.bidders).map(|n| party(format!("B{n:04}"), n)).collect::<Result<Vec<_>, _>>()?;
        let text = std::fs::read_to_string(&arguments.rulebook)?;
        let mut records =
            vec![city.record("rulebook.published/1", json!({"toml": text})).sign(author::clock())?];
        for (number, one) in std::iter::once(&owner).chain(&bidders).enumerate() {
            let role = if number == 0 { "tenderee" } else { "bidder" };
            let body = json!({"org": one.org(), "name": one.org(), "roles": [role], "key": one.public_key()});
            records.push(city.record("participant.registered/1", body).sign(author::clock())?);
        }
        submit_all(&clients, records, arguments.concurrency).await?;
        let groups = clients.first().context("no nodes")?.sealing_groups(cluster.chain).await?;
        let rulebook = Rulebook::digest(&text);
        Ok((Self { cluster, clients, city, owner, bidders, rulebook }, groups))
    }

    async fn publish(&self, lots: usize, bidding_ms: u64) -> anyhow::Result<(RecordId, TimeMs)> {
        let client = self.clients.first().context("no nodes")?;
        let body = tender::ProjectRegistered {
            title: "门限密封开标压力测试".into(),
            code: "2026-320500-48-01-000123".into(),
            tenderee: self.owner.org().clone(),
            agency: None,
            centre: self.city.org().clone(),
            retender_of: None,
            method_approval: None,
        };
        let project = ProjectId::new(PROJECT)?;
        let draft = self.owner.record("project.registered/1", body).project(project.clone());
        let registered = submit(client, &draft.sign(author::clock())?).await?;
        let now = author::clock();
        let deadline = TimeMs::new(now.saturating_add(bidding_ms).get().div_ceil(SLOT_MS) * SLOT_MS);
        let lot = |n: usize| -> anyhow::Result<tender::PublishedLot> {
            let estimate = Amount::new(100_000_000)?;
            Ok(tender::PublishedLot { id: n.to_string(), title: format!("{n}"), estimate, ceiling: None })
        };
        let body = tender::Published {
            rulebook: DocumentDigest::new(self.rulebook),
            currency: "JPY".into(),
            notice: "bench".into(),
            lots: (1..=lots).map(lot).collect::<Result<_, _>>()?,
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
            tightening: None,
            voluntary: None,
            model: None,
        };
        let draft = self.owner.record("tender.published/1", body).project(project).previous(registered);
        Ok((submit(client, &draft.sign(author::clock())?).await?, deadline))
    }

    /// One request a bidder, a token for each lot.
    async fn tokens(
        &self,
        groups: &Groups,
        lots: usize,
        at_a_time: usize,
    ) -> anyhow::Result<Vec<Vec<biaozheng_seal::tokens::UnspentToken>>> {
        let places = &Semaphore::new(at_a_time.max(1));
        let asking = self.bidders.iter().enumerate().map(|(index, bidder)| async move {
            let _place = places.acquire().await?;
            let seeds: Vec<Seed> = (0..lots).map(|_| Seed::new(rand::random())).collect();
            let client = self.clients.get(index % self.clients.len()).context("no nodes")?;
            let asked = client.sealing_tokens(groups, bidder, &seeds, Duration::from_secs(600)).await?;
            anyhow::Ok(asked.1)
        });
        futures_all(asking).await
    }
}

/// Runs futures at the same time.
async fn futures_all<T>(
    futures: impl Iterator<Item = impl Future<Output = anyhow::Result<T>>>,
) -> anyhow::Result<Vec<T>> {
    let mut running: Vec<(std::pin::Pin<Box<_>>, Option<anyhow::Result<T>>)> =
        futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut waiting = false;
        for (future, done) in &mut running {
            if done.is_none() {
                match Future::poll(future.as_mut(), context) {
                    std::task::Poll::Ready(value) => *done = Some(value),
                    std::task::Poll::Pending => waiting = true,
                }
            }
        }
        if waiting { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    running.into_iter().filter_map(|(_, done)| done).collect()
}

/// When each height was first seen committed on the first node, and the nodes' processor time then.
struct Watched {
    seen: BTreeMap<u64, (Instant, f64)>,
    client: Client,
}

impl Watched {
    async fn look(&mut self, cluster: &Cluster) -> anyhow::Result<u64> {
        let height = self.client.status().await?.height;
        let known = self.seen.keys().next_back().copied().unwrap_or(height.saturating_sub(1));
        if height > known {
            let now = (Instant::now(), cpu_s(cluster));
            self.seen.extend((known + 1..=height).map(|height| (height, now)));
        }
        Ok(height)
    }
}

#[derive(Debug)]
struct Opened {
    first: u64,
    slot_last: u64,
    last: u64,
    records: usize,
    signature: String,
}

/// Follows the chain from before the deadline until every bid is open.
async fn opening(
    bench: &Bench,
    (published, deadline): (RecordId, TimeMs),
    lots: usize,
    watched: &mut Watched,
) -> anyhow::Result<Opened> {
    let begun = watched.look(&bench.cluster).await?;
    let end = Instant::now() + Duration::from_secs(300);
    let mut asked = Instant::now();
    loop {
        watched.look(&bench.cluster).await?;
        // Trying costs the node something: now and then is enough.
        if author::clock().get() > deadline.get() + 300 && asked.elapsed() > Duration::from_millis(400) {
            asked = Instant::now();
            if list(bench, published, lots).await? {
                break;
            }
        }
        ensure!(Instant::now() < end, "the slot was not opened in 300 s");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let tip = watched.look(&bench.cluster).await?;
    let mut found = Opened { first: 0, slot_last: 0, last: 0, records: 0, signature: String::new() };
    for height in begun..=tip {
        let block = watched.client.block(Height::new(height)).await?;
        if found.first == 0 && block.time_ms >= deadline.get() {
            found.first = height;
        }
        for id in block.record_ids {
            let record = watched.client.record(&id).await?;
            let kind = record.get("type").and_then(Value::as_str).unwrap_or_default();
            if !(kind.starts_with("slot.opened") || kind.starts_with("tender.opened")) || found.first == 0 {
                continue;
            }
            found.records += 1;
            found.last = height;
            if kind.starts_with("slot.opened") {
                found.slot_last = height;
                let record =
                    Record::from_json(record.get("envelope").context("no envelope")?.to_string().as_bytes())?;
                let signature = record.payload().body.get("signature").and_then(Value::as_str);
                found.signature = signature.unwrap_or_default().to_owned();
            }
        }
    }
    Ok(found)
}

/// Lists the bids; false while the group has not opened everything.
async fn list(bench: &Bench, published: RecordId, lots: usize) -> anyhow::Result<bool> {
    let mut bids: Vec<_> =
        bench.bidders.iter().map(|one| json!({"bidder": one.org(), "number": 1})).collect();
    bids.sort_by_key(ToString::to_string);
    // In the order of the tender's lots.
    let lots: Vec<_> = (1..=lots).map(|lot| json!({"lot": lot.to_string(), "bids": bids})).collect();
    let draft = bench.city.record("bids.opened/1", json!({"lots": lots}));
    let record = draft.project(ProjectId::new(PROJECT)?).previous(published).sign(author::clock())?;
    match submit(bench.clients.first().context("no nodes")?, &record).await {
        Ok(_) => Ok(true),
        Err(error) => {
            let code = error.downcast_ref::<ClientError>().and_then(ClientError::code);
            ensure!(code == Some("opening.sealed_shut"), error.context("the opening"));
            Ok(false)
        }
    }
}

fn milliseconds(from: Instant, count: usize) -> f64 {
    from.elapsed().as_secs_f64() * 1000.0 / f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX))
}

fn each(cpu: f64, count: usize) -> f64 {
    cpu * 1000.0 / f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX))
}

fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// One core, single layers: what the slot's opening cannot be below.
fn outer_alone(
    groups: &Groups,
    signature: &str,
    deadline: TimeMs,
    entries: &[SealedEntry],
) -> anyhow::Result<f64> {
    let bytes: [u8; 48] = hex::decode(signature)?.try_into().map_err(|_| anyhow::anyhow!("no signature"))?;
    let slot = slot_of_deadline(deadline, SLOT_MS).context("no slot's end")?;
    let key = SlotKey::new(&groups.sealing, slot, GroupSignature::from_bytes(&bytes)?)?;
    let some = entries.get(..entries.len().min(200)).unwrap_or_default();
    let begun = Instant::now();
    for entry in some {
        open_outer(&groups.sealing, &key, entry).map_err(|failure| anyhow::anyhow!("{}", failure.code()))?;
    }
    Ok(milliseconds(begun, some.len()))
}

fn write(out: &Path, report: &Report) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(report)?;
    std::fs::write(out.join("sealing.json"), format!("{text}\n"))?;
    println!("{text}");
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    ensure!(!arguments.out.exists(), "{} exists; choose another folder", arguments.out.display());
    ensure!((1..=32).contains(&arguments.lots), "1 to 32 lots");
    std::fs::create_dir_all(&arguments.out)?;
    let bids = arguments.bidders * arguments.lots;
    let mut report = Report {
        validators: VALIDATORS.len(),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        bids,
        load_average_before: load_average(),
        tokens: bids,
        ..Report::default()
    };
    println!("four validators, {bids} bids: {} bidders on {} lots", arguments.bidders, arguments.lots);
    let (mut bench, groups) = Bench::prepare(&arguments).await?;
    let (begun, cpu) = (Instant::now(), cpu_s(&bench.cluster));
    let tokens = bench.tokens(&groups, arguments.lots, 32).await?;
    report.tokens_s = begun.elapsed().as_secs_f64();
    report.tokens_cpu_ms_each = each(cpu_s(&bench.cluster) - cpu, bids);
    println!("tokens: {:.1} s", report.tokens_s);
    let (published, deadline) = bench.publish(arguments.lots, arguments.bidding_s * 1000).await?;
    let slot = slot_of_deadline(deadline, SLOT_MS).context("no slot's end")?;
    let (mut records, mut entries, begun) = (Vec::new(), Vec::new(), Instant::now());
    for (bidder, held) in bench.bidders.iter().zip(tokens) {
        for (number, token) in (1..).zip(held) {
            let number: usize = number;
            let body = bid::BidBody {
                price: Some(Amount::new(80_000_000 + u64::try_from(entries.len())?)?),
                deviations: None,
                statement: "x".repeat(arguments.statement_bytes),
                traces: None,
                further: Vec::new(),
                admission: None,
                model: None,
            };
            let (tender, lot) = (ProjectId::new(PROJECT)?, LotId::new(&number.to_string())?);
            let envelope = Envelope { tender, lot, sequence: 1, slot };
            let seed = Seed::new(rand::random());
            let (entry, _) = bidder.seal_bid(&groups, &envelope, serde_json::to_vec(&body)?, &seed)?;
            records.push(entry_record(&bidder.chain(), token, &entry)?);
            entries.push(entry);
        }
    }
    report.seal_ms_a_bid = milliseconds(begun, bids);
    println!("sealed: {:.2} ms a bid", report.seal_ms_a_bid);
    let (begun, cpu) = (Instant::now(), cpu_s(&bench.cluster));
    submit_all(&bench.clients, records, arguments.concurrency).await?;
    report.entries_s = begun.elapsed().as_secs_f64();
    report.entries_cpu_ms_each = each(cpu_s(&bench.cluster) - cpu, bids);
    let left = deadline.saturating_since(author::clock());
    println!("entered: {:.1} s, {left} ms before the deadline", report.entries_s);
    ensure!(left > 0, "the deadline came before all entries were in: give more --bidding-s");
    tokio::time::sleep(Duration::from_millis(left.saturating_sub(500))).await;
    let mut watched = Watched { seen: BTreeMap::new(), client: bench.cluster.client(0)? };
    let opened = opening(&bench, (published, deadline), arguments.lots, &mut watched).await?;
    let at = |height: u64| watched.seen.get(&height).copied().context("a block that was not seen");
    let ((from, cpu_from), (outer, _), (to, cpu_to)) =
        (at(opened.first)?, at(opened.slot_last)?, at(opened.last)?);
    report.opening_s = (to - from).as_secs_f64();
    report.opening_outer_s = (outer - from).as_secs_f64();
    report.opening_cpu_s = cpu_to - cpu_from;
    let cores = f64::from(u32::try_from(report.cores)?);
    report.opening_cpu_share = report.opening_cpu_s / (report.opening_s * cores).max(0.001);
    (report.opening_records, report.opening_blocks) = (opened.records, opened.last - opened.first);
    bench.cluster.stop().await;
    report.open_outer_ms_one_core = outer_alone(&groups, &opened.signature, deadline, &entries)?;
    write(&arguments.out, &report)
}

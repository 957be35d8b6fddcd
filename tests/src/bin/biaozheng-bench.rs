//! Closed-loop load on four validators of this machine, and this machine's own limits in the same run.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::arithmetic_side_effects,
    reason = "a command line program"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use biaozheng_client::Author;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::payload::RECORD_PAYLOAD_TYPE;
use biaozheng_store::Store;
use biaozheng_tests::cluster::{Cluster, VALIDATORS};
use clap::Parser;
use serde::Serialize;
use serde_json::json;

/// Bytes of each record's signed payload.
const PAYLOAD_BYTES: usize = 1024;

/// Measures committed records a second and the time to a certificate
#[derive(Debug, Parser)]
struct Arguments {
    /// Where bench.json goes
    #[arg(long, default_value = "bench-out")]
    out: PathBuf,
    /// Records under way at a time, one row each
    #[arg(long, value_delimiter = ',', default_value = "1,64,256,1000")]
    concurrency: Vec<usize>,
    /// Seconds measured for each row, after a warm-up of a quarter of it
    #[arg(long, default_value_t = 12)]
    seconds: u64,
}

#[derive(Debug, Serialize)]
struct Limits {
    verify_strict_per_s_core: u64,
    synced_batch_records_per_s: u64,
}

#[derive(Debug, Serialize)]
struct Row {
    validators: usize,
    concurrency: usize,
    payload_bytes: usize,
    records_per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// User and system time of all processes, this one included, over the records: what a busy machine does not blur.
    cpu_ms_per_record: f64,
    rejected: u64,
}

fn record(author: &Author, number: u64, pad: usize) -> anyhow::Result<Envelope> {
    // The number always has the same width, so that the pad need be found once.
    let body = json!({"n": format!("{number:016}"), "pad": "x".repeat(pad)});
    let record = author.record("evidence.recorded/1", body).sign(TimeMs::new(1_790_000_000_000))?;
    Ok(record.envelope().clone())
}

/// The pad that makes a payload of exactly [`PAYLOAD_BYTES`].
fn pad(author: &Author) -> anyhow::Result<usize> {
    let pad = PAYLOAD_BYTES.saturating_sub(record(author, 0, 0)?.payload.len());
    ensure!(
        record(author, u64::MAX % 10_000_000_000_000_000, pad)?.payload.len() == PAYLOAD_BYTES,
        "another size"
    );
    Ok(pad)
}

fn limits(folder: &std::path::Path, cluster: &Cluster) -> anyhow::Result<Limits> {
    let key = SecretKey::from_seed(&[7; 32]);
    let message = [7u8; PAYLOAD_BYTES];
    let (signature, prepared) = (key.sign(&message), key.public().prepare()?);
    let begun = Instant::now();
    let mut count = 0u64;
    while begun.elapsed() < Duration::from_secs(2) {
        prepared.verify(&message, &signature)?;
        count = count.saturating_add(1);
    }
    let verify = per_second(count, begun.elapsed());
    let store = Store::create(&folder.join("limit-store"), &cluster.genesis)?;
    let envelope = Envelope::sign(RECORD_PAYLOAD_TYPE, message.to_vec(), &[&key]);
    let begun = Instant::now();
    let mut written = 0u64;
    while begun.elapsed() < Duration::from_secs(2) {
        let ids: Vec<RecordId> = (0..500u64)
            .map(|n| RecordId::new(Digest::of(&written.saturating_add(n).to_be_bytes())))
            .collect();
        let rows: Vec<_> = ids.iter().map(|id| (*id, TimeMs::new(1), &envelope)).collect();
        store.add_pending(&rows)?;
        store.remove_pending(&ids)?;
        written = written.saturating_add(500);
    }
    Ok(Limits {
        verify_strict_per_s_core: verify,
        synced_batch_records_per_s: per_second(written, begun.elapsed()),
    })
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a rate for people"
)]
fn per_second(count: u64, elapsed: Duration) -> u64 {
    (count as f64 / elapsed.as_secs_f64()) as u64
}

#[allow(clippy::cast_precision_loss, reason = "a rate for people")]
async fn row(
    cluster: &Cluster,
    author: &Arc<Author>,
    numbers: &Arc<AtomicU64>,
    concurrency: usize,
    seconds: u64,
) -> anyhow::Result<Row> {
    // One connection a task, as one client has; all are made before the clock starts.
    let client = || reqwest::Client::builder().pool_max_idle_per_host(1).tcp_nodelay(true).build();
    let clients = (0..concurrency).map(|_| client()).collect::<Result<Vec<_>, _>>()?;
    let warm = Instant::now() + Duration::from_millis(seconds.saturating_mul(250));
    let end = warm + Duration::from_secs(seconds);
    let rejected = Arc::new(AtomicU64::new(0));
    let pad = pad(author)?;
    let mut tasks = tokio::task::JoinSet::new();
    for (task, http) in clients.into_iter().enumerate() {
        let url =
            format!("{}/v1/records?wait=certificate&timeout_ms=30000", cluster.url(task % VALIDATORS.len()));
        let (author, numbers, rejected) = (Arc::clone(author), Arc::clone(numbers), Arc::clone(&rejected));
        tasks.spawn(async move {
            let mut times = Vec::new();
            while Instant::now() < end {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                let begun = Instant::now();
                let body = record(&author, number, pad)?.to_json();
                let answer =
                    http.post(&url).header("content-type", "application/json").body(body).send().await?;
                let status = answer.status();
                let text = answer.bytes().await?;
                let certified = status.as_u16() == 201 && text.windows(13).any(|w| w == b"\"certificate\"");
                let finished = Instant::now();
                if !certified {
                    rejected.fetch_add(1, Ordering::Relaxed);
                } else if begun >= warm && finished <= end {
                    times.push(finished.duration_since(begun));
                }
            }
            anyhow::Ok(times)
        });
    }
    let processes: Vec<u32> = cluster.processes().into_iter().chain([std::process::id()]).collect();
    tokio::time::sleep_until(warm.into()).await;
    let before = processor_ms(&processes)?;
    tokio::time::sleep_until(end.into()).await;
    let spent = processor_ms(&processes)?.saturating_sub(before);
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done??);
    }
    times.sort_unstable();
    let at = |share: usize| -> anyhow::Result<f64> {
        let index = times.len().saturating_mul(share) / 1000;
        let time = times.get(index.min(times.len().saturating_sub(1))).context("nothing was certified")?;
        Ok(time.as_secs_f64() * 1000.0)
    };
    Ok(Row {
        validators: VALIDATORS.len(),
        concurrency,
        payload_bytes: PAYLOAD_BYTES,
        records_per_s: times.len() as f64 / Duration::from_secs(seconds).as_secs_f64(),
        p50_ms: at(500)?,
        p99_ms: at(990)?,
        cpu_ms_per_record: spent as f64 / times.len() as f64,
        rejected: rejected.load(Ordering::Relaxed),
    })
}

/// Milliseconds of processor time, user and system, these processes have taken so far.
fn processor_ms(processes: &[u32]) -> anyhow::Result<u64> {
    // Linux counts in hundredths of a second for all who read it here.
    const MS_PER_TICK: u64 = 10;
    let mut ticks = 0u64;
    for process in processes {
        let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        // The second field is the program's name in brackets and may have anything in it.
        let (_, fields) = text.rsplit_once(')').context("unknown form of /proc")?;
        for field in fields.split_whitespace().skip(11).take(2) {
            ticks = ticks.saturating_add(field.parse()?);
        }
    }
    Ok(ticks.saturating_mul(MS_PER_TICK))
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        info.lines().find_map(|line| line.strip_prefix("model name\t: ")).unwrap_or("unknown processor");
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{cores} cores, {model}")
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    std::fs::create_dir_all(&arguments.out)?;
    let scratch = tempfile::tempdir_in(&arguments.out)?;
    let mut cluster = Cluster::found(&scratch.path().join("consortium"), "bench").await?;
    let limits = limits(scratch.path(), &cluster)?;
    println!("{}", machine());
    println!(
        "strict verifications {}/s a core; synced batches {} records/s",
        limits.verify_strict_per_s_core, limits.synced_batch_records_per_s
    );
    cluster.start(0..VALIDATORS.len()).await?;
    let author = Arc::new(cluster.organisation(VALIDATORS[0].1)?);
    let numbers = Arc::new(AtomicU64::new(0));
    println!(
        "{:>11} {:>12} {:>9} {:>9} {:>9} {:>14}",
        "concurrency", "records/s", "p50 ms", "p99 ms", "rejected", "CPU ms/record"
    );
    let mut rows = Vec::new();
    for concurrency in &arguments.concurrency {
        let row = row(&cluster, &author, &numbers, *concurrency, arguments.seconds).await?;
        println!(
            "{:>11} {:>12.0} {:>9.1} {:>9.1} {:>9} {:>14.3}",
            row.concurrency, row.records_per_s, row.p50_ms, row.p99_ms, row.rejected, row.cpu_ms_per_record
        );
        rows.push(row);
    }
    cluster.stop().await;
    let report = json!({"machine": machine(), "limits": limits, "rows": rows});
    std::fs::write(arguments.out.join("bench.json"), format!("{report:#}\n"))?;
    Ok(())
}

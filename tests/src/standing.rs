//! Two overlapping outages, within what is tolerated: one validator is away when the others vote, and one of these goes
//! before its precommit arrives. The two that are left are locked on a block which the first one never saw. When the first
//! one returns three of four are up, and blocks must come.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_client::{Author, Wait, author};
use rand::Rng as _;
use rand::seq::SliceRandom as _;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::cluster::{Cluster, VALIDATORS};

/// Looks for the state at most so often before a try is given up; about one in six finds it.
const LOOKS_MAX: usize = 60;
/// How long blocks may stay away before the try counts as a stand for good.
const PATIENCE: Duration = Duration::from_secs(60);

/// What was seen when the first one returned.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// From its start to a block.
    pub stood: Option<Duration>,
    /// The two that were locked were killed as well and started with it.
    pub restarted: bool,
}

/// Where a validator is: its committed height, and height, round and step of what it decides.
type Place = (u64, u64, u64, String);

async fn place(cluster: &Cluster, node: usize) -> Option<Place> {
    let status = cluster.client(node).ok()?.status_json().await.ok()?;
    let consensus = &status["consensus"];
    let step = consensus["step"].as_str()?.to_owned();
    Some((status["height"].as_u64()?, consensus["height"].as_u64()?, consensus["round"].as_u64()?, step))
}

async fn places(cluster: &Cluster, nodes: &[usize]) -> Option<Vec<Place>> {
    let mut all = Vec::new();
    for node in nodes {
        all.push(place(cluster, *node).await?);
    }
    Some(all)
}

async fn tip(cluster: &Cluster, nodes: &[usize]) -> u64 {
    let mut tip = 0;
    for node in nodes {
        tip = tip.max(cluster.height_of(*node).await.unwrap_or(0));
    }
    tip
}

async fn rises(cluster: &Cluster, nodes: &[usize], above: u64) -> Option<Duration> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if tip(cluster, nodes).await > above {
            return Some(begun.elapsed());
        }
        sleep(Duration::from_millis(50)).await;
    }
    None
}

fn signal(cluster: &Cluster, node: usize, name: &str) -> anyhow::Result<()> {
    let process = cluster.process(node)?.to_string();
    ensure!(Command::new("kill").args([format!("-{name}"), process]).status()?.success(), "kill -{name}");
    Ok(())
}

/// Records at about thirty a second, to whoever takes them, until told to stop.
#[derive(Debug)]
pub struct Load {
    stop: Arc<AtomicBool>,
    tasks: tokio::task::JoinSet<()>,
}

impl Load {
    /// # Errors
    /// When the consortium's organisations have no keys here.
    pub fn begin(cluster: &Cluster) -> anyhow::Result<Self> {
        let (stop, numbers) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let author: Arc<Author> = Arc::new(cluster.organisation(VALIDATORS[0].1)?);
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..8usize {
            let client = cluster.client(task % VALIDATORS.len())?;
            let (stop, numbers, author) = (Arc::clone(&stop), Arc::clone(&numbers), Arc::clone(&author));
            tasks.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let number = numbers.fetch_add(1, Ordering::Relaxed);
                    let record =
                        author.record("evidence.recorded/1", json!({"n": number})).sign(author::clock());
                    let Ok(record) = record else { return };
                    let text = record.envelope().to_json();
                    let _ = client.submit(&text, Wait::Receipt, Duration::from_secs(5)).await;
                    sleep(Duration::from_millis(250)).await;
                }
            });
        }
        Ok(Self { stop, tasks })
    }

    pub async fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Brings the consortium, all four of which run, into the state once; all four run again afterwards.
/// `None` when the state was not met.
///
/// # Errors
/// When a process cannot be stopped or started.
pub async fn attempt(cluster: &mut Cluster, restart: bool) -> anyhow::Result<Option<Seen>> {
    let mut order: Vec<usize> = (0..VALIDATORS.len()).collect();
    order.shuffle(&mut rand::thread_rng());
    let [away, silent, locked @ ..] = order.as_slice() else { anyhow::bail!("four validators") };
    let (away, silent) = (*away, *silent);
    cluster.kill(away).await?;
    sleep(Duration::from_millis(1500)).await;
    let met = meet(cluster, silent, locked).await?;
    cluster.kill(silent).await?;
    if !met {
        cluster.start([away, silent]).await?;
        return Ok(None);
    }
    sleep(Duration::from_secs(5)).await;
    let before = tip(cluster, locked).await;
    if restart {
        for node in locked {
            cluster.kill(*node).await?;
            cluster.spawn(*node)?;
        }
    }
    cluster.spawn(away)?;
    let stood = rises(cluster, locked, before + 1).await;
    cluster.spawn(silent)?;
    let all: Vec<usize> = (0..VALIDATORS.len()).collect();
    rises(cluster, &all, tip(cluster, &all).await + 2).await.context("no block with all four up")?;
    for node in order {
        let goal = tip(cluster, &all).await;
        cluster.reach(node, goal, PATIENCE).await?;
    }
    Ok(Some(Seen { stood, restarted: restart }))
}

/// Freezes and frees one validator until the two others stand in the precommit of one height and round.
async fn meet(cluster: &Cluster, silent: usize, locked: &[usize]) -> anyhow::Result<bool> {
    for _ in 0..LOOKS_MAX {
        let pause = rand::thread_rng().gen_range(20..400);
        sleep(Duration::from_millis(pause)).await;
        signal(cluster, silent, "STOP")?;
        sleep(Duration::from_millis(250)).await;
        let first = places(cluster, locked).await;
        let both = first.as_ref().is_some_and(|places| {
            places.iter().all(|one| one.3 == "precommit") && places.windows(2).all(|pair| pair[0] == pair[1])
        });
        if both {
            sleep(Duration::from_millis(1600)).await;
            if places(cluster, locked).await == first {
                return Ok(true);
            }
        }
        signal(cluster, silent, "CONT")?;
    }
    Ok(false)
}

/// What a node says of itself, for the report of a stand.
pub async fn told(cluster: &Cluster, node: usize) -> Value {
    match cluster.client(node) {
        Ok(client) => client.status_json().await.unwrap_or(Value::Null),
        Err(_) => Value::Null,
    }
}

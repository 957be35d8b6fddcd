//! How long a consortium of four stands when two outages overlap and a third of it is lost at no moment: see
//! `biaozheng_tests::standing`. Prints every try and fails when one stood longer than `--most-s`.
#![allow(clippy::print_stdout, clippy::arithmetic_side_effects)]

use std::time::Duration;

use anyhow::{bail, ensure};
use biaozheng_tests::cluster::Cluster;
use biaozheng_tests::standing::{Load, attempt};
use clap::Parser;

#[derive(Parser)]
#[command(about = "Two overlapping outages, again and again, on real processes")]
struct Options {
    /// How many times the state must be met
    #[arg(long, default_value_t = 50)]
    times: usize,
    /// The longest stand that is right, seconds
    #[arg(long, default_value_t = 10)]
    most_s: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let folder = tempfile::tempdir()?;
    let mut cluster = Cluster::found(&folder.path().join("consortium"), "stand").await?;
    cluster.start(0..4).await?;
    let load = Load::begin(&cluster)?;
    let mut stood: Vec<Duration> = Vec::new();
    let mut missed = 0;
    while stood.len() < options.times {
        ensure!(missed <= options.times, "the state is met too seldom here: {missed} tries in vain");
        let Some(seen) = attempt(&mut cluster, stood.len() % 3 == 2).await? else {
            missed += 1;
            continue;
        };
        let how = if seen.restarted { ", the locked ones restarted" } else { "" };
        let Some(time) = seen.stood else { bail!("try {}: no block for 60 s{how}", stood.len() + 1) };
        stood.push(time);
        println!("{:3} of {}: {:.1} s{how}", stood.len(), options.times, time.as_secs_f64());
    }
    load.end().await;
    cluster.stop().await;
    stood.sort_unstable();
    let at =
        |part: usize| stood.get((stood.len() - 1) * part / 100).copied().unwrap_or_default().as_secs_f64();
    println!(
        "{} stands, {missed} tries that did not meet the state: median {:.1} s, p90 {:.1} s, longest {:.1} s",
        stood.len(),
        at(50),
        at(90),
        at(100)
    );
    let longest = stood.last().copied().unwrap_or_default();
    ensure!(longest <= Duration::from_secs(options.most_s), "one stood longer than {} s", options.most_s);
    Ok(())
}

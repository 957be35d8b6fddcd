//! Starts a consortium of four validators and an observer and replays real auctions through it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, ensure};
use biaozheng_client::Client;
use biaozheng_ledger::certificate::{Certificate, Expectations};
use biaozheng_ledger::ids::{ChainId, Height, RecordId};
use biaozheng_tests::cluster::{Cluster, OBSERVER, VALIDATORS, program};
use biaozheng_tests::progress::Progress;
use biaozheng_tests::replay::{Replayer, Settings, Summary, read, summarise};
use biaozheng_tests::scenes::{DAY_MS, Played, SCENES, Stage};
use biaozheng_tests::{archive, draws, groups, oversight};
use clap::Parser;
use tokio::sync::Semaphore;

/// Replays OCDS auctions through a consortium on this machine 回放真实竞价
#[derive(Debug, Parser)]
struct Arguments {
    /// OCDS compiled releases with the bids extension, one a line
    #[arg(long)]
    data: PathBuf,
    /// At most so many auctions
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
    auctions: usize,
    /// Where certificates, logs and summary.json go; must not exist, or be an earlier run's
    #[arg(long)]
    out: PathBuf,
    /// The replay's rulebook
    #[arg(long)]
    rulebook: PathBuf,
    /// Leave out the synthetic projects, one a category
    #[arg(long)]
    auctions_only: bool,
    /// Exit when done; without it the nodes keep serving
    #[arg(long)]
    once: bool,
    /// Auctions under way at a time
    #[arg(long, default_value_t = 48)]
    concurrency: usize,
    /// Least milliseconds between publication and deadline
    #[arg(long, default_value_t = 6000)]
    bidding_ms: u64,
    /// Milliseconds of a slot: deadlines are slots' ends, and all bids of a slot open together
    #[arg(long, default_value_t = 6000)]
    slot_ms: u64,
    /// Milliseconds of each phase of a key ceremony; more on a busy machine
    #[arg(long, default_value_t = 5000)]
    phase_ms: u64,
    /// Milliseconds of a day of the synthetic projects; more on a busy machine
    #[arg(long, default_value_t = DAY_MS)]
    day_ms: u64,
}

/// Releases of the file that are also entered as imported evidence.
const IMPORTED: usize = 5;

/// Waits for the first certificate of the chain, verifies it and says when it was there.
async fn first_certificate(client: Client, chain: ChainId) -> anyhow::Result<()> {
    let mut height = Height::new(1);
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        // The block is not there yet, or the node does not answer yet.
        let Ok(block) = client.block(height).await else { continue };
        let Some(id) = block.record_ids.first() else {
            height = height.next();
            continue;
        };
        let Ok(text) = client.certificate(id).await else { continue };
        let expected = Expectations { chain: Some(chain), ..Expectations::default() };
        let seen = Certificate::from_json(text.as_bytes())?.verify(&expected);
        ensure!(seen.failed_step().is_none(), "the first certificate is not valid: {:?}", seen.failed_step());
        say_first(id);
        return Ok(());
    }
}

/// Says it with the seconds since `scripts/demo` began, which it gives in `BIAOZHENG_DEMO_BEGUN_S`.
fn say_first(id: &RecordId) {
    let begun = std::env::var("BIAOZHENG_DEMO_BEGUN_S").ok().and_then(|text| text.parse().ok());
    let took = begun.and_then(|begun| {
        SystemTime::now().duration_since(UNIX_EPOCH).ok()?.checked_sub(Duration::from_secs(begun))
    });
    let after = took.map_or_else(String::new, |took| {
        format!(", {} min {} s after the demo began", took.as_secs() / 60, took.as_secs() % 60)
    });
    println!("the first certificate 首份证书, of {id}{after}");
}

/// Bids of the bidder that makes most of them.
fn most_bids(auctions: &[biaozheng_tests::replay::Auction]) -> usize {
    let mut counts = std::collections::BTreeMap::<_, usize>::new();
    for bid in auctions.iter().flat_map(|auction| &auction.bids) {
        let count = counts.entry(&bid.bidder).or_default();
        *count = count.saturating_add(1);
    }
    counts.into_values().max().unwrap_or(0)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let auctions = read(&arguments.data, arguments.auctions)?;
    let rulebook = std::fs::read_to_string(&arguments.rulebook)?;
    let consortium = arguments.out.join("consortium");
    if arguments.out.exists() {
        ensure!(
            consortium.join("genesis.json").is_file() || std::fs::read_dir(&arguments.out)?.next().is_none(),
            "{} exists and is no earlier run's; choose another folder",
            arguments.out.display()
        );
        std::fs::remove_dir_all(&arguments.out)?;
    }
    std::fs::create_dir_all(&arguments.out)?;
    println!(
        "The auctions are real ones of Tsuchiura City, Japan, 2007-2011, with bidders' names replaced; the rules are the replay's own."
    );
    println!("starting {} validators and 1 observer 启动联盟", VALIDATORS.len());
    let mut cluster = Cluster::found(&consortium, "demo").await?;
    // One validator covers entries here; on machines of their own all would. Bidders give theirs to the others: what it
    // holds back to its moments would be late where minutes stand for weeks.
    let members = groups::prepare(&cluster, |index| usize::from(index == groups::COVERING)).await?;
    cluster.start(0..=VALIDATORS.len()).await?;
    let begun = Instant::now();
    let first = tokio::spawn(first_certificate(cluster.client(0)?, cluster.chain));
    let started_ms = biaozheng_client::author::clock().get();
    println!("key ceremonies of the groups for sealed bids and tokens 密钥生成");
    let most = most_bids(&auctions);
    let numbers = groups::Numbers {
        slot_ms: arguments.slot_ms,
        ahead: 100,
        quota: u32::try_from(most)?.max(32),
        member_quota: 100_000,
        phase_ms: arguments.phase_ms,
    };
    groups::found(&cluster, &members, numbers).await?;
    println!(
        "the groups have their keys; nobody has them whole 群密钥已生成 {:.0} s",
        begun.elapsed().as_secs_f64()
    );
    let archives = arguments.out.join("archives");
    std::fs::create_dir_all(&archives)?;
    let settings = Settings { bidding_ms: arguments.bidding_ms, archives: archives.clone() };
    let replayer = Arc::new(Replayer::prepare(&cluster, &rulebook, &auctions, settings).await?);
    first.await??;
    println!("registered {} parties 主体登记完成", replayer.record_ids().await.len().saturating_sub(1));
    play_all(&replayer, &auctions, arguments.concurrency).await?;
    let auctions_s = begun.elapsed().as_secs_f64();
    let mut ids = replayer.record_ids().await;
    let mut projects = Vec::new();
    if !arguments.auctions_only {
        let documents = arguments.out.join("documents");
        let played = play_scenes(&cluster, &archives, &documents, arguments.day_ms).await?;
        projects.extend(played.iter().map(|one| one.project.clone()));
        ids.extend(played.into_iter().flat_map(|one| one.records));
        let models = oversight::check_models(&cluster, "SYN-WORKS", "B1", &arguments.out).await?;
        println!("{models} building models are as sealed, an altered one is named 建筑信息模型核验一致");
    }
    let imported = oversight::import(&cluster, &arguments.data, IMPORTED).await?;
    println!(
        "{imported} past projects entered as imported evidence, apart from those run here 历史项目已作为导入存证"
    );
    let indicators = oversight::publish_indicators(&cluster, started_ms).await?;
    println!("indicators published, and recomputed alike by the regulator's node 营商环境指标复算一致");
    std::fs::write(arguments.out.join("indicators.json"), format!("{indicators:#}\n"))?;
    oversight::export(&cluster, &arguments.out.join("ocds")).await?;
    println!("open data of every project in {} 开放数据已导出", arguments.out.join("ocds").display());

    let observer = cluster.client(VALIDATORS.len())?;
    let height = cluster.height_of(0).await?;
    cluster.reach(VALIDATORS.len(), height, Duration::from_secs(60)).await?;
    let last = ids.last().context("no records")?;
    let certified = Instant::now();
    while observer.certificate(last).await.is_err() && certified.elapsed() < Duration::from_secs(30) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let folder = arguments.out.join("certificates");
    let progress = Progress::new(u64::try_from(ids.len())?, "certificates 取证书");
    // The span of every record that is counted: from the founding to the last of them with its certificate.
    let elapsed = begun.elapsed().as_secs_f64();
    let mut summary = summarise(&observer, &auctions, &folder, |n| progress.set(n)).await?;
    progress.finish();
    print_openings(&summary);
    ensure!(
        summary.sealed_standing >= summary.bids && summary.sealed_bids >= summary.sealed_standing,
        "the openings list other bids than were sealed"
    );
    summary.certificates_valid = verify(&folder, &cluster)?;
    (summary.archives, summary.archives_valid) = verify_archives(&archives, &cluster)?;
    println!("building every archive again from the observer's ledger 由账本重建档案");
    let documents = arguments.out.join("documents");
    summary.archives_rebuilt = archive::rebuild_all(&cluster, VALIDATORS.len(), &documents).await?;
    println!("exporting draws and running them again offline 导出并离线重演抽取");
    let (count, wrong) = draws::replay(&cluster, &projects, &arguments.out.join("draws")).await?;
    wrong.iter().for_each(|said| eprintln!("{said}"));
    (summary.draws, summary.draws_valid) = (count, count.saturating_sub(u64::try_from(wrong.len())?));
    summary.auctions_s = auctions_s;
    summary.elapsed_s = elapsed;
    summary.records_per_s = f64::from(u32::try_from(summary.records)?) / elapsed;
    let text = serde_json::to_string_pretty(&summary)?;
    std::fs::write(arguments.out.join("summary.json"), format!("{text}\n"))?;
    // The slots stand above, and in the file.
    let shown = Summary { slots: Vec::new(), ..summary.clone() };
    println!("{}", serde_json::to_string_pretty(&shown)?);
    ensure!(
        summary.certificates_valid == summary.certificates_issued
            && summary.certificates_issued == summary.records,
        "not every record has a valid certificate"
    );
    ensure!(summary.auctions == u64::try_from(auctions.len())?, "not every auction is on the ledger");
    ensure!(
        summary.archives == summary.auctions.saturating_add(summary.synthetic_projects)
            && summary.archives_valid == summary.archives,
        "not every project has a valid sealed archive"
    );
    ensure!(
        summary.archives_rebuilt == summary.archives,
        "not every archive can be built again from the ledger"
    );
    ensure!(summary.draws_valid == summary.draws, "not every draw comes out again offline");
    println!("every award on the ledger equals the data's 中标结果与原始数据一致");
    if !arguments.once {
        for index in 0..VALIDATORS.len() {
            println!("{:10} {}", Cluster::name(index), cluster.url(index));
        }
        println!("{:10} {}", OBSERVER.0, cluster.url(VALIDATORS.len()));
        println!("try: curl {}/v1/projects   (Ctrl-C ends)", cluster.url(VALIDATORS.len()));
        tokio::signal::ctrl_c().await?;
    }
    cluster.stop().await;
    Ok(())
}

/// What the ledger shows of the sealed bids: each slot that had bids, and the whole.
fn print_openings(summary: &Summary) {
    println!(
        "sealed bids, counted from the ledger by opening every entry anew 密封投标（由账本重新开启统计）"
    );
    for slot in summary.slots.iter().filter(|slot| slot.bids > 0) {
        println!(
            "  slot 时段 {}: {} entries 条目, {} bids 投标, {} dummies 掩护, {} withdrawals 撤回; names open 开启 {:.2} s after the deadline",
            slot.slot,
            slot.entries,
            slot.bids,
            slot.dummies,
            slot.withdrawals,
            Duration::from_millis(slot.opened_after_ms).as_secs_f64()
        );
    }
    println!(
        "  {} slots, {} entries, {} bids, {} dummies; {} envelopes stand in the openings 有效投标; bodies open at the latest {:.2} s after the deadline",
        summary.slots.len(),
        summary.sealed_entries,
        summary.sealed_bids,
        summary.sealed_dummies,
        summary.sealed_standing,
        Duration::from_millis(summary.bids_opened_after_ms_max).as_secs_f64()
    );
}

/// Plays every synthetic project at once.
async fn play_scenes(
    cluster: &Cluster,
    archives: &std::path::Path,
    documents: &std::path::Path,
    day_ms: u64,
) -> anyhow::Result<Vec<Played>> {
    println!("synthetic projects, with days of {day_ms} ms 合成项目");
    let stage = Arc::new(Stage::new(cluster, archives, documents, day_ms)?);
    let mut running = tokio::task::JoinSet::new();
    for scene in SCENES {
        let stage = Arc::clone(&stage);
        running.spawn(async move { anyhow::Ok((*scene, stage.play(*scene).await?)) });
    }
    let mut all = Vec::new();
    while let Some(done) = running.join_next().await {
        let (scene, played) = done??;
        println!("  {:28} {:4} records  {}", played.project, played.records.len(), scene.title_zh);
        if !played.alerts.is_empty() {
            println!("  {:28} alerts, disposed of 预警已处置: {}", "", played.alerts.join(", "));
        }
        all.push(played);
    }
    Ok(all)
}

async fn play_all(
    replayer: &Arc<Replayer>,
    auctions: &[biaozheng_tests::replay::Auction],
    concurrency: usize,
) -> anyhow::Result<()> {
    let progress = Progress::new(u64::try_from(auctions.len())?, "auctions 竞价回放");
    let places = Arc::new(Semaphore::new(concurrency.max(1)));
    let mut running = tokio::task::JoinSet::new();
    for (index, auction) in auctions.iter().cloned().enumerate() {
        let place = Arc::clone(&places).acquire_owned().await?;
        let replayer = Arc::clone(replayer);
        running.spawn(async move {
            let done = replayer.play(&auction, index.checked_rem(VALIDATORS.len()).unwrap_or(0)).await;
            drop(place);
            done
        });
        while let Some(done) = running.try_join_next() {
            done??;
            progress.inc();
        }
    }
    while let Some(done) = running.join_next().await {
        done??;
        progress.inc();
    }
    progress.finish();
    Ok(())
}

/// Runs the separate verifier over every archive; gives how many there are and how many are valid.
fn verify_archives(folder: &std::path::Path, cluster: &Cluster) -> anyhow::Result<(u64, u64)> {
    println!("verifying archives offline 离线核验档案");
    let (mut archives, mut valid) = (0u64, 0u64);
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let output = std::process::Command::new(program("biaozheng-verify")?)
            .arg("--archive")
            .arg(&path)
            .arg("--policy")
            .arg(cluster.policy_file())
            .args(["--chain", &cluster.chain.to_string(), "--require-anchor"])
            .output()?;
        archives = archives.saturating_add(1);
        if output.status.success() {
            valid = valid.saturating_add(1);
        } else {
            eprintln!("{}: {}", path.display(), String::from_utf8_lossy(&output.stdout));
        }
    }
    Ok((archives, valid))
}

/// Runs the separate verifier over every certificate, under the policy from the founding.
fn verify(folder: &std::path::Path, cluster: &Cluster) -> anyhow::Result<u64> {
    println!("verifying offline 离线核验");
    let output = std::process::Command::new(program("biaozheng-verify")?)
        .arg(folder)
        .arg("--policy")
        .arg(cluster.policy_file())
        .args(["--chain", &cluster.chain.to_string(), "--require-anchor", "--json"])
        .output()?;
    let mut valid = 0u64;
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let verdict: serde_json::Value = serde_json::from_str(line).context("the verifier's output")?;
        if verdict.get("exit_code").and_then(serde_json::Value::as_i64) == Some(0) {
            valid = valid.saturating_add(1);
        } else {
            eprintln!("not valid: {line}");
        }
    }
    Ok(valid)
}

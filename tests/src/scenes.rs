//! Synthetic projects, one a category, played on a running consortium from start to archive.
//!
//! Each is the very scene the contracts' own tests play in memory: every record happens on the real chain first, then
//! in the scene's own state, which must agree. Days are short, by a trial version of the rulebook.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "scenes are tests: a chain that differs from the scene ends it"
)]

#[path = "../../contracts/tests/support/categories.rs"]
mod bodies;
#[path = "../../contracts/tests/support/remote.rs"]
mod remote;
#[path = "../../contracts/tests/support/world.rs"]
mod world;

mod live;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use biaozheng_client::{Client, author, key_file};
use biaozheng_ledger::ids::{ProjectId, RecordId};
use serde_json::json;
use tokio::runtime::Handle;

use crate::archive::Sealing;
use crate::cluster::{Cluster, OBSERVER, VALIDATORS};
use world::{Setting, World, day, draft};

/// What the ids of synthetic projects begin with.
pub const PROJECT_PREFIX: &str = "SYN-";

/// Milliseconds of a scene's day. Its rulebook's days are a fifth shorter, so that blocks may come a little late.
const DAY_MS: u64 = 450;
const HOUR_MS: u64 = 1500;

/// A synthetic project.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    pub name: &'static str,
    pub title_zh: &'static str,
    play: fn() -> World,
    /// Its bids are sealed to the chain's group, and its experts drawn by the beacon.
    by_group: bool,
}

/// All scenes.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "metro",
        title_zh: "地铁三标段，门限密封、信标抽取、主副场远程异地评标（合成）",
        play: metro,
        by_group: true,
    },
    Scene { name: "land", title_zh: "土地使用权挂牌出让（合成）", play: land, by_group: false },
    Scene { name: "mining", title_zh: "矿业权挂牌出让（合成）", play: mining, by_group: false },
    Scene { name: "assets", title_zh: "国有资产转让（合成）", play: assets, by_group: false },
    Scene { name: "auction", title_zh: "拍卖（合成）", play: auction, by_group: false },
];

/// A metro project of three lots: bids sealed to the group, blind technical parts, a benchmark price, experts drawn by the
/// beacon, a host and a sub venue, a member replaced by the same stream, a dissent.
fn metro() -> World {
    let terms = remote::weighted_terms();
    let mut remote = remote::Remote::opened_lots(world::shipped_law(), terms, &["1", "2", "3"]);
    remote.committee();
    remote.open_session();
    remote.seal_all();
    remote.replace(0);
    remote.seal("S6");
    remote.open_blind();
    remote.reveal_all();
    let report = remote.report_all(json!({"dissents": [{"member": "S3", "reason": "一标段工期偏紧"}]}));
    remote.world.step(report);
    remote.award();
    remote.contract();
    let disclosure = remote.disclosure(|_| ());
    remote.world.ok(disclosure);
    remote.world.step(draft("supervision.reported/1", "OWNER", json!({"summary": "已按规定报告"})));
    remote.world
}

/// An ascending listing: two bidders under numbers, a hidden reserve, the deal, the contract.
fn listing(book: &str, asset: &'static str, bond: u64, viewed: bool, publicity_days: u64) -> World {
    let book = world::book(book);
    let mut world = World::under(world::shipped_law());
    world.ok(draft("rulebook.published/1", "CITY", json!({"toml": book})));
    world.register();
    let (price, best) = (50_000_000_000, 50_100_000_000);
    let reserve = (asset != "equity").then_some((best, 8));
    let from_ms = world.now + 22 * day();
    let notice = bodies::Notice {
        rulebook: world::Rulebook::digest(&book),
        asset,
        start: price,
        increment: best - price,
        reserve,
        bond,
        viewing_ms: viewed.then(|| (from_ms - 4 * day(), from_ms - day())),
        from_ms,
        until_ms: from_ms + 12 * day(),
    };
    let id = world::project();
    let published = draft("listing.published/1", "OWNER", notice.body(&id));
    world.terms = Some(world.step(published));
    let numbers = [("N-1", "B1", 1), ("N-2", "B2", 2)];
    for (number, bidder, byte) in numbers {
        let paid = (bond > 0).then(|| {
            let body = bodies::bond_received(&id, bidder, bond, byte);
            world.ok(draft("bond.received/1", "EAST", body).at(world.terms))
        });
        let key = world::key(number).public();
        let body = bodies::number_registered(&id, number, key, bidder, byte, paid);
        world.ok(draft("listing.registered/1", "EAST", body).also(number).at(world.terms));
    }
    world.now = world.now.max(from_ms);
    for (number, sum) in [("N-1", price), ("N-2", best)] {
        world.ok(draft("listing.offered/1", number, bodies::offered("1", sum)).at(world.terms));
    }
    world.now = world.now.max(world.deadline());
    let closed = bodies::listing_closed(&numbers, reserve, Some(("N-2", "B2", best)));
    world.step(draft("listing.closed/1", "EAST", closed));
    world.step(draft("deal.confirmed/1", "EAST", bodies::deal_confirmed("1", best)).also("B2"));
    world.step(draft("result.publicised/1", "EAST", bodies::result_publicised("B2", best)));
    world.now += publicity_days * day();
    world.step(world::contract(best, 0).also("B2"));
    world.step(draft("supervision.reported/1", "OWNER", json!({"summary": "已按规定报告"})));
    world
}

fn land() -> World {
    listing(bodies::LAND, "land_use_right", 10_000_000_000, false, 0)
}

fn mining() -> World {
    listing(bodies::MINING, "mining_right", 0, false, 22)
}

fn assets() -> World {
    listing(bodies::ASSETS, "equity", 15_000_000_000, false, 12)
}

fn auction() -> World {
    listing(bodies::AUCTION, "goods", 0, true, 0)
}

/// How a scene went.
#[derive(Clone, Debug)]
pub struct Played {
    pub scene: &'static str,
    pub project: ProjectId,
    pub records: Vec<RecordId>,
}

/// Where scenes are played.
#[derive(Debug)]
pub struct Stage {
    client: Client,
    setting: Setting,
    documents: PathBuf,
    archives: PathBuf,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setting").field("project", &self.project).finish_non_exhaustive()
    }
}

impl Stage {
    /// A stage on the hosting centre's node. The archives go into a folder, their documents beside them.
    ///
    /// # Errors
    /// When the consortium's keys cannot be read.
    pub fn new(cluster: &Cluster, archives: &Path, documents: &Path) -> anyhow::Result<Self> {
        let orgs = VALIDATORS.iter().chain([&OBSERVER]).map(|(_, org)| *org);
        let read = |org: &str| {
            let key = key_file::read(&cluster.folder.join("organisations").join(format!("{org}.key")))?;
            anyhow::Ok((org.to_owned(), key))
        };
        let setting = Setting {
            chain: cluster.chain,
            day_ms: DAY_MS,
            hour_ms: HOUR_MS,
            keys: orgs.map(read).collect::<Result<BTreeMap<_, _>, _>>()?,
            salt: rand::random(),
            ..Setting::default()
        };
        std::fs::create_dir_all(archives)?;
        std::fs::create_dir_all(documents)?;
        Ok(Self {
            client: cluster.client(1)?,
            setting,
            documents: documents.to_owned(),
            archives: archives.to_owned(),
        })
    }

    /// Plays a scene and seals its archive.
    ///
    /// # Errors
    /// When the chain differs from the scene.
    pub async fn play(&self, scene: Scene) -> anyhow::Result<Played> {
        let project = format!("{PROJECT_PREFIX}{}", scene.name.to_uppercase());
        let start_ms = author::clock().get();
        let mut setting = Setting { project: project.clone(), start_ms, ..self.setting.clone() };
        let groups = match scene.by_group {
            true => Some(self.client.sealing_groups(self.setting.chain).await?),
            false => None,
        };
        setting.slot_ms = groups.as_ref().map(|groups| groups.slot_ms);
        let live = live::Chain::new(self.client.clone(), Handle::current(), self.documents.clone(), groups);
        let centre = biaozheng_client::Author::new(
            world::org("EAST"),
            self.setting.keys.get("EAST").context("no key of EAST")?.clone(),
            self.setting.chain,
        );
        // A thread of its own: the scene's setting and its way to the chain are the thread's.
        let played = std::thread::Builder::new().name(scene.name.into()).spawn(move || {
            world::set(setting);
            let (live, happened) = live;
            world::go_live(Box::new(live));
            let world = (scene.play)();
            (world.step, happened.try_iter().collect::<Vec<_>>())
        })?;
        let (last, mut records) = tokio::task::spawn_blocking(move || played.join())
            .await?
            .map_err(|cause| anyhow!("scene {}: {}", scene.name, said(&*cause)))?;
        let project = ProjectId::new(&project)?;
        let tar = self.archives.join(format!("{project}.tar"));
        let sealing = Sealing {
            client: &self.client,
            centre: &centre,
            project: &project,
            documents: &self.documents,
            last: last.context("no step")?,
        };
        records.push(sealing.seal(&tar).await.with_context(|| format!("scene {}", scene.name))?);
        Ok(Played { scene: scene.name, project, records })
    }
}

fn said(cause: &(dyn std::any::Any + Send)) -> String {
    let text = cause.downcast_ref::<String>().cloned();
    text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

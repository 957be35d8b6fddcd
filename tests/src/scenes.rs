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

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use biaozheng_client::{Client, author, key_file};
use biaozheng_ledger::ids::{ProjectId, RecordId};
use biaozheng_scenes::live::go_live;
use biaozheng_scenes::setting::Setting;
use biaozheng_scenes::world::World;
use biaozheng_scenes::{play, setting};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

use crate::archive::Sealing;
use crate::cluster::{Cluster, OBSERVER, VALIDATORS};
use crate::oversight::Regulator;

mod live;
mod venue;

use anyhow::{Context as _, anyhow, ensure};

/// What the ids of synthetic projects begin with.
pub const PROJECT_PREFIX: &str = "SYN-";

/// Milliseconds of a scene's day, on a machine that is not busy otherwise. Its rulebook's days are a fifth shorter, so that blocks may come a little late.
pub const DAY_MS: u64 = 450;
/// Tenths of a scene's day in its hour: hours are for signing and opening, which need real time.
const HOUR_TENTHS: u64 = 33;

/// A synthetic project.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    pub name: &'static str,
    pub title_zh: &'static str,
    play: fn() -> World,
    /// Its bids are sealed to the chain's group, and its experts drawn by the beacon.
    by_group: bool,
    /// What supervision must find in it.
    raises: &'static [&'static str],
}

/// All scenes.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "metro",
        title_zh: "地铁三标段，资格预审、门限密封、信标抽取、主副场远程异地评标、数字见证（合成）",
        play: play::metro,
        by_group: true,
        raises: &[],
    },
    Scene {
        name: "works",
        title_zh: "工程公开招标，电子印章、证照、建筑信息模型、好差评（合成）",
        play: play::engineering,
        by_group: true,
        raises: &[],
    },
    Scene {
        name: "invited",
        title_zh: "工程邀请招标，受邀名单开标前保密，资质被撤销者出局，合同线下签署（合成）",
        play: play::invited,
        by_group: true,
        raises: &[],
    },
    Scene {
        name: "goods",
        title_zh: "政府采购货物公开招标，评审结果依规更正，投诉与监督预警（合成）",
        play: play::procurement,
        by_group: true,
        raises: &["collusion.same_device"],
    },
    Scene {
        name: "land",
        title_zh: "土地使用权挂牌出让（合成）",
        play: play::land,
        by_group: false,
        raises: &[],
    },
    Scene {
        name: "mining",
        title_zh: "矿业权挂牌出让（合成）",
        play: play::mining,
        by_group: false,
        raises: &[],
    },
    Scene {
        name: "assets",
        title_zh: "国有资产转让（合成）",
        play: play::assets,
        by_group: false,
        raises: &[],
    },
    Scene {
        name: "auction",
        title_zh: "拍卖，信用惩戒届满者可参与（合成）",
        play: play::auction,
        by_group: false,
        raises: &[],
    },
];

/// How a scene went.
#[derive(Clone, Debug)]
pub struct Played {
    pub scene: &'static str,
    pub project: ProjectId,
    pub records: Vec<RecordId>,
    /// Rules whose alerts the regulator raised and disposed of.
    pub alerts: Vec<String>,
}

/// Where scenes are played.
#[derive(Debug)]
pub struct Stage {
    client: Client,
    setting: Setting,
    documents: PathBuf,
    archives: PathBuf,
    regulator: Regulator,
}

impl Stage {
    /// A stage on the hosting centre's node. The archives go into a folder, their documents beside them.
    ///
    /// # Errors
    /// When the consortium's keys cannot be read.
    pub fn new(cluster: &Cluster, archives: &Path, documents: &Path, day_ms: u64) -> anyhow::Result<Self> {
        let orgs = VALIDATORS.iter().chain([&OBSERVER]).map(|(_, org)| *org);
        let read = |org: &str| {
            let key = key_file::read(&cluster.folder.join("organisations").join(format!("{org}.key")))?;
            anyhow::Ok((org.to_owned(), key))
        };
        let setting = Setting {
            chain: cluster.chain,
            day_ms,
            hour_ms: day_ms.saturating_mul(HOUR_TENTHS) / 10,
            keys: orgs.map(read).collect::<Result<BTreeMap<_, _>, _>>()?,
            salt: rand::random(),
            ..Setting::default()
        };
        std::fs::create_dir_all(archives)?;
        std::fs::create_dir_all(documents)?;
        Ok(Self {
            client: cluster.client(venue::HOST)?,
            setting,
            documents: documents.to_owned(),
            archives: archives.to_owned(),
            regulator: Regulator::of(cluster)?,
        })
    }

    /// Plays an evaluation over two venues whose sub venue's node ends in the middle and starts again; gives the project.
    ///
    /// # Errors
    /// When the chain differs from the scene.
    pub async fn play_sub_venue(&self, cluster: Arc<Mutex<Cluster>>) -> anyhow::Result<ProjectId> {
        let project = format!("{PROJECT_PREFIX}VENUES");
        let setting =
            Setting { project: project.clone(), start_ms: author::clock().get(), ..self.setting.clone() };
        let sub = cluster.lock().await.client(0)?;
        let chain =
            |client: Client| live::Chain::new(client, Handle::current(), self.documents.clone(), None).0;
        let live = venue::Venues::new(chain(self.client.clone()), chain(sub), cluster, Handle::current());
        let played = std::thread::Builder::new().name("venues".into()).spawn(move || {
            setting::set(setting);
            go_live(Box::new(live));
            drop(play::sub_venue_drops_out());
        })?;
        let played = tokio::task::spawn_blocking(move || played.join()).await?;
        played.map_err(|cause| anyhow!("the scene of two venues: {}", said(&*cause)))?;
        Ok(ProjectId::new(&project)?)
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
            setting::org("EAST"),
            self.setting.keys.get("EAST").context("no key of EAST")?.clone(),
            self.setting.chain,
        );
        // A thread of its own: the scene's setting and its way to the chain are the thread's.
        let played = std::thread::Builder::new().name(scene.name.into()).spawn(move || {
            setting::set(setting);
            let (live, happened) = live;
            go_live(Box::new(live));
            let world = (scene.play)();
            (world.step, happened.try_iter().collect::<Vec<_>>())
        })?;
        let (last, mut records) = tokio::task::spawn_blocking(move || played.join())
            .await?
            .map_err(|cause| anyhow!("scene {}: {}", scene.name, said(&*cause)))?;
        let project = ProjectId::new(&project)?;
        let last = last.context("no step")?;
        let alerts = self
            .regulator
            .supervise(&project, last)
            .await
            .with_context(|| format!("scene {}", scene.name))?;
        for rule in scene.raises {
            ensure!(alerts.iter().any(|raised| raised == rule), "scene {}: no alert of {rule}", scene.name);
        }
        let tar = self.archives.join(format!("{project}.tar"));
        let sealing = Sealing {
            client: &self.client,
            centre: &centre,
            project: &project,
            documents: &self.documents,
            last,
        };
        records.push(sealing.seal(&tar).await.with_context(|| format!("scene {}", scene.name))?);
        Ok(Played { scene: scene.name, project, records, alerts })
    }
}

fn said(cause: &(dyn std::any::Any + Send)) -> String {
    let text = cause.downcast_ref::<String>().cloned();
    text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

//! Archives of every project of a centre that has ended, as they end.
//!
//! **Invariant:** what is done is seen from the ledger and the folder alone, so a run that is cut off, or a second one,
//! seals nothing twice and goes on with what was begun.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use biaozheng_client::{Author, PageQuery};
use biaozheng_ledger::ids::ProjectId;
use serde_json::Value;

use super::seal::{Sealed, discard, unsealed};
use super::workshop::Workshop;
use crate::Exit;
use crate::output::{complain, say};
use crate::terminal::rounds::{Lasting, Rounds};

const PAGE: u32 = 200;
/// Where the rulebooks let an archive be sealed from.
const ENDED: [&str; 4] = ["supervised", "failed", "terminated", "annulled"];
const ARCHIVED: &str = "archived";
/// In the folder of the packages, so that two runs do not write the same one.
const LOCK: &str = ".lock";
/// How long a project that could not be archived is left alone: each try fetches all its certificates.
const RETRY: Duration = Duration::from_secs(300);

#[derive(Debug)]
pub(super) struct Watch {
    pub(super) workshop: Workshop,
    pub(super) author: Author,
    /// Folder of the packages.
    pub(super) out: PathBuf,
    pub(super) every: Duration,
    pub(super) after: Duration,
    pub(super) with_missing: bool,
    pub(super) once: bool,
}

/// Removes what a run that was cut off left half written; it begins anew.
fn clear_halves(out: &Path) -> anyhow::Result<()> {
    for whole in [out.to_owned(), unsealed(out)] {
        let mut half = OsString::from(whole);
        half.push(".part");
        let half = PathBuf::from(half);
        let removed = if half.is_dir() { fs::remove_dir_all(&half) } else { fs::remove_file(&half) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| half.display().to_string());
            }
            _ => {}
        }
    }
    Ok(())
}

/// What is known beside folder and ledger; nothing is lost with it.
#[derive(Debug, Default)]
struct Memory {
    /// Nothing is left to do, or it is another centre's.
    settled: BTreeSet<ProjectId>,
    /// What was said last about a project, so that it is not said at every look, and when it is tried again.
    told: BTreeMap<ProjectId, (String, Instant)>,
}

/// What became of a project at one look.
enum Outcome {
    /// There is a package, or none of ours to make.
    Settled,
    Made,
    /// Not yet, for a reason that may be nobody's fault.
    Waits(Option<String>),
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

impl Watch {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        fs::create_dir_all(&self.out).with_context(|| self.out.display().to_string())?;
        let _lock = self.lock()?;
        let mut memory = Memory::default();
        let mut rounds = Rounds::every(self.every.as_secs());
        loop {
            let looked = self.look(&mut memory).await;
            let looked = if self.once { Some(looked?) } else { rounds.ended(looked)? };
            if let Some((made, waiting)) = looked {
                if made > 0 || self.once {
                    say(format_args!("{made} archives made 新档案, {waiting} projects wait 待归档"));
                }
                if self.once {
                    return Ok(if waiting == 0 { Exit::Done } else { Exit::Unfinished });
                }
            }
            rounds.pause().await;
        }
    }

    /// Held while this runs: the system lets go of it, however the run ends.
    fn lock(&self) -> anyhow::Result<File> {
        let path = self.out.join(LOCK);
        let about = || path.display().to_string();
        let file = File::create(&path).with_context(about)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(fs::TryLockError::WouldBlock) => {
                bail!("another run makes archives in {} 已有归档进程在运行", self.out.display())
            }
            Err(fs::TryLockError::Error(error)) => Err(error).with_context(about),
        }
    }

    /// Looks at every project once: how many archives were made, and how many wait.
    async fn look(&self, memory: &mut Memory) -> anyhow::Result<(usize, usize)> {
        let found = self.workshop.client.status().await?.chain;
        if found != self.author.chain() {
            return Err(Lasting(format!("the node is of chain {found} now 链标识不符")).into());
        }
        let mut query = PageQuery { limit: Some(PAGE), after: None };
        let (mut made, mut waiting) = (0usize, 0usize);
        loop {
            let page = self.workshop.client.projects(&query).await?;
            for line in &page.items {
                let stage = text(line, "stage");
                if stage != ARCHIVED && !ENDED.contains(&stage) {
                    continue;
                }
                let project = ProjectId::new(text(line, "project")).context("a project's id")?;
                if memory.settled.contains(&project) {
                    continue;
                }
                if memory.is_early(&project) {
                    waiting = waiting.saturating_add(1);
                    continue;
                }
                match self.project(&project, stage).await {
                    Ok(Outcome::Settled) => _ = memory.settled.insert(project),
                    Ok(Outcome::Made) => {
                        made = made.saturating_add(1);
                        memory.settled.insert(project);
                    }
                    Ok(Outcome::Waits(why)) => {
                        waiting = waiting.saturating_add(1);
                        memory.tell(project, why);
                    }
                    // One that fails does not hold up the others; a node that is gone fails the next page too.
                    Err(error) => {
                        waiting = waiting.saturating_add(1);
                        memory.tell(project, Some(format!("{error:#}")));
                    }
                }
            }
            query.after = page.next;
            if query.after.is_none() {
                return Ok((made, waiting));
            }
        }
    }

    async fn project(&self, project: &ProjectId, stage: &str) -> anyhow::Result<Outcome> {
        // A colon is no part of a file name everywhere, and no identifier has a percent sign.
        let out = self.out.join(format!("{}.tar", project.as_str().replace(':', "%3A")));
        let begun = unsealed(&out);
        if out.exists() {
            if begun.exists() {
                discard(&begun)?;
            }
            return Ok(Outcome::Settled);
        }
        let shown = self.workshop.client.project(project).await?;
        if text(&shown, "centre") != self.author.org().as_str() {
            return Ok(Outcome::Settled);
        }
        clear_halves(&out)?;
        if stage == ARCHIVED && !begun.exists() {
            // Sealed by a run whose folder is lost, or by hand.
            self.workshop.rebuild(project, &out).await?;
            return Ok(Outcome::Made);
        }
        if stage != ARCHIVED && !self.is_over(&shown).await? {
            return Ok(Outcome::Waits(None));
        }
        Ok(match self.workshop.seal(&self.author, project, &out, self.with_missing).await? {
            Sealed::Done => Outcome::Made,
            Sealed::Pending => Outcome::Waits(None),
            // What was begun is of no use, or another run was faster.
            Sealed::Elsewhere(_) => {
                self.workshop.rebuild(project, &out).await?;
                if begun.exists() {
                    discard(&begun)?;
                }
                Outcome::Made
            }
            Sealed::Lacking(missing) => Outcome::Waits(Some(format!(
                "{missing} documents are missing, nothing is sealed 缺少文件，暂不封存: give them to the node or into \
                 --documents, or use --with-missing"
            ))),
        })
    }

    /// Ended long enough ago by block time, and no complaint about it waits for its decision.
    async fn is_over(&self, shown: &Value) -> anyhow::Result<bool> {
        let stages = shown.get("stages").and_then(Value::as_array);
        let last = stages.and_then(|stages| stages.last()?.get("time_ms")?.as_u64()).context("no stages")?;
        let now = self.workshop.client.status_json().await?;
        let now = now.get("block_time_ms").and_then(Value::as_u64).context("no block time")?;
        let after = u64::try_from(self.after.as_millis()).unwrap_or(u64::MAX);
        let pending = shown.get("complaints_pending").and_then(Value::as_u64).unwrap_or(0);
        Ok(pending == 0 && now >= last.saturating_add(after))
    }
}

impl Memory {
    fn tell(&mut self, project: ProjectId, why: Option<String>) {
        let Some(why) = why else { return };
        if self.told.get(&project).is_none_or(|(said, _)| *said != why) {
            complain(format_args!("{project}: {why}"));
        }
        self.told.insert(project, (why, Instant::now()));
    }

    fn is_early(&self, project: &ProjectId) -> bool {
        self.told.get(project).is_some_and(|(_, at)| at.elapsed() < RETRY)
    }
}

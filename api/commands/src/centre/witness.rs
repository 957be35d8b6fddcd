//! `biaozheng witness`: records a folder of audio and video segments and a venue's log of events, and checks both against
//! what was recorded.

mod segments;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use biaozheng_client::author::clock;
use biaozheng_client::witness;
use biaozheng_client::witness::events::{self, EventLog, EventSalt};
use biaozheng_client::{Author, Client, Patience, Wait};
use biaozheng_contracts::evaluation::session::SessionOpened;
use biaozheng_contracts::oversight::sitting::Logged;
use biaozheng_contracts::tender::ProjectRegistered;
use biaozheng_ledger::ids::{ChainId, OrgId, ProjectId, SittingId};
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::witness_chain::Batch;
use biaozheng_ocds::Process;
use clap::{Args, Subcommand};
use serde::de::DeserializeOwned;

use crate::Exit;
use crate::output::say;
use crate::record::certificate::chain_of;
use crate::record::processes::Processes;
use biaozheng_client::key_file::read as read_secret;

const FILES: &str = "\
Segments are files <camera>_<index>_<started>_<ended>.<extension>, times in Unix milliseconds of the recorder's clock,
such as hall-1_000042_1790000000000_1790000010000.mp4. Only digests go on chain.";

const RECORD: &str = "\
Segments are files <camera>_<index>_<started>_<ended>.<extension>, times in Unix milliseconds of the recorder's clock,
such as hall-1_000042_1790000000000_1790000010000.mp4. Only digests go on chain.

A file that is still being written holds back the later ones of its camera: nothing is called a gap that may yet be
filled. What is wrong with one camera's files is told, and the other cameras go on. Where a counter begins again or a
clock was set back, --run-reason begins a new run of the camera; where time passed before it, --gap-reason says why too.
A file that comes after its place was recorded as a gap is named and not recorded.

Exit code with --once: 0 when everything is on chain, 3 when something is still being written, 1 when a camera could not
be recorded, 2 when the node cannot be reached.";

const LINES: &str = "\
Each line is one event, times in Unix milliseconds of the recorder's clock, in order:
  {\"event\":\"entry\",\"at_ms\":1790000000000,\"person\":\"E-017\",\"note\":\"...\"}
Events: entry identity_checked seated communication incident exit; entry, check, seat and exit name a person.
Only salted digests go on chain; keep the file and the salt, with both a record can be shown to be of its line.
The salt is 64 lower-case hexadecimal digits (openssl rand -hex 32).";

#[derive(Debug, Subcommand)]
pub(crate) enum WitnessCommand {
    /// Watch a folder and record its segments, each camera a hash chain 录像存证
    #[command(after_help = RECORD)]
    Record(segments::RecordSegments),
    /// Record a venue's log of events, a file of JSON lines, from the first line that is not recorded yet 见证日志
    #[command(after_help = LINES)]
    Log(RecordEvents),
    /// Hold a folder or a log against what was recorded: names what was removed, swapped or altered, and every venue of
    /// the evaluation's session that has no log 核验
    #[command(after_help = FILES)]
    Check(Check),
}

/// Which sitting.
#[derive(Debug, Args)]
struct Sitting {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: Option<String>,
    /// The project
    #[arg(long, value_name = "PROJECT")]
    project: ProjectId,
    /// The sitting, such as opening; those of the evaluation are named evaluation, evaluation-1, …
    #[arg(long, value_name = "SITTING")]
    sitting: SittingId,
}

#[derive(Debug, Args)]
pub(crate) struct RecordEvents {
    #[command(flatten)]
    of: Sitting,
    #[command(flatten)]
    log: Log,
    /// The recorder's secret key file
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The recorder's organisation
    #[arg(long, value_name = "ORG")]
    org: OrgId,
    /// The recorder's clock minus the reference clock, milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0, allow_negative_numbers = true)]
    clock_offset_ms: i64,
}

/// One venue's log.
#[derive(Debug, Args)]
struct Log {
    /// The file of events, one JSON object a line
    #[arg(long, value_name = "FILE")]
    events: PathBuf,
    /// The centre at whose venue they happened
    #[arg(long, value_name = "ORG")]
    venue: OrgId,
    /// The file with the log's salt
    #[arg(long, value_name = "FILE")]
    salt: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    of: Sitting,
    /// The folder with the segments
    #[arg(long, value_name = "DIR", required_unless_present = "events")]
    folder: Option<PathBuf>,
    /// The file of a venue's events
    #[arg(long, value_name = "FILE", requires = "venue", requires = "salt")]
    events: Option<PathBuf>,
    /// The centre whose venue's log that is
    #[arg(long, value_name = "ORG", requires = "events")]
    venue: Option<OrgId>,
    /// The file with that log's salt
    #[arg(long, value_name = "FILE", requires = "events")]
    salt: Option<PathBuf>,
}

impl WitnessCommand {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Record(record) => record.run().await,
            Self::Log(log) => log.run().await,
            Self::Check(check) => check.run().await,
        }
    }
}

impl Sitting {
    async fn open(&self) -> anyhow::Result<(Client, ChainId)> {
        let client = Client::new(&self.api)?;
        let found = client.genesis().await?.chain_id();
        if let Some(expected) = self.chain.as_deref().map(chain_of).transpose()? {
            ensure!(expected == found, "the node is of chain {found}, not {expected} 链标识不符");
        }
        Ok((client, found))
    }

    async fn read(&self, client: &Client, chain: ChainId) -> anyhow::Result<Recorded> {
        Ok(Recorded(Processes::of(client, chain).await?.read(&self.project).await?))
    }
}

/// A project's records.
struct Recorded(Process);

impl Recorded {
    /// The bodies of this type, in the order of the chain.
    fn bodies<T: DeserializeOwned>(&self, kind: &str) -> anyhow::Result<Vec<T>> {
        let of_kind = self.0.records.iter().filter(|one| one.record_type == kind);
        of_kind.map(|one| from_value(&one.body).with_context(|| format!("record {}", one.id))).collect()
    }

    /// The batches of segments of a sitting.
    fn batches(&self, sitting: &SittingId) -> anyhow::Result<Vec<Batch>> {
        let mut batches: Vec<Batch> = self.bodies(witness::RECORD_TYPE)?;
        batches.retain(|batch| batch.sitting == *sitting);
        Ok(batches)
    }

    fn centre(&self) -> anyhow::Result<OrgId> {
        let registered: Vec<ProjectRegistered> = self.bodies("project.registered/1")?;
        let first = registered.into_iter().next().map(|one| one.centre);
        first.context("the node shows no registration of the project 未见项目登记")
    }

    /// Venues of the evaluation's session without a log of this sitting.
    fn silent(&self, sitting: &SittingId) -> anyhow::Result<Vec<OrgId>> {
        let opened: Vec<SessionOpened> = self.bodies("evaluation.session_opened/1")?;
        let venues = |one: SessionOpened| [one.host].into_iter().chain(one.venues);
        let session: Vec<OrgId> = opened.into_iter().flat_map(venues).collect();
        let logged: Vec<Logged> = self.bodies(events::LOG_RECORD_TYPE)?;
        Ok(events::venues_without_log(sitting, &session, &logged, &self.centre()?))
    }

    /// A venue's log: what is recorded, and what the file holds.
    fn log(&self, log: &EventLog, file: &Path, salt: &Path) -> anyhow::Result<(Vec<Logged>, Vec<Logged>)> {
        let digits = std::fs::read_to_string(salt).with_context(|| salt.display().to_string())?;
        let on_hand = events::entries(file, log, &EventSalt::from_digits(&digits, salt)?)?;
        let logged: Vec<Logged> = self.bodies(events::LOG_RECORD_TYPE)?;
        Ok((events::of_venue(&logged, &self.centre()?, log), on_hand))
    }
}

impl RecordEvents {
    async fn run(self) -> anyhow::Result<Exit> {
        let (client, chain) = self.of.open().await?;
        let author = Author::new(self.org.clone(), read_secret(&self.key)?, chain);
        let log = EventLog {
            project: self.of.project.clone(),
            sitting: self.of.sitting.clone(),
            venue: self.log.venue.clone(),
            clock_offset_ms: self.clock_offset_ms,
        };
        let recorded = self.of.read(&client, chain).await?;
        let (recorded, on_hand) = recorded.log(&log, &self.log.events, &self.log.salt)?;
        let new = events::unrecorded(&self.log.events, on_hand, &recorded)?;
        let count = new.len();
        for entry in new {
            let draft = author.record(events::LOG_RECORD_TYPE, &entry).project(self.of.project.clone());
            client.submit_until(&draft.sign(clock())?, Wait::Committed, Patience::default()).await?;
        }
        say(format_args!("{}: {count} events on chain 已存证, {} before", log.venue, recorded.len()));
        Ok(Exit::Done)
    }
}

impl Check {
    async fn run(self) -> anyhow::Result<Exit> {
        let (client, chain) = self.of.open().await?;
        let recorded = self.of.read(&client, chain).await?;
        let mut complete = true;
        if let Some(folder) = &self.folder {
            complete &= self.segments(folder, &recorded.batches(&self.of.sitting)?)?;
        }
        if let (Some(file), Some(venue), Some(salt)) = (&self.events, &self.venue, &self.salt) {
            complete &= self.events(&recorded, (file, venue, salt))?;
        }
        for venue in recorded.silent(&self.of.sitting)? {
            say(format_args!(
                "{venue}: a venue of the evaluation's session without a log 该评标场所无见证日志"
            ));
            complete = false;
        }
        Ok(if complete { Exit::Done } else { Exit::No })
    }

    fn segments(&self, folder: &Path, batches: &[Batch]) -> anyhow::Result<bool> {
        ensure!(!batches.is_empty(), "nothing is recorded of sitting {} 无存证记录", self.of.sitting);
        let check = witness::check_folder(folder, &self.of.project, &self.of.sitting, batches)?;
        for (camera, one) in &check.cameras {
            say(format_args!(
                "{camera}: {} recorded, {} gaps, {} files, head {}",
                one.segments,
                one.gaps,
                one.files,
                one.head.hex()
            ));
            if one.runs > 0 {
                say(format_args!("{camera}: counter or clock began anew {} times 重新起算", one.runs));
            }
            for finding in &one.findings {
                say(format_args!("{camera}: {finding:?}"));
            }
            for (run, findings) in &one.later_runs {
                findings.iter().for_each(|finding| say(format_args!("{camera}, run {run}: {finding:?}")));
            }
            for fault in &one.faults {
                say(format_args!("{camera}: cannot be checked 无法核验: {fault}"));
            }
        }
        for stranger in &check.strangers {
            say(format_args!("no segment of the record 非存证片段: {:?}", stranger.display().to_string()));
        }
        if check.is_complete() {
            say("every recorded segment is there, unaltered and in its place 全部片段完整一致");
        }
        Ok(check.is_complete())
    }

    fn events(
        &self,
        recorded: &Recorded,
        (file, venue, salt): (&Path, &OrgId, &Path),
    ) -> anyhow::Result<bool> {
        let log = EventLog {
            project: self.of.project.clone(),
            sitting: self.of.sitting.clone(),
            venue: venue.clone(),
            clock_offset_ms: 0,
        };
        let (recorded, on_hand) = recorded.log(&log, file, salt)?;
        ensure!(
            !recorded.is_empty(),
            "no event of sitting {} is recorded at {venue} 无存证记录",
            log.sitting
        );
        let findings = events::compare_events(&recorded, &on_hand);
        for finding in &findings {
            say(format_args!("{venue}: {finding:?}"));
        }
        if findings.is_empty() {
            say(format_args!("{venue}: every recorded event is there, unaltered 日志完整一致"));
        }
        Ok(findings.is_empty())
    }
}

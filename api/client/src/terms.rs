//! What a bidder must know to seal: the group, its slots, and each tender's deadline and lots, read out of certified
//! records and nothing else. One portable file holds them, for many tenders at once:
//!
//! ```json
//! {"format":"biaozheng-terms/1",
//!  "started":[<certificate of dkg.started/1>],"finalised":<certificate of dkg.finalised/1>,
//!  "tenders":[[<certificate of project.registered/1>, … every step up to the newest]]}
//! ```
//! A project's steps are a chain: each names the one before it, which every node holds to. So nobody can leave out one in
//! the middle, or put one in; **who gives the file can leave out the newest**, and that no evidence shows. A bidder holds
//! the deadline against what the tenderee told it, or against the file of another node.
//!
//! **Invariant:** nothing here comes from what a node says of itself: a deadline, a slot's length and a key stand in
//! records whose certificates hold on the expected chain.

mod certified;
mod collect;
mod steps;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_contracts::Amount;
use biaozheng_contracts::sealing::ceremony::{Kind, Said, Started};
use biaozheng_contracts::sealing::group::GroupPurpose;
use biaozheng_contracts::sealing::slot::slot_of_deadline;
use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::ids::{ChainId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::json::from_strict;
use biaozheng_seal::dkg::{EpochKeys, Member};
use biaozheng_seal::group::Purpose;
use biaozheng_seal::label::Slot;
use biaozheng_seal::sealing::SealingGroup;
use serde::{Deserialize, Serialize};

pub(crate) use certified::{Certified, certified};

/// The format this program writes and reads.
pub const TERMS_FORMAT: &str = "biaozheng-terms/1";
/// Largest file, bytes.
pub const TERMS_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most tenders of one file.
pub const TENDERS_MAX: usize = 1000;
/// Most steps of a project before its deadline.
pub const STEPS_MAX: usize = 256;
/// Most starts of ceremonies: all but the last of them failed.
pub const STARTS_MAX: usize = 64;

/// Why terms are not believed.
#[derive(Debug, thiserror::Error)]
pub enum TermsError {
    #[error("no file of terms 不是招标条件文件: {0}")]
    Form(String),
    #[error("the certificate of {record} does not hold 证书不成立, at step {step}: {reason}")]
    Certificate { record: RecordId, step: &'static str, reason: String },
    #[error("{record} is not what it is shown for: {reason}")]
    Record { record: RecordId, reason: String },
    #[error(
        "the group's keys and slots are not those of one certified ceremony 群公钥与时段长度无法证实: {0}"
    )]
    Group(String),
    #[error("the steps of {project} are no whole chain 项目记录链不完整: {reason}")]
    Steps { project: String, reason: String },
}

/// The portable file; nothing is verified yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsFile {
    pub format: String,
    /// `dkg.started/1` of the bids' group: how long slots are. One, or every one up to that which made the first key.
    pub started: Vec<Certificate>,
    /// `dkg.finalised/1` that made the group's keys.
    pub finalised: Certificate,
    /// Of each tender every step, from the first.
    pub tenders: Vec<Vec<Certificate>>,
}

/// A tender as its certified steps have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tender {
    pub project: ProjectId,
    /// The last word on it, by notice, clarification or amendment.
    pub deadline: TimeMs,
    /// How often the deadline was moved after the notice.
    pub moved: u32,
    /// Bids are sealed to the chain's group.
    pub to_group: bool,
    /// As the notice calls it, and its currency (ISO 4217).
    pub title: String,
    pub currency: String,
    pub lots: Vec<TenderLot>,
    /// It failed or was terminated.
    pub over: bool,
    /// The newest step the file shows, and its block's time. A later one is not in it.
    pub newest: RecordId,
    pub newest_at: TimeMs,
}

/// A lot as the notice has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenderLot {
    pub id: String,
    pub title: String,
    /// Minor units of the tender's currency, likewise the ceiling (最高投标限价).
    pub estimate: Amount,
    pub ceiling: Option<Amount>,
}

/// Verified terms.
#[derive(Clone, Debug)]
pub struct Terms {
    pub sealing: SealingGroup,
    pub slot_ms: u64,
    tenders: BTreeMap<ProjectId, Tender>,
}

impl TermsFile {
    /// Reads a file strictly.
    ///
    /// # Errors
    /// [`TermsError::Form`].
    pub fn from_json(text: &[u8]) -> Result<Self, TermsError> {
        if text.len() > TERMS_BYTES_MAX {
            return Err(TermsError::Form(format!("more than {TERMS_BYTES_MAX} bytes")));
        }
        let file: Self = from_strict(text).map_err(|error| TermsError::Form(error.to_string()))?;
        if file.format != TERMS_FORMAT {
            let format: String = file.format.chars().take(40).collect();
            return Err(TermsError::Form(format!("format {format:?} is unknown to this program")));
        }
        if file.started.len() > STARTS_MAX {
            return Err(TermsError::Form(format!("at most {STARTS_MAX} starts of ceremonies")));
        }
        if file.tenders.len() > TENDERS_MAX || file.tenders.iter().any(|steps| steps.len() > STEPS_MAX) {
            return Err(TermsError::Form(format!("at most {TENDERS_MAX} tenders of {STEPS_MAX} steps")));
        }
        Ok(file)
    }

    /// The compact JSON form.
    ///
    /// # Panics
    /// Never: strings, numbers and lists always serialise.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings, numbers and lists always serialise")
    }

    /// Verifies everything in it.
    ///
    /// # Errors
    /// [`TermsError`], of the first thing that does not hold.
    pub fn verify(&self, chain: ChainId) -> Result<Terms, TermsError> {
        let (keys, slot_ms) = group(&self.started, &self.finalised, chain)?;
        let mut tenders = BTreeMap::new();
        for steps in &self.tenders {
            let tender = steps::read(steps, chain)?;
            let project = tender.project.clone();
            if tenders.insert(project.clone(), tender).is_some() {
                return Err(TermsError::Steps {
                    project: project.to_string(),
                    reason: "it stands twice".into(),
                });
            }
        }
        Ok(Terms { sealing: SealingGroup { chain, key: keys.group_key() }, slot_ms, tenders })
    }
}

impl Terms {
    /// A tender, if the file has it.
    #[must_use]
    pub fn tender(&self, project: &ProjectId) -> Option<&Tender> {
        self.tenders.get(project)
    }

    pub fn tenders(&self) -> impl Iterator<Item = &Tender> {
        self.tenders.values()
    }
}

impl Tender {
    /// A lot by its id.
    #[must_use]
    pub fn lot(&self, id: &str) -> Option<&TenderLot> {
        self.lots.iter().find(|lot| lot.id == id)
    }

    /// The slot that ends at the deadline; nothing for a deadline that is no slot's end.
    #[must_use]
    pub fn slot(&self, slot_ms: u64) -> Option<Slot> {
        slot_of_deadline(self.deadline, slot_ms)
    }
}

/// The keys of the bids' group and the length of its slots, from the records of its ceremony.
///
/// A start of a later epoch was taken in only because its slots are the group's: their length never changes. Of epoch 0
/// there may be several, of which all but the last failed, and each may name other slots. Which one made the keys, they
/// tell themselves: they hold how many ceremonies came before. So all of them have to be there, and the last one counts.
pub(crate) fn group(
    started: &[Certificate],
    finalised: &Certificate,
    chain: ChainId,
) -> Result<(EpochKeys, u64), TermsError> {
    let keys = sealing_keys(finalised, chain)?;
    let refuse = |reason: &str| TermsError::Group(reason.to_owned());
    let mut starts = BTreeMap::new();
    for one in started {
        let one = certified(one, chain)?;
        let body: Started = one.body("dkg.started/1")?;
        let GroupPurpose::Sealing { slot_ms, .. } = body.purpose else {
            return Err(refuse("that ceremony is not for bids"));
        };
        starts.insert(one.place, (body, slot_ms));
    }
    let (place, (newest, slot_ms)) = starts.last_key_value().ok_or_else(|| refuse("no ceremony"))?;
    if newest.epoch == 0 {
        let made = made_in(&keys, newest, chain).ok_or_else(|| refuse("another ceremony made the keys"))?;
        let all = starts.values().all(|(one, _)| one.epoch == 0) && starts.len() == started.len();
        let after = (finalised.block.height.get(), finalised.block.position);
        if !all || made.checked_add(1) != Some(starts.len()) || *place >= after {
            return Err(refuse("the start shown is not that of the ceremony that made the keys"));
        }
    }
    if *slot_ms == 0 {
        return Err(refuse("slots without a length"));
    }
    Ok((keys, *slot_ms))
}

/// The keys in a certified `dkg.finalised/1` of the bids' group.
fn sealing_keys(finalised: &Certificate, chain: ChainId) -> Result<EpochKeys, TermsError> {
    let said: Said = certified(finalised, chain)?.body("dkg.finalised/1")?;
    let refuse = |reason: String| TermsError::Group(reason);
    let bytes = BASE64.decode(&said.message).map_err(|error| refuse(error.to_string()))?;
    let keys = EpochKeys::from_bytes(&bytes).map_err(|error| refuse(error.to_string()))?;
    if said.kind != Kind::Sealing || keys.purpose() != Purpose::Sealing {
        return Err(refuse("those keys are not for bids".into()));
    }
    Ok(keys)
}

/// How many ceremonies came before the one in which these members made these keys.
fn made_in(keys: &EpochKeys, start: &Started, chain: ChainId) -> Option<usize> {
    let member = |text: &str| Member::from_bytes(&hex::decode(text).ok()?.try_into().ok()?).ok();
    let members: Option<Vec<Member>> = start.members.iter().map(|one| member(&one.member)).collect();
    let members = members?;
    (0..STARTS_MAX).find(|round| keys.first_made_by(&chain, *round as u64, &members))
}

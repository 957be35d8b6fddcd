//! A project in state: where it stands, under which rules, and who its parties are.

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use crate::amount::Amount;
use crate::reject::{self, Refusal};
use crate::rulebook::{Rulebook, pins};
use crate::state::{Overlay, StateFailure, StateRead, load};
use crate::state_key;

/// Where a project stands.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    serde::Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Registered,
    Published,
    Opened,
    Evaluated,
    Publicised,
    Awarded,
    Contracted,
    Supervised,
    Failed,
    Terminated,
    Archived,
    /// A listing is published and runs until its lots have ended.
    Listed,
    ListingClosed,
    DealConfirmed,
    /// Applications are taken.
    Prequalifying,
    PrequalOpened,
    Prequalified,
    /// A regulator annulled the procedure.
    Annulled,
}

/// How bids are ranked.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    BorshSerialize,
    BorshDeserialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// 经评审的最低投标价法.
    LowestPrice,
    /// 综合评估法.
    Weighted,
}

/// One criterion of the weighted method.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    serde::Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    pub id: String,
    /// Of 1000 in all.
    pub weight_permille: u32,
    /// True: `lowest price / price × 100`; false: scored by the committee, 0 to 100.
    #[serde(default)]
    pub price: bool,
}

/// A lot as published, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Lot {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) estimate: Amount,
    pub(crate) ceiling: Option<Amount>,
    pub(crate) failed: bool,
    /// Winner first, after the evaluation.
    pub(crate) ranking: Vec<Ranked>,
    /// How many of them were publicised as candidates; only these can win.
    pub(crate) publicised: u64,
    /// Bids that tie and the order a drawing gave them.
    pub(crate) drawn: Vec<BidName>,
    pub(crate) award: Option<Ranked>,
    pub(crate) contracted: bool,
}

/// Names a bid in its lot.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    serde::Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct BidName {
    pub bidder: OrgId,
    /// Counts one bidder's bids from 1, where the rulebook allows more than one.
    #[serde(default = "one")]
    pub number: u8,
}

const fn one() -> u8 {
    1
}

/// A ranked bid. `score` in hundredths, for the weighted method.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    serde::Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Ranked {
    pub bidder: OrgId,
    #[serde(default = "one")]
    pub number: u8,
    pub price: Amount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u64>,
}

impl Ranked {
    pub(crate) fn name(&self) -> BidName {
        BidName { bidder: self.bidder.clone(), number: self.number }
    }
}

/// A member of the committee, under a session id and key: no identity before the award.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Member {
    pub(crate) id: OrgId,
    pub(crate) key: PublicKey,
    pub(crate) expert: bool,
    /// Salted, so that the expert can be named after the award.
    pub(crate) identity: Digest,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Project {
    /// Its key in state.
    #[borsh(skip)]
    pub(crate) id: Option<ProjectId>,
    pub(crate) version: u8,
    pub(crate) title: String,
    pub(crate) code: String,
    pub(crate) tenderee: OrgId,
    pub(crate) agency: Option<OrgId>,
    pub(crate) centre: OrgId,
    pub(crate) stage: Stage,
    /// The last step; the next one names it as its previous.
    pub(crate) step: RecordId,
    /// The newest terms (notice, clarification, amendment); bids and objections name them.
    pub(crate) terms: Option<RecordId>,
    pub(crate) rulebook: Option<Digest>,
    pub(crate) method: Method,
    pub(crate) criteria: Vec<Criterion>,
    pub(crate) lots: Vec<Lot>,
    pub(crate) deadline: TimeMs,
    pub(crate) committee: Vec<Member>,
    /// When each stage was reached.
    pub(crate) times: Vec<(Stage, TimeMs)>,
    pub(crate) open_objections: u32,
    /// Legal deadlines that were missed: recorded, not refused.
    pub(crate) late: Vec<String>,
    pub(crate) end_reason: String,
}

/// Number and chained hash of a project's records: with the state root it proves 'this is all of it'.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct History {
    pub(crate) count: u64,
    pub(crate) head: Digest,
}

impl Project {
    pub(crate) fn load(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Self>, StateFailure> {
        let found: Option<Self> = load(state, &state_key::project(id))?;
        Ok(found.map(|project| Self { id: Some(id.clone()), ..project }))
    }

    pub(crate) fn expect(state: &dyn StateRead, id: &ProjectId) -> Result<Self, Refusal> {
        Self::load(state, id)?.ok_or_else(|| reject::PROJECT_UNKNOWN.because(id).into())
    }

    pub(crate) fn store(&self, state: &mut Overlay<'_>, id: &ProjectId) -> Result<(), StateFailure> {
        state.put(state_key::project(id), self)
    }

    /// The rules it lives under: its rulebook, what its district tightened, its calendars.
    pub(crate) fn pinned(&self, state: &dyn StateRead) -> Result<Rulebook, StateFailure> {
        let missing = || StateFailure("a published project without its rulebook".into());
        let (id, digest) = self.id.as_ref().zip(self.rulebook.as_ref()).ok_or_else(missing)?;
        pins::holds(state, id, digest)?.ok_or_else(missing)
    }

    pub(crate) fn lot(&self, id: &str) -> Result<&Lot, Refusal> {
        self.lots.iter().find(|lot| lot.id == id).ok_or_else(|| reject::LOT_UNKNOWN.reject().into())
    }

    pub(crate) fn lot_mut(&mut self, id: &str) -> Result<&mut Lot, Refusal> {
        self.lots.iter_mut().find(|lot| lot.id == id).ok_or_else(|| reject::LOT_UNKNOWN.reject().into())
    }

    pub(crate) fn time_of(&self, stage: Stage) -> TimeMs {
        self.times
            .iter()
            .rev()
            .find(|(reached, _)| *reached == stage)
            .map_or(TimeMs::new(0), |(_, time)| *time)
    }

    pub(crate) fn reach(&mut self, stage: Stage, time: TimeMs) {
        self.stage = stage;
        self.times.push((stage, time));
    }

    pub(crate) fn not_suspended(&self) -> Result<(), Refusal> {
        if self.open_objections == 0 {
            Ok(())
        } else {
            Err(reject::SUSPENDED.because(self.open_objections).into())
        }
    }

    /// The author is the tenderee or its agency.
    pub(crate) fn by_tenderee(&self, org: &OrgId) -> Result<(), Refusal> {
        if *org == self.tenderee || self.agency.as_ref() == Some(org) {
            Ok(())
        } else {
            reject::NOT_OWNER.err()
        }
    }
}

/// Adds a record to a project's history; gives its position, counted from 0.
pub(crate) fn append(
    state: &mut Overlay<'_>,
    project: &ProjectId,
    record: &RecordId,
) -> Result<u64, StateFailure> {
    let key = state_key::history(project);
    let before = load(state, &key)?.unwrap_or_else(|| History { count: 0, head: Digest::zero() });
    let head = FieldHasher::new("biaozheng/project-history/v1")
        .digest(&before.head)
        .digest(record.digest())
        .finish();
    state.put(key, &History { count: before.count.saturating_add(1), head })?;
    Ok(before.count)
}

impl Lot {
    pub(crate) fn new(id: String, title: String, estimate: Amount, ceiling: Option<Amount>) -> Self {
        Self {
            id,
            title,
            estimate,
            ceiling,
            failed: false,
            ranking: Vec::new(),
            publicised: 0,
            drawn: Vec::new(),
            award: None,
            contracted: false,
        }
    }
}

//! A project in state: where it stands, under which rules, and who its parties are.

pub mod annulment;
pub mod complaint;
pub mod complaints;
pub mod evidence;
pub mod history;
pub mod limits;
pub mod listing;
pub mod objection;
pub mod reaching;
pub(crate) mod refusals;
pub mod sealed_tender;
pub mod search;
pub(crate) mod state_key;
pub mod steps;
pub mod suspension;
pub mod view;
pub mod waiting;
pub mod windows;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use crate::machine::amount::Amount;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{Overlay, StateFailure, StateRead, load};
use crate::rulebook::{Rulebook, pins};

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

impl Project {
    pub(crate) fn load(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Self>, StateFailure> {
        let found: Option<Self> = load(state, &state_key::project(id))?;
        Ok(found.map(|project| Self { id: Some(id.clone()), ..project }))
    }

    pub(crate) fn expect(state: &dyn StateRead, id: &ProjectId) -> Result<Self, Refusal> {
        Self::load(state, id)?.ok_or_else(|| refusals::PROJECT_UNKNOWN.because(id).into())
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
        self.lots.iter().find(|lot| lot.id == id).ok_or_else(|| refusals::LOT_UNKNOWN.reject().into())
    }

    pub(crate) fn lot_mut(&mut self, id: &str) -> Result<&mut Lot, Refusal> {
        self.lots.iter_mut().find(|lot| lot.id == id).ok_or_else(|| refusals::LOT_UNKNOWN.reject().into())
    }

    pub(crate) fn time_of(&self, stage: Stage) -> TimeMs {
        self.times
            .iter()
            .rev()
            .find(|(reached, _)| *reached == stage)
            .map_or(TimeMs::new(0), |(_, time)| *time)
    }

    /// Its bids are open. A tender that fails for want of bidders is not opened (条例44): its bids stay closed.
    pub(crate) fn is_opened(&self) -> bool {
        self.times.iter().any(|(stage, _)| matches!(stage, Stage::Opened | Stage::ListingClosed))
    }

    /// The procedure is over: nothing opens any more.
    pub(crate) const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Failed | Stage::Terminated | Stage::Annulled | Stage::Archived)
    }

    pub(crate) fn reach(&mut self, stage: Stage, time: TimeMs) {
        self.stage = stage;
        self.times.push((stage, time));
    }

    pub(crate) fn not_suspended(&self) -> Result<(), Refusal> {
        if self.open_objections == 0 {
            Ok(())
        } else {
            Err(refusals::SUSPENDED.because(self.open_objections).into())
        }
    }

    /// The author is the tenderee or its agency.
    pub(crate) fn by_tenderee(&self, org: &OrgId) -> Result<(), Refusal> {
        if *org == self.tenderee || self.agency.as_ref() == Some(org) {
            Ok(())
        } else {
            refusals::NOT_OWNER.err()
        }
    }
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

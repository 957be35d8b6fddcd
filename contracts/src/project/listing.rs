//! What a listing's notice fixed: its lots, prices and moments, and the bidder numbers.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::machine::act::Act;
use crate::machine::amount::Amount;
use crate::machine::refusal::Refusal;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::project::{refusals, state_key};

/// What is sold.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    /// 国有建设用地使用权
    LandUseRight,
    /// 矿业权
    MiningRight,
    /// 产权转让
    Equity,
    /// 资产转让
    Assets,
    /// 增资
    CapitalIncrease,
    /// 拍卖标的
    Goods,
}

impl AssetKind {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::LandUseRight => "land_use_right",
            Self::MiningRight => "mining_right",
            Self::Equity => "equity",
            Self::Assets => "assets",
            Self::CapitalIncrease => "capital_increase",
            Self::Goods => "goods",
        }
    }
}

/// A lot in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct ListedLot {
    pub(crate) id: String,
    pub(crate) start: Amount,
    pub(crate) increment: Amount,
    pub(crate) reserve: Option<Digest>,
    /// Moved out by late offers.
    pub(crate) end: TimeMs,
    pub(crate) best: Option<(OrgId, Amount)>,
    pub(crate) offers: u64,
    pub(crate) confirmed: bool,
}

/// A listing in state, beside its project.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Listing {
    pub(crate) asset: AssetKind,
    pub(crate) bond: Amount,
    pub(crate) registration_until: TimeMs,
    pub(crate) from: TimeMs,
    pub(crate) lots: Vec<ListedLot>,
    pub(crate) numbers: u64,
}

/// A bidder number in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Number {
    pub(crate) number: OrgId,
    pub(crate) key: PublicKey,
    pub(crate) identity: Digest,
    pub(crate) bond: Option<RecordId>,
    /// Its best offer in each lot.
    pub(crate) offers: BTreeMap<String, Amount>,
}

impl Listing {
    pub(crate) fn load(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::listing(id))
    }

    /// The listing of a project that has reached a listing's stage.
    pub(crate) fn expect(state: &dyn StateRead, id: &ProjectId) -> Result<Self, Refusal> {
        Ok(Self::load(state, id)?
            .ok_or_else(|| StateFailure("a listed project without its listing".into()))?)
    }

    pub(crate) fn store(&self, act: &mut Act<'_, '_, '_>, id: &ProjectId) -> Result<(), StateFailure> {
        act.state.put(state_key::listing(id), self)
    }

    pub(crate) fn lot_mut(&mut self, id: &str) -> Result<&mut ListedLot, Refusal> {
        self.lots.iter_mut().find(|lot| lot.id == id).ok_or_else(|| refusals::LOT_UNKNOWN.reject().into())
    }

    /// When the last lot ends.
    pub(crate) fn end(&self) -> TimeMs {
        self.lots.iter().map(|lot| lot.end).max().unwrap_or(self.from)
    }
}

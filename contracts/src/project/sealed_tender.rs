//! A tender whose bids are sealed to the group, in state.

use biaozheng_ledger::ids::{Height, ProjectId, TimeMs};
use biaozheng_seal::label::TenderOpening;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::machine::state::{Overlay, StateFailure, StateRead, load};
use crate::project::state_key;

/// A project is tendered once; one that starts anew is a new project.
pub const OPENING_NUMBER: u32 = 1;

/// How the bids of a tender are sealed, where its notice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SealedBy {
    /// To the chain's group; the protocol opens.
    Group,
}

/// A tender whose bids are sealed to the group.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub(crate) struct SealedTender {
    pub(crate) version: u8,
    /// The block of its notice: the line of keys that spoke for a bidder before it is the one that may bid.
    pub(crate) published: (Height, TimeMs),
    pub(crate) signature: Option<[u8; 48]>,
    /// Bodies looked at.
    pub(crate) opened: u32,
    /// The last of them.
    pub(crate) cursor: Option<Vec<u8>>,
    pub(crate) complete: bool,
    /// Bidders a lot must have; below that its bids go back shut (条例44).
    pub(crate) bidders_least: u64,
    /// Lots that have them.
    pub(crate) lots_enough: u32,
    /// A bidder has proved what it sealed: prices are visible, and nobody binds any more.
    pub(crate) proving: bool,
    /// Where it stands among the coming deadlines, and among the tenders whose bodies fall due.
    pub(crate) coming: Option<TimeMs>,
    pub(crate) due_from: Option<TimeMs>,
}

pub(crate) fn opening_of(project: &ProjectId) -> TenderOpening {
    TenderOpening { tender: project.clone(), number: OPENING_NUMBER }
}

impl SealedTender {
    pub(crate) fn load(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::sealed_tender(id))
    }

    pub(crate) fn store(&self, state: &mut Overlay<'_>, id: &ProjectId) -> Result<(), StateFailure> {
        state.put(state_key::sealed_tender(id), self)
    }
}

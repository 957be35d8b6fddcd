//! Whom the genesis names: participants and nodes.

use biaozheng_ledger::genesis::{Genesis, NodeEntry};
use biaozheng_ledger::json::{StrictJsonError, from_value};

use crate::parties::participant::GenesisParticipant;

/// What the contracts read in a genesis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Founding {
    pub participants: Vec<GenesisParticipant>,
    pub nodes: Vec<NodeEntry>,
}

impl Founding {
    /// # Errors
    /// When a participant is not of the form the contracts expect.
    pub fn of(genesis: &Genesis) -> Result<Self, StrictJsonError> {
        let participants = genesis.rest.participants.iter().map(from_value).collect::<Result<_, _>>()?;
        Ok(Self { participants, nodes: genesis.rest.nodes.clone() })
    }
}

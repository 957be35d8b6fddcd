//! Who this node is: what the genesis says, and the key its receipts are signed with.

use biaozheng_contracts::Founding;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, KeyId};
use biaozheng_ledger::json::StrictJsonError;
use biaozheng_ledger::key::{PublicKey, SecretKey};

/// Fixed for as long as the node runs.
#[derive(Debug)]
pub struct Identity {
    /// As the genesis names it.
    pub name: String,
    pub chain: ChainId,
    pub genesis: Genesis,
    pub genesis_json: String,
    pub founding: Founding,
    /// The key this node votes with where it has a vote; `None` for one that only follows.
    pub voting_key: Option<PublicKey>,
    /// Signs receipts and refusals.
    pub api_key: SecretKey,
}

impl Identity {
    /// # Errors
    /// When the genesis names participants wrongly.
    pub fn new(
        name: String,
        genesis: Genesis,
        genesis_json: String,
        voting_key: Option<PublicKey>,
        api_key: SecretKey,
    ) -> Result<Self, StrictJsonError> {
        let founding = Founding::of(&genesis)?;
        Ok(Self { name, chain: genesis.chain_id(), genesis, genesis_json, founding, voting_key, api_key })
    }

    /// The voting key as blocks name it.
    #[must_use]
    pub fn voter(&self) -> Option<KeyId> {
        self.voting_key.map(|key| key.id())
    }
}

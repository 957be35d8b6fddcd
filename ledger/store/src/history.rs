//! The history tree's stored subtrees, from which roots and proofs are put together.

use biaozheng_ledger::merkle::{Hash, NodePlace, NodeReader};

use crate::database::Database;
use crate::error::StoreError;
use crate::open::Store;
use crate::schema::{Family, node_key};

impl NodeReader for Database {
    type Error = StoreError;

    fn node(&self, place: NodePlace) -> Result<Hash, StoreError> {
        let what = |text: &str| {
            StoreError::corrupt(format!("history node {} of level {} {text}", place.index, place.level))
        };
        let row = self.get(Family::History, &node_key(place))?.ok_or_else(|| what("is missing"))?;
        row.try_into().map_err(|_| what("is not a hash"))
    }
}

impl NodeReader for Store {
    type Error = StoreError;

    fn node(&self, place: NodePlace) -> Result<Hash, StoreError> {
        self.0.database.node(place)
    }
}

//! How a record comes in, and where it waits for its block.

pub mod journal;
pub mod keyring;
pub mod mempool;
pub mod recent;
pub mod settlements;

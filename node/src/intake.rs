//! How a record comes in, and where it waits for its block.
//!
//! [`door`] takes it, whoever it comes from; [`judge`] looks at it, [`journal`] writes it down, and it waits in the
//! [`mempool`]. What the rules refuse afterwards goes through [`refusals`]; who waits is told by [`settlements`].

pub mod backlog;
pub mod door;
pub mod journal;
pub mod judge;
pub mod keyring;
pub mod mempool;
pub mod recent;
pub mod refusals;
pub mod settlements;

//! The group that holds the key of the bids: its ceremonies, its tokens, the entries sealed to it.

pub mod ceremony;
pub mod entered;
pub mod entry;
pub mod group;
pub mod limits;
pub(crate) mod refusals;
pub mod requests;
pub mod running;
pub mod seats;
pub mod slot;
pub(crate) mod state_key;
pub mod tokens;

//! What a bidder's office types: sealing a bid, the wallet of tokens, traces and building models that go into a bid.

pub(crate) mod model;
pub(crate) mod seal;
pub(crate) mod tokens;
pub(crate) mod trace;

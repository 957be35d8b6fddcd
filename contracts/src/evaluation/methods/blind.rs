//! 暗标: the code of a bid of the contracts' naming; the arithmetic is `biaozheng_draw`'s.

pub use biaozheng_draw::BlindCode;
use biaozheng_draw::Seed;

use crate::project::BidName;

/// The code of a bid.
#[must_use]
pub fn code(seed: &Seed, secret: &[u8; 32], lot: &str, bid: &BidName) -> BlindCode {
    biaozheng_draw::code(seed, secret, lot, &bid.bidder, bid.number)
}

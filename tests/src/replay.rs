//! Replays an OCDS file through the whole lifecycle, each party signing with its own key.

mod auction;
mod input;
mod openings;
mod outcome;

pub use auction::{Replayer, Settings};
pub use input::{Auction, InputBid, read};
pub use openings::OpenedSlot;
pub use outcome::{Summary, summarise};

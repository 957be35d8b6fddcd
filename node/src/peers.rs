//! What nodes send each other, and what is made of it.

pub mod from_peer;
pub mod gossip;
pub mod hearing;
pub mod housekeeping;
pub mod outgoing;
pub mod peering;
pub mod reach;

//! What the checkpointer made, on its way to the peers.

use super::gossip::{Gossip, Message};
use crate::log::checkpointer::Outgoing;

/// Cosignatures go to everybody, complete checkpoints to those that only follow.
pub fn send(gossip: &Gossip, outgoing: Outgoing) {
    match outgoing {
        Outgoing::Cosignature(line) => {
            gossip.broadcast(Message::Cosignature { size: line.size, line: line.line }, false);
        }
        Outgoing::Complete(note) => gossip.broadcast(Message::Checkpoint(note), true),
    }
}

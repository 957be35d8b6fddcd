//! The node's own libp2p swarm: records and cosignatures travel here, consensus travels in the engine's.
//!
//! Every node is connected to every other; a record is pushed by the node that received it to all validators.
//! **Invariant:** only peers the genesis names get past the handshake (an allow list at connection time), every
//! message has a size limit before it is read, and every queue is bounded.

mod calls;
mod codec;
mod message;
mod outbox;
mod swarm;

pub use message::{Message, Reply};
#[cfg(test)]
pub(crate) use swarm::Sent;
pub use swarm::{Gossip, GossipEvent, Peer, PeerStatus, start};

//! Where the engine calls the other nodes.
//!
//! The engine resolves names itself, with a resolver of its own that reads the files of the system once. It is therefore
//! given addresses alone: names are looked up here as the operating system does, again for as long as their node is away.
//!
//! **Invariant:** a node that is connected keeps its connection, whatever its name says meanwhile.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};
use malachite_app_channel::NetworkRequest;
use tokio::sync::{mpsc, watch};
use tracing::debug;

use crate::peers::peering::{Complaint, Lookup, complain, literal, multiaddress};
use crate::run::config::address::HostPort;

const NETWORK: &str = "consensus";
/// Between two looks at who is away.
const LOOK: Duration = Duration::from_secs(2);

/// Another node as the engine sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerPlace {
    pub name: String,
    pub id: PeerId,
    /// Where to dial it; `None` waits for its call.
    pub address: Option<HostPort>,
}

impl PeerPlace {
    /// What the engine knows of it when it starts: an address, or that it may call.
    pub(super) fn at_first(&self) -> Multiaddr {
        let address = self.address.as_ref().and_then(literal);
        address.map_or_else(Multiaddr::empty, multiaddress).with(Protocol::P2p(self.id))
    }
}

/// A node that is looked after.
struct Kept {
    place: PeerPlace,
    /// What the engine was told of its name.
    told: BTreeSet<SocketAddr>,
    complaint: Complaint,
}

/// Keeps the engine's addresses of nodes that are away up to date, and says who stays away, until the engine ends.
pub(super) async fn keep(
    places: Vec<PeerPlace>,
    engine: mpsc::Sender<NetworkRequest>,
    lookup: Lookup,
    mut ended: watch::Receiver<bool>,
) {
    let kept = |place: PeerPlace| Kept { place, told: BTreeSet::new(), complaint: Complaint::default() };
    let mut all: Vec<Kept> = places.into_iter().filter(|one| one.address.is_some()).map(kept).collect();
    if all.is_empty() {
        return;
    }
    loop {
        tokio::select! {
            () = look(&mut all, &engine, &lookup) => {}
            _ = ended.wait_for(|ended| *ended) => return,
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = ended.wait_for(|ended| *ended) => return,
        }
    }
}

async fn look(all: &mut [Kept], engine: &mpsc::Sender<NetworkRequest>, lookup: &Lookup) {
    // An engine that is too busy to answer is asked again at the next look.
    let Ok(Ok(Some(dump))) = tokio::time::timeout(LOOK, NetworkRequest::dump_state(engine)).await else {
        return;
    };
    let away = all.iter_mut().filter_map(|kept| {
        if dump.peers.contains_key(&kept.place.id) {
            kept.complaint.settle();
            return None;
        }
        Some(kept.look_for(engine, lookup))
    });
    futures::future::join_all(away).await;
}

impl Kept {
    async fn look_for(&mut self, engine: &mpsc::Sender<NetworkRequest>, lookup: &Lookup) {
        let Some(address) = self.place.address.clone() else { return };
        let reason = match lookup.addresses(&address).await {
            Err(error) => {
                self.say(&address, &error.to_string(), true);
                return;
            }
            Ok(found) => {
                let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
                let found = found.into_iter().collect();
                if literal(&address).is_none() && self.told != found {
                    self.tell(found, engine).await;
                }
                format!("no connection to {}", shown.join(", "))
            }
        };
        self.say(&address, &reason, false);
    }

    /// Takes the old addresses from the engine and gives it these; it dials them at once, and again while they fail.
    async fn tell(&mut self, found: BTreeSet<SocketAddr>, engine: &mpsc::Sender<NetworkRequest>) {
        let with_id = |address: &SocketAddr| multiaddress(*address).with(Protocol::P2p(self.place.id));
        // The old ones first: taking one away takes away that the node is expected at all.
        for address in self.told.difference(&found) {
            let _ = NetworkRequest::remove_persistent_peer(engine, with_id(address)).await;
        }
        let mut told = BTreeSet::new();
        for address in &found {
            // It may be there already: a node whose name has two addresses, one of which stays.
            if NetworkRequest::add_persistent_peer(engine, with_id(address)).await.is_ok() {
                told.insert(*address);
            }
        }
        debug!(peer = self.place.name, addresses = ?told, "the engine dials a name's addresses");
        self.told = told;
    }

    fn say(&mut self, address: &HostPort, reason: &str, is_lasting: bool) {
        if self.complaint.is_due(Instant::now(), is_lasting) {
            complain(NETWORK, &self.place.name, address, reason);
        }
    }
}

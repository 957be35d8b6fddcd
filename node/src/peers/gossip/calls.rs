//! Calling peers that are away: their names are looked up, they are dialled, and what fails is said.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Instant;

use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{DialError, NetworkBehaviour};
use libp2p::{PeerId, Swarm};
use tokio::sync::mpsc;
use tracing::debug;

use super::swarm::Peer;
use crate::peers::peering::{Complaint, Lookup, Unresolved, complain, multiaddress};
use crate::run::config::HostPort;

const NETWORK: &str = "records";

/// A peer and the addresses it has now.
pub(super) type Answered = (PeerId, Result<Vec<SocketAddr>, Unresolved>);

struct Callee {
    name: String,
    address: HostPort,
    complaint: Complaint,
}

/// Every peer with an address.
pub(super) struct Calls {
    lookup: Lookup,
    callees: BTreeMap<PeerId, Callee>,
    /// Whose names are being looked up: one question at a time for each, however long its answer takes.
    asked: BTreeSet<PeerId>,
    answers: mpsc::Sender<Answered>,
    answered: mpsc::Receiver<Answered>,
}

impl Calls {
    pub(super) fn new(lookup: Lookup, peers: &[Peer]) -> Self {
        let callee = |peer: &Peer| {
            let address = peer.address.clone()?;
            Some((peer.id, Callee { name: peer.name.clone(), address, complaint: Complaint::default() }))
        };
        let callees: BTreeMap<_, _> = peers.iter().filter_map(callee).collect();
        let (answers, answered) = mpsc::channel(callees.len().max(1));
        Self { lookup, callees, asked: BTreeSet::new(), answers, answered }
    }

    /// Looks up every peer that is not connected.
    pub(super) fn look_up(&mut self, is_connected: impl Fn(&PeerId) -> bool) {
        for (id, callee) in &self.callees {
            if is_connected(id) || !self.asked.insert(*id) {
                continue;
            }
            let (id, address) = (*id, callee.address.clone());
            let (lookup, answers) = (self.lookup.clone(), self.answers.clone());
            tokio::spawn(async move {
                let found = lookup.addresses(&address).await;
                let _ = answers.send((id, found)).await;
            });
        }
    }

    /// The next peer whose addresses are known.
    pub(super) async fn found(&mut self) -> Answered {
        match self.answered.recv().await {
            Some(found) => found,
            // Cannot be: the sender is kept here.
            None => std::future::pending().await,
        }
    }

    /// Dials the addresses that were found.
    pub(super) fn dial<B: NetworkBehaviour>(&mut self, swarm: &mut Swarm<B>, (id, found): Answered) {
        self.asked.remove(&id);
        let found = match found {
            Ok(found) => found,
            Err(error) => return self.say(&id, &error.to_string(), true),
        };
        let options = DialOpts::peer_id(id)
            .addresses(found.into_iter().map(multiaddress).collect())
            .condition(PeerCondition::DisconnectedAndNotDialing)
            .build();
        if let Err(error) = swarm.dial(options) {
            self.failed(&id, &error);
        }
    }

    /// A connection that was begun did not come about.
    pub(super) fn failed(&mut self, id: &PeerId, error: &DialError) {
        let Some((reason, is_lasting)) = reason_of(error) else { return };
        debug!(peer = %id, reason, "not connected");
        self.say(id, &reason, is_lasting);
    }

    pub(super) fn connected(&mut self, id: &PeerId) {
        if let Some(callee) = self.callees.get_mut(id) {
            callee.complaint.settle();
        }
    }

    fn say(&mut self, id: &PeerId, reason: &str, is_lasting: bool) {
        let Some(callee) = self.callees.get_mut(id) else { return };
        if callee.complaint.is_due(Instant::now(), is_lasting) {
            complain(NETWORK, &callee.name, &callee.address, reason);
        }
    }
}

/// In one line, and whether time alone will not mend it; `None` for what is no failure.
fn reason_of(error: &DialError) -> Option<(String, bool)> {
    Some(match error {
        DialError::DialPeerConditionFalse(_) | DialError::Aborted => return None,
        DialError::Transport(all) => {
            let one = |(address, error): &(libp2p::Multiaddr, libp2p::TransportError<std::io::Error>)| {
                format!("{address}: {}", innermost(error))
            };
            (all.iter().map(one).collect::<Vec<_>>().join("; "), false)
        }
        DialError::WrongPeerId { .. } => (
            "another program answers there: its network key is not the one the genesis names 网络密钥不符"
                .to_owned(),
            true,
        ),
        DialError::LocalPeerId { .. } => ("this very node answers there 该地址是本节点".to_owned(), true),
        other => (one_line(&other.to_string()), true),
    })
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    one_line(&last.to_string())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use biaozheng_ledger::key::SecretKey;

    use super::super::swarm::{GossipEvent, start_with};
    use super::*;
    use crate::chain::consensus::peer_id;
    use crate::run::config::GossipSettings;

    fn settings(listen: &str) -> GossipSettings {
        // A port of one's own: taken once and let go.
        let listener = std::net::TcpListener::bind((listen, 0)).unwrap();
        let listen = listener.local_addr().unwrap();
        GossipSettings { listen, reconnect_ms: 50, ..GossipSettings::default() }
    }

    fn peer(key: &SecretKey, address: Option<HostPort>) -> Peer {
        Peer { name: "other".into(), id: peer_id(&key.public()).unwrap(), address, cosigns: true }
    }

    /// Two nodes; true once the one that dials is connected to the one that listens.
    async fn connects(listen: &str, host: &str, lookup: Lookup) -> bool {
        let (a, b) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
        let (of_a, of_b) = (settings("127.0.0.1"), settings(listen));
        let (to_a, mut events) = mpsc::channel(16);
        let (to_b, _events) = mpsc::channel(16);
        let at = HostPort::new(host, of_b.listen.port()).unwrap();
        let _b = start_with(&of_b, &b, vec![peer(&a, None)], to_b, Lookup::default()).await.unwrap();
        let _a = start_with(&of_a, &a, vec![peer(&b, Some(at))], to_a, lookup).await.unwrap();
        let event = tokio::time::timeout(Duration::from_secs(10), events.recv()).await;
        matches!(event, Ok(Some(GossipEvent::Connected)))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_peer_is_reached_by_name_and_by_either_kind_of_address() {
        assert!(connects("127.0.0.1", "localhost", Lookup::default()).await);
        assert!(connects("127.0.0.1", "127.0.0.1", Lookup::default()).await);
        if std::net::TcpListener::bind(("::1", 0)).is_ok() {
            assert!(connects("::1", "::1", Lookup::default()).await);
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_name_whose_address_changes_is_followed_and_one_that_is_not_there_yet_is_asked_again() {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let moving = Lookup::by(move |address| {
            let turn = count.fetch_add(1, Ordering::Relaxed);
            async move {
                match turn {
                    0 => Err(std::io::Error::other("no such name yet")),
                    // Nobody listens there.
                    1 | 2 => Ok(vec![([127, 0, 0, 2], address.port()).into()]),
                    _ => Ok(vec![([127, 0, 0, 1], address.port()).into()]),
                }
            }
        });
        assert!(connects("127.0.0.1", "node.example", moving).await);
        assert!(asked.load(Ordering::Relaxed) >= 4);
    }

    #[test]
    fn a_failure_is_one_line() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let address: libp2p::Multiaddr = "/ip4/127.0.0.1/tcp/9".parse().unwrap();
        let error = DialError::Transport(vec![(address, libp2p::TransportError::Other(refused))]);
        let (reason, is_lasting) = reason_of(&error).unwrap();
        assert!(reason.starts_with("/ip4/127.0.0.1/tcp/9: ") && !reason.contains('\n'), "{reason}");
        assert!(!is_lasting);
        assert_eq!(reason_of(&DialError::Aborted), None);
    }
}

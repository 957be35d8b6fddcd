//! Where the other nodes are: addresses as the configuration writes them, resolved anew before each attempt to connect,
//! and what is said of those that cannot be reached.
//!
//! **Invariant:** every form [`HostPort`] takes is dialled on both networks, as the operating system resolves it (files,
//! name servers, whatever it is set to); a peer that stays away is named in the log, and never line after line.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use tracing::warn;

use crate::run::config::address::HostPort;

/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 8;
/// How long a peer that answers nothing may be starting before it is said that it cannot be reached.
const PATIENCE: Duration = Duration::from_secs(15);
/// Between two warnings about one peer: the first wait, which doubles, and the longest.
const SILENCE_FIRST: Duration = Duration::from_secs(60);
const SILENCE_MAX: Duration = Duration::from_secs(1800);

type Found = Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;

/// How names become addresses; another one only in tests.
#[derive(Clone)]
pub struct Lookup(Arc<dyn Fn(HostPort) -> Found + Send + Sync>);

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lookup")
    }
}

impl Default for Lookup {
    fn default() -> Self {
        Self::by(|address| async move {
            Ok(tokio::net::lookup_host((address.host(), address.port())).await?.collect())
        })
    }
}

/// Why a peer's address cannot be dialled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    #[error("the name {name} cannot be resolved: {reason}")]
    Failed { name: String, reason: String },
    #[error("the name {0} has no address")]
    Nothing(String),
}

impl Lookup {
    /// Asks `answer` for every name.
    pub fn by<F, R>(answer: F) -> Self
    where
        F: Fn(HostPort) -> R + Send + Sync + 'static,
        R: Future<Output = std::io::Result<Vec<SocketAddr>>> + Send + 'static,
    {
        Self(Arc::new(move |address| Box::pin(answer(address))))
    }

    /// The addresses a peer has now, without repetition, in the order they are to be tried.
    ///
    /// # Errors
    /// [`Unresolved`].
    pub async fn addresses(&self, address: &HostPort) -> Result<Vec<SocketAddr>, Unresolved> {
        if let Some(literal) = literal(address) {
            return Ok(vec![literal]);
        }
        let name = || address.host().to_owned();
        let found = (self.0)(address.clone()).await;
        let found = found.map_err(|error| Unresolved::Failed { name: name(), reason: error.to_string() })?;
        let mut all: Vec<SocketAddr> = Vec::new();
        for one in found {
            if !all.contains(&one) && all.len() < ADDRESSES_MAX {
                all.push(one);
            }
        }
        if all.is_empty() { Err(Unresolved::Nothing(name())) } else { Ok(all) }
    }
}

/// The address, where it is no name.
#[must_use]
pub fn literal(address: &HostPort) -> Option<SocketAddr> {
    let ip: IpAddr = address.host().parse().ok()?;
    Some(SocketAddr::new(ip, address.port()))
}

/// As libp2p writes it.
#[must_use]
pub fn multiaddress(address: SocketAddr) -> Multiaddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) => Protocol::Ip4(ip),
        IpAddr::V6(ip) => Protocol::Ip6(ip),
    };
    Multiaddr::empty().with(ip).with(Protocol::Tcp(address.port()))
}

/// What was said of one peer that cannot be reached.
#[derive(Debug, Default)]
pub struct Complaint {
    since: Option<Instant>,
    next: Option<Instant>,
    silence: Duration,
}

impl Complaint {
    /// Notes that the peer is not there; true when that is to be said now: at once for what will not pass by itself, after
    /// [`PATIENCE`] for what a node that starts shows too, and then ever more seldom.
    pub fn is_due(&mut self, now: Instant, is_lasting: bool) -> bool {
        let since = *self.since.get_or_insert(now);
        let patience = if is_lasting { Duration::ZERO } else { PATIENCE };
        let first = now.duration_since(since) >= patience;
        if !self.next.map_or(first, |next| now >= next) {
            return false;
        }
        self.silence = self.silence.saturating_mul(2).clamp(SILENCE_FIRST, SILENCE_MAX);
        self.next = now.checked_add(self.silence);
        true
    }

    /// The peer is there.
    pub fn settle(&mut self) {
        *self = Self::default();
    }
}

/// Says that a peer cannot be reached.
pub fn complain(network: &str, peer: &str, address: &HostPort, reason: &str) {
    warn!(
        network,
        peer,
        address = %address,
        reason,
        "a node cannot be reached at the address config.toml has for it; trying on 无法连接节点，请核对 [[peers]] 中的地址"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> HostPort {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn names_and_both_kinds_of_literals_become_addresses() {
        let lookup = Lookup::default();
        for (written, read) in
            [("127.0.0.1:9", "/ip4/127.0.0.1/tcp/9"), ("[fd00::1]:9", "/ip6/fd00::1/tcp/9")]
        {
            let found = lookup.addresses(&at(written)).await.unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(multiaddress(found[0]).to_string(), read);
        }
        let found = lookup.addresses(&at("localhost:27601")).await.unwrap();
        assert!(found.iter().all(|one| one.ip().is_loopback() && one.port() == 27601), "{found:?}");
        let error = lookup.addresses(&at("no-such-host.invalid:1")).await.unwrap_err();
        assert!(error.to_string().contains("no-such-host.invalid"), "{error}");
    }

    #[tokio::test]
    async fn what_a_name_server_gives_is_bounded() {
        let many = Lookup::by(|address| async move {
            Ok((0..100u8).flat_map(|n| [SocketAddr::from(([127, 0, 0, n], address.port())); 2]).collect())
        });
        assert_eq!(many.addresses(&at("h:1")).await.unwrap().len(), ADDRESSES_MAX);
        let none = Lookup::by(|_| async { Ok(Vec::new()) });
        assert_eq!(none.addresses(&at("h:1")).await, Err(Unresolved::Nothing("h".into())));
    }

    #[test]
    fn a_peer_that_stays_away_is_said_to_ever_more_seldom() {
        let start = Instant::now();
        let said = |is_lasting: bool, seconds: u64| {
            let mut complaint = Complaint::default();
            (0..seconds).filter(|s| complaint.is_due(start + Duration::from_secs(*s), is_lasting)).collect()
        };
        let starting: Vec<u64> = said(false, 15);
        assert!(starting.is_empty(), "a node that starts is no matter for a warning: {starting:?}");
        let refused: Vec<u64> = said(false, 500);
        assert_eq!(refused, [15, 75, 195, 435]);
        let unknown: Vec<u64> = said(true, 500);
        assert_eq!(unknown, [0, 60, 180, 420]);
        let mut complaint = Complaint::default();
        assert!(complaint.is_due(start, true));
        complaint.settle();
        assert!(complaint.is_due(start, true), "a peer that was there and is lost again is said at once");
    }
}

//! Where other nodes are.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A host name or IP address and a port other than 0: `10.1.2.3:27600`, `[fd00::1]:27600`, `node.example.cn:27600`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    host: String,
    port: u16,
}

/// Why a text is not a host and port.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not HOST:PORT, such as 10.1.2.3:27600, [fd00::1]:27600 or node.example.cn:27600")]
pub struct HostPortError(String);

/// Another node of the consortium.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerAddress {
    /// As in the genesis.
    pub name: String,
    /// Its consensus port, `HOST:PORT` as [`HostPort`] writes it.
    #[serde(deserialize_with = "host_port")]
    pub consensus: String,
    /// Its gossip port.
    #[serde(deserialize_with = "host_port")]
    pub gossip: String,
}

fn host_port<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    HostPort::deserialize(deserializer).map(|address| address.to_string())
}

impl HostPort {
    /// # Errors
    /// [`HostPortError`].
    pub fn new(host: &str, port: u16) -> Result<Self, HostPortError> {
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }.parse()
    }

    /// Without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for HostPort {
    type Err = HostPortError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || HostPortError(text.chars().take(80).collect());
        let (host, port) = text.rsplit_once(':').ok_or_else(refuse)?;
        let digits = port.bytes().all(|b| b.is_ascii_digit());
        let port: u16 = port.parse().ok().filter(|port| *port != 0 && digits).ok_or_else(refuse)?;
        let host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(inner) if inner.parse::<std::net::Ipv6Addr>().is_ok() => inner,
            None if is_name(host) => host,
            _ => return Err(refuse()),
        };
        Ok(Self { host: host.to_owned(), port })
    }
}

/// An IPv4 address or a host name; what is all digits and dots must be an address.
fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let numeric = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if numeric {
        return host.parse::<std::net::Ipv4Addr>().is_ok();
    }
    host.len() <= 253 && host.split('.').all(label)
}

impl Serialize for HostPort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HostPort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <String as Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_both_kinds_of_addresses() {
        for text in ["10.1.2.3:27600", "[fd00::1]:1", "node-1.example.cn:65535"] {
            let address: HostPort = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
            assert_eq!(HostPort::new(address.host(), address.port()).unwrap(), address);
        }
        for bad in [
            "",
            "host",
            "host:",
            "host:0",
            "host:+1",
            "host:65536",
            ":1",
            "fd00::1:1",
            "a/b:1",
            "1.2.3:1",
            "256.1.1.1:1",
            "-a:1",
            "a b:1",
        ] {
            assert!(bad.parse::<HostPort>().is_err(), "{bad}");
        }
    }
}

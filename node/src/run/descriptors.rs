//! File descriptors: the process's limit is raised at the start, and the API gets what the rest of the node does not need.
//!
//! **Invariant:** the API's connections alone never take the descriptors that store, peers, control socket and documents
//! need.

use anyhow::ensure;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::{info, warn};

use crate::run::config::Config;

/// Files the store keeps open (ledger/store), and as many again for moments of compaction.
const STORE: u64 = 1024;
/// Callers of the two networks that have not shown their keys yet: 64 of the records' and 256 of the engine's.
const STRANGERS: u64 = 320;
/// Logs, journals, guard, control socket, runtime, folders read, connections of witnesses and webhooks.
const OTHER: u64 = 192;
/// Of one other node: two networks, a connection each way, and one that is being replaced.
const OF_A_PEER: u64 = 8;
/// An API with fewer connections is of no use; the configuration's own least.
const CONNECTIONS_MIN: usize = 8;

/// What a node needs beside the connections of its API.
fn needs(config: &Config, peers: usize) -> u64 {
    let documents = config.documents.uploads_max.saturating_add(config.documents.downloads_max);
    [STORE, STRANGERS, OTHER, OF_A_PEER.saturating_mul(peers as u64), 2u64.saturating_mul(documents as u64)]
        .into_iter()
        .fold(0, u64::saturating_add)
}

/// Raises the limit as far as it is needed and may be; gives how many connections the API can have under it.
///
/// # Errors
/// When the node itself has too few.
pub fn provide(config: &Config, peers: usize) -> anyhow::Result<usize> {
    let wanted = config.api.connections_max;
    let needs = needs(config, peers);
    let limit = raise(needs.saturating_add(wanted as u64));
    let (connections, is_tight) = share(limit, needs, wanted);
    ensure!(
        connections >= CONNECTIONS_MIN,
        "this process may open {limit} files, and a node needs at least {}: raise the limit (ulimit -n, LimitNOFILE in the service's unit) 文件描述符上限过低",
        needs.saturating_add(CONNECTIONS_MIN as u64)
    );
    if is_tight {
        warn!(
            limit,
            needed = needs.saturating_add(wanted as u64),
            connections,
            connections_max = wanted,
            "the limit of open files is too low for api.connections_max: the API takes fewer connections; raise the limit (ulimit -n, LimitNOFILE) 文件描述符上限过低，接口连接数已调低"
        );
    }
    Ok(connections)
}

/// How many connections remain, and whether they are fewer than wanted.
fn share(limit: u64, needs: u64, wanted: usize) -> (usize, bool) {
    let left = usize::try_from(limit.saturating_sub(needs)).unwrap_or(usize::MAX);
    (left.min(wanted), left < wanted)
}

/// The limit that holds in the end.
fn raise(to: u64) -> u64 {
    let found = getrlimit(Resource::Nofile);
    // `None`: no limit.
    let Some(current) = found.current else { return u64::MAX };
    let reach = found.maximum.map_or(to, |most| to.min(most));
    if current >= reach {
        return current;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: Some(reach), maximum: found.maximum }) {
        Ok(()) => {
            info!(from = current, to = reach, "the limit of open files is raised");
            reach
        }
        // A sandbox may forbid it.
        Err(error) => {
            warn!(%error, limit = current, "the limit of open files cannot be raised");
            current
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::config::RawConfig;
    use std::path::Path;

    #[test]
    fn the_api_gets_what_the_node_does_not_need() {
        assert_eq!(share(10_000, 1500, 4096), (4096, false));
        assert_eq!(share(4096, 1500, 4096), (2596, true));
        assert_eq!(share(1024, 1500, 4096), (0, true));
    }

    #[test]
    fn the_defaults_fit_under_the_limit_of_the_service_and_need_no_more_than_is_said() {
        let config = Config::new(Path::new("home"), RawConfig::default()).unwrap();
        let needs = needs(&config, 31);
        // As docs/operating.md says.
        assert!(needs < 2048, "{needs}");
        assert_eq!(share(65_536, needs, config.api.connections_max), (4096, false));
    }
}

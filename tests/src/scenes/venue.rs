//! Two venues with nodes of their own: what the sub venue's members sign goes to the sub venue's node, and that node ends
//! and starts when the scene says so.

use std::sync::Arc;
use std::time::Duration;

use biaozheng_ledger::ids::DocumentDigest;
use biaozheng_ledger::record::Record;
use biaozheng_scenes::live::{Envelope, InBlock, Live};
use biaozheng_scenes::play::{VENUE_DOWN, VENUE_UP};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

use super::live::Chain;
use crate::cluster::Cluster;

/// The sub venue's node by its index: the city centre's.
const SUB: usize = 0;
/// The host venue's, through which everybody else works.
pub(super) const HOST: usize = 1;
/// Members who sit there.
const MEMBERS: [&str; 2] = ["S4", "S5"];

pub(super) struct Venues {
    host: Chain,
    sub: Chain,
    cluster: Arc<Mutex<Cluster>>,
    runtime: Handle,
}

impl Venues {
    pub(super) const fn new(host: Chain, sub: Chain, cluster: Arc<Mutex<Cluster>>, runtime: Handle) -> Self {
        Self { host, sub, cluster, runtime }
    }

    fn of(&mut self, record: &Record) -> &mut Chain {
        let author = record.payload().author.org.as_str();
        if MEMBERS.contains(&author) { &mut self.sub } else { &mut self.host }
    }
}

impl Live for Venues {
    fn happen(
        &mut self,
        record: &Record,
        not_before: u64,
        papers: &[(DocumentDigest, Vec<u8>)],
    ) -> (u64, u64) {
        let happened = self.of(record).happen(record, not_before, papers);
        // A venue does its next step once it sees what the other did, which is in a block of both by then.
        if MEMBERS.contains(&record.payload().author.org.as_str()) {
            let cluster = Arc::clone(&self.cluster);
            let seen = self.runtime.block_on(async {
                cluster.lock().await.reach(HOST, happened.0, Duration::from_secs(60)).await
            });
            seen.unwrap_or_else(|error| panic!("{error:#}"));
        }
        happened
    }

    fn seal(&mut self, envelope: Envelope) {
        self.host.seal(envelope);
    }

    fn refuse(&mut self, record: &Record, not_before: u64) -> String {
        self.of(record).refuse(record, not_before)
    }

    /// # Panics
    /// When the node does not end or start: the scene has failed then.
    fn tell(&mut self, what: &str) {
        let cluster = Arc::clone(&self.cluster);
        let done = self.runtime.block_on(async {
            let mut cluster = cluster.lock().await;
            match what {
                VENUE_DOWN => cluster.kill(SUB).await,
                VENUE_UP => {
                    cluster.spawn(SUB)?;
                    cluster.started(SUB, Duration::from_secs(90)).await?;
                    // It is asked for records again once it has what the others decided meanwhile.
                    let height = cluster.height_of(1).await?;
                    cluster.reach(SUB, height, Duration::from_secs(90)).await
                }
                _ => Ok(()),
            }
        });
        done.unwrap_or_else(|error| panic!("{what}: {error:#}"));
    }

    fn others(&mut self) -> Vec<InBlock> {
        Vec::new()
    }
}

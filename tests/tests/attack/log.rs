//! The whole log as anybody reads it: tiles over HTTP, and the tree over its entries.

use std::convert::Infallible;

use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::entry::{Entry, LogEntry};
use biaozheng_ledger::ids::RecordId;
use biaozheng_ledger::merkle::{Hash, NodePlace, NodeReader, leaf_hash, node_hash, root_at};
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger::tiles::{TileKind, tiles_between};
use biaozheng_tests::cluster::Cluster;

pub(crate) struct Log {
    pub(crate) note: SignedNote,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) entries: Vec<Vec<u8>>,
}

impl NodeReader for Log {
    type Error = Infallible;

    fn node(&self, NodePlace { level, index }: NodePlace) -> Result<Hash, Infallible> {
        if level == 0 {
            return Ok(leaf_hash(&self.entries[usize::try_from(index).unwrap()]));
        }
        let child = |index| self.node(NodePlace { level: level - 1, index });
        let (Ok(left), Ok(right)) = (child(index * 2), child(index * 2 + 1));
        Ok(node_hash(&left, &right))
    }
}

impl Log {
    /// What a node publishes now, once it holds at least so many leaves; its root is computed, not believed.
    pub(crate) async fn read(cluster: &Cluster, node: usize, least: u64) -> Self {
        let get = async |path: String| {
            let answer = reqwest::get(format!("{}/{path}", cluster.url(node))).await.unwrap();
            assert_eq!(answer.status().as_u16(), 200, "{path}");
            answer.bytes().await.unwrap()
        };
        let end = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
        loop {
            let text = String::from_utf8(get("checkpoint".to_owned()).await.to_vec()).unwrap();
            let note: SignedNote = text.parse().unwrap();
            let checkpoint: Checkpoint = note.text.parse().unwrap();
            if checkpoint.size < least {
                assert!(tokio::time::Instant::now() < end, "{least} leaves are not published: {text}");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            }
            let mut entries = Vec::new();
            for tile in tiles_between(0, checkpoint.size).filter(|tile| tile.kind() == TileKind::Entries) {
                let bytes = get(tile.to_string()).await;
                entries.extend(tile.decode_entries(&bytes).unwrap().into_iter().map(<[u8]>::to_vec));
            }
            let log = Self { note, checkpoint, entries };
            let Ok(root) = root_at(log.checkpoint.size, &log);
            assert_eq!(root, log.checkpoint.root);
            return log;
        }
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = (usize, LogEntry)> + '_ {
        self.entries.iter().enumerate().filter_map(|(index, bytes)| match Entry::decode(bytes) {
            Ok(Entry::Record(entry)) => Some((index, entry)),
            _ => None,
        })
    }

    pub(crate) fn place(&self, record: &RecordId) -> Option<usize> {
        self.records().find(|(_, entry)| entry.record == *record).map(|(index, _)| index)
    }
}

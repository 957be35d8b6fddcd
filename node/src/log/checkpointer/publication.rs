//! Which checkpoint is shown: the consortium's newest, or one a little older that outside witnesses cosigned too.
//!
//! **Invariant:** what is shown never gets smaller, and lies behind the consortium's newest by at most the time the
//! configuration allows, however long a witness takes.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use biaozheng_ledger::note::{NoteKey, SignedNote};
use tokio::sync::watch;

/// A complete checkpoint with its tree's size.
pub type WholeCheckpoint = Arc<(u64, SignedNote)>;

/// The newest checkpoints of this node.
#[derive(Debug)]
pub(super) struct Publication {
    /// Witnesses of the configuration.
    outside: Vec<NoteKey>,
    wait: Duration,
    inner: RwLock<Inner>,
    sizes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Inner {
    newest: Option<WholeCheckpoint>,
    /// The newest as the consortium completed it, written out for peers that ask: that must cost nothing.
    own: Option<Arc<(u64, String)>>,
    /// The newest with a line of an outside witness.
    witnessed: Option<WholeCheckpoint>,
    /// Since when the newest has lacked one.
    lacking_since: Option<Instant>,
    /// The largest tree shown so far.
    shown: u64,
}

impl Publication {
    pub(super) fn new(outside: Vec<NoteKey>, wait: Duration) -> Self {
        Self { outside, wait, inner: RwLock::default(), sizes: watch::Sender::new(0) }
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn outside(&self) -> &[NoteKey] {
        &self.outside
    }

    /// Hears of larger trees.
    pub(super) fn sizes(&self) -> watch::Receiver<u64> {
        self.sizes.subscribe()
    }

    /// A quorum cosigned a tree; `note` has lines of the chain's own policy alone.
    pub(super) fn complete(&self, size: u64, note: SignedNote, now: Instant) {
        {
            let mut inner = self.write();
            if inner.newest.as_ref().is_some_and(|known| known.0 >= size) {
                return;
            }
            inner.own = Some(Arc::new((size, note.to_string())));
            inner.newest = Some(Arc::new((size, note)));
            if inner.lacking_since.is_none() {
                inner.lacking_since = Some(now);
            }
        }
        self.sizes.send_replace(size);
    }

    /// Outside witnesses cosigned a complete checkpoint; `note` has their lines. They were asked from `asked` on, when
    /// this was the newest: a newer one came later.
    pub(super) fn witnessed(&self, size: u64, note: SignedNote, asked: Instant) {
        let mut inner = self.write();
        if inner.witnessed.as_ref().is_some_and(|known| known.0 > size) {
            return;
        }
        let whole = Arc::new((size, note));
        let newest = inner.newest.as_ref().map_or(0, |newest| newest.0);
        if newest <= size {
            inner.newest = Some(Arc::clone(&whole));
        }
        inner.lacking_since = (newest > size).then_some(asked);
        inner.witnessed = Some(whole);
    }

    pub(super) fn newest(&self) -> Option<WholeCheckpoint> {
        self.read().newest.clone()
    }

    /// The newest without outsiders' lines, as text.
    pub(super) fn own(&self) -> Option<Arc<(u64, String)>> {
        self.read().own.clone()
    }

    pub(super) fn witnessed_size(&self) -> u64 {
        self.read().witnessed.as_ref().map_or(0, |known| known.0)
    }

    /// The best checkpoint over a leaf: witnessed where one is there.
    pub(super) fn covering(&self, leaf: u64) -> Option<WholeCheckpoint> {
        let inner = self.read();
        [&inner.witnessed, &inner.newest].into_iter().flatten().find(|known| known.0 > leaf).cloned()
    }

    /// What is shown at this moment.
    pub(super) fn shown(&self, now: Instant) -> Option<WholeCheckpoint> {
        let mut inner = self.write();
        let newest = inner.newest.clone()?;
        let late = inner.lacking_since.is_some_and(|since| now.saturating_duration_since(since) > self.wait);
        let witnessed = inner.witnessed.clone().filter(|known| !late && known.0 >= inner.shown);
        let shown = witnessed.unwrap_or(newest);
        inner.shown = shown.0;
        Some(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> SignedNote {
        SignedNote { text: format!("{text}\n"), signatures: Vec::new() }
    }

    fn shown(publication: &Publication, now: Instant) -> (u64, String) {
        let (size, note) = &*publication.shown(now).unwrap();
        (*size, note.text.trim_end().to_owned())
    }

    #[test]
    fn a_witness_is_waited_for_a_bounded_time_and_nothing_gets_smaller() {
        let publication = Publication::new(Vec::new(), Duration::from_secs(2));
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        assert!(publication.shown(at(0)).is_none());
        publication.complete(5, note("5"), at(0));
        assert_eq!(shown(&publication, at(0)), (5, "5".into()), "nothing was witnessed yet");
        publication.witnessed(5, note("5w"), at(1));
        assert_eq!(shown(&publication, at(1)), (5, "5w".into()));
        assert_eq!(publication.newest().unwrap().1, note("5w"));
        assert_eq!(
            *publication.own().unwrap(),
            (5, note("5").to_string()),
            "peers get the consortium's lines"
        );

        publication.complete(7, note("7"), at(10));
        publication.complete(6, note("6"), at(10));
        assert_eq!(shown(&publication, at(11)), (5, "5w".into()), "the witness may still answer");
        assert_eq!(publication.covering(4).unwrap().0, 5);
        assert_eq!(publication.covering(5).unwrap().0, 7);
        assert!(publication.covering(7).is_none());
        publication.complete(9, note("9"), at(12));
        assert_eq!(shown(&publication, at(13)), (9, "9".into()), "it did not");
        publication.witnessed(7, note("7w"), at(11));
        assert_eq!(shown(&publication, at(14)), (9, "9".into()), "9 was shown already");
        publication.witnessed(9, note("9w"), at(15));
        assert_eq!(shown(&publication, at(99)), (9, "9w".into()));
        assert_eq!(*publication.own().unwrap(), (9, note("9").to_string()));
        assert_eq!(publication.witnessed_size(), 9);
        assert_eq!(*publication.sizes().borrow(), 9);
    }
}

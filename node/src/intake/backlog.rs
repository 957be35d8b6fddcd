//! Whether a promise can be kept: what waits in the pool, against what blocks take up.
//!
//! A receipt names a time, and a log that ran until then without the record convicts the node. So a client whose record
//! would come too late behind the others is told to come again before it gets a receipt.
//!
//! **Invariant:** a record that the next block has room for is never turned away here.

use biaozheng_contracts::cost::BLOCK_COST_MAX;

use crate::chain::progress::Progress;

/// What waits in the pool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    pub records: usize,
    /// See [`biaozheng_contracts::cost`].
    pub cost: usize,
    pub bytes: usize,
}

/// What a block takes up, and within what time a record is promised one.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub block_records_max: usize,
    pub block_bytes_max: usize,
    /// What a block is taken to need until full ones were seen: the time validators give its proposer.
    pub block_ms: u64,
    pub promise_ms: u64,
}

impl Pace {
    /// The seconds after which a client may come again, where what waits takes more than half of the promise's time. The
    /// other half is for what others have in their pools, and for rounds that fail.
    #[must_use]
    pub fn late(&self, waits: &Backlog, progress: &Progress) -> Option<u64> {
        let full = |what: usize, max: usize| what.checked_div(max).unwrap_or(usize::MAX);
        let blocks = full(waits.records, self.block_records_max)
            .max(full(waits.cost, BLOCK_COST_MAX))
            .max(full(waits.bytes, self.block_bytes_max));
        let block_ms = progress.loaded_block_ms().unwrap_or(self.block_ms);
        let needed_ms = u64::try_from(blocks).unwrap_or(u64::MAX).saturating_mul(block_ms);
        let over_ms = needed_ms.checked_sub(self.promise_ms / 2).filter(|over| *over > 0)?;
        (blocks > 0).then(|| over_ms.div_ceil(1000).clamp(1, 60))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use biaozheng_ledger::ids::{Height, TimeMs};

    use super::*;

    const PACE: Pace =
        Pace { block_records_max: 100, block_bytes_max: 1000, block_ms: 1000, promise_ms: 10_000 };

    #[test]
    fn nothing_is_promised_behind_more_than_half_a_promise_of_blocks() {
        let progress = Progress::new(Height::new(1), TimeMs::new(0));
        let late = |records, cost, bytes| PACE.late(&Backlog { records, cost, bytes }, &progress);
        assert_eq!(late(0, 0, 0), None);
        assert_eq!(late(599, 5 * BLOCK_COST_MAX, 5999), None, "five blocks, five seconds");
        assert_eq!(late(600, 0, 0), Some(1));
        assert_eq!(late(0, 7 * BLOCK_COST_MAX, 0), Some(2), "few records that cost much");
        assert_eq!(late(0, 0, 9000), Some(4));
        assert_eq!(late(usize::MAX, usize::MAX, usize::MAX), Some(60));
    }

    #[test]
    fn the_next_block_has_room_however_short_the_promise_and_measured_blocks_count() {
        let progress = Progress::new(Height::new(1), TimeMs::new(0));
        let short = Pace { promise_ms: 1, ..PACE };
        assert_eq!(short.late(&Backlog { records: 99, cost: 0, bytes: 0 }, &progress), None);
        let waits = Backlog { records: 5000, cost: 0, bytes: 0 };
        assert_eq!(PACE.late(&waits, &progress), Some(45));
        for height in 2..60 {
            progress.took(Height::new(height), 100, Duration::from_millis(80));
        }
        assert_eq!(PACE.late(&waits, &progress), None, "fifty blocks of 80 ms");
        for height in 60..120 {
            progress.took(Height::new(height), 100, Duration::from_secs(2));
        }
        assert!(PACE.late(&waits, &progress).is_some(), "blocks became slow");
    }
}

//! What waits to be sent to one peer: bounded, cosignatures before records.

use std::collections::VecDeque;
use std::sync::Arc;

use biaozheng_ledger::ids::TimeMs;

use super::message::Message;

/// Bytes of records queued for one peer; beyond it the oldest are dropped: the node that received a record
/// keeps it and proposes or pushes it again.
const RECORD_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Small messages queued for one peer.
const SMALL_MAX: usize = 1024;
/// Most messages of one request: the small ones and one batch of records.
pub(super) const MESSAGES_MAX: usize = SMALL_MAX + 1;
/// Small messages of one request, bytes: beyond it no more are added.
const SMALL_BYTES_MAX: usize = 64 * 1024;

/// One peer's queue.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    small: VecDeque<Message>,
    records: VecDeque<Arc<Vec<u8>>>,
    record_bytes: usize,
    pub(super) in_flight: usize,
    pub(super) dropped: u64,
}

impl Outbox {
    /// Of questions for the checkpoint and of clocks one waits at most, and of wakes the one for the highest height.
    pub(super) fn push(&mut self, message: Message) {
        match message {
            Message::WantCheckpoint if self.small.contains(&message) => return,
            Message::Clock { .. } if self.small.iter().any(|one| matches!(one, Message::Clock { .. })) => {
                return;
            }
            Message::Wake { height } => {
                let waiting = self.small.iter_mut().find_map(|one| match one {
                    Message::Wake { height } => Some(height),
                    _ => None,
                });
                if let Some(waiting) = waiting {
                    *waiting = height.max(*waiting);
                    return;
                }
            }
            _ => {}
        }
        if self.small.len() >= SMALL_MAX {
            self.small.pop_front();
            self.dropped = self.dropped.saturating_add(1);
        }
        self.small.push_back(message);
    }

    pub(super) fn push_record(&mut self, envelope: Arc<Vec<u8>>) {
        self.record_bytes = self.record_bytes.saturating_add(envelope.len());
        self.records.push_back(envelope);
        while self.record_bytes > RECORD_BYTES_MAX {
            let Some(dropped) = self.records.pop_front() else { break };
            self.record_bytes = self.record_bytes.saturating_sub(dropped.len());
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// The next request: the small messages, then a batch of records within the limits; empty when nothing waits.
    /// A clock is read now, however long its message waited.
    pub(super) fn next(&mut self, records_max: usize, bytes_max: usize, now: TimeMs) -> Vec<Message> {
        let (mut request, mut small_bytes) = (Vec::new(), 0usize);
        while let Some(mut message) = self.small.pop_front() {
            if let Message::Clock { time_ms } = &mut message {
                *time_ms = now.get();
            }
            small_bytes = small_bytes.saturating_add(message.bytes());
            request.push(message);
            if small_bytes > SMALL_BYTES_MAX {
                return request;
            }
        }
        let bytes_max = bytes_max.saturating_sub(small_bytes);
        let mut batch = Vec::new();
        let mut bytes = 0usize;
        while let Some(first) = self.records.front() {
            let after = bytes.saturating_add(first.len()).saturating_add(4);
            if batch.len() >= records_max || (after > bytes_max && !batch.is_empty()) {
                break;
            }
            bytes = after;
            if let Some(envelope) = self.records.pop_front() {
                self.record_bytes = self.record_bytes.saturating_sub(envelope.len());
                batch.push(envelope.as_ref().clone());
            }
        }
        if !batch.is_empty() {
            request.push(Message::Records(batch));
        }
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: TimeMs = TimeMs::new(1_790_000_000_000);

    #[test]
    fn cosignatures_go_first_batches_are_bounded_and_the_oldest_records_are_dropped() {
        let mut outbox = Outbox::default();
        for n in 0..5u8 {
            outbox.push_record(Arc::new(vec![n; 10]));
        }
        outbox.push(Message::WantCheckpoint);
        let first = vec![Message::WantCheckpoint, Message::Records(vec![vec![0; 10], vec![1; 10]])];
        assert_eq!(outbox.next(2, 1000, NOW), first);
        assert_eq!(outbox.next(10, 20, NOW), [Message::Records(vec![vec![2; 10]])], "bytes bound the batch");
        outbox.push_record(Arc::new(vec![9; RECORD_BYTES_MAX]));
        assert_eq!(outbox.dropped, 2);
        assert!(matches!(outbox.next(10, 20, NOW).as_slice(), [Message::Records(batch)] if batch.len() == 1));
        assert_eq!(outbox.next(10, 20, NOW), []);
        for _ in 0..10 {
            outbox.push(Message::Checkpoint("x".repeat(SMALL_BYTES_MAX / 4)));
        }
        assert_eq!(outbox.next(10, 1000, NOW).len(), 4, "small messages are bounded in bytes, too");
    }

    #[test]
    fn what_waits_already_is_not_queued_again() {
        let mut outbox = Outbox::default();
        for height in [3, 5, 4] {
            outbox.push(Message::WantCheckpoint);
            outbox.push(Message::Wake { height });
        }
        assert_eq!(outbox.next(10, 1000, NOW), [Message::WantCheckpoint, Message::Wake { height: 5 }]);
        outbox.push(Message::WantCheckpoint);
        assert_eq!(outbox.next(10, 1000, NOW), [Message::WantCheckpoint], "it left, so it is asked again");
        for size in 0..5000 {
            outbox.push(Message::Cosignature { size, line: String::new() });
        }
        outbox.push_record(Arc::new(vec![1]));
        let request = outbox.next(10, 1_000_000, NOW);
        assert!(request.len() <= MESSAGES_MAX, "peers would refuse it");
        assert!(matches!(request.last(), Some(Message::Records(_))));
    }

    #[test]
    fn a_clock_is_read_when_it_leaves_and_waits_once() {
        let mut outbox = Outbox::default();
        outbox.push(Message::Clock { time_ms: 1 });
        outbox.push(Message::Clock { time_ms: 2 });
        assert_eq!(outbox.next(10, 1000, NOW), [Message::Clock { time_ms: NOW.get() }]);
    }
}

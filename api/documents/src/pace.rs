//! How fast a sender must be: never silent for long, and not too slow over all.

use std::fmt::Display;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use tokio::time::{Instant, timeout};

use crate::error::PutError;
use crate::limits::Limits;

/// Counts only the time its sender was waited for: a slow disk of ours is not held against it.
#[derive(Debug)]
pub(crate) struct Pace {
    silence_max: Duration,
    bytes_per_s_min: u64,
    waited: Duration,
    bytes: u64,
}

impl Pace {
    pub(crate) fn new(limits: &Limits) -> Self {
        let Limits { silence_max, bytes_per_s_min, .. } = *limits;
        Self { silence_max, bytes_per_s_min, waited: Duration::ZERO, bytes: 0 }
    }

    /// The next bytes; `None` at the end.
    pub(crate) async fn next<S, E>(&mut self, body: &mut S) -> Result<Option<Bytes>, PutError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: Display,
    {
        let start = Instant::now();
        let next = timeout(self.silence_max, body.next()).await.map_err(|_| PutError::Slow)?;
        self.waited = self.waited.saturating_add(start.elapsed());
        let Some(next) = next else { return Ok(None) };
        let bytes = next.map_err(|error| PutError::Broken(error.to_string()))?;
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if self.is_too_slow() { Err(PutError::Slow) } else { Ok(Some(bytes)) }
    }

    /// A slow start is forgiven for as long as silence is.
    fn is_too_slow(&self) -> bool {
        let due = u128::from(self.bytes_per_s_min).saturating_mul(self.waited.as_millis());
        self.waited > self.silence_max && u128::from(self.bytes).saturating_mul(1000) < due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drip_is_too_slow_and_a_steady_sender_or_a_slow_start_is_not() {
        let after = |waited_ms: u64, bytes: u64| {
            let silence_max = Duration::from_secs(10);
            let waited = Duration::from_millis(waited_ms);
            Pace { silence_max, bytes_per_s_min: 1000, waited, bytes }.is_too_slow()
        };
        assert!(!after(10_000, 0), "silence has its own limit");
        assert!(after(10_001, 10_000));
        assert!(!after(10_001, 10_001));
        assert!(after(3_600_000, 3_599_999));
        assert!(!after(3_600_000, 3_600_000));
        assert!(!after(u64::MAX, u64::MAX) && after(u64::MAX, 1), "no overflow");
    }
}

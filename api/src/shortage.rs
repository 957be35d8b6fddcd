//! What an accept loop does when a connection cannot be taken: it says why, waits a moment and goes on.
//!
//! **Invariant:** no shortage ends a listener: file descriptors and memory come back once others let go of them.

use std::io::{Error, ErrorKind};
use std::time::{Duration, Instant};

use tracing::{debug, warn};

/// Between two tries: others may close something meanwhile.
const PAUSE: Duration = Duration::from_millis(50);
/// Between two warnings of one listener.
const SILENCE: Duration = Duration::from_secs(60);
/// `EMFILE`, `ENFILE`: neither has a kind of its own.
const TOO_MANY_FILES: [i32; 2] = [24, 23];

/// One listener's failures.
#[derive(Debug)]
pub struct Shortage {
    listener: &'static str,
    said: Option<Instant>,
}

impl Shortage {
    /// For the listener of this name, which the log shows.
    #[must_use]
    pub const fn of(listener: &'static str) -> Self {
        Self { listener, said: None }
    }

    /// After a failed `accept`: returns when it may be tried again.
    pub async fn pass(&mut self, error: &Error) {
        // The caller's own end, before it was taken.
        if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) {
            return;
        }
        debug!(listener = self.listener, %error, "a connection was not accepted");
        if self.is_due(Instant::now()) {
            let advice = if error.raw_os_error().is_some_and(|code| TOO_MANY_FILES.contains(&code)) {
                "all file descriptors are in use; raise the limit (ulimit -n, LimitNOFILE) or lower api.connections_max 文件描述符已用尽"
            } else {
                "it goes on listening"
            };
            warn!(listener = self.listener, %error, advice, "connections cannot be accepted for now 暂时无法接受连接");
        }
        tokio::time::sleep(PAUSE).await;
    }

    fn is_due(&mut self, now: Instant) -> bool {
        let due = self.said.is_none_or(|said| now.duration_since(said) >= SILENCE);
        if due {
            self.said = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects)]
    use super::*;

    #[tokio::test]
    async fn a_shortage_passes_and_is_said_once_a_minute() {
        let mut shortage = Shortage::of("test");
        let begun = Instant::now();
        shortage.pass(&Error::from_raw_os_error(24)).await;
        assert!(begun.elapsed() >= PAUSE && shortage.said.is_some());
        let now = Instant::now();
        assert!(!shortage.is_due(now));
        assert!(shortage.is_due(now + SILENCE));
        let mut other = Shortage::of("other");
        other.pass(&Error::from(ErrorKind::ConnectionAborted)).await;
        assert_eq!(other.said, None, "a caller that hung up is no shortage");
    }
}

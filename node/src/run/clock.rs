//! The node's clock: the only place that reads the time of day.

use std::time::{SystemTime, UNIX_EPOCH};

use biaozheng_ledger::ids::TimeMs;

/// Milliseconds since 1970. A clock before 1970 reads as 0, and every proposal would then look far ahead:
/// the node votes nil until its clock is set.
#[must_use]
pub fn now() -> TimeMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    TimeMs::new(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

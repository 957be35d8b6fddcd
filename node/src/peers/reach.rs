//! Which nodes are away, said once and in one line each; the engine's own words about every dial are not shown.
//!
//! **Invariant:** a node that comes back soon is said quietly, one that stays away is a warning, again every hour.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};

use super::gossip::{Gossip, PeerStatus};

/// A restart of a node takes about as long; nothing is said of it.
const QUIET: Duration = Duration::from_secs(5);
/// From here on somebody should look.
const LASTING: Duration = Duration::from_secs(60);
const AGAIN: Duration = Duration::from_secs(3600);

/// What is to be said of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Away,
    StaysAway { seconds: u64 },
    Back { seconds: u64 },
}

#[derive(Debug)]
struct Absence {
    since: Instant,
    said: bool,
    /// When it is next warned of.
    warn_at: Instant,
}

#[derive(Debug, Default)]
struct Absences(BTreeMap<String, Absence>);

impl Absences {
    /// What the moment asks to be said of a node; called often.
    fn saw(&mut self, name: &str, connected: bool, now: Instant) -> Option<Word> {
        if connected {
            let was = self.0.remove(name)?;
            let seconds = now.duration_since(was.since).as_secs();
            return was.said.then_some(Word::Back { seconds });
        }
        let fresh = || Absence { since: now, said: false, warn_at: now.checked_add(LASTING).unwrap_or(now) };
        let absence = self.0.entry(name.to_owned()).or_insert_with(fresh);
        let away = now.duration_since(absence.since);
        if now >= absence.warn_at {
            absence.warn_at = now.checked_add(AGAIN).unwrap_or(now);
            absence.said = true;
            return Some(Word::StaysAway { seconds: away.as_secs() });
        }
        let first = away >= QUIET && !std::mem::replace(&mut absence.said, away >= QUIET);
        first.then_some(Word::Away)
    }
}

/// Watches who is connected and says what changed.
pub async fn run(gossip: Gossip) {
    let mut absences = Absences::default();
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        for PeerStatus { name, connected, validator } in gossip.peers() {
            let role = if validator { "validator" } else { "follower" };
            match absences.saw(&name, connected, Instant::now()) {
                None => {}
                Some(Word::Away) => {
                    info!(node = %name, role, "is not connected; it is dialled until it answers 节点未连接");
                }
                Some(Word::StaysAway { seconds }) => {
                    warn!(node = %name, role, away_s = seconds, "stays away: is it up, and can each dial the other? 节点长时间未连接");
                }
                Some(Word::Back { seconds }) => {
                    info!(node = %name, role, away_s = seconds, "is connected 节点已连接");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absence_is_said_once_warned_of_when_it_lasts_and_ends_with_a_word() {
        let start = Instant::now();
        let mut absences = Absences::default();
        let mut said = Vec::new();
        for second in 0..5000u64 {
            // Away for three seconds, then for good until 4,500 s.
            let connected = (3..10).contains(&second) || second >= 4500;
            if let Some(word) = absences.saw("east", connected, start + Duration::from_secs(second)) {
                said.push((second, word));
            }
        }
        let expected = [
            (15, Word::Away),
            (70, Word::StaysAway { seconds: 60 }),
            (3670, Word::StaysAway { seconds: 3660 }),
            (4500, Word::Back { seconds: 4490 }),
        ];
        assert_eq!(said, expected);
    }
}

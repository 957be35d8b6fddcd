//! Commands that go on until they are stopped: a round that fails is said and tried again, ever more seldom.
//!
//! **Invariant:** only what no waiting changes ends such a command: a node of another chain, a key that may not sign.

use std::time::Duration;

use biaozheng_client::ClientError;

use crate::output::complain;

/// After the first failure; it doubles.
const FIRST: Duration = Duration::from_secs(2);
/// However often it failed, unless the command itself is slower.
const MOST: Duration = Duration::from_secs(60);

/// What no waiting changes.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Lasting(pub(crate) String);

/// The rounds of one command.
#[derive(Debug)]
pub(crate) struct Rounds {
    every: Duration,
    failures: u32,
    said: String,
}

impl Rounds {
    /// A round every so many seconds, one at least.
    pub(crate) fn every(seconds: u64) -> Self {
        Self { every: Duration::from_secs(seconds.max(1)), failures: 0, said: String::new() }
    }

    /// Takes a round's end: says what failed and why, once while it stays the same, and that it goes well again.
    ///
    /// # Errors
    /// What no waiting changes.
    pub(crate) fn ended<T>(&mut self, round: anyhow::Result<T>) -> anyhow::Result<Option<T>> {
        match round {
            Ok(done) => {
                if self.failures > 0 {
                    complain(format_args!("it goes on after {} failed rounds 已恢复", self.failures));
                }
                (self.failures, self.said) = (0, String::new());
                Ok(Some(done))
            }
            Err(error) if is_lasting(&error) => Err(error),
            Err(error) => {
                let said = format!("{error:#}");
                self.failures = self.failures.saturating_add(1);
                if said != self.said {
                    complain(format_args!("this round failed, trying again 本轮失败，将重试: {said}"));
                    self.said = said;
                }
                Ok(None)
            }
        }
    }

    /// What must be known before the first round; asked for until it is there.
    ///
    /// # Errors
    /// What no waiting changes.
    pub(crate) async fn first<T>(&mut self, work: impl AsyncFn() -> anyhow::Result<T>) -> anyhow::Result<T> {
        loop {
            if let Some(done) = self.ended(work().await)? {
                return Ok(done);
            }
            self.pause().await;
        }
    }

    /// Until the next round.
    pub(crate) async fn pause(&self) {
        tokio::time::sleep(self.wait()).await;
    }

    fn wait(&self) -> Duration {
        match self.failures.checked_sub(1) {
            None => self.every,
            Some(before) => {
                let doubled = FIRST.saturating_mul(1u32.checked_shl(before.min(16)).unwrap_or(u32::MAX));
                // A slow command looks again sooner than it would: it lacks a round already.
                doubled.min(MOST.max(self.every))
            }
        }
    }
}

fn is_lasting(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.is::<Lasting>() || cause.downcast_ref::<ClientError>().is_some_and(is_about_the_key)
    })
}

/// The node says that this signer may not sign this, whenever it comes.
fn is_about_the_key(error: &ClientError) -> bool {
    let code = error.code().unwrap_or_default();
    let who = ["record.signature", "participant.unknown", "participant.revoked", "participant.role"];
    !error.is_temporary() && (code.starts_with("key.") || who.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::{Context as _, anyhow};
    use biaozheng_client::Problem;

    fn problem(status: u16, code: &str) -> anyhow::Error {
        ClientError::Problem(Box::new(Problem { status, code: code.to_owned(), ..Problem::default() })).into()
    }

    #[test]
    fn a_round_that_fails_is_tried_again_ever_more_seldom_and_a_good_one_begins_anew() {
        let mut rounds = Rounds::every(5);
        assert_eq!(rounds.wait().as_secs(), 5);
        let waits: Vec<u64> = (0..7)
            .map(|_| {
                let gone = ClientError::Unreachable { url: "u".into(), reason: "refused".into() };
                assert!(
                    rounds.ended::<()>(Err(anyhow::Error::from(gone).context("a round"))).unwrap().is_none()
                );
                rounds.wait().as_secs()
            })
            .collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(rounds.ended(Ok(3)).unwrap(), Some(3));
        assert_eq!(rounds.wait().as_secs(), 5);
        let mut slow = Rounds::every(3600);
        for _ in 0..20 {
            slow.ended::<()>(Err(anyhow!("an answer that is no JSON"))).unwrap();
        }
        assert_eq!(slow.wait().as_secs(), 3600);
    }

    #[test]
    fn another_chain_and_a_key_that_may_not_sign_end_it_and_nothing_else() {
        let mut rounds = Rounds::every(1);
        for temporary in
            [problem(503, "not_ready"), problem(429, "key.unknown"), problem(422, "alert.exists")]
        {
            assert!(rounds.ended::<()>(Err(temporary)).is_ok());
        }
        for lasting in
            [problem(422, "key.revoked"), problem(403, "record.signature"), problem(422, "participant.role")]
        {
            assert!(rounds.ended::<()>(Err(lasting).context("alert")).is_err());
        }
        let other = Err(Lasting("the node is of another chain".into()));
        assert!(rounds.ended::<()>(other.context("round")).is_err());
    }
}

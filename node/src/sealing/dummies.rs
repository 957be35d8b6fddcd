//! Dummies and the tokens they cost: what takes the place of bids that are not there.
//!
//! **Invariant:** tokens are asked for and used up by the [cover](super::cover)'s moments alone. A dummy is made, and its
//! token gone, also where a client's entry leaves in its place: how many tokens this node asks for by name says nothing
//! either. Tokens are kept in memory only: a restart loses them, and with them a part of the organisation's quota.

use std::time::{Duration, Instant};

use biaozheng_contracts::sealing::limits::TOKENS_PER_REQUEST_MAX;
use biaozheng_contracts::sealing::requests::TokenKeys;
use biaozheng_contracts::sealing::tokens::points_text;
use biaozheng_contracts::sealing::{entry, group, requests};
use biaozheng_contracts::{StateFailure, StateRead};
use biaozheng_ledger::ids::RecordId;
use biaozheng_ledger::record::Record;
use biaozheng_seal::label::Slot;
use biaozheng_seal::sealing::{SealingGroup, SizeClass, seal_dummy};
use biaozheng_seal::seed::Seed;
use biaozheng_seal::tokens::{PendingToken, UnspentToken, request_token};
use serde_json::json;
use tracing::{debug, warn};

use super::{Sealer, Work};
use crate::run::keys::generate;

/// Moments of all classes for which tokens are kept.
const MOMENTS_AHEAD: usize = 6;
/// Gives up on a request that nobody signs.
const PATIENCE: Duration = Duration::from_secs(600);

/// Tokens, and those under way.
#[derive(Default)]
pub(super) struct Stock {
    epoch: u32,
    asked: Option<(RecordId, Vec<PendingToken>, Instant)>,
    unspent: Vec<UnspentToken>,
}

impl Stock {
    /// The record that asks was not taken: tokens can be asked for again.
    pub(super) fn refused(&mut self, record: &RecordId) {
        if self.asked.as_ref().is_some_and(|(asked, ..)| asked == record) {
            self.asked = None;
        }
    }
}

fn fresh() -> Option<Seed> {
    generate().ok().map(|key| Seed::new(*key.seed()))
}

/// The record of a new dummy; nothing where there is no token.
fn dummy(stock: &mut Stock, group: &SealingGroup, slot: u64, class: SizeClass) -> Option<Record> {
    let (token, seed) = (stock.unspent.pop()?, fresh()?);
    let entry = seal_dummy(group, Slot::new(slot), class, &seed);
    entry::record(&group.chain, token, &entry)
        .inspect_err(|error| warn!(%error, "a dummy cannot be made"))
        .ok()
}

impl Sealer {
    /// Looks after the cover: which slots have one, tokens for it, and what leaves now.
    pub(super) fn cover(&self, state: &dyn StateRead, work: &mut Work) -> Result<(), StateFailure> {
        let each = self.cover;
        let Some(keys) = group::sealing_keys(state)?.filter(|_| each > 0) else { return Ok(()) };
        self.entries.watch(state, &keys)?;
        if let Some(epoch) = requests::newest_token_epoch(state)?
            && let Some(tokens) = requests::token_keys(state, &self.chain, epoch)?
        {
            let places = each.saturating_mul(SizeClass::all().count());
            self.collect(state, &tokens)?;
            self.ask(&tokens, places.saturating_mul(MOMENTS_AHEAD), work);
        }
        let group = SealingGroup { chain: self.chain, key: keys.keys.group_key() };
        let mut held = self.held();
        let (leaving, late) = self.entries.leave(|slot, class| dummy(&mut held.stock, &group, slot, class));
        drop(held);
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        self.metrics.cover.inc_by(count(leaving.entries.len().saturating_sub(leaving.beyond)));
        self.metrics.beyond.inc_by(count(leaving.beyond));
        self.metrics.missed.inc_by(count(leaving.missed));
        if leaving.missed > 0 {
            warn!(
                places = leaving.missed,
                "no token for a dummy: sealed entries are less covered; a larger member_quota gives more"
            );
        }
        work.entries.extend(late);
        work.entries.extend(leaving.entries);
        Ok(())
    }

    /// Takes the tokens a quorum has signed.
    fn collect(&self, state: &dyn StateRead, tokens: &TokenKeys) -> Result<(), StateFailure> {
        let mut held = self.held();
        let stock = &mut held.stock;
        if stock.epoch != tokens.group.epoch {
            *stock = Stock { epoch: tokens.group.epoch, ..Stock::default() };
        }
        let Some((request, _, since)) = &stock.asked else { return Ok(()) };
        let partials = requests::token_partials(state, request)?;
        let polynomial = tokens.keys.polynomial();
        if partials.len() < polynomial.quorum() {
            if since.elapsed() > PATIENCE {
                stock.asked = None;
            }
            return Ok(());
        }
        let Some((_, asked, _)) = stock.asked.take() else { return Ok(()) };
        for (place, one) in asked.into_iter().enumerate() {
            let parts: Vec<_> = partials.iter().filter_map(|member| member.get(place).copied()).collect();
            match one.finish(&tokens.group, &polynomial, &parts) {
                Ok(token) => stock.unspent.push(token),
                Err(error) => debug!(%error, "a token for a dummy did not come out"),
            }
        }
        Ok(())
    }

    /// Asks ahead, so that the time of asking says nothing about a slot.
    fn ask(&self, tokens: &TokenKeys, wanted: usize, work: &mut Work) {
        let missing = {
            let held = self.held();
            if held.stock.asked.is_some() {
                return;
            }
            wanted.saturating_sub(held.stock.unspent.len()).min(TOKENS_PER_REQUEST_MAX)
        };
        // Not one by one: a request is a record and a quorum's answers.
        if missing == 0 || (missing < TOKENS_PER_REQUEST_MAX && missing < wanted / 2) {
            return;
        }
        let asked: Option<Vec<_>> =
            (0..missing).map(|_| fresh().map(|seed| request_token(&tokens.group, &seed))).collect();
        let Some(asked) = asked else { return };
        let points: Vec<_> = asked.iter().map(|one| *one.request()).collect();
        let body = json!({"epoch": tokens.group.epoch, "points": points_text(&points)});
        let before = work.records.len();
        self.record(work, "dummies".to_owned(), "token.requested/1", None, body);
        if let Some((_, record)) = work.records.get(before) {
            self.held().stock.asked = Some((record.id(), asked, Instant::now()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_asked_for_again_when_the_request_is_not_taken() {
        let id = |byte| RecordId::new(biaozheng_ledger::digest::Digest::of(&[byte]));
        let asked = || Some((id(1), Vec::new(), Instant::now()));
        let mut stock = Stock { asked: asked(), ..Stock::default() };
        stock.refused(&id(2));
        assert!(stock.asked.is_some(), "another record");
        stock.refused(&id(1));
        assert!(stock.asked.is_none());
    }
}

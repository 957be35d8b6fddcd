//! Dummies: entries that hide how many bids a slot has, in every class, at random moments of the slot.
//!
//! **Invariant:** how many there are follows from the configuration and never from what was entered. Tokens under way are
//! kept in memory only: a restart loses them, and with them a part of the organisation's quota.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use biaozheng_contracts::acts::{sealed, tokens::points_text};
use biaozheng_contracts::sealing::{self, TokenKeys, slot_end};
use biaozheng_contracts::{StateFailure, StateRead};
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_seal::label::Slot;
use biaozheng_seal::sealing::{SealingGroup, SizeClass, seal_dummy};
use biaozheng_seal::seed::Seed;
use biaozheng_seal::tokens::{PendingToken, UnspentToken, request_token};
use rand::Rng as _;
use serde_json::json;
use tracing::{debug, warn};

use super::{Sealer, Work};
use crate::keys::generate;
use crate::shared::Shared;

/// What is under way.
#[derive(Default)]
pub(super) struct Stock {
    epoch: u32,
    asked: Option<(RecordId, Vec<PendingToken>, Instant)>,
    unspent: Vec<UnspentToken>,
    /// The newest slot that is planned, and when each of its dummies goes out.
    planned: Option<u64>,
    plan: VecDeque<(Instant, Slot, SizeClass)>,
}

fn fresh() -> Option<Seed> {
    generate().ok().map(|key| Seed::new(*key.seed()))
}

/// Gives up on a request that nobody signs.
const PATIENCE: Duration = Duration::from_secs(600);

impl Sealer {
    pub(super) fn dummies(
        &self,
        shared: &Shared,
        state: &dyn StateRead,
        time: TimeMs,
        work: &mut Work,
    ) -> Result<(), StateFailure> {
        let each = shared.config.sealing.dummies_per_slot;
        let (Some(keys), Some(epoch)) = (sealing::sealing_keys(state)?, sealing::newest_token_epoch(state)?)
        else {
            return Ok(());
        };
        let Some(tokens) = sealing::token_keys(state, &shared.chain, epoch)?.filter(|_| each > 0) else {
            return Ok(());
        };
        let wanted = each.saturating_mul(SizeClass::all().count());
        self.collect(state, &tokens)?;
        self.ask(&tokens, wanted, work);
        let slot = time.get().checked_div(keys.slot_ms).unwrap_or(0);
        let left = slot_end(slot, keys.slot_ms).saturating_since(time);
        let group = SealingGroup { chain: shared.chain, key: keys.keys.group_key() };
        let mut held = self.held();
        let stock = &mut held.dummies;
        if stock.planned != Some(slot) && stock.unspent.len() >= wanted {
            stock.planned = Some(slot);
            stock.plan.clear();
            for class in SizeClass::all().flat_map(|class| std::iter::repeat_n(class, each)) {
                // The last tenth is left for the way into a block.
                let after = rand::thread_rng().gen_range(0..=left.saturating_sub(left / 10));
                let at =
                    Instant::now().checked_add(Duration::from_millis(after)).unwrap_or_else(Instant::now);
                stock.plan.push_back((at, Slot::new(slot), class));
            }
        }
        let now = Instant::now();
        let mut later = VecDeque::new();
        while let Some((at, of, class)) = stock.plan.pop_front() {
            if at > now {
                later.push_back((at, of, class));
            } else if let (Some(token), Some(seed)) = (stock.unspent.pop(), fresh()) {
                let entry = seal_dummy(&group, of, class, &seed);
                match sealed::record(&shared.chain, token, &entry) {
                    Ok(record) => {
                        shared.metrics.sealing.dummies.inc();
                        work.records.push((format!("dummy/{}", entry.digest()), record));
                    }
                    Err(error) => warn!(%error, "a dummy cannot be made"),
                }
            }
        }
        stock.plan = later;
        Ok(())
    }

    /// Takes the tokens a quorum has signed.
    fn collect(&self, state: &dyn StateRead, tokens: &TokenKeys) -> Result<(), StateFailure> {
        let mut held = self.held();
        let stock = &mut held.dummies;
        if stock.epoch != tokens.group.epoch {
            *stock = Stock { epoch: tokens.group.epoch, ..Stock::default() };
        }
        let Some((request, _, since)) = &stock.asked else { return Ok(()) };
        let partials = sealing::token_partials(state, request)?;
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
        {
            let held = self.held();
            if held.dummies.asked.is_some() || held.dummies.unspent.len() >= wanted.saturating_mul(2) {
                return;
            }
        }
        let asked: Option<Vec<_>> =
            (0..wanted).map(|_| fresh().map(|seed| request_token(&tokens.group, &seed))).collect();
        let Some(asked) = asked else { return };
        let points: Vec<_> = asked.iter().map(|one| *one.request()).collect();
        let body = json!({"epoch": tokens.group.epoch, "points": points_text(&points)});
        let before = work.records.len();
        self.record(work, "dummies".to_owned(), "token.requested/1", None, body);
        if let Some((_, record)) = work.records.get(before) {
            self.held().dummies.asked = Some((record.id(), asked, Instant::now()));
        }
    }
}

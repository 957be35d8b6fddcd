//! Ceremonies and blind signatures: what this member has to say now, from the board alone.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_contracts::StateRead;
use biaozheng_contracts::sealing::group::GroupPurpose;
use biaozheng_contracts::sealing::requests::{TokenKeys, UnsignedRequest};
use biaozheng_contracts::sealing::running::CeremonyView;
use biaozheng_contracts::sealing::tokens::partials_text;
use biaozheng_contracts::sealing::{group, requests, running};
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_seal::dkg::{self, EpochKeys, Phase};
use biaozheng_seal::group::PrivateShare;
use biaozheng_seal::tokens::sign_blindly;
use serde_json::json;
use tracing::{debug, info, warn};

use super::{Sealer, Work, keys};
use crate::chain::consensus::Fatal;
use crate::chain::misbehaviour::STAGGER;

/// Points signed blindly in one step, about 40 ms of one core: openings wait no longer than that.
const POINTS_PER_STEP: usize = 256;
/// How much later each member beyond a quorum signs a request, should one of the quorum be silent.
const TURN: Duration = Duration::from_secs(5);

fn kind(purpose: GroupPurpose) -> &'static str {
    match purpose {
        GroupPurpose::Sealing { .. } => "sealing",
        GroupPurpose::Tokens { .. } => "tokens",
    }
}

/// The name of a share's file.
fn share_name(view: &CeremonyView, epoch: u32) -> String {
    match view.purpose {
        GroupPurpose::Sealing { .. } => format!("sealing-{epoch}"),
        GroupPurpose::Tokens { epoch, .. } => format!("tokens-{epoch}"),
    }
}

impl Sealer {
    pub(super) fn ceremonies(
        &self,
        state: &dyn StateRead,
        time: TimeMs,
        work: &mut Work,
    ) -> Result<(), Fatal> {
        // Decoding a board's deals costs more than everything else of a step; mostly no ceremony runs.
        let newest = running::newest_ceremonies(state)?;
        if newest.iter().all(|(record, finalised)| *finalised && self.held().taken.contains(record)) {
            return Ok(());
        }
        for view in running::ceremonies(state, &self.chain, time)? {
            let me = self.node.member().key();
            let dealer = view.board.ceremony().dealers().contains(me);
            let place = view.board.ceremony().players().position(|player| player.key() == me);
            let previous = self.previous_share(state, &view)?;
            match view.board.phase() {
                Phase::Dealing if dealer => self.deal(&view, previous.as_ref(), work),
                Phase::Acknowledging if place.is_some() => self.acknowledge(&view, work),
                Phase::Concluding if dealer => self.conclude(&view, previous.as_ref(), work),
                Phase::Closed => {
                    if let Some(place) = place {
                        self.close(&view, place, time, work)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// This node's share of the key that is dealt anew.
    fn previous_share(
        &self,
        state: &dyn StateRead,
        view: &CeremonyView,
    ) -> Result<Option<PrivateShare>, Fatal> {
        let Some(epoch) = view.board.ceremony().epoch().get().checked_sub(1) else { return Ok(None) };
        let Some(keys) = group::sealing_keys(state)?.filter(|keys| keys.keys.epoch().get() == epoch) else {
            return Ok(None);
        };
        self.share(&format!("sealing-{epoch}"), &keys.keys.polynomial())
    }

    fn say(&self, view: &CeremonyView, work: &mut Work, record_type: &str, part: &str, message: &[u8]) {
        let body = json!({"kind": kind(view.purpose), "message": BASE64.encode(message)});
        self.record(work, format!("{}/{part}", view.record), record_type, None, body);
    }

    fn deal(&self, view: &CeremonyView, previous: Option<&PrivateShare>, work: &mut Work) {
        if view.board.deal(self.node.member().key()).is_some() {
            return;
        }
        match dkg::deal(view.board.ceremony(), &self.node, previous, &self.seed) {
            Ok(deal) => self.say(view, work, "dkg.dealt/1", "deal", &deal.to_bytes()),
            Err(error) => warn!(%error, "this node does not deal"),
        }
    }

    fn acknowledge(&self, view: &CeremonyView, work: &mut Work) {
        let me = self.node.member().key();
        for deal in view.board.deals() {
            if view.board.acknowledgements(deal.dealer()).any(|one| one.player() == me) {
                continue;
            }
            match dkg::acknowledge(view.board.ceremony(), &self.node, deal) {
                Ok(word) => {
                    let part = format!("ack/{}", deal.dealer());
                    self.say(view, work, "dkg.acknowledged/1", &part, &word.to_bytes());
                }
                Err(error) => warn!(%error, dealer = %deal.dealer(), "a deal is not acknowledged"),
            }
        }
    }

    fn conclude(&self, view: &CeremonyView, previous: Option<&PrivateShare>, work: &mut Work) {
        let me = self.node.member().key();
        if view.board.deal(me).is_none() || view.board.log(me).is_some() {
            return;
        }
        match dkg::conclude(&view.board, &self.node, previous, &self.seed) {
            Ok(log) => self.say(view, work, "dkg.concluded/1", "log", &log.to_bytes()),
            Err(error) => warn!(%error, "this node's deal is not concluded"),
        }
    }

    /// Says what came out: the first member at once, each further one after a while. Once it stands on chain, the share is
    /// taken and kept; a node that is down from then until the next ceremony begins has none.
    fn close(&self, view: &CeremonyView, place: usize, time: TimeMs, work: &mut Work) -> Result<(), Fatal> {
        if self.held().taken.contains(&view.record) {
            return Ok(());
        }
        let (keys, share) = match dkg::take_share(&view.board, &self.node) {
            Ok(taken) => taken,
            Err(error) => {
                debug!(%error, "the ceremony gives this node no share");
                return Ok(());
            }
        };
        if !view.finalised {
            let wait = STAGGER.saturating_mul(u32::try_from(place).unwrap_or(u32::MAX)).saturating_mul(2);
            if u128::from(time.saturating_since(view.closes_at)) >= wait.as_millis() {
                self.say(view, work, "dkg.finalised/1", "result", &keys.to_bytes());
            }
            return Ok(());
        }
        let name = share_name(view, keys.epoch().get());
        if self.share(&name, &keys.polynomial())?.is_none() {
            keys::write_share(&self.folder, &name, &self.storage, &keys.group_key(), &share)
                .map_err(|error| Fatal::new(format!("the share {name} cannot be kept: {error:#}")))?;
            info!(name, "this node has its share");
        }
        let mut held = self.held();
        held.shares.insert(name, share);
        held.taken.insert(view.record);
        Ok(())
    }

    pub(super) fn tokens(&self, state: &dyn StateRead, work: &mut Work) -> Result<(), Fatal> {
        let mut groups = BTreeMap::new();
        let mut points = 0usize;
        // Signing is only begun for what no record of this node's is under way for.
        let interests = |record: &RecordId| !self.is_under_way(&format!("token/{record}"));
        for request in requests::unsigned_requests(state, interests)? {
            if points >= POINTS_PER_STEP {
                break;
            }
            let group = match groups.entry(request.epoch) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(self.token_group(state, request.epoch)?),
            };
            let Some((keys, share)) = group else { continue };
            let index = share.index().get();
            if request.signed.contains(&index) || !self.is_turn(&request, index, &keys.keys) {
                continue;
            }
            points = points.saturating_add(request.points.len());
            let signed: Result<Vec<_>, _> =
                request.points.iter().map(|point| sign_blindly(&keys.group, share, point)).collect();
            if let Ok(partials) = signed {
                let body = json!({"request": request.record, "partials": partials_text(&partials)});
                self.record(work, format!("token/{}", request.record), "token.signed/1", None, body);
            }
        }
        Ok(())
    }

    /// An epoch's keys and this node's share of them.
    fn token_group(
        &self,
        state: &dyn StateRead,
        epoch: u32,
    ) -> Result<Option<(TokenKeys, PrivateShare)>, Fatal> {
        let Some(keys) = requests::token_keys(state, &self.chain, epoch)? else { return Ok(None) };
        let share = self.share(&format!("tokens-{epoch}"), &keys.keys.polynomial())?;
        Ok(share.map(|share| (keys, share)))
    }

    /// A quorum signs each request at once, another one for each request; the others only when it does not.
    fn is_turn(&self, request: &UnsignedRequest, index: u16, keys: &EpochKeys) -> bool {
        let polynomial = keys.polynomial();
        let members = polynomial.members();
        let first = request.record.digest().bytes().first().copied().map_or(0, usize::from);
        let place = usize::from(index).saturating_add(first).checked_rem(members).unwrap_or(0);
        let Some(late) = place.checked_sub(polynomial.quorum()) else { return true };
        let wait = TURN.saturating_mul(u32::try_from(late).unwrap_or(u32::MAX).saturating_add(1));
        self.ready_since(format!("token/{}", request.record)).elapsed() >= wait
    }
}

//! A key ceremony under way, as the chain keeps it: its board is restored from what was said.

use biaozheng_ledger::ids::{ChainId, OrgId, RecordId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use biaozheng_seal::dkg::{
    Acknowledgement, Board, Ceremony, Deal, DealerLog, EpochKeys, LogVerdict, Member, Phase,
};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::sealing::group::{GroupPurpose, GroupSeat, damaged};
use crate::sealing::state_key;

/// A ceremony in state; its messages stand beside it.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct Running {
    pub(crate) version: u8,
    pub(crate) record: RecordId,
    pub(crate) round: u64,
    pub(crate) purpose: GroupPurpose,
    pub(crate) seats: Vec<GroupSeat>,
    /// Keys of the epoch before; empty for a new key.
    pub(crate) previous: Vec<u8>,
    /// First block times at which each phase is over.
    pub(crate) dealing_until: TimeMs,
    pub(crate) acknowledging_until: TimeMs,
    pub(crate) concluding_until: TimeMs,
    pub(crate) finalised: bool,
}

impl Running {
    pub(crate) fn load(state: &dyn StateRead, kind: &str) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::ceremony(kind))
    }

    pub(crate) fn phase(&self, now: TimeMs) -> Phase {
        if now < self.dealing_until {
            Phase::Dealing
        } else if now < self.acknowledging_until {
            Phase::Acknowledging
        } else if now < self.concluding_until {
            Phase::Concluding
        } else {
            Phase::Closed
        }
    }

    pub(crate) fn ceremony(&self, chain: &ChainId) -> Result<Ceremony, StateFailure> {
        let failed = |_| damaged("a ceremony");
        let members: Vec<Member> = self
            .seats
            .iter()
            .map(|seat| Member::from_bytes(&seat.member))
            .collect::<Result<_, _>>()
            .map_err(failed)?;
        if self.previous.is_empty() {
            return Ceremony::first(chain, self.purpose.of_keys(), self.round, &members)
                .map_err(|_| damaged("a ceremony"));
        }
        let previous = EpochKeys::from_bytes(&self.previous).map_err(failed)?;
        let dealers = dealers(&previous, &members);
        Ceremony::reshare(chain, self.round, &previous, &dealers, &members).map_err(|_| damaged("a ceremony"))
    }

    pub(crate) fn seat(&self, key: &PublicKey) -> Option<&GroupSeat> {
        self.seats.iter().find(|seat| seat.key().as_ref() == Some(key))
    }

    /// The board as it stands at a block time.
    pub(crate) fn board(
        &self,
        state: &dyn StateRead,
        chain: &ChainId,
        now: TimeMs,
    ) -> Result<Board, StateFailure> {
        let kind = self.purpose.kind();
        let part = |part| load_all::<Vec<u8>>(state, &state_key::ceremony_part(kind, part), 64 * 64);
        let mut deals = Vec::new();
        for (_, bytes) in part("deal")? {
            deals.push(Deal::from_bytes(&bytes).map_err(|_| damaged("a deal"))?);
        }
        // Only the dealers' closing words need them.
        let kept = if self.phase(now) < Phase::Closed { part("ack")? } else { Vec::new() };
        let mut acknowledgements = Vec::new();
        for (_, bytes) in kept {
            let one = Acknowledgement::from_bytes(&bytes).map_err(|_| damaged("an acknowledgement"))?;
            acknowledgements.push(one);
        }
        Ok(Board::restore(self.ceremony(chain)?, self.phase(now), deals, acknowledgements, self.logs(state)?))
    }

    fn logs(&self, state: &dyn StateRead) -> Result<Vec<(DealerLog, LogVerdict)>, StateFailure> {
        let prefix = state_key::ceremony_part(self.purpose.kind(), "log");
        let kept: Vec<(_, (Vec<u8>, u8, String))> = load_all(state, &prefix, 64)?;
        let verdict = |number, why: String| match number {
            0 => LogVerdict::Usable,
            1 => LogVerdict::Withheld,
            _ => LogVerdict::Faulty(why),
        };
        let read = |(_, (bytes, number, why)): (_, (Vec<u8>, u8, String))| {
            let log = DealerLog::from_bytes(&bytes).map_err(|_| damaged("a dealer's log"))?;
            Ok((log, verdict(number, why)))
        };
        kept.into_iter().map(read).collect()
    }
}

/// The members of the epoch before that are members still: they deal.
pub(crate) fn dealers(previous: &EpochKeys, members: &[Member]) -> Vec<PublicKey> {
    let stays = |key: &PublicKey| members.iter().any(|member| member.key() == key);
    previous.members().into_iter().filter(stays).collect()
}

/// The newest ceremonies' records, and whether each is finalised: all that is asked while none runs.
///
/// # Errors
/// When the state cannot be read.
pub fn newest_ceremonies(state: &dyn StateRead) -> Result<Vec<(RecordId, bool)>, StateFailure> {
    let mut found = Vec::new();
    for kind in ["sealing", "tokens"] {
        found.extend(Running::load(state, kind)?.map(|one| (one.record, one.finalised)));
    }
    Ok(found)
}

/// A ceremony as a member sees it.
#[derive(Clone, Debug)]
pub struct CeremonyView {
    pub record: RecordId,
    pub purpose: GroupPurpose,
    pub board: Board,
    /// The block time from which on it is closed.
    pub closes_at: TimeMs,
    pub finalised: bool,
    /// Organisations with their members' keys.
    pub seats: Vec<(OrgId, PublicKey)>,
}

/// The newest ceremony for the bids and for tokens.
///
/// # Errors
/// When the state cannot be read.
pub fn ceremonies(
    state: &dyn StateRead,
    chain: &ChainId,
    now: TimeMs,
) -> Result<Vec<CeremonyView>, StateFailure> {
    let mut views = Vec::new();
    for kind in ["sealing", "tokens"] {
        let Some(running) = Running::load(state, kind)? else { continue };
        let seats = running.seats.iter().filter_map(|seat| Some((seat.org.clone(), seat.key()?))).collect();
        views.push(CeremonyView {
            record: running.record,
            purpose: running.purpose,
            board: running.board(state, chain, now)?,
            closes_at: running.concluding_until,
            finalised: running.finalised,
            seats,
        });
    }
    Ok(views)
}

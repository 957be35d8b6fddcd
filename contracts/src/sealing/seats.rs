//! Who may sit in a group, and who must agree that its key is dealt: nobody alone decides who can open bids.
//!
//! **Invariant:** a seat belongs to an organisation whose node the genesis names, and each has one at most. A ceremony starts
//! with the signatures of all that get a seat, so its keys are theirs, and of a quorum of those who hold the key now, who
//! give it away. The quorum counts only keys that the city centre did not bring in.

use biaozheng_ledger::ids::OrgId;
use biaozheng_ledger::limits::SIGNATURES_PER_RECORD_MAX;
use biaozheng_ledger::validator::quorum_of;
use biaozheng_seal::dkg::Member;
use std::collections::BTreeSet;

use crate::chain;
use crate::chain::limits::SMALLEST_OF_ONE_FAULT;
use crate::chain::validators::Validators;
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::parties::participant::Participant;
use crate::parties::signing::signed_by;
use crate::sealing::ceremony::NamedMember;
use crate::sealing::group::{Group, GroupSeat};
use crate::sealing::refusals;

fn founders(state: &dyn StateRead) -> Result<BTreeSet<OrgId>, StateFailure> {
    let all: Option<Vec<OrgId>> = load(state, &chain::state_key::founders())?;
    Ok(all.unwrap_or_default().into_iter().collect())
}

/// The organisations that vote on blocks, where each node is one's and no fewer than four vote; else all that found the chain:
/// nobody decides alone because it runs the nodes of others.
fn deciding(state: &dyn StateRead) -> Result<BTreeSet<OrgId>, StateFailure> {
    let voting = Validators::load(state)?.map(|now| now.all).unwrap_or_default();
    let orgs: Option<BTreeSet<OrgId>> = voting.into_iter().map(|one| one.org).collect();
    match orgs {
        Some(orgs) if orgs.len() >= SMALLEST_OF_ONE_FAULT => Ok(orgs),
        _ => founders(state),
    }
}

/// Four; where more organisations vote, as many as their quorum; where fewer found the chain, all of them.
fn seats_least(deciding: usize, founders: usize) -> usize {
    quorum_of(deciding).max(SMALLEST_OF_ONE_FAULT).min(founders)
}

/// The seats as named. Revoked organisations get none, and still count for the least number: nobody shrinks the group
/// by revoking.
pub(super) fn seats(act: &Act<'_, '_, '_>, members: &[NamedMember]) -> Result<Vec<GroupSeat>, Refusal> {
    let founders = founders(act.state)?;
    let least = seats_least(deciding(act.state)?.len(), founders.len());
    // All of them sign one record.
    if members.len() < least || members.len() > SIGNATURES_PER_RECORD_MAX {
        let value = format!("{} seats, from {least} to {SIGNATURES_PER_RECORD_MAX}", members.len());
        return Err(refusals::CEREMONY_SEATS.because(value).into());
    }
    let (mut seats, mut seated) = (Vec::with_capacity(members.len()), BTreeSet::new());
    for one in members {
        let founds = founders.contains(&one.org) && seated.insert(&one.org);
        let active = Participant::load(act.state, &one.org)?.is_some_and(|org| !org.revoked);
        if !founds || !active {
            return Err(refusals::CEREMONY_SEATS.because(&one.org).into());
        }
        let member = hex::decode(&one.member).ok();
        let member = member.and_then(|bytes| <[u8; Member::SIZE_BYTES]>::try_from(bytes).ok());
        let member = member.ok_or_else(|| refusals::CEREMONY_TERMS.because(&one.org))?;
        seats.push(GroupSeat { org: one.org.clone(), member });
    }
    Ok(seats)
}

/// Refuses a start without the signatures of all seats and of a quorum of those who decide.
pub(super) fn check(act: &Act<'_, '_, '_>, seats: &[GroupSeat]) -> Result<(), Refusal> {
    let (signed, own) = signed_by(act)?;
    if let Some(seat) = seats.iter().find(|seat| !signed.contains(&seat.org)) {
        return Err(refusals::CEREMONY_CONSENT.because(format!("{} did not sign", seat.org)).into());
    }
    let holders: BTreeSet<OrgId> = match Group::sealing(act.state)? {
        Some(group) => group.seats.into_iter().map(|seat| seat.org).collect(),
        None => deciding(act.state)?,
    };
    let (quorum, agree) = (quorum_of(holders.len()), holders.intersection(&own).count());
    if agree < quorum {
        return Err(refusals::CEREMONY_CONSENT.because(format!("{agree} of {quorum} agree")).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::seats_least;

    #[test]
    fn a_group_has_four_seats_or_all_there_are_and_a_quorum_of_many() {
        let least = [1, 2, 3, 4, 5, 6, 7, 10, 16].map(|all| seats_least(all, all));
        assert_eq!(least, [1, 2, 3, 4, 4, 5, 5, 7, 11]);
        // Four vote beside a regulator and a centre that follows.
        assert_eq!((seats_least(4, 6), seats_least(5, 6), seats_least(6, 7)), (4, 4, 5));
    }
}

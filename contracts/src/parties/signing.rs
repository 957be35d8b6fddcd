//! Who signs: of every signer of every record, that it is registered and that its key is its own, valid and for this purpose.
//!
//! **Invariant:** one place asks it, of cosigners too, save of the few signers that may be no participants: see [`APART`].

use biaozheng_ledger::ids::OrgId;
use biaozheng_ledger::payload::{Party, Payload};
use std::collections::BTreeSet;

use crate::machine::act::Act;
use crate::machine::block::BlockContext;
use crate::machine::refusal::Refusal;
use crate::machine::spoken::Spoken;
use crate::machine::state::StateRead;
use crate::parties::participant::{Participant, signer};
use crate::parties::purpose::Purpose;
use crate::parties::refusals;

/// Record types a seal signs.
const SEALED: &[&str] = &[
    "tender.published",
    "evaluation.reported",
    "candidates.publicised",
    "award.notified",
    "contract.signed",
    "supervision.reported",
    "archive.sealed",
    "licence.issued",
    "licence.suspended",
    "licence.reinstated",
    "licence.revoked",
    "witness.reported",
    "evidence.recorded",
    "listing.published",
    "deal.confirmed",
    "result.publicised",
    "result.corrected",
    "invitation.issued",
    "prequal.published",
    "prequal.reviewed",
    "complaint.accepted",
    "complaint.declined",
    "complaint.decided",
    "tender.annulled",
    "step.on_paper",
];

/// Record types a session key signs.
const IN_SESSION: &[&str] = &[
    "witness.logged",
    "witness.segments",
    "rating.given",
    "evidence.recorded",
    "checkpoint.anchored",
    // What a node does by itself.
    "dkg.dealt",
    "dkg.acknowledged",
    "dkg.concluded",
    "dkg.finalised",
    "token.requested",
    "token.signed",
    "slot.opened",
    "tender.opened",
    "beacon.recovered",
    "validator.misbehaved",
];

impl Purpose {
    fn serves(self, record_type: &str) -> bool {
        match self {
            Self::Sign => true,
            Self::Seal => SEALED.contains(&record_type),
            Self::Session => IN_SESSION.contains(&record_type),
        }
    }
}

/// Signers that may be no participants: session ids of a committee, bidders' numbers, the holder of a token, and a key
/// that proves it is there before it is its organisation's. For each of them the record's contract asks for exactly the id
/// and the key it knows, and refuses any further one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Apart {
    Author,
    Cosigners,
}

const APART: &[(&str, Apart)] = &[
    ("scores.sealed", Apart::Author),
    ("scores.revealed", Apart::Author),
    ("evaluation.time_short", Apart::Author),
    ("listing.offered", Apart::Author),
    ("sealed.entered", Apart::Author),
    ("evaluation.reported", Apart::Cosigners),
    ("result.corrected", Apart::Cosigners),
    ("prequal.reviewed", Apart::Cosigners),
    ("listing.registered", Apart::Cosigners),
    ("participant.key_added", Apart::Cosigners),
];

/// Refuses a record when one of its signers is not registered, its organisation is revoked, or its key is unknown, no
/// longer valid, or used outside its purposes.
pub(crate) fn check_keys(
    state: &dyn StateRead,
    payload: &Payload,
    block: &BlockContext,
) -> Result<(), Refusal> {
    check_signer(state, payload, &payload.author, Apart::Author, block)?;
    payload
        .cosigners
        .iter()
        .try_for_each(|party| check_signer(state, payload, party, Apart::Cosigners, block))
}

fn check_signer(
    state: &dyn StateRead,
    payload: &Payload,
    party: &Party,
    place: Apart,
    block: &BlockContext,
) -> Result<(), Refusal> {
    let name = payload.record_type.name();
    if APART.contains(&(name, place)) {
        // A name of an organisation with a key it has or had is that organisation, here too.
        let own = Participant::load(state, &party.org)?.and_then(|one| one.holds(&party.key, block.height));
        if own.is_none() {
            return Ok(());
        }
    }
    let participant = signer(state, party, block.height)?;
    let Some(held) = participant.held(&party.key, block.height) else {
        return Err(refusals::KEY_REVOKED.because(party.key).into());
    };
    if let Some(end) = held.valid_until.filter(|end| *end <= block.time) {
        return Err(refusals::KEY_EXPIRED.saying(Spoken::against(end, block.time)).into());
    }
    if !held.purposes.iter().any(|purpose| purpose.serves(name)) {
        let value = format!("{:?} for {}", held.purposes, payload.record_type);
        return Err(refusals::KEY_PURPOSE.because(value).into());
    }
    Ok(())
}

/// The organisations that signed, and those of them that did with a key the city centre did not bring in.
pub(crate) fn signed_by(act: &Act<'_, '_, '_>) -> Result<(BTreeSet<OrgId>, BTreeSet<OrgId>), Refusal> {
    let (mut signed, mut own) = (BTreeSet::new(), BTreeSet::new());
    for party in act.payload.signers() {
        let one = signer(act.state, party, act.block.height)?;
        if one.line(&party.key) == Some(0) {
            own.insert(one.org.clone());
        }
        signed.insert(one.org);
    }
    Ok((signed, own))
}

//! Who signs: of every signer of every record, that it is registered and that its key is its own, valid and for this purpose.
//!
//! **Invariant:** one place asks it, of cosigners too, save of the few signers that may be no participants: see [`Apart`].

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

/// Which keys sign a record type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Those that sign everything the organisation may do (签名), and no others.
    Sign,
    /// Seals (电子印章) too.
    SignAndSeal,
    /// What a device records (会话), and what a node does by itself, too.
    SignAndSession,
    /// Keys of every purpose.
    Any,
}

impl Keys {
    /// Whether a key of this purpose signs it.
    #[must_use]
    pub const fn take(self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Sign => true,
            Purpose::Seal => matches!(self, Self::SignAndSeal | Self::Any),
            Purpose::Session => matches!(self, Self::SignAndSession | Self::Any),
        }
    }
}

/// Signers that may be no participants: session ids of a committee, bidders' numbers, the holder of a token, and a key
/// that proves it is there before it is its organisation's. For each of them the record's contract asks for exactly the id
/// and the key it knows, and refuses any further one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    Nobody,
    Author,
    Cosigners,
}

/// Refuses a record when one of its signers is not registered, its organisation is revoked, or its key is unknown, no
/// longer valid, or used outside its purposes.
pub(crate) fn check_keys(
    state: &dyn StateRead,
    payload: &Payload,
    block: &BlockContext,
    (keys, apart): (Keys, Apart),
) -> Result<(), Refusal> {
    check_signer(state, payload, &payload.author, block, (keys, apart == Apart::Author))?;
    let cosigners = (keys, apart == Apart::Cosigners);
    payload.cosigners.iter().try_for_each(|party| check_signer(state, payload, party, block, cosigners))
}

fn check_signer(
    state: &dyn StateRead,
    payload: &Payload,
    party: &Party,
    block: &BlockContext,
    (keys, may_be_nobody): (Keys, bool),
) -> Result<(), Refusal> {
    if may_be_nobody {
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
    if !held.purposes.iter().any(|purpose| keys.take(*purpose)) {
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

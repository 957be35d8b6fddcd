//! Bonds: that one was received, as a salted commitment, and its return, which opens it.
//!
//! **Invariant:** before the opening nothing of a bond is shown: who paid is who bids (招标投标法22). A return after its
//! time limit is noted; while bids are closed the note waits in the bond, since it would tell that somebody withdrew.

use crate::rulebook::parameter::{Duration, Parameter};
use crate::rulebook::parameters;
use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId, RecordId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::bidding::limits::BONDS_MAX;
use crate::bidding::{refusals, standing, state_key};
use crate::machine::act::Act;
use crate::machine::amount::Amount;
use crate::machine::refusal::Refusal;
use crate::machine::spoken::Spoken;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::machine::text;
use crate::project::Project;
use crate::project::listing::Listing;
use crate::project::refusals::{DEADLINE_PASSED, STAGE};

/// `bond.received/1`, by the hosting centre, while bids or registrations are taken. `previous` names the newest terms.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Received {
    /// [`commitment`] to payer and amount.
    pub commitment: DocumentDigest,
}

/// `bond.refunded/1`, by the hosting centre. `previous` names the bond's record.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refunded {
    pub bond: RecordId,
    pub payer: OrgId,
    pub amount: Amount,
    /// Interest that goes back with it (条例57).
    pub interest: Amount,
    /// 64 hexadecimal digits.
    pub salt: String,
}

/// A bond in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Bond {
    pub(crate) commitment: Digest,
    /// The bidder number it serves, in a listing.
    pub(crate) number: Option<OrgId>,
    pub(crate) refunded: Option<TimeMs>,
    /// A time limit that was missed while nothing may be told.
    pub(crate) late: Option<String>,
}

/// The commitment to who paid how much.
#[must_use]
pub fn commitment(project: &ProjectId, payer: &OrgId, amount: Amount, salt: &[u8; 32]) -> Digest {
    FieldHasher::new("biaozheng/bond/v1")
        .field(project.as_str().as_bytes())
        .field(payer.as_str().as_bytes())
        .number(amount.get())
        .field(salt)
        .finish()
}

pub(crate) fn receive(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    rule.at(&project)?;
    rule.party(&project, &by)?;
    act.follows(project.terms)?;
    let until = match Listing::load(act.state, &id)? {
        Some(listing) => listing.registration_until,
        None => project.deadline,
    };
    if act.block.time >= until {
        return Err(DEADLINE_PASSED.saying(Spoken::until(until)).into());
    }
    let counter = state_key::bond_count(&id);
    let count: u32 = load(act.state, &counter)?.unwrap_or(0);
    if usize::try_from(count).is_ok_and(|count| count >= BONDS_MAX) {
        return Err(refusals::BOND_UNKNOWN.because(format!("at most {BONDS_MAX}")).into());
    }
    act.state.put(counter, &count.saturating_add(1))?;
    let body: Received = act.body()?;
    let bond = Bond { commitment: *body.commitment.digest(), number: None, refunded: None, late: None };
    Ok(act.state.put(state_key::bond(&id, act.id.digest()), &bond)?)
}

/// Uses a bond for a bidder number.
pub(crate) fn serve(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    bond: Option<RecordId>,
    number: &OrgId,
) -> Result<(), Refusal> {
    let Some(record) = bond else { return refusals::LISTING_BONDLESS.err() };
    let place = state_key::bond(id, record.digest());
    let found: Option<Bond> = load(act.state, &place)?;
    let Some(mut bond) = found.filter(|bond| bond.number.is_none() && bond.refunded.is_none()) else {
        return Err(refusals::LISTING_BONDLESS.because(record).into());
    };
    bond.number = Some(number.clone());
    Ok(act.state.put(place, &bond)?)
}

/// The parameter that limits a return now, and what it is counted from.
fn limit(
    act: &Act<'_, '_, '_>,
    id: &ProjectId,
    project: &Project,
    payer: &OrgId,
) -> Result<Option<(&'static Parameter<Duration>, TimeMs)>, Refusal> {
    let standing =
        || Ok::<_, StateFailure>(standing::bids(act.state, id)?.iter().any(|bid| bid.name.bidder == *payer));
    let withdrawn: Option<TimeMs> = load(act.state, &state_key::withdrawal(id, payer))?;
    match (project.stage, withdrawn) {
        (Stage::Registered | Stage::Listed, _) | (Stage::Published, None) => refusals::BOND_STANDING.err(),
        (Stage::Published, Some(_)) if standing()? => refusals::BOND_STANDING.err(),
        (_, Some(time)) if !standing()? => Ok(Some((&parameters::BOND_REFUND_ON_WITHDRAW, time))),
        _ => Ok(contracted(project).map(|time| (&parameters::BOND_REFUND_AFTER_CONTRACT, time))),
    }
}

fn contracted(project: &Project) -> Option<TimeMs> {
    let reached = project.times.iter().any(|(stage, _)| *stage == Stage::Contracted);
    reached.then(|| project.time_of(Stage::Contracted))
}

pub(crate) fn refund(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let mut project = Project::expect(act.state, &id)?;
    rule.party(&project, &by)?;
    rule.at(&project)?;
    if project.stage == Stage::Archived {
        return Err(STAGE.saying(Spoken::new("the archive is sealed", "档案已封存")).into());
    }
    let body: Refunded = act.body()?;
    act.follows(Some(body.bond))?;
    let place = state_key::bond(&id, body.bond.digest());
    let found: Option<Bond> = load(act.state, &place)?;
    let Some(mut bond) = found.filter(|bond| bond.refunded.is_none()) else {
        return Err(refusals::BOND_UNKNOWN.because(body.bond).into());
    };
    let salt = text::secret(&body.salt)?;
    if commitment(&id, &body.payer, body.amount, &salt) != bond.commitment {
        return Err(refusals::BOND_COMMITMENT.because(body.bond).into());
    }
    let rulebook = project.pinned(act.state)?;
    if let Some((rule, from)) = limit(act, &id, &project, &body.payer)?
        && rulebook.optional_after(rule, from).is_some_and(|due| act.block.time > due)
    {
        if project.stage == Stage::Published {
            bond.late = Some(rule.name.to_owned());
        } else {
            act.note_late(&id, &mut project, rule.name);
            project.store(act.state, &id)?;
        }
    }
    bond.refunded = Some(act.block.time);
    Ok(act.state.put(place, &bond)?)
}

fn all(state: &dyn StateRead, id: &ProjectId) -> Result<Vec<Bond>, StateFailure> {
    let found: Vec<(_, Bond)> = load_all(state, &state_key::bonds(id), BONDS_MAX)?;
    Ok(found.into_iter().map(|(_, bond)| bond).collect())
}

/// True while a bond of the project has not gone back.
pub(crate) fn any_unreturned(state: &dyn StateRead, id: &ProjectId) -> Result<bool, StateFailure> {
    Ok(all(state, id)?.iter().any(|bond| bond.refunded.is_none()))
}

/// Notes at the opening what was late before it.
pub(crate) fn note_waiting(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    project: &mut Project,
) -> Result<(), Refusal> {
    for late in all(act.state, id)?.into_iter().filter_map(|bond| bond.late) {
        act.note_late(id, project, &late);
    }
    Ok(())
}

/// Notes at the archiving that a bond was never returned in time.
pub(crate) fn note_unreturned(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    project: &mut Project,
) -> Result<(), Refusal> {
    let Some(from) = contracted(project) else { return Ok(()) };
    let rule = &parameters::BOND_REFUND_AFTER_CONTRACT;
    let due = project.pinned(act.state)?.optional_after(rule, from);
    let over = due.is_some_and(|due| act.block.time > due);
    if over && any_unreturned(act.state, id)? {
        act.note_late(id, project, rule.name);
    }
    Ok(())
}

//! Bidder numbers and their rising offers.

use crate::rulebook::parameters;
use biaozheng_ledger::ids::{DocumentDigest, OrgId, RecordId};
use biaozheng_ledger::key::PublicKey;
use serde::{Deserialize, Serialize};

use super::Act;
use crate::listing::{refusals, state_key};
use crate::machine::amount::Amount;
use crate::machine::refusal::Refusal;
use crate::machine::refusals::BODY;
use crate::machine::spoken::Spoken;
use crate::machine::state::{StateRead, load};
use crate::machine::text;
use crate::parties::participant::Participant;
use crate::project::Project;
use crate::project::listing::{Listing, Number};
use crate::rulebook::limits::LISTING_NUMBERS_MAX;

/// `listing.registered/1`, by the hosting centre, which has seen that the bidder qualifies and cosigned by the number's
/// own key. `previous` names the notice.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    /// 竞买号: a pseudonym.
    pub number: OrgId,
    pub key: PublicKey,
    /// [`super::number_commitment`] to who it is.
    pub identity: DocumentDigest,
    /// The bond received for it, where the notice asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bond: Option<RecordId>,
}

/// `listing.offered/1`, by a number with its key. `previous` names the notice.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offered {
    pub lot: String,
    pub amount: Amount,
}

pub(crate) fn register(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    rule.at(&project)?;
    rule.party(&project, &by)?;
    act.follows(project.terms)?;
    let body: Registered = act.body()?;
    let mut listing = Listing::expect(act.state, &id)?;
    if act.block.time >= listing.registration_until {
        return Err(refusals::LISTING_REGISTERED.because(listing.registration_until).into());
    }
    let place = state_key::listing_number(&id, &body.number);
    let proves = matches!(act.payload.cosigners.as_slice(),
        [party] if party.org == body.number && party.key == body.key && body.key.prepare().is_ok());
    let room = usize::try_from(listing.numbers).is_ok_and(|count| count < LISTING_NUMBERS_MAX);
    let taken = act.state.get(&place)?.is_some() || Participant::load(act.state, &body.number)?.is_some();
    if !proves || !room || taken {
        return Err(refusals::LISTING_NUMBER.because(&body.number).into());
    }
    if listing.bond.get() > 0 {
        crate::bidding::bond::serve(act, &id, body.bond, &body.number)?;
    }
    listing.numbers = listing.numbers.saturating_add(1);
    let number = Number {
        number: body.number,
        key: body.key,
        identity: *body.identity.digest(),
        bond: body.bond,
        offers: std::collections::BTreeMap::new(),
    };
    act.state.put(place, &number)?;
    Ok(listing.store(act, &id)?)
}

pub(crate) fn offer(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let id = act.project_id()?;
    let mut project = Project::expect(act.state, &id)?;
    act.rule()?.at(&project)?;
    act.follows(project.terms)?;
    let signer = &act.payload.author;
    let place = state_key::listing_number(&id, &signer.org);
    let number: Option<Number> = load(act.state, &place)?;
    let number = number.filter(|number| number.key == signer.key && act.payload.cosigners.is_empty());
    let Some(mut number) = number else { return Err(refusals::LISTING_STRANGER.because(&signer.org).into()) };
    let body: Offered = act.body()?;
    let mut listing = Listing::expect(act.state, &id)?;
    let from = listing.from;
    let lot = listing.lot_mut(&body.lot)?;
    if act.block.time < from || act.block.time >= lot.end {
        return Err(refusals::LISTING_TIME.saying(Spoken::between(from, lot.end)).into());
    }
    let least = match &lot.best {
        None => lot.start.get(),
        Some((_, best)) => best.get().saturating_add(lot.increment.get()),
    };
    if body.amount.get() < least {
        return Err(refusals::LISTING_LOW.because(format!("needs {least}")).into());
    }
    lot.best = Some((number.number.clone(), body.amount));
    lot.offers = lot.offers.saturating_add(1);
    // Nobody wins by offering in the last moment: the others always have this long to answer.
    let rulebook = project.pinned(act.state)?;
    if let Some(later) = rulebook.optional_after(&parameters::EXTENSION_WINDOW, act.block.time) {
        lot.end = lot.end.max(later);
    }
    number.offers.insert(body.lot, body.amount);
    project.deadline = listing.end();
    act.state.put(place, &number)?;
    listing.store(act, &id)?;
    Ok(project.store(act.state, &id)?)
}

/// Refuses a lot's closing while it runs.
pub(crate) fn has_ended(listing: &Listing, now: biaozheng_ledger::ids::TimeMs) -> Result<(), Refusal> {
    let end = listing.end();
    if now < end {
        return Err(refusals::LISTING_RUNNING.saying(Spoken::until(end)).into());
    }
    Ok(())
}

/// The number's salt as bytes.
pub(crate) fn salt(digits: &str) -> Result<[u8; 32], Refusal> {
    text::secret(digits).map_err(|_| BODY.because("a salt is 64 hex digits").into())
}

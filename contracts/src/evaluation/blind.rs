//! 暗标: the host opens which code was whose, once every score is sealed.

use std::collections::BTreeMap;

pub use biaozheng_draw::records::BlindOpened as Opened;
use biaozheng_ledger::ids::ProjectId;

use crate::bidding::bid::Bid;
use crate::evaluation::draw::{Draw, Secret, secret_commitment};
use crate::evaluation::methods::{BlindCode, Terms, code};
use crate::evaluation::{committee, refusals};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::{StateFailure, StateRead};
use crate::machine::text;
use crate::project::{BidName, Project};

pub(crate) fn open(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    rule.at(&project)?;
    rule.party(&project, &by)?;
    act.follows(Some(project.step))?;
    let none = || Refusal::from(refusals::DRAW_NONE.reject());
    let mut draw = Draw::load(act.state, &id)?.filter(|draw| draw.blind.is_some()).ok_or_else(none)?;
    let sealed = committee::all_scores(act.state, &id, &project)?.len();
    if sealed < project.committee.len() || sealed == 0 {
        return Err(refusals::BLIND_UNSEALED
            .because(format!("{sealed} of {}", project.committee.len()))
            .into());
    }
    let body: Opened = act.body()?;
    let secret = text::secret(&body.secret)?;
    if draw.blind != Some(secret_commitment(Secret::Blind, &id, &secret)) || draw.blind_secret.is_some() {
        return refusals::BLIND_SECRET.err();
    }
    draw.blind_secret = Some(secret);
    draw.store(act, &id)
}

/// Bids by lot and code.
pub(crate) type Owners = BTreeMap<(String, BlindCode), BidName>;

/// Whose each code is, by lot and code; `None` while it must not be known.
pub(crate) fn mapping(
    state: &dyn StateRead,
    id: &ProjectId,
    terms: &Terms,
    bids: &[Bid],
) -> Result<Option<Owners>, StateFailure> {
    if terms.blind.is_empty() {
        return Ok(Some(BTreeMap::new()));
    }
    let draw = Draw::load(state, id)?;
    let opened = draw.and_then(|draw| Some((draw.seed?, draw.blind_secret?)));
    let Some((seed, secret)) = opened else { return Ok(None) };
    let row = |bid: &Bid| ((bid.lot.clone(), code(&seed, &secret, &bid.lot, &bid.name)), bid.name.clone());
    Ok(Some(bids.iter().map(row).collect()))
}

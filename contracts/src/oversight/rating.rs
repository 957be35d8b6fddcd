//! 好差评: one rating of each finished step by each who took part.
//!
//! **Invariant:** a rating never tells who bids. Bidders rate after their bids were opened and only then.

use biaozheng_ledger::ids::ProjectId;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::bidding::standing;
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::machine::text::text;
use crate::oversight::limits::RATING_TEXT_BYTES_MAX;
use crate::oversight::{refusals, state_key};
use crate::parties::participant::Participant;
use crate::project::Project;

/// `rating.given/1`, by the tenderee, its agency or a bidder whose bid was opened.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// A step that is finished.
    pub step: Stage,
    /// 1 很不满意 to 5 非常满意.
    pub rating: u8,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// How often each of 1 to 5 was given to a step.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct StepCounts {
    pub(crate) step: Stage,
    pub(crate) counts: [u32; 5],
}

fn took_part(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    by: &Participant,
) -> Result<bool, StateFailure> {
    if project.by_tenderee(&by.org).is_ok() {
        return Ok(true);
    }
    // A tender that failed for want of bidders was not opened: its bids stay closed, and so do ratings.
    let was_opened = project.times.iter().any(|(stage, _)| *stage == Stage::Opened);
    Ok(was_opened && standing::bids(state, id)?.iter().any(|bid| bid.name.bidder == by.org))
}

pub(crate) fn give(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    rule.at(&project)?;
    let body: Given = act.body()?;
    let place = usize::from(body.rating).checked_sub(1).filter(|place| *place < 5);
    let Some(place) = place.filter(|_| body.text.len() <= RATING_TEXT_BYTES_MAX) else {
        return refusals::RATING_RANGE.err();
    };
    if !body.text.is_empty() {
        text(&body.text)?;
    }
    if !took_part(act.state, &id, &project, &by)? {
        return refusals::RATING_PARTY.err();
    }
    let finished = project.times.iter().any(|(stage, _)| *stage == body.step);
    if !finished || project.stage == Stage::Archived {
        return refusals::RATING_STEP.err();
    }
    let step = format!("{:?}", body.step).to_lowercase();
    let key = state_key::rating(&id, &step, &by.org);
    if act.state.get(&key)?.is_some() {
        return refusals::RATING_ONCE.err();
    }
    act.state.put(key, &(act.id, body.rating))?;
    for key in [state_key::rating_counts(&id), state_key::centre_rating_counts(&project.centre)] {
        let mut counts = counts(act.state, &key)?;
        if !counts.iter().any(|one| one.step == body.step) {
            counts.push(StepCounts { step: body.step, counts: [0; 5] });
            counts.sort_by_key(|one| one.step);
        }
        let step = counts.iter_mut().find(|one| one.step == body.step);
        if let Some(count) = step.and_then(|one| one.counts.get_mut(place)) {
            *count = count.saturating_add(1);
        }
        act.state.put(key, &counts)?;
    }
    Ok(())
}

pub(crate) fn counts(state: &dyn StateRead, key: &[u8]) -> Result<Vec<StepCounts>, StateFailure> {
    Ok(load(state, key)?.unwrap_or_default())
}

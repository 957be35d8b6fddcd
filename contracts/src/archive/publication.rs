//! The publication of indicators: every node recomputes the numbers and refuses others.

use biaozheng_ledger::ids::{OrgId, TimeMs};
use serde::{Deserialize, Serialize};

use crate::archive::indicators::{Indicators, compute};
use crate::archive::{refusals, state_key};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::spoken::Spoken;
use crate::parties::participant::{Role, author};
use crate::parties::refusals::ROLE;

/// `indicators.published/1`, by the city centre, or by a district centre about itself.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// One centre's projects; everybody's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre: Option<OrgId>,
    /// Projects whose archive was sealed from here on,
    pub from_ms: TimeMs,
    /// and before this.
    pub until_ms: TimeMs,
    pub indicators: Indicators,
}

pub(crate) fn publish(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(act.state, act.payload, act.block.height, &[Role::CityCentre, Role::DistrictCentre])?;
    let body: Published = act.body()?;
    if !by.has(Role::CityCentre) && body.centre.as_ref() != Some(&by.org) {
        return ROLE.err();
    }
    // A period that is not over could still gain projects: two honest publications would differ.
    if body.from_ms >= body.until_ms || body.until_ms > act.block.time {
        return Err(refusals::INDICATORS_PERIOD.saying(Spoken::now(act.block.time)).into());
    }
    let computed = compute(act.state, body.centre.as_ref(), body.from_ms, body.until_ms)?;
    let Some(computed) = computed else { return refusals::INDICATORS_PERIOD.err() };
    if let Some(name) = computed.first_difference(&body.indicators) {
        return Err(refusals::INDICATORS_DIFFER.because(name).into());
    }
    let published = (body.centre, body.from_ms, body.until_ms, by.org, act.block.time);
    Ok(act.state.put(state_key::published_indicators(act.id.digest()), &published)?)
}

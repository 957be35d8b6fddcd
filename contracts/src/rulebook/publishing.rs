//! A rulebook comes into force for the notices that follow.

use biaozheng_ledger::digest::Digest;
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::load;
use crate::parties::participant::{Role, author};
use crate::rulebook;
use crate::rulebook::{Rulebook, refusals, state_key};

/// `rulebook.published/1`, by the city centre.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulebookPublished {
    pub toml: String,
}

pub(crate) fn publish_rulebook(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    author(act.state, act.payload, act.block.height, &[Role::CityCentre])?;
    let body: RulebookPublished = act.body()?;
    let book = Rulebook::parse(&body.toml).map_err(|error| refusals::RULEBOOK_INVALID.because(error))?;
    let newest: Option<(u32, Digest)> = load(act.state, &state_key::newest_rulebook(book.category()))?;
    let next = newest.map_or(1, |(version, _)| version.saturating_add(1));
    if book.version() != next {
        return Err(refusals::RULEBOOK_VERSION
            .because(format!("expected {next}, found {}", book.version()))
            .into());
    }
    let digest = Rulebook::digest(&body.toml);
    act.state.put(state_key::rulebook_record(&digest), &act.id)?;
    Ok(rulebook::publish(act.state, &book, &body.toml)?)
}

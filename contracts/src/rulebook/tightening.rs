//! What a district centre tightens in the city's rulebook of a category, for the projects it hosts.

use biaozheng_ledger::digest::Digest;
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::refusal::{Refusal, Reject};
use crate::machine::state::load;
use crate::parties::participant::{Role, author};
use crate::rulebook;
use crate::rulebook::{Rulebook, Tightening, TighteningError};
use crate::rulebook::{pins, refusals, state_key};

/// `rulebook.tightened/1`, by a district centre. A text without parameters takes back what the one before tightened.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tightened {
    pub toml: String,
}

pub(crate) fn publish(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(act.state, act.payload, act.block.height, &[Role::DistrictCentre])?;
    let body: Tightened = act.body()?;
    let district =
        Tightening::parse(&body.toml).map_err(|error| refusals::TIGHTENING_INVALID.because(error))?;
    if *district.centre() != by.org {
        return Err(refusals::TIGHTENING_CENTRE.because(district.centre()).into());
    }
    let newest: Option<(u32, Digest)> = load(act.state, &state_key::newest_rulebook(district.category()))?;
    let Some((_, base)) = newest.filter(|(_, digest)| digest == district.base()) else {
        let value = newest.map_or_else(|| "no rulebook".to_owned(), |(_, digest)| digest.to_string());
        return Err(refusals::TIGHTENING_BASE.because(value).into());
    };
    let before = pins::newest_tightening(act.state, district.category(), &by.org)?;
    let next = before.map_or(1, |(version, _)| version.saturating_add(1));
    if district.version() != next {
        return Err(refusals::TIGHTENING_VERSION
            .because(format!("expected {next}, found {}", district.version()))
            .into());
    }
    let missing = || crate::machine::state::StateFailure("the newest rulebook".into());
    let book = Rulebook::load(act.state, &base)?.ok_or_else(missing)?;
    book.judge(&district).map_err(|error| refusal(&book, error))?;
    let digest = Rulebook::digest(&body.toml);
    act.state.put(state_key::tightening(&digest), &body.toml)?;
    act.state.put(state_key::tightening_record(&digest), &act.id)?;
    act.state
        .put(state_key::newest_tightening(district.category(), &by.org), &(district.version(), digest))?;
    Ok(rulebook::commit(act.state, "biaozheng/tightenings/v1", &digest)?)
}

/// Names the parameter, both values, and the article the rulebook's value stands on.
fn refusal(book: &Rulebook, error: TighteningError) -> Reject {
    match error {
        TighteningError::Looser { parameter, base, found } => {
            refusals::TIGHTENING_LOOSER.by(book, &parameter, format!("{parameter}: {base}, found {found}"))
        }
        TighteningError::NotInBase(parameter) | TighteningError::Fixed(parameter) => {
            refusals::TIGHTENING_FIXED.by(book, &parameter, &parameter)
        }
        TighteningError::Impossible(parameter) => {
            refusals::TIGHTENING_INVALID.by(book, &parameter, &parameter)
        }
        other => refusals::TIGHTENING_INVALID.because(other),
    }
}

//! The evaluation terms a notice fixes, in state apart from the project.

use biaozheng_ledger::ids::ProjectId;

use crate::evaluation::methods::Terms;
use crate::evaluation::{refusals, state_key};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::project::Project;

/// The terms of a project; the plain ones where its notice names none.
pub(crate) fn of(state: &dyn StateRead, id: &ProjectId) -> Result<Terms, StateFailure> {
    Ok(load(state, &state_key::evaluation_terms(id))?.unwrap_or_default())
}

/// Fixes the terms with the notice.
pub(crate) fn fix(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    project: &Project,
    terms: Option<Terms>,
) -> Result<(), Refusal> {
    let Some(terms) = terms else { return Ok(()) };
    if !terms.fit(project.method, &project.criteria) {
        return refusals::TERMS.err();
    }
    Ok(act.state.put(state_key::evaluation_terms(id), &terms)?)
}

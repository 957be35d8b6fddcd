//! The windows after a sealed tender's deadline, one after another: the group's, then the bidders' two of the fallback.
//!
//! **Invariant:** all count from the later of the deadline and the end of the last suspension, and a window begins only
//! where the one before it is over. No price of the fallback is visible before the window in which bidders bind is over.

use crate::rulebook::parameters;
use biaozheng_ledger::ids::{ProjectId, TimeMs};

use crate::machine::state::{StateFailure, StateRead};
use crate::project::Project;
use crate::project::suspension;
use crate::rulebook::Rulebook;

/// The last block time of each window; the next begins after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Windows {
    /// The deadline, or the end of the last suspension after it.
    pub(crate) since: TimeMs,
    /// The group opens.
    pub(crate) group_until: TimeMs,
    /// Each bidder binds the entry that stands.
    pub(crate) bind_until: TimeMs,
    /// Bidders prove what they bound.
    pub(crate) prove_until: TimeMs,
}

impl Windows {
    pub(crate) fn of(
        state: &dyn StateRead,
        id: &ProjectId,
        project: &Project,
        rulebook: &Rulebook,
        now: TimeMs,
    ) -> Result<Self, StateFailure> {
        Ok(Self::from(rulebook, suspension::counted_from(state, id, project, rulebook, now)?))
    }

    /// The last moment in which anybody may act after a deadline, sealed to the group or by commitment.
    pub(crate) fn last_moment(rulebook: &Rulebook, by_group: bool, since: TimeMs) -> TimeMs {
        if by_group {
            return Self::from(rulebook, since).prove_until;
        }
        rulebook.optional_after(&parameters::REVEAL_WINDOW, since).unwrap_or(since)
    }

    /// `sealing_signature_window` for the group, then `reveal_window` for each of the bidders' two steps.
    fn from(rulebook: &Rulebook, since: TimeMs) -> Self {
        let group_until =
            rulebook.optional_after(&parameters::SEALING_SIGNATURE_WINDOW, since).unwrap_or(since);
        let bind_until = rulebook.after(&parameters::REVEAL_WINDOW, group_until);
        Self {
            since,
            group_until,
            bind_until,
            prove_until: rulebook.after(&parameters::REVEAL_WINDOW, bind_until),
        }
    }
}

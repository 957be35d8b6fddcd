//! Invited tenders (邀请招标): on a named ground only, to a list nobody sees before the opening.

use crate::rulebook::parameters;
use biaozheng_ledger::ids::DocumentDigest;
use serde::{Deserialize, Serialize};

use crate::bidding::admission::{Admission, EVERY_LOT};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::text::text;
use crate::rulebook::Procedure;
use crate::rulebook::pins;
use crate::tender;
use crate::tender::{origin, refusals};

/// `invitation.issued/1`, by the tenderee. There is no notice to the public; `terms.notice` is the invitation's text.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// One of the rulebook's `invitation_grounds`.
    pub ground: String,
    /// The facts behind the ground, and who approved.
    pub reason: String,
    /// [`super::admission::root`] over the invitees.
    pub invitees: DocumentDigest,
    pub terms: tender::Published,
}

pub(crate) fn issue(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Issued = act.body()?;
    let digest = *body.terms.rulebook.digest();
    let (id, project, _) = act.step_under(&act.rule_under(&digest)?)?;
    text(&body.reason)?;
    let named = body.terms.tightening.map(|digest| *digest.digest());
    let rulebook = pins::pin(act.state, &id, &project.centre, digest, named)?;
    rulebook.is_for(Procedure::Invited)?;
    origin::check_approval(act.state, &id, &rulebook)?;
    if !rulebook.lists(&parameters::INVITATION_GROUNDS, &body.ground) {
        let ground: String = body.ground.chars().take(40).collect();
        return Err(refusals::INVITATION_GROUND.under(&rulebook, ground).into());
    }
    let lists = vec![(EVERY_LOT.to_owned(), *body.invitees.digest())];
    Admission { lists, least: parameters::INVITEES_MIN.name.into(), disclosed: false }.store(act, &id)?;
    tender::fix_terms(act, &id, project, body.terms, &rulebook)
}

//! The beacon: the group's signature over a draw's label is its seed.
//!
//! **Invariant:** the draw's request stands on chain before anybody signs, one label has one signature, and the label stays
//! what is drawn until it has it: nobody can try for another seed.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::ProjectId;
use biaozheng_seal::group::GroupSignature;
use biaozheng_seal::label::Label;
use biaozheng_seal::sealing::SealingGroup;

use crate::evaluation::draw::Draw;
use crate::evaluation::refusals;
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::project;
use crate::project::Project;
use crate::sealing::ceremony;
use crate::sealing::group::{Group, by_member};
use biaozheng_draw::randomness::{self, BeaconVerifier, Randomness, Source};
pub use biaozheng_draw::records::Recovered;

/// Verifies with the group's key on chain; nothing verifies on a chain without a group.
#[derive(Clone, Copy, Debug)]
pub struct GroupBeacon(Option<SealingGroup>);

impl GroupBeacon {
    #[must_use]
    pub const fn new(group: SealingGroup) -> Self {
        Self(Some(group))
    }

    pub(crate) fn on_chain(act: &Act<'_, '_, '_>) -> Result<Self, Refusal> {
        let group = Group::sealing(act.state)?;
        Ok(Self(group.map(|group| group.of_chain(act.state, &act.block.chain)).transpose()?))
    }
}

impl BeaconVerifier for GroupBeacon {
    fn verify(&self, label: &Digest, signature: &[u8]) -> bool {
        let Some(group) = &self.0 else { return false };
        let Ok(bytes) = <[u8; 48]>::try_from(signature) else { return false };
        let label = Label::beacon(&group.chain, label);
        GroupSignature::from_bytes(&bytes).is_ok_and(|one| one.verify(&group.key, &label).is_ok())
    }
}

pub(crate) fn recover(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Recovered = act.body()?;
    by_member(act)?;
    let id = act.project_id()?;
    let mut project = Project::expect(act.state, &id)?;
    act.rule()?.at(&project)?;
    let mut draw = Draw::load(act.state, &id)?.ok_or_else(|| Refusal::from(refusals::DRAW_NONE.reject()))?;
    if draw.seed.is_some() {
        return refusals::DRAW_SETTLED.err();
    }
    if !matches!(draw.source, Source::Beacon {}) {
        return refusals::RANDOMNESS_COMMITMENT.err();
    }
    let signature = hex::decode(&body.signature).map_err(ceremony::form)?;
    let label = randomness::label(&id, &draw.request);
    let seed = Randomness::Beacon { signature }.seed(&label, &GroupBeacon::on_chain(act)?);
    draw.seed = Some(seed.map_err(|error| refusals::RANDOMNESS_BEACON.because(error))?);
    draw.answered(act, &id, &mut project)
}

/// Keeps a draw that waits for the beacon where members find it, until they answer. On a chain without a group it waits
/// until there is one, or until its window is over and it is requested anew.
pub(crate) fn wait(act: &mut Act<'_, '_, '_>, id: &ProjectId) -> Result<(), Refusal> {
    Ok(act.state.put(project::state_key::waiting_draw(id), id)?)
}

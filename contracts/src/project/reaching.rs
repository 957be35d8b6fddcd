//! A project reaches its next stage, and what follows a project's stage is brought to its place.

use biaozheng_ledger::ids::ProjectId;

use crate::machine::act::Act;
use crate::machine::block::Event;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::StateRead as _;
use crate::project::{Project, state_key};

impl Act<'_, '_, '_> {
    /// Ends a step: the project stands at `stage`, and the next step names this record.
    pub(crate) fn reached(
        &mut self,
        id: &ProjectId,
        project: &mut Project,
        stage: Stage,
    ) -> Result<(), Refusal> {
        if project.stage != stage {
            project.reach(stage, self.block.time);
            self.events.push(Event::Stage { project: id.clone(), stage });
        }
        project.step = self.id;
        project.store(self.state, id)?;
        crate::project::waiting::place(self.state, id, self.block.time)?;
        forget_unless(self, id, stage == Stage::Opened)
    }

    /// Notes that a legal deadline was missed. The truth is recorded late rather than not at all.
    pub(crate) fn note_late(&mut self, id: &ProjectId, project: &mut Project, rule: &str) {
        project.late.push(rule.to_owned());
        self.events.push(Event::Late { project: id.clone(), rule: rule.to_owned() });
    }
}

/// A project that is no longer where it can be drawn waits for no beacon, and keeps no other one waiting.
pub(crate) fn forget_unless(act: &mut Act<'_, '_, '_>, id: &ProjectId, drawn: bool) -> Result<(), Refusal> {
    let key = state_key::waiting_draw(id);
    if !drawn && act.state.get(&key)?.is_some() {
        act.state.remove(key);
    }
    Ok(())
}

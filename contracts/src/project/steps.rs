//! Who may do a record now: read from the step of the rulebook the project lives under.
//!
//! **Invariant:** no act names a stage it may come from or a role that may sign: only the step does. What an act computes
//! from what the stages before have left is code, and so is who among the holders of a role is meant by it.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::ProjectId;

use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::spoken;
use crate::machine::spoken::{Named as _, Spoken};
use crate::parties::participant::{Participant, Role, signer};
use crate::parties::refusals::ROLE;
use crate::project::Project;
use crate::project::refusals;
use crate::rulebook::refusals::STEP;
use crate::rulebook::steps::before_rulebook;
use crate::rulebook::{Rulebook, Signer, Step};

impl Signer {
    const fn role(self) -> Option<Role> {
        match self {
            Self::CityCentre => Some(Role::CityCentre),
            Self::DistrictCentre => Some(Role::DistrictCentre),
            Self::Regulator => Some(Role::Regulator),
            Self::Tenderee => Some(Role::Tenderee),
            Self::Agency => Some(Role::Agency),
            Self::Bidder => Some(Role::Bidder),
            Self::Expert => Some(Role::Expert),
            Self::Witness => Some(Role::Witness),
            // The record's code says who.
            Self::Participant | Self::Member | Self::Number | Self::Party | Self::Group => None,
        }
    }

    fn is_held_by(self, one: &Participant) -> bool {
        self.role().is_none_or(|role| one.has(role))
    }

    /// The project's own tenderee, agency or hosting centre; whoever holds any other role.
    fn is_party(self, project: &Project, one: &Participant) -> bool {
        match self {
            Self::Tenderee => one.org == project.tenderee,
            Self::Agency => project.agency.as_ref() == Some(&one.org),
            Self::CityCentre | Self::DistrictCentre => one.org == project.centre,
            _ => true,
        }
    }
}

impl Step {
    /// The author, with one of the step's roles.
    pub(crate) fn author(&self, act: &Act<'_, '_, '_>) -> Result<Participant, Refusal> {
        let participant = signer(act.state, &act.payload.author, act.block.height)?;
        if self.roles.iter().any(|role| role.is_held_by(&participant)) {
            return Ok(participant);
        }
        Err(ROLE.saying(spoken::one_of(&self.roles)).into())
    }

    /// The project is where this step may be done.
    pub(crate) fn at(&self, project: &Project) -> Result<(), Refusal> {
        if self.from.is_empty() || self.from.contains(&project.stage) {
            return Ok(());
        }
        let found = Spoken::new(
            format!("needs {:?}, is {:?}", self.from, project.stage),
            format!("须为下列环节之一：{}；现为：{}", spoken::names(&self.from), project.stage.zh()),
        );
        Err(refusals::STAGE.saying(found).into())
    }

    /// The author is this project's own holder of a role.
    pub(crate) fn party(&self, project: &Project, by: &Participant) -> Result<(), Refusal> {
        if self.roles.iter().any(|role| role.is_held_by(by) && role.is_party(project, by)) {
            return Ok(());
        }
        refusals::NOT_OWNER.err()
    }
}

impl Act<'_, '_, '_> {
    /// The step this record is, in the rulebook its project lives under.
    pub(crate) fn rule(&self) -> Result<Step, Refusal> {
        self.find_rule("", None)
    }

    /// The same for one case of a record type.
    pub(crate) fn rule_of(&self, case: &str) -> Result<Step, Refusal> {
        self.find_rule(case, None)
    }

    /// The same for a record that names the rulebook the project is to live under, where it has none yet.
    pub(crate) fn rule_under(&self, named: &Digest) -> Result<Step, Refusal> {
        self.find_rule("", Some(named))
    }

    fn find_rule(&self, case: &str, named: Option<&Digest>) -> Result<Step, Refusal> {
        let mut name = self.payload.record_type.to_string();
        if !case.is_empty() {
            name = format!("{name}:{case}");
        }
        let project = match &self.payload.project {
            Some(id) => Project::load(self.state, id)?,
            None => None,
        };
        let book = match (project.filter(|project| project.rulebook.is_some()), named) {
            (Some(project), _) => Some(project.pinned(self.state)?),
            (None, Some(digest)) => Rulebook::load(self.state, digest)?,
            (None, None) => None,
        };
        let step = match book {
            Some(book) => book.step(&name)?,
            None => before_rulebook(&name),
        };
        Ok(step.ok_or_else(|| STEP.because(&name))?)
    }

    /// The project and the author of its next step: right role, right stage, right predecessor, the project's own party.
    pub(crate) fn step(&self) -> Result<(ProjectId, Project, Participant), Refusal> {
        self.step_under(&self.rule()?)
    }

    pub(crate) fn step_under(&self, rule: &Step) -> Result<(ProjectId, Project, Participant), Refusal> {
        let by = rule.author(self)?;
        let id = self.project_id()?;
        let project = Project::expect(self.state, &id)?;
        rule.at(&project)?;
        self.follows(Some(project.step))?;
        rule.party(&project, &by)?;
        Ok((id, project, by))
    }
}

//! The block a record is executed in, and what happened in it.

use biaozheng_ledger::ids::{ChainId, Height, ProjectId, TimeMs};

use crate::machine::stage::Stage;

/// The block a record is executed in.
#[derive(Clone, Copy, Debug)]
pub struct BlockContext {
    pub chain: ChainId,
    pub height: Height,
    pub time: TimeMs,
}

/// What happened, for those who follow along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A project reached another stage.
    Stage { project: ProjectId, stage: Stage },
    /// A legal deadline was missed; the record stands all the same.
    Late { project: ProjectId, rule: String },
}

/// What an accepted record did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub project: Option<ProjectId>,
    pub position_in_project: Option<u64>,
    pub events: Vec<Event>,
}

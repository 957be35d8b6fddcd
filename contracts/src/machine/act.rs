//! An act: what one record does to the state, and what its execution sees.
//!
//! **Invariant:** knows no domain. What a project is, who may sign and which rule holds stands above.

use biaozheng_ledger::ids::{ProjectId, RecordId};
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::payload::Payload;
use serde::de::DeserializeOwned;

use crate::machine::block::{BlockContext, Event};
use crate::machine::refusal::{Refusal, Reject};
use crate::machine::spoken::Spoken;
use crate::machine::state::Overlay;
use crate::machine::{explain, refusals};

/// What an act's execution sees.
pub(crate) struct Act<'a, 'b, 'c> {
    pub(crate) state: &'a mut Overlay<'c>,
    pub(crate) block: &'a BlockContext,
    pub(crate) id: RecordId,
    pub(crate) payload: &'a Payload,
    pub(crate) events: &'b mut Vec<Event>,
}

pub(crate) type Check = fn(&Payload) -> Result<(), Reject>;
pub(crate) type Execute = fn(&mut Act<'_, '_, '_>) -> Result<(), Refusal>;

/// The act's body.
pub(crate) fn body<T: DeserializeOwned>(payload: &Payload) -> Result<T, Reject> {
    from_value(&payload.body).map_err(|error| match explain::explain::<T>(&payload.body) {
        Some(spoken) => refusals::BODY.saying(spoken),
        None => refusals::BODY.because(error.to_string().chars().take(200).collect::<String>()),
    })
}

pub(crate) fn form<T: DeserializeOwned>(payload: &Payload) -> Result<(), Reject> {
    body::<T>(payload).map(drop)
}

pub(crate) fn in_project<T: DeserializeOwned>(payload: &Payload) -> Result<(), Reject> {
    if payload.project.is_none() {
        return Err(refusals::PROJECT_MISSING.reject());
    }
    form::<T>(payload)
}

impl Act<'_, '_, '_> {
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Reject> {
        body(self.payload)
    }

    pub(crate) fn project_id(&self) -> Result<ProjectId, Reject> {
        self.payload.project.clone().ok_or_else(|| refusals::PROJECT_MISSING.reject())
    }

    /// Refuses unless `previous` names exactly this record.
    pub(crate) fn follows(&self, expected: Option<RecordId>) -> Result<(), Reject> {
        if self.payload.previous == expected {
            return Ok(());
        }
        Err(match expected {
            Some(id) => {
                refusals::PREVIOUS.saying(Spoken::new(format!("expected {id}"), format!("应为 {id}")))
            }
            None => refusals::PREVIOUS.saying(Spoken::new("expected none", "首个记录不应有前序记录")),
        })
    }
}

//! Bids: sealed, withdrawn, revealed; who may bid, with which bond, licence and building model.

pub mod admission;
pub mod applicant;
pub mod bid;
pub mod bond;
pub mod building_model;
pub mod eligibility;
pub mod eligible;
pub mod ifc;
pub mod limits;
pub(crate) mod refusals;
pub mod standing;
pub(crate) mod state_key;
pub mod traces;
pub mod view;

//! What regulators and witnesses record: alerts, sittings, ratings.

pub mod alert;
pub mod alerts;
pub mod limits;
pub mod rating;
pub(crate) mod refusals;
pub mod sitting;
pub(crate) mod state_key;
pub mod timers;
pub mod view;

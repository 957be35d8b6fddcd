//! Who takes part: participants, their keys and what these sign, credit, licences.

pub mod credit;
pub mod credit_code;
pub mod founding;
pub mod keys;
pub mod licence;
pub mod limits;
pub mod participant;
pub mod purpose;
pub(crate) mod refusals;
pub mod registration;
pub mod signing;
pub(crate) mod state_key;
pub mod view;

//! How blocks are decided, executed and written.

pub mod application;
pub mod consensus;
pub mod demand;
pub mod effects;
pub mod executor;
pub mod misbehaviour;
pub mod progress;
pub mod project_order;
pub mod readiness;
pub mod voters;

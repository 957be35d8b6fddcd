//! How blocks are decided, executed and written.

pub mod application;
pub mod consensus;
pub mod executor;
pub mod misbehaviour;
pub mod project_order;

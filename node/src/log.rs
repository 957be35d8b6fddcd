//! What is said of decided blocks: checkpoints, the lines of outside witnesses, timestamps.

pub mod certificates;
pub mod checkpointer;
pub mod timestamping;
pub mod witnessing;

//! What every act runs on: acts, blocks, state, refusals, moments. Knows no domain.

pub mod act;
pub mod amount;
pub mod block;
pub mod calendar;
pub mod capitals;
pub mod duration;
pub mod explain;
pub mod limits;
pub mod memory;
pub mod moment;
pub mod refusal;
pub(crate) mod refusals;
pub mod spoken;
pub mod stage;
pub mod state;
pub mod text;

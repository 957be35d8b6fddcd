//! Puts a node together and runs it: configuration, keys, log, numbers, the control socket and the clock.

pub mod clock;
pub mod clocks;
pub mod config;
pub mod control;
pub mod damage;
pub mod descriptors;
pub mod handles;
pub mod keys;
pub mod logging;
pub mod metrics;
pub mod node;

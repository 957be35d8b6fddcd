//! Puts a node together and runs it: configuration, keys, log, numbers, the control socket and the clock.
//!
//! [`node`] is the way from a configuration to a node that runs and ends. Its parts are made in one place (`parts`), which
//! alone sees them all; every task holds the handles it uses.

mod announce;
pub mod clock;
pub mod clocks;
pub mod config;
pub mod control;
pub mod damage;
pub mod descriptors;
pub mod identity;
pub mod keys;
pub mod logging;
pub mod metrics;
pub mod node;
mod parts;
mod peers;
mod secrets;
mod steady;
pub mod stop;

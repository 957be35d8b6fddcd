//! The store from outside: what survives, what is refused, what damage does. One program, so RocksDB is linked once.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    missing_debug_implementations
)]

mod bounds;
mod chain;
mod commits;
mod crashes;
mod damage;
mod figures;
mod flipped_bits;
mod opening;
mod raw;

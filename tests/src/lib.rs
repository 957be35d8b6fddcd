//! System tests and tools that run a real consortium: separate processes, real sockets, real disks.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test that overflows should fail"
)]

pub mod archive;
pub mod called;
pub mod capture;
pub mod cluster;
pub mod draws;
pub mod freeze;
pub mod groups;
pub mod lone;
pub mod oversight;
pub mod progress;
pub mod replay;
pub mod scenes;
pub mod search;
pub mod standing;
pub mod tender;
pub mod tls;
pub mod voting;

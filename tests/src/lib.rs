//! System tests and tools that run a real consortium: separate processes, real sockets, real disks.

pub mod cluster;
pub mod replay;

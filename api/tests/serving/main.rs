//! The API over real sockets and its own routes: deadlines, documents, the public log, the pages. One binary, since each
//! links the same crates.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod deadlines;
mod documents;
mod log;
mod pages;
mod server;

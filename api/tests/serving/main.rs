//! The API over real sockets and its own routes: deadlines, documents, the public log, the pages. One binary, since each
//! links the same crates.

mod deadlines;
mod documents;
mod log;
mod pages;
mod server;

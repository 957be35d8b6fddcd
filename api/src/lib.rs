//! The HTTP face of a node: what goes in, what comes out, and nothing about how a node works.
//!
//! **Invariant:** every answer that is no success is RFC 9457 problem details with a stable code and a request id;
//! every body, header, connection and wait has a limit.

pub mod backend;
mod deadline;
mod description;
mod disposition;
mod documents;
mod forms;
mod handler;
mod limits;
mod linger;
mod log;
pub mod pages;
mod problem;
mod routes;
pub mod schemas;
mod serve;
mod shortage;

pub use backend::{
    Backend, BackendError, Lookup, NamedDocument, Newest, Settled, SubmitError, Submitted, Wanted, Word,
};
pub use limits::ApiLimits;
pub use problem::Problem;
pub use routes::{openapi, router};
pub use serve::{serve, serve_router};
pub use shortage::Shortage;

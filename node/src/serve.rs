//! The node behind the API, its documents and webhooks.

pub mod backend;
pub mod documents;
pub mod webhook;

//! How the programs of this workspace call others over HTTP and HTTPS: the one place where a client is made, and where it
//! is said in words what a call failed on.
//!
//! **Invariant:** no client follows a redirect or takes a proxy from the environment, and every one judges certificates
//! the same way: by the authorities of the operating system and those the program was told of ([`Trust`]).

mod answer;
mod failure;
mod trust;

pub use answer::{RETRY_AFTER_MAX, redirect, redirect_to_host, retry_after};
pub use failure::reason;
pub use trust::{Trust, TrustError};

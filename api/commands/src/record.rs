//! Records, whoever makes them: their types, one signature or many, sending them, and their certificates.

pub(crate) mod certificate;
pub(crate) mod processes;
pub(crate) mod secrets;
pub(crate) mod sign;
pub(crate) mod signatures;
pub(crate) mod signer;
pub(crate) mod submit;
pub(crate) mod types;

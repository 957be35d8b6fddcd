//! The hosting centre's secrets: committed in the request, before there is any randomness, and opened later.

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::ProjectId;

/// Which of the host's two secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    Draw,
    Blind,
}

/// `H("biaozheng/draw-secret/v1" or "biaozheng/blind-secret/v1", project, secret)`.
#[must_use]
pub fn secret_commitment(which: Secret, project: &ProjectId, secret: &[u8; 32]) -> Digest {
    let domain = match which {
        Secret::Draw => "biaozheng/draw-secret/v1",
        Secret::Blind => "biaozheng/blind-secret/v1",
    };
    FieldHasher::new(domain).field(project.as_str().as_bytes()).field(secret).finish()
}

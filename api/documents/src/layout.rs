//! Where objects stand.

use biaozheng_ledger::ids::DocumentDigest;
use object_store::path::Path;
use rand::RngCore as _;

pub(crate) const INCOMING: &str = "incoming";

/// `sha256/ab/cdef…`
pub(crate) fn document(digest: &DocumentDigest) -> Path {
    let hex = digest.digest().hex();
    let (folder, name) = hex.split_at_checked(2).unwrap_or_default();
    Path::from_iter(["sha256", folder, name])
}

/// A new place for what is being received.
pub(crate) fn incoming() -> Path {
    let mut name = [0; 16];
    rand::rngs::OsRng.fill_bytes(&mut name);
    Path::from_iter([INCOMING, &hex::encode(name)])
}

/// Never deleted; see [`crate::probe`].
pub(crate) fn probe() -> Path {
    Path::from_iter(["probe", "write-once"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use biaozheng_ledger::digest::Digest;

    #[test]
    fn a_document_stands_under_its_digest() {
        let digest = DocumentDigest::new(Digest::of(b""));
        assert_eq!(
            document(&digest).as_ref(),
            "sha256/e3/b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_ne!(incoming(), incoming());
    }
}

//! The certificates a verifier trusts for timestamps, given from outside.

use x509_cert::Certificate;
use x509_cert::der::Decode;

use crate::path::Link;
use crate::{ANCHORS_BYTES_MAX, ANCHORS_MAX, AnchorsError};

/// Roots, intermediates or authorities' own certificates that are believed. Empty trusts nobody.
#[derive(Clone, Debug, Default)]
pub struct TrustAnchors {
    pub(crate) links: Vec<Link>,
}

impl TrustAnchors {
    /// From PEM with one or more certificates, or DER of one.
    ///
    /// # Errors
    /// [`AnchorsError`] when it holds none, too many, or anything else between them that is no certificate.
    pub fn read(bytes: &[u8]) -> Result<Self, AnchorsError> {
        if bytes.is_empty() || bytes.len() > ANCHORS_BYTES_MAX {
            return Err(AnchorsError);
        }
        let certificates = if bytes.first() == Some(&0x30) {
            vec![Certificate::from_der(bytes).map_err(|_| AnchorsError)?]
        } else {
            Certificate::load_pem_chain(bytes).map_err(|_| AnchorsError)?
        };
        if certificates.is_empty() || certificates.len() > ANCHORS_MAX {
            return Err(AnchorsError);
        }
        let links = certificates.iter().map(|one| Link::of(one).map_err(|_| AnchorsError));
        Ok(Self { links: links.collect::<Result<_, _>>()? })
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Subjects, in the order given.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.links.iter().map(Link::name).collect()
    }
}

//! The certificate on paper: one PDF/A-3b page in Chinese and English with a QR code, and the certificate itself
//! attached.
//!
//! **Invariants:** only evidence that holds is printed. The same certificate gives the same bytes: dates come from
//! the block, the font is embedded here. A character that the font lacks is shown as `〓` with its number and
//! never left out. Floating-point numbers are places on paper and nothing else.

#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used))]

mod glyphs;
mod page;
mod qr_text;
mod words;

use biaozheng_ledger::certificate::{Certificate, CertificateError, Expectations};
use biaozheng_ledger::digest::Digest;

pub use qr_text::{QrText, QrTextError};

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error("the certificate does not hold: {step}: {reason}")]
    Invalid { step: &'static str, reason: String },
    #[error("the page cannot be made: {0}")]
    Page(String),
}

/// The PDF of a certificate file, which it carries as the attachment `<record id>.cert.json`, byte for byte.
///
/// # Errors
/// [`PdfError::Certificate`] and [`PdfError::Invalid`] for what cannot be read or does not hold;
/// [`PdfError::Page`] when the document cannot be written.
pub fn render(certificate: &[u8]) -> Result<Vec<u8>, PdfError> {
    let parsed = Certificate::from_json(certificate)?;
    let verification = parsed.verify(&Expectations::default());
    if let Some((step, reason)) = verification.failed_step() {
        return Err(PdfError::Invalid { step: step.name(), reason: reason.to_owned() });
    }
    let facts = words::Facts::of(&parsed)?;
    let text = QrText { record: parsed.record, log: facts.log.clone(), certificate: Digest::of(certificate) };
    page::write(&facts, &text, certificate)
}

//! The certificate on paper: one PDF/A-3b page in Chinese and English with a QR code, and the certificate itself
//! attached.
//!
//! **Invariants:** only evidence that holds is printed. The same certificate with the same [`Surroundings`] gives the same
//! bytes: dates come from the block, the font is embedded here. A character that the font lacks is shown as `〓` with its number and
//! never left out. Floating-point numbers are places on paper and nothing else.

#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used))]

mod content;
mod fields;
mod glyphs;
mod page;
mod qr_text;
mod words;

use std::collections::BTreeMap;

use biaozheng_ledger::certificate::{Certificate, CertificateError, Expectations};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::ProjectId;

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

/// What the issuer knows beside the certificate: it helps readers, is no part of the evidence, and the page says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Names of organisations by their numbers.
    pub names: BTreeMap<String, String>,
    /// ISO 4217, of the record's project.
    pub currency: Option<String>,
}

/// Characters of an organisation's name and number that are printed.
const NAME_CHARACTERS_MAX: usize = 100;

impl Surroundings {
    /// `福建…公司（9135…）`, or the number alone.
    fn named(&self, organisation: &str) -> String {
        let bounded = |text: &str| text.chars().take(NAME_CHARACTERS_MAX).collect::<String>();
        match self.names.get(organisation) {
            Some(name) if name != organisation => format!("{}（{}）", bounded(name), bounded(organisation)),
            _ => bounded(organisation),
        }
    }
}

/// Everybody a certificate's record names, signers first: those whose names the issuer may look up; and its project.
///
/// # Errors
/// [`PdfError::Certificate`] for what cannot be read.
pub fn named_in(certificate: &[u8]) -> Result<(Vec<String>, Option<ProjectId>), PdfError> {
    let parsed = Certificate::from_json(certificate)?;
    let Some(record) = words::record_of(&parsed) else { return Ok((Vec::new(), None)) };
    let payload = record.payload();
    let signers = payload.signers().map(|party| party.org.to_string());
    Ok((signers.chain(content::organisations(payload)).collect(), payload.project.clone()))
}

/// [`render_with`] without names.
///
/// # Errors
/// As there.
pub fn render(certificate: &[u8]) -> Result<Vec<u8>, PdfError> {
    render_with(certificate, &Surroundings::default())
}

/// The PDF of a certificate file, which it carries as the attachment `<record id>.cert.json`, byte for byte.
///
/// # Errors
/// [`PdfError::Certificate`] and [`PdfError::Invalid`] for what cannot be read or does not hold;
/// [`PdfError::Page`] when the document cannot be written.
pub fn render_with(certificate: &[u8], surroundings: &Surroundings) -> Result<Vec<u8>, PdfError> {
    let parsed = Certificate::from_json(certificate)?;
    let verification = parsed.verify(&Expectations::default());
    if let Some((step, reason)) = verification.failed_step() {
        return Err(PdfError::Invalid { step: step.name(), reason: reason.to_owned() });
    }
    let facts = words::Facts::of(&parsed, surroundings)?;
    let text = QrText { record: parsed.record, log: facts.log.clone(), certificate: Digest::of(certificate) };
    page::write(&facts, &text, certificate)
}

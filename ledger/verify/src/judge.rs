//! From certificate text to one verdict. Pure: what it needs is in its arguments.

use biaozheng_ledger::certificate::{Certificate, Expectations, Step, Verification};
use biaozheng_ledger::record::Record;

use crate::authority::TimestampAuthorities;
use crate::problem::Problem;
use crate::verdict::Verdict;

/// The verdict with everything that led to it.
#[derive(Debug)]
pub struct Judgement {
    pub verdict: Verdict,
    /// Set when, and only when, the verdict is [`Verdict::Unusable`].
    pub problem: Option<Problem>,
    /// The certificate as written, once it could be read. Its claims are facts only where the verdict says so.
    pub certificate: Option<Certificate>,
    pub verification: Option<Verification>,
}

impl Judgement {
    /// The judgement over an input that cannot be judged.
    #[must_use]
    pub const fn unusable(problem: Problem) -> Self {
        Self { verdict: Verdict::Unusable, problem: Some(problem), certificate: None, verification: None }
    }

    /// The certificate, where every step about the ledger holds: its claims are then facts of that chain.
    #[must_use]
    pub fn proven(&self) -> Option<&Certificate> {
        let holds = match self.verdict {
            Verdict::Valid | Verdict::NotAnchored | Verdict::NoTrustAnchor => true,
            Verdict::ContentDiffers => {
                self.verification.as_ref().and_then(Verification::failed_step).map(|(step, _)| step)
                    == Some(Step::Document)
            }
            Verdict::Invalid | Verdict::Unusable => false,
        };
        self.certificate.as_ref().filter(|_| holds)
    }
}

/// Judges one certificate. With `require_anchor`, evidence that holds only by itself is not accepted.
#[must_use]
pub fn judge(text: &[u8], expected: &Expectations<'_>, require_anchor: bool) -> Judgement {
    let certificate = match Certificate::from_json(text) {
        Ok(certificate) => certificate,
        Err(error) => return Judgement::unusable(error.into()),
    };
    let nobody = TimestampAuthorities::default();
    let expected = &Expectations { timestamps: expected.timestamps.or(Some(&nobody)), ..expected.clone() };
    if expected.policy.is_some_and(|policy| !policy.needs_cosigners()) {
        return Judgement::unusable(Problem::PolicyWithoutQuorum);
    }
    let given = match expected.envelope.map(Record::from_json).transpose() {
        Ok(given) => given,
        Err(error) => return Judgement::unusable(Problem::Envelope(error.to_string())),
    };
    let verification = certificate.verify(expected);
    let verdict = match verification.failed_step().map(|(step, _)| step) {
        Some(Step::Record) if given.is_some_and(|record| record.id() != certificate.record) => {
            Verdict::ContentDiffers
        }
        Some(Step::Document) if certificate.envelope.is_none() && expected.envelope.is_none() => {
            return Judgement {
                verdict: Verdict::Unusable,
                problem: Some(Problem::EnvelopeMissing),
                certificate: Some(certificate),
                verification: Some(verification),
            };
        }
        Some(Step::Document) => Verdict::ContentDiffers,
        Some(_) => Verdict::Invalid,
        None if !verification.is_valid() => Verdict::Invalid,
        None if verification.anchored => Verdict::Valid,
        None if require_anchor => Verdict::NoTrustAnchor,
        None => Verdict::NotAnchored,
    };
    Judgement { verdict, problem: None, certificate: Some(certificate), verification: Some(verification) }
}

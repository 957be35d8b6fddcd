//! A draw run again offline: of experts, of K of the benchmark price, of blind codes.
//!
//! One portable file holds the certificates of the records a draw is made of, and the pool it was drawn from:
//!
//! ```json
//! {"format":"biaozheng-draw/1","kind":"experts"|"k"|"blind","project":"…","label":"sha256:…",
//!  "certificates":[…],"pool":[[…]],"k":[…],"codes":[…]}
//! ```
//! `pool` (kind `experts`) is [`biaozheng_draw::PoolExpert`]s by id, in pages of at most [`PAGE_MAX`]; `k` and `codes`
//! are what somebody says came out. The certificates' order says nothing: what a record is, its own type tells.
//!
//! **Invariant:** everything in the file is checked, and nothing in it is believed that no certificate, no commitment
//! and no replay confirms. The arithmetic is `biaozheng_draw`'s, which every node executes; the group's signature is
//! verified here by another library than the nodes use.

mod evidence;
mod group;
mod replay;
mod report;
mod step;

use biaozheng_draw::PoolExpert;
use biaozheng_ledger::certificate::{Certificate, Expectations, StepOutcome};
use biaozheng_ledger::ids::{ChainId, DocumentDigest, OrgId, ProjectId};
use biaozheng_ledger::json::from_strict;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::verdict::Verdict;

pub use step::DrawStep;

/// The format this program reads.
pub const DRAW_FORMAT: &str = "biaozheng-draw/1";
/// Largest file, bytes: 50,000 experts and [`CERTIFICATES_MAX`] certificates.
pub const DRAW_BYTES_MAX: usize = 48 * 1024 * 1024;
/// Most certificates of one draw.
pub const CERTIFICATES_MAX: usize = 512;
/// Most experts of one page of the pool: strict JSON bounds every list.
pub const PAGE_MAX: usize = 4000;

/// What was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawKind {
    Experts,
    K,
    Blind,
}

/// K of a lot, as somebody says it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LotK {
    pub lot: String,
    pub permille: u32,
}

/// A bid's code, as somebody says it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BidCode {
    pub lot: String,
    pub bidder: OrgId,
    pub number: u8,
    pub code: biaozheng_draw::BlindCode,
}

/// The portable file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawFile {
    pub format: String,
    pub kind: DrawKind,
    pub project: ProjectId,
    /// [`biaozheng_draw::randomness::label`] of the project and the request in force.
    pub label: DocumentDigest,
    pub certificates: Vec<Certificate>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pool: Vec<Vec<PoolExpert>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub k: Vec<LotK>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<BidCode>,
}

impl DrawFile {
    /// Reads a file strictly.
    ///
    /// # Errors
    /// [`Problem`] when it cannot be judged.
    pub fn from_json(text: &[u8]) -> Result<Self, Problem> {
        let file: Self = from_strict(text).map_err(|error| Problem::Draw(error.to_string()))?;
        if file.format != DRAW_FORMAT {
            let format: String = file.format.chars().take(40).collect();
            return Err(Problem::Draw(format!("format {format:?} is unknown to this program")));
        }
        let used = [
            !file.pool.is_empty() && file.kind != DrawKind::Experts,
            !file.k.is_empty() && file.kind != DrawKind::K,
            !file.codes.is_empty() && file.kind != DrawKind::Blind,
        ];
        if used.contains(&true) {
            return Err(Problem::Draw("it holds what belongs to another kind of draw".into()));
        }
        let (certificates, pages) = (file.certificates.len(), file.pool.iter().map(Vec::len).max());
        if certificates > CERTIFICATES_MAX || pages.is_some_and(|most| most > PAGE_MAX) {
            return Err(Problem::Draw(format!(
                "at most {CERTIFICATES_MAX} certificates and {PAGE_MAX} experts a page"
            )));
        }
        Ok(file)
    }

    /// The compact JSON form.
    ///
    /// # Panics
    /// Never: strings, numbers and lists always serialise.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings, numbers and lists always serialise")
    }
}

/// One step of a replay with its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawStepReport {
    pub step: DrawStep,
    pub outcome: StepOutcome,
    /// What was found right, one line each: seats, replacements, K of lots, codes.
    pub lines: Vec<String>,
}

/// The verdict over a draw with everything that led to it.
#[derive(Debug)]
pub struct DrawJudgement {
    pub verdict: Verdict,
    /// Set when, and only when, the verdict is [`Verdict::Unusable`].
    pub problem: Option<Problem>,
    pub kind: Option<DrawKind>,
    pub chain: Option<ChainId>,
    pub steps: Vec<DrawStepReport>,
}

impl DrawJudgement {
    /// The judgement over a file that cannot be judged.
    #[must_use]
    pub const fn unusable(problem: Problem) -> Self {
        let (kind, chain) = (None, None);
        Self { verdict: Verdict::Unusable, problem: Some(problem), kind, chain, steps: Vec::new() }
    }

    /// The step that failed, with its reason.
    #[must_use]
    pub fn failed_step(&self) -> Option<(DrawStep, &str)> {
        self.steps.iter().find_map(|report| match &report.outcome {
            StepOutcome::Failed(reason) => Some((report.step, reason.as_str())),
            _ => None,
        })
    }
}

/// Judges the text of a portable file. With `require_anchor`, evidence that holds only by itself is not accepted.
#[must_use]
pub fn judge_draw(text: &[u8], expected: &Expectations<'_>, require_anchor: bool) -> DrawJudgement {
    match DrawFile::from_json(text) {
        Ok(file) => replay::run(&file, expected, require_anchor),
        Err(problem) => DrawJudgement::unusable(problem),
    }
}

//! Verifies a whole archive: every file against the manifests, every certificate, the history against the record
//! that sealed it, and every file but the documents against what is built again from the certificates.
//!
//! **Invariants:** a file that was deleted, added or changed is named. Only an archive whose seal is certified is
//! called valid: without one, its last records could be missing. Nothing outside the bag is opened.

mod check;
mod report;
mod source;
pub mod write;

use std::path::Path;

use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::policy::Policy;

use crate::problem::Problem;
use crate::words::Language;

pub use report::ArchiveReport;

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Listed or needed, and not there.
    Missing,
    /// There, and nothing lists it.
    Added,
    /// Not the bytes that were listed, or that follow from the certificates.
    Changed,
    /// Intact, but what it claims does not hold.
    Invalid,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct ArchiveFinding {
    /// The file, as named in the bag.
    pub path: String,
    pub kind: Kind,
    pub reason: String,
}

/// The verdict over an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveVerdict {
    /// Everything holds, the seal too, and a trust anchor from outside agrees.
    Valid,
    /// Everything holds, but only under the archive's own policy.
    NotAnchored,
    /// As [`ArchiveVerdict::NotAnchored`], where the caller demanded an anchor.
    NoTrustAnchor,
    /// Everything that is there holds; no `archive.sealed` record says that it is all.
    NotSealed,
    /// Something is wrong, and named.
    Invalid,
    /// The input cannot be judged.
    Unusable,
}

impl ArchiveVerdict {
    /// The stable name in machine-readable output.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::NotAnchored => "not_anchored",
            Self::NoTrustAnchor => "no_trust_anchor",
            Self::NotSealed => "not_sealed",
            Self::Invalid => "invalid",
            Self::Unusable => "unusable",
        }
    }

    /// 0: everything holds. 1: something is wrong with the archive. 2: it could not be judged.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Valid | Self::NotAnchored => 0,
            Self::Invalid => 1,
            Self::NoTrustAnchor | Self::NotSealed | Self::Unusable => 2,
        }
    }

    /// The word of the verdict line.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        match self {
            Self::Valid => language.pick("验证通过", "VALID"),
            Self::NotAnchored | Self::NoTrustAnchor => {
                language.pick("无法判定（缺少信任锚）", "UNDECIDED (no trust anchor)")
            }
            Self::NotSealed => language.pick("无法判定（档案尚未封存）", "UNDECIDED (not sealed)"),
            Self::Invalid => language.pick("验证不通过", "INVALID"),
            Self::Unusable => language.pick("无法判定（输入无法使用）", "UNDECIDED (unusable input)"),
        }
    }
}

/// What a verifier brings along.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anchor<'a> {
    pub policy: Option<&'a Policy>,
    pub chain: Option<ChainId>,
    /// Refuse to exit 0 without a policy or chain.
    pub required: bool,
}

/// The verdict with everything that led to it.
#[derive(Debug)]
pub struct ArchiveJudgement {
    pub verdict: ArchiveVerdict,
    /// Set when, and only when, the verdict is [`ArchiveVerdict::Unusable`].
    pub problem: Option<Problem>,
    /// In order of the paths; the first of a path counts.
    pub findings: Vec<ArchiveFinding>,
    /// Facts of the archive; true only where the verdict says so.
    pub contents: Contents,
}

impl ArchiveJudgement {
    /// The judgement over an input that cannot be judged.
    #[must_use]
    pub fn unusable(problem: Problem) -> Self {
        Self {
            verdict: ArchiveVerdict::Unusable,
            problem: Some(problem),
            findings: Vec::new(),
            contents: Contents::default(),
        }
    }
}

/// What an archive holds.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    pub project: Option<String>,
    pub chain: Option<ChainId>,
    pub records: usize,
    pub documents: usize,
    /// Documents that records name and the archive lacks, as the seal says too.
    pub missing: Vec<String>,
    pub sealed: bool,
}

/// Judges the archive in a folder or a tar file.
#[must_use]
pub fn judge_archive(path: &Path, anchor: &Anchor<'_>) -> ArchiveJudgement {
    let judged = if anchor.policy.is_some_and(|policy| !policy.needs_cosigners()) {
        Err(Problem::PolicyWithoutQuorum)
    } else {
        source::open(path).and_then(|mut source| check::run(source.as_mut(), anchor))
    };
    match judged {
        Err(problem) => ArchiveJudgement::unusable(problem),
        Ok((findings, contents)) => {
            let verdict = match (findings.is_empty(), contents.sealed) {
                (false, _) => ArchiveVerdict::Invalid,
                (true, false) => ArchiveVerdict::NotSealed,
                (true, true) if anchor.policy.is_some() || anchor.chain.is_some() => ArchiveVerdict::Valid,
                (true, true) if anchor.required => ArchiveVerdict::NoTrustAnchor,
                (true, true) => ArchiveVerdict::NotAnchored,
            };
            ArchiveJudgement { verdict, problem: None, findings, contents }
        }
    }
}

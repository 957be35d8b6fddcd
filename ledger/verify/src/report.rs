//! Judgements as text for people, as one line, and as JSON. Everything printed passes [`printable()`].

use std::io::{self, Write};
use std::path::Path;

use biaozheng_ledger::certificate::{Step, StepOutcome, StepReport, Verification};
use biaozheng_ledger::date::utc;
use biaozheng_ledger::ids::TimeMs;
use serde::Serialize;

use crate::fingerprint::chain_fingerprint;
use crate::judge::Judgement;
use crate::printable::printable;
use crate::verdict::Verdict;
use crate::words::{Language, explanation, mark, meaning, title};

/// One judgement as machine-readable output. `record` to `position` appear only when they are proven.
#[derive(Debug, Serialize)]
pub struct JsonReport {
    pub file: String,
    pub verdict: &'static str,
    pub exit_code: u8,
    pub word: &'static str,
    pub meaning: &'static str,
    pub anchored: bool,
    pub failed_step: Option<&'static str>,
    pub reason: Option<String>,
    pub chain: Option<String>,
    pub chain_fingerprint: Option<String>,
    pub record: Option<String>,
    pub height: Option<u64>,
    pub time_ms: Option<u64>,
    pub position: Option<u32>,
    /// By when, at the latest, the state of the ledger existed, as an authority or parent chain you trust says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dated_ms: Option<u64>,
    pub steps: Vec<JsonStep>,
}

/// One step of a [`JsonReport`].
#[derive(Debug, Serialize)]
pub struct JsonStep {
    pub step: &'static str,
    /// `passed`, `failed`, `skipped` or `unknown`.
    pub outcome: &'static str,
    pub explanation: &'static str,
    pub detail: String,
}

pub(crate) const fn detail(outcome: &StepOutcome) -> (&'static str, &String) {
    match outcome {
        StepOutcome::Passed(detail) => ("passed", detail),
        StepOutcome::Failed(detail) => ("failed", detail),
        StepOutcome::Skipped(detail) => ("skipped", detail),
        StepOutcome::Unknown(detail) => ("unknown", detail),
    }
}

impl Judgement {
    /// The machine-readable form; `file` is only a name.
    #[must_use]
    pub fn to_json_report(&self, file: &Path, language: Language) -> JsonReport {
        let failed = self.verification.as_ref().and_then(Verification::failed_step);
        let failed = failed.filter(|_| self.problem.is_none());
        let (proven, chain) = (self.proven(), self.chain());
        JsonReport {
            file: printable(&file.display().to_string()),
            verdict: self.verdict.code(),
            exit_code: self.verdict.exit_code(),
            word: self.verdict.word(language),
            meaning: self.plain_meaning(language),
            anchored: self.verdict == Verdict::Valid,
            failed_step: failed.map(|(step, _)| step.name()),
            reason: self.reason().map(|reason| printable(&reason)),
            chain: chain.map(|chain| chain.to_string()),
            chain_fingerprint: chain.map(|chain| chain_fingerprint(&chain)),
            record: proven.map(|one| one.record.to_string()),
            height: proven.map(|one| one.block.height.get()),
            time_ms: proven.map(|one| one.block.time_ms.get()),
            position: proven.map(|one| one.block.position),
            dated_ms: self.dated().map(TimeMs::get),
            steps: self.steps().iter().map(|report| json_step(report, language)).collect(),
        }
    }

    /// Every step with its explanation, then the verdict.
    ///
    /// # Errors
    /// The writer's.
    pub fn write_text(&self, out: &mut impl Write, file: &Path, language: Language) -> io::Result<()> {
        writeln!(out, "{}", printable(&file.display().to_string()))?;
        for report in self.steps() {
            let (step, outcome) = (report.step, &report.outcome);
            let (mark, title) = (mark(outcome, language), title(step, language));
            writeln!(out, "  {mark}  {title}: {}", explanation(step, outcome, language))?;
            writeln!(out, "          [{}] {}", step.name(), printable(detail(outcome).1))?;
        }
        let label = language.pick("结论", "Verdict");
        writeln!(out, "{label}: {}", self.verdict.word(language))?;
        if let Some(problem) = &self.problem {
            writeln!(out, "  {}", problem.plain(language))?;
        }
        writeln!(out, "  {}", self.plain_meaning(language))?;
        if let Some(reason) = self.reason() {
            writeln!(out, "  {}: {}", language.pick("原因", "Reason"), printable(&reason))?;
        }
        if let Some(proven) = self.proven() {
            let (record, block) = (proven.record, proven.block);
            writeln!(out, "  {}: {record}", language.pick("记录编号", "Record"))?;
            let (height, time) = (language.pick("区块", "Block"), utc(block.time_ms));
            writeln!(out, "  {height}: {}, {time} ({} ms)", block.height, block.time_ms)?;
        }
        if let Some(time) = self.dated() {
            let label =
                language.pick("至迟已存在于（链外证明）", "Existed by (shown from outside the chain)");
            writeln!(out, "  {label}: {} ({time} ms)", utc(time))?;
        }
        match self.chain().filter(|_| self.proven().is_some()) {
            Some(chain) => writeln!(
                out,
                "  {}: {}  ({chain})",
                language.pick("链指纹", "Chain fingerprint"),
                chain_fingerprint(&chain)
            ),
            None => Ok(()),
        }
    }

    /// Tab-separated: verdict code, word, file, and the failed step with its reason if there is one.
    ///
    /// # Errors
    /// The writer's.
    pub fn write_line(&self, out: &mut impl Write, file: &Path, language: Language) -> io::Result<()> {
        let file = printable(&file.display().to_string());
        write!(out, "{}\t{}\t{file}", self.verdict.code(), self.verdict.word(language))?;
        match (self.reason(), self.chain()) {
            (Some(reason), _) => writeln!(out, "\t{}", printable(&reason)),
            (None, Some(chain)) => writeln!(out, "\t{}", chain_fingerprint(&chain)),
            (None, None) => writeln!(out),
        }
    }

    fn plain_meaning(&self, language: Language) -> &'static str {
        let seen = self.steps().iter().any(|report| {
            report.step == Step::Signatures && matches!(report.outcome, StepOutcome::Passed(_))
        });
        meaning(self.verdict, seen, language)
    }

    fn steps(&self) -> &[StepReport] {
        self.verification.as_ref().map_or(&[], |verification| verification.steps.as_slice())
    }

    /// The date from outside the chain, where the certificate holds.
    fn dated(&self) -> Option<TimeMs> {
        self.proven()?;
        self.verification.as_ref()?.dated_ms.map(TimeMs::new)
    }

    fn chain(&self) -> Option<biaozheng_ledger::ids::ChainId> {
        self.verification.as_ref().and_then(|verification| verification.chain)
    }

    /// Why the verdict is not a good one: the problem, or the failed step's name and reason.
    pub(crate) fn reason(&self) -> Option<String> {
        if let Some(problem) = &self.problem {
            return Some(problem.to_string());
        }
        let (step, reason) = self.verification.as_ref()?.failed_step()?;
        Some(format!("{}: {reason}", step.name()))
    }
}

fn json_step(report: &StepReport, language: Language) -> JsonStep {
    let (outcome, text) = detail(&report.outcome);
    JsonStep {
        step: report.step.name(),
        outcome,
        explanation: explanation(report.step, &report.outcome, language),
        detail: printable(text),
    }
}

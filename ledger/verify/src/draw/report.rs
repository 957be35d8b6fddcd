//! A replay's judgement as text, as one line, and as JSON. Everything printed passes [`printable()`].

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::{DrawJudgement, DrawKind};
use crate::fingerprint::chain_fingerprint;
use crate::printable::printable;
use crate::report::detail;
use crate::verdict::Verdict;
use crate::words::{Language, mark};

impl DrawKind {
    const fn title(self, language: Language) -> &'static str {
        match self {
            Self::Experts => language.pick("评标专家抽取", "Draw of experts"),
            Self::K => language.pick("基准价系数抽取", "Draw of K"),
            Self::Blind => language.pick("暗标编号", "Blind codes"),
        }
    }
}

impl DrawJudgement {
    fn reason(&self) -> Option<String> {
        if let Some(problem) = &self.problem {
            return Some(problem.to_string());
        }
        self.failed_step().map(|(step, reason)| format!("{}: {reason}", step.name()))
    }

    const fn meaning(&self, language: Language) -> &'static str {
        match self.verdict {
            Verdict::Valid => {
                language.pick("抽取可以重现，无人能选择结果。", "The draw comes out again; nobody chose it.")
            }
            Verdict::NotAnchored | Verdict::NoTrustAnchor => language.pick(
                "抽取可以重现，但未核对属于哪条链。",
                "The draw comes out again, on a chain nobody said is meant.",
            ),
            Verdict::Invalid | Verdict::ContentDiffers => {
                language.pick("这份文件没有证明所称的抽取。", "This file does not show the draw it claims.")
            }
            Verdict::Unusable => language.pick("文件无法使用。", "The file cannot be used."),
        }
    }

    /// The machine-readable form; `file` is only a name.
    #[must_use]
    pub fn to_json_report(&self, file: &Path, language: Language) -> Value {
        let steps: Vec<Value> = self
            .steps
            .iter()
            .map(|report| {
                let (outcome, text) = detail(&report.outcome);
                let lines: Vec<String> = report.lines.iter().map(|line| printable(line)).collect();
                json!({
                    "step": report.step.name(), "outcome": outcome, "detail": printable(text),
                    "explanation": report.step.explanation(&report.outcome, language), "lines": lines,
                })
            })
            .collect();
        json!({
            "file": printable(&file.display().to_string()),
            "kind": self.kind,
            "verdict": self.verdict.code(),
            "exit_code": self.verdict.exit_code(),
            "word": self.verdict.word(language),
            "meaning": self.meaning(language),
            "anchored": self.verdict == Verdict::Valid,
            "failed_step": self.failed_step().map(|(step, _)| step.name()),
            "reason": self.reason().map(|reason| printable(&reason)),
            "chain": self.chain.map(|chain| chain.to_string()),
            "steps": steps,
        })
    }

    /// Every step with what it found, then the verdict.
    ///
    /// # Errors
    /// The writer's.
    pub fn write_text(&self, out: &mut impl Write, file: &Path, language: Language) -> io::Result<()> {
        let kind = self.kind.map_or("", |kind| kind.title(language));
        writeln!(out, "{}  {kind}", printable(&file.display().to_string()))?;
        for report in &self.steps {
            let (mark, title) = (mark(&report.outcome, language), report.step.title(language));
            writeln!(out, "  {mark}  {title}: {}", report.step.explanation(&report.outcome, language))?;
            writeln!(out, "          [{}] {}", report.step.name(), printable(detail(&report.outcome).1))?;
            for line in &report.lines {
                writeln!(out, "            {}", printable(line))?;
            }
        }
        writeln!(out, "{}: {}", language.pick("结论", "Verdict"), self.verdict.word(language))?;
        if let Some(problem) = &self.problem {
            writeln!(out, "  {}", problem.plain(language))?;
        }
        writeln!(out, "  {}", self.meaning(language))?;
        if let Some(reason) = self.reason() {
            writeln!(out, "  {}: {}", language.pick("原因", "Reason"), printable(&reason))?;
        }
        match self.chain {
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
        match self.reason() {
            Some(reason) => writeln!(out, "\t{}", printable(&reason)),
            None => writeln!(out),
        }
    }
}

//! An archive's judgement as text for people and as JSON. Everything printed passes [`printable()`].

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::{ArchiveFinding, ArchiveJudgement, ArchiveVerdict, Kind};
use crate::fingerprint::chain_fingerprint;
use crate::printable::printable;
use crate::words::Language;

/// Machine-readable output of `--archive`.
#[derive(Debug, Serialize)]
pub struct ArchiveReport {
    pub archive: String,
    pub verdict: &'static str,
    pub exit_code: u8,
    pub word: &'static str,
    pub meaning: &'static str,
    pub anchored: bool,
    pub sealed: bool,
    pub problem: Option<String>,
    pub project: Option<String>,
    pub chain: Option<String>,
    pub chain_fingerprint: Option<String>,
    pub records: usize,
    pub documents: usize,
    pub missing: Vec<String>,
    pub findings: Vec<ArchiveFinding>,
}

const fn kind(kind: Kind, language: Language) -> &'static str {
    match kind {
        Kind::Missing => language.pick("缺失", "missing"),
        Kind::Added => language.pick("多出", "added  "),
        Kind::Changed => language.pick("改动", "changed"),
        Kind::Invalid => language.pick("不符", "invalid"),
    }
}

impl ArchiveJudgement {
    /// The machine-readable form; `path` is only a name.
    #[must_use]
    pub fn to_json_report(&self, path: &Path, language: Language) -> ArchiveReport {
        let contents = &self.contents;
        ArchiveReport {
            archive: printable(&path.display().to_string()),
            verdict: self.verdict.code(),
            exit_code: self.verdict.exit_code(),
            word: self.verdict.word(language),
            meaning: self.meaning(language),
            anchored: self.verdict == ArchiveVerdict::Valid,
            sealed: contents.sealed,
            problem: self.problem.as_ref().map(|problem| printable(&problem.to_string())),
            project: contents.project.clone(),
            chain: contents.chain.map(|chain| chain.to_string()),
            chain_fingerprint: contents.chain.map(|chain| chain_fingerprint(&chain)),
            records: contents.records,
            documents: contents.documents,
            missing: contents.missing.clone(),
            findings: self.findings.iter().map(harmless).collect(),
        }
    }

    /// Every finding, what is missing, then the verdict.
    ///
    /// # Errors
    /// The writer's.
    pub fn write_text(&self, out: &mut impl Write, path: &Path, language: Language) -> io::Result<()> {
        writeln!(out, "{}", printable(&path.display().to_string()))?;
        let contents = &self.contents;
        if let Some(project) = &contents.project {
            let (records, documents) = (contents.records, contents.documents);
            match language {
                Language::Zh => writeln!(out, "  项目 {project}：记录 {records} 条，文件 {documents} 份")?,
                Language::En => {
                    writeln!(out, "  project {project}: {records} records, {documents} documents")?
                }
            }
        }
        for finding in self.findings.iter().map(harmless) {
            let (path, reason) = (&finding.path, &finding.reason);
            writeln!(out, "  ✗ {}  {path}: {reason}", kind(finding.kind, language))?;
        }
        for digest in &contents.missing {
            writeln!(out, "  – {}: {digest}", language.pick("如实列明的缺件", "stated as missing"))?;
        }
        writeln!(out, "{}: {}", language.pick("结论", "Verdict"), self.verdict.word(language))?;
        writeln!(out, "  {}", self.meaning(language))?;
        if let Some(problem) = &self.problem {
            let (plain, reason) = (problem.plain(language), printable(&problem.to_string()));
            writeln!(out, "  {plain}\n  {}: {reason}", language.pick("原因", "Reason"))?;
        }
        match contents.chain.filter(|_| self.findings.is_empty()) {
            Some(chain) => {
                let label = language.pick("链指纹", "Chain fingerprint");
                writeln!(out, "  {label}: {}  ({chain})", chain_fingerprint(&chain))
            }
            None => Ok(()),
        }
    }

    const fn meaning(&self, language: Language) -> &'static str {
        match self.verdict {
            ArchiveVerdict::Valid => language.pick(
                "档案与封存时一致：没有文件被删除、增加或改动，全部记录均在链上且一条不少。",
                "The archive is as it was sealed: no file was deleted, added or changed, and these are all records of the project.",
            ),
            ArchiveVerdict::NotAnchored | ArchiveVerdict::NoTrustAnchor => language.pick(
                "注意：各项自洽，但只用了档案自带的策略，任何人都能自造一份。请用 --policy 或 --chain 给出信任锚。",
                "ATTENTION: everything agrees with itself, but ONLY THE ARCHIVE'S OWN POLICY WAS USED, and anybody can make up such an archive. Give a trust anchor with --policy or --chain.",
            ),
            ArchiveVerdict::NotSealed => language.pick(
                "现有内容都成立，但没有封存记录说明这就是全部：末尾的记录可能缺失。",
                "What is there holds, but no sealing record says that it is all: the last records could be missing.",
            ),
            ArchiveVerdict::Invalid => {
                language.pick("档案有上列问题，请勿采信。", "The archive has the faults above. Do not rely on it.")
            }
            ArchiveVerdict::Unusable => language.pick("没有作出判断。", "Nothing was judged."),
        }
    }
}

fn harmless(finding: &ArchiveFinding) -> ArchiveFinding {
    ArchiveFinding { path: printable(&finding.path), kind: finding.kind, reason: printable(&finding.reason) }
}

//! Evidence against a log, judged offline: what it proves, in words and as JSON.
//!
//! **Invariant:** a piece of evidence is called proven only where it holds, and never without saying whether the
//! chain it is about was the one expected: anybody can make up a chain and break it.

use std::io::{self, Write};
use std::path::Path;

use biaozheng_ledger::evidence::{Evidence, EvidenceError, EvidenceVerdict, Proven};
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::refusal::Refusal;
use serde_json::{Value, json};

use crate::printable::printable;
use crate::words::Language;

/// The judgement over a piece of evidence.
#[derive(Debug)]
pub enum Accusation {
    /// It holds.
    Proven(EvidenceVerdict),
    /// It could be read and does not hold.
    NotProven(EvidenceError),
    /// It cannot be judged.
    Unusable(String),
}

impl Accusation {
    /// Judges evidence. With `require_anchor`, evidence about a chain nobody named is not accepted. `refusal` is what a
    /// node that is accused of a broken promise says to it.
    #[must_use]
    pub fn judge(
        text: &[u8],
        refusal: Option<&[u8]>,
        chain: Option<ChainId>,
        policy: Option<&Policy>,
        require_anchor: bool,
    ) -> Self {
        let evidence = match Evidence::from_json(text) {
            Ok(evidence) => evidence,
            Err(error) => return Self::Unusable(error.to_string()),
        };
        let verified = evidence.verify(chain, policy);
        if let (Ok(_), Some(refusal)) = (&verified, refusal) {
            return match evidence.answered_by(refusal) {
                Ok(Refusal { height, code, .. }) => Self::NotProven(EvidenceError::Refused { height, code }),
                Err(error) => Self::Unusable(error.to_string()),
            };
        }
        match verified {
            Ok(verdict) if require_anchor && !verdict.anchored => {
                Self::Unusable("it holds, but there is no trust anchor: give --chain or --policy".into())
            }
            Ok(verdict) => Self::Proven(verdict),
            Err(error) => Self::NotProven(error),
        }
    }

    /// 0 proven, 1 not proven, 2 unusable.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Proven(_) => 0,
            Self::NotProven(_) => 1,
            Self::Unusable(_) => 2,
        }
    }

    #[must_use]
    pub fn to_json_report(&self, path: &Path) -> Value {
        let (verdict, detail) = match self {
            Self::Proven(verdict) if verdict.anchored => ("proven", json!(verdict)),
            Self::Proven(verdict) => ("proven_not_anchored", json!(verdict)),
            Self::NotProven(error) => ("not_proven", json!(error.to_string())),
            Self::Unusable(reason) => ("unusable", json!(reason)),
        };
        json!({"file": path.display().to_string(), "verdict": verdict, "exit_code": self.exit_code(), "detail": detail})
    }

    /// # Errors
    /// The writer's.
    pub fn write_text(&self, out: &mut impl Write, path: &Path, language: Language) -> io::Result<()> {
        let zh = matches!(language, Language::Zh);
        let word = match (self, zh) {
            (Self::Proven(verdict), true) if verdict.anchored => "证据成立",
            (Self::Proven(verdict), false) if verdict.anchored => "PROVEN",
            (Self::Proven(_), true) => "证据自洽，但未核对属于哪条链",
            (Self::Proven(_), false) => "CONSISTENT, but nobody said which chain is meant",
            (Self::NotProven(_), true) => "证据不成立",
            (Self::NotProven(_), false) => "NOT PROVEN",
            (Self::Unusable(_), true) => "无法判定",
            (Self::Unusable(_), false) => "UNUSABLE",
        };
        writeln!(out, "{}: {word}", printable(&path.display().to_string()))?;
        match self {
            Self::Proven(verdict) => {
                writeln!(out, "  {}", verdict.chain)?;
                writeln!(out, "  {}", printable(&sentence(&verdict.proven, zh)))
            }
            Self::NotProven(error) => writeln!(out, "  {}", printable(&error.to_string())),
            Self::Unusable(reason) => writeln!(out, "  {}", printable(reason)),
        }
    }
}

fn sentence(proven: &Proven, zh: bool) -> String {
    match proven {
        Proven::Conflict { fork, sizes: (first, second), accused } => {
            let accused = accused.join(", ");
            match (fork, zh) {
                (true, true) => {
                    format!("法定多数签署了两棵互相矛盾的树（{first} 与 {second} 条）；违约密钥：{accused}")
                }
                (false, true) => {
                    format!("签署了两棵互相矛盾的树（{first} 与 {second} 条）；违约密钥：{accused}")
                }
                (true, false) => format!(
                    "a quorum signed two trees that cannot both be true, of {first} and {second} leaves; keys that broke their word: {accused}"
                ),
                (false, false) => format!(
                    "two trees that cannot both be true were signed, of {first} and {second} leaves; keys that broke their word: {accused}"
                ),
            }
        }
        Proven::BrokenPromise { node, record, promised_by_ms, log_reached_ms, whole_log } => {
            let shown = match (whole_log, zh) {
                (true, true) => "自首条起完整展示；该节点按时签署的拒绝可以反驳",
                (false, true) => {
                    "自节点回执所称已查之处起展示；若此前已入账，则回执所言不实；该节点按时签署的拒绝可以反驳"
                }
                (true, false) => {
                    "the log is shown from its first entry; a refusal the node signed in time would answer it"
                }
                (false, false) => {
                    "shown from where the node had looked, by its own receipt; a refusal the node signed in time would answer it"
                }
            };
            if zh {
                format!(
                    "{node} 承诺 {record} 不晚于 {promised_by_ms} ms 入账，账本已持续运行至 {log_reached_ms} ms 而无此记录（{shown}）"
                )
            } else {
                format!(
                    "{node} promised {record} by {promised_by_ms} ms; the log ran on to {log_reached_ms} ms without it ({shown})"
                )
            }
        }
        Proven::Disorder { index, what } if zh => format!("法定多数签署的日志第 {index} 条不合规：{what}"),
        Proven::Disorder { index, what } => {
            format!("a quorum signed a log whose leaf {index} may not be there: {what}")
        }
    }
}

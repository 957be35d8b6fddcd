//! What can go wrong between a client and a node, told apart by what the caller can do about it.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

/// Why a call gave no result.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The node's address is unusable; no call was made.
    #[error("{address:?} is not a node's address; write http://HOST:PORT or https://HOST ({reason})")]
    Address { address: String, reason: String },
    /// No answer. For a submitted record: it may or may not have arrived; sending it again is safe.
    #[error("cannot reach {url}: {reason}")]
    Unreachable { url: String, reason: String },
    /// The node answered that it will not, and why.
    #[error("{0}")]
    Problem(Box<Problem>),
    /// The answer is not one this client knows: another program listens there, or another version.
    #[error("unexpected answer from {url}: {reason}")]
    Unexpected { url: String, reason: String },
    /// A file of the caller's own.
    #[error("{path}: {reason}")]
    File { path: String, reason: String },
}

/// An RFC 9457 problem, with the rule that refused where a rule did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Stable, for programs.
    pub code: String,
    pub title: String,
    pub detail: String,
    /// The rule's name in the rulebook.
    pub rule: Option<String>,
    /// The rule's value.
    pub value: Option<String>,
    /// The article of law or regulation behind the rule.
    pub article: Option<String>,
    pub message_zh: Option<String>,
    /// How far the record is, where that is the matter.
    pub stage: Option<String>,
    /// Quote it to the node's operator. From the header.
    #[serde(skip)]
    pub request_id: Option<String>,
    /// Seconds the node asks to wait before the next try, from the header.
    #[serde(skip)]
    pub retry_after_s: Option<u64>,
}

impl ClientError {
    /// The problem's stable code, if the node gave one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Problem(problem) => Some(&problem.code),
            _ => None,
        }
    }

    /// True when a record is known and has not come as far as was asked for: ask again.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.code() == Some("pending")
    }

    /// How long the node asks to wait before the next try.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Problem(problem) => problem.retry_after_s.map(Duration::from_secs),
            _ => None,
        }
    }

    #[must_use]
    pub const fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    /// True when the same call may succeed later: no answer, or the node is full, standing or starting.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Problem(problem) => matches!(problem.status, 408 | 429 | 502 | 503 | 504),
            _ => false,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.detail.is_empty() { &self.title } else { &self.detail };
        write!(f, "{}: {what}", if self.code.is_empty() { "refused" } else { &self.code })?;
        if let Some(message) = &self.message_zh {
            write!(f, " {message}")?;
        }
        // Most sentences say the value already: once is enough.
        let value = self.value.as_ref().filter(|value| !what.contains(value.as_str())).cloned();
        let parts = [("rule", &self.rule), ("value", &value), ("article", &self.article)];
        let known: Vec<String> = parts
            .iter()
            .filter_map(|(name, part)| part.as_ref().map(|part| format!("{name} {part}")))
            .collect();
        if !known.is_empty() {
            write!(f, " [{}]", known.join(", "))?;
        }
        match &self.request_id {
            Some(id) => write!(f, " (HTTP {}, request {id})", self.status),
            None => write!(f, " (HTTP {})", self.status),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_shows_rule_value_article_and_request() {
        let mut problem: Problem = serde_json::from_str(
            r#"{"type":"about:blank","title":"Refused","status":422,"code":"bid_late","detail":"the deadline has passed",
                "rule":"bid_deadline","value":"2026-11-23T01:00:00Z","article":"招标投标法 28","message_zh":"已过投标截止时间"}"#,
        )
        .unwrap();
        problem.request_id = Some("r-1".into());
        assert_eq!(
            problem.to_string(),
            "bid_late: the deadline has passed 已过投标截止时间 [rule bid_deadline, value 2026-11-23T01:00:00Z, article 招标投标法 28] (HTTP 422, request r-1)"
        );
        assert!(!ClientError::Problem(Box::new(problem)).is_temporary());
        let busy = Problem { status: 429, ..Problem::default() };
        assert!(ClientError::Problem(Box::new(busy)).is_temporary());
    }
}

//! An alert: a rule, the records it looked at, what it found against which threshold, and by when it is dealt with.

use biaozheng_contracts::oversight::alert::{Raised, Severity};
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId, TimeMs};

use crate::rules::SupervisionRules;
use crate::words::rule;

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static str,
    pub project: Option<ProjectId>,
    /// In their order on the chain.
    pub records: Vec<RecordId>,
    pub organisations: Vec<OrgId>,
    pub threshold: String,
    pub found: String,
    /// The rulebook's article, where the limit is the rulebook's; otherwise the supervision rules name one.
    pub article: Option<String>,
}

/// An alert as the regulator may put it on chain: the body of `alert.raised/1`, and the project it belongs to.
///
/// It is open until an `alert.disposed/1` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub project: Option<ProjectId>,
    pub body: Raised,
}

/// Names that fit into one alert; the rest is counted in its text.
const NAMES_MAX: usize = biaozheng_contracts::oversight::limits::ALERT_NAMES_MAX;

impl Alert {
    /// Weighs a finding under the rules, at a time.
    #[must_use]
    pub fn of(finding: Finding, rules: &SupervisionRules, now: TimeMs) -> Self {
        let weight = rules.weight(finding.rule);
        let Finding { rule: id, project, mut records, mut organisations, threshold, found, article } =
            finding;
        let own = weight.and_then(|weight| weight.article.clone());
        let article = article.or(own).unwrap_or_default();
        let words = rule(id);
        let (title, zh) = words.map_or((id, id), |rule| (rule.title, rule.title_zh));
        let mut seen = std::collections::BTreeSet::new();
        records.retain(|record| seen.insert(*record));
        organisations.sort();
        organisations.dedup();
        records.truncate(NAMES_MAX);
        organisations.truncate(NAMES_MAX);
        let who: Vec<&str> = organisations.iter().take(10).map(OrgId::as_str).collect();
        let (of, of_zh) = if who.is_empty() {
            (String::new(), String::new())
        } else {
            (format!(" ({})", who.join(", ")), format!("（{}）", who.join("、")))
        };
        let body = Raised {
            rule: id.to_owned(),
            severity: weight.map_or(Severity::Low, |weight| weight.severity),
            records,
            organisations,
            formula: words.map_or(id, |rule| rule.formula).to_owned(),
            text: format!("{title}{of}: found {found}, threshold {threshold} [{article}]"),
            text_zh: format!("{zh}{of_zh}：实际 {found}，阈值 {threshold}〔{article}〕"),
            threshold,
            found,
            rules: rules.named(),
            due_ms: rules.due(id, now),
        };
        Self { project, body }
    }
}

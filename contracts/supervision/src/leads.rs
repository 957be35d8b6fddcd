//! Red flags as findings, tied to the records they were computed from.

use std::collections::BTreeMap;

use biaozheng_ledger::ids::{OrgId, RecordId};
use biaozheng_ocds::Process;

use crate::alert::Finding;
use crate::red_flags::{Group, Indicator, RedFlags};
use crate::words::rule;

/// The records a process' indicators are computed from.
fn records(process: &Process) -> Vec<RecordId> {
    let kinds = [
        "tender.published/1",
        "invitation.issued/1",
        "bids.opened/1",
        "evaluation.reported/1",
        "result.corrected/1",
        "award.notified/1",
    ];
    let shown = process.records.iter().filter(|record| kinds.contains(&record.record_type.as_str()));
    shown.map(|record| record.id).collect()
}

fn threshold(flags: &RedFlags, indicator: Indicator, prefix: &str) -> String {
    let fences = flags.fences.get(&indicator);
    let of = |name: &str| fences.and_then(|fences| fences.get(&format!("{prefix}{name}")));
    let parts: Vec<String> = ["lower_fence", "upper_fence"]
        .iter()
        .filter_map(|name| of(name).map(|fence| format!("{name} = {fence}")))
        .collect();
    if parts.is_empty() { "as the settings say".to_owned() } else { parts.join(", ") }
}

/// A finding for each flagged process, and one for each organisation flagged over many of them.
///
/// `processes` is by OCID.
#[must_use]
pub fn findings(flags: &RedFlags, processes: &BTreeMap<String, &Process>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (group, ids) in &flags.results {
        for (id, values) in ids {
            for (indicator, value) in values {
                let across = matches!(indicator, Indicator::R025 | Indicator::R038 | Indicator::R048);
                let Some(rule) = rule(&indicator.to_string()).map(|rule| rule.id) else { continue };
                // A tenderer flagged in one process is named by that process' finding.
                if *group != Group::Ocid && !across {
                    continue;
                }
                let process = if *group == Group::Ocid { processes.get(id) } else { None };
                let named = flags.involved.get(&(*indicator, id.clone())).into_iter().flatten();
                let named = named.map(String::as_str).chain((*group != Group::Ocid).then_some(id.as_str()));
                let prefix = match group {
                    Group::Buyer if *indicator == Indicator::R038 => "Buyer_",
                    Group::ProcuringEntity if *indicator == Indicator::R038 => "ProcuringEntity_",
                    Group::Tenderer if *indicator == Indicator::R038 => "Tenderer_",
                    _ => "",
                };
                findings.push(Finding {
                    rule,
                    project: process.map(|process| process.project.clone()),
                    records: process.map(|process| records(process)).unwrap_or_default(),
                    organisations: named.filter_map(|id| OrgId::new(id).ok()).collect(),
                    threshold: threshold(flags, *indicator, prefix),
                    found: value.to_string(),
                    article: None,
                });
            }
        }
    }
    findings
}

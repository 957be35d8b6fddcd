//! What is sent: one public record of a committed block.
//!
//! ```text
//! {"type":"tender.published","timestamp":"2026-03-02T01:20:00.125Z",
//!  "data":{"chain":"sha256:…","height":57,"position":2,"time_ms":1772414400125,"record":"sha256:…",
//!          "kind":"tender.published/1","project":"P-1","author":"ORG"}}
//! ```
//! The record itself is fetched with its certificate under `/v1/records/<record>` and need not be believed.

use serde_json::json;

/// A public record with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub height: u64,
    /// In its block, from 0.
    pub position: u32,
    /// Of the block.
    pub time_ms: u64,
    /// The record's id, `sha256:…`.
    pub record: String,
    /// The record's type with its version, such as `tender.published/1`.
    pub kind: String,
    pub project: Option<String>,
    /// The organisation that signed it first.
    pub author: String,
}

impl Event {
    /// The same for the same record, whichever node sends it.
    pub(crate) fn id(&self) -> String {
        format!("record_{}", self.record.trim_start_matches("sha256:"))
    }

    pub(crate) fn body(&self, chain: &str) -> String {
        let time = i64::try_from(self.time_ms)
            .ok()
            .and_then(|time| jiff::Timestamp::from_millisecond(time).ok())
            .map(|time| time.to_string());
        let name = self.kind.split('/').next().unwrap_or_default();
        json!({"type": name, "timestamp": time, "data": {
            "chain": chain, "height": self.height, "position": self.position, "time_ms": self.time_ms,
            "record": self.record, "kind": self.kind, "project": self.project, "author": self.author,
        }})
        .to_string()
    }
}

/// What a hook wants to hear of; an empty list wants everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) kinds: Vec<String>,
    pub(crate) projects: Vec<String>,
}

impl Filter {
    pub(crate) fn takes(&self, event: &Event) -> bool {
        let kind = self.kinds.is_empty() || self.kinds.iter().any(|wanted| is_of(&event.kind, wanted));
        let project = self.projects.is_empty()
            || event.project.as_ref().is_some_and(|project| self.projects.contains(project));
        kind && project
    }
}

/// `tender.published/1` is of `tender.published/1`, of `tender.published` and of `tender.*`.
fn is_of(kind: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => kind == wanted || kind.split('/').next() == Some(wanted),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn event(kind: &str, project: Option<&str>) -> Event {
        Event {
            height: 57,
            position: 2,
            time_ms: 1_772_414_400_125,
            record: format!("sha256:{}", "ab".repeat(32)),
            kind: kind.to_owned(),
            project: project.map(str::to_owned),
            author: "ORG".to_owned(),
        }
    }

    #[test]
    fn the_body_says_what_where_and_when() {
        let event = event("tender.published/1", Some("P-1"));
        let body: serde_json::Value = serde_json::from_str(&event.body("sha256:cd")).unwrap();
        assert_eq!(body["type"], "tender.published");
        assert_eq!(body["timestamp"], "2026-03-02T01:20:00.125Z");
        assert_eq!(body["data"]["kind"], "tender.published/1");
        assert_eq!((&body["data"]["chain"], &body["data"]["height"]), (&json!("sha256:cd"), &json!(57)));
        assert_eq!(event.id(), format!("record_{}", "ab".repeat(32)));
    }

    #[test]
    fn filters_take_what_they_name() {
        let takes = |kinds: &[&str], projects: &[&str], event: &Event| {
            let own = |list: &[&str]| list.iter().map(|&one| one.to_owned()).collect();
            Filter { kinds: own(kinds), projects: own(projects) }.takes(event)
        };
        let tender = event("tender.published/1", Some("P-1"));
        assert!(takes(&[], &[], &tender));
        assert!(takes(&["tender.published"], &["P-1"], &tender));
        assert!(
            takes(&["tender.published/1"], &[], &tender) && takes(&["award.*", "tender.*"], &[], &tender)
        );
        assert!(!takes(&["tender.publish"], &[], &tender) && !takes(&["tender.published/2"], &[], &tender));
        assert!(!takes(&["award.*"], &[], &tender) && !takes(&[], &["P-2"], &tender));
        assert!(!takes(&[], &["P-1"], &event("key.rotated/1", None)));
    }
}

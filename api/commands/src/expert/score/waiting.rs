//! Whether every member has sealed: asked before a sheet leaves this machine, since a node could show it to the others.
//!
//! **Invariant:** a sheet is sent only once the node has shown as many sealed ones as the committee has members.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use biaozheng_client::{Client, PageQuery};
use biaozheng_ledger::ids::ProjectId;
use biaozheng_ledger::record::Record;
use serde_json::Value;

const PAGE: u32 = 200;

/// What the project's records show: the committee's size, and whose sheets are sealed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sheets {
    members: usize,
    sealed: BTreeSet<String>,
}

impl Sheets {
    fn add(&mut self, item: &Value) -> anyhow::Result<()> {
        match item["type"].as_str() {
            Some("experts.drawn/1") => {
                let drawn = Record::from_json(item["envelope"].to_string().as_bytes())?;
                self.members = drawn.payload().body["members"].as_array().map_or(0, Vec::len);
            }
            Some("scores.sealed/1") => {
                self.sealed.insert(item["author"].as_str().unwrap_or_default().to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(self.members > 0, "no committee is drawn yet; nothing was sent 尚未抽取评标委员会，未发送");
        ensure!(
            self.sealed.len() >= self.members,
            "{} of {} members have sealed: reveal when all have; nothing was sent 尚有成员未密封评分，未发送",
            self.sealed.len(),
            self.members
        );
        Ok(())
    }
}

/// Refuses while a member has not sealed.
pub(super) async fn all_sealed(client: &Client, project: &ProjectId) -> anyhow::Result<()> {
    let mut query = PageQuery { limit: Some(PAGE), after: None };
    let mut sheets = Sheets::default();
    loop {
        let page = client.project_records(project, &query).await?;
        for item in &page.items {
            sheets.add(item).with_context(|| format!("the records of {project}"))?;
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return sheets.check(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sheet_waits_for_the_last_member() {
        let mut sheets = Sheets { members: 2, ..Sheets::default() };
        for member in ["M1", "M1"] {
            sheets.add(&json!({"type": "scores.sealed/1", "author": member})).unwrap();
            assert!(sheets.check().unwrap_err().to_string().starts_with("1 of 2"));
        }
        sheets.add(&json!({"type": "scores.sealed/1", "author": "M2"})).unwrap();
        assert!(sheets.check().is_ok());
        assert!(Sheets::default().check().is_err(), "nobody is drawn");
    }
}

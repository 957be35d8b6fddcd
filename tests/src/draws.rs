//! Draws of a consortium exported by its own command and run again offline by the separate program.

use std::path::Path;

use anyhow::{Context as _, ensure};
use biaozheng_client::{Client, PageQuery};
use biaozheng_ledger::ids::ProjectId;
use serde_json::Value;
use tokio::process::Command;

use crate::cluster::{Cluster, VALIDATORS, program};

/// The kinds of draws a project's records show: experts once disclosed, K where prices have a benchmark, blind codes once
/// opened.
async fn kinds(client: &Client, project: &ProjectId) -> anyhow::Result<Vec<&'static str>> {
    let (mut requested, mut kinds, mut after) = (false, Vec::new(), None);
    loop {
        let page = client.project_records(project, &PageQuery { limit: Some(200), after }).await?;
        for item in &page.items {
            let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
            requested |= kind.starts_with("draw.requested");
            if kind.starts_with("draw.disclosed") {
                kinds.push("experts");
            }
            if kind.starts_with("blind.opened") {
                kinds.extend(["k", "blind"]);
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(if requested { kinds } else { Vec::new() });
        }
    }
}

/// Exports every draw of these projects into a folder and replays each; gives how many there are, and what the verifier
/// said of those that do not hold.
///
/// # Errors
/// When the export refuses, or a program is missing. A draw that does not come out is counted, not an error.
pub async fn replay(
    cluster: &Cluster,
    projects: &[ProjectId],
    folder: &Path,
) -> anyhow::Result<(u64, Vec<String>)> {
    std::fs::create_dir_all(folder)?;
    let (client, mut draws, mut wrong) = (cluster.client(VALIDATORS.len())?, 0u64, Vec::new());
    for project in projects {
        for kind in kinds(&client, project).await? {
            let file = folder.join(format!("{project}.{kind}.json"));
            let chain = cluster.chain.to_string();
            let url = cluster.url(VALIDATORS.len());
            let export = Command::new(program("biaozheng")?)
                .args(["export", "draw", project.as_str(), "--kind", kind, "--api", &url, "--chain", &chain])
                .arg("--out")
                .arg(&file)
                .output()
                .await?;
            let said = String::from_utf8_lossy(&export.stderr);
            ensure!(export.status.success(), "export draw {project} {kind}: {said}");
            let verify = Command::new(program("biaozheng-verify")?)
                .arg("--draw")
                .arg(&file)
                .arg("--policy")
                .arg(cluster.policy_file())
                .args(["--chain", &chain, "--require-anchor", "--lang", "en"])
                .output()
                .await
                .context("biaozheng-verify")?;
            draws = draws.saturating_add(1);
            if !verify.status.success() {
                wrong.push(String::from_utf8_lossy(&verify.stdout).into_owned());
            }
        }
    }
    Ok((draws, wrong))
}

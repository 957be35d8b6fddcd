//! Changes of a cluster's validators, by the commands people have for it.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::cluster::{Cluster, VALIDATORS, program};
use crate::groups::said;

/// Makes the key with which a node that does not run is to vote; as `--add` takes it.
///
/// # Errors
/// When the program refuses.
pub async fn prepare(cluster: &Cluster, index: usize) -> anyhow::Result<String> {
    let mut command = Command::new(program("biaozheng")?);
    let said = said(command.args(["keys", "vote", "--home"]).arg(cluster.home(index))).await?;
    let added = said.split_whitespace().find(|word| word.matches('=').count() >= 2);
    Ok(added.context("no key to add")?.to_owned())
}

/// Changes the validators: a file goes from one organisation to the next, and the last one submits it. Returns when every
/// node of `running` says so.
///
/// # Errors
/// When somebody refuses, or a node does not come to it.
pub async fn change(
    cluster: &Cluster,
    arguments: &[&str],
    sign: &[&str],
    running: &[usize],
) -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let file = |count: usize| folder.path().join(format!("change-{count}.json"));
    let (chain, api, city) = (cluster.chain.to_string(), cluster.url(0), VALIDATORS[0].1);
    let key = |org: &str| cluster.folder.join("organisations").join(format!("{org}.key"));
    let number = |seen: &Value| seen.get("number").and_then(Value::as_u64);
    let before = number(&cluster.client(0)?.validators().await?).context("no number")?;
    let mut command = Command::new(program("biaozheng")?);
    command.args(["validators", "change", "--chain", &chain, "--api", &api, "--org", city]);
    said(command.args(arguments).arg("--key").arg(key(city)).arg("--out").arg(file(0))).await?;
    for (count, org) in sign.iter().enumerate() {
        let mut command = Command::new(program("biaozheng")?);
        command.args(["validators", "sign", "--chain", &chain, "--org", org]).arg(file(count));
        if let Some(own) = voting_key(cluster, org) {
            command.args(["--voting-key", &own]);
        }
        said(command.arg("--key").arg(key(org)).arg("--out").arg(file(count.saturating_add(1)))).await?;
    }
    let mut command = Command::new(program("biaozheng")?);
    command.args(["submit", "--chain", &chain, "--api", &api, "--envelope"]).arg(file(sign.len()));
    said(&mut command).await?;
    let end = tokio::time::Instant::now() + Duration::from_secs(60);
    for index in running {
        let client = cluster.client(*index)?;
        while number(&client.validators().await?) == Some(before) {
            ensure!(
                tokio::time::Instant::now() < end,
                "{} does not come to the change",
                Cluster::name(*index)
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    Ok(cluster.client(0)?.validators().await?)
}

/// The key with which an organisation's node votes, or will.
fn voting_key(cluster: &Cluster, org: &str) -> Option<String> {
    let index = (0..cluster.genesis.rest.nodes.len()).find(|index| Cluster::org(*index) == org)?;
    let key = biaozheng_client::key_file::read(&cluster.home(index).join("keys/consensus.key")).ok()?;
    Some(key.public().to_string())
}

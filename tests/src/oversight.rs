//! What regulator and city centre do beside the projects of a run: alerts and their disposal, past projects as imported
//! evidence, indicators that every node recomputes, and open data from the ledger's own records.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use biaozheng_client::{Author, Client, ClientError, PageQuery, Patience, Wait, author};
use biaozheng_ledger::ids::{ProjectId, RecordId};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::cluster::{Cluster, OBSERVER, VALIDATORS, program};

/// Runs a command of the program; gives what it said and its exit code.
async fn run(arguments: &[&str]) -> anyhow::Result<(Option<i32>, String)> {
    let output = Command::new(program("biaozheng")?).args(arguments).output().await?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.code(), String::from_utf8_lossy(&said).into_owned()))
}

/// The regulator with its node, as far as a scene's end needs it.
#[derive(Clone, Debug)]
pub struct Regulator {
    client: Client,
    /// The hosting centre's node, which builds the archive.
    host: Client,
    author: Author,
    key_file: String,
}

impl Regulator {
    /// # Errors
    /// When the consortium's keys cannot be read.
    pub fn of(cluster: &Cluster) -> anyhow::Result<Self> {
        let key_file = cluster.folder.join("organisations").join(format!("{}.key", OBSERVER.1));
        Ok(Self {
            client: cluster.client(VALIDATORS.len())?,
            host: cluster.client(1)?,
            author: cluster.organisation(OBSERVER.1)?,
            key_file: key_file.to_str().context("a path that is not text")?.to_owned(),
        })
    }

    /// Applies the supervision rules to a project up to this record, and disposes of every alert that this raises. Gives
    /// their rules; the hosting centre's node has all of it then.
    ///
    /// # Errors
    /// When a command or a record fails.
    pub async fn supervise(&self, project: &ProjectId, last: RecordId) -> anyhow::Result<Vec<String>> {
        has(&self.client, &last).await?;
        let chain = self.author.chain().to_string();
        let arguments = [
            "supervise",
            "--api",
            self.client.base_url(),
            "--chain",
            &chain,
            "--project",
            project.as_str(),
            "--key",
            &self.key_file,
            "--org",
            OBSERVER.1,
        ];
        let (code, said) = run(&arguments).await?;
        ensure!(matches!(code, Some(0 | 1)), "supervise {project}: {said}");
        let mut rules = Vec::new();
        for alert in self.open_alerts(project).await? {
            let id: RecordId = text(&alert, "alert")?.parse()?;
            rules.push(text(&alert, "kind")?.to_owned());
            let body = json!({"alert": id, "disposition": "explained", "reason": "合成项目，已核对 synthetic, looked at"});
            let draft = self.author.record("alert.disposed/1", body).project(project.clone()).previous(id);
            let record = draft.sign(author::clock())?;
            commit(&self.client, &record).await?;
            has(&self.host, &record.id()).await?;
        }
        rules.sort_unstable();
        Ok(rules)
    }

    async fn open_alerts(&self, project: &ProjectId) -> anyhow::Result<Vec<Value>> {
        let (mut found, mut query) = (Vec::new(), PageQuery { limit: Some(200), after: None });
        loop {
            let page = self.client.alerts(&query).await?;
            let own = |one: &Value| {
                one.get("project").and_then(Value::as_str) == Some(project.as_str())
                    && one.get("open").and_then(Value::as_bool) == Some(true)
            };
            found.extend(page.items.into_iter().filter(own));
            query.after = page.next;
            if query.after.is_none() {
                return Ok(found);
            }
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    value.get(name).and_then(Value::as_str).with_context(|| format!("no '{name}'"))
}

/// Waits until a node has a record in a block.
async fn has(client: &Client, record: &RecordId) -> anyhow::Result<()> {
    let asked = tokio::time::Instant::now();
    while client.record(record).await.is_err() {
        ensure!(asked.elapsed() < Duration::from_secs(60), "{} does not get {record}", client.base_url());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

async fn commit(client: &Client, record: &biaozheng_ledger::record::Record) -> Result<(), ClientError> {
    let patience = Patience { total: Duration::from_secs(60), ..Patience::default() };
    client.submit_until(record, Wait::Committed, patience).await.map(drop)
}

/// Enters the first releases of a file as evidence of the past, and gives how many the ledger then shows as such.
///
/// # Errors
/// When the command fails, or the ledger shows one as a project of its own.
pub async fn import(cluster: &Cluster, file: &Path, limit: usize) -> anyhow::Result<u64> {
    let key = cluster.folder.join("organisations").join(format!("{}.key", VALIDATORS[0].1));
    let path = |path: &Path| path.to_str().map(str::to_owned).context("a path that is not text");
    let (url, file, key, limit) = (cluster.url(0), path(file)?, path(&key)?, limit.to_string());
    let source = "github.com/sylvaingchassang/missing_bids";
    let (code, said) = run(&[
        "import",
        "--api",
        &url,
        "--file",
        &file,
        "--source",
        source,
        "--licence",
        "MIT",
        "--org",
        VALIDATORS[0].1,
        "--key",
        &key,
        "--limit",
        &limit,
    ])
    .await?;
    ensure!(code == Some(0), "import: {said}");
    let shown = cluster.client(0)?.imported(&PageQuery { limit: Some(200), after: None }).await?.items;
    let apart = |one: &Value| one.get("under_these_rules").and_then(Value::as_bool) == Some(false);
    ensure!(shown.iter().all(apart), "imported history is not marked as such");
    Ok(u64::try_from(shown.len())?)
}

/// The city centre publishes the indicators of a period that is over; the regulator's node recomputes them from the chain
/// and gives the same, and numbers that differ in one place are refused.
///
/// # Errors
/// When anything differs.
pub async fn publish_indicators(cluster: &Cluster, from_ms: u64) -> anyhow::Result<Value> {
    let (client, observer) = (cluster.client(0)?, cluster.client(VALIDATORS.len())?);
    let city = cluster.organisation(VALIDATORS[0].1)?;
    let until_ms = client.status().await?.block_time_ms;
    let computed = client.indicators(from_ms, until_ms).await?;
    let body = json!({"from_ms": from_ms, "until_ms": until_ms, "indicators": computed});
    let mut wrong = body.clone();
    let projects = computed.get("projects").and_then(Value::as_u64).context("no number of projects")?;
    wrong["indicators"]["projects"] = json!(projects.saturating_add(1));
    let refused = commit(&client, &city.record("indicators.published/1", wrong).sign(author::clock())?).await;
    let code = refused.err().and_then(|error| error.code().map(str::to_owned));
    ensure!(code.as_deref() == Some("indicators.differ"), "a wrong number is not refused: {code:?}");
    commit(&client, &city.record("indicators.published/1", body).sign(author::clock())?).await?;
    cluster.reach(VALIDATORS.len(), cluster.height_of(0).await?, Duration::from_secs(60)).await?;
    let again = observer.indicators(from_ms, until_ms).await?;
    ensure!(again == computed, "the regulator's node computes other indicators");
    Ok(computed)
}

/// The program fetches every building model of a project from the regulator's node and finds it as sealed; another file
/// it names as altered. Gives how many there are.
///
/// # Errors
/// When it finds otherwise.
pub async fn check_models(
    cluster: &Cluster,
    project: &str,
    bidder: &str,
    scratch: &Path,
) -> anyhow::Result<usize> {
    let url = cluster.url(VALIDATORS.len());
    // Documents are at the node they were sent to.
    let host = cluster.url(1);
    let (code, said) = run(&["model", "check", "--api", &host, "--project", project]).await?;
    ensure!(code == Some(0), "model check {project}: {said}");
    let altered = scratch.join("altered.ifc");
    std::fs::write(
        &altered,
        "ISO-10303-21;HEADER;FILE_SCHEMA(('IFC4'));ENDSEC;DATA;ENDSEC;END-ISO-10303-21;",
    )?;
    let file = altered.to_str().context("a path that is not text")?;
    let (code, told) =
        run(&["model", "check", "--api", &url, "--project", project, "--bidder", bidder, file]).await?;
    ensure!(code == Some(1) && told.contains("altered"), "an altered model is not named: {told}");
    Ok(said.matches("as sealed").count())
}

/// Open data of every project, by the program from the regulator's node.
///
/// # Errors
/// When the command fails.
pub async fn export(cluster: &Cluster, out: &Path) -> anyhow::Result<()> {
    let (url, chain) = (cluster.url(VALIDATORS.len()), cluster.chain.to_string());
    let out = out.to_str().context("a path that is not text")?;
    let arguments = ["export", "ocds", "--api", &url, "--chain", &chain, "--out", out, "--tables"];
    let (code, said) = run(&arguments).await?;
    ensure!(code == Some(0), "export ocds: {said}");
    Ok(())
}

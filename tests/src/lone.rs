//! A consortium of one: a single validator's process, for what one node does with its machine and its clients.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::{Author, Client, key_file};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, OrgId};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::cluster::{free_ports, program};

/// Until a lone node makes blocks.
const STARTED_WITHIN: Duration = Duration::from_secs(90);

/// The node, and its process while it runs.
#[derive(Debug)]
pub struct Lone {
    pub folder: PathBuf,
    pub chain: ChainId,
    pub api_port: u16,
    pub gossip_port: u16,
    child: Option<Child>,
}

impl Lone {
    /// Makes keys, genesis and folder; nothing runs yet.
    ///
    /// # Errors
    /// When the folder exists or the program is missing.
    pub async fn found(folder: &Path, label: &str) -> anyhow::Result<Self> {
        let base = free_ports(3)?;
        let api_port = base.saturating_add(2);
        let mut command = Command::new(program("biaozheng")?);
        command.args(["consortium", "init", "--label", label, "--city", "city=CITY", "--out"]).arg(folder);
        command.arg("--base-port").arg(base.to_string()).arg("--api-base-port").arg(api_port.to_string());
        let output = command.output().await?;
        ensure!(output.status.success(), "consortium init: {}", String::from_utf8_lossy(&output.stderr));
        let genesis = Genesis::from_json(&std::fs::read(folder.join("genesis.json"))?)?;
        let gossip_port = base.saturating_add(1);
        Ok(Self { folder: folder.to_owned(), chain: genesis.chain_id(), api_port, gossip_port, child: None })
    }

    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folder.join("nodes/city")
    }

    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.join("city.log")
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.api_port)
    }

    /// # Errors
    /// When the address is unusable.
    pub fn client(&self) -> anyhow::Result<Client> {
        Ok(Client::new(&self.url())?)
    }

    /// The centre that owns it, with its key.
    ///
    /// # Errors
    /// When its key cannot be read.
    pub fn centre(&self) -> anyhow::Result<Author> {
        let key = key_file::read(&self.folder.join("organisations/CITY.key"))?;
        Ok(Author::new(OrgId::new("CITY")?, key, self.chain))
    }

    /// Starts the process and waits until it makes blocks. `limits` are words of the shell before it, such as
    /// `ulimit -n 2000`; empty for none.
    ///
    /// # Errors
    /// When it ends, with the end of its log.
    pub async fn start(&mut self, limits: &str) -> anyhow::Result<()> {
        let log = std::fs::File::options().create(true).append(true).open(self.log())?;
        let limits = if limits.is_empty() { "true" } else { limits };
        let mut child = Command::new("bash")
            .args(["-c", &format!("{limits} && exec \"$0\" start --home \"$1\"")])
            .arg(program("biaozheng")?)
            .arg(self.home())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("piped")?).lines();
        let said = tokio::time::timeout(STARTED_WITHIN, async {
            while let Ok(Some(line)) = lines.next_line().await {
                if line.starts_with("started") {
                    return true;
                }
            }
            false
        });
        let is_started = said.await.unwrap_or(false);
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        self.child = Some(child);
        if is_started {
            return Ok(());
        }
        let text = std::fs::read_to_string(self.log()).unwrap_or_default();
        bail!("the node did not start:\n{text}")
    }

    /// # Errors
    /// When it does not run.
    pub fn process(&self) -> anyhow::Result<u32> {
        self.child.as_ref().and_then(Child::id).context("it does not run")
    }

    /// # Errors
    /// When it does not run.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        Ok(self.child.take().context("it does not run")?.kill().await?)
    }
}

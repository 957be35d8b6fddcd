//! A consortium of real node processes on loopback.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::{Author, Client, key_file};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, OrgId};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Node and organisation names: the city first, then districts.
pub const VALIDATORS: [(&str, &str); 4] =
    [("city", "CITY"), ("east", "EAST"), ("west", "WEST"), ("north", "NORTH")];
/// The regulator's observer.
pub const OBSERVER: (&str, &str) = ("regulator", "REG");
/// A district's node that follows at first, in consortia that have one.
pub const STANDBY: (&str, &str) = ("south", "SOUTH");

/// A folder with a founded consortium, and the processes that run.
#[derive(Debug)]
pub struct Cluster {
    pub folder: PathBuf,
    pub genesis: Genesis,
    pub chain: ChainId,
    api_base: u16,
    nodes: Vec<Option<Child>>,
    wrong_clock: Option<(usize, String)>,
}

/// The program under test: `BIAOZHENG_BIN`, or the one built beside this.
///
/// # Errors
/// When there is none.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folders = own.ancestors().skip(1).take(2).map(|folder| folder.join(name));
    let named = std::env::var_os("BIAOZHENG_BIN").map(|folder| PathBuf::from(folder).join(name));
    named
        .into_iter()
        .chain(folders)
        .find(|path| path.is_file())
        .with_context(|| format!("the program '{name}' is not built; run: cargo build --release --workspace"))
}

/// A block of ports nobody listens on now, below those that outgoing connections take: a node may start long after.
pub(crate) fn free_ports(count: u16) -> anyhow::Result<u16> {
    for _ in 0..200 {
        let first = 20_000u16.saturating_add(rand::random::<u16>() % 12_000);
        let last = first.saturating_add(count);
        if (first..last).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return Ok(first);
        }
    }
    bail!("no free ports on 127.0.0.1")
}

impl Cluster {
    /// Founds a consortium of four validators and an observer; nothing runs yet.
    ///
    /// # Errors
    /// When the folder exists or the program is missing.
    pub async fn found(folder: &Path, label: &str) -> anyhow::Result<Self> {
        Self::found_with(folder, label, false).await
    }

    /// The same, with a district's node that follows at first where `standby`: index 5.
    ///
    /// # Errors
    /// As [`Cluster::found`].
    pub async fn found_with(folder: &Path, label: &str, standby: bool) -> anyhow::Result<Self> {
        let base = free_ports(20)?;
        let api_base = base.saturating_add(12);
        let mut command = Command::new(program("biaozheng")?);
        command.args(["consortium", "init", "--label", label, "--out"]).arg(folder);
        for (index, (name, org)) in VALIDATORS.iter().enumerate() {
            command.arg(if index == 0 { "--city" } else { "--district" }).arg(format!("{name}={org}"));
        }
        command.arg("--observer").arg(format!("{}={}", OBSERVER.0, OBSERVER.1));
        if standby {
            command.arg("--standby").arg(format!("{}={}", STANDBY.0, STANDBY.1));
        }
        command.arg("--base-port").arg(base.to_string()).arg("--api-base-port").arg(api_base.to_string());
        let output = command.output().await?;
        ensure!(output.status.success(), "consortium init: {}", String::from_utf8_lossy(&output.stderr));
        let genesis = Genesis::from_json(&std::fs::read(folder.join("genesis.json"))?)?;
        let chain = genesis.chain_id();
        let nodes = genesis.rest.nodes.iter().map(|_| None).collect();
        Ok(Self { folder: folder.to_owned(), genesis, chain, api_base, nodes, wrong_clock: None })
    }

    /// Lets every node reach the others by name instead of by address; before any is started.
    ///
    /// # Errors
    /// When a configuration cannot be written.
    pub fn by_name(&self) -> anyhow::Result<()> {
        for index in 0..self.nodes.len() {
            let path = self.home(index).join("config.toml");
            let config = std::fs::read_to_string(&path)?;
            // The nodes' own ports stay addresses: those lines begin with `listen`.
            let named = ["consensus", "gossip"].iter().fold(config, |text, key| {
                text.replace(&format!("\n{key} = \"127.0.0.1:"), &format!("\n{key} = \"localhost:"))
            });
            std::fs::write(&path, named)?;
        }
        Ok(())
    }

    /// The same consortium once more, in another folder and on other ports: what somebody could run who had all keys.
    ///
    /// # Errors
    /// When the folder cannot be copied or no ports are free.
    pub fn copy(&self, folder: &Path) -> anyhow::Result<Self> {
        let own = self.api_base.saturating_sub(12);
        let base = free_ports(20)?;
        let copied = std::process::Command::new("cp").arg("-a").arg(&self.folder).arg(folder).status()?;
        ensure!(copied.success(), "cp -a: {copied}");
        let nodes = self.nodes.iter().map(|_| None).collect();
        let api_base = base.saturating_add(12);
        let copy = Self {
            folder: folder.to_owned(),
            genesis: self.genesis.clone(),
            chain: self.chain,
            api_base,
            nodes,
            wrong_clock: self.wrong_clock.clone(),
        };
        for index in 0..self.nodes.len() {
            let path = copy.home(index).join("config.toml");
            let config = std::fs::read_to_string(&path)?;
            // Every port of the consortium by its place in the new block; the other numbers of the file stay.
            let moved = |piece: &str| {
                let digits = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
                let (port, rest) = piece.split_at(digits);
                let place = port.parse::<u16>().ok().and_then(|port| port.checked_sub(own));
                match place.filter(|place| *place < 20) {
                    Some(place) => format!("{}{rest}", base.saturating_add(place)),
                    None => piece.to_owned(),
                }
            };
            let pieces: Vec<String> = config.split("127.0.0.1:").map(moved).collect();
            std::fs::write(&path, pieces.join("127.0.0.1:"))?;
        }
        Ok(copy)
    }

    /// Node and organisation by index: those that vote first, then the observer, then the one that may vote later.
    fn node(index: usize) -> (&'static str, &'static str) {
        let followers = [OBSERVER, STANDBY];
        *VALIDATORS.iter().chain(&followers).nth(index).unwrap_or(&OBSERVER)
    }

    /// The name of a node by its index.
    #[must_use]
    pub fn name(index: usize) -> &'static str {
        Self::node(index).0
    }

    /// Whose node it is.
    #[must_use]
    pub fn org(index: usize) -> &'static str {
        Self::node(index).1
    }

    #[must_use]
    pub fn home(&self, index: usize) -> PathBuf {
        self.folder.join("nodes").join(Self::name(index))
    }

    /// Starts a node's process without waiting until blocks advance.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(&mut self, index: usize) -> anyhow::Result<()> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.join(format!("{}.log", Self::name(index))))?;
        let child = self
            .command(index)?
            .arg("start")
            .arg("--home")
            .arg(self.home(index))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        *self.nodes.get_mut(index).context("no such node")? = Some(child);
        Ok(())
    }

    fn command(&self, index: usize) -> anyhow::Result<Command> {
        let mut command = Command::new(program("biaozheng")?);
        if let Some((_, offset)) = self.wrong_clock.as_ref().filter(|(wrong, _)| *wrong == index) {
            // Not the program faketime, which stays between: a kill would end it and not the node. The monotonic clock of a
            // machine whose wall clock is wrong is right.
            let library =
                format!("/usr/lib/{}-linux-gnu/faketime/libfaketimeMT.so.1", std::env::consts::ARCH);
            ensure!(
                Path::new(&library).exists(),
                "{library} is missing: install the Debian package faketime"
            );
            command
                .env("LD_PRELOAD", library)
                .env("FAKETIME", offset)
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        Ok(command)
    }

    /// From its next start on a node's wall clock is off by `offset`, as faketime writes it (`+5s`). Needs the Debian
    /// package faketime.
    pub fn set_clock_off(&mut self, index: usize, offset: &str) {
        self.wrong_clock = Some((index, offset.to_owned()));
    }

    /// Waits until a node says that blocks advance.
    ///
    /// # Errors
    /// When it ends, or does not say so in time; the log's end is in the message.
    pub async fn started(&mut self, index: usize, timeout: Duration) -> anyhow::Result<()> {
        let name = Self::name(index);
        let log = self.folder.join(format!("{name}.log"));
        let child = self.nodes.get_mut(index).and_then(Option::as_mut).context("not spawned")?;
        let output = child.stdout.take().context("waited for already")?;
        let mut lines = BufReader::new(output).lines();
        let said = tokio::time::timeout(timeout, async {
            while let Some(line) = lines.next_line().await? {
                if line.starts_with("started") {
                    return anyhow::Ok(true);
                }
            }
            Ok(false)
        });
        let said = matches!(said.await, Ok(Ok(true)));
        // Keep reading: a full pipe would block the node.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        if said {
            return Ok(());
        }
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        let tail: Vec<&str> = text.lines().rev().take(15).collect();
        bail!("node '{name}' did not start:\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"))
    }

    /// Starts nodes and waits for all of them.
    ///
    /// # Errors
    /// As [`Cluster::spawn`] and [`Cluster::started`].
    pub async fn start(&mut self, indices: impl IntoIterator<Item = usize> + Clone) -> anyhow::Result<()> {
        for index in indices.clone() {
            self.spawn(index)?;
        }
        for index in indices {
            self.started(index, Duration::from_secs(90)).await?;
        }
        Ok(())
    }

    /// Ends a process at once: SIGKILL, nothing is flushed.
    ///
    /// # Errors
    /// When it does not run.
    pub async fn kill(&mut self, index: usize) -> anyhow::Result<()> {
        let slot = self.nodes.get_mut(index).context("no such node")?;
        slot.take().context("does not run")?.kill().await?;
        Ok(())
    }

    /// A node's process number.
    ///
    /// # Errors
    /// When it does not run.
    pub fn process(&self, index: usize) -> anyhow::Result<u32> {
        let child = self.nodes.get(index).and_then(Option::as_ref).context("no such node runs")?;
        child.id().context("it has ended")
    }

    /// The file to which a node's process writes what it logs.
    #[must_use]
    pub fn log(&self, index: usize) -> PathBuf {
        self.folder.join(format!("{}.log", Self::name(index)))
    }

    /// Asks every process to end in order and waits.
    pub async fn stop(&mut self) {
        for child in self.nodes.iter_mut().flatten() {
            if let Some(id) = child.id() {
                let _ = Command::new("kill").arg("-TERM").arg(id.to_string()).status().await;
            }
        }
        for child in self.nodes.iter_mut().filter_map(Option::take) {
            let mut child = child;
            if tokio::time::timeout(Duration::from_secs(15), child.wait()).await.is_err() {
                let _ = child.kill().await;
            }
        }
    }

    /// Ids of the nodes' processes that run.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        self.nodes.iter().flatten().filter_map(Child::id).collect()
    }

    #[must_use]
    pub fn url(&self, index: usize) -> String {
        format!("http://127.0.0.1:{}", self.api_base.saturating_add(u16::try_from(index).unwrap_or(0)))
    }

    /// # Errors
    /// When the address is unusable.
    pub fn client(&self, index: usize) -> anyhow::Result<Client> {
        Ok(Client::new(&self.url(index))?)
    }

    #[must_use]
    pub fn policy_file(&self) -> PathBuf {
        self.folder.join("policy.txt")
    }

    /// An organisation of the genesis, with its key.
    ///
    /// # Errors
    /// When it has none.
    pub fn organisation(&self, org: &str) -> anyhow::Result<Author> {
        let key = key_file::read(&self.folder.join("organisations").join(format!("{org}.key")))?;
        Ok(Author::new(OrgId::new(org)?, key, self.chain))
    }

    /// Waits until a node has committed a height.
    ///
    /// # Errors
    /// When it has not in time.
    pub async fn reach(&self, index: usize, height: u64, timeout: Duration) -> anyhow::Result<()> {
        let client = self.client(index)?;
        let deadline = tokio::time::Instant::now() + timeout;
        loop {
            let now = self.height(&client).await.unwrap_or(0);
            if now >= height {
                return Ok(());
            }
            ensure!(
                tokio::time::Instant::now() < deadline,
                "{} is at {now}, not {height}",
                Self::name(index)
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn height(&self, client: &Client) -> anyhow::Result<u64> {
        client.status_json().await?.get("height").and_then(serde_json::Value::as_u64).context("no height")
    }

    /// A node's committed height.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn height_of(&self, index: usize) -> anyhow::Result<u64> {
        self.height(&self.client(index)?).await
    }
}

//! A node's configuration: as written ([`RawConfig`]) and as used ([`Config`], valid by construction).
//!
//! A node's folder:
//! ```text
//! HOME/config.toml     what this file reads
//! HOME/genesis.json    what the nodes agreed on before the first block
//! HOME/keys/           consensus.key cosigner.key log.key network.key api.key, and a .pub beside each
//! HOME/data/           blocks, state, history tree (RocksDB)
//! HOME/consensus/      the engine's write-ahead log
//! HOME/documents/      documents that records name, unless they are kept in a bucket
//! HOME/webhooks/       how far each webhook has come
//! HOME/guard/          what this node has signed: never copy it back from an older backup
//! ```

pub mod address;
mod raw;
mod sections;
mod witness;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use biaozheng_documents::{DocumentSettings, SettingsError};
use biaozheng_ledger::genesis::{Cosigner, Genesis, GenesisError, NodeEntry};
use biaozheng_ledger::limits::WITNESSES_PER_CERTIFICATE_MAX;
use biaozheng_webhook::HookSettings;

pub use address::{HostPort, HostPortError, PeerAddress};
pub use raw::RawConfig;
pub use sections::{
    ApiSettings, BlockSettings, ConsensusConfig, GossipSettings, HttpsSettings, KeySettings, LogFormat,
    LogSettings, MempoolSettings, SealingSettings, TimestampSettings,
};
pub use witness::{LogWitnessAddress, LogWitnessSettings, OutsideWitness};

/// The commented file with every option at its default.
pub const DEFAULT_TOML: &str = include_str!("config/default.toml");

/// A checked configuration and the folder it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub home: PathBuf,
    pub name: String,
    pub api: ApiSettings,
    pub consensus: ConsensusConfig,
    pub gossip: GossipSettings,
    pub mempool: MempoolSettings,
    pub blocks: BlockSettings,
    /// Its directory, if any, is resolved against the home folder.
    pub log: LogSettings,
    /// Its paths are resolved against the home folder.
    pub documents: DocumentSettings,
    pub sealing: SealingSettings,
    /// Its file is resolved against the home folder.
    pub https: HttpsSettings,
    pub keys: KeySettings,
    pub witnessing: LogWitnessSettings,
    /// Its file is resolved against the home folder.
    pub timestamps: TimestampSettings,
    /// Parties outside the consortium that are asked to cosign its checkpoints.
    pub witnesses: Vec<OutsideWitness>,
    pub peers: Vec<PeerAddress>,
    /// Their secrets' paths are resolved against the home folder.
    pub webhooks: Vec<HookSettings>,
}

/// What the command line may set over the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    pub api_listen: Option<SocketAddr>,
    pub log_level: Option<String>,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path}: {reason}", path = .path.display())]
    Read { path: PathBuf, reason: std::io::Error },
    #[error("{0}")]
    Toml(String),
    #[error(
        "unknown key '{key}' 未知配置项; did you mean '{nearest}'? All keys: biaozheng config print-default"
    )]
    UnknownKey { key: String, nearest: String },
    #[error("{key} = {value} is out of range 超出范围: {least} to {most}")]
    Range { key: &'static str, value: String, least: String, most: String },
    #[error("log.level = {0:?} is not error, warn, info, debug or trace, alone or by part")]
    LogLevel(String),
    #[error("{first} and {second} listen on the same port")]
    SamePort { first: &'static str, second: &'static str },
    #[error("mempool.bytes_max is smaller than blocks.bytes_max: no full block could ever wait")]
    PoolBelowBlock,
    #[error("'name' is empty")]
    Name,
    #[error("peers: {0:?} is listed twice")]
    PeerTwice(String),
    #[error("peers: {0:?} is this node itself")]
    PeerSelf(String),
    #[error("{what} {name:?} is not in the genesis 创世文件中没有该节点; its nodes are: {known}")]
    NotInGenesis { what: &'static str, name: String, known: String },
    #[error("{path}: {reason}", path = .path.display())]
    Genesis { path: PathBuf, reason: GenesisError },
    #[error(transparent)]
    Documents(#[from] SettingsError),
    #[error(transparent)]
    Webhook(#[from] biaozheng_webhook::SettingsError),
    #[error(
        "witness {0}: its key is the text biaozheng-audit witness-serve prints: name+hash+base64 密钥文本有误"
    )]
    WitnessKey(String),
    #[error("witness {0:?} is not an http:// or https:// address")]
    LogWitnessAddress(String),
    #[error("witness {0:?}: its key stands twice, or its key or name is one of the consortium's own")]
    WitnessTwice(String),
    #[error("timestamps.url {0:?} is not an http:// or https:// address")]
    TimestampAddress(String),
    #[error("at most {WITNESSES_PER_CERTIFICATE_MAX} witnesses")]
    Witnesses,
    #[error("{path}: {reason}", path = .path.display())]
    In { path: PathBuf, reason: Box<Self> },
}

/// No two listeners take one port of an address they share.
fn check_ports(listens: [(&'static str, SocketAddr); 3]) -> Result<(), ConfigError> {
    for (index, (first, one)) in listens.iter().enumerate() {
        for (second, other) in listens.iter().skip(index.saturating_add(1)) {
            let overlap = one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified();
            if one.port() == other.port() && overlap {
                return Err(ConfigError::SamePort { first, second });
            }
        }
    }
    Ok(())
}

/// Each peer once, and never the node itself.
fn check_peers(name: &str, peers: &[PeerAddress]) -> Result<(), ConfigError> {
    for (index, peer) in peers.iter().enumerate() {
        if peer.name == name {
            return Err(ConfigError::PeerSelf(name.to_owned()));
        }
        if peers.iter().take(index).any(|before| before.name == peer.name) {
            return Err(ConfigError::PeerTwice(peer.name.clone()));
        }
    }
    Ok(())
}

impl Config {
    /// Reads `HOME/config.toml`.
    ///
    /// # Errors
    /// [`ConfigError`], with the file's path.
    pub fn load(home: &Path, overrides: &Overrides) -> Result<Self, ConfigError> {
        let path = home.join("config.toml");
        let text = std::fs::read_to_string(&path)
            .map_err(|reason| ConfigError::Read { path: path.clone(), reason })?;
        let in_file = |reason| ConfigError::In { path: path.clone(), reason: Box::new(reason) };
        let mut raw = RawConfig::parse(&text).map_err(in_file)?;
        raw.api.listen = overrides.api_listen.unwrap_or(raw.api.listen);
        raw.log.level = overrides.log_level.clone().unwrap_or(raw.log.level);
        Self::new(home, raw).map_err(in_file)
    }

    /// Checks every range and what must fit together.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn new(home: &Path, raw: RawConfig) -> Result<Self, ConfigError> {
        let RawConfig {
            name,
            api,
            consensus,
            gossip,
            mempool,
            blocks,
            mut log,
            documents,
            sealing,
            mut https,
            keys,
            witnessing,
            mut timestamps,
            peers,
            witness,
            webhook,
        } = raw;
        if name.is_empty() {
            return Err(ConfigError::Name);
        }
        api.check()?;
        consensus.check()?;
        gossip.check()?;
        mempool.check()?;
        blocks.check()?;
        log.check()?;
        documents.check()?;
        HookSettings::check_all(&webhook)?;
        sealing.check()?;
        keys.check()?;
        witnessing.check()?;
        timestamps.check()?;
        timestamps.ca_file = timestamps.ca_file.map(|file| home.join(file));
        https.ca_file = https.ca_file.map(|file| home.join(file));
        let witnesses = OutsideWitness::read_all(&witness)?;
        check_ports([("api", api.listen), ("consensus", consensus.listen), ("gossip", gossip.listen)])?;
        if mempool.bytes_max < blocks.bytes_max {
            return Err(ConfigError::PoolBelowBlock);
        }
        check_peers(&name, &peers)?;
        log.directory = log.directory.map(|directory| home.join(directory));
        let documents = documents.within(home);
        Ok(Self {
            home: home.to_owned(),
            name,
            api,
            consensus,
            gossip,
            mempool,
            blocks,
            log,
            documents,
            sealing,
            https,
            keys,
            witnessing,
            timestamps,
            witnesses,
            peers,
            webhooks: webhook.into_iter().map(|hook| hook.within(home)).collect(),
        })
    }

    /// Checks that this node and every peer are in the genesis, and no witness is.
    ///
    /// # Errors
    /// [`ConfigError::NotInGenesis`], [`ConfigError::WitnessTwice`].
    pub fn check_against(&self, genesis: &Genesis) -> Result<(), ConfigError> {
        let nodes = &genesis.rest.nodes;
        let named = [("this node's name", &self.name)];
        for (what, name) in named.into_iter().chain(self.peers.iter().map(|peer| ("peer", &peer.name))) {
            if !nodes.iter().any(|node| node.name == *name) {
                let known = nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>().join(", ");
                return Err(ConfigError::NotInGenesis { what, name: name.clone(), known });
            }
        }
        for one in &self.witnesses {
            let is_own = |own: &Cosigner| own.cosigner_key == *one.key.key() || own.name == one.key.name();
            if genesis.trust.cosigners.iter().any(is_own) {
                return Err(ConfigError::WitnessTwice(one.key.name().to_owned()));
            }
        }
        Ok(())
    }

    /// Reads `HOME/genesis.json` and checks this configuration against it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn load_genesis(&self) -> Result<Genesis, ConfigError> {
        let path = self.genesis_path();
        let text = std::fs::read(&path).map_err(|reason| ConfigError::Read { path: path.clone(), reason })?;
        let genesis = Genesis::from_json(&text).map_err(|reason| ConfigError::Genesis { path, reason })?;
        self.check_against(&genesis)?;
        Ok(genesis)
    }

    #[must_use]
    pub fn genesis_path(&self) -> PathBuf {
        self.home.join("genesis.json")
    }

    /// The folder of this node's secret keys.
    #[must_use]
    pub fn keys_path(&self) -> PathBuf {
        self.home.join("keys")
    }

    /// The key this node votes with, where it has one.
    #[must_use]
    pub fn voting_key_path(&self) -> PathBuf {
        self.keys_path().join(crate::run::keys::Purpose::Consensus.file_name())
    }

    /// True for a node that has a vote, or is ready for one.
    #[must_use]
    pub fn may_vote(&self, genesis: &Genesis) -> bool {
        let named = |node: &NodeEntry| node.name == self.name && node.consensus_key.is_some();
        genesis.rest.nodes.iter().any(named) || self.voting_key_path().exists()
    }

    /// RocksDB.
    #[must_use]
    pub fn data_path(&self) -> PathBuf {
        self.home.join("data")
    }

    /// The engine's write-ahead log.
    #[must_use]
    pub fn consensus_path(&self) -> PathBuf {
        self.home.join("consensus")
    }

    /// How far each webhook has come.
    #[must_use]
    pub fn webhooks_path(&self) -> PathBuf {
        self.home.join("webhooks")
    }

    /// The signer guard.
    #[must_use]
    pub fn guard_path(&self) -> PathBuf {
        self.home.join("guard")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let raw = RawConfig::parse(text).expect("the keys are right");
        Config::new(Path::new("home"), raw).expect_err("the values are not").to_string()
    }

    #[test]
    fn the_defaults_are_a_valid_configuration() {
        let config = Config::new(Path::new("home"), RawConfig::default()).unwrap();
        assert_eq!(config.genesis_path(), Path::new("home/genesis.json"));
    }

    #[test]
    fn values_out_of_range_name_key_value_and_range() {
        assert_eq!(
            refused("[blocks]\nrecords_max = 5000\n"),
            "blocks.records_max = 5000 is out of range 超出范围: 1 to 4096"
        );
        assert!(refused("[api]\nlisten = \"127.0.0.1:0\"\n").starts_with("api.listen = 0"));
        assert!(refused("[log]\nlevel = \"=noisy=\"\n").contains("log.level"));
        assert!(refused("[gossip]\nlisten = \"0.0.0.0:27600\"\n").contains("same port"));
        assert!(refused("[mempool]\nbytes_max = 1048576\n").contains("blocks.bytes_max"));
        let peer = "[[peers]]\nname = \"a\"\nconsensus = \"h:1\"\ngossip = \"h:2\"\n";
        assert!(refused(&format!("{peer}{peer}")).contains("twice"));
        assert!(refused(&format!("name = \"a\"\n{peer}")).contains("itself"));
        let witness =
            |url: &str, key: &str| refused(&format!("[[witness]]\nurl = \"{url}\"\nkey = \"{key}\"\n"));
        assert!(witness("http://w:1", "auditor").contains("its key is the text"));
        let hook = "[[webhook]]\nname = \"erp\"\nurl = \"https://10.0.0.1/\"\nsecret_file = \"keys/erp\"\n";
        assert!(refused(hook).contains("webhook erp: 10.0.0.1 is not a public address"));
    }

    #[test]
    fn a_value_of_another_type_is_refused_with_its_line() {
        let error = RawConfig::parse("[api]\nconnections_max = \"many\"\n").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
        assert!(RawConfig::parse("[api]\nwait_ms_max = -1\n").is_err());
        assert!(RawConfig::parse("[[peers]]\nname = \"a\"\nconsensus = \"h\"\ngossip = \"h:2\"\n").is_err());
    }

    #[test]
    fn documented_ranges_are_the_checked_ones() {
        // Each comment ends with "LEAST to MOST." and the next line names the option.
        let mut section = "";
        let lines: Vec<_> = DEFAULT_TOML.lines().collect();
        let mut tried = 0;
        for pair in lines.windows(2) {
            if let Some(name) = pair[0].strip_prefix('[') {
                section = name.trim_end_matches(']');
            }
            let words: Vec<_> = pair[0]
                .trim_end_matches(" microseconds.")
                .trim_end_matches('.')
                .rsplit(' ')
                .take(3)
                .collect();
            let [most, "to", least] = words[..] else { continue };
            let (Ok(most), Ok(least)) = (most.parse::<i64>(), least.parse::<i64>()) else { continue };
            let key = pair[1].split(' ').next().unwrap();
            let check = |value: i64| {
                // The pool is large enough for any block here, and the other way round.
                let other = match (section, key) {
                    ("mempool", "bytes_max") => "[blocks]\nbytes_max = 131072\n",
                    ("blocks", "bytes_max") => "[mempool]\nbytes_max = 268435456\n",
                    _ => "",
                };
                RawConfig::parse(&format!("[{section}]\n{key} = {value}\n{other}"))
                    .and_then(|raw| Config::new(Path::new("home"), raw))
            };
            assert!(check(least).is_ok() && check(most).is_ok(), "{section}.{key}");
            assert!(check(least - 1).is_err() && check(most + 1).is_err(), "{section}.{key}");
            tried += 1;
        }
        assert!(tried >= 20, "only {tried} ranges were found in the comments");
    }
}

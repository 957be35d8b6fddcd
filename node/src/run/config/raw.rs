//! A configuration as written: TOML with a key for every option and no other.

use biaozheng_documents::DocumentSettings;
use biaozheng_webhook::HookSettings;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::address::PeerAddress;
use super::sections::{
    ApiSettings, BlockSettings, ConsensusConfig, GossipSettings, HttpsSettings, KeySettings, LogSettings,
    MempoolSettings, SealingSettings, TimestampSettings,
};
use super::witness::{LogWitnessAddress, LogWitnessSettings};
use super::{ConfigError, DEFAULT_TOML};

/// The file's content, keys and types checked, ranges not yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawConfig {
    pub name: String,
    pub api: ApiSettings,
    pub consensus: ConsensusConfig,
    pub gossip: GossipSettings,
    pub mempool: MempoolSettings,
    pub blocks: BlockSettings,
    pub log: LogSettings,
    pub documents: DocumentSettings,
    pub sealing: SealingSettings,
    pub https: HttpsSettings,
    pub keys: KeySettings,
    pub witnessing: LogWitnessSettings,
    pub timestamps: TimestampSettings,
    pub peers: Vec<PeerAddress>,
    pub witness: Vec<LogWitnessAddress>,
    pub webhook: Vec<HookSettings>,
}

impl Default for RawConfig {
    fn default() -> Self {
        Self {
            name: "node".to_owned(),
            api: ApiSettings::default(),
            consensus: ConsensusConfig::default(),
            gossip: GossipSettings::default(),
            mempool: MempoolSettings::default(),
            blocks: BlockSettings::default(),
            log: LogSettings::default(),
            documents: DocumentSettings::default(),
            sealing: SealingSettings::default(),
            https: HttpsSettings::default(),
            keys: KeySettings::default(),
            witnessing: LogWitnessSettings::default(),
            timestamps: TimestampSettings::default(),
            peers: Vec::new(),
            witness: Vec::new(),
            webhook: Vec::new(),
        }
    }
}

impl RawConfig {
    /// Reads a file's text.
    ///
    /// # Errors
    /// [`ConfigError`]; an unknown key is named, with the known one most like it.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let table: Table =
            text.parse().map_err(|error: toml::de::Error| ConfigError::Toml(error.to_string()))?;
        if let Some(key) = unknown_key(&table, "") {
            let nearest = nearest(&key);
            return Err(ConfigError::UnknownKey { key, nearest });
        }
        toml::from_str(text).map_err(|error| ConfigError::Toml(error.to_string()))
    }

    /// The file with every comment, these values in the place of the defaults, and the peers and
    /// webhooks at its end.
    #[must_use]
    pub fn render(&self) -> String {
        let table = Table::try_from(self).expect("texts, numbers and lists are TOML");
        let mut section = String::new();
        let mut out = String::new();
        for line in DEFAULT_TOML.lines() {
            if let Some(list) = list_of(line) {
                list.clone_into(&mut section);
            }
            if self.peers.is_empty() || section != "peers" || !is_peer_example(line) {
                let value = option_of(line).and_then(|key| value_at(&table, &section, key));
                match (section_of(line), option_of(line), value) {
                    (Some(name), ..) => name.clone_into(&mut section),
                    (None, Some(key), Some(value)) => {
                        out.push_str(&format!("{key} = {value}\n"));
                        continue;
                    }
                    _ => {}
                }
                out.push_str(line);
                out.push('\n');
            }
        }
        for peer in &self.peers {
            let PeerAddress { name, consensus, gossip } = peer;
            let name = Value::from(name.as_str());
            out.push_str(&format!(
                "\n[[peers]]\nname = {name}\nconsensus = \"{consensus}\"\ngossip = \"{gossip}\"\n"
            ));
        }
        for LogWitnessAddress { url, key } in &self.witness {
            let (url, key) = (Value::from(url.as_str()), Value::from(key.as_str()));
            out.push_str(&format!("\n[[witness]]\nurl = {url}\nkey = {key}\n"));
        }
        for hook in &self.webhook {
            let hook = toml::to_string(hook).expect("texts, numbers and lists are TOML");
            out.push_str(&format!("\n[[webhook]]\n{hook}"));
        }
        out
    }
}

fn is_peer_example(line: &str) -> bool {
    ["# [[peers]]", "# name = ", "# consensus = ", "# gossip = "].iter().any(|start| line.starts_with(start))
}

fn section_of(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.strip_suffix(']').filter(|name| !name.starts_with('['))
}

/// The list whose example begins with `# [[list]]`.
fn list_of(line: &str) -> Option<&str> {
    line.strip_prefix("# [[")?.strip_suffix("]]")
}

/// The key of `key = value`, or of an option that is off by default, `# key = value`.
fn option_of(line: &str) -> Option<&str> {
    let (key, _) = line.strip_prefix("# ").unwrap_or(line).split_once(" = ")?;
    let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    plain.then_some(key)
}

fn value_at<'a>(table: &'a Table, section: &str, key: &str) -> Option<&'a Value> {
    if section.is_empty() { table.get(key) } else { table.get(section)?.get(key) }
}

/// Every key a file may have, such as `api.listen`.
pub(super) fn known_keys() -> Vec<String> {
    let mut section = String::new();
    let mut keys = Vec::new();
    for line in DEFAULT_TOML.lines() {
        if let Some(list) = list_of(line) {
            list.clone_into(&mut section);
            keys.push(section.clone());
        } else if let Some(name) = section_of(line) {
            name.clone_into(&mut section);
            keys.push(section.clone());
        } else if let Some(key) = option_of(line) {
            keys.push(if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") });
        }
    }
    keys
}

fn unknown_key(table: &Table, path: &str) -> Option<String> {
    let known = known_keys();
    for (key, value) in table {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        if !known.contains(&full) {
            return Some(full);
        }
        let inner: Vec<&Table> = match value {
            Value::Table(inner) => vec![inner],
            Value::Array(items) => items.iter().filter_map(Value::as_table).collect(),
            _ => vec![],
        };
        if let Some(found) = inner.into_iter().find_map(|inner| unknown_key(inner, &full)) {
            return Some(found);
        }
    }
    None
}

/// The known key with the fewest edits; one with the same last part counts as near.
fn nearest(key: &str) -> String {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let distance =
        |known: &String| edits(&last(key), &last(known)).saturating_mul(2).saturating_add(edits(key, known));
    known_keys().into_iter().min_by_key(distance).unwrap_or_default()
}

/// Levenshtein distance.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, a) in from.chars().enumerate() {
        let mut left = index.saturating_add(1);
        let mut next = vec![left];
        for (b, pair) in to.iter().zip(row.windows(2)) {
            let [diagonal, above] = pair else { continue };
            let swapped = diagonal.saturating_add(usize::from(a != *b));
            left = swapped.min(above.saturating_add(1)).min(left.saturating_add(1));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook() -> HookSettings {
        HookSettings {
            name: "erp".into(),
            url: "https://erp.example/hook".into(),
            secret_file: "keys/erp".into(),
            kinds: vec!["tender.*".into()],
            projects: vec!["P \"1\"".into()],
            from_height: Some(1),
            allow_http: false,
            private_addresses: true,
            timeout_ms: 500,
            set_aside_after_s: 60,
        }
    }

    fn witness() -> LogWitnessAddress {
        LogWitnessAddress { url: "http://auditor.example:8700".into(), key: "auditor+00+\"".into() }
    }

    #[test]
    fn what_is_printed_parses_to_the_defaults_and_has_every_field() {
        assert_eq!(RawConfig::parse(DEFAULT_TOML).unwrap(), RawConfig::default());
        assert_eq!(RawConfig::default().render(), DEFAULT_TOML);
        let mut full = RawConfig::default();
        full.log.directory = Some("log".into());
        full.documents = DocumentSettings {
            endpoint: Some("https://h".into()),
            bucket: Some("b".into()),
            access_key_file: Some("a".into()),
            secret_key_file: Some("s".into()),
            ca_file: Some("c".into()),
            ..DocumentSettings::default()
        };
        full.timestamps.ca_file = Some("c".into());
        full.https.ca_file = Some("c".into());
        let address = "h:1".to_owned();
        full.peers.push(PeerAddress { name: "n".into(), consensus: address.clone(), gossip: address });
        full.webhook.push(hook());
        full.witness.push(witness());
        let mut fields = Vec::new();
        for (key, value) in Table::try_from(&full).unwrap() {
            let inner = value.as_table().or_else(|| value.as_array()?.first()?.as_table());
            fields.push(key.clone());
            fields.extend(inner.into_iter().flat_map(Table::keys).map(|one| format!("{key}.{one}")));
        }
        let mut known = known_keys();
        known.sort_unstable();
        fields.sort_unstable();
        assert_eq!(known, fields);
    }

    #[test]
    fn every_option_has_a_comment_above_it() {
        let lines: Vec<_> = DEFAULT_TOML.lines().collect();
        for pair in lines.windows(2).filter(|pair| option_of(pair[1]).is_some() && !is_peer_example(pair[1]))
        {
            assert!(pair[0].starts_with("# "), "{} has no comment", pair[1]);
        }
    }

    #[test]
    fn a_rendered_file_reads_back() {
        let mut raw = RawConfig { name: "苏州".into(), ..RawConfig::default() };
        raw.api.listen = "[::1]:9000".parse().unwrap();
        raw.log.directory = Some("log \"x\"".into());
        let address = "10.0.0.1:2".to_owned();
        let peer = PeerAddress { name: "吴江".into(), consensus: address.clone(), gossip: address };
        raw.peers = vec![peer.clone(), peer];
        raw.witness = vec![witness()];
        raw.webhook = vec![hook(), HookSettings { from_height: None, ..hook() }];
        assert_eq!(RawConfig::parse(&raw.render()).unwrap(), raw);
        assert!(raw.render().contains("# Address and port to listen on."));
        assert!(raw.render().contains("# [[webhook]]") && !raw.render().contains("# [[peers]]"));
    }

    #[test]
    fn an_unknown_key_is_named_with_the_nearest_known_one() {
        for (text, key, near) in [
            ("[api]\nlisten_adress = \"x\"\n", "api.listen_adress", "api.listen"),
            ("[mempool]\nrecord_max = 5\n", "mempool.record_max", "mempool.records_max"),
            ("nmae = \"x\"\n", "nmae", "name"),
            ("[block]\nheartbeat_ms = 5\n", "block", "blocks"),
            ("[consensus]\nheartbeat_ms = 5\n", "consensus.heartbeat_ms", "blocks.heartbeat_ms"),
            (
                "[[peers]]\nname = \"a\"\nconsensus = \"h:1\"\ngosip = \"h:1\"\n",
                "peers.gosip",
                "peers.gossip",
            ),
        ] {
            let Err(ConfigError::UnknownKey { key: found, nearest }) = RawConfig::parse(text) else {
                panic!("{text} must be refused");
            };
            assert_eq!((found.as_str(), nearest.as_str()), (key, near));
        }
    }
}

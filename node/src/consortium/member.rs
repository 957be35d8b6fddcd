//! Who joins: a node of an organisation in a role, and the public document by which others know it.
//!
//! ```json
//! {"format":"biaozheng-node/1","name":"district-1","org":"12320500466950001X","role":"district",
//!  "consensus_key":"ed25519:…","cosigner_key":"ed25519:…","log_key":"ed25519:…",
//!  "network_key":"ed25519:…","api_key":"ed25519:…","organisation_key":"ed25519:…",
//!  "consensus":"10.1.2.3:27600","gossip":"10.1.2.3:27601","api_port":8600}
//! ```

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context as _, bail, ensure};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::OrgId;
use biaozheng_ledger::json::from_strict;
use biaozheng_ledger::key::PublicKey;
use serde::{Deserialize, Serialize};

use crate::run::config::HostPort;

const FORMAT: &str = "biaozheng-node/1";
/// Longest node name, bytes.
const NAME_BYTES_MAX: usize = 64;
/// Largest `node.json`, bytes.
const NODE_BYTES_MAX: u64 = 16 * 1024;

/// What a node's organisation is, and with it whether the node votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A city's trading centre: a validator that also keeps the rulebooks.
    City,
    /// A district's trading centre: a validator.
    District,
    /// A district's trading centre that follows at first: the validators can give it a vote later.
    Standby,
    /// A regulator: follows, verifies and serves, and never votes.
    Observer,
}

impl Role {
    #[must_use]
    pub const fn is_validator(self) -> bool {
        matches!(self, Self::City | Self::District)
    }

    /// The role of its organisation in the contracts.
    #[must_use]
    pub const fn participant_role(self) -> biaozheng_contracts::Role {
        use biaozheng_contracts::Role as Participant;
        match self {
            Self::City => Participant::CityCentre,
            Self::District | Self::Standby => Participant::DistrictCentre,
            Self::Observer => Participant::Regulator,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `pad`: lists of nodes are aligned.
        f.pad(match self {
            Self::City => "city",
            Self::District => "district",
            Self::Standby => "standby",
            Self::Observer => "observer",
        })
    }
}

impl FromStr for Role {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::City, Self::District, Self::Standby, Self::Observer]
            .into_iter()
            .find(|role| role.to_string() == text)
            .ok_or("a role is one of: city, district, standby, observer")
    }
}

/// A node to be, before it has keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    name: String,
    org: OrgId,
    role: Role,
}

impl Member {
    /// # Errors
    /// When the name could not be a folder's or a cosigner's.
    pub fn new(name: &str, org: OrgId, role: Role) -> anyhow::Result<Self> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), org, role })
    }

    /// Reads `NAME` or `NAME=ORG`; without an organisation's number the name is it.
    ///
    /// # Errors
    /// When either breaks its format.
    pub fn parse(text: &str, role: Role) -> anyhow::Result<Self> {
        let (name, org) = text.split_once('=').unwrap_or((text, text));
        let org = OrgId::new(org).with_context(|| format!("{org:?}; write --{role} NAME=ORG"))?;
        Self::new(name, org, role)
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub const fn org(&self) -> &OrgId {
        &self.org
    }

    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }
}

/// A name is a folder's name, a cosigner's name in C2SP notes, and a member of a policy's group.
fn check_name(name: &str) -> anyhow::Result<()> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let starts = name.chars().next().is_some_and(char::is_alphanumeric);
    ensure!(
        starts && name.len() <= NAME_BYTES_MAX && name.chars().all(plain),
        "{name:?} is not a node's name 节点名称无效: up to {NAME_BYTES_MAX} bytes of letters, digits, '-', '_' and '.', the first a letter or digit"
    );
    ensure!(
        !matches!(name, "quorum-group" | "none"),
        "the name {name:?} has a meaning in policies; choose another"
    );
    Ok(())
}

/// What a node tells the others about itself. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicNode {
    pub format: String,
    pub name: String,
    pub org: OrgId,
    pub role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consensus_key: Option<PublicKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cosigner_key: Option<PublicKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_key: Option<PublicKey>,
    pub network_key: PublicKey,
    pub api_key: PublicKey,
    /// Signs records in the organisation's name, first of all the registration of others.
    pub organisation_key: PublicKey,
    /// Where other nodes reach this one.
    pub consensus: HostPort,
    pub gossip: HostPort,
    pub api_port: u16,
}

impl PublicNode {
    pub(super) const FORMAT: &'static str = FORMAT;

    /// Reads and checks a `node.json`.
    ///
    /// # Errors
    /// Names the file and what is wrong with it.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let about = || path.display().to_string();
        let size = std::fs::metadata(path).with_context(about)?.len();
        ensure!(size <= NODE_BYTES_MAX, "{}: larger than any node.json", path.display());
        let text = std::fs::read(path).with_context(about)?;
        let node: Self = from_strict(&text).with_context(about)?;
        node.check().with_context(about)?;
        Ok(node)
    }

    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("strings and numbers always serialise");
        text.push('\n');
        text
    }

    /// For comparing by telephone: eight groups of four digits over everything in the document.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let hex = Digest::of(self.to_json().as_bytes()).hex();
        let groups: Vec<String> = hex
            .as_bytes()
            .chunks(4)
            .take(8)
            .map(|group| String::from_utf8_lossy(group).into_owned())
            .collect();
        groups.join(" ")
    }

    /// Every key in the document.
    pub fn keys(&self) -> impl Iterator<Item = PublicKey> {
        [self.consensus_key, self.cosigner_key, self.log_key].into_iter().flatten().chain([
            self.network_key,
            self.api_key,
            self.organisation_key,
        ])
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(self.format == FORMAT, "format {:?} is unknown to this program", self.format);
        check_name(&self.name)?;
        ensure!(self.api_port != 0, "'api_port' is 0");
        let voting = [self.consensus_key, self.cosigner_key, self.log_key].map(|key| key.is_some());
        if voting != [self.role.is_validator(); 3] {
            bail!("a validator has the keys consensus, cosigner and log, an observer has none of them");
        }
        for key in self.keys() {
            key.prepare().with_context(|| format!("key {key}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_as_folders_and_in_notes() {
        for good in ["city", "district-1", "苏州市", "a.b_c", "1"] {
            assert!(Member::parse(&format!("{good}=ORG-1"), Role::City).is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "a b", "a+b", "-a", "a\u{2028}", "quorum-group", &"x".repeat(65)] {
            assert!(Member::parse(&format!("{bad}=ORG-1"), Role::City).is_err(), "{bad:?}");
        }
        assert_eq!(Member::parse("wujiang", Role::District).unwrap().org().as_str(), "wujiang");
        let error = Member::parse("苏州市", Role::District).unwrap_err();
        assert!(format!("{error:#}").contains("--district NAME=ORG"), "{error:#}");
    }
}

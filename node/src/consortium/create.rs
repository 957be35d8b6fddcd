//! Making keys and folders.
//!
//! ```text
//! OUT/genesis.json policy.txt chain-id.txt    for everyone
//! OUT/nodes/<node>/                           a node's folder: config.toml genesis.json node.json keys/
//! OUT/organisations/<org>.key <org>.pub       signs records in the organisation's name
//! ```

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::OrgId;
use biaozheng_ledger::key::PublicKey;

use super::assemble::{Assembly, config_of, genesis_of, write_public};
use super::folder::{Staging, private_folder, write_new};
use super::member::{Member, PublicNode};
use crate::folders;
use crate::run::config::{Config, HostPort, Overrides};
use crate::run::keys::{NodeKeys, Purpose, create_pair, read_public};

/// Creates a node's store and signer guard in its folder.
pub type Initialise<'a> = &'a dyn Fn(&Path, &Genesis) -> anyhow::Result<()>;

/// A whole consortium made in one place.
#[derive(Clone, Debug)]
pub struct Plan {
    pub assembly: Assembly,
    pub members: Vec<Member>,
    pub host: String,
    pub ports: Ports,
}

/// Ports of the first node; every further node takes the next two and the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// Consensus; gossip is the next one.
    pub base: u16,
    pub api_base: u16,
}

/// What [`create`] made.
#[derive(Clone, Debug)]
pub struct Created {
    pub folder: PathBuf,
    pub genesis: Genesis,
    pub nodes: Vec<PublicNode>,
}

impl Created {
    #[must_use]
    pub fn home(&self, node: &str) -> PathBuf {
        self.folder.join("nodes").join(node)
    }

    #[must_use]
    pub fn organisation_key(&self, org: &OrgId) -> PathBuf {
        organisation_path(&self.folder, org)
    }
}

fn organisation_path(folder: &Path, org: &OrgId) -> PathBuf {
    folder.join("organisations").join(format!("{org}.key"))
}

impl Ports {
    fn of(self, index: usize) -> anyhow::Result<(u16, u16, u16)> {
        let port = |base: u16, step: usize| {
            u16::try_from(usize::from(base).saturating_add(step)).ok().filter(|port| *port != 0)
        };
        let (double, next) = (index.saturating_mul(2), index.saturating_mul(2).saturating_add(1));
        match (port(self.base, double), port(self.base, next), port(self.api_base, index)) {
            (Some(consensus), Some(gossip), Some(api)) => Ok((consensus, gossip, api)),
            _ => bail!("the ports run out at node {}: choose lower base ports", index.saturating_add(1)),
        }
    }

    /// Refuses ports that meet: on one host no two nodes may share any.
    fn check(self, nodes: usize) -> anyhow::Result<()> {
        let mut all = std::collections::BTreeSet::new();
        for index in 0..nodes {
            let (consensus, gossip, api) = self.of(index)?;
            ensure!(
                all.insert(consensus) && all.insert(gossip) && all.insert(api),
                "the ports from {} and from {} meet: choose them further apart",
                self.base,
                self.api_base
            );
        }
        Ok(())
    }
}

/// Makes every key, the genesis and all folders. Nothing appears at `out` unless all of it does.
///
/// # Errors
/// When `out` is taken, the members do not fit together, or a node's store cannot be made.
pub fn create(out: &Path, plan: &Plan, initialise: Initialise<'_>) -> anyhow::Result<Created> {
    plan.ports.check(plan.members.len())?;
    let staging = Staging::new(out)?;
    let folder = staging.path();
    private_folder(&folder.join("nodes"))?;
    private_folder(&folder.join("organisations"))?;
    let mut nodes = Vec::with_capacity(plan.members.len());
    for (index, member) in plan.members.iter().enumerate() {
        let home = folder.join("nodes").join(member.name());
        private_folder(&home).context("two nodes of one name?")?;
        let (consensus, gossip, api_port) = plan.ports.of(index)?;
        let addresses = Addresses {
            consensus: HostPort::new(&plan.host, consensus)?,
            gossip: HostPort::new(&plan.host, gossip)?,
            api_port,
        };
        nodes.push(member_keys(folder, &home, member, addresses)?);
    }
    let genesis = genesis_of(&plan.assembly, &nodes)?;
    write_public(folder, &genesis)?;
    for node in &nodes {
        let home = folder.join("nodes").join(&node.name);
        fill_home(&home, &genesis, &config_of(&nodes, node)?, initialise)?;
    }
    Ok(Created { folder: staging.finish()?, genesis, nodes })
}

/// Makes one member's keys in a new folder, which becomes its node's home, with the public `node.json`.
///
/// # Errors
/// When the folder is taken.
pub fn create_member(
    out: &Path,
    member: &Member,
    consensus: HostPort,
    gossip: HostPort,
    api_port: u16,
) -> anyhow::Result<(PathBuf, PublicNode)> {
    ensure!(consensus != gossip, "consensus and gossip cannot share {gossip}");
    let staging = Staging::new(out)?;
    private_folder(&staging.path().join("organisations"))?;
    let addresses = Addresses { consensus, gossip, api_port };
    let node = member_keys(staging.path(), staging.path(), member, addresses)?;
    Ok((staging.finish()?, node))
}

struct Addresses {
    consensus: HostPort,
    gossip: HostPort,
    api_port: u16,
}

/// Keys into `home/keys` and, unless it is there, `folder/organisations`; `node.json` into `home`.
fn member_keys(folder: &Path, home: &Path, member: &Member, at: Addresses) -> anyhow::Result<PublicNode> {
    let make = |purpose: Purpose| -> anyhow::Result<PublicKey> {
        let path = home.join("keys").join(purpose.file_name());
        Ok(create_pair(&path, &format!("{}/{}", member.name(), purpose.name()))?.public())
    };
    let voting = |purpose| member.role().is_validator().then(|| make(purpose)).transpose();
    let organisation = organisation_path(folder, member.org());
    let organisation_key = if organisation.exists() {
        read_public(&crate::run::keys::public_path(&organisation))?.0
    } else {
        create_pair(&organisation, member.org().as_str())?.public()
    };
    let node = PublicNode {
        format: PublicNode::FORMAT.to_owned(),
        name: member.name().to_owned(),
        org: member.org().clone(),
        role: member.role(),
        consensus_key: voting(Purpose::Consensus)?,
        cosigner_key: voting(Purpose::Cosigner)?,
        log_key: voting(Purpose::Log)?,
        network_key: make(Purpose::Network)?,
        api_key: make(Purpose::Api)?,
        organisation_key,
        consensus: at.consensus,
        gossip: at.gossip,
        api_port: at.api_port,
    };
    write_new(&home.join("node.json"), &node.to_json())?;
    Ok(node)
}

/// Completes a node's folder that has its keys: configuration, genesis, store and signer guard.
///
/// # Errors
/// When the keys are not those of the genesis, or the folder was filled before.
pub fn fill_home(
    home: &Path,
    genesis: &Genesis,
    config_toml: &str,
    initialise: Initialise<'_>,
) -> anyhow::Result<Config> {
    for made in ["data", "guard", "consensus"] {
        let path = home.join(made);
        // A disk for the store may be there already, and empty. A guard's folder never is: one that is empty has lost it.
        let free = if made == "data" {
            folders::is_free(&path).with_context(|| path.display().to_string())?
        } else {
            !path.exists() && !path.is_symlink()
        };
        ensure!(
            free,
            "{} exists: this node was initialised before, and a second signer guard could make it sign twice 节点已初始化",
            path.display()
        );
    }
    write_same(&home.join("genesis.json"), &genesis.to_json())?;
    write_same(&home.join("config.toml"), config_toml)?;
    let config = Config::load(home, &Overrides::default())?;
    config.check_against(genesis)?;
    NodeKeys::load(&config.keys_path(), &config.name, genesis)?;
    initialise(home, genesis)?;
    Ok(config)
}

/// Writes a new file, or accepts one that is already the same, so that a failed start can be repeated.
fn write_same(path: &Path, content: &str) -> anyhow::Result<()> {
    match std::fs::read(path) {
        Ok(found) => {
            ensure!(
                found == content.as_bytes(),
                "{} exists and differs; nothing is overwritten",
                path.display()
            );
            Ok(())
        }
        Err(_) => write_new(path, content),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Role, assemble};
    use super::*;
    use biaozheng_ledger::genesis::TimeBounds;
    use biaozheng_ledger::ids::TimeMs;
    use std::cell::RefCell;
    use std::os::unix::fs::PermissionsExt as _;

    fn plan(names: &[(&str, Role)]) -> Plan {
        Plan {
            assembly: Assembly {
                label: "test".into(),
                time: TimeBounds { precision_ms: 500, delay_ms: 2000 },
                created_at_ms: TimeMs::new(1),
            },
            members: names.iter().map(|(name, role)| Member::parse(name, *role).unwrap()).collect(),
            host: "127.0.0.1".into(),
            ports: Ports { base: 27_600, api_base: 8600 },
        }
    }

    const FIVE: [(&str, Role); 5] = [
        ("city=ORG-C", Role::City),
        ("d1=ORG-1", Role::District),
        ("d2=ORG-2", Role::District),
        ("d3=ORG-1", Role::District),
        ("regulator=ORG-R", Role::Observer),
    ];

    #[test]
    fn a_consortium_is_made_whole_and_private() {
        let scratch = tempfile::tempdir().unwrap();
        let out = scratch.path().join("deep/out");
        let made = RefCell::new(Vec::new());
        let initialise = |home: &Path, _: &Genesis| -> anyhow::Result<()> {
            made.borrow_mut().push(home.file_name().unwrap().to_owned());
            Ok(std::fs::create_dir(home.join("data"))?)
        };
        let created = create(&out, &plan(&FIVE), &initialise).unwrap();
        assert_eq!(made.borrow().len(), 5);
        let genesis = &created.genesis;
        assert_eq!((genesis.trust.threshold, genesis.validators().all().len()), (3, 4));
        assert_eq!(genesis.rest.participants.len(), 4, "one per organisation");
        assert_eq!(genesis.rest.participants[3]["roles"], serde_json::json!(["regulator"]));
        for node in &created.nodes {
            let home = created.home(&node.name);
            let config = Config::load(&home, &Overrides::default()).unwrap();
            assert_eq!(config.load_genesis().unwrap(), *genesis);
            assert_eq!(config.peers.len(), 4);
            let keys = NodeKeys::load(&config.keys_path(), &node.name, genesis).unwrap();
            assert_eq!(keys.validator.is_some(), node.role.is_validator());
            for entry in std::fs::read_dir(config.keys_path()).unwrap() {
                let path = entry.unwrap().path();
                let mode = path.metadata().unwrap().permissions().mode() & 0o777;
                assert_eq!(mode, if path.extension().unwrap() == "key" { 0o600 } else { 0o644 });
            }
            assert!(created.organisation_key(&node.org).exists());
        }
        let chain = std::fs::read_to_string(out.join("chain-id.txt")).unwrap();
        assert_eq!(chain.trim(), genesis.chain_id().to_string());
        let policy = std::fs::read_to_string(out.join("policy.txt")).unwrap();
        assert_eq!(policy.parse(), Ok(genesis.policy().unwrap()));
        assert!(create(&out, &plan(&FIVE), &initialise).is_err(), "nothing is overwritten");
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let scratch = tempfile::tempdir().unwrap();
        let out = scratch.path().join("out");
        let fails = |_: &Path, _: &Genesis| -> anyhow::Result<()> { bail!("no disk") };
        assert!(create(&out, &plan(&FIVE), &fails).is_err());
        let fine = |_: &Path, _: &Genesis| -> anyhow::Result<()> { Ok(()) };
        let twice = [FIVE[0], FIVE[0]];
        assert!(format!("{:#}", create(&out, &plan(&twice), &fine).unwrap_err()).contains("one name"));
        let error = create(&out, &plan(&FIVE[1..]), &fine).unwrap_err().to_string();
        assert!(error.contains("city"), "{error}");
        let mut close = plan(&FIVE);
        close.ports.api_base = 27_602;
        assert!(create(&out, &close, &fine).unwrap_err().to_string().contains("meet"));
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
    }

    #[test]
    fn members_found_a_consortium_without_seeing_each_others_keys() {
        let scratch = tempfile::tempdir().unwrap();
        let plan = plan(&FIVE);
        let mut files = Vec::new();
        for member in &plan.members {
            let at = |port| HostPort::new("node.example.cn", port).unwrap();
            let (home, node) =
                create_member(&scratch.path().join(member.name()), member, at(27_600), at(27_601), 8600)
                    .unwrap();
            assert_eq!(PublicNode::read(&home.join("node.json")).unwrap(), node);
            files.push(node);
        }
        // d1 and d3 share an organisation but made a key each: both are its keys.
        let out = scratch.path().join("out");
        let (out, genesis) = assemble(&out, &plan.assembly, &files).unwrap();
        assert_eq!(genesis.rest.participants[1]["keys"].as_array().unwrap().len(), 2);
        let home = scratch.path().join("d2");
        let config = std::fs::read_to_string(out.join("configs/d2.toml")).unwrap();
        let fine = |_: &Path, _: &Genesis| -> anyhow::Result<()> { Ok(()) };
        let filled = fill_home(&home, &genesis, &config, &fine).unwrap();
        assert_eq!(filled.consensus.listen.to_string(), "0.0.0.0:27600");
        fill_home(&home, &genesis, &config, &fine)
            .expect("a repeated start is harmless before the store exists");
        let wrong = scratch.path().join("d3");
        let error = fill_home(&wrong, &genesis, &config, &fine).unwrap_err().to_string();
        assert!(error.contains("the genesis names"), "{error}");
        std::fs::create_dir(home.join("guard")).unwrap();
        assert!(fill_home(&home, &genesis, &config, &fine).is_err(), "a second guard is refused");
        let mut doubled = files.clone();
        doubled[1].api_key = doubled[2].api_key;
        assert!(genesis_of(&plan.assembly, &doubled).is_err());
    }
}

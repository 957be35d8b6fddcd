//! Where the worlds of a thread are set: by default in one of their own, or on a real chain whose days are short.
//! Keys, ids and salts follow from it.
//!
//! **Invariant:** the same setting gives the same bytes; a thread's setting is seen by no other.

use std::cell::RefCell;
use std::collections::BTreeMap;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, OrgId, ProjectId};
use biaozheng_ledger::key::SecretKey;

/// What a world is set in: by default one of its own, or a stage on a real chain whose days are short.
#[derive(Clone)]
pub struct Setting {
    pub chain: ChainId,
    pub project: String,
    pub start_ms: u64,
    pub day_ms: u64,
    pub hour_ms: u64,
    /// Keys of those who are there already; everyone else's follow from salt and name.
    pub keys: BTreeMap<String, SecretKey>,
    pub salt: [u8; 32],
    /// Bids are sealed to the real chain's group, deadlines are the ends of its slots, and its beacon draws.
    pub slot_ms: Option<u64>,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setting").field("project", &self.project).finish_non_exhaustive()
    }
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            chain: ChainId::new(Digest::of(b"contracts")),
            project: "P-1".into(),
            start_ms: 1_790_000_000_000,
            day_ms: 86_400_000,
            hour_ms: 3_600_000,
            keys: BTreeMap::new(),
            salt: [0; 32],
            slot_ms: None,
        }
    }
}

thread_local! {
    static SETTING: RefCell<Setting> = RefCell::default();
}

/// Sets the worlds of this thread.
pub fn set(setting: Setting) {
    SETTING.with(|held| *held.borrow_mut() = setting);
}

pub(crate) fn setting<T>(of: impl FnOnce(&Setting) -> T) -> T {
    SETTING.with(|held| of(&held.borrow()))
}

/// The length of the group's slots, where bids are sealed to it.
pub fn by_group() -> Option<u64> {
    setting(|held| held.slot_ms)
}

/// 32 bytes that follow from salt and name.
pub fn salted(name: &str) -> Digest {
    match setting(|held| held.salt) {
        salt if salt == [0; 32] => Digest::of(name.as_bytes()),
        salt => Digest::of(&[&salt, name.as_bytes()].concat()),
    }
}

/// A day of this world, milliseconds.
pub fn day() -> u64 {
    setting(|held| held.day_ms)
}

pub fn hour() -> u64 {
    setting(|held| held.hour_ms)
}

pub fn key(name: &str) -> SecretKey {
    let held = setting(|held| held.keys.get(name).cloned());
    held.unwrap_or_else(|| SecretKey::from_seed(salted(name).bytes()))
}

pub fn org(name: &str) -> OrgId {
    OrgId::new(name).unwrap()
}

pub fn chain() -> ChainId {
    setting(|held| held.chain)
}

pub fn project() -> ProjectId {
    ProjectId::new(&setting(|held| held.project.clone())).unwrap()
}

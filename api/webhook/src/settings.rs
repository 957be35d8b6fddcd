//! `[[webhook]]` of a node's configuration. What an option is for stands in the node's `default.toml`.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::address::is_public_address;

/// Hooks of a node.
pub(crate) const HOOKS_MAX: usize = 16;
const NAME_BYTES_MAX: usize = 64;
const URL_BYTES_MAX: usize = 2048;
const KINDS_MAX: usize = 64;
const PROJECTS_MAX: usize = 1024;
const WORD_BYTES_MAX: usize = 128;
/// A week.
const SET_ASIDE_AFTER_S_MAX: u64 = 604_800;

/// One hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookSettings {
    pub name: String,
    pub url: String,
    pub secret_file: PathBuf,
    #[serde(default)]
    pub kinds: Vec<String>,
    #[serde(default)]
    pub projects: Vec<String>,
    /// A new hook begins with this block; without it with the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_height: Option<u64>,
    #[serde(default)]
    pub allow_http: bool,
    #[serde(default)]
    pub private_addresses: bool,
    #[serde(default = "timeout_ms")]
    pub timeout_ms: u64,
    /// After how many seconds an event that the receiver refuses for good is set aside; 0 for never.
    #[serde(default = "set_aside_after_s")]
    pub set_aside_after_s: u64,
}

const fn set_aside_after_s() -> u64 {
    3600
}

const fn timeout_ms() -> u64 {
    10_000
}

/// Why a hook cannot be as it is set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("webhook: {0} hooks; at most {HOOKS_MAX}")]
    TooMany(usize),
    #[error("webhook.name {0:?} is not 1 to {NAME_BYTES_MAX} of a-z 0-9 - or is used twice")]
    Name(String),
    #[error(
        "webhook {hook}: url must be https://host/… without user, password and fragment; http:// only with allow_http = true"
    )]
    Url { hook: String },
    #[error("webhook {hook}: {address} is not a public address; private_addresses = true allows it")]
    Private { hook: String, address: IpAddr },
    #[error("webhook {hook}: secret_file is empty")]
    Secret { hook: String },
    #[error("webhook {hook}: {key} has too many entries, or one that is empty or too long")]
    List { hook: String, key: &'static str },
    #[error("webhook {hook}: timeout_ms = {value} is out of range 超出范围: 100 to 60000")]
    Timeout { hook: String, value: u64 },
    #[error(
        "webhook {hook}: set_aside_after_s = {value} is out of range 超出范围: 0 to {SET_ASIDE_AFTER_S_MAX}"
    )]
    SetAside { hook: String, value: u64 },
}

impl HookSettings {
    /// Checks all hooks of a node.
    ///
    /// # Errors
    /// [`SettingsError`], which names the hook.
    pub fn check_all(hooks: &[Self]) -> Result<(), SettingsError> {
        if hooks.len() > HOOKS_MAX {
            return Err(SettingsError::TooMany(hooks.len()));
        }
        for (index, hook) in hooks.iter().enumerate() {
            hook.check()?;
            if hooks.iter().take(index).any(|before| before.name == hook.name) {
                return Err(SettingsError::Name(hook.name.clone()));
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), SettingsError> {
        let hook = || self.name.clone();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.name.is_empty() || self.name.len() > NAME_BYTES_MAX || !self.name.bytes().all(plain) {
            return Err(SettingsError::Name(hook()));
        }
        self.address()?;
        if self.secret_file.as_os_str().is_empty() {
            return Err(SettingsError::Secret { hook: hook() });
        }
        for (key, list, most) in
            [("kinds", &self.kinds, KINDS_MAX), ("projects", &self.projects, PROJECTS_MAX)]
        {
            let word = |one: &String| !one.is_empty() && one.len() <= WORD_BYTES_MAX;
            if list.len() > most || !list.iter().all(word) {
                return Err(SettingsError::List { hook: hook(), key });
            }
        }
        if !(100..=60_000).contains(&self.timeout_ms) {
            return Err(SettingsError::Timeout { hook: hook(), value: self.timeout_ms });
        }
        if self.set_aside_after_s > SET_ASIDE_AFTER_S_MAX {
            return Err(SettingsError::SetAside { hook: hook(), value: self.set_aside_after_s });
        }
        Ok(())
    }

    /// The receiver's address, as far as it can be judged without asking a name server.
    pub(crate) fn address(&self) -> Result<Url, SettingsError> {
        let wrong = || SettingsError::Url { hook: self.name.clone() };
        if self.url.len() > URL_BYTES_MAX {
            return Err(wrong());
        }
        let url = Url::parse(&self.url).map_err(|_| wrong())?;
        let scheme = url.scheme() == "https" || (url.scheme() == "http" && self.allow_http);
        let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let host = url.host_str().unwrap_or_default();
        if !scheme || !bare || host.is_empty() {
            return Err(wrong());
        }
        // A name is judged when it is resolved; a literal address never is resolved.
        match host.trim_start_matches('[').trim_end_matches(']').parse() {
            Ok(address) if !self.private_addresses && !is_public_address(address) => {
                Err(SettingsError::Private { hook: self.name.clone(), address })
            }
            _ => Ok(url),
        }
    }

    /// The same with a path that is not absolute taken from `home`.
    #[must_use]
    pub fn within(mut self, home: &Path) -> Self {
        self.secret_file = home.join(self.secret_file);
        self
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(rest: &str) -> HookSettings {
        let text = format!("name = \"a\"\nsecret_file = \"s\"\n{rest}");
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn an_address_is_https_and_public_unless_it_may_be_otherwise() {
        let url = |url: &str, rest: &str| of(&format!("url = \"{url}\"\n{rest}")).check();
        url("https://example.org/hook?key=1", "").unwrap();
        url("https://1.1.1.1/", "").unwrap();
        for wrong in [
            "http://example.org/",
            "ftp://example.org/",
            "example.org",
            "https://",
            "https://u:p@example.org/",
            "https://example.org/#here",
            &format!("https://example.org/{}", "a".repeat(3000)),
        ] {
            assert_eq!(url(wrong, ""), Err(SettingsError::Url { hook: "a".into() }), "{wrong}");
        }
        // However it is written.
        for private in [
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://10.0.0.1/",
            "https://[::ffff:127.0.0.1]/",
            "https://169.254.169.254/latest",
        ] {
            assert!(matches!(url(private, ""), Err(SettingsError::Private { .. })), "{private}");
            url(private, "private_addresses = true").unwrap();
        }
        url("http://127.0.0.1:9/", "private_addresses = true\nallow_http = true").unwrap();
    }

    #[test]
    fn names_lists_and_times_are_bounded() {
        let hook = of("url = \"https://example.org/\"");
        HookSettings::check_all(std::slice::from_ref(&hook)).unwrap();
        let with = |change: &dyn Fn(&mut HookSettings)| {
            let mut changed = hook.clone();
            change(&mut changed);
            changed.check()
        };
        for name in ["", "A", "a/b", "..", &"a".repeat(65)] {
            assert_eq!(with(&|hook| hook.name = name.to_owned()), Err(SettingsError::Name(name.to_owned())));
        }
        let list = |key| Err(SettingsError::List { hook: "a".into(), key });
        assert_eq!(with(&|hook| hook.kinds = vec!["x".into(); 65]), list("kinds"));
        assert_eq!(with(&|hook| hook.projects = vec![String::new()]), list("projects"));
        assert!(with(&|hook| hook.timeout_ms = 99).unwrap_err().to_string().contains("99"));
        with(&|hook| hook.set_aside_after_s = 0).unwrap();
        assert!(with(&|hook| hook.set_aside_after_s = 604_801).unwrap_err().to_string().contains("604801"));
        assert!(with(&|hook| hook.secret_file = PathBuf::new()).is_err());
        assert_eq!(
            HookSettings::check_all(&[hook.clone(), hook.clone()]),
            Err(SettingsError::Name("a".into()))
        );
        assert_eq!(HookSettings::check_all(&vec![hook.clone(); 17]), Err(SettingsError::TooMany(17)));
        assert_eq!(hook.within(Path::new("/home")).secret_file, Path::new("/home/s"));
        assert!(toml::from_str::<HookSettings>("name = \"a\"\nsecret = \"x\"").is_err());
    }
}

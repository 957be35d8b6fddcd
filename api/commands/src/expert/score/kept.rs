//! What a member keeps between sealing and revealing: the sheet exactly as sealed, and the salt.
//!
//! ```json
//! {"format":"biaozheng-scores/1","project":"P-1","member":"M1","salt":"<64 hex>","sheet":"{\"scores\":[…]}"}
//! ```

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use biaozheng_ledger::ids::{OrgId, ProjectId};
use biaozheng_ledger::json::from_strict;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::record::secrets::write_secret;
use biaozheng_client::key_file::generate;

const FORMAT: &str = "biaozheng-scores/1";
/// A record's body has less room.
const BYTES_MAX: u64 = 1024 * 1024;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    format: String,
    pub(super) project: ProjectId,
    pub(super) member: OrgId,
    /// 64 hexadecimal digits.
    pub(super) salt: String,
    /// JSON text: what is hashed, byte for byte.
    pub(super) sheet: String,
}

impl Kept {
    /// With a salt of the operating system's random numbers.
    pub(super) fn new(project: &ProjectId, member: &OrgId, sheet: String) -> anyhow::Result<Self> {
        let salt = Zeroizing::new(*generate()?.seed());
        Ok(Self {
            format: FORMAT.to_owned(),
            project: project.clone(),
            member: member.clone(),
            salt: hex::encode(salt.as_slice()),
            sheet,
        })
    }

    pub(super) fn salt(&self) -> anyhow::Result<[u8; 32]> {
        let bytes = hex::decode(&self.salt).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes.context("the salt has 64 hexadecimal digits")
    }

    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        write_secret(path, serde_json::to_string(self)?.as_bytes())
    }

    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let about = || path.display().to_string();
        let mut text = Vec::new();
        std::fs::File::open(path).with_context(about)?.take(BYTES_MAX).read_to_end(&mut text)?;
        let kept: Self = from_strict(&text)
            .with_context(|| format!("{}: not what `score seal` wrote 不是密封评分文件", path.display()))?;
        ensure!(kept.format == FORMAT, "{}: format {:?} is unknown", path.display(), kept.format);
        kept.salt().with_context(about)?;
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_no_two_salts_are_equal() {
        let folder = tempfile::tempdir().unwrap();
        let (project, member) = (ProjectId::new("P-1").unwrap(), OrgId::new("M1").unwrap());
        let make = || Kept::new(&project, &member, "{\"scores\":[]}".to_owned()).unwrap();
        let (one, other) = (make(), make());
        assert_ne!(one.salt, other.salt);
        let path = folder.path().join("m1.scores");
        one.write(&path).unwrap();
        let read = Kept::read(&path).unwrap();
        assert_eq!((read.salt, read.sheet), (one.salt.clone(), one.sheet.clone()));
        assert!(other.write(&path).is_err(), "nothing is overwritten");
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(folder.path().join("cut.scores"), "{\"format\":").unwrap();
        assert!(Kept::read(&folder.path().join("cut.scores")).is_err());
    }
}

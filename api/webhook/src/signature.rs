//! Signatures of Standard Webhooks: `v1,` and the base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`.

use std::fmt;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

const PREFIX: &str = "whsec_";
const FILE_BYTES_MAX: u64 = 512;

/// Why a secret cannot be used. None of these says what is in the file.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("{path}: {reason}", path = .path.display())]
    Io { path: PathBuf, reason: std::io::Error },
    #[error("{path}: others can read this secret (mode {mode:04o}) 密钥文件权限过宽; run: chmod 600 {path}", path = .path.display())]
    Exposed { path: PathBuf, mode: u32 },
    #[error("{path}: a secret is one line, whsec_ and the base64 of 24 to 64 random bytes", path = .path.display())]
    Form { path: PathBuf },
}

/// A hook's secret, shared with its receiver.
#[derive(Clone)]
pub struct Secret(Hmac<Sha256>);

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

impl Secret {
    /// Reads `whsec_<base64>`, 24 to 64 bytes as the specification has it, from a file that nobody else can read.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn read(path: &Path) -> Result<Self, SecretError> {
        let io = |reason| SecretError::Io { path: path.to_owned(), reason };
        let file = std::fs::File::open(path).map_err(io)?;
        let mode = file.metadata().map_err(io)?.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(SecretError::Exposed { path: path.to_owned(), mode });
        }
        let form = || SecretError::Form { path: path.to_owned() };
        let mut text = String::new();
        file.take(FILE_BYTES_MAX.saturating_add(1)).read_to_string(&mut text).map_err(io)?;
        let bytes = text.trim_end().strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        let bytes = bytes.filter(|bytes| (24..=64).contains(&bytes.len())).ok_or_else(form)?;
        Ok(Self(Hmac::new_from_slice(&bytes).map_err(|_| form())?))
    }

    /// The value of `webhook-signature`.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp_s: u64, body: &str) -> String {
        let mut hmac = self.0.clone();
        for part in [id, ".", &timestamp_s.to_string(), ".", body] {
            hmac.update(part.as_bytes());
        }
        format!("v1,{}", STANDARD.encode(hmac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn secret(text: &str, mode: u32) -> Result<Secret, SecretError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        Secret::read(&path)
    }

    #[test]
    fn the_specification_s_own_example() {
        let secret = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", 0o600).unwrap();
        assert_eq!(
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn what_is_no_secret_or_known_to_others_is_refused() {
        let good = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        assert!(matches!(secret(good, 0o640), Err(SecretError::Exposed { mode: 0o640, .. })));
        for bad in [
            "",
            "whsec_",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_c2hvcnQ=",
            &format!("{good}!"),
            &"a".repeat(2000),
        ] {
            let error = secret(bad, 0o600).unwrap_err();
            assert!(matches!(error, SecretError::Form { .. }), "{bad}");
        }
        assert!(matches!(Secret::read(Path::new("/nowhere")), Err(SecretError::Io { .. })));
    }
}

//! Files, read within limits.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use biaozheng_ledger::digest::{Digest, DigestStream};
use biaozheng_ledger::limits::DATED_POLICIES_BYTES_MAX;
use biaozheng_ledger::limits::{
    CERTIFICATE_BYTES_MAX, ENVELOPE_JSON_BYTES_MAX, EVIDENCE_BYTES_MAX, POLICY_BYTES_MAX, VERIFY_FILES_MAX,
    VERIFY_LIST_BYTES_MAX,
};
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::policy_history::PolicyHistory;
use biaozheng_timestamp::{ANCHORS_BYTES_MAX, TrustAnchors};

use crate::authority::TimestampAuthorities;
use crate::problem::Problem;

const CHUNK_BYTES: usize = 64 * 1024;

/// A certificate file, or why the place it should be at is unusable.
#[derive(Debug)]
pub struct Source {
    pub path: PathBuf,
    pub problem: Option<Problem>,
}

/// The text of a certificate file; `-` is the standard input.
///
/// # Errors
/// [`Problem`] when it cannot be read or is too large.
pub fn certificate(path: &Path) -> Result<Vec<u8>, Problem> {
    bounded(path, CERTIFICATE_BYTES_MAX)
}

/// The text of a piece of evidence.
///
/// # Errors
/// As [`certificate`].
pub fn evidence(path: &Path) -> Result<Vec<u8>, Problem> {
    bounded(path, EVIDENCE_BYTES_MAX)
}

/// The text of an envelope file.
///
/// # Errors
/// As [`certificate`].
pub fn envelope(path: &Path) -> Result<Vec<u8>, Problem> {
    bounded(path, ENVELOPE_JSON_BYTES_MAX)
}

/// The text of a draw's portable file.
///
/// # Errors
/// As [`certificate`].
pub fn draw(path: &Path) -> Result<Vec<u8>, Problem> {
    bounded(path, crate::draw::DRAW_BYTES_MAX)
}

/// A policy that can serve as a trust anchor.
///
/// # Errors
/// [`Problem`] when it cannot be read, is no policy, or asks for no cosigner.
pub fn policy(path: &Path) -> Result<Policy, Problem> {
    let policy: Policy = text(path, bounded(path, POLICY_BYTES_MAX)?)?.parse()?;
    if policy.needs_cosigners() { Ok(policy) } else { Err(Problem::PolicyWithoutQuorum) }
}

/// SHA-256 and size of a document of any size, in pieces.
///
/// # Errors
/// [`Problem`] when it cannot be read, is no regular file, or changes meanwhile.
pub fn document(path: &Path) -> Result<(Digest, u64), Problem> {
    let read = |source| Problem::Read { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(read)?;
    let about = file.metadata().map_err(read)?;
    if !about.is_file() {
        return Err(Problem::NotAFile { path: path.to_owned() });
    }
    // One byte more than there should be: a file that grows is noticed and never followed.
    let mut limited = (&mut file).take(about.len().saturating_add(1));
    let mut stream = DigestStream::default();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = limited.read(&mut chunk).map_err(read)?;
        let Some(piece) = chunk.get(..count).filter(|piece| !piece.is_empty()) else { break };
        stream.update(piece);
    }
    let (digest, size) = stream.finish();
    if size == about.len() { Ok((digest, size)) } else { Err(Problem::Changed { path: path.to_owned() }) }
}

/// Every certificate that arguments and list name: files as they are, folders by their `.json` files in order.
///
/// # Errors
/// [`Problem`] when the list is unusable, or there are none or too many. A folder that cannot be read is a
/// source with a problem, so that the others are still judged.
pub fn sources(named: &[PathBuf], list: Option<&Path>) -> Result<Vec<Source>, Problem> {
    let mut paths = named.to_vec();
    if let Some(list) = list {
        let lines = text(list, bounded(list, VERIFY_LIST_BYTES_MAX)?)?;
        paths.extend(lines.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(PathBuf::from));
    }
    let mut sources = Vec::new();
    for path in paths {
        if path.is_dir() {
            match folder(&path) {
                Ok(files) => sources.extend(files.into_iter().map(|path| Source { path, problem: None })),
                Err(problem) => sources.push(Source { path, problem: Some(problem) }),
            }
        } else {
            sources.push(Source { path, problem: None });
        }
        if sources.len() > VERIFY_FILES_MAX {
            return Err(Problem::TooMany(VERIFY_FILES_MAX));
        }
    }
    if sources.is_empty() { Err(Problem::Nothing) } else { Ok(sources) }
}

/// What `--policy` names: one policy, or several with their times.
#[derive(Debug)]
pub enum PolicyFile {
    One(Policy),
    Dated(PolicyHistory),
}

impl PolicyFile {
    #[must_use]
    pub const fn one(&self) -> Option<&Policy> {
        match self {
            Self::One(policy) => Some(policy),
            Self::Dated(_) => None,
        }
    }

    #[must_use]
    pub const fn dated(&self) -> Option<&PolicyHistory> {
        match self {
            Self::One(_) => None,
            Self::Dated(policies) => Some(policies),
        }
    }
}

/// A policy, or JSON with dated ones.
///
/// # Errors
/// As [`policy`].
pub fn policy_file(path: &Path) -> Result<PolicyFile, Problem> {
    let text = text(path, bounded(path, DATED_POLICIES_BYTES_MAX)?)?;
    if text.trim_start().starts_with('{') {
        return Ok(PolicyFile::Dated(PolicyHistory::from_json(text.as_bytes())?));
    }
    let policy: Policy = text.parse()?;
    if policy.needs_cosigners() { Ok(PolicyFile::One(policy)) } else { Err(Problem::PolicyWithoutQuorum) }
}

/// As [`policy_file`], one policy being one without an end.
///
/// # Errors
/// As [`policy`].
pub fn policies(path: &Path) -> Result<PolicyHistory, Problem> {
    Ok(match policy_file(path)? {
        PolicyFile::One(policy) => policy.into(),
        PolicyFile::Dated(policies) => policies,
    })
}

/// Certificates of timestamp authorities that are trusted.
///
/// # Errors
/// [`Problem`] when it cannot be read or holds no certificate.
pub fn authorities(path: &Path) -> Result<TimestampAuthorities, Problem> {
    let anchors = TrustAnchors::read(&bounded(path, ANCHORS_BYTES_MAX)?)?;
    Ok(TimestampAuthorities::new(anchors))
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, Problem> {
    let read = |source| Problem::Read { path: path.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(read)? {
        let file = entry.map_err(read)?.path();
        if file.extension().is_some_and(|ending| ending == "json") && file.is_file() {
            files.push(file);
        }
        if files.len() > VERIFY_FILES_MAX {
            return Err(Problem::TooMany(VERIFY_FILES_MAX));
        }
    }
    files.sort_unstable();
    if files.is_empty() { Err(Problem::EmptyFolder { path: path.to_owned() }) } else { Ok(files) }
}

fn bounded(path: &Path, limit_bytes: usize) -> Result<Vec<u8>, Problem> {
    let failed = |source| Problem::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let take = (limit_bytes as u64).saturating_add(1);
    if path.as_os_str() == "-" {
        std::io::stdin().lock().take(take).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        File::open(path).map_err(failed)?.take(take).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() > limit_bytes {
        return Err(Problem::TooLarge { path: path.to_owned(), limit_bytes });
    }
    Ok(bytes)
}

fn text(path: &Path, bytes: Vec<u8>) -> Result<String, Problem> {
    String::from_utf8(bytes).map_err(|_| Problem::NotText { path: path.to_owned() })
}

//! The files of a folder by camera and index.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use biaozheng_ledger::digest::{Digest, DigestStream};
use biaozheng_ledger::ids::{CameraId, TimeMs};

use super::{FILES_MAX, WitnessError};

/// A file whose name is a segment's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentFile {
    pub camera: CameraId,
    pub index: u64,
    /// Start and end by the recorder's clock, where the name says them.
    pub times: Option<(TimeMs, TimeMs)>,
    pub path: PathBuf,
}

/// What a folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// By camera, then index.
    pub segments: Vec<SegmentFile>,
    /// Files whose names are no segment's, and links.
    pub strangers: Vec<PathBuf>,
}

/// Lists a folder, not what is below it.
///
/// # Errors
/// When it cannot be read or has too many files.
pub fn scan(folder: &Path) -> Result<Folder, WitnessError> {
    let failed = |source| WitnessError::Read { path: folder.to_owned(), source };
    let mut found = Folder::default();
    for (count, entry) in fs::read_dir(folder).map_err(failed)?.enumerate() {
        if count >= FILES_MAX {
            return Err(WitnessError::TooMany(folder.to_owned()));
        }
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            continue;
        }
        let path = entry.path();
        match parse(&path).filter(|_| kind.is_file()) {
            Some(file) => found.segments.push(file),
            None => found.strangers.push(path),
        }
    }
    found.segments.sort_by(|a, b| (&a.camera, a.index, &a.path).cmp(&(&b.camera, b.index, &b.path)));
    found.strangers.sort();
    Ok(found)
}

fn parse(path: &Path) -> Option<SegmentFile> {
    let mut parts = path.file_stem()?.to_str()?.split('_');
    let camera = CameraId::new(parts.next()?).ok()?;
    let index = number(parts.next()?)?;
    let times = match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => None,
        (Some(started), Some(ended), None) => {
            Some((TimeMs::new(number(started)?), TimeMs::new(number(ended)?)))
        }
        _ => return None,
    };
    Some(SegmentFile { camera, index, times, path: path.to_owned() })
}

/// Digits alone: `parse` would take a sign.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    text.parse().ok()
}

/// Digest and size of a file, read in pieces.
///
/// # Errors
/// When it cannot be read or changed meanwhile.
pub fn digest(path: &Path) -> Result<(Digest, u64), WitnessError> {
    let failed = |source| WitnessError::Read { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    let before = file.metadata().map_err(failed)?;
    let mut stream = DigestStream::default();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => stream.update(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    let (digest, bytes) = stream.finish();
    let after = file.metadata().map_err(failed)?;
    let modified = before.modified().map_err(failed)? != after.modified().map_err(failed)?;
    if bytes != before.len() || bytes != after.len() || modified {
        return Err(WitnessError::Changing(path.to_owned()));
    }
    Ok((digest, bytes))
}

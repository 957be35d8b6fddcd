//! The files of a folder by camera and index.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use biaozheng_ledger::digest::{Digest, DigestStream};
use biaozheng_ledger::ids::{CameraId, TimeMs};

use super::{FILES_MAX, SittingError};

/// A file whose name is a segment's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentFile {
    pub camera: CameraId,
    pub index: u64,
    /// Start and end by the recorder's clock, where the name says them.
    pub times: Option<(TimeMs, TimeMs)>,
    pub path: PathBuf,
    pub bytes: u64,
    /// When it was last written to, where the disk says.
    pub modified: Option<SystemTime>,
    /// Whether it is whole by the judgement of who looks; [`scan`] takes every file under its own name for whole.
    pub settled: bool,
}

/// What a folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// By camera, then index.
    pub segments: Vec<SegmentFile>,
    /// Segments under the name of a copy that is not finished, such as `hall_1_….mp4.part`; never settled.
    pub unfinished: Vec<SegmentFile>,
    /// Files whose names are no segment's, and links.
    pub strangers: Vec<PathBuf>,
}

/// Lists a folder, not what is below it.
///
/// # Errors
/// When it cannot be read or has too many files.
pub fn scan(folder: &Path) -> Result<Folder, SittingError> {
    let failed = |source| SittingError::Read { path: folder.to_owned(), source };
    let mut found = Folder::default();
    for (count, entry) in fs::read_dir(folder).map_err(failed)?.enumerate() {
        if count >= FILES_MAX {
            return Err(SittingError::TooMany(folder.to_owned()));
        }
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            continue;
        }
        let path = entry.path();
        let Some((mut file, finished)) = parse(&path).filter(|_| kind.is_file()) else {
            found.strangers.push(path);
            continue;
        };
        match entry.metadata() {
            Ok(about) => (file.bytes, file.modified) = (about.len(), about.modified().ok()),
            // Renamed or removed since it was listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed(error)),
        }
        file.settled = finished;
        if finished { found.segments.push(file) } else { found.unfinished.push(file) }
    }
    for list in [&mut found.segments, &mut found.unfinished] {
        list.sort_by(|a, b| (&a.camera, a.index, &a.path).cmp(&(&b.camera, b.index, &b.path)));
    }
    let whole = |one: &SegmentFile| {
        found
            .segments
            .iter()
            .any(|other| (&other.camera, other.index, other.times) == (&one.camera, one.index, one.times))
    };
    // A leftover of a copy that was made again.
    let (left, unfinished) = std::mem::take(&mut found.unfinished).into_iter().partition(whole);
    found.unfinished = unfinished;
    found.strangers.extend(Vec::into_iter(left).map(|one: SegmentFile| one.path));
    found.strangers.sort();
    Ok(found)
}

/// Endings that programs give a file while they write it.
const UNFINISHED: [&str; 8] =
    ["part", "partial", "tmp", "temp", "filepart", "crdownload", "download", "writing"];

/// The segment a path names, and whether it is its finished file.
fn parse(path: &Path) -> Option<(SegmentFile, bool)> {
    let name = path.file_name()?.to_str()?;
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let copied = UNFINISHED.contains(&ending.to_ascii_lowercase().as_str());
    // As rsync names them: .hall_1_….mp4.Xa81bQ
    let hidden = name.strip_prefix('.').filter(|rest| rest.matches('.').count() > 1 && ending.len() == 6);
    let finished = !copied && hidden.is_none();
    let stem = match hidden {
        Some(rest) => rest.split('.').next()?,
        None if copied => name.split('.').next()?,
        None => path.file_stem()?.to_str()?,
    };
    let mut parts = stem.split('_');
    let camera = CameraId::new(parts.next()?).ok()?;
    let index = number(parts.next()?)?;
    let times = match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => None,
        (Some(started), Some(ended), None) => {
            Some((TimeMs::new(number(started)?), TimeMs::new(number(ended)?)))
        }
        _ => return None,
    };
    let path = path.to_owned();
    Some((SegmentFile { camera, index, times, path, bytes: 0, modified: None, settled: true }, finished))
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
pub fn digest(path: &Path) -> Result<(Digest, u64), SittingError> {
    let failed = |source| SittingError::Read { path: path.to_owned(), source };
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
        return Err(SittingError::Changing(path.to_owned()));
    }
    Ok((digest, bytes))
}

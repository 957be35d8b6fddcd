//! The files of a bag in a tar, by whatever program it was packed.
//!
//! Order, owners, times, folder entries, a `./` in front, long names of GNU and pax, and how many empty blocks end it
//! change nothing: the files are judged. Damage is a finding; a form that is not read here makes the tar unusable, with
//! what to do.
//!
//! **Invariant:** nothing is unpacked, and nothing a header says is followed beyond the file's own length. Links, special
//! files, names that could leave the bag and names that come twice are findings.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::Path;

use biaozheng_archive::limits::{DOCUMENT_BYTES_MAX, FILES_MAX};
use biaozheng_archive::path::BagPath;
use biaozheng_archive::tar::{self, ABOUT_BYTES_MAX, BLOCK_BYTES, END_BYTES, Header};

use super::super::{ArchiveFinding, Kind};
use super::Source;
use crate::problem::Problem;

/// Members of any kind.
const MEMBERS_MAX: usize = 4 * FILES_MAX;
/// Empty blocks behind the end: a whole tape's block is usual.
const TAIL_BYTES_MAX: u64 = 16 * 1024 * 1024;

pub(super) struct Tar {
    file: File,
    length: u64,
    files: BTreeMap<BagPath, u64>,
    starts: BTreeMap<BagPath, u64>,
    findings: Vec<ArchiveFinding>,
}

/// A member that is a file: the name it claims, and where its bytes are.
struct Member {
    path: String,
    start: u64,
    size_bytes: u64,
}

/// What a header before it says about the next member.
#[derive(Default)]
struct About {
    path: Option<String>,
    size_bytes: Option<u64>,
}

/// Why a tar is read no further.
enum Stop {
    Problem(Problem),
    /// The byte, and the header there.
    Damaged(u64, Box<[u8; BLOCK_BYTES]>),
}

impl Tar {
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let failed = |source| Problem::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if !about.is_file() {
            return Err(Problem::NotAFile { path: path.to_owned() });
        }
        let (files, starts, findings) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let mut tar = Self { file, length: about.len(), files, starts, findings };
        let mut head = [0; BLOCK_BYTES];
        let held = usize::try_from(tar.length).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES);
        tar.exact(0, head.get_mut(..held).unwrap_or_default()).map_err(failed)?;
        if let Some(with) = packed_by(&head) {
            return Err(Problem::Packed { path: path.to_owned(), with });
        }
        if held < BLOCK_BYTES || !looks_like_tar(&head) {
            return Err(Problem::NotAnArchive { path: path.to_owned() });
        }
        let mut members = Vec::new();
        match tar.index(path, &mut members) {
            Ok(()) => {}
            Err(Stop::Problem(problem)) => return Err(problem),
            Err(Stop::Damaged(at, header)) => tar.damaged(at, &header),
        }
        tar.place(members);
        if tar.files.len().saturating_add(tar.findings.len()) > FILES_MAX {
            return Err(Problem::TooMany(FILES_MAX));
        }
        Ok(tar)
    }

    fn exact(&mut self, at: u64, into: &mut [u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(into)
    }

    /// Finds every member that is a file, up to the tar's end or the first thing that is damaged.
    fn index(&mut self, path: &Path, members: &mut Vec<Member>) -> Result<(), Stop> {
        let failed = |source| Stop::Problem(Problem::Read { path: path.to_owned(), source });
        let form = |what| Stop::Problem(Problem::TarForm { path: path.to_owned(), what });
        let (mut at, mut about) = (0u64, About::default());
        for _ in 0..MEMBERS_MAX {
            let mut header = [0; BLOCK_BYTES];
            if self.length.saturating_sub(at) < BLOCK_BYTES as u64 {
                self.find(format!("(byte {at})"), Kind::Changed, NO_END);
                return Ok(());
            }
            self.exact(at, &mut header).map_err(failed)?;
            if header.iter().all(|byte| *byte == 0) {
                return self.end(at).map_err(failed);
            }
            let damaged = || Stop::Damaged(at, Box::new(header));
            let said = tar::decode(&header).ok_or_else(damaged)?;
            let start = at.saturating_add(BLOCK_BYTES as u64);
            let is_about = matches!(
                said.kind,
                tar::Kind::LongName | tar::Kind::LongLink | tar::Kind::Extended | tar::Kind::Global
            );
            let size_bytes =
                if is_about { said.size_bytes } else { about.size_bytes.unwrap_or(said.size_bytes) };
            let end = start.saturating_add(size_bytes);
            let mut zeros = vec![0; tar::padding(size_bytes)];
            let next = end.saturating_add(zeros.len() as u64);
            if next > self.length || size_bytes > DOCUMENT_BYTES_MAX {
                return Err(damaged());
            }
            self.exact(end, &mut zeros).map_err(failed)?;
            if zeros.iter().any(|byte| *byte != 0) {
                return Err(damaged());
            }
            at = next;
            match said.kind {
                tar::Kind::LongName | tar::Kind::LongLink | tar::Kind::Extended | tar::Kind::Global => {
                    if size_bytes > ABOUT_BYTES_MAX {
                        return Err(form("records longer than any name"));
                    }
                    let mut data = vec![0; usize::try_from(size_bytes).unwrap_or_default()];
                    self.exact(start, &mut data).map_err(failed)?;
                    about.note(&said, &data).map_err(form)?;
                }
                kind => {
                    let path = std::mem::take(&mut about).path.unwrap_or(said.path);
                    match kind {
                        tar::Kind::File if path.ends_with('/') => {}
                        tar::Kind::File => members.push(Member { path, start, size_bytes }),
                        tar::Kind::Link => self.find(inside(&path), Kind::Added, "a link"),
                        tar::Kind::Folder => {}
                        _ => return Err(form("a sparse or special file, or a part of a volume")),
                    }
                }
            }
        }
        Err(Stop::Problem(Problem::TooMany(MEMBERS_MAX)))
    }

    /// Nothing but zeros is behind the end, and at least the two blocks.
    fn end(&mut self, at: u64) -> io::Result<()> {
        let tail = self.length.saturating_sub(at);
        let mut whole =
            (END_BYTES as u64..=TAIL_BYTES_MAX).contains(&tail) && tail.is_multiple_of(BLOCK_BYTES as u64);
        let mut block = [0; BLOCK_BYTES];
        let mut place = at;
        while whole && place < self.length {
            self.exact(place, &mut block)?;
            whole = block.iter().all(|byte| *byte == 0);
            place = place.saturating_add(BLOCK_BYTES as u64);
        }
        if !whole {
            self.find(format!("(byte {at})"), Kind::Changed, NO_END);
        }
        Ok(())
    }

    fn damaged(&mut self, at: u64, header: &[u8; BLOCK_BYTES]) {
        let name = |field: Option<&[u8]>| {
            let bytes = field.unwrap_or_default().split(|byte| *byte == 0).next().unwrap_or_default();
            String::from_utf8_lossy(bytes).into_owned()
        };
        let (name, prefix) = (name(header.get(..100)), name(header.get(345..500)));
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        let path = inside(&path);
        let path = if path.is_empty() { format!("(byte {at})") } else { path };
        self.find(
            path,
            Kind::Changed,
            &format!("the tar is damaged at byte {at}; nothing after it was read"),
        );
    }

    fn find(&mut self, path: String, kind: Kind, reason: &str) {
        self.findings.push(ArchiveFinding { path, kind, reason: reason.to_owned() });
    }

    /// Gives each file its place in the bag: under the folder that has `bagit.txt`, or where there is none the first one.
    fn place(&mut self, members: Vec<Member>) {
        let plain = |path: &str| path.trim_start_matches("./").to_owned();
        let paths: Vec<String> = members.iter().map(|member| plain(&member.path)).collect();
        let bare = paths.iter().any(|path| path == "bagit.txt");
        let folder = paths.first().and_then(|path| path.split_once('/')).map(|(folder, _)| folder.to_owned());
        for (member, path) in members.into_iter().zip(paths) {
            let name = match path.split_once('/') {
                _ if bare => Some(path.as_str()),
                Some((top, name)) if Some(top) == folder.as_deref() => Some(name),
                _ => None,
            };
            let Some(place) = name.and_then(|name| BagPath::new(name).ok()) else {
                let name = name.map_or_else(|| path.clone(), str::to_owned);
                self.find(name, Kind::Added, "not a file with a name this archive could have");
                continue;
            };
            if self.files.contains_key(&place) {
                self.find(place.as_str().to_owned(), Kind::Changed, "it is twice in the tar");
                continue;
            }
            self.files.insert(place.clone(), member.size_bytes);
            self.starts.insert(place, member.start);
        }
    }
}

const NO_END: &str = "the tar does not end with its two empty blocks";

/// A path without the folder of all.
fn inside(path: &str) -> String {
    let path = path.trim_start_matches("./");
    path.split_once('/').map_or(path, |(_, inside)| inside).to_owned()
}

impl About {
    /// # Errors
    /// What makes the tar one that is not read here.
    fn note(&mut self, said: &Header, data: &[u8]) -> Result<(), &'static str> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match said.kind {
            tar::Kind::LongName => {
                let end = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
                self.path = Some(text(data.get(..end).unwrap_or_default()));
            }
            tar::Kind::Extended | tar::Kind::Global => {
                let records = tar::records(data).ok_or("pax records that cannot be read")?;
                for (keyword, value) in records {
                    let of_all = said.kind == tar::Kind::Global;
                    match keyword {
                        _ if keyword.starts_with("GNU.sparse.") => return Err("a sparse file"),
                        "path" | "size" if of_all => return Err("names or sizes that hold for all files"),
                        "path" => self.path = Some(text(value)),
                        "size" => {
                            self.size_bytes =
                                Some(tar::number(value).ok_or("pax records that cannot be read")?);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// One damaged bit does not make a tar something else, and the oldest ones have no magic but a checksum.
fn looks_like_tar(head: &[u8; BLOCK_BYTES]) -> bool {
    let magic = head.get(257..265).unwrap_or_default();
    let like = |form: &[u8; 8]| magic.iter().zip(form).filter(|(a, b)| a == b).count() >= 6;
    like(b"ustar\x0000") || like(b"ustar  \0") || tar::decode(head).is_some()
}

fn packed_by(head: &[u8]) -> Option<&'static str> {
    let begins: [(&[u8], &str); 7] = [
        (b"\x1f\x8b", "gzip"),
        (b"PK\x03\x04", "zip"),
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"Rar!\x1a\x07", "RAR"),
    ];
    begins.into_iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| name)
}

impl Source for Tar {
    fn files(&self) -> &BTreeMap<BagPath, u64> {
        &self.files
    }

    fn findings(&self) -> &[ArchiveFinding] {
        &self.findings
    }

    fn open(&mut self, path: &BagPath) -> io::Result<Box<dyn Read + '_>> {
        let start = self.starts.get(path).copied().ok_or(io::ErrorKind::NotFound)?;
        let size = self.files.get(path).copied().unwrap_or_default();
        self.file.seek(SeekFrom::Start(start))?;
        Ok(Box::new((&mut self.file).take(size)))
    }
}

//! The one model in an ifcZIP (a ZIP archive of PKWARE's APPNOTE 6.3 with one `.ifc` or `.ifcxml`), as a stream.
//!
//! **Invariant:** the archive's own list is bounded and read whole; the model is inflated as far as it is read, never into
//! a file, so that neither a name nor a size in the archive can do harm.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Take};

use flate2::read::DeflateDecoder;

/// Bytes of the archive's list of members.
const LIST_BYTES_MAX: u64 = 1024 * 1024;
/// The record at the end, with the longest comment.
const END_BYTES_MAX: u64 = 22 + 65_535;
const LOCATOR_BYTES: u64 = 20;

/// Why an archive is no ifcZIP.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    #[error("{0}")]
    Read(io::Error),
    #[error("the ZIP archive is damaged or cut off ZIP文件已损坏")]
    Damaged,
    #[error("an ifcZIP holds one .ifc or .ifcxml, this archive holds {0} ifcZIP内应有且仅有一个模型")]
    Models(usize),
    #[error(
        "the model in the archive is encrypted or compressed by a method other than deflate; pack it again 请重新压缩"
    )]
    Method,
}

/// The bytes of the archive's only model.
#[derive(Debug)]
pub(super) enum Packed {
    Stored(Take<File>),
    Deflated(Box<DeflateDecoder<Take<File>>>),
}

impl Read for Packed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored(file) => file.read(buffer),
            Self::Deflated(file) => file.read(buffer),
        }
    }
}

/// A member as the list tells of it.
struct Member {
    method: u16,
    encrypted: bool,
    packed_bytes: u64,
    at: u64,
}

/// # Errors
/// [`ZipError`].
pub(super) fn only_model(mut file: File) -> Result<Packed, ZipError> {
    let list = list_of(&mut file)?;
    let mut models = models_of(&list)?;
    let count = models.len();
    let Some(model) = models.pop().filter(|_| count == 1) else { return Err(ZipError::Models(count)) };
    if model.encrypted {
        return Err(ZipError::Method);
    }
    // The member's own head says how long its name and extra field are here.
    let mut head = [0; 30];
    read_at(&mut file, model.at, &mut head)?;
    if head.get(..4) != Some(b"PK\x03\x04") {
        return Err(ZipError::Damaged);
    }
    let names = u64::from(short(&head, 26)?).saturating_add(u64::from(short(&head, 28)?));
    file.seek(SeekFrom::Start(model.at.saturating_add(30).saturating_add(names))).map_err(ZipError::Read)?;
    let bytes = file.take(model.packed_bytes);
    match model.method {
        0 => Ok(Packed::Stored(bytes)),
        8 => Ok(Packed::Deflated(Box::new(DeflateDecoder::new(bytes)))),
        _ => Err(ZipError::Method),
    }
}

/// The central directory, found from the end of the file, in archives over 4 GiB by the record before it.
fn list_of(file: &mut File) -> Result<Vec<u8>, ZipError> {
    let length = file.metadata().map_err(ZipError::Read)?.len();
    let tail_at = length.saturating_sub(END_BYTES_MAX.saturating_add(LOCATOR_BYTES));
    let mut tail = vec![0; usize::try_from(length.saturating_sub(tail_at)).map_err(|_| ZipError::Damaged)?];
    read_at(file, tail_at, &mut tail)?;
    let end = tail.windows(4).rposition(|four| four == b"PK\x05\x06").ok_or(ZipError::Damaged)?;
    let record = tail.get(end..).unwrap_or_default();
    let (mut bytes, mut at) = (u64::from(long(record, 12)?), u64::from(long(record, 16)?));
    // Its last member, the comment's length: a record without it is cut off.
    short(record, 20)?;
    if bytes == u64::from(u32::MAX) || at == u64::from(u32::MAX) {
        let before = end.checked_sub(20).and_then(|from| tail.get(from..end)).ok_or(ZipError::Damaged)?;
        if before.get(..4) != Some(b"PK\x06\x07") {
            return Err(ZipError::Damaged);
        }
        let mut wide = [0; 56];
        read_at(file, huge(before, 8)?, &mut wide)?;
        if wide.get(..4) != Some(b"PK\x06\x06") {
            return Err(ZipError::Damaged);
        }
        (bytes, at) = (huge(&wide, 40)?, huge(&wide, 48)?);
    }
    if bytes > LIST_BYTES_MAX || at.checked_add(bytes).is_none_or(|end| end > length) {
        return Err(ZipError::Damaged);
    }
    let mut list = vec![0; usize::try_from(bytes).map_err(|_| ZipError::Damaged)?];
    read_at(file, at, &mut list)?;
    Ok(list)
}

fn models_of(list: &[u8]) -> Result<Vec<Member>, ZipError> {
    let mut found = Vec::new();
    let mut rest = list;
    while rest.starts_with(b"PK\x01\x02") {
        let lengths = [short(rest, 28)?, short(rest, 30)?, short(rest, 32)?].map(usize::from);
        let [name, extra, comment] = lengths;
        let extra_at = name.saturating_add(46);
        let text = rest.get(46..extra_at).ok_or(ZipError::Damaged)?;
        let fields = rest.get(extra_at..extra_at.saturating_add(extra)).ok_or(ZipError::Damaged)?;
        if is_model(text) {
            let sizes = [long(rest, 24)?, long(rest, 20)?, long(rest, 42)?];
            let [_, packed_bytes, at] = widened(sizes, fields)?;
            let encrypted = short(rest, 8)? & 1 == 1;
            found.push(Member { method: short(rest, 10)?, encrypted, packed_bytes, at });
        }
        rest = rest.get(extra_at.saturating_add(extra).saturating_add(comment)..).ok_or(ZipError::Damaged)?;
    }
    Ok(found)
}

/// What macOS adds beside each file is none.
fn is_model(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let file = name.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
    (file.ends_with(b".ifc") || file.ends_with(b".ifcxml"))
        && !file.starts_with(b"._")
        && !name.starts_with(b"__macosx/")
}

/// Sizes and place of a member; those that say nothing stand in the ZIP64 field, in this order.
fn widened(sizes: [u32; 3], mut fields: &[u8]) -> Result<[u64; 3], ZipError> {
    if !sizes.contains(&u32::MAX) {
        return Ok(sizes.map(u64::from));
    }
    while fields.len() >= 4 {
        let length = usize::from(short(fields, 2)?);
        let field = fields.get(4..length.saturating_add(4)).ok_or(ZipError::Damaged)?;
        if short(fields, 0)? == 1 {
            let mut wide = sizes.map(u64::from);
            let mut at = 0usize;
            for (value, narrow) in wide.iter_mut().zip(sizes) {
                if narrow == u32::MAX {
                    *value = huge(field, at)?;
                    at = at.saturating_add(8);
                }
            }
            return Ok(wide);
        }
        fields = fields.get(length.saturating_add(4)..).unwrap_or_default();
    }
    Err(ZipError::Damaged)
}

fn read_at(file: &mut File, at: u64, buffer: &mut [u8]) -> Result<(), ZipError> {
    file.seek(SeekFrom::Start(at)).map_err(ZipError::Read)?;
    file.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => ZipError::Damaged,
        _ => ZipError::Read(error),
    })
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], ZipError> {
    let end = at.saturating_add(N);
    bytes.get(at..end).and_then(|bytes| bytes.try_into().ok()).ok_or(ZipError::Damaged)
}

fn short(bytes: &[u8], at: usize) -> Result<u16, ZipError> {
    number(bytes, at).map(u16::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> Result<u32, ZipError> {
    number(bytes, at).map(u32::from_le_bytes)
}

fn huge(bytes: &[u8], at: usize) -> Result<u64, ZipError> {
    number(bytes, at).map(u64::from_le_bytes)
}

//! A model file on disk as a bid names it: digest and size of the file as it is, and the IFC version it states, whether it
//! is an exchange file, ifcXML, or one of these in an ifcZIP.
//!
//! **Invariant:** the digest is of the file that is handed in, never of what is packed in it; of a packed file no more is
//! inflated than its head.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use biaozheng_contracts::bidding::ifc::{
    HEAD_BYTES_MAX, IfcError, IfcSchema, ModelReference, schema_of, schema_of_part, schema_of_xml,
};

use crate::author::document_from_file;

mod zip;

pub use zip::ZipError;

/// First looked at; the head of a file is rarely longer.
const PART_BYTES: usize = 64 * 1024;
/// A local header, or the end of an archive without members.
const ZIPS: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// Why a file is no model that can be named.
#[derive(Debug, thiserror::Error)]
pub enum ModelFileError {
    #[error("{path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path}: {reason}")]
    Head { path: PathBuf, reason: IfcError },
    #[error("{path}: {reason}")]
    Zip { path: PathBuf, reason: ZipError },
}

/// Digest, size, and the version the file's head states.
///
/// # Errors
/// [`ModelFileError`].
pub fn describe(path: &Path) -> Result<ModelReference, ModelFileError> {
    let failed = |source| ModelFileError::Read { path: path.to_owned(), source };
    let document = document_from_file(path, "application/x-step").map_err(failed)?;
    let mut file = File::open(path).map_err(failed)?;
    let mut first = Vec::new();
    (&file).take(4).read_to_end(&mut first).map_err(failed)?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let schema = if ZIPS.contains(&first.as_slice()) {
        let packed = zip::only_model(file).map_err(|reason| match reason {
            ZipError::Read(source) => failed(source),
            reason => ModelFileError::Zip { path: path.to_owned(), reason },
        })?;
        version_of(packed)
    } else {
        version_of(file)
    };
    let schema =
        schema.map_err(failed)?.map_err(|reason| ModelFileError::Head { path: path.to_owned(), reason })?;
    Ok(ModelReference { digest: document.digest, size: document.size, schema })
}

/// Reads as much of a file as its head needs.
fn version_of(mut file: impl Read) -> io::Result<Result<IfcSchema, IfcError>> {
    let mut head = Vec::new();
    let mut most = PART_BYTES;
    loop {
        let left = most.saturating_sub(head.len()) as u64;
        let read = (&mut file).take(left).read_to_end(&mut head)?;
        let begins =
            head.iter().copied().find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte));
        if begins == Some(b'<') {
            return Ok(schema_of_xml(&head));
        }
        if (read as u64) < left || head.len() >= HEAD_BYTES_MAX {
            return Ok(schema_of(&head));
        }
        if let Some(judged) = schema_of_part(&head) {
            return Ok(judged);
        }
        most = most.saturating_mul(4).min(HEAD_BYTES_MAX);
    }
}

#[cfg(test)]
mod tests;

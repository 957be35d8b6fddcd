//! Every maximum of an archive in one place.

/// Most records of one project's archive, its context among them.
pub const RECORDS_MAX: usize = 20_000;
/// Most different documents of one archive.
pub const DOCUMENTS_MAX: usize = 50_000;
/// Most files of one archive, documents included.
pub const FILES_MAX: usize = 100_000;
/// Largest document, bytes: what twelve octal digits with an end mark can say in a tar header.
pub const DOCUMENT_BYTES_MAX: u64 = (1 << 33) - 1;
/// Largest file that is no document (a manifest, the records, a certificate), bytes.
pub const TEXT_BYTES_MAX: usize = 256 * 1024 * 1024;
/// All certificates of one archive together, bytes.
pub const CERTIFICATES_BYTES_MAX: usize = 512 * 1024 * 1024;
/// Longest path inside the bag, bytes: the two name fields of a ustar header.
pub const PATH_BYTES_MAX: usize = 180;
/// Longest last part of a path, bytes: a ustar header's name field.
pub const PATH_PART_BYTES_MAX: usize = 100;
/// Longest readable end of a document's file name, bytes: the name field less digest and hyphen.
pub const SAFE_NAME_BYTES_MAX: usize = 35;
/// Deepest folder of a bag.
pub const PATH_DEPTH_MAX: usize = 5;

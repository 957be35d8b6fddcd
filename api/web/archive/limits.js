// Every maximum of an archive; the same as those of the archive's own crate.
export const RECORDS_MAX = 20_000;
export const DOCUMENTS_MAX = 50_000;
export const FILES_MAX = 100_000;
export const DOCUMENT_BYTES_MAX = 2 ** 33 - 1;
export const TEXT_BYTES_MAX = 256 * 1024 * 1024;
export const CERTIFICATES_BYTES_MAX = 512 * 1024 * 1024;
export const PATH_BYTES_MAX = 180;
export const PATH_PART_BYTES_MAX = 100;
export const SAFE_NAME_BYTES_MAX = 35;
export const PATH_DEPTH_MAX = 5;

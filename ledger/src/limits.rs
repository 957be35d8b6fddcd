//! Every maximum of the ledger in one place. A decoder checks the limit before it takes memory.

/// Largest record payload, bytes (the JSON as signed, before base64).
pub const RECORD_PAYLOAD_BYTES_MAX: usize = 48 * 1024;
/// Largest DSSE envelope as JSON text, bytes: payload in base64 plus signatures.
pub const ENVELOPE_JSON_BYTES_MAX: usize = 96 * 1024;
/// Most people who sign one record: the author and its cosigners (an evaluation committee).
pub const SIGNATURES_PER_RECORD_MAX: usize = 33;
/// Deepest nesting of a record's JSON.
pub const JSON_DEPTH_MAX: usize = 16;
/// Most members of one JSON object or array.
pub const JSON_MEMBERS_MAX: usize = 4096;
/// Most documents one record names.
pub const DOCUMENTS_PER_RECORD_MAX: usize = 256;
/// Longest identifier of an organisation or project, bytes of ASCII.
pub const IDENTIFIER_BYTES_MAX: usize = 64;
/// Longest record type with its version, bytes of ASCII.
pub const RECORD_TYPE_BYTES_MAX: usize = 64;
/// Longest free text that names a tool, bytes.
pub const TOOL_BYTES_MAX: usize = 64;
/// Longest document name, bytes of UTF-8.
pub const DOCUMENT_NAME_BYTES_MAX: usize = 255;
/// Most records of one block.
pub const BLOCK_RECORDS_MAX: usize = 4096;
/// Largest encoded block body, bytes; well below the engine's 10 MiB message limit.
pub const BLOCK_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Largest commit certificate, bytes: [`VALIDATORS_MAX`] keys and signatures take 6.3 KiB.
pub const COMMIT_BYTES_MAX: usize = 16 * 1024;
/// Largest C2SP entry, bytes.
pub const ENTRY_BYTES_MAX: usize = 65_535;
/// Most signature lines of one checkpoint that are read.
pub const NOTE_SIGNATURES_MAX: usize = 64;
/// Largest signed note, bytes.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;
/// Longest Merkle path: a tree of 2^63 leaves.
pub const MERKLE_PATH_MAX: usize = 63;
/// Largest certificate file, bytes.
pub const CERTIFICATE_BYTES_MAX: usize = 512 * 1024;
/// Largest policy text, bytes: [`VALIDATORS_MAX`] of them with the longest names take 41 KiB.
pub const POLICY_BYTES_MAX: usize = 64 * 1024;
/// Largest genesis document, bytes.
pub const GENESIS_BYTES_MAX: usize = 512 * 1024;
/// Most validators of one chain.
pub const VALIDATORS_MAX: usize = 64;
/// Most certificate files one run of the offline verifier takes.
pub const VERIFY_FILES_MAX: usize = 1_000_000;
/// Largest list of certificate files, bytes.
pub const VERIFY_LIST_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most audio or video segments one witness record names.
pub const SEGMENTS_PER_RECORD_MAX: usize = 128;
/// Longest reason of a gap between segments, bytes of UTF-8.
pub const GAP_REASON_BYTES_MAX: usize = 200;
/// Longest joint between two segments that a recorder may declare to be none, milliseconds.
pub const SEGMENT_JOINT_MS_MAX: u32 = 10_000;
/// Largest clock offset that is believed, milliseconds: a day.
pub const CLOCK_OFFSET_MS_MAX: u64 = 86_400_000;
/// Largest piece of evidence, bytes of JSON: a genesis, two checkpoints, and [`EVIDENCE_ENTRIES_MAX`] entries.
pub const EVIDENCE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Most log entries one piece of evidence shows.
pub const EVIDENCE_ENTRIES_MAX: usize = 16_384;
/// Largest request to a witness, bytes: 63 hashes and a signed checkpoint.
pub const WITNESS_REQUEST_BYTES_MAX: usize = NOTE_BYTES_MAX + 4 * 1024;
/// Most parent chains one certificate is followed through: district, city, province, state.
pub const ANCHORS_PER_CERTIFICATE_MAX: usize = 4;
/// Most timestamps of one certificate.
pub const TIMESTAMPS_PER_CERTIFICATE_MAX: usize = 8;
/// Most outside witnesses whose lines one certificate carries.
pub const WITNESSES_PER_CERTIFICATE_MAX: usize = 8;
/// Most lines of a checkpoint that is published: C2SP asks no verifier to read more.
pub const PUBLISHED_SIGNATURES_MAX: usize = 16;
/// Largest timestamp token, bytes of DER.
pub const TIMESTAMP_TOKEN_BYTES_MAX: usize = 32 * 1024;
/// Largest signed checkpoint that a parent chain takes, bytes.
pub const ANCHORED_CHECKPOINT_BYTES_MAX: usize = 16 * 1024;
/// A checkpoint that a record states with its witnesses' keys, bytes.
pub const STANDING_BYTES_MAX: usize = 16 * 1024;
/// Most dated policies of one file.
pub const DATED_POLICIES_MAX: usize = 64;
/// Largest file of dated policies, bytes.
pub const DATED_POLICIES_BYTES_MAX: usize = 1024 * 1024;

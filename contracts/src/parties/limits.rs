//! Every maximum of this domain.

/// Roles and keys of one participant.
pub const ROLES_MAX: usize = 8;
/// Keys a participant ever had.
pub const KEYS_MAX: usize = 64;
/// Licence kinds an authority answers for, or a tender requires.
pub const LICENCE_KINDS_MAX: usize = 16;
/// Licences one holder ever had.
pub const LICENCES_PER_HOLDER_MAX: usize = 1000;
/// Changes of status one licence ever had.
pub const LICENCE_CHANGES_MAX: usize = 64;
/// A licence's number or kind, bytes.
pub const LICENCE_NAME_BYTES_MAX: usize = 96;
/// Credit events of one subject.
pub const CREDIT_EVENTS_PER_SUBJECT_MAX: u32 = 1000;
/// Sources and licences of imported data, bytes.
pub const SOURCE_BYTES_MAX: usize = 200;

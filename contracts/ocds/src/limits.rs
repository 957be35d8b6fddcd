//! Every maximum of the export.

/// Records of one project.
pub const RECORDS_MAX: usize = 200_000;
/// Projects of one package.
pub const PROCESSES_MAX: usize = 10_000;

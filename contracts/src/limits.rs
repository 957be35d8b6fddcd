//! Every maximum of the contracts.

/// Lots of one tender.
pub const LOTS_MAX: usize = 64;
/// Members of an evaluation committee.
pub const COMMITTEE_MAX: usize = 31;
/// Criteria of one tender.
pub const CRITERIA_MAX: usize = 64;
/// Roles of one participant.
pub const ROLES_MAX: usize = 8;
/// Keys a participant ever had.
pub const KEYS_MAX: usize = 64;
/// Bids of one lot.
pub const BIDS_PER_LOT_MAX: usize = 2000;
/// Free text: titles, reasons, questions. Bytes.
pub const TEXT_BYTES_MAX: usize = 4000;
/// A rulebook's TOML, bytes.
pub const RULEBOOK_BYTES_MAX: usize = 32 * 1024;
/// What holds for one project, written as a rulebook with its calendars, bytes.
pub const EFFECTIVE_RULEBOOK_BYTES_MAX: usize = 256 * 1024;
/// The body of a bid as revealed, bytes.
pub const BID_BYTES_MAX: usize = 16 * 1024;
/// Records and organisations each that one alert names.
pub const ALERT_NAMES_MAX: usize = 200;
/// A rule's id, bytes.
pub const RULE_ID_BYTES_MAX: usize = 60;
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
/// A rating's text, bytes.
pub const RATING_TEXT_BYTES_MAX: usize = 500;
/// Cameras of one sitting.
pub const CAMERAS_PER_SITTING_MAX: usize = 64;
/// Incidents of one sitting.
pub const INCIDENTS_PER_SITTING_MAX: usize = 256;
/// People of one sitting.
pub const PEOPLE_PER_SITTING_MAX: usize = 1000;
/// Sources and licences of imported data, bytes.
pub const SOURCE_BYTES_MAX: usize = 200;
/// An OCID, bytes.
pub const OCID_BYTES_MAX: usize = 256;
/// Ended projects of one publication of indicators, and of one page of a view.
pub const INDICATOR_PROJECTS_MAX: usize = 10_000;
/// Experts ever enrolled in the pool.
pub const POOL_MAX: usize = 50_000;
/// Specialities of one expert.
pub const POOL_SPECIALITIES_MAX: usize = 16;
/// Equity or relatives' commitments of one expert.
pub const POOL_LINKS_MAX: usize = 64;
/// Quotas of one draw.
pub const DRAW_QUOTAS_MAX: usize = 16;
/// Recusals of one draw.
pub const RECUSALS_MAX: usize = 256;
/// Parties that contribute randomness to one draw.
pub const DRAW_PARTIES_MAX: usize = 16;
/// Picks of one draw, replacements included.
pub const DRAW_PICKS_MAX: usize = 256;
/// The drawn list as JSON text, bytes.
pub const DRAW_LIST_BYTES_MAX: usize = 32 * 1024;
/// Venues of one evaluation.
pub const VENUES_MAX: usize = 16;
/// Entries of one slot.
pub const SLOT_ENTRIES_MAX: u32 = 100_000;
/// Layers that one record opens.
pub const OPENED_PER_RECORD_MAX: usize = 512;
/// Slots ahead of block time for which a group may take entries.
pub const SLOTS_AHEAD_MAX: u32 = 100_000;
/// Blinded points of one request for tokens.
pub const TOKENS_PER_REQUEST_MAX: usize = 32;
/// Tokens one organisation may have of one epoch.
pub const TOKEN_QUOTA_MAX: u32 = 100_000;
/// Labels, and requests for tokens, that are looked at after one block.
pub const DUE_MAX: usize = 256;
/// Tenders whose bodies fall due that are looked at after one block, the first in time. Every one of them can be opened
/// and makes room for the next: the number of tenders that wait has no bound.
pub const WAITING_TENDERS_MAX: usize = 1024;
/// Slots at whose ends tenders are due that are covered at one time, the next ones first.
pub const COVERED_SLOTS_MAX: usize = 4096;
/// Bidder numbers of one listing.
pub const LISTING_NUMBERS_MAX: usize = 500;
/// Bonds received for one project.
pub const BONDS_MAX: usize = 10_000;
/// Points one correction of a result changes.
pub const CORRECTIONS_MAX: usize = 1000;
/// Leaves of every list of the admitted: a power of two, the same for all, so that a list's size tells nothing.
pub const ADMISSION_LEAVES: usize = 256;
/// IFC versions a notice accepts.
pub const MODEL_SCHEMAS_MAX: usize = 8;
/// The largest building model a notice may ask for, bytes.
pub const MODEL_BYTES_MAX: u64 = 64 << 30;
/// Complaints about one project.
pub const COMPLAINTS_MAX: usize = 200;
/// Proofs of one key's misbehaviour in consensus that the chain keeps.
pub const MISBEHAVIOUR_PROOFS_MAX: usize = 16;

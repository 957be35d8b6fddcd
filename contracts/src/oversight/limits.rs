//! Every maximum of this domain.

/// Records and organisations each that one alert names.
pub const ALERT_NAMES_MAX: usize = 200;
/// A rule's id, bytes.
pub const RULE_ID_BYTES_MAX: usize = 60;
/// A rating's text, bytes.
pub const RATING_TEXT_BYTES_MAX: usize = 500;
/// Cameras of one sitting.
pub const CAMERAS_PER_SITTING_MAX: usize = 64;
/// Incidents of one sitting.
pub const INCIDENTS_PER_SITTING_MAX: usize = 256;
/// People of one sitting.
pub const PEOPLE_PER_SITTING_MAX: usize = 1000;

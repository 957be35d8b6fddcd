//! Values in their form under which no procedure could end: no bid allowed, a committee nobody can seat.
//!
//! **Invariant:** a rulebook that is published, and one as its district tightened it, leaves every step that it needs a
//! record that can be made.

use super::parameter::Fits;
use super::{Rulebook, parameters};

impl Rulebook {
    /// The first parameter whose value no record could keep: a share above the whole, no bid or candidate at all, more
    /// people or parties than there is room for, a least bond above the greatest, a draw demanded and not offered.
    pub(super) fn impossible(&self) -> Option<&'static str> {
        let mut rows = parameters::all();
        rows.find(|row| row.fits.iter().any(|fits| !self.leaves_room(row.name, *fits))).map(|row| row.name)
    }

    /// True where the parameter is left out.
    fn leaves_room(&self, name: &str, fits: Fits) -> bool {
        let Some(value) = self.number(name) else { return true };
        match fits {
            Fits::AtLeast(least) => value >= least,
            Fits::AtMost(most) => value <= most,
            Fits::NotAbove(other) => self.number(other).is_none_or(|other| value <= other),
            Fits::SumAtMost(other, most) => value.saturating_add(self.number(other).unwrap_or(0)) <= most,
            Fits::OnlyWith(other) => value == 0 || self.has(other),
        }
    }
}

//! The refusals that this thread's worlds met, so that a test can say which rule of its area nothing broke.

use std::cell::RefCell;
use std::collections::BTreeSet;

thread_local! {
    static MET: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

pub(crate) fn met(code: &'static str) {
    MET.with(|met| met.borrow_mut().insert(code));
}

/// What was met until now is forgotten: a test's count begins.
pub fn forget() {
    MET.with(|met| met.borrow_mut().clear());
}

/// Those of the codes that no record of this thread was refused with since [`forget`].
pub fn unmet(codes: &[&'static str]) -> Vec<&'static str> {
    MET.with(|met| codes.iter().filter(|code| !met.borrow().contains(*code)).copied().collect())
}

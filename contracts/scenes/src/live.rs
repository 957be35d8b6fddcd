//! A real chain beside a world: what a scene does in memory happens there first.

use std::cell::RefCell;

use biaozheng_ledger::ids::{DocumentDigest, OrgId};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::record::Record;

/// A record in a block of the real chain.
#[derive(Debug)]
pub struct InBlock {
    pub record: Record,
    pub height: u64,
    pub time: u64,
}

/// A bid that is sealed to the real chain's group.
#[derive(Debug)]
pub struct Envelope {
    pub lot: String,
    pub bidder: OrgId,
    pub key: SecretKey,
    pub text: String,
    pub deadline: u64,
}

/// A real chain.
pub trait Live {
    /// Makes a record happen, not before this time, with the papers it names; gives its height and its block's time.
    fn happen(
        &mut self,
        record: &Record,
        not_before: u64,
        papers: &[(DocumentDigest, Vec<u8>)],
    ) -> (u64, u64);

    /// Enters a bid under nobody's name.
    fn seal(&mut self, envelope: Envelope);

    /// Submits what the chain must refuse; gives the refusal's code.
    fn refuse(&mut self, record: &Record, not_before: u64) -> String;

    /// Something happens beside the ledger.
    fn tell(&mut self, _: &str) {}

    /// What others did up to now that the world has to know: members' keys, groups, entries, openings, the beacon.
    fn others(&mut self) -> Vec<InBlock>;
}

thread_local! {
    static LIVE: RefCell<Option<Box<dyn Live>>> = const { RefCell::new(None) };
}

/// Lets every record of the worlds founded from now on happen on a real chain first.
pub fn go_live(live: Box<dyn Live>) {
    LIVE.with(|held| *held.borrow_mut() = Some(live));
}

pub(crate) fn with_live<T>(of: impl FnOnce(&mut dyn Live) -> T) -> T {
    LIVE.with(|live| of(live.borrow_mut().as_mut().unwrap().as_mut()))
}

/// Whether worlds founded now are live.
pub(crate) fn is_live() -> bool {
    LIVE.with(|live| live.borrow().is_some())
}

//! "The opening lists exactly the sealed bids", found from the records alone.
//!
//! Reads every entry, every slot's signature, every binding and proof and the opening record again, opens the outer layers
//! anew and follows the rules record by record ([`entries`]); what execution kept in state is not asked, but for who was
//! registered and the tender's terms.
//!
//! **Invariant:** an entry of the tender either is in the list, or its fate says why not; and a list is held against what
//! was open where it stands in the chain, never against what came out later.

mod entries;

use biaozheng_ledger::ids::{ChainId, Height, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::payload::Payload;

use crate::machine::state::{StateFailure, StateRead};
use crate::opening::completeness::entries::Entries;
use crate::opening::{Opened, OpenedLot};
use crate::project::sealed_tender::SealedTender;
use crate::project::{BidName, Project};
use crate::sealing::group::Group;

/// An accepted record, where it stands.
#[derive(Clone, Copy, Debug)]
pub struct InChain<'a> {
    pub id: RecordId,
    pub payload: &'a Payload,
    pub height: Height,
    pub time: TimeMs,
}

/// What became of an entry of the tender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryFate {
    Stands,
    Superseded,
    Copy,
    Late,
    /// Nobody had opened it when the opening was recorded: its bidder neither bound and proved it, nor had the group
    /// signed. What it is came out afterwards.
    Unopened,
    Failed(&'static str),
}

/// What a bidder bound in the fallback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundBid {
    /// The newest binding for this lot.
    pub record: RecordId,
    pub lot: String,
    pub bidder: OrgId,
    /// It was proved by the opening; one that was not is no bid.
    pub proved: bool,
}

/// The finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpeningCheck {
    /// Entries of all slots up to the deadline's, whatever they are for.
    pub entries: usize,
    /// Of these, entries nobody has opened.
    pub shut: usize,
    pub dummies: usize,
    /// Entries that name this tender, by their records, in the order on chain.
    pub of_tender: Vec<(RecordId, EntryFate)>,
    /// What bidders bound where they had to open themselves, by lot and bidder.
    pub bound: Vec<BoundBid>,
    /// The list the entries give, as far as they were open where the opening stands in the chain.
    pub expected: Vec<OpenedLot>,
    /// The list of the opening record, if there is one.
    pub listed: Option<Vec<OpenedLot>>,
    /// The opening lists exactly what was sealed, and nothing is shut.
    pub complete: bool,
}

/// Reads a chain's accepted records, in their order.
///
/// # Errors
/// When the state cannot be read, or has no such tender or group.
pub fn check_opening<'a>(
    state: &dyn StateRead,
    chain: &ChainId,
    id: &ProjectId,
    records: impl Iterator<Item = InChain<'a>>,
) -> Result<OpeningCheck, StateFailure> {
    let mut check = CompletenessCheck::new(state, chain, id)?;
    for one in records {
        check.take(&one)?;
    }
    Ok(check.finish())
}

/// The same for who gets the records one after another: what was judged is not held any longer.
pub struct CompletenessCheck<'a> {
    id: &'a ProjectId,
    entries: Entries<'a>,
    listed: Option<Vec<OpenedLot>>,
}

impl std::fmt::Debug for CompletenessCheck<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CompletenessCheck({})", self.id)
    }
}

impl<'a> CompletenessCheck<'a> {
    /// Begins before the first record, over the state of the last one.
    ///
    /// # Errors
    /// When the state cannot be read, or has no such tender or group.
    pub fn new(state: &'a dyn StateRead, chain: &ChainId, id: &'a ProjectId) -> Result<Self, StateFailure> {
        let missing = || StateFailure(format!("{id} is no tender of a chain with a group"));
        let project = Project::load(state, id)?.ok_or_else(missing)?;
        let tender = SealedTender::load(state, id)?.ok_or_else(missing)?;
        let group = Group::sealing(state)?.ok_or_else(missing)?;
        let keys = group.of_chain(state, chain)?;
        let entries = Entries::new(state, (id, project), keys, group.slot_ms(), tender.published.0);
        Ok(Self { id, entries, listed: None })
    }

    /// Takes the next accepted record of the chain; those of no matter here are passed over.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn take(&mut self, one: &InChain<'_>) -> Result<(), StateFailure> {
        let own = one.payload.project.as_ref() == Some(self.id);
        match one.payload.record_type.as_str() {
            "tender.published/1" | "invitation.issued/1" if own => self.entries.publish(),
            "sealed.entered/1" => self.entries.enter(one),
            "slot.opened/1" => self.entries.open_slot(one)?,
            "sealed.bound/1" if own => self.entries.bind(one),
            "sealed.proved/1" => self.entries.prove(one, own)?,
            "bids.opened/1" if own => {
                self.listed = crate::machine::act::body::<Opened>(one.payload).ok().map(|opened| opened.lots);
                self.entries.close();
            }
            _ => {}
        }
        Ok(())
    }

    /// About how many bytes it holds: entries that are not open yet, and a little of each of the others.
    #[must_use]
    pub const fn held_bytes(&self) -> usize {
        self.entries.held_bytes()
    }

    /// The finding, once every record is taken.
    #[must_use]
    pub fn finish(self) -> OpeningCheck {
        let mut found = self.entries.finish();
        let all_open = found.shut == 0;
        let listed = self.listed;
        found.complete = all_open && listed.as_deref().is_some_and(|listed| covers(&found.expected, listed));
        found.listed = listed;
        found
    }
}

/// The list names exactly these bidders' envelopes. Further offers of an envelope stand behind its first.
fn covers(expected: &[OpenedLot], listed: &[OpenedLot]) -> bool {
    expected.len() == listed.len()
        && expected.iter().zip(listed).all(|(expected, listed)| {
            let firsts = listed.bids.iter().filter(|bid| bid.number == 1);
            let known = |bid: &BidName| expected.bids.iter().any(|one| one.bidder == bid.bidder);
            expected.lot == listed.lot && firsts.eq(&expected.bids) && listed.bids.iter().all(known)
        })
}

//! Layers that a due label opens, to be opened before a record asks for them.
//!
//! A member has the group's signature some blocks before every opening record is committed. Opening a layer is a pure
//! function of state and signature, so it can be done early and by several threads; the result waits in the node's
//! [`Memory`]. **Invariant:** nothing here decides anything. A record that opens layers checks its own signature, and
//! finds what is here only under the digest of the same arguments.

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::ChainId;
use biaozheng_seal::group::GroupSignature;
use biaozheng_seal::label::Slot;
use biaozheng_seal::sealing::{
    OpeningFailure, SealedBid, SealedEntry, SealingGroup, SlotKey, TenderKey, open_inner, open_outer,
};

use crate::machine::memory::{Memory, Outer, of};
use crate::machine::state::{StateFailure, StateRead, load};
use crate::opening::due::{Due, DueLabel, enough};
use crate::opening::newest::NewestBid;
use crate::opening::state_key;
use crate::opening::unsealing::identity_of;
use crate::project::Project;
use crate::project::sealed_tender::{SealedTender, opening_of};
use crate::sealing::entered::Entered;
use crate::sealing::group::{Group, damaged};
use crate::sealing::slot::SlotState;
use crate::{project, sealing};

/// One layer and the signature that opens it.
#[derive(Debug)]
pub struct Layer {
    group: SealingGroup,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Outer { key: SlotKey, digest: Digest, bytes: Vec<u8> },
    Inner { key: TenderKey, bid: SealedBid },
}

fn undecodable() -> StateFailure {
    damaged("a sealed entry")
}

impl Layer {
    pub(crate) fn outer(group: SealingGroup, key: SlotKey, entered: &Entered) -> Self {
        let kind = Kind::Outer { key, digest: entered.digest, bytes: entered.bytes.clone() };
        Self { group, kind }
    }

    pub(crate) const fn inner(group: SealingGroup, key: TenderKey, bid: SealedBid) -> Self {
        Self { group, kind: Kind::Inner { key, bid } }
    }

    fn start(&self, domain: &str, signature: &GroupSignature) -> FieldHasher {
        let hasher = FieldHasher::new(domain).field(self.group.chain.bytes());
        hasher.field(&self.group.key.to_bytes()).field(&signature.to_bytes())
    }

    /// The digest of everything the result depends on.
    fn key(&self) -> Digest {
        match &self.kind {
            Kind::Outer { key, digest, .. } => {
                self.start("memory/outer", &key.signature()).number(key.slot().get()).digest(digest).finish()
            }
            Kind::Inner { key, bid } => {
                let identity = bid.identity();
                self.start("memory/inner", &key.signature())
                    .field(identity.opening.tender.as_str().as_bytes())
                    .number(identity.opening.number.into())
                    .field(identity.lot.as_str().as_bytes())
                    .field(identity.bidder.as_str().as_bytes())
                    .field(identity.bidder_key.bytes())
                    .number(identity.sequence.into())
                    .field(bid.inner_bytes())
                    .finish()
            }
        }
    }

    fn open_outer(&self) -> Option<Outer> {
        let Kind::Outer { key, bytes, .. } = &self.kind else { return None };
        let entry = SealedEntry::from_bytes(bytes).ok()?;
        Some((entry.kem_digest(), open_outer(&self.group, key, &entry)))
    }

    fn open_inner(&self) -> Result<Vec<u8>, OpeningFailure> {
        match &self.kind {
            Kind::Inner { key, bid } => open_inner(&self.group, key, bid),
            Kind::Outer { .. } => Err(OpeningFailure::OtherOpening),
        }
    }

    /// What an outer layer holds, remembered or opened now.
    pub(crate) fn outer_opened(&self, state: &dyn StateRead) -> Result<Outer, StateFailure> {
        let found = of(state, |memory| &memory.outer, || self.key(), || self.open_outer());
        found.ok_or_else(undecodable)
    }

    /// A body, remembered or opened now.
    pub(crate) fn inner_opened(&self, state: &dyn StateRead) -> Result<Vec<u8>, OpeningFailure> {
        of(state, |memory| &memory.inner, || self.key(), || self.open_inner())
    }

    /// Opens the layer and keeps what came out, unless it is there already.
    pub fn open(&self, memory: &Memory) {
        match &self.kind {
            Kind::Outer { .. } => drop(memory.outer.of(self.key(), || self.open_outer())),
            Kind::Inner { .. } => drop(memory.inner.of(self.key(), || self.open_inner())),
        }
    }
}

/// The next layers a due label opens, at most `limit`, in the order in which records will open them. None for a signature
/// that is not the group's.
///
/// # Errors
/// When the state cannot be read.
pub fn layers(
    state: &dyn StateRead,
    chain: &ChainId,
    due: &DueLabel,
    signature: &[u8; GroupSignature::SIZE_BYTES],
    limit: usize,
) -> Result<Vec<Layer>, StateFailure> {
    let (Some(group), Ok(signature)) = (Group::sealing(state)?, GroupSignature::from_bytes(signature)) else {
        return Ok(Vec::new());
    };
    let group = group.of_chain(state, chain)?;
    let mut found = Vec::new();
    match &due.due {
        Due::Slot(slot) => {
            let Ok(key) = SlotKey::new(&group, Slot::new(*slot), signature) else { return Ok(found) };
            let kept: SlotState = load(state, &sealing::state_key::slot(*slot))?.unwrap_or_default();
            for place in (kept.opened..kept.entries).take(limit) {
                let entered: Option<Entered> = load(state, &sealing::state_key::sealed_entry(*slot, place))?;
                let shut = entered.filter(|one| one.fate.is_none());
                found.extend(shut.map(|entered| Layer::outer(group, key, &entered)));
            }
        }
        Due::Tender(id) => {
            let Ok(key) = TenderKey::new(&group, opening_of(id), signature) else { return Ok(found) };
            let (Some(project), Some(tender)) = (
                Project::load(state, id)?,
                load::<SealedTender>(state, &project::state_key::sealed_tender(id))?,
            ) else {
                return Ok(found);
            };
            let rulebook = project.pinned(state)?;
            let lots = enough(state, id, &project, &rulebook)?;
            let prefix = state_key::standing_bids(id);
            for (place, value) in state.scan(&prefix, tender.cursor.as_deref(), limit)? {
                let mut newest: NewestBid = borsh::from_slice(&value).map_err(|_| damaged("a sealed bid"))?;
                let Some(identity) = identity_of(id, &lots, &place, &newest)? else { continue };
                let bid = SealedBid::new(identity, std::mem::take(&mut newest.inner));
                found.push(Layer::inner(group, key.clone(), bid));
            }
        }
        Due::Beacon(_) => {}
    }
    Ok(found)
}

//! Who may bid where not everybody may: the invited, or those who passed a prequalification.
//!
//! **Invariant:** before the opening the ledger shows neither their names nor their number (招标投标法22): a list is the
//! root of a tree of always [`ADMISSION_LEAVES`] leaves, salted commitments and decoys in order of their digests. A bid
//! proves its leaf; after the opening the whole list is opened, and nothing is evaluated before that.

use std::collections::BTreeSet;

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId};
use biaozheng_ledger::merkle;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::bidding::{applicant, refusals, state_key};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::machine::text;
use crate::parties::participant::{Participant, Role};
use crate::rulebook::Rulebook;
use crate::rulebook::limits::ADMISSION_LEAVES;

/// The scope of a list that holds for every lot.
pub const EVERY_LOT: &str = "*";

/// A bidder's leaf. `scope` is a lot's id, or [`EVERY_LOT`].
#[must_use]
pub fn leaf(project: &ProjectId, scope: &str, bidder: &OrgId, salt: &[u8; 32]) -> Digest {
    FieldHasher::new("biaozheng/admitted/v1")
        .field(project.as_str().as_bytes())
        .field(scope.as_bytes())
        .field(bidder.as_str().as_bytes())
        .field(salt)
        .finish()
}

/// A leaf nobody stands behind. Whoever has the list's seed can make every decoy again, so that a list of any size is
/// opened by a few words.
#[must_use]
pub fn decoy(project: &ProjectId, scope: &str, seed: &[u8; 32], number: u64) -> Digest {
    FieldHasher::new("biaozheng/admission-decoy/v1")
        .field(project.as_str().as_bytes())
        .field(scope.as_bytes())
        .field(seed)
        .number(number)
        .finish()
}

/// The leaves of a list, in rising order: those of the admitted, and decoys 0, 1 and so on up to [`ADMISSION_LEAVES`].
#[must_use]
pub fn leaves(project: &ProjectId, scope: &str, admitted: &[Digest], seed: &[u8; 32]) -> Vec<Digest> {
    let missing = ADMISSION_LEAVES.saturating_sub(admitted.len());
    let decoys = (0u64..).take(missing).map(|number| decoy(project, scope, seed, number));
    let mut leaves: Vec<Digest> = admitted.iter().copied().chain(decoys).collect();
    leaves.sort_unstable_by(|one, two| one.bytes().cmp(two.bytes()));
    leaves
}

/// The root over exactly [`ADMISSION_LEAVES`] different leaves in rising order; nothing for any other list.
#[must_use]
pub fn root(leaves: &[Digest]) -> Option<Digest> {
    let rising = leaves.is_sorted_by(|one, two| one.bytes() < two.bytes());
    let hashes = leaves.iter().map(|leaf| merkle::leaf_hash(leaf.bytes()));
    (rising && leaves.len() == ADMISSION_LEAVES).then(|| Digest::sha256(merkle::root_of(hashes)))
}

/// The hashes that lead from a leaf to the root, lowest first.
#[must_use]
pub fn path(leaves: &[Digest], index: usize) -> Vec<Digest> {
    let mut level: Vec<_> = leaves.iter().map(|leaf| merkle::leaf_hash(leaf.bytes())).collect();
    let (mut index, mut found) = (index, Vec::new());
    while level.len() > 1 {
        found.extend(level.get(index ^ 1).map(|sibling| Digest::sha256(*sibling)));
        let pairs = level.chunks_exact(2);
        level = pairs.filter_map(|pair| Some(merkle::node_hash(pair.first()?, pair.last()?))).collect();
        index /= 2;
    }
    found
}

/// What a sealed bid brings to show that its bidder is on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// 64 hexadecimal digits.
    pub salt: String,
    pub index: u64,
    pub path: Vec<DocumentDigest>,
}

/// The lists of a project.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Admission {
    /// Scope and root.
    pub(crate) lists: Vec<(String, Digest)>,
    /// The parameter that says how many there must be.
    pub(crate) least: String,
    pub(crate) disclosed: bool,
}

impl Admission {
    fn load(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::admission(id))
    }

    pub(crate) fn store(&self, act: &mut Act<'_, '_, '_>, id: &ProjectId) -> Result<(), StateFailure> {
        act.state.put(state_key::admission(id), self)
    }
}

/// Refuses a bid from who is not on the list, where there is one.
pub(crate) fn check_bid(
    act: &Act<'_, '_, '_>,
    id: &ProjectId,
    rulebook: &Rulebook,
    lot: &str,
    bidder: &OrgId,
    proof: Option<&Proof>,
) -> Result<(), Refusal> {
    let Some(admission) = Admission::load(act.state, id)? else { return Ok(()) };
    let refuse = || refusals::NOT_ADMITTED.by(rulebook, &admission.least, lot);
    let of = |scope: &str| admission.lists.iter().find(|(known, _)| known == scope);
    let (scope, root) = of(lot).or_else(|| of(EVERY_LOT)).ok_or_else(refuse)?;
    let proof = proof.ok_or_else(refuse)?;
    let leaf = leaf(id, scope, bidder, &text::secret(&proof.salt)?);
    let path: Vec<_> = proof.path.iter().map(|digest| *digest.digest().bytes()).collect();
    let leaf = merkle::leaf_hash(leaf.bytes());
    merkle::verify_inclusion(&leaf, proof.index, ADMISSION_LEAVES as u64, &path, root.bytes())
        .map_err(|_| refuse().into())
}

/// `admission.disclosed/1`, by the tenderee or the hosting centre, after the opening.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disclosed {
    /// Every list, in the order they were committed to.
    pub lists: Vec<DisclosedList>,
}

/// One list opened.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosedList {
    /// A lot's id, or `*`.
    pub scope: String,
    pub admitted: Vec<Admitted>,
    /// 64 hexadecimal digits: what the decoys were made of.
    pub seed: String,
}

/// One who was admitted.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Admitted {
    pub bidder: OrgId,
    /// 64 hexadecimal digits.
    pub salt: String,
}

pub(crate) fn disclose(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    let body: Disclosed = act.body()?;
    let found = Admission::load(act.state, &id)?;
    let Some(mut admission) = found.filter(|admission| !admission.disclosed) else {
        return refusals::DISCLOSURE.err();
    };
    let rulebook = project.pinned(act.state)?;
    if !body.lists.iter().map(|list| &list.scope).eq(admission.lists.iter().map(|(scope, _)| scope)) {
        return Err(refusals::DISCLOSURE.because(format!("{} lists", admission.lists.len())).into());
    }
    for (list, (_, root)) in body.lists.iter().zip(&admission.lists) {
        check_list(act, &id, &rulebook, &admission.least, list, root)?;
    }
    admission.disclosed = true;
    admission.store(act, &id)?;
    act.reached(&id, &mut project, Stage::Opened)
}

fn check_list(
    act: &Act<'_, '_, '_>,
    id: &ProjectId,
    rulebook: &Rulebook,
    least: &str,
    list: &DisclosedList,
    committed: &Digest,
) -> Result<(), Refusal> {
    let refuse = || refusals::DISCLOSURE.because(&list.scope);
    let mut admitted = Vec::new();
    let mut bidders = BTreeSet::new();
    for one in &list.admitted {
        admitted.push(leaf(id, &list.scope, &one.bidder, &text::secret(&one.salt)?));
        let known = Participant::load(act.state, &one.bidder)?.is_some_and(|known| known.has(Role::Bidder));
        if !known
            || !bidders.insert(&one.bidder)
            || !applicant::has_applied(act.state, id, &list.scope, &one.bidder)?
        {
            return Err(refuse().into());
        }
    }
    let leaves = leaves(id, &list.scope, &admitted, &text::secret(&list.seed)?);
    if root(&leaves) != Some(*committed) {
        return Err(refuse().into());
    }
    if rulebook.number(least).is_none_or(|least| (bidders.len() as u64) < least) {
        let value = format!("{}: {}, needs {}", list.scope, bidders.len(), rulebook.text(least));
        return Err(refusals::ADMITTED_FEW.by(rulebook, least, value).into());
    }
    Ok(())
}

/// Nothing is evaluated before everybody sees who was admitted.
pub(crate) fn must_be_disclosed(state: &dyn StateRead, id: &ProjectId) -> Result<(), Refusal> {
    match Admission::load(state, id)? {
        Some(admission) if !admission.disclosed => refusals::UNDISCLOSED.err(),
        _ => Ok(()),
    }
}

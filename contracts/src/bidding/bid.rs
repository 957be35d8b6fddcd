//! Bids: a commitment before the deadline, the bid itself after it.
//!
//! `commitment = H("biaozheng/bid/v1", project, lot, bidder, number, salt (32 bytes), bid text)`: a copied commitment
//! opens under no other name. The bid text is kept byte for byte.

use crate::rulebook::parameters;
use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::json::from_strict;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::bidding::limits::BID_BYTES_MAX;
use crate::bidding::{admission, building_model, refusals, state_key, traces};
use crate::machine::act::Act;
use crate::machine::amount::Amount;
use crate::machine::refusal::Refusal;
use crate::machine::refusals::BODY;
use crate::machine::spoken::Spoken;
use crate::machine::state::{StateRead, load};
use crate::project;
use crate::project::refusals::{DEADLINE_AHEAD, DEADLINE_PASSED, NOT_OWNER};
use crate::project::suspension;
use crate::project::{BidName, Project};
use crate::rulebook::limits::BIDS_PER_LOT_MAX;

/// What a bidder offers; the text whose hash it seals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BidBody {
    /// 报价, in minor units of the tender's currency: for CNY in 分, so 80万元 is 80000000. A bid without a price is opened and
    /// must be disqualified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Amount>,
    /// Quantified deviations added for ranking under 经评审的最低投标价法.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviations: Option<Amount>,
    /// What the bidder declares, as text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub statement: String,
    /// Salted digests of how the bid was made, for supervision (条例40).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traces: Option<traces::Traces>,
    /// Further offers in the same envelope, where the rulebook allows several (`bids_per_bidder_max`): bids 2, 3 and so
    /// on. Only in a bid sealed to the group, which has one envelope for each bidder and lot.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<Offer>,
    /// Where only the invited or prequalified may bid, and the bid is sealed to the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission: Option<admission::Proof>,
    /// The building model, where the notice asks for one; it belongs to every offer of the envelope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<crate::bidding::ifc::ModelReference>,
}

/// A further offer of the same bidder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// Minor units of the tender's currency. An offer without a price must be disqualified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviations: Option<Amount>,
}

impl BidBody {
    /// The offers by their number, from 1.
    pub fn offers(&self) -> impl Iterator<Item = Offer> {
        let first = Offer { price: self.price, deviations: self.deviations };
        std::iter::once(first).chain(self.further.iter().cloned())
    }
}

/// The commitment to a bid.
#[must_use]
pub fn commitment(project: &ProjectId, lot: &str, name: &BidName, salt: &[u8; 32], bid: &str) -> Digest {
    FieldHasher::new("biaozheng/bid/v1")
        .field(project.as_str().as_bytes())
        .field(lot.as_bytes())
        .field(name.bidder.as_str().as_bytes())
        .number(u64::from(name.number))
        .field(salt)
        .field(bid.as_bytes())
        .finish()
}

/// `bid.sealed/1`, by a bidder before the deadline. `previous` names the terms it saw.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    pub lot: String,
    #[serde(default = "one")]
    pub number: u8,
    /// 1 for the first, one more for each replacement.
    pub sequence: u32,
    pub commitment: DocumentDigest,
    /// Digest of the encrypted body the bidder keeps or has uploaded.
    pub sealed_body: DocumentDigest,
    /// Where only the invited or prequalified may bid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission: Option<admission::Proof>,
}

const fn one() -> u8 {
    1
}

/// `bid.withdrawn/1`, by the bidder before the deadline.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {
    pub lot: String,
    #[serde(default = "one")]
    pub number: u8,
}

/// `bid.revealed/1`, by the bidder after the deadline.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revealed {
    pub lot: String,
    #[serde(default = "one")]
    pub number: u8,
    /// The bid text, exactly as sealed.
    pub bid: String,
    /// 64 hexadecimal digits.
    pub salt: String,
}

/// A bid in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Bid {
    pub(crate) name: BidName,
    pub(crate) lot: String,
    pub(crate) sequence: u32,
    pub(crate) commitment: Digest,
    pub(crate) record: RecordId,
    pub(crate) sealed_at: TimeMs,
    pub(crate) withdrawn: bool,
    pub(crate) opened: Option<OpenedBid>,
}

/// What a bid turned out to be.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct OpenedBid {
    pub(crate) price: Option<Amount>,
    pub(crate) deviations: Amount,
    pub(crate) record: RecordId,
}

fn read(
    state: &dyn StateRead,
    act: &Act<'_, '_, '_>,
    lot: &str,
    name: &BidName,
) -> Result<Option<Bid>, Refusal> {
    Ok(load(state, &state_key::bid(&act.project_id()?, lot, &name.bidder, name.number))?)
}

fn before_deadline(act: &Act<'_, '_, '_>) -> Result<(OrgId, Project), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let project = Project::expect(act.state, &act.project_id()?)?;
    rule.at(&project)?;
    by_commitment(act)?;
    if act.block.time >= project.deadline {
        return Err(DEADLINE_PASSED.saying(Spoken::against(project.deadline, act.block.time)).into());
    }
    act.follows(project.terms)?;
    Ok((by.org, project))
}

/// Refuses where the notice says that bids are sealed to the chain's group.
fn by_commitment(act: &Act<'_, '_, '_>) -> Result<(), Refusal> {
    if act.state.get(&project::state_key::sealed_tender(&act.project_id()?))?.is_some() {
        return refusals::OTHER_WAY.err();
    }
    Ok(())
}

/// A bid text with at most so many offers. Anything else is opened as a bid without a price: it was in time, and it is
/// disqualified (条例51 where it holds more offers than its bidder may make).
pub(crate) fn body_of(text: &[u8], most: u64) -> Option<BidBody> {
    let content: Option<BidBody> = from_strict(text).ok().filter(|_| text.len() <= BID_BYTES_MAX);
    content.filter(|content| (content.further.len() as u64) < most)
}

/// What a number of the bid turned out to be.
pub(crate) fn opened(offer: Option<Offer>, record: RecordId) -> Result<OpenedBid, Refusal> {
    let zero = Amount::new(0).map_err(|error| BODY.because(error))?;
    let (price, deviations) = offer.map_or((None, None), |offer| (offer.price, offer.deviations));
    Ok(OpenedBid { price, deviations: deviations.unwrap_or(zero), record })
}

pub(crate) fn seal(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (bidder, project) = before_deadline(act)?;
    let body: Sealed = act.body()?;
    project.lot(&body.lot)?;
    if project.by_tenderee(&bidder).is_ok() {
        // 条例34: nobody bids in its own tender.
        return NOT_OWNER.err();
    }
    let rulebook = project.pinned(act.state)?;
    let most = rulebook.count(&parameters::BIDS_PER_BIDDER_MAX);
    if body.number == 0 || u64::from(body.number) > most {
        return Err(refusals::BID_NUMBER.under(&rulebook, format!("at most {most}")).into());
    }
    let id = act.project_id()?;
    admission::check_bid(act, &id, &rulebook, &body.lot, &bidder, body.admission.as_ref())?;
    let name = BidName { bidder, number: body.number };
    let known = read(act.state, act, &body.lot, &name)?;
    if known.is_none() {
        let key = state_key::bid_count(&act.project_id()?, &body.lot);
        let count: u32 = load(act.state, &key)?.unwrap_or(0);
        if usize::try_from(count).is_ok_and(|count| count >= BIDS_PER_LOT_MAX) {
            return Err(refusals::BID_NUMBER.because(format!("at most {BIDS_PER_LOT_MAX} in a lot")).into());
        }
        act.state.put(key, &count.saturating_add(1))?;
    }
    let before = known.map_or(0, |bid| bid.sequence);
    let next = before.saturating_add(1);
    if body.sequence != next {
        return Err(refusals::BID_SEQUENCE
            .because(format!("expected {next}, found {}", body.sequence))
            .into());
    }
    let bid = Bid {
        lot: body.lot,
        sequence: body.sequence,
        commitment: *body.commitment.digest(),
        record: act.id,
        sealed_at: act.block.time,
        withdrawn: false,
        opened: None,
        name,
    };
    store(act, &bid)
}

fn store(act: &mut Act<'_, '_, '_>, bid: &Bid) -> Result<(), Refusal> {
    let key = state_key::bid(&act.project_id()?, &bid.lot, &bid.name.bidder, bid.name.number);
    Ok(act.state.put(key, bid)?)
}

pub(crate) fn withdraw(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (bidder, _) = before_deadline(act)?;
    let body: Withdrawn = act.body()?;
    let name = BidName { bidder, number: body.number };
    let found = read(act.state, act, &body.lot, &name)?;
    let mut bid = found.filter(|bid| !bid.withdrawn).ok_or_else(|| refusals::BID_UNKNOWN.reject())?;
    bid.withdrawn = true;
    let withdrawal = state_key::withdrawal(&act.project_id()?, &bid.name.bidder);
    act.state.put(withdrawal, &act.block.time)?;
    store(act, &bid)
}

pub(crate) fn reveal(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let project = Project::expect(act.state, &act.project_id()?)?;
    rule.at(&project)?;
    by_commitment(act)?;
    if act.block.time < project.deadline {
        return Err(DEADLINE_AHEAD.saying(Spoken::until(project.deadline)).into());
    }
    let rulebook = project.pinned(act.state)?;
    let (id, now) = (act.project_id()?, act.block.time);
    let since = suspension::counted_from(act.state, &id, &project, &rulebook, now)?;
    // What is sealed may be shown while the procedure stands still, and for the whole window once it goes on; not when it
    // came to stand still after the window.
    let stands_still = suspension::holds_windows(act.state, &id, &project, &rulebook, now)?;
    if !stands_still && now > rulebook.after(&parameters::REVEAL_WINDOW, since) {
        return Err(refusals::REVEAL_CLOSED
            .under(&rulebook, rulebook.text(&parameters::REVEAL_WINDOW))
            .into());
    }
    let body: Revealed = act.body()?;
    let name = BidName { bidder: by.org, number: body.number };
    let found = read(act.state, act, &body.lot, &name)?;
    let mut bid = found.filter(|bid| !bid.withdrawn).ok_or_else(|| refusals::BID_UNKNOWN.reject())?;
    act.follows(Some(bid.record))?;
    if bid.opened.is_some() {
        return refusals::REVEALED.err();
    }
    let salt = format!("sha256:{}", body.salt).parse::<Digest>().map_err(|error| BODY.because(error))?;
    if body.bid.len() > BID_BYTES_MAX
        || commitment(&act.project_id()?, &bid.lot, &bid.name, salt.bytes(), &body.bid) != bid.commitment
    {
        return refusals::COMMITMENT.err();
    }
    let content = body_of(body.bid.as_bytes(), 1);
    let model = content.as_ref().and_then(|content| content.model.clone());
    building_model::keep(act.state, &act.project_id()?, &bid, model)?;
    bid.opened = Some(opened(content.and_then(|content| content.offers().next()), act.id)?);
    store(act, &bid)
}

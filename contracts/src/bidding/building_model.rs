//! Building models (BIM): the notice asks for one and scores it, each bid seals its digest, and after the opening the
//! bidder hands in the file, which must be the very one it sealed.
//!
//! **Invariant:** the model that is scored is the one named before the deadline, and its bidder has time to hand it in. A bid whose model was altered, is missing
//! or is not what the notice asks stays out: no report passes that ranks it.

use crate::rulebook::parameters;
use std::collections::BTreeSet;

use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer, Serialize};

use crate::bidding::bid::Bid;
use crate::bidding::ifc::{IfcSchema, ModelReference};
use crate::bidding::limits::{MODEL_BYTES_MAX, MODEL_SCHEMAS_MAX};
use crate::bidding::{refusals, state_key};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{Overlay, StateFailure, StateRead, load, load_all};
use crate::project::limits::LOTS_MAX;
use crate::project::{BidName, Criterion, Project};
use crate::rulebook::Rulebook;
use crate::rulebook::limits::BIDS_PER_LOT_MAX;

/// What a notice asks of models, in `model` of `tender.published/1`.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct ModelTerms {
    /// The criterion the model is scored by.
    pub criterion: String,
    /// IFC versions that are accepted; an edition's name takes its addenda and corrigenda too.
    #[serde(deserialize_with = "in_capitals")]
    pub schemas: Vec<IfcSchema>,
    /// Largest file, bytes.
    pub size_max: u64,
}

impl ModelTerms {
    fn take(&self, stated: &IfcSchema) -> bool {
        self.schemas.iter().any(|asked| asked.takes(stated))
    }
}

/// What a notice asks is published in one spelling; what bidders' programs write may be in another.
fn in_capitals<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IfcSchema>, D::Error> {
    let names = <Vec<String> as Deserialize>::deserialize(deserializer)?;
    let name = |text: &String| match IfcSchema::new(text) {
        Ok(schema) if schema.as_str() == text => Ok(schema),
        Ok(schema) => {
            Err(serde::de::Error::custom(format!("write {} in capitals 请用大写", schema.as_str())))
        }
        Err(error) => Err(serde::de::Error::custom(error)),
    };
    names.iter().map(name).collect()
}

/// `model.delivered/1`, by the bidder after the opening. The record names the file as a document; `previous` is the
/// record that opened the bid.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    pub lot: String,
    #[serde(default = "one")]
    pub number: u8,
    /// Exactly as sealed.
    pub model: ModelReference,
}

const fn one() -> u8 {
    1
}

/// A bid's model in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Model {
    pub(crate) lot: String,
    pub(crate) bid: BidName,
    /// As sealed; none where the bid names none.
    pub(crate) sealed: Option<ModelReference>,
    pub(crate) delivered: Option<RecordId>,
}

/// Why a bid's model keeps it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// The sealed bid names no model.
    None,
    /// Of a version the notice does not accept, or too large.
    Unfit,
    /// The file was not handed in as sealed.
    Undelivered,
}

impl Model {
    pub(crate) fn fault(&self, terms: &ModelTerms) -> Option<Fault> {
        match &self.sealed {
            None => Some(Fault::None),
            Some(model) if !terms.take(&model.schema) || model.size > terms.size_max => Some(Fault::Unfit),
            Some(_) => self.delivered.is_none().then_some(Fault::Undelivered),
        }
    }
}

/// Keeps what the notice asks: it scores the model by one of its own criteria, which is not a blind one: whose model a
/// file is, everybody sees. Refused where the rulebook's steps leave the bidders no way to hand one in.
pub(crate) fn fix(
    state: &mut Overlay<'_>,
    id: &ProjectId,
    terms: Option<ModelTerms>,
    (criteria, blind): (&[Criterion], &[String]),
    rulebook: &Rulebook,
) -> Result<(), Refusal> {
    let Some(terms) = terms else { return Ok(()) };
    rulebook.step("model.delivered/1")?;
    let different: BTreeSet<&IfcSchema> = terms.schemas.iter().collect();
    let fits = criteria.iter().any(|one| one.id == terms.criterion && !one.price)
        && !blind.contains(&terms.criterion)
        && (1..=MODEL_SCHEMAS_MAX).contains(&terms.schemas.len())
        && different.len() == terms.schemas.len()
        && (1..=MODEL_BYTES_MAX).contains(&terms.size_max);
    if !fits {
        return refusals::MODEL_TERMS.err();
    }
    Ok(state.put(state_key::model_terms(id), &terms)?)
}

pub(crate) fn terms(state: &dyn StateRead, id: &ProjectId) -> Result<Option<ModelTerms>, StateFailure> {
    load(state, &state_key::model_terms(id))
}

/// Keeps the model an opened bid names, where the notice asks for one.
pub(crate) fn keep(
    state: &mut Overlay<'_>,
    id: &ProjectId,
    bid: &Bid,
    sealed: Option<ModelReference>,
) -> Result<(), StateFailure> {
    if terms(state, id)?.is_none() {
        return Ok(());
    }
    let model = Model { lot: bid.lot.clone(), bid: bid.name.clone(), sealed, delivered: None };
    store(state, id, &model)
}

fn key(id: &ProjectId, lot: &str, bidder: &OrgId, number: u8) -> Vec<u8> {
    state_key::model(id, lot, bidder, number)
}

fn store(state: &mut Overlay<'_>, id: &ProjectId, model: &Model) -> Result<(), StateFailure> {
    state.put(key(id, &model.lot, &model.bid.bidder, model.bid.number), model)
}

pub(crate) fn deliver(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    rule.at(&project)?;
    let body: Delivered = act.body()?;
    let bid: Option<Bid> = load(act.state, &state_key::bid(&id, &body.lot, &by.org, body.number))?;
    let opened = bid.and_then(|bid| bid.opened).map(|opened| opened.record);
    let found: Option<Model> = load(act.state, &key(&id, &body.lot, &by.org, body.number))?;
    let mut model = found.ok_or_else(|| refusals::MODEL_UNKNOWN.reject())?;
    let sealed = model.sealed.as_ref().ok_or_else(|| refusals::MODEL_UNKNOWN.reject())?;
    act.follows(opened)?;
    if model.delivered.is_some() {
        return refusals::MODEL_DELIVERED.err();
    }
    let named = |one: &biaozheng_ledger::payload::DocumentReference| {
        one.digest == body.model.digest && one.size == body.model.size
    };
    if body.model != *sealed || !act.payload.documents.iter().any(named) {
        return Err(refusals::MODEL_ALTERED
            .because(format!("sealed {} of {} bytes", sealed.digest, sealed.size))
            .into());
    }
    model.delivered = Some(act.id);
    Ok(store(act.state, &id, &model)?)
}

/// The models of all bids, by lot and bidder. Nothing before the opening.
pub(crate) fn models(state: &dyn StateRead, id: &ProjectId) -> Result<Vec<Model>, StateFailure> {
    let most = BIDS_PER_LOT_MAX.saturating_mul(LOTS_MAX);
    let rows: Vec<(_, Model)> = load_all(state, &state_key::models(id), most)?;
    Ok(rows.into_iter().map(|(_, model)| model).collect())
}

/// Refuses while a model may still be handed in: from the opening a bidder has the time it has for revealing a bid. After it
/// refuses unless every bid of the lot stays out whose model is missing, unfit or was not handed in as sealed.
pub(crate) fn check_disqualified(
    act: &Act<'_, '_, '_>,
    (id, project): (&ProjectId, &Project),
    lot: &str,
    bids: &[Bid],
    disqualified: &BTreeSet<BidName>,
) -> Result<(), Refusal> {
    let Some(terms) = terms(act.state, id)? else { return Ok(()) };
    let until = project.pinned(act.state)?.after(&parameters::REVEAL_WINDOW, project.time_of(Stage::Opened));
    for bid in bids.iter().filter(|bid| bid.lot == lot) {
        let found: Option<Model> = load(act.state, &key(id, lot, &bid.name.bidder, bid.name.number))?;
        let fault = found.map_or(Some(Fault::None), |model| model.fault(&terms));
        let Some(fault) = fault else { continue };
        let bid_text = format!("bid {} of {}", bid.name.number, bid.name.bidder);
        if fault == Fault::Undelivered && act.block.time <= until {
            return Err(refusals::MODEL_WAITING.because(format!("{bid_text}: until {until}")).into());
        }
        if !disqualified.contains(&bid.name) {
            return Err(refusals::MODEL_NOT_DISQUALIFIED.because(format!("{bid_text}: {fault:?}")).into());
        }
    }
    Ok(())
}

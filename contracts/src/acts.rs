//! The record types: each has a body, a check without state, and an execution.
//!
//! **Invariant:** every record type is a row of `ACTS` and is dispatched from there and nowhere else.

pub mod archive;
pub mod award;
pub mod bid;
pub mod committee;
pub mod evaluation;
pub mod objection;
pub mod opening;
pub mod registry;
pub mod tender;

pub mod alert;
pub mod blind;
pub mod credit;
pub mod disclosure;
pub mod draw;
pub mod eligibility;
pub mod flags;
pub mod history;
pub mod indicators;
pub mod keys;
pub mod licence;
pub mod pool;
pub mod rating;
pub mod session;
pub mod traces;
pub mod witness;

pub mod anchoring;
pub mod beacon;
pub mod binding;
pub mod ceremony;
pub mod sealed;
pub mod tokens;
pub mod unsealing;

pub mod misbehaviour;
pub mod validators;

pub(crate) mod bodies;
mod consent;
mod form;
mod ranking;
mod terms;

use biaozheng_ledger::anchoring::{ANCHORED_TYPE, AnchoredCheckpoint};
pub mod admission;
pub mod bond;
pub mod invitation;
pub mod listing;
pub mod prequal;
pub mod procurement;

pub mod annulment;
pub mod building_model;
pub mod complaint;
pub mod origin;
pub mod paper;

pub mod calendar;
pub mod tightening;

mod steps;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, DocumentDigest, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::misbehaviour::Misbehaviour;
use biaozheng_ledger::payload::{Party, Payload, RecordType};
use biaozheng_ledger::record::VerifiedRecord;
use serde::de::DeserializeOwned;

use crate::execute::{BlockContext, Event};
use crate::project::{Project, Stage};
use crate::reject::spoken::{Spoken, nearest};
use crate::reject::{self, Refusal, Reject};
use crate::rulebook::Rulebook;
use crate::state::{Overlay, StateFailure};

/// What an act's execution sees.
pub(crate) struct Act<'a, 'b, 'c> {
    pub(crate) state: &'a mut Overlay<'c>,
    pub(crate) block: &'a BlockContext,
    pub(crate) id: RecordId,
    pub(crate) payload: &'a Payload,
    pub(crate) events: &'b mut Vec<Event>,
}

type Check = fn(&Payload) -> Result<(), Reject>;
type Execute = fn(&mut Act<'_, '_, '_>) -> Result<(), Refusal>;

/// Every record type with its body's check and its execution.
const ACTS: &[(&str, Check, Execute)] = &[
    ("participant.registered/1", form::<registry::Registered>, registry::register),
    ("participant.key_rotated/1", form::<registry::KeyRotated>, registry::rotate),
    ("participant.revoked/1", form::<registry::Revoked>, registry::revoke),
    ("rulebook.published/1", form::<registry::RulebookPublished>, registry::publish_rulebook),
    ("evidence.recorded/1", registry::check_evidence, registry::record_evidence),
    ("project.registered/1", in_project::<tender::ProjectRegistered>, tender::register),
    ("tender.published/1", in_project::<tender::Published>, tender::publish),
    ("tender.clarified/1", in_project::<tender::Clarified>, tender::clarify),
    ("tender.amended/1", in_project::<tender::Amended>, tender::amend),
    ("tender.failed/1", in_project::<tender::Ended>, tender::fail),
    ("tender.terminated/1", in_project::<tender::Ended>, tender::terminate),
    ("objection.raised/1", in_project::<objection::Raised>, objection::raise),
    ("objection.answered/1", in_project::<objection::Answered>, objection::answer),
    ("bid.sealed/1", in_project::<bid::Sealed>, bid::seal),
    ("bid.withdrawn/1", in_project::<bid::Withdrawn>, bid::withdraw),
    ("bid.revealed/1", in_project::<bid::Revealed>, bid::reveal),
    ("bids.opened/1", in_project::<opening::Opened>, opening::open),
    ("experts.drawn/1", in_project::<committee::Drawn>, committee::draw),
    ("scores.sealed/1", in_project::<committee::ScoresSealed>, committee::seal),
    ("scores.revealed/1", in_project::<committee::ScoresRevealed>, committee::reveal),
    ("lot.drawn/1", in_project::<evaluation::LotDrawn>, evaluation::draw_lots),
    ("evaluation.reported/1", in_project::<evaluation::Reported>, evaluation::report),
    ("candidates.publicised/1", in_project::<award::Publicised>, award::publicise),
    ("award.notified/1", in_project::<award::Notified>, award::notify),
    ("contract.signed/1", in_project::<award::ContractSigned>, award::sign_contract),
    ("supervision.reported/1", in_project::<award::Supervised>, award::report_supervision),
    ("archive.sealed/1", in_project::<archive::Sealed>, archive::seal),
    ("alert.raised/1", form::<alert::Raised>, alert::raise),
    ("alert.disposed/1", form::<alert::Disposed>, alert::dispose),
    ("participant.key_added/1", form::<keys::Added>, keys::add),
    ("participant.key_revoked/1", form::<keys::KeyRevoked>, keys::revoke),
    ("credit.recorded/1", form::<credit::Recorded>, credit::record),
    ("credit.appealed/1", form::<credit::Appealed>, credit::appeal),
    ("credit.appeal_decided/1", form::<credit::Decided>, credit::decide),
    ("licence.authority_named/1", form::<licence::AuthorityNamed>, licence::name_authority),
    ("licence.issued/1", form::<licence::Issued>, licence::issue),
    ("licence.suspended/1", form::<licence::Suspended>, licence::suspend),
    ("licence.reinstated/1", form::<licence::Changed>, licence::reinstate),
    ("licence.revoked/1", form::<licence::Changed>, licence::revoke),
    ("rating.given/1", in_project::<rating::Given>, rating::give),
    ("witness.logged/1", in_project::<witness::Logged>, witness::log),
    ("witness.segments/1", in_project::<witness::Batch>, witness::add_segments),
    ("witness.reported/1", in_project::<witness::Reported>, witness::report),
    ("history.imported/1", history::check, history::import),
    ("indicators.published/1", form::<indicators::Published>, indicators::publish),
    // Remote evaluation.
    ("expert.enrolled/1", form::<pool::Enrolled>, pool::enrol),
    ("expert.suspended/1", form::<pool::Suspended>, pool::suspend),
    ("draw.requested/1", in_project::<draw::Requested>, draw::request),
    ("randomness.committed/1", in_project::<draw::Committed>, draw::commit),
    ("randomness.revealed/1", in_project::<draw::Revealed>, draw::reveal),
    ("draw.disclosed/1", in_project::<disclosure::Disclosed>, disclosure::disclose),
    ("evaluation.session_opened/1", in_project::<session::SessionOpened>, session::open),
    ("evaluation.time_short/1", in_project::<session::TimeShort>, session::find_short),
    ("evaluation.extended/1", in_project::<session::Extended>, session::extend),
    ("member.replaced/1", in_project::<session::Replaced>, session::replace),
    ("blind.opened/1", in_project::<blind::Opened>, blind::open),
    ("chain.registered/1", form::<anchoring::ChainRegistered>, anchoring::register),
    ("chain.retired/1", form::<anchoring::ChainRetired>, anchoring::retire),
    (ANCHORED_TYPE, form::<AnchoredCheckpoint>, anchoring::anchor),
    ("chain.split_shown/1", form::<anchoring::SplitShown>, anchoring::show_split),
    // Bids that open themselves.
    ("dkg.started/1", form::<ceremony::Started>, ceremony::start),
    ("dkg.dealt/1", form::<ceremony::Said>, ceremony::deal),
    ("dkg.acknowledged/1", form::<ceremony::Said>, ceremony::acknowledge),
    ("dkg.concluded/1", form::<ceremony::Said>, ceremony::conclude),
    ("dkg.finalised/1", form::<ceremony::Said>, ceremony::finalise),
    ("token.requested/1", form::<tokens::Requested>, tokens::request),
    ("token.signed/1", form::<tokens::Signed>, tokens::sign),
    ("sealed.entered/1", sealed::check, sealed::enter),
    ("slot.opened/1", form::<unsealing::SlotOpened>, unsealing::open_slot),
    ("tender.opened/1", in_project::<unsealing::TenderOpened>, unsealing::open_tender),
    ("sealed.bound/1", in_project::<binding::Bound>, binding::bind),
    ("sealed.proved/1", in_project::<unsealing::Proved>, unsealing::prove),
    ("beacon.recovered/1", in_project::<beacon::Recovered>, beacon::recover),
    // Other categories.
    ("listing.published/1", in_project::<listing::Published>, listing::publish),
    ("listing.registered/1", in_project::<listing::offers::Registered>, listing::offers::register),
    ("listing.offered/1", in_project::<listing::offers::Offered>, listing::offers::offer),
    ("listing.closed/1", in_project::<listing::close::Closed>, listing::close::close),
    ("deal.confirmed/1", in_project::<listing::deal::Confirmed>, listing::deal::confirm),
    ("result.publicised/1", in_project::<listing::deal::ResultPublicised>, listing::deal::publicise),
    ("bond.received/1", in_project::<bond::Received>, bond::receive),
    ("bond.refunded/1", in_project::<bond::Refunded>, bond::refund),
    ("result.corrected/1", in_project::<procurement::Corrected>, procurement::correct),
    ("invitation.issued/1", in_project::<invitation::Issued>, invitation::issue),
    ("admission.disclosed/1", in_project::<admission::Disclosed>, admission::disclose),
    ("prequal.published/1", in_project::<prequal::Published>, prequal::publish),
    ("prequal.clarified/1", in_project::<prequal::Clarified>, prequal::clarify),
    ("prequal.applied/1", in_project::<prequal::Applied>, prequal::apply),
    ("prequal.opened/1", in_project::<prequal::review::Opened>, prequal::review::open),
    ("prequal.reviewed/1", in_project::<prequal::review::Reviewed>, prequal::review::review),
    // Building models, and steps on paper.
    ("model.delivered/1", in_project::<building_model::Delivered>, building_model::deliver),
    ("step.on_paper/1", in_project::<paper::Noted>, paper::note),
    // Complaints.
    ("complaint.filed/1", in_project::<complaint::Filed>, complaint::file),
    ("complaint.accepted/1", in_project::<complaint::Accepted>, complaint::accept),
    ("complaint.declined/1", in_project::<complaint::Declined>, complaint::decline),
    ("complaint.decided/1", in_project::<complaint::Decided>, complaint::decide),
    ("tender.annulled/1", in_project::<annulment::Annulled>, annulment::annul),
    // Whose nodes vote.
    ("validators.changed/1", form::<validators::Changed>, validators::change),
    ("validator.misbehaved/1", form::<Misbehaviour>, misbehaviour::show),
    // Rules beside the rulebooks.
    ("rulebook.tightened/1", form::<tightening::Tightened>, tightening::publish),
    ("calendar.published/1", form::<calendar::CalendarPublished>, calendar::publish),
];

/// The names of all record types.
#[must_use]
pub fn types() -> Vec<&'static str> {
    ACTS.iter().map(|(name, ..)| *name).collect()
}

fn find(payload: &Payload) -> Result<&'static (&'static str, Check, Execute), Reject> {
    let name = payload.record_type.as_str();
    ACTS.iter().find(|(known, ..)| *known == name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Reject {
    match nearest(ACTS.iter().map(|(known, ..)| *known), name) {
        Some(meant) => reject::UNKNOWN_TYPE.saying(Spoken::new(
            format!("{name}; did you mean {meant}?"),
            format!("{name}，是否应为 {meant}？"),
        )),
        None => reject::UNKNOWN_TYPE.because(name),
    }
}

pub(crate) fn check(payload: &Payload) -> Result<(), Reject> {
    let (_, check, _) = find(payload)?;
    check(payload)
}

/// Checks a body's form alone, as [`crate::check`] checks a record's: for tests and tools that have no signed record yet.
///
/// # Errors
/// [`Reject`], as the record would be refused.
///
/// # Panics
/// Never: the fixed names are valid.
pub fn check_body(record_type: &str, body: serde_json::Value, in_project: bool) -> Result<(), Reject> {
    let id = || ProjectId::new("P").expect("a valid name");
    let payload = Payload {
        chain: ChainId::new(Digest::zero()),
        record_type: RecordType::new(record_type).map_err(|error| reject::UNKNOWN_TYPE.because(error))?,
        author: Party { org: OrgId::new("A").expect("a valid name"), key: PublicKey::ed25519([0; 32]) },
        cosigners: Vec::new(),
        project: in_project.then(id),
        previous: None,
        made_at_ms: TimeMs::new(0),
        tool: String::new(),
        documents: Vec::new(),
        body,
    };
    check(&payload)
}

pub(crate) fn execute(
    state: &mut Overlay<'_>,
    block: &BlockContext,
    record: &VerifiedRecord,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let payload = record.payload();
    let (_, check, execute) = find(payload)?;
    check(payload)?;
    crate::purpose::check_keys(state, payload, block)?;
    let verdict = complaint::check(state, payload, block)
        .and_then(|()| execute(&mut Act { state, block, id: record.id(), payload, events }));
    match verdict {
        Err(Refusal::Reject(reject)) => Err(cited(state, payload, reject)?.into()),
        other => other,
    }
}

/// The rulebook a project lives under; before one is pinned, the one this record names to pin.
fn book_of(
    state: &Overlay<'_>,
    payload: &Payload,
    project: &Project,
) -> Result<Option<Rulebook>, StateFailure> {
    if project.rulebook.is_some() {
        return project.pinned(state).map(Some);
    }
    let named = payload.body.get("rulebook").or_else(|| payload.body.get("terms")?.get("rulebook"));
    let named = named.and_then(|digest| from_value::<DocumentDigest>(digest).ok());
    named.map_or(Ok(None), |digest| Rulebook::load(state, digest.digest()))
}

/// A refusal by a parameter of the project's rulebook names its article, wherever the refusal was made; any other one that
/// of the record's step, where the rulebook has one.
fn cited(state: &Overlay<'_>, payload: &Payload, mut reject: Reject) -> Result<Reject, StateFailure> {
    if reject.article.is_some() {
        return Ok(reject);
    }
    let Some(id) = &payload.project else { return Ok(reject) };
    let Some(project) = Project::load(state, id)? else { return Ok(reject) };
    if let Some(book) = book_of(state, payload, &project)? {
        let article = book.article(&reject.rule);
        reject.article =
            article.or_else(|| book.step_article(payload.record_type.as_str())).map(str::to_owned);
    }
    Ok(reject)
}

/// The act's body.
pub(crate) fn body<T: DeserializeOwned>(payload: &Payload) -> Result<T, Reject> {
    from_value(&payload.body).map_err(|error| match form::explain::<T>(&payload.body) {
        Some(spoken) => reject::BODY.saying(spoken),
        None => reject::BODY.because(error.to_string().chars().take(200).collect::<String>()),
    })
}

fn form<T: DeserializeOwned>(payload: &Payload) -> Result<(), Reject> {
    body::<T>(payload).map(drop)
}

fn in_project<T: DeserializeOwned>(payload: &Payload) -> Result<(), Reject> {
    if payload.project.is_none() {
        return Err(reject::PROJECT_MISSING.reject());
    }
    form::<T>(payload)
}

impl Act<'_, '_, '_> {
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Reject> {
        body(self.payload)
    }

    pub(crate) fn project_id(&self) -> Result<ProjectId, Reject> {
        self.payload.project.clone().ok_or_else(|| reject::PROJECT_MISSING.reject())
    }

    /// Refuses unless `previous` names exactly this record.
    pub(crate) fn follows(&self, expected: Option<RecordId>) -> Result<(), Reject> {
        if self.payload.previous == expected {
            return Ok(());
        }
        Err(match expected {
            Some(id) => reject::PREVIOUS.saying(Spoken::new(format!("expected {id}"), format!("应为 {id}"))),
            None => reject::PREVIOUS.saying(Spoken::new("expected none", "首个记录不应有前序记录")),
        })
    }

    /// Ends a step: the project stands at `stage`, and the next step names this record.
    pub(crate) fn reached(
        &mut self,
        id: &ProjectId,
        project: &mut Project,
        stage: Stage,
    ) -> Result<(), Refusal> {
        if project.stage != stage {
            project.reach(stage, self.block.time);
            self.events.push(Event::Stage { project: id.clone(), stage });
        }
        project.step = self.id;
        project.store(self.state, id)?;
        crate::sealing::waiting::place(self.state, id, self.block.time)?;
        beacon::forget_unless(self, id, stage == Stage::Opened)
    }

    /// Notes that a legal deadline was missed. The truth is recorded late rather than not at all.
    pub(crate) fn note_late(&mut self, id: &ProjectId, project: &mut Project, rule: &str) {
        project.late.push(rule.to_owned());
        self.events.push(Event::Late { project: id.clone(), rule: rule.to_owned() });
    }
}

//! One record, one verdict: who may, in which order, then the act itself.

use biaozheng_ledger::anchoring::{ANCHORED_TYPE, AnchoredCheckpoint};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, DocumentDigest, Height, OrgId, ProjectId, TimeMs};
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::misbehaviour::Misbehaviour;
use biaozheng_ledger::payload::{Party, Payload, RecordType};
use biaozheng_ledger::record::VerifiedRecord;

use crate::machine::act::{Act, Check, Execute, form, in_project};
use crate::machine::block::{BlockContext, Event, Outcome};
use crate::machine::refusal::{Refusal, Reject};
use crate::machine::refusals::UNKNOWN_TYPE;
use crate::machine::spoken::{Spoken, nearest};
use crate::machine::state::{Overlay, StateFailure};
use crate::parties::founding::Founding;
use crate::parties::participant::{GenesisParticipant, HeldKey, Participant, claim_key};
use crate::project::Project;
use crate::rulebook::Rulebook;
use crate::{
    archive, award, bidding, chain, evaluation, listing, opening, oversight, parties, prequal, project,
    rulebook, sealing, tender,
};

/// Checks that need no state: the type is known and its body has the right form.
///
/// # Errors
/// [`Reject`].
pub fn check(record: &VerifiedRecord) -> Result<(), Reject> {
    check_payload(record.payload())
}

/// Executes a record. The state is unchanged unless the result is `Ok`.
///
/// # Errors
/// [`Refusal::Reject`] for the record's fault, [`Refusal::Failure`] for ours.
pub fn execute(
    state: &mut Overlay<'_>,
    block: &BlockContext,
    record: &VerifiedRecord,
) -> Result<Outcome, Refusal> {
    let mut attempt = Overlay::new(&*state);
    let mut outcome = Outcome::default();
    run(&mut attempt, block, record, &mut outcome.events)?;
    if let Some(project) = &record.payload().project {
        outcome.position_in_project = Some(project::history::append(&mut attempt, project, &record.id())?);
        outcome.project = Some(project.clone());
    }
    let changes = attempt.into_changes();
    state.absorb(changes);
    Ok(outcome)
}

/// Enters the genesis' participants and validators; part of executing the first block.
///
/// # Errors
/// When the state cannot be read, or the genesis repeats a key.
pub fn apply_genesis(state: &mut Overlay<'_>, founding: &Founding) -> Result<(), StateFailure> {
    for one in &founding.participants {
        for key in &one.keys {
            claim_key(state, &one.org, key).map_err(|refusal| match refusal {
                Refusal::Failure(failure) => failure,
                Refusal::Reject(_) => StateFailure(format!("the genesis gives {} a key twice", one.org)),
            })?;
        }
        let held = |key: &_| HeldKey::new(*key, Height::GENESIS, None);
        Participant {
            version: 1,
            org: one.org.clone(),
            name: one.name.clone(),
            commitment: None,
            roles: one.roles.clone(),
            keys: one.keys.iter().map(held).collect(),
            revoked: false,
            revocation: None,
        }
        .store(state)?;
    }
    let founds =
        |one: &&GenesisParticipant| one.roles.iter().any(|role| Participant::FOUNDING.contains(role));
    let founders: Vec<OrgId> =
        founding.participants.iter().filter(founds).map(|one| one.org.clone()).collect();
    state.put(chain::state_key::founders(), &founders)?;
    chain::validators::found(state, founding)
}

/// Every record type with its body's check and its execution.
const ACTS: &[(&str, Check, Execute)] = &[
    ("participant.registered/1", form::<parties::registration::Registered>, parties::registration::register),
    ("participant.key_rotated/1", form::<parties::registration::KeyRotated>, parties::registration::rotate),
    ("participant.revoked/1", form::<parties::registration::Revoked>, parties::registration::revoke),
    (
        "rulebook.published/1",
        form::<rulebook::publishing::RulebookPublished>,
        rulebook::publishing::publish_rulebook,
    ),
    ("evidence.recorded/1", project::evidence::check_evidence, project::evidence::record_evidence),
    ("project.registered/1", in_project::<tender::ProjectRegistered>, tender::register),
    ("tender.published/1", in_project::<tender::Published>, tender::publish),
    ("tender.clarified/1", in_project::<tender::Clarified>, tender::clarify),
    ("tender.amended/1", in_project::<tender::Amended>, tender::amend),
    ("tender.failed/1", in_project::<tender::Ended>, tender::fail),
    ("tender.terminated/1", in_project::<tender::Ended>, tender::terminate),
    ("objection.raised/1", in_project::<project::objection::Raised>, project::objection::raise),
    ("objection.answered/1", in_project::<project::objection::Answered>, project::objection::answer),
    ("bid.sealed/1", in_project::<bidding::bid::Sealed>, bidding::bid::seal),
    ("bid.withdrawn/1", in_project::<bidding::bid::Withdrawn>, bidding::bid::withdraw),
    ("bid.revealed/1", in_project::<bidding::bid::Revealed>, bidding::bid::reveal),
    ("bids.opened/1", in_project::<opening::Opened>, opening::open),
    ("experts.drawn/1", in_project::<evaluation::committee::Drawn>, evaluation::committee::draw),
    ("scores.sealed/1", in_project::<evaluation::committee::ScoresSealed>, evaluation::committee::seal),
    ("scores.revealed/1", in_project::<evaluation::committee::ScoresRevealed>, evaluation::committee::reveal),
    ("lot.drawn/1", in_project::<evaluation::LotDrawn>, evaluation::draw_lots),
    ("evaluation.reported/1", in_project::<evaluation::Reported>, evaluation::report),
    ("candidates.publicised/1", in_project::<award::Publicised>, award::publicise),
    ("award.notified/1", in_project::<award::Notified>, award::notify),
    ("contract.signed/1", in_project::<award::ContractSigned>, award::sign_contract),
    ("supervision.reported/1", in_project::<award::Supervised>, award::report_supervision),
    ("archive.sealed/1", in_project::<archive::Sealed>, archive::seal),
    ("alert.raised/1", form::<oversight::alert::Raised>, oversight::alert::raise),
    ("alert.disposed/1", form::<oversight::alert::Disposed>, oversight::alert::dispose),
    ("participant.key_added/1", form::<parties::keys::Added>, parties::keys::add),
    ("participant.key_revoked/1", form::<parties::keys::KeyRevoked>, parties::keys::revoke),
    ("credit.recorded/1", form::<parties::credit::Recorded>, parties::credit::record),
    ("credit.appealed/1", form::<parties::credit::Appealed>, parties::credit::appeal),
    ("credit.appeal_decided/1", form::<parties::credit::Decided>, parties::credit::decide),
    ("licence.authority_named/1", form::<parties::licence::AuthorityNamed>, parties::licence::name_authority),
    ("licence.issued/1", form::<parties::licence::Issued>, parties::licence::issue),
    ("licence.suspended/1", form::<parties::licence::Suspended>, parties::licence::suspend),
    ("licence.reinstated/1", form::<parties::licence::Changed>, parties::licence::reinstate),
    ("licence.revoked/1", form::<parties::licence::Changed>, parties::licence::revoke),
    ("rating.given/1", in_project::<oversight::rating::Given>, oversight::rating::give),
    ("witness.logged/1", in_project::<oversight::sitting::Logged>, oversight::sitting::log),
    ("witness.segments/1", in_project::<oversight::sitting::Batch>, oversight::sitting::add_segments),
    ("witness.reported/1", in_project::<oversight::sitting::Reported>, oversight::sitting::report),
    ("history.imported/1", archive::imported::check, archive::imported::import),
    ("indicators.published/1", form::<archive::publication::Published>, archive::publication::publish),
    // Remote evaluation.
    ("expert.enrolled/1", form::<evaluation::pool::Enrolled>, evaluation::pool::enrol),
    ("expert.suspended/1", form::<evaluation::pool::Suspended>, evaluation::pool::suspend),
    ("draw.requested/1", in_project::<evaluation::draw::Requested>, evaluation::draw::request),
    ("randomness.committed/1", in_project::<evaluation::draw::Committed>, evaluation::draw::commit),
    ("randomness.revealed/1", in_project::<evaluation::draw::Revealed>, evaluation::draw::reveal),
    ("draw.disclosed/1", in_project::<evaluation::disclosure::Disclosed>, evaluation::disclosure::disclose),
    (
        "evaluation.session_opened/1",
        in_project::<evaluation::session::SessionOpened>,
        evaluation::session::open,
    ),
    (
        "evaluation.time_short/1",
        in_project::<evaluation::session::TimeShort>,
        evaluation::session::find_short,
    ),
    ("evaluation.extended/1", in_project::<evaluation::session::Extended>, evaluation::session::extend),
    ("member.replaced/1", in_project::<evaluation::session::Replaced>, evaluation::session::replace),
    ("blind.opened/1", in_project::<evaluation::blind::Opened>, evaluation::blind::open),
    ("chain.registered/1", form::<chain::anchoring::ChainRegistered>, chain::anchoring::register),
    ("chain.retired/1", form::<chain::anchoring::ChainRetired>, chain::anchoring::retire),
    (ANCHORED_TYPE, form::<AnchoredCheckpoint>, chain::anchoring::anchor),
    ("chain.split_shown/1", form::<chain::anchoring::SplitShown>, chain::anchoring::show_split),
    // Bids that open themselves.
    ("dkg.started/1", form::<sealing::ceremony::Started>, sealing::ceremony::start),
    ("dkg.dealt/1", form::<sealing::ceremony::Said>, sealing::ceremony::deal),
    ("dkg.acknowledged/1", form::<sealing::ceremony::Said>, sealing::ceremony::acknowledge),
    ("dkg.concluded/1", form::<sealing::ceremony::Said>, sealing::ceremony::conclude),
    ("dkg.finalised/1", form::<sealing::ceremony::Said>, sealing::ceremony::finalise),
    ("token.requested/1", form::<sealing::tokens::Requested>, sealing::tokens::request),
    ("token.signed/1", form::<sealing::tokens::Signed>, sealing::tokens::sign),
    ("sealed.entered/1", sealing::entry::check, sealing::entry::enter),
    ("slot.opened/1", form::<opening::unsealing::SlotOpened>, opening::unsealing::open_slot),
    ("tender.opened/1", in_project::<opening::unsealing::TenderOpened>, opening::unsealing::open_tender),
    ("sealed.bound/1", in_project::<opening::binding::Bound>, opening::binding::bind),
    ("sealed.proved/1", in_project::<opening::unsealing::Proved>, opening::unsealing::prove),
    ("beacon.recovered/1", in_project::<evaluation::beacon::Recovered>, evaluation::beacon::recover),
    // Other categories.
    ("listing.published/1", in_project::<listing::Published>, listing::publish),
    ("listing.registered/1", in_project::<listing::offers::Registered>, listing::offers::register),
    ("listing.offered/1", in_project::<listing::offers::Offered>, listing::offers::offer),
    ("listing.closed/1", in_project::<listing::close::Closed>, listing::close::close),
    ("deal.confirmed/1", in_project::<listing::deal::Confirmed>, listing::deal::confirm),
    ("result.publicised/1", in_project::<listing::deal::ResultPublicised>, listing::deal::publicise),
    ("bond.received/1", in_project::<bidding::bond::Received>, bidding::bond::receive),
    ("bond.refunded/1", in_project::<bidding::bond::Refunded>, bidding::bond::refund),
    ("result.corrected/1", in_project::<evaluation::correction::Corrected>, evaluation::correction::correct),
    ("invitation.issued/1", in_project::<tender::invitation::Issued>, tender::invitation::issue),
    ("admission.disclosed/1", in_project::<bidding::admission::Disclosed>, bidding::admission::disclose),
    ("prequal.published/1", in_project::<prequal::Published>, prequal::publish),
    ("prequal.clarified/1", in_project::<prequal::Clarified>, prequal::clarify),
    ("prequal.applied/1", in_project::<prequal::Applied>, prequal::apply),
    ("prequal.opened/1", in_project::<prequal::review::Opened>, prequal::review::open),
    ("prequal.reviewed/1", in_project::<prequal::review::Reviewed>, prequal::review::review),
    // Building models, and steps on paper.
    ("model.delivered/1", in_project::<bidding::building_model::Delivered>, bidding::building_model::deliver),
    ("step.on_paper/1", in_project::<archive::paper::Noted>, archive::paper::note),
    // Complaints.
    ("complaint.filed/1", in_project::<project::complaint::Filed>, project::complaint::file),
    ("complaint.accepted/1", in_project::<project::complaint::Accepted>, project::complaint::accept),
    ("complaint.declined/1", in_project::<project::complaint::Declined>, project::complaint::decline),
    ("complaint.decided/1", in_project::<project::complaint::Decided>, project::complaint::decide),
    ("tender.annulled/1", in_project::<project::annulment::Annulled>, project::annulment::annul),
    // Whose nodes vote.
    ("validators.changed/1", form::<chain::change::Changed>, chain::change::change),
    ("validator.misbehaved/1", form::<Misbehaviour>, chain::misbehaviour::show),
    // Rules beside the rulebooks.
    ("rulebook.tightened/1", form::<rulebook::tightening::Tightened>, rulebook::tightening::publish),
    ("calendar.published/1", form::<rulebook::calendar::CalendarPublished>, rulebook::calendar::publish),
];

fn find(payload: &Payload) -> Result<&'static (&'static str, Check, Execute), Reject> {
    let name = payload.record_type.as_str();
    ACTS.iter().find(|(known, ..)| *known == name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Reject {
    match nearest(ACTS.iter().map(|(known, ..)| *known), name) {
        Some(meant) => UNKNOWN_TYPE.saying(Spoken::new(
            format!("{name}; did you mean {meant}?"),
            format!("{name}，是否应为 {meant}？"),
        )),
        None => UNKNOWN_TYPE.because(name),
    }
}

fn check_payload(payload: &Payload) -> Result<(), Reject> {
    let (_, check, _) = find(payload)?;
    check(payload)
}

/// Checks a body's form alone, as [`check`] checks a record's: for tests and tools that have no signed record yet.
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
        record_type: RecordType::new(record_type).map_err(|error| UNKNOWN_TYPE.because(error))?,
        author: Party { org: OrgId::new("A").expect("a valid name"), key: PublicKey::ed25519([0; 32]) },
        cosigners: Vec::new(),
        project: in_project.then(id),
        previous: None,
        made_at_ms: TimeMs::new(0),
        tool: String::new(),
        documents: Vec::new(),
        body,
    };
    check_payload(&payload)
}

fn run(
    state: &mut Overlay<'_>,
    block: &BlockContext,
    record: &VerifiedRecord,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let payload = record.payload();
    let (_, check, execute) = find(payload)?;
    check(payload)?;
    parties::signing::check_keys(state, payload, block)?;
    let verdict = project::complaint::check(state, payload, block)
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

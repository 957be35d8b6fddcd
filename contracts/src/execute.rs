//! One record, one verdict: who may, in which order, then the act itself.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, DocumentDigest, Height, OrgId, ProjectId, TimeMs};
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::payload::{Party, Payload, RecordType};
use biaozheng_ledger::record::VerifiedRecord;

use crate::machine::act::Act;
use crate::machine::block::{BlockContext, Event, Outcome};
use crate::machine::refusal::{Refusal, Reject};
use crate::machine::refusals::UNKNOWN_TYPE;
use crate::machine::spoken::{Spoken, nearest};
use crate::machine::state::{Overlay, StateFailure};
use crate::parties::founding::Founding;
use crate::parties::participant::{GenesisParticipant, HeldKey, Participant, claim_key};
use crate::project::Project;
use crate::records::{self, Record, Waits};
use crate::rulebook::Rulebook;
use crate::{chain, parties, project};

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

fn find(payload: &Payload) -> Result<&'static Record, Reject> {
    let name = payload.record_type.as_str();
    records::record(name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Reject {
    match nearest(records::types(), name) {
        Some(meant) => UNKNOWN_TYPE.saying(Spoken::new(
            format!("{name}; did you mean {meant}?"),
            format!("{name}，是否应为 {meant}？"),
        )),
        None => UNKNOWN_TYPE.because(name),
    }
}

fn check_payload(payload: &Payload) -> Result<(), Reject> {
    (find(payload)?.check)(payload)
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
    let row = find(payload)?;
    (row.check)(payload)?;
    parties::signing::check_keys(state, payload, block, (row.facts.keys, row.facts.apart))?;
    let verdict = project::complaint::check(state, payload, block, row.facts.waits == Waits::Suspension)
        .and_then(|()| (row.execute)(&mut Act { state, block, id: record.id(), payload, events }));
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

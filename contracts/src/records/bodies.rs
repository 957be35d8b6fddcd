//! What the body of each record type is made of, as a JSON Schema of the very type that reads it.
//!
//! **Invariant:** every type of [`crate::execute::ACTS`] stands here once; a test holds each schema against its decoder.

use std::collections::BTreeMap;

use biaozheng_ledger::anchoring::{ANCHORED_TYPE, AnchoredCheckpoint};
use biaozheng_ledger::misbehaviour::Misbehaviour;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::{
    archive, award, bidding, chain, evaluation, listing, opening, oversight, parties, prequal, project,
    rulebook, sealing, tender,
};

/// `evidence.recorded/1`, by any participant: whatever it attests, with its documents.
#[derive(JsonSchema)]
#[serde(transparent)]
#[expect(dead_code, reason = "says the form that `registry::check_evidence` checks")]
struct Evidence(BTreeMap<String, Plain>);

/// A text, a number, true or false.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "says the form that `registry::check_evidence` checks")]
enum Plain {
    Text(String),
    Number(i64),
    Flag(bool),
}

type Schema = fn() -> Value;

/// Each type, whether it belongs to a project, and its body.
pub(crate) const BODIES: &[(&str, bool, Schema)] = &[
    ("participant.registered/1", false, schema::<parties::registration::Registered>),
    ("participant.key_rotated/1", false, schema::<parties::registration::KeyRotated>),
    ("participant.revoked/1", false, schema::<parties::registration::Revoked>),
    ("rulebook.published/1", false, schema::<rulebook::publishing::RulebookPublished>),
    ("evidence.recorded/1", false, schema::<Evidence>),
    ("project.registered/1", true, schema::<tender::ProjectRegistered>),
    ("tender.published/1", true, schema::<tender::Published>),
    ("tender.clarified/1", true, schema::<tender::Clarified>),
    ("tender.amended/1", true, schema::<tender::Amended>),
    ("tender.failed/1", true, schema::<tender::Ended>),
    ("tender.terminated/1", true, schema::<tender::Ended>),
    ("objection.raised/1", true, schema::<project::objection::Raised>),
    ("objection.answered/1", true, schema::<project::objection::Answered>),
    ("bid.sealed/1", true, schema::<bidding::bid::Sealed>),
    ("bid.withdrawn/1", true, schema::<bidding::bid::Withdrawn>),
    ("bid.revealed/1", true, schema::<bidding::bid::Revealed>),
    ("bids.opened/1", true, schema::<opening::Opened>),
    ("experts.drawn/1", true, schema::<evaluation::committee::Drawn>),
    ("scores.sealed/1", true, schema::<evaluation::committee::ScoresSealed>),
    ("scores.revealed/1", true, schema::<evaluation::committee::ScoresRevealed>),
    ("lot.drawn/1", true, schema::<evaluation::LotDrawn>),
    ("evaluation.reported/1", true, schema::<evaluation::Reported>),
    ("candidates.publicised/1", true, schema::<award::Publicised>),
    ("award.notified/1", true, schema::<award::Notified>),
    ("contract.signed/1", true, schema::<award::ContractSigned>),
    ("supervision.reported/1", true, schema::<award::Supervised>),
    ("archive.sealed/1", true, schema::<archive::Sealed>),
    ("alert.raised/1", false, schema::<oversight::alert::Raised>),
    ("alert.disposed/1", false, schema::<oversight::alert::Disposed>),
    ("participant.key_added/1", false, schema::<parties::keys::Added>),
    ("participant.key_revoked/1", false, schema::<parties::keys::KeyRevoked>),
    ("credit.recorded/1", false, schema::<parties::credit::Recorded>),
    ("credit.appealed/1", false, schema::<parties::credit::Appealed>),
    ("credit.appeal_decided/1", false, schema::<parties::credit::Decided>),
    ("licence.authority_named/1", false, schema::<parties::licence::AuthorityNamed>),
    ("licence.issued/1", false, schema::<parties::licence::Issued>),
    ("licence.suspended/1", false, schema::<parties::licence::Suspended>),
    ("licence.reinstated/1", false, schema::<parties::licence::Changed>),
    ("licence.revoked/1", false, schema::<parties::licence::Changed>),
    ("rating.given/1", true, schema::<oversight::rating::Given>),
    ("witness.logged/1", true, schema::<oversight::sitting::Logged>),
    ("witness.segments/1", true, schema::<oversight::sitting::Batch>),
    ("witness.reported/1", true, schema::<oversight::sitting::Reported>),
    ("history.imported/1", false, schema::<archive::imported::Imported>),
    ("indicators.published/1", false, schema::<archive::publication::Published>),
    ("expert.enrolled/1", false, schema::<evaluation::pool::Enrolled>),
    ("expert.suspended/1", false, schema::<evaluation::pool::Suspended>),
    ("draw.requested/1", true, schema::<evaluation::draw::Requested>),
    ("randomness.committed/1", true, schema::<evaluation::draw::Committed>),
    ("randomness.revealed/1", true, schema::<evaluation::draw::Revealed>),
    ("draw.disclosed/1", true, schema::<evaluation::disclosure::Disclosed>),
    ("evaluation.session_opened/1", true, schema::<evaluation::session::SessionOpened>),
    ("evaluation.time_short/1", true, schema::<evaluation::session::TimeShort>),
    ("evaluation.extended/1", true, schema::<evaluation::session::Extended>),
    ("member.replaced/1", true, schema::<evaluation::session::Replaced>),
    ("blind.opened/1", true, schema::<evaluation::blind::Opened>),
    ("chain.registered/1", false, schema::<chain::anchoring::ChainRegistered>),
    ("chain.retired/1", false, schema::<chain::anchoring::ChainRetired>),
    (ANCHORED_TYPE, false, schema::<AnchoredCheckpoint>),
    ("chain.split_shown/1", false, schema::<chain::anchoring::SplitShown>),
    ("dkg.started/1", false, schema::<sealing::ceremony::Started>),
    ("dkg.dealt/1", false, schema::<sealing::ceremony::Said>),
    ("dkg.acknowledged/1", false, schema::<sealing::ceremony::Said>),
    ("dkg.concluded/1", false, schema::<sealing::ceremony::Said>),
    ("dkg.finalised/1", false, schema::<sealing::ceremony::Said>),
    ("token.requested/1", false, schema::<sealing::tokens::Requested>),
    ("token.signed/1", false, schema::<sealing::tokens::Signed>),
    ("sealed.entered/1", false, schema::<sealing::entry::SealedEntered>),
    ("slot.opened/1", false, schema::<opening::unsealing::SlotOpened>),
    ("tender.opened/1", true, schema::<opening::unsealing::TenderOpened>),
    ("sealed.bound/1", true, schema::<opening::binding::Bound>),
    ("sealed.proved/1", true, schema::<opening::unsealing::Proved>),
    ("beacon.recovered/1", true, schema::<evaluation::beacon::Recovered>),
    ("listing.published/1", true, schema::<listing::Published>),
    ("listing.registered/1", true, schema::<listing::offers::Registered>),
    ("listing.offered/1", true, schema::<listing::offers::Offered>),
    ("listing.closed/1", true, schema::<listing::close::Closed>),
    ("deal.confirmed/1", true, schema::<listing::deal::Confirmed>),
    ("result.publicised/1", true, schema::<listing::deal::ResultPublicised>),
    ("bond.received/1", true, schema::<bidding::bond::Received>),
    ("bond.refunded/1", true, schema::<bidding::bond::Refunded>),
    ("result.corrected/1", true, schema::<evaluation::correction::Corrected>),
    ("invitation.issued/1", true, schema::<tender::invitation::Issued>),
    ("admission.disclosed/1", true, schema::<bidding::admission::Disclosed>),
    ("prequal.published/1", true, schema::<prequal::Published>),
    ("prequal.clarified/1", true, schema::<prequal::Clarified>),
    ("prequal.applied/1", true, schema::<prequal::Applied>),
    ("prequal.opened/1", true, schema::<prequal::review::Opened>),
    ("prequal.reviewed/1", true, schema::<prequal::review::Reviewed>),
    ("model.delivered/1", true, schema::<bidding::building_model::Delivered>),
    ("step.on_paper/1", true, schema::<archive::paper::Noted>),
    ("complaint.filed/1", true, schema::<project::complaint::Filed>),
    ("complaint.accepted/1", true, schema::<project::complaint::Accepted>),
    ("complaint.declined/1", true, schema::<project::complaint::Declined>),
    ("complaint.decided/1", true, schema::<project::complaint::Decided>),
    ("tender.annulled/1", true, schema::<project::annulment::Annulled>),
    ("validators.changed/1", false, schema::<chain::change::Changed>),
    ("validator.misbehaved/1", false, schema::<Misbehaviour>),
    ("rulebook.tightened/1", false, schema::<rulebook::tightening::Tightened>),
    ("calendar.published/1", false, schema::<rulebook::calendar::CalendarPublished>),
];

/// The schema of a type in one piece: nothing in it refers to anything outside.
pub(crate) fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

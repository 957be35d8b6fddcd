//! The table of records: a row a type, with every fact the program knows of it.
//!
//! **Invariant:** a row with a fact too few does not compile, and no fact has a default: above all not when it is shown.
//! Tables elsewhere that repeat a fact (archive, pages, open data, docs) are held against these rows by tests.

use biaozheng_ledger::anchoring::{ANCHORED_TYPE, AnchoredCheckpoint};
use biaozheng_ledger::misbehaviour::Misbehaviour;

use crate::machine::act::{form, in_project};
use crate::parties::signing::{Apart, Keys};
use crate::records::Cost::{Partials, Records};
use crate::records::Filed::{Folder, Nowhere};
use crate::records::OpenData::{Read, Release, Without};
use crate::records::bodies::{Evidence, schema};
use crate::records::{Facts, Record, Shown, Waits};
use crate::{
    archive, award, bidding, chain, evaluation, listing, opening, oversight, parties, prequal, project,
    rulebook, sealing, tender,
};

macro_rules! check {
    (project, $body:ty) => {
        in_project::<$body>
    };
    (apart, $body:ty) => {
        form::<$body>
    };
    ($place:ident, $body:ty, $check:expr) => {
        $check
    };
}

macro_rules! is_project {
    (project) => {
        true
    };
    (apart) => {
        false
    };
}

/// Of each type: whether it belongs to a project, its body (and a check of its own, where the form alone is not all), its
/// execution; then its facts, none of which can be left out.
macro_rules! records {
    ($(
        $name:tt: $place:ident($body:ty $(, $check:expr)?) => $execute:path;
        signed $keys:ident, apart $apart:ident; shown $shown:ident; waits for $waits:ident; costs $cost:expr;
        archive $archive:expr; open data $open:expr;
    )*) => {
        pub(super) const RECORDS: &[Record] = &[$(Record {
            name: $name,
            in_project: is_project!($place),
            check: check!($place, $body $(, $check)?),
            execute: $execute,
            schema: schema::<$body>,
            facts: Facts {
                keys: Keys::$keys, apart: Apart::$apart, shown: Shown::$shown, waits: Waits::$waits, cost: $cost,
                archive: $archive, open_data: $open,
            },
        }),*];
    };
}

records! {
    "participant.registered/1": apart(parties::registration::Registered) => parties::registration::register;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "participant.key_rotated/1": apart(parties::registration::KeyRotated) => parties::registration::rotate;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "participant.revoked/1": apart(parties::registration::Revoked) => parties::registration::revoke;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "rulebook.published/1": apart(rulebook::publishing::RulebookPublished) => rulebook::publishing::publish_rulebook;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(20); archive Nowhere; open data Without("rules, not a process");
    "evidence.recorded/1": apart(Evidence, project::evidence::check_evidence) => project::evidence::record_evidence;
        signed Any, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("99-other"); open data Without("kept with the project's records, no part of the process");
    "project.registered/1": project(tender::ProjectRegistered) => tender::register;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("01-registration"); open data Release;
    "tender.published/1": project(tender::Published) => tender::publish;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("02-tender"); open data Release;
    "tender.clarified/1": project(tender::Clarified) => tender::clarify;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("02-tender"); open data Release;
    "tender.amended/1": project(tender::Amended) => tender::amend;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("02-tender"); open data Release;
    "tender.failed/1": project(tender::Ended) => tender::fail;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("10-ending"); open data Release;
    "tender.terminated/1": project(tender::Ended) => tender::terminate;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("10-ending"); open data Release;
    "objection.raised/1": project(project::objection::Raised) => project::objection::raise;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("03-objections"); open data Without("no block for it in the standard");
    "objection.answered/1": project(project::objection::Answered) => project::objection::answer;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("03-objections"); open data Without("no block for it in the standard");
    "bid.sealed/1": project(bidding::bid::Sealed) => bidding::bid::seal;
        signed Sign, apart Nobody; shown AfterOpening; waits for Nothing; costs Records(1); archive Folder("04-bids"); open data Read;
    "bid.withdrawn/1": project(bidding::bid::Withdrawn) => bidding::bid::withdraw;
        signed Sign, apart Nobody; shown AfterOpening; waits for Nothing; costs Records(1); archive Folder("04-bids"); open data Read;
    "bid.revealed/1": project(bidding::bid::Revealed) => bidding::bid::reveal;
        signed Sign, apart Nobody; shown AfterOpening; waits for Nothing; costs Records(1); archive Folder("05-opening"); open data Read;
    "bids.opened/1": project(opening::Opened) => opening::open;
        signed Sign, apart Nobody; shown Always; waits for Suspension; costs Records(1); archive Folder("05-opening"); open data Release;
    "experts.drawn/1": project(evaluation::committee::Drawn) => evaluation::committee::draw;
        signed Sign, apart Nobody; shown Always; waits for Suspension; costs Records(1); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "scores.sealed/1": project(evaluation::committee::ScoresSealed) => evaluation::committee::seal;
        signed Sign, apart Author; shown Always; waits for Suspension; costs Records(1); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "scores.revealed/1": project(evaluation::committee::ScoresRevealed) => evaluation::committee::reveal;
        signed Sign, apart Author; shown Always; waits for Suspension; costs Records(1); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "lot.drawn/1": project(evaluation::LotDrawn) => evaluation::draw_lots;
        signed Sign, apart Nobody; shown Always; waits for Suspension; costs Records(1); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "evaluation.reported/1": project(evaluation::Reported) => evaluation::report;
        signed SignAndSeal, apart Cosigners; shown Always; waits for Suspension; costs Records(1); archive Folder("06-evaluation"); open data Release;
    "candidates.publicised/1": project(award::Publicised) => award::publicise;
        signed SignAndSeal, apart Nobody; shown Always; waits for Suspension; costs Records(1); archive Folder("07-award"); open data Release;
    "award.notified/1": project(award::Notified) => award::notify;
        signed SignAndSeal, apart Nobody; shown Always; waits for Suspension; costs Records(1); archive Folder("07-award"); open data Release;
    "contract.signed/1": project(award::ContractSigned) => award::sign_contract;
        signed SignAndSeal, apart Nobody; shown Always; waits for Suspension; costs Records(1); archive Folder("08-contract"); open data Release;
    "supervision.reported/1": project(award::Supervised) => award::report_supervision;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("09-supervision"); open data Without("kept with the project's records, no part of the process");
    "archive.sealed/1": project(archive::Sealed) => archive::seal;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about processes that are over");
    "alert.raised/1": apart(oversight::alert::Raised) => oversight::alert::raise;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("09-supervision"); open data Without("kept with the project's records, no part of the process");
    "alert.disposed/1": apart(oversight::alert::Disposed) => oversight::alert::dispose;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("09-supervision"); open data Without("kept with the project's records, no part of the process");
    "participant.key_added/1": apart(parties::keys::Added) => parties::keys::add;
        signed Sign, apart Cosigners; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "participant.key_revoked/1": apart(parties::keys::KeyRevoked) => parties::keys::revoke;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "credit.recorded/1": apart(parties::credit::Recorded) => parties::credit::record;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "credit.appealed/1": apart(parties::credit::Appealed) => parties::credit::appeal;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "credit.appeal_decided/1": apart(parties::credit::Decided) => parties::credit::decide;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "licence.authority_named/1": apart(parties::licence::AuthorityNamed) => parties::licence::name_authority;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "licence.issued/1": apart(parties::licence::Issued) => parties::licence::issue;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "licence.suspended/1": apart(parties::licence::Suspended) => parties::licence::suspend;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "licence.reinstated/1": apart(parties::licence::Changed) => parties::licence::reinstate;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "licence.revoked/1": apart(parties::licence::Changed) => parties::licence::revoke;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about a party, not about a process");
    "rating.given/1": project(oversight::rating::Given) => oversight::rating::give;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("09-supervision"); open data Without("kept with the project's records, no part of the process");
    "witness.logged/1": project(oversight::sitting::Logged) => oversight::sitting::log;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("06-evaluation"); open data Without("kept with the project's records, no part of the process");
    "witness.segments/1": project(oversight::sitting::Batch) => oversight::sitting::add_segments;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("06-evaluation"); open data Without("kept with the project's records, no part of the process");
    "witness.reported/1": project(oversight::sitting::Reported) => oversight::sitting::report;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("06-evaluation"); open data Without("kept with the project's records, no part of the process");
    "history.imported/1": apart(archive::imported::Imported, archive::imported::check) => archive::imported::import;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about processes that are over");
    "indicators.published/1": apart(archive::publication::Published) => archive::publication::publish;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about processes that are over");
    "expert.enrolled/1": apart(evaluation::pool::Enrolled) => evaluation::pool::enrol;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("the committee's work: its report is released");
    "expert.suspended/1": apart(evaluation::pool::Suspended) => evaluation::pool::suspend;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("the committee's work: its report is released");
    "draw.requested/1": project(evaluation::draw::Requested) => evaluation::draw::request;
        signed Sign, apart Nobody; shown Always; waits for Suspension; costs Records(1); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "randomness.committed/1": project(evaluation::draw::Committed) => evaluation::draw::commit;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "randomness.revealed/1": project(evaluation::draw::Revealed) => evaluation::draw::reveal;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "draw.disclosed/1": project(evaluation::disclosure::Disclosed) => evaluation::disclosure::disclose;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("07-award"); open data Without("the committee's work: its report is released");
    "evaluation.session_opened/1": project(evaluation::session::SessionOpened) => evaluation::session::open;
        signed Sign, apart Nobody; shown Always; waits for Suspension; costs Records(1); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "evaluation.time_short/1": project(evaluation::session::TimeShort) => evaluation::session::find_short;
        signed Sign, apart Author; shown Always; waits for Nothing; costs Records(1); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "evaluation.extended/1": project(evaluation::session::Extended) => evaluation::session::extend;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "member.replaced/1": project(evaluation::session::Replaced) => evaluation::session::replace;
        signed Sign, apart Nobody; shown Always; waits for Suspension; costs Records(1); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "blind.opened/1": project(evaluation::blind::Opened) => evaluation::blind::open;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "chain.registered/1": apart(chain::anchoring::ChainRegistered) => chain::anchoring::register;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about the ledger, not about a process");
    "chain.retired/1": apart(chain::anchoring::ChainRetired) => chain::anchoring::retire;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about the ledger, not about a process");
    ANCHORED_TYPE: apart(AnchoredCheckpoint) => chain::anchoring::anchor;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about the ledger, not about a process");
    "chain.split_shown/1": apart(chain::anchoring::SplitShown) => chain::anchoring::show_split;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about the ledger, not about a process");
    "dkg.started/1": apart(sealing::ceremony::Started) => sealing::ceremony::start;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("how bids come to be readable: the opening is released");
    "dkg.dealt/1": apart(sealing::ceremony::Said) => sealing::ceremony::deal;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Records(50); archive Nowhere; open data Without("how bids come to be readable: the opening is released");
    "dkg.acknowledged/1": apart(sealing::ceremony::Said) => sealing::ceremony::acknowledge;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Records(10); archive Nowhere; open data Without("how bids come to be readable: the opening is released");
    "dkg.concluded/1": apart(sealing::ceremony::Said) => sealing::ceremony::conclude;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Records(100); archive Nowhere; open data Without("how bids come to be readable: the opening is released");
    "dkg.finalised/1": apart(sealing::ceremony::Said) => sealing::ceremony::finalise;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Records(400); archive Folder("05-opening"); open data Without("how bids come to be readable: the opening is released");
    "token.requested/1": apart(sealing::tokens::Requested) => sealing::tokens::request;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Records(10); archive Nowhere; open data Without("how bids come to be readable: the opening is released");
    "token.signed/1": apart(sealing::tokens::Signed) => sealing::tokens::sign;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Partials; archive Nowhere; open data Without("how bids come to be readable: the opening is released");
    "sealed.entered/1": apart(sealing::entry::SealedEntered, sealing::entry::check) => sealing::entry::enter;
        signed Sign, apart Author; shown Always; waits for Nothing; costs Records(8); archive Folder("04-bids"); open data Without("how bids come to be readable: the opening is released");
    "slot.opened/1": apart(opening::unsealing::SlotOpened) => opening::unsealing::open_slot;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Records(1500); archive Folder("05-opening"); open data Without("how bids come to be readable: the opening is released");
    "tender.opened/1": project(opening::unsealing::TenderOpened) => opening::unsealing::open_tender;
        signed SignAndSession, apart Nobody; shown Always; waits for Suspension; costs Records(1500); archive Folder("05-opening"); open data Without("how bids come to be readable: the opening is released");
    "sealed.bound/1": project(opening::binding::Bound) => opening::binding::bind;
        signed Sign, apart Nobody; shown AfterOpeningOrEnd; waits for Suspension; costs Records(1); archive Folder("05-opening"); open data Without("closed until the opening; what it led to stands in the bids opened");
    "sealed.proved/1": project(opening::unsealing::Proved) => opening::unsealing::prove;
        signed Sign, apart Nobody; shown AfterOpeningOrEnd; waits for Suspension; costs Records(10); archive Folder("05-opening"); open data Without("closed until the opening; what it led to stands in the bids opened");
    "beacon.recovered/1": project(evaluation::beacon::Recovered) => evaluation::beacon::recover;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Records(20); archive Folder("06-evaluation"); open data Without("the committee's work: its report is released");
    "listing.published/1": project(listing::Published) => listing::publish;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("02-tender"); open data Release;
    "listing.registered/1": project(listing::offers::Registered) => listing::offers::register;
        signed Sign, apart Cosigners; shown AfterOpening; waits for Nothing; costs Records(1); archive Folder("04-bids"); open data Without("closed until the opening; what it led to stands in the bids opened");
    "listing.offered/1": project(listing::offers::Offered) => listing::offers::offer;
        signed Sign, apart Author; shown Always; waits for Nothing; costs Records(1); archive Folder("04-bids"); open data Read;
    "listing.closed/1": project(listing::close::Closed) => listing::close::close;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("05-opening"); open data Release;
    "deal.confirmed/1": project(listing::deal::Confirmed) => listing::deal::confirm;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("07-award"); open data Release;
    "result.publicised/1": project(listing::deal::ResultPublicised) => listing::deal::publicise;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("07-award"); open data Release;
    "bond.received/1": project(bidding::bond::Received) => bidding::bond::receive;
        signed Sign, apart Nobody; shown AfterOpening; waits for Nothing; costs Records(1); archive Folder("04-bids"); open data Without("closed until the opening; what it led to stands in the bids opened");
    "bond.refunded/1": project(bidding::bond::Refunded) => bidding::bond::refund;
        signed Sign, apart Nobody; shown AfterOpening; waits for Nothing; costs Records(1); archive Folder("08-contract"); open data Without("closed until the opening; what it led to stands in the bids opened");
    "result.corrected/1": project(evaluation::correction::Corrected) => evaluation::correction::correct;
        signed SignAndSeal, apart Cosigners; shown Always; waits for Suspension; costs Records(1); archive Folder("07-award"); open data Release;
    "invitation.issued/1": project(tender::invitation::Issued) => tender::invitation::issue;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("02-tender"); open data Release;
    "admission.disclosed/1": project(bidding::admission::Disclosed) => bidding::admission::disclose;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("05-opening"); open data Without("names who was admitted; the opening is released");
    "prequal.published/1": project(prequal::Published) => prequal::publish;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("02-tender"); open data Release;
    "prequal.clarified/1": project(prequal::Clarified) => prequal::clarify;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("02-tender"); open data Release;
    "prequal.applied/1": project(prequal::Applied) => prequal::apply;
        signed Sign, apart Nobody; shown AfterOpening; waits for Nothing; costs Records(1); archive Folder("04-bids"); open data Without("closed until the opening; what it led to stands in the bids opened");
    "prequal.opened/1": project(prequal::review::Opened) => prequal::review::open;
        signed Sign, apart Nobody; shown Always; waits for Suspension; costs Records(1); archive Folder("05-opening"); open data Release;
    "prequal.reviewed/1": project(prequal::review::Reviewed) => prequal::review::review;
        signed SignAndSeal, apart Cosigners; shown Always; waits for Suspension; costs Records(1); archive Folder("06-evaluation"); open data Release;
    "model.delivered/1": project(bidding::building_model::Delivered) => bidding::building_model::deliver;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("05-opening"); open data Without("kept with the project's records, no part of the process");
    "step.on_paper/1": project(archive::paper::Noted) => archive::paper::note;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("99-other"); open data Without("kept with the project's records, no part of the process");
    "complaint.filed/1": project(project::complaint::Filed) => project::complaint::file;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("03-objections"); open data Without("no block for it in the standard");
    "complaint.accepted/1": project(project::complaint::Accepted) => project::complaint::accept;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("03-objections"); open data Without("no block for it in the standard");
    "complaint.declined/1": project(project::complaint::Declined) => project::complaint::decline;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("03-objections"); open data Without("no block for it in the standard");
    "complaint.decided/1": project(project::complaint::Decided) => project::complaint::decide;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("03-objections"); open data Without("no block for it in the standard");
    "tender.annulled/1": project(project::annulment::Annulled) => project::annulment::annul;
        signed SignAndSeal, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Folder("10-ending"); open data Release;
    "validators.changed/1": apart(chain::change::Changed) => chain::change::change;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about the ledger, not about a process");
    "validator.misbehaved/1": apart(Misbehaviour) => chain::misbehaviour::show;
        signed SignAndSession, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("about the ledger, not about a process");
    "rulebook.tightened/1": apart(rulebook::tightening::Tightened) => rulebook::tightening::publish;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(20); archive Nowhere; open data Without("rules, not a process");
    "calendar.published/1": apart(rulebook::calendar::CalendarPublished) => rulebook::calendar::publish;
        signed Sign, apart Nobody; shown Always; waits for Nothing; costs Records(1); archive Nowhere; open data Without("rules, not a process");
}

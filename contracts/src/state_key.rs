//! Every state key. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{CameraId, ChainId, Height, KeyId, OrgId, ProjectId, SittingId, TimeMs};

pub(crate) const PARTICIPANTS: &[u8] = b"participant/";
pub(crate) const PROJECTS: &[u8] = b"project/";
pub(crate) const NEWEST_RULEBOOKS: &[u8] = b"rulebook/newest/";
pub(crate) const NEWEST_TIGHTENINGS: &[u8] = b"tightening/newest/";
pub(crate) const NEWEST_CALENDARS: &[u8] = b"calendar/newest/";
pub(crate) const CALENDARS: &[u8] = b"calendar/year/";

pub(crate) fn participant(org: &OrgId) -> Vec<u8> {
    format!("participant/{org}").into_bytes()
}

/// Who a key belongs to; a key belongs to one organisation for ever.
pub(crate) fn key_owner(key: &KeyId) -> Vec<u8> {
    format!("key/{}", key.digest().hex()).into_bytes()
}

pub(crate) fn rulebook(digest: &Digest) -> Vec<u8> {
    format!("rulebook/text/{}", digest.hex()).into_bytes()
}

/// The record that published it.
pub(crate) fn rulebook_record(digest: &Digest) -> Vec<u8> {
    format!("rulebook/record/{}", digest.hex()).into_bytes()
}

pub(crate) fn newest_rulebook(category: &str) -> Vec<u8> {
    format!("rulebook/newest/{category}").into_bytes()
}

/// The text by which a district centre tightens a rulebook.
pub(crate) fn tightening(digest: &Digest) -> Vec<u8> {
    format!("tightening/text/{}", digest.hex()).into_bytes()
}

/// The record that published it.
pub(crate) fn tightening_record(digest: &Digest) -> Vec<u8> {
    format!("tightening/record/{}", digest.hex()).into_bytes()
}

pub(crate) fn newest_tightening(category: &str, centre: &OrgId) -> Vec<u8> {
    format!("tightening/newest/{category}/{centre}").into_bytes()
}

/// One version of a year's calendar; versions of a year in order.
pub(crate) fn calendar(year: u16, version: u32) -> Vec<u8> {
    format!("calendar/year/{year:04}/{version:010}").into_bytes()
}

pub(crate) fn newest_calendar(year: u16) -> Vec<u8> {
    format!("calendar/newest/{year:04}").into_bytes()
}

/// What a project pinned beside its rulebook.
pub(crate) fn pins(project: &ProjectId) -> Vec<u8> {
    format!("pins/{project}").into_bytes()
}

pub(crate) fn rulebooks_digest() -> Vec<u8> {
    b"rulebook/digest".to_vec()
}

pub(crate) fn project(project: &ProjectId) -> Vec<u8> {
    format!("project/{project}").into_bytes()
}

/// Number of records and their chained hash, kept apart from the rest since every record changes it.
pub(crate) fn history(project: &ProjectId) -> Vec<u8> {
    format!("history/{project}").into_bytes()
}

pub(crate) fn bids(project: &ProjectId) -> Vec<u8> {
    format!("bid/{project}/").into_bytes()
}

pub(crate) fn bid(project: &ProjectId, lot: &str, bidder: &OrgId, number: u8) -> Vec<u8> {
    format!("bid/{project}/{lot}/{bidder}/{number}").into_bytes()
}

pub(crate) fn bid_count(project: &ProjectId, lot: &str) -> Vec<u8> {
    format!("bidcount/{project}/{lot}").into_bytes()
}

/// Offers behind the first of their envelopes: counted apart, so that who counts names needs to open no body.
pub(crate) fn further_count(project: &ProjectId, lot: &str) -> Vec<u8> {
    format!("furthercount/{project}/{lot}").into_bytes()
}

pub(crate) fn objection(project: &ProjectId, record: &Digest) -> Vec<u8> {
    format!("objection/{project}/{}", record.hex()).into_bytes()
}

pub(crate) fn score(project: &ProjectId, member: &OrgId) -> Vec<u8> {
    format!("scores/{project}/{member}").into_bytes()
}

pub(crate) const ALERTS: &[u8] = b"alert/raised/";

/// An alert by the record that raised it.
pub(crate) fn alert(record: &Digest) -> Vec<u8> {
    format!("alert/raised/{}", record.hex()).into_bytes()
}

/// The open alert of one rule about the same records and organisations.
pub(crate) fn open_alert(about: &Digest) -> Vec<u8> {
    format!("alert/open/{}", about.hex()).into_bytes()
}

/// The participant of a 统一社会信用代码 or its commitment, as text.
pub(crate) fn credit_code(code: &str) -> Vec<u8> {
    format!("credit-code/owner/{code}").into_bytes()
}

/// The code or commitment of a participant.
pub(crate) fn credit_code_of(org: &OrgId) -> Vec<u8> {
    format!("credit-code/of/{org}").into_bytes()
}

pub(crate) fn credit_events(subject: &OrgId) -> Vec<u8> {
    format!("credit/event/{subject}/").into_bytes()
}

pub(crate) fn credit_event(subject: &OrgId, record: &Digest) -> Vec<u8> {
    format!("credit/event/{subject}/{}", record.hex()).into_bytes()
}

pub(crate) fn credit_event_count(subject: &OrgId) -> Vec<u8> {
    format!("credit/count/{subject}").into_bytes()
}

/// Subject and event of an event's or an appeal's record.
pub(crate) fn credit_record(record: &Digest) -> Vec<u8> {
    format!("credit/record/{}", record.hex()).into_bytes()
}

pub(crate) fn licence_authority(org: &OrgId) -> Vec<u8> {
    format!("licence/authority/{org}").into_bytes()
}

/// A licence's number may hold any character but a control character, so its digest stands in the key.
pub(crate) fn licence(authority: &OrgId, number: &str) -> Vec<u8> {
    format!("licence/issued/{authority}/{}", Digest::of(number.as_bytes()).hex()).into_bytes()
}

pub(crate) fn licences_of(holder: &OrgId) -> Vec<u8> {
    format!("licence/holder/{holder}").into_bytes()
}

pub(crate) fn required_licences(project: &ProjectId) -> Vec<u8> {
    format!("eligibility/required/{project}").into_bytes()
}

pub(crate) fn eligibility_of_lots(project: &ProjectId) -> Vec<u8> {
    format!("eligibility/judged/{project}/").into_bytes()
}

pub(crate) fn eligibility(project: &ProjectId, lot: &str) -> Vec<u8> {
    format!("eligibility/judged/{project}/{lot}").into_bytes()
}

pub(crate) fn rating(project: &ProjectId, step: &str, org: &OrgId) -> Vec<u8> {
    format!("rating/given/{project}/{step}/{org}").into_bytes()
}

pub(crate) fn rating_counts(project: &ProjectId) -> Vec<u8> {
    format!("rating/project/{project}").into_bytes()
}

pub(crate) fn centre_rating_counts(centre: &OrgId) -> Vec<u8> {
    format!("rating/centre/{centre}").into_bytes()
}

pub(crate) fn sittings(project: &ProjectId) -> Vec<u8> {
    format!("witness/sitting/{project}/").into_bytes()
}

pub(crate) fn sitting(project: &ProjectId, sitting: &SittingId) -> Vec<u8> {
    format!("witness/sitting/{project}/{sitting}").into_bytes()
}

pub(crate) fn cameras(project: &ProjectId, sitting: &SittingId) -> Vec<u8> {
    format!("witness/camera/{project}/{sitting}/").into_bytes()
}

pub(crate) fn camera(project: &ProjectId, sitting: &SittingId, camera: &CameraId) -> Vec<u8> {
    format!("witness/camera/{project}/{sitting}/{camera}").into_bytes()
}

/// Logs of venues that are not the hosting centre's.
pub(crate) fn venue_logs(project: &ProjectId, sitting: &SittingId) -> Vec<u8> {
    format!("witness/venue/{project}/{sitting}/").into_bytes()
}

pub(crate) fn venue_log(project: &ProjectId, sitting: &SittingId, venue: &OrgId) -> Vec<u8> {
    format!("witness/venue/{project}/{sitting}/{venue}").into_bytes()
}

pub(crate) fn person(project: &ProjectId, sitting: &SittingId, person: &Digest) -> Vec<u8> {
    format!("witness/person/{project}/{sitting}/{}", person.hex()).into_bytes()
}

/// History from elsewhere, apart from every project of this ledger.
pub(crate) const IMPORTED: &[u8] = b"imported/";

pub(crate) fn imported(ocid: &str) -> Vec<u8> {
    format!("imported/{}", Digest::of(ocid.as_bytes()).hex()).into_bytes()
}

pub(crate) const ENDED: &[u8] = b"indicators/ended/";

/// Ended projects in the order of their archives' block times.
pub(crate) fn ended(time: TimeMs, project: &ProjectId) -> Vec<u8> {
    format!("indicators/ended/{:016}/{project}", time.get()).into_bytes()
}

/// Before every project that ended at this time or later.
pub(crate) fn ended_from(time: TimeMs) -> Vec<u8> {
    format!("indicators/ended/{:016}/", time.get()).into_bytes()
}

pub(crate) const PUBLISHED_INDICATORS: &[u8] = b"indicators/published/";

pub(crate) fn published_indicators(record: &Digest) -> Vec<u8> {
    format!("indicators/published/{}", record.hex()).into_bytes()
}

/// Every objection of a project.
pub(crate) fn objection_prefix(project: &ProjectId) -> Vec<u8> {
    format!("objection/{project}/").into_bytes()
}

pub(crate) const POOL: &[u8] = b"pool/expert/";

pub(crate) fn pool_expert(expert: &str) -> Vec<u8> {
    format!("pool/expert/{expert}").into_bytes()
}

/// The expert pool's version and size.
pub(crate) fn pool_changes() -> Vec<u8> {
    b"pool/changes".to_vec()
}

pub(crate) fn draw(project: &ProjectId) -> Vec<u8> {
    format!("draw/{project}").into_bytes()
}

pub(crate) fn session(project: &ProjectId) -> Vec<u8> {
    format!("session/{project}").into_bytes()
}

pub(crate) fn evaluation_terms(project: &ProjectId) -> Vec<u8> {
    format!("evaluation/terms/{project}").into_bytes()
}

pub(crate) const CHILD_CHAINS: &[u8] = b"anchoring/chain/";

pub(crate) fn child_chain(chain: &ChainId) -> Vec<u8> {
    format!("anchoring/chain/{}", chain.digest().hex()).into_bytes()
}

pub(crate) fn anchored_of(chain: &ChainId) -> Vec<u8> {
    format!("anchoring/checkpoint/{}/", chain.digest().hex()).into_bytes()
}

/// Padded, so that the order of keys is the order of sizes.
pub(crate) fn anchored(chain: &ChainId, size: u64) -> Vec<u8> {
    format!("anchoring/checkpoint/{}/{size:020}", chain.digest().hex()).into_bytes()
}

// -- sealed bids --

/// Whose nodes vote.
pub(crate) fn validators() -> Vec<u8> {
    b"consensus/validators".to_vec()
}

/// Whose nodes voted, by the number of the change that had named them.
pub(crate) fn past_validators(number: u32) -> Vec<u8> {
    format!("consensus/past/{number:010}").into_bytes()
}

/// Proofs of one key's misbehaviour.
pub(crate) fn misbehaviours(key: &KeyId) -> Vec<u8> {
    format!("consensus/misbehaved/{}/", key.digest().hex()).into_bytes()
}

pub(crate) fn misbehaviour(key: &KeyId, height: Height) -> Vec<u8> {
    format!("consensus/misbehaved/{}/{:020}", key.digest().hex(), height.get()).into_bytes()
}

/// The nodes of the genesis, with their organisations.
pub(crate) fn nodes() -> Vec<u8> {
    b"consensus/nodes".to_vec()
}

/// The node that votes with a key, or once did.
pub(crate) fn voting_key(key: &KeyId) -> Vec<u8> {
    format!("consensus/key/{}", key.digest().hex()).into_bytes()
}

/// The organisations whose nodes the genesis names.
pub(crate) fn founders() -> Vec<u8> {
    b"sealing/founders".to_vec()
}

/// The newest ceremony of one kind of group.
pub(crate) fn ceremony(kind: &str) -> Vec<u8> {
    format!("sealing/ceremony/{kind}").into_bytes()
}

/// Everything said in one kind's ceremony.
pub(crate) fn ceremony_messages(kind: &str) -> Vec<u8> {
    format!("sealing/dkg/{kind}/").into_bytes()
}

/// One kind of message of it.
pub(crate) fn ceremony_part(kind: &str, part: &str) -> Vec<u8> {
    format!("sealing/dkg/{kind}/{part}/").into_bytes()
}

pub(crate) fn ceremony_message(kind: &str, part: &str, sender: &str) -> Vec<u8> {
    format!("sealing/dkg/{kind}/{part}/{sender}").into_bytes()
}

/// The group that holds the key of the bids.
pub(crate) fn sealing_group() -> Vec<u8> {
    b"sealing/group".to_vec()
}

/// The group that signs the tokens of one epoch.
pub(crate) fn token_group(epoch: u32) -> Vec<u8> {
    format!("sealing/tokens/{epoch:010}").into_bytes()
}

pub(crate) fn tokens_asked(epoch: u32, org: &OrgId) -> Vec<u8> {
    format!("sealing/asked/{epoch:010}/{org}").into_bytes()
}

pub(crate) fn token_request(record: &Digest) -> Vec<u8> {
    format!("sealing/token/{}", record.hex()).into_bytes()
}

pub(crate) fn token_partials(record: &Digest) -> Vec<u8> {
    format!("sealing/blind/{}/", record.hex()).into_bytes()
}

pub(crate) fn token_partial(record: &Digest, index: u16) -> Vec<u8> {
    format!("sealing/blind/{}/{index:05}", record.hex()).into_bytes()
}

/// Requests for tokens of an epoch that a quorum has not signed yet.
pub(crate) fn unsigned_of_epoch(epoch: u32) -> Vec<u8> {
    format!("sealing/unsigned/{epoch:010}/").into_bytes()
}

pub(crate) fn unsigned_tokens(epoch: u32, record: &Digest) -> Vec<u8> {
    format!("sealing/unsigned/{epoch:010}/{}", record.hex()).into_bytes()
}

pub(crate) fn nullifier(epoch: u32, nullifier: &Digest) -> Vec<u8> {
    format!("sealing/spent/{epoch:010}/{}", nullifier.hex()).into_bytes()
}

/// Slot and place of the entry of this digest.
pub(crate) fn sealed_bytes(entry: &Digest) -> Vec<u8> {
    format!("sealing/bytes/{}", entry.hex()).into_bytes()
}

pub(crate) fn slot(number: u64) -> Vec<u8> {
    format!("sealing/slot/{number:020}").into_bytes()
}

pub(crate) fn sealed_entry(slot: u64, place: u32) -> Vec<u8> {
    format!("sealing/entry/{slot:020}/{place:010}").into_bytes()
}

/// Slots with entries whose outer layers are not all open.
pub(crate) const PENDING_SLOTS: &[u8] = b"sealing/pending/";

pub(crate) fn pending_slot(number: u64) -> Vec<u8> {
    format!("sealing/pending/{number:020}").into_bytes()
}

pub(crate) fn key_ciphertext(digest: &Digest) -> Vec<u8> {
    format!("sealing/kem/{}", digest.hex()).into_bytes()
}

pub(crate) fn sealed_tender(project: &ProjectId) -> Vec<u8> {
    format!("sealing/tender/{project}").into_bytes()
}

/// Sealed tenders that take bids, by their deadlines. Padded, so that the order of keys is that of times.
pub(crate) const COMING_TENDERS: &[u8] = b"sealing/coming/";

pub(crate) fn coming_tender(deadline: TimeMs, project: &ProjectId) -> Vec<u8> {
    format!("sealing/coming/{:020}/{project}", deadline.get()).into_bytes()
}

/// Behind every tender with a deadline up to this one.
pub(crate) fn coming_tenders_after(deadline: TimeMs) -> Vec<u8> {
    format!("sealing/coming/{:020}/", deadline.get().saturating_add(1)).into_bytes()
}

/// Sealed tenders whose bodies fall due, by the first block time at which they do.
pub(crate) const DUE_TENDERS: &[u8] = b"sealing/due/";

pub(crate) fn due_tender(from: TimeMs, project: &ProjectId) -> Vec<u8> {
    format!("sealing/due/{:020}/{project}", from.get()).into_bytes()
}

/// Behind every tender that is due by this block time.
pub(crate) fn due_tenders_after(now: TimeMs) -> Vec<u8> {
    format!("sealing/due/{:020}/", now.get().saturating_add(1)).into_bytes()
}

/// Bidders of a lot whose sealed bids stand.
pub(crate) fn standing_count(project: &ProjectId, lot: &str) -> Vec<u8> {
    format!("sealing/standing/{project}/{lot}").into_bytes()
}

/// What a bidder bound in the fallback.
pub(crate) fn bound_entry(project: &ProjectId, lot: &str, bidder: &OrgId) -> Vec<u8> {
    format!("sealing/bound/{project}/{lot}/{bidder}").into_bytes()
}

/// When a project's procedure last went on after it had stood still.
pub(crate) fn resumed(project: &ProjectId) -> Vec<u8> {
    format!("suspension/resumed/{project}").into_bytes()
}

pub(crate) fn standing_bids(project: &ProjectId) -> Vec<u8> {
    format!("sealing/bid/{project}/").into_bytes()
}

pub(crate) fn standing_bid(project: &ProjectId, lot: &str, bidder: &OrgId) -> Vec<u8> {
    format!("sealing/bid/{project}/{lot}/{bidder}").into_bytes()
}

/// Draws that wait for the beacon.
pub(crate) const WAITING_DRAWS: &[u8] = b"sealing/draw/";

pub(crate) fn waiting_draw(project: &ProjectId) -> Vec<u8> {
    format!("sealing/draw/{project}").into_bytes()
}

pub(crate) fn listing(project: &ProjectId) -> Vec<u8> {
    format!("listing/terms/{project}").into_bytes()
}

pub(crate) fn listing_numbers(project: &ProjectId) -> Vec<u8> {
    format!("listing/number/{project}/").into_bytes()
}

pub(crate) fn listing_number(project: &ProjectId, number: &OrgId) -> Vec<u8> {
    format!("listing/number/{project}/{number}").into_bytes()
}

pub(crate) fn bonds(project: &ProjectId) -> Vec<u8> {
    format!("bond/received/{project}/").into_bytes()
}

pub(crate) fn bond(project: &ProjectId, record: &Digest) -> Vec<u8> {
    format!("bond/received/{project}/{}", record.hex()).into_bytes()
}

pub(crate) fn bond_count(project: &ProjectId) -> Vec<u8> {
    format!("bond/count/{project}").into_bytes()
}

/// When a bidder last withdrew a bid.
pub(crate) fn withdrawal(project: &ProjectId, bidder: &OrgId) -> Vec<u8> {
    format!("bond/withdrawal/{project}/{bidder}").into_bytes()
}

pub(crate) fn admission(project: &ProjectId) -> Vec<u8> {
    format!("admission/{project}").into_bytes()
}

pub(crate) fn applications(project: &ProjectId) -> Vec<u8> {
    format!("prequal/application/{project}/").into_bytes()
}

pub(crate) fn application(project: &ProjectId, bidder: &OrgId) -> Vec<u8> {
    format!("prequal/application/{project}/{bidder}").into_bytes()
}

pub(crate) fn reviewers(project: &ProjectId) -> Vec<u8> {
    format!("prequal/reviewers/{project}").into_bytes()
}

/// When the newest terms were made.
pub(crate) fn terms_time(project: &ProjectId) -> Vec<u8> {
    format!("terms/time/{project}").into_bytes()
}

/// Every complaint about a project.
pub(crate) fn complaints(project: &ProjectId) -> Vec<u8> {
    format!("complaint/{project}/").into_bytes()
}

pub(crate) fn complaint(project: &ProjectId, record: &Digest) -> Vec<u8> {
    format!("complaint/{project}/{}", record.hex()).into_bytes()
}

/// Until when a project's archive is kept.
pub(crate) fn retention(project: &ProjectId) -> Vec<u8> {
    format!("archive/retention/{project}").into_bytes()
}

/// Set for a tender the law does not ask for.
pub(crate) fn voluntary(project: &ProjectId) -> Vec<u8> {
    format!("tender/voluntary/{project}").into_bytes()
}

/// What a notice asks of building models.
pub(crate) fn model_terms(project: &ProjectId) -> Vec<u8> {
    format!("model/terms/{project}").into_bytes()
}

pub(crate) fn models(project: &ProjectId) -> Vec<u8> {
    format!("model/bid/{project}/").into_bytes()
}

/// The building model of an opened bid.
pub(crate) fn model(project: &ProjectId, lot: &str, bidder: &OrgId, number: u8) -> Vec<u8> {
    format!("model/bid/{project}/{lot}/{bidder}/{number}").into_bytes()
}

/// The steps of a project that were done on paper.
pub(crate) fn on_paper(project: &ProjectId) -> Vec<u8> {
    format!("paper/{project}").into_bytes()
}

/// What annulled a project.
pub(crate) fn annulment(project: &ProjectId) -> Vec<u8> {
    format!("annulment/{project}").into_bytes()
}

/// What a project tenders again, and who approved its method.
pub(crate) fn origin(project: &ProjectId) -> Vec<u8> {
    format!("origin/of/{project}").into_bytes()
}

/// The project that tenders this one again.
pub(crate) fn retender(project: &ProjectId) -> Vec<u8> {
    format!("origin/newer/{project}").into_bytes()
}

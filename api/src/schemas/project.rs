//! Projects: one procedure from its registration to its archive, with what belongs to it.

use serde::Deserialize;
use utoipa::ToSchema;

use super::spelling::{Amount, Digest, Identifier, TimeMs};
use super::words::{
    AssetKind, ComplaintMatter, ComplaintOutcome, ComplaintStep, Method, ModelFault, PaperStep, SealedBy,
    Stage,
};

/// A project as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectLine {
    pub project: Identifier,
    pub title: String,
    pub stage: Stage,
    pub tenderee: Identifier,
    pub deadline_ms: TimeMs,
    pub registered_ms: TimeMs,
}

/// A project. Bids show after the opening only.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Project {
    pub project: Identifier,
    pub title: String,
    pub code: String,
    pub tenderee: Identifier,
    pub agency: Option<Identifier>,
    /// The hosting centre.
    pub centre: Identifier,
    pub stage: Stage,
    pub stages: Vec<StageReached>,
    /// The last step's record; the next step names it.
    pub step: Digest,
    /// The newest terms; bids and objections name them.
    pub terms: Option<Digest>,
    /// Null before the notice, which pins it.
    pub rulebook: Option<Digest>,
    /// The record that published the rulebook.
    pub rulebook_record: Option<Digest>,
    pub rules: Option<ProjectRules>,
    /// ISO 4217.
    pub currency: Option<String>,
    pub method: Method,
    pub criteria: Vec<Criterion>,
    pub deadline_ms: TimeMs,
    pub suspended: bool,
    /// Procured by choice in a way the law does not ask for.
    pub voluntary: bool,
    /// Null where bidders open their bids themselves.
    pub sealed_by: Option<SealedBy>,
    pub complaints_pending: u64,
    /// The archive is to be kept until then.
    pub retain_until_ms: Option<TimeMs>,
    /// Time limits that were missed, by the rulebook's parameter.
    pub late: Vec<String>,
    /// The article behind each of `late`, in its order.
    pub late_articles: Vec<Option<String>>,
    pub completeness: Completeness,
    /// Why it failed, was terminated or annulled; else empty.
    pub end_reason: String,
    /// Null unless a regulator annulled it.
    pub annulment: Option<Annulment>,
    /// The project that ended without a result and is tendered again as this one.
    pub retender_of: Option<Identifier>,
    /// The newer project that tenders this one again.
    pub retendered_as: Option<Identifier>,
    /// Null where the registration names none.
    pub method_approval: Option<MethodApproval>,
    pub lots: Vec<Lot>,
    /// How many records it has; null while that would tell how many bids there are.
    pub records: Option<u64>,
    /// The chained hash of its records; null likewise.
    pub history: Option<Digest>,
}

/// What annulled a project. The decision itself is not on the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Annulment {
    pub record: Digest,
    /// The regulator.
    pub by: Identifier,
    /// The complaint it upheld; null upon its own finding.
    pub complaint: Option<Digest>,
    /// As the decision names it.
    pub article: String,
    /// The written decision's.
    pub decision: Digest,
}

/// Who approved the way a project is tendered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MethodApproval {
    pub by: String,
    pub document: Digest,
}

/// When a stage was reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageReached {
    pub stage: Stage,
    pub time_ms: TimeMs,
}

/// A criterion of the weighted method.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    pub id: String,
    /// Of 1000 in all.
    pub weight_permille: u32,
    /// True: by the price; false: scored by the committee.
    pub price: bool,
}

/// What holds for a project beside its rulebook's text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectRules {
    /// The record that published the district's text.
    pub tightening_record: Option<Digest>,
    pub tightening: Option<Digest>,
    pub parameters: super::rules::TightenedParameters,
    pub calendars: Vec<ProjectCalendar>,
    /// Years without a calendar, whose working days are known by weekends only.
    pub weekends_only: Vec<i64>,
}

/// A calendar that counts for a project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectCalendar {
    pub year: u16,
    pub version: u32,
    pub record: Digest,
    /// By the notice; else it came later and counts from then on.
    pub pinned: bool,
    pub published_ms: TimeMs,
}

/// How much of a project ran electronically.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Completeness {
    pub electronic: u64,
    /// Steps the project came to.
    pub steps: u64,
    /// Rounded down; null without a step.
    pub permille: Option<u64>,
    pub on_paper: Vec<StepOnPaper>,
}

/// A step that was done on paper.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepOnPaper {
    pub step: PaperStep,
    /// The record that says so; null where the ledger knows by itself.
    pub record: Option<Digest>,
}

/// A lot and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lot {
    pub id: String,
    pub title: String,
    pub estimate: Amount,
    pub ceiling: Option<Amount>,
    pub failed: bool,
    /// The first is best; empty before the evaluation.
    pub ranking: Vec<RankedBid>,
    pub award: Option<RankedBid>,
    /// Null before the opening.
    pub bids: Option<Vec<Bid>>,
}

/// A bid in its place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RankedBid {
    pub bidder: Identifier,
    /// Counts one bidder's bids from 1.
    pub number: u8,
    pub price: Amount,
    /// Hundredths of a point; with the weighted method only.
    #[schema(nullable = false)]
    pub score: Option<u64>,
}

/// A bid, once bids are open.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bid {
    pub bidder: Identifier,
    pub number: u8,
    pub sealed_at_ms: TimeMs,
    /// The record that sealed it.
    pub sealed: Digest,
    /// The record that opened it; null when it stayed shut.
    pub revealed: Option<Digest>,
    pub price: Option<Amount>,
}

/// What the next record of a project must name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Heads {
    pub step: Digest,
    pub terms: Option<Digest>,
    pub stage: Stage,
    pub deadline_ms: TimeMs,
}

/// A complaint and where it stands. What it says is not on the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Complaint {
    pub complaint: Digest,
    pub by: Identifier,
    pub matter: ComplaintMatter,
    /// The objection before it.
    pub objection: Option<Digest>,
    pub filed_ms: TimeMs,
    pub step: ComplaintStep,
    /// When the regulator's next answer is due; null when none is, or the rulebook knows no limit.
    pub due_ms: Option<TimeMs>,
    pub accepted: Option<Digest>,
    pub accepted_ms: Option<TimeMs>,
    pub declined: Option<Digest>,
    pub decided: Option<Digest>,
    pub outcome: Option<ComplaintOutcome>,
    /// The procedure stands still for it now.
    pub suspends: bool,
    pub suspended_until_ms: Option<TimeMs>,
}

/// A listing as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    pub asset: AssetKind,
    pub bond: Amount,
    pub registration_until_ms: TimeMs,
    pub from_ms: TimeMs,
    pub lots: Vec<ListedLot>,
}

/// A lot of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListedLot {
    pub lot: String,
    pub starting_price: Amount,
    pub increment: Amount,
    /// Late offers move it.
    pub end_ms: TimeMs,
    /// Commitment to the reserve price.
    pub reserve: Option<Digest>,
    pub offers: u64,
    pub best: Option<BestOffer>,
    pub confirmed: bool,
}

/// The best offer, under a bidder number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BestOffer {
    pub number: Identifier,
    pub amount: Amount,
}

/// What a tender asks of building models, and what its bids sealed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BuildingModels {
    /// The criterion the model is scored by.
    pub criterion: String,
    /// IFC versions that are accepted.
    pub schemas: Vec<String>,
    /// Bytes.
    pub size_max: u64,
    /// Empty before the opening.
    pub bids: Vec<BidModel>,
}

/// A bid's building model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BidModel {
    pub lot: String,
    pub bidder: Identifier,
    pub number: u8,
    pub model: Option<ModelReference>,
    /// The record that handed it in.
    pub delivered: Option<Digest>,
    pub fault: Option<ModelFault>,
}

/// A building model as sealed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelReference {
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    #[schema(pattern = "^IFC[A-Z0-9_]{1,21}$")]
    pub schema: String,
}

/// A bid that was sealed to the chain's group, with its text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenedBid {
    pub lot: String,
    pub bidder: Identifier,
    /// Counts a bidder's words on a lot; the newest stands.
    pub sequence: u32,
    pub withdrawn: bool,
    pub sealed: Option<Digest>,
    pub sealed_at_ms: Option<TimeMs>,
    pub slot: u64,
    /// The record that opened the slot.
    pub slot_opened: Option<Digest>,
    /// The record the group's keys stand in.
    pub group: Option<Digest>,
    pub opened: Option<Digest>,
    /// The bidder opened it with its proof, after the group's time was over.
    pub by_bidder: bool,
    /// Why it does not count: a code.
    pub failure: Option<String>,
    pub text: Option<String>,
}

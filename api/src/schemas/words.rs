//! Words with a fixed meaning. Those of the contracts are tied to them: a word the contracts learn and this file does
//! not know is an error of the compiler.

use biaozheng_contracts::archive::paper;
use biaozheng_contracts::oversight::alert;
use biaozheng_contracts::parties::{credit, licence};
use biaozheng_contracts::project::{complaint, listing};
use biaozheng_contracts::{self as contracts};
use biaozheng_ledger::{certificate, policy_history};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $theirs:ty { $($(#[$what:meta])* $word:ident),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$what])* $word,)+
        }

        impl From<$theirs> for $name {
            fn from(theirs: $theirs) -> Self {
                match theirs {
                    $(<$theirs>::$word => Self::$word,)+
                }
            }
        }

        impl $name {
            /// Every word with the one it is tied to.
            #[must_use]
            pub fn all() -> Vec<(Self, $theirs)> {
                vec![$((Self::$word, <$theirs>::$word),)+]
            }
        }
    )+};
}

words! {
    /// How far a project is.
    Stage = contracts::Stage {
        Registered, Published, Opened, Evaluated, Publicised, Awarded, Contracted, Supervised, Failed, Terminated,
        Archived, Listed, ListingClosed, DealConfirmed, Prequalifying, PrequalOpened, Prequalified, Annulled,
    }
    /// How bids are ranked: 经评审的最低投标价法 or 综合评估法.
    Method = contracts::Method { LowestPrice, Weighted }
    /// What a participant may do.
    Role = contracts::Role {
        CityCentre, DistrictCentre, Regulator, Tenderee, Agency, Bidder, Expert, Witness,
    }
    /// What a key signs: 签名, 电子印章 or 会话.
    KeyPurpose = contracts::Purpose { Sign, Seal, Session }
    /// Why a key ended.
    KeyRevocationReason = contracts::KeyRevocationReason { Compromised, Lost, Superseded, Ceased }
    /// How much an alert weighs.
    AlertSeverity = alert::Severity { Low, Medium, High }
    /// What became of an alert: 查无问题, 已说明, 已整改, 查实, 移送.
    AlertDisposition = alert::Disposition { Dismissed, Explained, Remedied, Confirmed, Referred }
    /// What a credit event is.
    CreditKind = credit::CreditKind {
        AdministrativePenalty, BiddingBan, DishonestDebtor, TaxViolation, ContractBreach, Commendation,
    }
    /// What a credit event does.
    CreditSeverity = credit::Severity { Information, Warning, Disqualifying }
    /// Whether a licence counts now.
    LicenceStatus = licence::LicenceStatus { NotYetValid, Valid, Suspended, Expired, Revoked }
    /// What a listing is about.
    AssetKind = listing::AssetKind {
        LandUseRight, MiningRight, Equity, Assets, CapitalIncrease, Goods,
    }
    /// What a complaint is about.
    ComplaintMatter = complaint::Matter { Objection, Conduct }
    /// What the regulator found: 驳回, 成立, 撤回.
    ComplaintOutcome = complaint::Outcome { Dismissed, Upheld, Withdrawn }
    /// A step that can run on paper.
    PaperStep = paper::Step {
        Registration, Prequalification, Notice, Bids, Opening, Draw, LotDrawing, Evaluation, Publicity, Award,
        Contract, Supervision,
    }
    /// A step of a certificate's verification.
    VerificationStep = certificate::Step {
        Record, Signatures, Chain, Checkpoint, Inclusion, Time, Anchor, Document, Parent, Anchored, Consistency,
        Timestamp,
    }
    /// What has to date a checkpoint of an ended policy.
    Dating = policy_history::Dating { Claimed, Proven }
}

/// How a step of a verification ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerificationOutcome {
    Passed,
    Failed,
    Skipped,
    Unknown,
}

/// How far a submitted record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordStage {
    Received,
    Committed,
    Certified,
}

/// Who can open sealed bids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SealedBy {
    Group,
}

/// What became of a sealed entry. `waiting`: its slot is not opened yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryFate {
    Waiting,
    /// For cover.
    Dummy,
    Stands,
    /// Replaced or withdrawn, or the withdrawal itself.
    Superseded,
    Copy,
    Late,
    /// It does not open, or names nothing it could be a bid for.
    Failed,
}

/// Where a complaint stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintStep {
    Filed,
    Accepted,
    Declined,
    Decided,
}

/// Why a bid's building model keeps it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelFault {
    /// The sealed bid names no model.
    None,
    /// Of a version the notice does not accept, or too large.
    Unfit,
    /// The file was not handed in as sealed.
    Undelivered,
}

/// Where a rulebook comes from: it is the law, a replay of past tenders, or a trial with short days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RulebookNature {
    Law,
    Replay,
    Trial,
}

/// What a node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeRole {
    Validator,
    Observer,
}

/// What a node's key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeKeyPurpose {
    Consensus,
    Cosigner,
    Log,
    Network,
    Api,
}

/// What a disk holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiskContent {
    Ledger,
    Log,
}

/// What a group's keys are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupPurpose {
    Tokens,
}

/// A step of a round of consensus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsensusStep {
    Unstarted,
    Propose,
    Prevote,
    Precommit,
    Commit,
}

/// Why the next block comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub enum NextBlockReason {
    #[serde(rename = "heartbeat")]
    Heartbeat,
    #[serde(rename = "records wait")]
    RecordsWait,
}

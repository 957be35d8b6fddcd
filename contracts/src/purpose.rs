//! What a key is for, how long, and why it stopped: judged at the block, so that a record signed before stays valid.
//!
//! **Invariant:** one place asks for validity and purpose of every registered signer of every record, cosigners too.
//! Whether a key belongs to its organisation is [`crate::participant::signer`]'s business.

use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::payload::Payload;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::execute::BlockContext;
use crate::participant::Participant;
use crate::reject::Refusal;
use crate::reject::registry as reject;
use crate::state::StateRead;

/// What a key signs.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// 签名: everything the organisation may do.
    Sign,
    /// 电子印章: documents that bind the organisation to others.
    Seal,
    /// 会话: what a device records in its name.
    Session,
}

/// Record types a seal signs.
const SEALED: &[&str] = &[
    "tender.published",
    "evaluation.reported",
    "candidates.publicised",
    "award.notified",
    "contract.signed",
    "supervision.reported",
    "archive.sealed",
    "licence.issued",
    "licence.suspended",
    "licence.reinstated",
    "licence.revoked",
    "witness.reported",
    "evidence.recorded",
    "listing.published",
    "deal.confirmed",
    "result.publicised",
    "result.corrected",
    "invitation.issued",
    "prequal.published",
    "prequal.reviewed",
    "complaint.accepted",
    "complaint.declined",
    "complaint.decided",
    "tender.annulled",
    "step.on_paper",
];

/// Record types a session key signs.
const IN_SESSION: &[&str] = &[
    "witness.logged",
    "witness.segments",
    "rating.given",
    "evidence.recorded",
    "checkpoint.anchored",
    // What a node does by itself.
    "dkg.dealt",
    "dkg.acknowledged",
    "dkg.concluded",
    "dkg.finalised",
    "token.requested",
    "token.signed",
    "slot.opened",
    "tender.opened",
    "beacon.recovered",
];

impl Purpose {
    fn serves(self, record_type: &str) -> bool {
        match self {
            Self::Sign => true,
            Self::Seal => SEALED.contains(&record_type),
            Self::Session => IN_SESSION.contains(&record_type),
        }
    }
}

/// Why a key or a registration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyRevocationReason {
    Compromised,
    Lost,
    Superseded,
    Ceased,
}

/// How a key or a registration ended.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Revocation {
    /// Of a key; the end of a registration has its note alone.
    pub(crate) reason: Option<KeyRevocationReason>,
    pub(crate) note: String,
    /// Of the block.
    pub(crate) time: TimeMs,
    pub(crate) record: RecordId,
}

/// Refuses a record when one of its signers uses a registered key after its validity or outside its purposes.
pub(crate) fn check_keys(
    state: &dyn StateRead,
    payload: &Payload,
    block: &BlockContext,
) -> Result<(), Refusal> {
    for party in payload.signers() {
        // Session ids of a committee are no participants; their keys are judged by the committee's contract.
        let Some(participant) = Participant::load(state, &party.org)? else { continue };
        let held = |height| {
            let valid = |from, until: Option<_>| from <= height && until.is_none_or(|until| height < until);
            participant.keys.iter().find(|held| held.key == party.key && valid(held.from, held.until))
        };
        let Some(held) = held(block.height) else { continue };
        if let Some(end) = held.valid_until.filter(|end| *end <= block.time) {
            return Err(reject::KEY_EXPIRED.because(format!("{end} ms, now {} ms", block.time)).into());
        }
        if !held.purposes.iter().any(|purpose| purpose.serves(payload.record_type.name())) {
            let value = format!("{:?} for {}", held.purposes, payload.record_type);
            return Err(reject::KEY_PURPOSE.because(value).into());
        }
    }
    Ok(())
}

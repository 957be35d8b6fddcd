//! Bodies of the records a draw is made of, as their authors sign them.

use biaozheng_ledger::ids::{DocumentDigest, OrgId};
use biaozheng_ledger::key::PublicKey;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::drawing::Quota;
use crate::names::{ExpertId, Ground};
use crate::randomness::Source;

/// One recusal.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Recused {
    pub expert: ExpertId,
    pub ground: Ground,
    /// The bidder, tenderee or agency the link leads to; of grounds that lie with an authority, that authority.
    pub party: OrgId,
}

/// `draw.requested/1`, by the hosting centre.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Requested {
    /// For people: what is drawn.
    pub label: String,
    /// Members of the committee, and how many of them are experts.
    pub size: u8,
    pub experts: u8,
    pub quotas: Vec<Quota>,
    /// [`crate::Snapshot::digest`] of the pool as it stands.
    pub pool: DocumentDigest,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recused: Vec<Recused>,
    pub source: Source,
    /// [`crate::secret_commitment`] of the host's draw secret; it opens with the disclosure.
    pub secret: DocumentDigest,
    /// [`crate::secret_commitment`] of the secret behind the blind codes, where the tender has blind criteria.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blind: Option<DocumentDigest>,
    /// Exactly the parties of the request before this one that did not commit, or did not reveal, in time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silent: Vec<OrgId>,
}

/// `randomness.committed/1`, by each party of the request; `previous` names the request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Committed {
    pub commitment: DocumentDigest,
}

/// `randomness.revealed/1`, by each party after all have committed; or the beacon's signature, by the host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Revealed {
    /// 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The beacon's signature over the label, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// `beacon.recovered/1`, by the organisation of a member, once for each draw that asks for the beacon.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Recovered {
    /// The group's signature over the draw's label, 96 hexadecimal digits.
    pub signature: String,
}

/// A member under a session id and key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DrawnMember {
    pub member: OrgId,
    pub key: PublicKey,
    /// False for the tenderee's own representative.
    pub expert: bool,
    /// Salted commitment to the expert's registration.
    pub identity: DocumentDigest,
}

/// `experts.drawn/1`, by the hosting centre.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Drawn {
    pub members: Vec<DrawnMember>,
    /// [`crate::list_commitment`], where the committee comes from a draw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<DocumentDigest>,
}

/// `member.replaced/1`, by the hosting centre.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    pub out: OrgId,
    pub reason: String,
    /// Where the committee was drawn: the next of the same stream, as the disclosure will show.
    pub replacement: DrawnMember,
    /// Where the replacement sits, when a session is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<OrgId>,
    /// The commitment to the list with this replacement, when the committee was drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<DocumentDigest>,
}

/// `draw.disclosed/1`, by the hosting centre once the award is notified.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Disclosed {
    /// A [`crate::DrawnList`] as JSON text, exactly as committed.
    pub list: String,
    /// The host's draw secret, 64 hexadecimal digits.
    pub secret: String,
}

/// `blind.opened/1`, by the hosting centre.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BlindOpened {
    /// 64 hexadecimal digits: what the request's `blind` commits to.
    pub secret: String,
}

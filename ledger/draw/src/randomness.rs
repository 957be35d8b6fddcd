//! Randomness that no single party chooses: where a seed comes from, behind one small interface.
//!
//! Two sources. **Commit and reveal**: at least two centres and the regulator each commit to 32 bytes before anybody
//! shows its own, then all reveal. **Beacon**: a threshold signature over the label; who checks it is injected as a
//! [`BeaconVerifier`]. Either way the label names the request, so the use is fixed before the randomness exists.
//!
//! **Invariant:** pure. A seed depends on the label and on all contributions in the order of their organisations.

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId};
use biaozheng_ledger::json::present;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

/// Where a draw's seed comes from, as its request says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(!try_from, deny_unknown_fields))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "SourceForm")]
pub enum Source {
    /// Every one of these commits, then every one reveals.
    CommitReveal { parties: Vec<OrgId> },
    /// The chain's threshold beacon signs the label.
    Beacon {},
}

/// A source as it is written: a struct of its own, so that the reader sees that it is one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceForm {
    kind: SourceKind,
    #[serde(default, deserialize_with = "present")]
    parties: Option<Vec<OrgId>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SourceKind {
    CommitReveal,
    Beacon,
}

impl TryFrom<SourceForm> for Source {
    type Error = &'static str;

    fn try_from(form: SourceForm) -> Result<Self, Self::Error> {
        match (form.kind, form.parties) {
            (SourceKind::CommitReveal, Some(parties)) => Ok(Self::CommitReveal { parties }),
            (SourceKind::CommitReveal, None) => Err("missing field `parties`"),
            (SourceKind::Beacon, None) => Ok(Self::Beacon {}),
            (SourceKind::Beacon, Some(_)) => Err("unknown field `parties` of a beacon"),
        }
    }
}

/// One party's revealed contribution.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Reveal {
    pub org: OrgId,
    pub value: [u8; 32],
}

/// Randomness as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Randomness {
    CommitReveal { reveals: Vec<Reveal> },
    Beacon { signature: Vec<u8> },
}

/// Checks a beacon's signature over a label. Injected: this crate knows no threshold key.
pub trait BeaconVerifier {
    fn verify(&self, label: &Digest, signature: &[u8]) -> bool;
}

/// A chain without a beacon: nothing verifies.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoBeacon;

impl BeaconVerifier for NoBeacon {
    fn verify(&self, _: &Digest, _: &[u8]) -> bool {
        false
    }
}

/// Why randomness gives no seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RandomnessError {
    #[error("the beacon's signature does not verify")]
    Beacon,
    #[error("no contribution, or two of one party")]
    Reveals,
}

/// 32 bytes nobody chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Seed(Digest);

impl Seed {
    #[must_use]
    pub const fn new(digest: Digest) -> Self {
        Self(digest)
    }

    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.0
    }
}

impl Randomness {
    /// The seed. Commit and reveal: `H("biaozheng/seed/commit-reveal/v1", label, n, org 1, value 1, …)` in the order
    /// of the organisations' ids. Beacon: `H("biaozheng/seed/beacon/v1", label, signature)`.
    ///
    /// # Errors
    /// [`RandomnessError`].
    pub fn seed(&self, label: &Digest, beacon: &dyn BeaconVerifier) -> Result<Seed, RandomnessError> {
        match self {
            Self::CommitReveal { reveals } => {
                let mut sorted: Vec<&Reveal> = reveals.iter().collect();
                sorted.sort_by(|a, b| a.org.cmp(&b.org));
                let twice = sorted.windows(2).any(|pair| matches!(pair, [a, b] if a.org == b.org));
                if sorted.is_empty() || twice {
                    return Err(RandomnessError::Reveals);
                }
                let hasher = FieldHasher::new("biaozheng/seed/commit-reveal/v1").digest(label);
                let start = hasher.number(sorted.len() as u64);
                let hasher = sorted
                    .iter()
                    .fold(start, |hasher, one| hasher.field(one.org.as_str().as_bytes()).field(&one.value));
                Ok(Seed(hasher.finish()))
            }
            Self::Beacon { signature } => {
                if !beacon.verify(label, signature) {
                    return Err(RandomnessError::Beacon);
                }
                let hasher = FieldHasher::new("biaozheng/seed/beacon/v1").digest(label);
                Ok(Seed(hasher.field(signature).finish()))
            }
        }
    }
}

/// What randomness is asked for: `H("biaozheng/randomness-label/v1", project, request)`. The request's id covers all
/// of its record: label, quotas, pool, recusals and secrets' commitments.
#[must_use]
pub fn label(project: &ProjectId, request: &RecordId) -> Digest {
    FieldHasher::new("biaozheng/randomness-label/v1")
        .field(project.as_str().as_bytes())
        .digest(request.digest())
        .finish()
}

/// A party's commitment for one request: `H("biaozheng/randomness/v1", label, org, value)`. A copied one opens under
/// no other name and for no other request.
#[must_use]
pub fn commitment(label: &Digest, org: &OrgId, value: &[u8; 32]) -> Digest {
    FieldHasher::new("biaozheng/randomness/v1")
        .digest(label)
        .field(org.as_str().as_bytes())
        .field(value)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Signed(&'static [u8]);

    impl BeaconVerifier for Signed {
        fn verify(&self, label: &Digest, signature: &[u8]) -> bool {
            signature == [label.bytes().as_slice(), self.0].concat()
        }
    }

    #[test]
    fn the_order_of_arrival_changes_nothing_and_every_contribution_does() {
        let label = Digest::of(b"label");
        let reveal = |org: &str, byte| Reveal { org: OrgId::new(org).unwrap(), value: [byte; 32] };
        let seed = |reveals: Vec<Reveal>| Randomness::CommitReveal { reveals }.seed(&label, &NoBeacon);
        let (a, b) = (reveal("A", 1), reveal("B", 2));
        assert_eq!(seed(vec![a.clone(), b.clone()]), seed(vec![b.clone(), a.clone()]));
        assert_ne!(seed(vec![a.clone(), b.clone()]), seed(vec![a.clone(), reveal("B", 3)]));
        assert_ne!(seed(vec![a.clone(), b]), seed(vec![a.clone(), reveal("C", 2)]));
        assert_eq!(seed(vec![a.clone(), a]), Err(RandomnessError::Reveals));
        assert_eq!(seed(vec![]), Err(RandomnessError::Reveals));
    }

    #[test]
    fn a_beacon_counts_only_when_its_injected_verifier_says_so() {
        let label = Digest::of(b"label");
        let randomness = Randomness::Beacon { signature: [label.bytes().as_slice(), b"k"].concat() };
        assert_eq!(randomness.seed(&label, &NoBeacon), Err(RandomnessError::Beacon));
        assert_eq!(randomness.seed(&Digest::of(b"other"), &Signed(b"k")), Err(RandomnessError::Beacon));
        let seed = randomness.seed(&label, &Signed(b"k")).unwrap();
        let Randomness::Beacon { signature } = &randomness else { panic!("a beacon") };
        let expected = FieldHasher::new("biaozheng/seed/beacon/v1").digest(&label).field(signature).finish();
        assert_eq!(seed.digest(), &expected);
    }
}

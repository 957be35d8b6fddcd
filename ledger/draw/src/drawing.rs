//! The draw of experts as a pure function that anyone can run again.
//!
//! `seed × snapshot × quotas × recusals → picks`, and every replacement continues the same stream. **Invariant:** each
//! candidate of a quota is equally likely, nobody is picked twice, and nobody recused is picked at all.
//!
//! ```text
//! stream     = Stream("biaozheng/draw/v1", seed)
//! candidates = experts of the snapshot, by id, with the quota's speciality (and region, when it names one),
//!              neither recused nor picked before
//! pick       = candidates[stream.below(candidates)]; quotas in their order, each as often as its count
//! replace    = one more pick of the leaving expert's quota, from the stream as it stands
//! ```

use std::collections::BTreeSet;

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::DocumentDigest;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::names::{ExpertId, Region, Speciality};
use crate::randomness::Seed;
use crate::stream::Stream;

/// An expert as the draw sees one: a pseudonym, no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PoolExpert {
    pub expert: ExpertId,
    pub specialities: Vec<Speciality>,
    pub region: Region,
    /// Salted commitment to who it is.
    pub identity: DocumentDigest,
}

/// The experts that can be drawn at one moment, by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot(Vec<PoolExpert>);

/// How many experts of one speciality; from one region when it is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Quota {
    pub speciality: Speciality,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    pub count: u8,
}

/// An expert that was drawn, and the quota (from 0) it fills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pick {
    pub expert: ExpertId,
    pub quota: usize,
}

/// Why there is no draw.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    #[error("two experts of one id")]
    Repeated,
    #[error("no candidate is left for {0}")]
    Exhausted(String),
    #[error("{0} is not among those picked, or was replaced before")]
    NotPicked(String),
}

impl Snapshot {
    /// # Errors
    /// When an id stands twice.
    pub fn new(mut experts: Vec<PoolExpert>) -> Result<Self, DrawError> {
        experts.sort_by(|a, b| a.expert.cmp(&b.expert));
        if experts.windows(2).any(|pair| matches!(pair, [a, b] if a.expert == b.expert)) {
            return Err(DrawError::Repeated);
        }
        Ok(Self(experts))
    }

    #[must_use]
    pub fn experts(&self) -> &[PoolExpert] {
        &self.0
    }

    /// `H("biaozheng/expert-pool/v1", n, then for each by id: id, region, number of specialities, each, identity)`.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let start = FieldHasher::new("biaozheng/expert-pool/v1").number(self.0.len() as u64);
        let one = |hasher: FieldHasher, expert: &PoolExpert| {
            let hasher = hasher
                .field(expert.expert.as_str().as_bytes())
                .field(expert.region.as_str().as_bytes())
                .number(expert.specialities.len() as u64);
            let specialities = expert.specialities.iter();
            specialities
                .fold(hasher, |hasher, one| hasher.field(one.as_str().as_bytes()))
                .digest(expert.identity.digest())
        };
        self.0.iter().fold(start, one).finish()
    }

    /// How many could fill a quota before anybody is picked.
    #[must_use]
    pub fn eligible(&self, quota: &Quota, recused: &BTreeSet<ExpertId>) -> usize {
        self.0.iter().filter(|one| !recused.contains(&one.expert) && quota.takes(one)).count()
    }
}

impl Quota {
    fn takes(&self, expert: &PoolExpert) -> bool {
        expert.specialities.contains(&self.speciality)
            && self.region.as_ref().is_none_or(|region| *region == expert.region)
    }
}

/// The stream's seed: `H("biaozheng/draw-seed/v1", seed, secret)`. The pool and the public seed stand on chain; without
/// the host's secret, committed before the randomness, nobody else knows who was drawn before it is disclosed.
#[must_use]
pub fn private_seed(seed: &Seed, secret: &[u8; 32]) -> Seed {
    let hasher = FieldHasher::new("biaozheng/draw-seed/v1").digest(seed.digest());
    Seed::new(hasher.field(secret).finish())
}

/// A draw under way: what was picked, and the stream that goes on when somebody is replaced.
#[derive(Clone, Debug)]
pub struct Drawing<'a> {
    snapshot: &'a Snapshot,
    quotas: &'a [Quota],
    /// Recused or picked before.
    out: BTreeSet<ExpertId>,
    replaced: BTreeSet<ExpertId>,
    stream: Stream,
    picks: Vec<Pick>,
}

impl<'a> Drawing<'a> {
    /// Fills every quota.
    ///
    /// # Errors
    /// When a quota cannot be filled.
    pub fn start(
        seed: &Seed,
        snapshot: &'a Snapshot,
        quotas: &'a [Quota],
        recused: &BTreeSet<ExpertId>,
    ) -> Result<Self, DrawError> {
        let mut drawing = Self {
            snapshot,
            quotas,
            out: recused.clone(),
            replaced: BTreeSet::new(),
            stream: Stream::new("biaozheng/draw/v1", seed.digest()),
            picks: Vec::new(),
        };
        for (at, quota) in quotas.iter().enumerate() {
            for _ in 0..quota.count {
                drawing.pick(at, quota)?;
            }
        }
        Ok(drawing)
    }

    fn pick(&mut self, at: usize, quota: &Quota) -> Result<Pick, DrawError> {
        let free = |one: &&PoolExpert| !self.out.contains(&one.expert) && quota.takes(one);
        let candidates: Vec<&PoolExpert> = self.snapshot.0.iter().filter(free).collect();
        let chosen = usize::try_from(self.stream.below(candidates.len() as u64)).unwrap_or(usize::MAX);
        let chosen =
            candidates.get(chosen).ok_or_else(|| DrawError::Exhausted(quota.speciality.to_string()))?;
        let pick = Pick { expert: chosen.expert.clone(), quota: at };
        self.out.insert(pick.expert.clone());
        self.picks.push(pick.clone());
        Ok(pick)
    }

    /// Somebody refuses, is recused later, or leaves: the next of the same quota from the same stream.
    ///
    /// # Errors
    /// When `expert` was not picked or was replaced before, or nobody is left.
    pub fn replace(&mut self, expert: &ExpertId) -> Result<Pick, DrawError> {
        let found = self.picks.iter().find(|pick| pick.expert == *expert);
        let at = found.map(|pick| pick.quota).filter(|_| !self.replaced.contains(expert));
        let quotas = self.quotas;
        let found = at.and_then(|at| quotas.get(at).map(|quota| (at, quota)));
        let (at, quota) = found.ok_or_else(|| DrawError::NotPicked(expert.to_string()))?;
        let pick = self.pick(at, quota)?;
        self.replaced.insert(expert.clone());
        Ok(pick)
    }

    /// Everyone picked so far, in order, the replaced ones too.
    #[must_use]
    pub fn picks(&self) -> &[Pick] {
        &self.picks
    }

    /// Those who were not replaced, in order.
    pub fn standing(&self) -> impl Iterator<Item = &Pick> {
        self.picks.iter().filter(|pick| !self.replaced.contains(&pick.expert))
    }
}

/// The picks before anybody is replaced.
///
/// # Errors
/// When a quota cannot be filled.
pub fn draw(
    seed: &Seed,
    snapshot: &Snapshot,
    quotas: &[Quota],
    recused: &BTreeSet<ExpertId>,
) -> Result<Vec<Pick>, DrawError> {
    Ok(Drawing::start(seed, snapshot, quotas, recused)?.picks)
}

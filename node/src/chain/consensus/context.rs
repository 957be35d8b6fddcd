//! The engine's types, each a thin coat over the ledger's.

use std::fmt;

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{BlockHash, ChainId, Height as LedgerHeight};
use biaozheng_ledger::key::{KeyError, PublicKey, SecretKey, Signature};
use borsh::{BorshDeserialize, BorshSerialize};
use bytes::Bytes;
use malachite_core_types::{
    self as core, LinearTimeouts, NilOrVal, Round, SignedExtension, ValueId, VoteType, VotingPower,
};

use super::lock::Lock;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ctx;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub(super) struct Address(pub(super) PublicKey);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl core::Address for Address {}

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize,
)]
pub(super) struct Height(pub(super) u64);

impl Height {
    pub(super) const fn ledger(self) -> LedgerHeight {
        LedgerHeight::new(self.0)
    }
}

impl From<LedgerHeight> for Height {
    fn from(height: LedgerHeight) -> Self {
        Self(height.get())
    }
}

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl core::Height for Height {
    const ZERO: Self = Self(0);
    const INITIAL: Self = Self(1);

    fn increment_by(&self, n: u64) -> Self {
        Self(self.0.saturating_add(n))
    }

    fn decrement_by(&self, n: u64) -> Option<Self> {
        self.0.checked_sub(n).map(Self)
    }

    fn as_u64(&self) -> u64 {
        self.0
    }
}

/// The value voted on is the block header's hash, and so its own id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub(super) struct Value(pub(super) BlockHash);

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl core::Value for Value {
    type Id = Self;

    fn id(&self) -> Self {
        *self
    }
}

#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(super) struct Vote {
    pub(super) kind: VoteType,
    pub(super) height: Height,
    pub(super) round: Round,
    pub(super) value: NilOrVal<Value>,
    pub(super) address: Address,
}

impl core::Vote<Ctx> for Vote {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &NilOrVal<Value> {
        &self.value
    }

    fn take_value(self) -> NilOrVal<Value> {
        self.value
    }

    fn vote_type(&self) -> VoteType {
        self.kind
    }

    fn validator_address(&self) -> &Address {
        &self.address
    }

    fn extension(&self) -> Option<&SignedExtension<Ctx>> {
        None
    }

    fn take_extension(&mut self) -> Option<SignedExtension<Ctx>> {
        None
    }

    /// Vote extensions are absent: the beacon's signatures travel over this node's own network, and none is made here.
    fn extend(self, _: SignedExtension<Ctx>) -> Self {
        self
    }
}

#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(super) struct Proposal {
    pub(super) height: Height,
    pub(super) round: Round,
    pub(super) value: Value,
    pub(super) pol_round: Round,
    pub(super) address: Address,
}

impl core::Proposal<Ctx> for Proposal {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &Value {
        &self.value
    }

    fn take_value(self) -> Value {
        self.value
    }

    fn pol_round(&self) -> Round {
        self.pol_round
    }

    fn validator_address(&self) -> &Address {
        &self.address
    }
}

/// A piece of a proposed body. The first names whose turn it is and is signed over all that follows, so that
/// nobody else can fill a voter's memory with bodies.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(super) enum Part {
    /// The announcement with the body's beginning.
    First(Init, Vec<u8>),
    Chunk(Vec<u8>),
}

impl Part {
    pub(super) fn chunk(&self) -> &[u8] {
        match self {
            Self::First(_, chunk) | Self::Chunk(chunk) => chunk,
        }
    }
}

impl core::ProposalPart<Ctx> for Part {
    fn is_first(&self) -> bool {
        matches!(self, Self::First(..))
    }

    /// The first says how many there are.
    fn is_last(&self) -> bool {
        false
    }
}

/// What a stream of parts announces.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(super) struct Init {
    pub(super) height: Height,
    pub(super) round: u32,
    pub(super) valid_round: Option<u32>,
    /// Who sends the body: the round's proposer, or with a proof of lock of this very round any voter.
    pub(super) sender: Address,
    pub(super) bytes: u32,
    /// How many parts there are, this one included.
    pub(super) parts: u32,
    pub(super) body: Digest,
    /// For a block that a quorum has prevoted for.
    pub(super) lock: Option<Lock>,
    /// By the sender's consensus key; no vote, so the guard has nothing to do with it.
    pub(super) signature: Signature,
}

impl Init {
    pub(super) fn digest(&self, chain: &ChainId) -> Digest {
        let number = |round: u32| u64::from(round).saturating_add(1);
        FieldHasher::new("biaozheng/parts/v1")
            .digest(chain.digest())
            .number(self.height.0)
            .number(number(self.round))
            .number(self.valid_round.map_or(0, number))
            .field(self.sender.0.bytes())
            .digest(&self.body)
            .field(&borsh::to_vec(&self.lock).expect("writing to memory does not fail"))
            .finish()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Validator(Address, PublicKey);

impl core::Validator<Ctx> for Validator {
    fn address(&self) -> &Address {
        &self.0
    }

    fn public_key(&self) -> &PublicKey {
        &self.1
    }

    fn voting_power(&self) -> VotingPower {
        1
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ValidatorSet(Vec<Validator>);

impl ValidatorSet {
    pub(super) fn new(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        Self(keys.into_iter().map(|key| Validator(Address(key), key)).collect())
    }
}

impl core::ValidatorSet<Ctx> for ValidatorSet {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn total_voting_power(&self) -> VotingPower {
        self.0.len() as u64
    }

    fn get_by_address(&self, address: &Address) -> Option<&Validator> {
        self.0.iter().find(|one| one.0 == *address)
    }

    fn get_by_index(&self, index: usize) -> Option<&Validator> {
        self.0.get(index)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StrictEd25519;

impl core::SigningScheme for StrictEd25519 {
    type DecodingError = KeyError;
    type Signature = Signature;
    type PublicKey = PublicKey;
    type PrivateKey = SecretKey;

    fn decode_signature(bytes: &[u8]) -> Result<Signature, KeyError> {
        Signature::from_slice(bytes)
    }

    fn encode_signature(signature: &Signature) -> Vec<u8> {
        signature.bytes().to_vec()
    }

    fn decode_public_key(bytes: &[u8]) -> Result<PublicKey, KeyError> {
        let key = PublicKey::ed25519(bytes.try_into().map_err(|_| KeyError::NotCanonical)?);
        key.prepare().map(|_| key)
    }

    fn encode_public_key(key: &PublicKey) -> Vec<u8> {
        key.bytes().to_vec()
    }
}

/// Whose turn it is: block by block and round by round.
pub(super) fn turn(height: Height, round: Round, validators: usize) -> usize {
    let turn = height.0.wrapping_add(u64::from(round.as_u32().unwrap_or(0)));
    let count = u64::try_from(validators.max(1)).unwrap_or(1);
    usize::try_from(turn.checked_rem(count).unwrap_or(0)).unwrap_or(0)
}

impl core::Context for Ctx {
    type Address = Address;
    type Height = Height;
    type ProposalPart = Part;
    type Proposal = Proposal;
    type Validator = Validator;
    type ValidatorSet = ValidatorSet;
    type Timeouts = LinearTimeouts;
    type Value = Value;
    type Vote = Vote;
    type Extension = Bytes;
    type SigningScheme = StrictEd25519;

    /// Takes turns, block by block and round by round.
    fn select_proposer<'a>(&self, set: &'a ValidatorSet, height: Height, round: Round) -> &'a Validator {
        set.0
            .get(turn(height, round, set.0.len()))
            .expect("a validator set is never empty: the genesis is checked")
    }

    fn new_proposal(
        &self,
        height: Height,
        round: Round,
        value: Value,
        pol_round: Round,
        address: Address,
    ) -> Proposal {
        Proposal { height, round, value, pol_round, address }
    }

    fn new_prevote(
        &self,
        height: Height,
        round: Round,
        value: NilOrVal<ValueId<Self>>,
        address: Address,
    ) -> Vote {
        Vote { kind: VoteType::Prevote, height, round, value, address }
    }

    fn new_precommit(
        &self,
        height: Height,
        round: Round,
        value: NilOrVal<ValueId<Self>>,
        address: Address,
    ) -> Vote {
        Vote { kind: VoteType::Precommit, height, round, value, address }
    }
}

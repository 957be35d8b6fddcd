//! What the engine's messages look like on disk and on the wire: borsh, with every list's length bounded by
//! the bytes that carry it.
//!
//! **Invariant:** what is decoded here is within the bounds of an honest node's messages: a vote, a proposal, a body and a
//! certificate name a round, no round is absurd, no certificate has more signatures than there can be votes. The engine
//! and the loop behind it never see anything else, whoever sent it.

use std::io;

use biaozheng_ledger::key::Signature;
use biaozheng_ledger::limits::{BLOCK_BYTES_MAX, VALIDATORS_MAX};
use borsh::{BorshDeserialize, BorshSerialize};
use bytes::Bytes;
use malachite_app::streaming::{StreamContent, StreamId, StreamMessage};
use malachite_app::types::codec::{Codec, HasEncodedLen};
use malachite_core_consensus::{LivenessMsg, ProposedValue, SignedConsensusMsg};
use malachite_core_types::{
    ExtendedCommitCertificate, ExtendedCommitSignature, NilOrVal, PolkaCertificate, PolkaSignature, Round,
    RoundCertificate, RoundCertificateType, RoundSignature, SignedMessage, ValidatorProof, VoteType,
};
use malachite_peer::PeerId;
use malachite_sync::{RawDecidedValue, Request, Response, Status, ValueResponse};

use super::context::{Address, Ctx, Height, Part, Proposal, Value, Vote};

/// The latest round of any height: years of rounds in vain.
const ROUND_MAX: u32 = 1 << 24;
/// Signatures of one certificate: each voter may have voted for more than one thing.
const SIGNATURES_MAX: usize = VALIDATORS_MAX * 4;
/// Values of one answer to a node that catches up; this node sends 17.
const VALUES_MAX: usize = 64;
/// A peer's name, an encoded key.
const NAME_BYTES_MAX: usize = 128;

/// The one codec.
#[derive(Debug, Clone, Copy)]
pub(super) struct Borsh;

fn encode(value: &impl BorshSerialize) -> io::Result<Bytes> {
    Ok(Bytes::from(borsh::to_vec(value)?))
}

fn decode<T: BorshDeserialize>(bytes: &Bytes) -> io::Result<T> {
    borsh::from_slice(bytes)
}

fn misfit(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn within(count: usize, max: usize, why: &'static str) -> io::Result<()> {
    if count > max { Err(misfit(why)) } else { Ok(()) }
}

/// A round that is one. The engine's type has a nil beside it, which no honest message names.
fn round_of(round: Round) -> io::Result<Round> {
    match round.as_u32() {
        Some(number) if number <= ROUND_MAX => Ok(round),
        _ => Err(misfit("a message of consensus names no round, or an absurd one")),
    }
}

/// An earlier round, or nil for none.
fn earlier_round(round: Round) -> io::Result<Round> {
    if round.is_nil() { Ok(round) } else { round_of(round) }
}

fn vote_of(vote: Vote) -> io::Result<Vote> {
    round_of(vote.round).map(|_| vote)
}

fn proposal_of(proposal: Proposal) -> io::Result<Proposal> {
    round_of(proposal.round)?;
    earlier_round(proposal.pol_round)?;
    Ok(proposal)
}

fn part_of(part: Part) -> io::Result<Part> {
    within(part.chunk().len(), BLOCK_BYTES_MAX, "a part of a body is larger than a body")?;
    if let Part::First(init, _) = &part {
        let lock = init.lock.as_ref();
        let rounds = [Some(init.round), init.valid_round, lock.map(|lock| lock.round)];
        if rounds.into_iter().flatten().any(|round| round > ROUND_MAX) {
            return Err(misfit("a body names an absurd round"));
        }
        let prevotes = lock.map_or(0, |lock| lock.prevotes.len());
        within(prevotes, VALIDATORS_MAX, "a proof of lock has too many prevotes")?;
    }
    Ok(part)
}

macro_rules! codec {
    ($type:ty, $wire:ty) => {
        impl Codec<$type> for Borsh {
            type Error = io::Error;

            fn decode(&self, bytes: Bytes) -> io::Result<$type> {
                decode::<$wire>(&bytes)?.try_into()
            }

            fn encode(&self, message: &$type) -> io::Result<Bytes> {
                encode(&<$wire>::from(message))
            }
        }
    };
}

#[derive(BorshSerialize, BorshDeserialize)]
enum WireSigned {
    Vote(Vote, Signature),
    Proposal(Proposal, Signature),
}

impl From<&SignedConsensusMsg<Ctx>> for WireSigned {
    fn from(message: &SignedConsensusMsg<Ctx>) -> Self {
        match message {
            SignedConsensusMsg::Vote(vote) => Self::Vote(vote.message.clone(), vote.signature),
            SignedConsensusMsg::Proposal(one) => Self::Proposal(one.message.clone(), one.signature),
        }
    }
}

impl TryFrom<WireSigned> for SignedConsensusMsg<Ctx> {
    type Error = io::Error;

    fn try_from(wire: WireSigned) -> io::Result<Self> {
        Ok(match wire {
            WireSigned::Vote(vote, signature) => Self::Vote(SignedMessage::new(vote_of(vote)?, signature)),
            WireSigned::Proposal(one, signature) => {
                Self::Proposal(SignedMessage::new(proposal_of(one)?, signature))
            }
        })
    }
}

codec!(SignedConsensusMsg<Ctx>, WireSigned);

#[derive(BorshSerialize, BorshDeserialize)]
struct WirePolka {
    height: Height,
    round: Round,
    value: Value,
    signatures: Vec<(Address, Signature)>,
}

impl From<&PolkaCertificate<Ctx>> for WirePolka {
    fn from(polka: &PolkaCertificate<Ctx>) -> Self {
        Self {
            height: polka.height,
            round: polka.round,
            value: polka.value_id,
            signatures: polka.polka_signatures.iter().map(|one| (one.address, one.signature)).collect(),
        }
    }
}

impl TryFrom<WirePolka> for PolkaCertificate<Ctx> {
    type Error = io::Error;

    fn try_from(wire: WirePolka) -> io::Result<Self> {
        within(wire.signatures.len(), SIGNATURES_MAX, "a certificate has too many signatures")?;
        Ok(Self {
            height: wire.height,
            round: round_of(wire.round)?,
            value_id: wire.value,
            polka_signatures: wire.signatures.into_iter().map(|(a, s)| PolkaSignature::new(a, s)).collect(),
        })
    }
}

codec!(PolkaCertificate<Ctx>, WirePolka);

#[derive(BorshSerialize, BorshDeserialize)]
struct WireRound {
    height: Height,
    round: Round,
    kind: RoundCertificateType,
    signatures: Vec<(VoteType, NilOrVal<Value>, Address, Signature)>,
}

#[derive(BorshSerialize, BorshDeserialize)]
enum WireLiveness {
    Vote(Vote, Signature),
    Polka(WirePolka),
    SkipRound(WireRound),
}

impl From<&LivenessMsg<Ctx>> for WireLiveness {
    fn from(message: &LivenessMsg<Ctx>) -> Self {
        match message {
            LivenessMsg::Vote(vote) => Self::Vote(vote.message.clone(), vote.signature),
            LivenessMsg::PolkaCertificate(polka) => Self::Polka(polka.into()),
            LivenessMsg::SkipRoundCertificate(one) => Self::SkipRound(WireRound {
                height: one.height,
                round: one.round,
                kind: one.cert_type.clone(),
                signatures: one
                    .round_signatures
                    .iter()
                    .map(|s| (s.vote_type, s.value_id, s.address, s.signature))
                    .collect(),
            }),
        }
    }
}

impl TryFrom<WireRound> for RoundCertificate<Ctx> {
    type Error = io::Error;

    fn try_from(wire: WireRound) -> io::Result<Self> {
        within(wire.signatures.len(), SIGNATURES_MAX, "a certificate has too many signatures")?;
        let signature =
            |(kind, value, address, signature)| RoundSignature::new(kind, value, address, signature);
        Ok(Self {
            height: wire.height,
            round: round_of(wire.round)?,
            cert_type: wire.kind,
            round_signatures: wire.signatures.into_iter().map(signature).collect(),
        })
    }
}

impl TryFrom<WireLiveness> for LivenessMsg<Ctx> {
    type Error = io::Error;

    fn try_from(wire: WireLiveness) -> io::Result<Self> {
        Ok(match wire {
            WireLiveness::Vote(vote, signature) => Self::Vote(SignedMessage::new(vote_of(vote)?, signature)),
            WireLiveness::Polka(polka) => Self::PolkaCertificate(polka.try_into()?),
            WireLiveness::SkipRound(one) => Self::SkipRoundCertificate(one.try_into()?),
        })
    }
}

codec!(LivenessMsg<Ctx>, WireLiveness);

#[derive(BorshSerialize, BorshDeserialize)]
struct WireProof {
    key: Vec<u8>,
    peer_id: Vec<u8>,
    signature: Signature,
}

impl From<&ValidatorProof<Ctx>> for WireProof {
    fn from(proof: &ValidatorProof<Ctx>) -> Self {
        Self { key: proof.public_key.clone(), peer_id: proof.peer_id.clone(), signature: proof.signature }
    }
}

impl TryFrom<WireProof> for ValidatorProof<Ctx> {
    type Error = io::Error;

    fn try_from(wire: WireProof) -> io::Result<Self> {
        within(wire.key.len().max(wire.peer_id.len()), NAME_BYTES_MAX, "a validator's proof is too long")?;
        Ok(Self::new(wire.key, wire.peer_id, wire.signature))
    }
}

codec!(ValidatorProof<Ctx>, WireProof);

#[derive(BorshSerialize, BorshDeserialize)]
struct WireStream {
    stream: Vec<u8>,
    sequence: u64,
    part: Option<Part>,
}

impl From<&StreamMessage<Part>> for WireStream {
    fn from(message: &StreamMessage<Part>) -> Self {
        Self {
            stream: message.stream_id.to_bytes().to_vec(),
            sequence: message.sequence,
            part: message.content.as_data().cloned(),
        }
    }
}

impl TryFrom<WireStream> for StreamMessage<Part> {
    type Error = io::Error;

    fn try_from(wire: WireStream) -> io::Result<Self> {
        within(wire.stream.len(), NAME_BYTES_MAX, "the name of a stream is too long")?;
        let part = wire.part.map(part_of).transpose()?;
        let content = part.map_or(StreamContent::Fin, StreamContent::Data);
        Ok(Self::new(StreamId::new(Bytes::from(wire.stream)), wire.sequence, content))
    }
}

codec!(StreamMessage<Part>, WireStream);

impl Codec<Part> for Borsh {
    type Error = io::Error;

    fn decode(&self, bytes: Bytes) -> io::Result<Part> {
        part_of(decode(&bytes)?)
    }

    fn encode(&self, part: &Part) -> io::Result<Bytes> {
        encode(part)
    }
}

impl Codec<ProposedValue<Ctx>> for Borsh {
    type Error = io::Error;

    fn decode(&self, bytes: Bytes) -> io::Result<ProposedValue<Ctx>> {
        let value: ProposedValue<Ctx> = decode(&bytes)?;
        round_of(value.round)?;
        earlier_round(value.valid_round)?;
        Ok(value)
    }

    fn encode(&self, value: &ProposedValue<Ctx>) -> io::Result<Bytes> {
        encode(value)
    }
}

/// The proof that a block was decided, as stored and served.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub(super) struct WireCommit {
    pub(super) height: Height,
    pub(super) round: Round,
    pub(super) value: Value,
    pub(super) signatures: Vec<(Address, Signature)>,
}

impl From<&ExtendedCommitCertificate<Ctx>> for WireCommit {
    fn from(certificate: &ExtendedCommitCertificate<Ctx>) -> Self {
        Self {
            height: certificate.height,
            round: certificate.round,
            value: certificate.value_id,
            signatures: certificate
                .commit_signatures
                .iter()
                .map(|one| (one.address, one.signature))
                .collect(),
        }
    }
}

impl TryFrom<WireCommit> for ExtendedCommitCertificate<Ctx> {
    type Error = io::Error;

    fn try_from(wire: WireCommit) -> io::Result<Self> {
        within(wire.signatures.len(), SIGNATURES_MAX, "a certificate has too many signatures")?;
        let signature = |(address, signature)| ExtendedCommitSignature::new(address, signature, None);
        Ok(Self {
            height: wire.height,
            round: round_of(wire.round)?,
            value_id: wire.value,
            commit_signatures: wire.signatures.into_iter().map(signature).collect(),
        })
    }
}

#[derive(BorshSerialize, BorshDeserialize)]
struct WireStatus {
    peer: Vec<u8>,
    tip: Height,
    lowest: Height,
}

impl Codec<Status<Ctx>> for Borsh {
    type Error = io::Error;

    fn decode(&self, bytes: Bytes) -> io::Result<Status<Ctx>> {
        let wire: WireStatus = decode(&bytes)?;
        within(wire.peer.len(), NAME_BYTES_MAX, "a peer's name is too long")?;
        let peer_id = PeerId::from_bytes(&wire.peer).map_err(io::Error::other)?;
        Ok(Status { peer_id, tip_height: wire.tip, history_min_height: wire.lowest })
    }

    fn encode(&self, status: &Status<Ctx>) -> io::Result<Bytes> {
        encode(&WireStatus {
            peer: status.peer_id.to_bytes(),
            tip: status.tip_height,
            lowest: status.history_min_height,
        })
    }
}

impl Codec<Request<Ctx>> for Borsh {
    type Error = io::Error;

    fn decode(&self, bytes: Bytes) -> io::Result<Request<Ctx>> {
        decode(&bytes)
    }

    fn encode(&self, request: &Request<Ctx>) -> io::Result<Bytes> {
        encode(request)
    }
}

#[derive(BorshSerialize, BorshDeserialize)]
struct WireResponse {
    start: Height,
    values: Vec<(Vec<u8>, WireCommit)>,
}

impl Codec<Response<Ctx>> for Borsh {
    type Error = io::Error;

    fn decode(&self, bytes: Bytes) -> io::Result<Response<Ctx>> {
        let wire: WireResponse = decode(&bytes)?;
        within(wire.values.len(), VALUES_MAX, "an answer of value sync has too many values")?;
        let value = |(body, commit): (Vec<u8>, WireCommit)| {
            within(body.len(), BLOCK_BYTES_MAX, "a body of value sync is larger than a body")?;
            Ok(RawDecidedValue::new(Bytes::from(body), commit.try_into()?))
        };
        let values = wire.values.into_iter().map(value).collect::<io::Result<Vec<_>>>()?;
        Ok(Response::ValueResponse(ValueResponse::new(wire.start, values)))
    }

    fn encode(&self, response: &Response<Ctx>) -> io::Result<Bytes> {
        let Response::ValueResponse(response) = response;
        encode(&WireResponse {
            start: response.start_height,
            values: response
                .values
                .iter()
                .map(|value| (value.value_bytes.to_vec(), WireCommit::from(&value.certificate)))
                .collect(),
        })
    }
}

impl HasEncodedLen<Response<Ctx>> for Borsh {
    fn encoded_len(&self, response: &Response<Ctx>) -> io::Result<usize> {
        Codec::<Response<Ctx>>::encode(self, response).map(|bytes| bytes.len())
    }
}

#[cfg(test)]
mod tests;

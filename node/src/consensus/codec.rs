//! What the engine's messages look like on disk and on the wire: borsh, with every list's length bounded by
//! the bytes that carry it.

use std::io;

use biaozheng_ledger::key::Signature;
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

/// The one codec.
#[derive(Debug, Clone, Copy)]
pub(super) struct Borsh;

fn encode(value: &impl BorshSerialize) -> io::Result<Bytes> {
    Ok(Bytes::from(borsh::to_vec(value)?))
}

fn decode<T: BorshDeserialize>(bytes: &Bytes) -> io::Result<T> {
    borsh::from_slice(bytes)
}

macro_rules! codec {
    ($type:ty, $wire:ty) => {
        impl Codec<$type> for Borsh {
            type Error = io::Error;

            fn decode(&self, bytes: Bytes) -> io::Result<$type> {
                decode::<$wire>(&bytes).map(Into::into)
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

impl From<WireSigned> for SignedConsensusMsg<Ctx> {
    fn from(wire: WireSigned) -> Self {
        match wire {
            WireSigned::Vote(vote, signature) => Self::Vote(SignedMessage::new(vote, signature)),
            WireSigned::Proposal(one, signature) => Self::Proposal(SignedMessage::new(one, signature)),
        }
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

impl From<WirePolka> for PolkaCertificate<Ctx> {
    fn from(wire: WirePolka) -> Self {
        Self {
            height: wire.height,
            round: wire.round,
            value_id: wire.value,
            polka_signatures: wire.signatures.into_iter().map(|(a, s)| PolkaSignature::new(a, s)).collect(),
        }
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

impl From<WireLiveness> for LivenessMsg<Ctx> {
    fn from(wire: WireLiveness) -> Self {
        match wire {
            WireLiveness::Vote(vote, signature) => Self::Vote(SignedMessage::new(vote, signature)),
            WireLiveness::Polka(polka) => Self::PolkaCertificate(polka.into()),
            WireLiveness::SkipRound(one) => Self::SkipRoundCertificate(RoundCertificate {
                height: one.height,
                round: one.round,
                cert_type: one.kind,
                round_signatures: one
                    .signatures
                    .into_iter()
                    .map(|(kind, value, address, signature)| {
                        RoundSignature::new(kind, value, address, signature)
                    })
                    .collect(),
            }),
        }
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

impl From<WireProof> for ValidatorProof<Ctx> {
    fn from(wire: WireProof) -> Self {
        Self::new(wire.key, wire.peer_id, wire.signature)
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

impl From<WireStream> for StreamMessage<Part> {
    fn from(wire: WireStream) -> Self {
        let content = wire.part.map_or(StreamContent::Fin, StreamContent::Data);
        Self::new(StreamId::new(Bytes::from(wire.stream)), wire.sequence, content)
    }
}

codec!(StreamMessage<Part>, WireStream);

impl Codec<Part> for Borsh {
    type Error = io::Error;

    fn decode(&self, bytes: Bytes) -> io::Result<Part> {
        decode(&bytes)
    }

    fn encode(&self, part: &Part) -> io::Result<Bytes> {
        encode(part)
    }
}

impl Codec<ProposedValue<Ctx>> for Borsh {
    type Error = io::Error;

    fn decode(&self, bytes: Bytes) -> io::Result<ProposedValue<Ctx>> {
        decode(&bytes)
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

impl From<WireCommit> for ExtendedCommitCertificate<Ctx> {
    fn from(wire: WireCommit) -> Self {
        Self {
            height: wire.height,
            round: wire.round,
            value_id: wire.value,
            commit_signatures: wire
                .signatures
                .into_iter()
                .map(|(address, signature)| ExtendedCommitSignature::new(address, signature, None))
                .collect(),
        }
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
        let values = wire
            .values
            .into_iter()
            .map(|(body, commit)| RawDecidedValue::new(Bytes::from(body), commit.into()))
            .collect();
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

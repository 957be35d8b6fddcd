//! Every message of the engine's wire, each arm at its bounds and beyond, and bytes of any kind: decoded or refused, and what
//! is decoded is written again as it was.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::BlockHash;
use biaozheng_ledger::key::PublicKey;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::super::context::Init;
use super::super::lock::Lock;
use super::*;

fn somebody() -> PeerId {
    PeerId::from_bytes(&libp2p::PeerId::random().to_bytes()).unwrap()
}

fn signature() -> Signature {
    Signature::ed25519([7; 64])
}

fn address() -> Address {
    Address(PublicKey::ed25519([3; 32]))
}

fn value() -> Value {
    Value(BlockHash::new(Digest::of(b"block")))
}

const ROUNDS: [(Round, bool); 5] = [
    (Round::Nil, false),
    (Round::new(0), true),
    (Round::new(ROUND_MAX), true),
    (Round::new(ROUND_MAX + 1), false),
    (Round::new(u32::MAX), false),
];

/// Decodes what is written; says whether it was taken, and that it is written again the same.
fn taken<T>(bytes: &Bytes) -> bool
where
    Borsh: Codec<T, Error = io::Error>,
{
    match Codec::<T>::decode(&Borsh, bytes.clone()) {
        Ok(message) => {
            assert_eq!(Codec::<T>::encode(&Borsh, &message).unwrap(), *bytes);
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

fn bytes_of(value: &impl BorshSerialize) -> Bytes {
    Bytes::from(borsh::to_vec(value).unwrap())
}

fn vote(round: Round) -> Vote {
    let value = NilOrVal::Val(value());
    Vote { kind: VoteType::Prevote, height: Height(u64::MAX), round, value, address: address() }
}

fn proposal(round: Round, pol_round: Round) -> Proposal {
    Proposal { height: Height(1), round, value: value(), pol_round, address: address() }
}

fn part(rounds: (u32, Option<u32>), lock: Option<Lock>) -> Part {
    let init = Init {
        height: Height(9),
        round: rounds.0,
        valid_round: rounds.1,
        sender: address(),
        bytes: u32::MAX,
        parts: 0,
        body: Digest::of(b"body"),
        lock,
        signature: signature(),
    };
    Part::First(init, vec![1, 2, 3])
}

#[test]
fn no_message_without_a_round_is_taken() {
    for (round, good) in ROUNDS {
        let signed = WireSigned::Vote(vote(round), signature());
        assert_eq!(taken::<SignedConsensusMsg<Ctx>>(&bytes_of(&signed)), good, "{round}");
        let live = WireLiveness::Vote(vote(round), signature());
        assert_eq!(taken::<LivenessMsg<Ctx>>(&bytes_of(&live)), good);
        for (earlier, known) in ROUNDS {
            let signed = WireSigned::Proposal(proposal(round, earlier), signature());
            let right = good && (known || earlier.is_nil());
            assert_eq!(taken::<SignedConsensusMsg<Ctx>>(&bytes_of(&signed)), right, "{round} {earlier}");
        }
        let signatures = vec![(address(), signature())];
        let (height, value) = (Height(1), value());
        let polka = WirePolka { height, round, value, signatures: signatures.clone() };
        assert_eq!(taken::<PolkaCertificate<Ctx>>(&bytes_of(&polka)), good);
        assert_eq!(taken::<LivenessMsg<Ctx>>(&bytes_of(&WireLiveness::Polka(polka))), good);
        let kind = RoundCertificateType::Skip;
        let skip = WireRound { height, round, kind, signatures: Vec::new() };
        assert_eq!(taken::<LivenessMsg<Ctx>>(&bytes_of(&WireLiveness::SkipRound(skip))), good);
        let commit = WireCommit { height, round, value, signatures };
        let answer = WireResponse { start: height, values: vec![(b"body".to_vec(), commit)] };
        assert_eq!(taken::<Response<Ctx>>(&bytes_of(&answer)), good);
        if let Some(number) = round.as_u32() {
            let stream = |part| WireStream { stream: vec![1], sequence: u64::MAX, part: Some(part) };
            assert_eq!(taken::<StreamMessage<Part>>(&bytes_of(&stream(part((number, None), None)))), good);
            assert_eq!(taken::<Part>(&bytes_of(&part((0, Some(number)), None))), good);
            let lock = Lock { round: number, prevotes: Vec::new() };
            assert_eq!(taken::<Part>(&bytes_of(&part((0, None), Some(lock)))), good);
        }
    }
}

#[test]
fn every_list_ends_where_an_honest_one_does() {
    let (height, round, value) = (Height(1), Round::new(0), value());
    for (count, good) in [(0, true), (SIGNATURES_MAX, true), (SIGNATURES_MAX + 1, false)] {
        let signatures = vec![(address(), signature()); count];
        let polka = WirePolka { height, round, value, signatures: signatures.clone() };
        assert_eq!(taken::<PolkaCertificate<Ctx>>(&bytes_of(&polka)), good, "{count}");
        let votes = vec![(VoteType::Precommit, NilOrVal::Nil, address(), signature()); count];
        let skip = WireRound { height, round, kind: RoundCertificateType::Precommit, signatures: votes };
        assert_eq!(taken::<LivenessMsg<Ctx>>(&bytes_of(&WireLiveness::SkipRound(skip))), good);
        let commit = WireCommit { height, round, value, signatures };
        let answer = WireResponse { start: height, values: vec![(Vec::new(), commit)] };
        assert_eq!(taken::<Response<Ctx>>(&bytes_of(&answer)), good);
    }
    let commit = || WireCommit { height, round, value, signatures: Vec::new() };
    for (bodies, bytes, good) in [
        (VALUES_MAX, 1, true),
        (VALUES_MAX + 1, 1, false),
        (1, BLOCK_BYTES_MAX, true),
        (1, BLOCK_BYTES_MAX + 1, false),
    ] {
        let values = (0..bodies).map(|_| (vec![0; bytes], commit())).collect();
        assert_eq!(taken::<Response<Ctx>>(&bytes_of(&WireResponse { start: height, values })), good);
    }
    for (prevotes, good) in [(VALIDATORS_MAX, true), (VALIDATORS_MAX + 1, false)] {
        let lock = Lock { round: 0, prevotes: vec![(address().0, signature()); prevotes] };
        assert_eq!(taken::<Part>(&bytes_of(&part((0, None), Some(lock)))), good, "{prevotes}");
    }
    for (name, good) in [(NAME_BYTES_MAX, true), (NAME_BYTES_MAX + 1, false)] {
        let name = || vec![0; name];
        let stream = WireStream { stream: name(), sequence: 0, part: None };
        assert_eq!(taken::<StreamMessage<Part>>(&bytes_of(&stream)), good);
        let proof = WireProof { key: name(), peer_id: name(), signature: signature() };
        assert_eq!(taken::<ValidatorProof<Ctx>>(&bytes_of(&proof)), good);
    }
    let chunk = Part::Chunk(vec![0; BLOCK_BYTES_MAX + 1]);
    assert!(!taken::<Part>(&bytes_of(&chunk)));
    for (tip, lowest) in [(0, u64::MAX), (u64::MAX, 0)] {
        let peer = somebody().to_bytes();
        let status = WireStatus { peer, tip: Height(tip), lowest: Height(lowest) };
        assert!(taken::<Status<Ctx>>(&bytes_of(&status)));
    }
    let nobody = WireStatus { peer: vec![0; 3], tip: height, lowest: height };
    assert!(!taken::<Status<Ctx>>(&bytes_of(&nobody)));
}

/// Half a million messages: cut, flipped, spliced, and of no kind at all.
#[test]
fn bytes_of_any_kind_are_decoded_or_refused() {
    let seed = rand::random::<u64>();
    let mut rng = StdRng::seed_from_u64(seed);
    let (height, round) = (Height(1), Round::new(1));
    let commit = WireCommit { height, round, value: value(), signatures: vec![(address(), signature())] };
    let lock = Lock { round: 0, prevotes: vec![(address().0, signature())] };
    let good = [
        bytes_of(&WireSigned::Vote(vote(round), signature())),
        bytes_of(&WireSigned::Proposal(proposal(round, Round::Nil), signature())),
        bytes_of(&WireStream { stream: vec![1], sequence: 0, part: Some(part((1, Some(0)), Some(lock))) }),
        bytes_of(&WireResponse { start: height, values: vec![(vec![1; 40], commit)] }),
        bytes_of(&WireStatus { peer: somebody().to_bytes(), tip: height, lowest: height }),
    ];
    for _ in 0..60_000 {
        let mut bytes = good[rng.gen_range(0..good.len())].to_vec();
        match rng.gen_range(0..4) {
            0 => bytes.truncate(rng.gen_range(0..=bytes.len())),
            1 => (0..rng.gen_range(1..4)).for_each(|_| {
                let at = rng.gen_range(0..bytes.len());
                bytes[at] = rng.r#gen();
            }),
            2 => {
                let other = &good[rng.gen_range(0..good.len())];
                let at = rng.gen_range(0..bytes.len().min(other.len()));
                bytes.truncate(at);
                bytes.extend_from_slice(&other[at..]);
            }
            _ => bytes = (0..rng.gen_range(0..200)).map(|_| rng.r#gen()).collect(),
        }
        let bytes = Bytes::from(bytes);
        let kinds = [
            taken::<SignedConsensusMsg<Ctx>>(&bytes),
            taken::<LivenessMsg<Ctx>>(&bytes),
            taken::<PolkaCertificate<Ctx>>(&bytes),
            taken::<StreamMessage<Part>>(&bytes),
            taken::<Part>(&bytes),
            taken::<ProposedValue<Ctx>>(&bytes),
            taken::<Status<Ctx>>(&bytes),
            taken::<Request<Ctx>>(&bytes),
            taken::<Response<Ctx>>(&bytes),
        ];
        std::hint::black_box((kinds, seed));
    }
}

//! Bodies as streams of parts: cut for sending, put together when received.
//!
//! **Invariant:** bounded in streams, in bytes and in time; an insider who opens streams and never ends them
//! costs a fixed amount of memory.

use std::collections::BTreeMap;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::key::{SecretKey, Signature};
use biaozheng_ledger::limits::{BLOCK_BYTES_MAX, VALIDATORS_MAX};
use bytes::Bytes;
use malachite_app::streaming::{StreamContent, StreamId, StreamMessage};

use super::context::{Address, Height, Init, Part};
use super::lock::Lock;
use crate::peers::from_peer::{FromPeer, Misfit};

/// Each part is a message of its own to every peer, and most bodies fit one. The engine's limit is twice this.
const CHUNK: usize = 256 * 1024;
/// Streams under way from all peers: every validator's, and a peer's share beside them.
const STREAMS_MAX: usize = VALIDATORS_MAX * 2;
/// Streams under way from one peer, so that one who ends none leaves the others room. An honest one has one or two.
const STREAMS_PER_PEER_MAX: usize = 8;
/// A stream's name: a key and a number.
const STREAM_ID_BYTES_MAX: usize = 64;
/// Parts of the largest body, with one to spare.
const PARTS_MAX: usize = BLOCK_BYTES_MAX.div_ceil(CHUNK) + 1;

/// A body that arrived whole, with what its stream announced; the announcement's signature is not verified yet.
#[derive(Debug)]
pub(super) struct Assembled {
    pub(super) init: Init,
    pub(super) body: Bytes,
}

/// Who sends a body, in which round, and with which proof of lock.
#[derive(Debug, Clone)]
pub(super) struct Sender<'a> {
    pub(super) chain: ChainId,
    pub(super) key: &'a SecretKey,
    pub(super) height: Height,
    pub(super) round: u32,
    pub(super) valid_round: Option<u32>,
    pub(super) lock: Option<Lock>,
}

/// Cuts a body into the messages of one stream.
pub(super) fn cut(sender: &Sender<'_>, body: &Bytes, stream: u64) -> Vec<StreamMessage<Part>> {
    let mut chunks = body.chunks(CHUNK);
    let proposer = Address(sender.key.public());
    let mut init = Init {
        height: sender.height,
        round: sender.round,
        valid_round: sender.valid_round,
        sender: proposer,
        bytes: u32::try_from(body.len()).unwrap_or(u32::MAX),
        parts: u32::try_from(chunks.len().max(1)).unwrap_or(u32::MAX),
        body: Digest::of(body),
        lock: sender.lock.clone(),
        signature: Signature::ed25519([0; 64]),
    };
    init.signature = sender.key.sign(init.digest(&sender.chain).bytes());
    let id = [proposer.0.bytes().as_slice(), &stream.to_be_bytes()].concat();
    let id = StreamId::new(Bytes::from(id));
    let first = Part::First(init, chunks.next().unwrap_or_default().to_vec());
    let parts = std::iter::once(first).chain(chunks.map(|chunk| Part::Chunk(chunk.to_vec())));
    // The first part says how many there are, so the stream needs no mark of its end.
    let data = parts.map(StreamContent::Data);
    (0u64..).zip(data).map(|(sequence, content)| StreamMessage::new(id.clone(), sequence, content)).collect()
}

#[derive(Debug, Default)]
struct Stream {
    parts: BTreeMap<u64, Part>,
    bytes: usize,
    opened: u64,
}

impl Stream {
    fn enter(&mut self, sequence: u64, part: Part) -> Result<(), Misfit> {
        if matches!(part, Part::First(..)) != (sequence == 0) {
            return Err(Misfit("the first part of a body is not first"));
        }
        self.bytes = self.bytes.saturating_add(part.chunk().len());
        let there = self.parts.contains_key(&sequence);
        if there || self.bytes > BLOCK_BYTES_MAX || self.parts.len() >= PARTS_MAX {
            return Err(Misfit("a body has one part twice, too many, or too many bytes"));
        }
        self.parts.insert(sequence, part);
        Ok(())
    }

    fn has_all(&self) -> bool {
        let Some(Part::First(init, _)) = self.parts.get(&0) else { return false };
        u32::try_from(self.parts.len()).is_ok_and(|parts| parts >= init.parts)
    }

    fn join(self) -> Result<Assembled, Misfit> {
        let Some(Part::First(init, _)) = self.parts.get(&0) else {
            return Err(Misfit("a body without its first part"));
        };
        let mut body = Vec::with_capacity(self.bytes);
        for (_, part) in self.parts.range(..u64::from(init.parts)) {
            body.extend_from_slice(part.chunk());
        }
        if u32::try_from(body.len()) != Ok(init.bytes) || Digest::of(&body) != init.body {
            return Err(Misfit("a body is not what its first part announced"));
        }
        Ok(Assembled { init: init.clone(), body: Bytes::from(body) })
    }
}

/// Streams under way.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    streams: BTreeMap<(Vec<u8>, StreamId), Stream>,
    counter: u64,
}

impl Assembler {
    /// Takes a part of a publisher; gives the body when it is whole. Parts may come in any order.
    ///
    /// # Errors
    /// [`Misfit`] when the part fits no stream; its stream is forgotten then.
    pub(super) fn take(
        &mut self,
        publisher: Vec<u8>,
        message: FromPeer<StreamMessage<Part>>,
    ) -> Result<Option<FromPeer<Assembled>>, Misfit> {
        let (stream_id, sequence, part) = message.check(|message| {
            let StreamContent::Data(part) = message.content else {
                return Err(Misfit("a stream of parts has no end of its own"));
            };
            if message.stream_id.to_bytes().len() > STREAM_ID_BYTES_MAX {
                return Err(Misfit("the name of a stream of parts is too long"));
            }
            Ok((message.stream_id, message.sequence, part))
        })?;
        let key = (publisher, stream_id);
        let stream = self.stream(&key);
        if let Err(misfit) = stream.enter(sequence, part) {
            self.streams.remove(&key);
            return Err(misfit);
        }
        if !stream.has_all() {
            return Ok(None);
        }
        let Some(stream) = self.streams.remove(&key) else { return Ok(None) };
        stream.join().map(|whole| Some(FromPeer::new(whole)))
    }

    /// The stream of this name; a new one may push out the oldest, of the same peer where that has its share.
    fn stream(&mut self, key: &(Vec<u8>, StreamId)) -> &mut Stream {
        if !self.streams.contains_key(key) {
            let own = self.streams.keys().filter(|(publisher, _)| *publisher == key.0).count();
            if own >= STREAMS_PER_PEER_MAX || self.streams.len() >= STREAMS_MAX {
                let from = self.streams.iter();
                let pushed = from.filter(|((of, _), _)| own < STREAMS_PER_PEER_MAX || *of == key.0);
                let oldest = pushed.min_by_key(|(_, stream)| stream.opened).map(|(key, _)| key.clone());
                oldest.and_then(|oldest| self.streams.remove(&oldest));
            }
        }
        self.counter = self.counter.saturating_add(1);
        let opened = self.counter;
        self.streams.entry(key.clone()).or_insert_with(|| Stream { opened, ..Stream::default() })
    }

    /// Forgets everything of a decided height's past.
    pub(super) fn clear(&mut self, decided: Height) {
        self.streams.retain(|_, stream| match stream.parts.get(&0) {
            Some(Part::First(init, _)) => init.height > decided,
            _ => true,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(body: &Bytes) -> Vec<StreamMessage<Part>> {
        let key = SecretKey::from_seed(&[7; 32]);
        let chain = ChainId::new(Digest::of(b"chain"));
        let (height, round) = (Height(3), 1);
        let sender = Sender { chain, key: &key, height, round, valid_round: None, lock: None };
        cut(&sender, body, 9)
    }

    fn take(assembler: &mut Assembler, publisher: u8, message: StreamMessage<Part>) -> Option<Assembled> {
        let whole = assembler.take(vec![publisher], FromPeer::new(message)).ok().flatten();
        whole.map(|whole| whole.check(Ok).unwrap())
    }

    fn refused(assembler: &mut Assembler, message: StreamMessage<Part>) -> &'static str {
        assembler.take(vec![1], FromPeer::new(message)).unwrap_err().0
    }

    fn body(bytes: usize) -> Bytes {
        Bytes::from((0..bytes).map(|n| u8::try_from(n % 251).unwrap()).collect::<Vec<_>>())
    }

    #[test]
    fn bodies_come_together_in_any_order_and_the_rest_is_dropped() {
        for size in [0, 1, CHUNK, CHUNK + 1, CHUNK * 5 + 7] {
            let body = body(size);
            let mut all = messages(&body);
            all.reverse();
            let mut assembler = Assembler::default();
            let found: Vec<_> = all.into_iter().filter_map(|m| take(&mut assembler, 1, m)).collect();
            assert_eq!(found.len(), 1, "{size}");
            assert_eq!(found[0].body, body);
            assert!(assembler.streams.is_empty());
        }
        let mut assembler = Assembler::default();
        for n in 0..10_000u64 {
            let id = StreamId::new(Bytes::from(n.to_be_bytes().to_vec()));
            let part = StreamContent::Data(Part::Chunk(vec![0; 10]));
            let publisher = u8::try_from(n % 100).unwrap();
            assert!(take(&mut assembler, publisher, StreamMessage::new(id, 1, part)).is_none());
        }
        assert_eq!(assembler.streams.len(), STREAMS_MAX);
    }

    #[test]
    fn who_ends_no_stream_leaves_the_others_theirs() {
        let mut assembler = Assembler::default();
        let body = body(CHUNK * 2);
        let mut honest = messages(&body).into_iter();
        assert!(take(&mut assembler, 1, honest.next().unwrap()).is_none());
        for n in 0..1000u64 {
            let id = StreamId::new(Bytes::from(n.to_be_bytes().to_vec()));
            let part = StreamContent::Data(Part::Chunk(vec![0; 10]));
            assert!(take(&mut assembler, 2, StreamMessage::new(id, 1, part)).is_none());
        }
        assert_eq!(assembler.streams.len(), STREAMS_PER_PEER_MAX + 1);
        assert_eq!(take(&mut assembler, 1, honest.next().unwrap()).unwrap().body, body);
    }

    /// Wrong order, wrong counts, wrong bytes: each is a misfit, and the stream is forgotten.
    #[test]
    fn what_fits_no_stream_is_a_misfit() {
        let whole = messages(&body(CHUNK * 2));
        let (first, second) = (whole[0].clone(), whole[1].clone());
        let content = |message: &StreamMessage<Part>| message.content.as_data().cloned().unwrap();
        let at =
            |sequence, part| StreamMessage::new(first.stream_id.clone(), sequence, StreamContent::Data(part));
        let mut assembler = Assembler::default();
        let end = StreamMessage::new(first.stream_id.clone(), 2, StreamContent::Fin);
        assert!(refused(&mut assembler, end).contains("no end"));
        let long = StreamId::new(Bytes::from(vec![0; STREAM_ID_BYTES_MAX + 1]));
        let long = StreamMessage::new(long, 0, first.content.clone());
        assert!(refused(&mut assembler, long).contains("too long"));
        assert!(refused(&mut assembler, at(0, content(&second))).contains("not first"));
        assert!(refused(&mut assembler, at(1, content(&first))).contains("not first"));
        assert!(take(&mut assembler, 1, second.clone()).is_none());
        assert!(refused(&mut assembler, second.clone()).contains("twice"));
        assert!(take(&mut assembler, 1, at(u64::MAX, content(&second))).is_none());
        assert!(refused(&mut assembler, first.clone()).contains("announced"), "another part than announced");
        let Part::First(init, chunk) = content(&first) else { panic!("the first") };
        for (parts, bytes) in [(0, 0), (1, init.bytes), (1, u32::MAX)] {
            let other = Part::First(Init { parts, bytes, ..init.clone() }, chunk.clone());
            assert!(refused(&mut assembler, at(0, other)).contains("announced"), "{parts} {bytes}");
        }
        let never = Part::First(Init { parts: u32::MAX, ..init }, chunk);
        assert!(take(&mut assembler, 1, at(0, never)).is_none());
        for sequence in 1..=u64::try_from(PARTS_MAX).unwrap() {
            let more = assembler.take(vec![1], FromPeer::new(at(sequence, Part::Chunk(vec![0]))));
            assert_eq!(more.is_err(), sequence == u64::try_from(PARTS_MAX).unwrap(), "{sequence}");
        }
        assert!(assembler.streams.is_empty());
    }
}

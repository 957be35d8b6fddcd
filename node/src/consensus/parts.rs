//! Bodies as streams of parts: cut for sending, put together when received.
//!
//! **Invariant:** bounded in streams, in bytes and in time; an insider who opens streams and never ends them
//! costs a fixed amount of memory.

use std::collections::BTreeMap;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::key::{SecretKey, Signature};
use biaozheng_ledger::limits::BLOCK_BYTES_MAX;
use bytes::Bytes;
use malachite_app::streaming::{StreamContent, StreamId, StreamMessage};
use malachite_core_types::Round;

use super::context::{Address, Height, Init, Part};

/// Each part is a message of its own to every peer, and most bodies fit one. The engine's limit is twice this.
const CHUNK: usize = 256 * 1024;
/// Streams under way from all peers.
const STREAMS_MAX: usize = 64;

/// A body that arrived whole, with what its stream announced; the announcement's signature is not verified yet.
#[derive(Debug)]
pub(super) struct Assembled {
    pub(super) init: Init,
    pub(super) body: Bytes,
}

/// Who sends a body, and in which round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sender<'a> {
    pub(super) chain: ChainId,
    pub(super) key: &'a SecretKey,
    pub(super) height: Height,
    pub(super) round: Round,
    pub(super) valid_round: Round,
}

/// Cuts a body into the messages of one stream.
pub(super) fn cut(sender: &Sender<'_>, body: &Bytes, stream: u64) -> Vec<StreamMessage<Part>> {
    let mut chunks = body.chunks(CHUNK);
    let proposer = Address(sender.key.public());
    let mut init = Init {
        height: sender.height,
        round: sender.round,
        valid_round: sender.valid_round,
        proposer,
        bytes: u32::try_from(body.len()).unwrap_or(u32::MAX),
        parts: u32::try_from(chunks.len().max(1)).unwrap_or(u32::MAX),
        body: Digest::of(body),
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

/// Streams under way.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    streams: BTreeMap<(Vec<u8>, StreamId), Stream>,
    counter: u64,
}

impl Assembler {
    /// Takes a part of a publisher; gives the body when it is whole. Parts may come in any order.
    pub(super) fn take(&mut self, publisher: Vec<u8>, message: StreamMessage<Part>) -> Option<Assembled> {
        let StreamContent::Data(part) = message.content else { return None };
        let key = (publisher, message.stream_id);
        if !self.streams.contains_key(&key) && self.streams.len() >= STREAMS_MAX {
            let oldest =
                self.streams.iter().min_by_key(|(_, stream)| stream.opened).map(|(key, _)| key.clone());
            oldest.and_then(|oldest| self.streams.remove(&oldest));
        }
        self.counter = self.counter.saturating_add(1);
        let opened = self.counter;
        let stream =
            self.streams.entry(key.clone()).or_insert_with(|| Stream { opened, ..Stream::default() });
        stream.bytes = stream.bytes.saturating_add(part.chunk().len());
        let most = BLOCK_BYTES_MAX.div_ceil(CHUNK).saturating_add(1);
        let place_is_right = matches!(part, Part::First(..)) == (message.sequence == 0);
        if stream.bytes > BLOCK_BYTES_MAX || stream.parts.len() > most || !place_is_right {
            self.streams.remove(&key);
            return None;
        }
        stream.parts.insert(message.sequence, part);
        let Some(Part::First(init, _)) = stream.parts.get(&0) else { return None };
        let init = init.clone();
        if stream.parts.len() < usize::try_from(init.parts).ok()? {
            return None;
        }
        let (bytes, parts) = (usize::try_from(init.bytes).ok()?, u64::from(init.parts));
        let stream = self.streams.remove(&key)?;
        let mut body = Vec::with_capacity(bytes.min(BLOCK_BYTES_MAX));
        for (_, part) in stream.parts.range(..parts) {
            body.extend_from_slice(part.chunk());
        }
        let whole = body.len() == bytes && Digest::of(&body) == init.body;
        whole.then(|| Assembled { init, body: Bytes::from(body) })
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
        let sender =
            Sender { chain, key: &key, height: Height(3), round: Round::new(1), valid_round: Round::Nil };
        cut(&sender, body, 9)
    }

    #[test]
    fn bodies_come_together_in_any_order_and_the_rest_is_dropped() {
        for size in [0, 1, CHUNK, CHUNK + 1, CHUNK * 5 + 7] {
            let body = Bytes::from((0..size).map(|n| u8::try_from(n % 251).unwrap()).collect::<Vec<_>>());
            let mut all = messages(&body);
            all.reverse();
            let mut assembler = Assembler::default();
            let found: Vec<_> = all.into_iter().filter_map(|m| assembler.take(vec![1], m)).collect();
            assert_eq!(found.len(), 1, "{size}");
            assert_eq!(found[0].body, body);
            assert!(assembler.streams.is_empty());
        }
        let mut assembler = Assembler::default();
        for n in 0..10_000u64 {
            let id = StreamId::new(Bytes::from(n.to_be_bytes().to_vec()));
            let part = StreamContent::Data(Part::Chunk(vec![0; 10]));
            assert!(assembler.take(vec![1], StreamMessage::new(id, 1, part)).is_none());
        }
        assert_eq!(assembler.streams.len(), STREAMS_MAX);
    }
}

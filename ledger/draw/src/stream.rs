//! A stream of numbers from a digest, and unbiased choice from it.
//!
//! Block `i` (from 0) is `H("biaozheng/stream/v1", domain, seed, i)`: SHA-256 over length-prefixed fields, read as four
//! big-endian 64-bit words in order. **Invariant:** every word is used once, in order; a word that would favour small
//! results is thrown away, never folded in.

use biaozheng_ledger::digest::{Digest, FieldHasher};

/// Words of a SHA-256 counter stream.
#[derive(Clone, Debug)]
pub struct Stream {
    domain: String,
    seed: Digest,
    counter: u64,
    /// Words of the present block that are not used yet, the next one last.
    words: Vec<u64>,
}

impl Stream {
    /// A stream of its own for each domain and seed.
    #[must_use]
    pub fn new(domain: &str, seed: &Digest) -> Self {
        Self { domain: domain.to_owned(), seed: *seed, counter: 0, words: Vec::new() }
    }

    fn word(&mut self) -> u64 {
        loop {
            if let Some(word) = self.words.pop() {
                return word;
            }
            let block = FieldHasher::new("biaozheng/stream/v1")
                .field(self.domain.as_bytes())
                .digest(&self.seed)
                .number(self.counter)
                .finish();
            self.counter = self.counter.wrapping_add(1);
            let (words, _) = block.bytes().as_chunks::<8>();
            self.words = words.iter().rev().map(|word| u64::from_be_bytes(*word)).collect();
        }
    }

    /// A number from 0 to `bound` − 1, each as likely as any other; 0 without using a word when `bound` is below 2.
    ///
    /// A word `w` is used when `w < ⌊2^64 / bound⌋ × bound`, and gives `w mod bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound < 2 {
            return 0;
        }
        let whole = (1u128 << 64).checked_div(u128::from(bound)).unwrap_or(0);
        let limit = whole.saturating_mul(u128::from(bound));
        loop {
            let word = self.word();
            if u128::from(word) < limit {
                return word.checked_rem(bound).unwrap_or(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_digests_in_order() {
        let seed = Digest::of(b"seed");
        let mut stream = Stream::new("t", &seed);
        for counter in 0..3 {
            let block =
                FieldHasher::new("biaozheng/stream/v1").field(b"t").digest(&seed).number(counter).finish();
            for word in block.bytes().chunks(8) {
                assert_eq!(stream.word(), u64::from_be_bytes(word.try_into().unwrap()));
            }
        }
    }

    #[test]
    fn a_word_above_the_last_whole_multiple_is_thrown_away() {
        let mut stream = Stream::new("t", &Digest::of(b"seed"));
        // 2^63 + 1 fits once into 2^64: every word from there on must go.
        stream.words = vec![5, (1 << 63) + 1, u64::MAX];
        assert_eq!(stream.below((1 << 63) + 1), 5);
        stream.words = vec![7];
        assert_eq!((stream.below(1), stream.below(0), stream.words.len()), (0, 0, 1), "no choice, no word");
    }
}

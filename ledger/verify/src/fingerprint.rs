//! The short form of a chain id, for people to compare with print, a web page or another node.

use biaozheng_ledger::ids::ChainId;

/// Digits shown: 80 bits, so that nobody can search for a second chain with the same fingerprint.
const DIGITS: usize = 20;

/// The first twenty hexadecimal digits of the chain id in groups of four: `3f2a-91c0-77de-0b15-a4c8`.
#[must_use]
pub fn chain_fingerprint(chain: &ChainId) -> String {
    let mut out = String::new();
    for (place, digit) in chain.digest().hex().chars().take(DIGITS).enumerate() {
        if place > 0 && place.is_multiple_of(4) {
            out.push('-');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use biaozheng_ledger::digest::Digest;

    #[test]
    fn groups_of_four() {
        assert_eq!(chain_fingerprint(&ChainId::new(Digest::of(b"abc"))), "ba78-16bf-8f01-cfea-4141");
    }
}

//! Tokens admit one record each, name nobody, and are signed by no validator alone.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use biaozheng_ledger_scenes::sealed::*;
use biaozheng_seal::group::{PrivateShare, PublicPolynomial, Purpose, WrongPurpose, trusted_dealer};
use biaozheng_seal::limits::TOKEN_BYTES;
use biaozheng_seal::sealing::{SizeClass, seal_dummy};
use biaozheng_seal::tokens::*;

struct Issuers {
    group: TokenGroup,
    polynomial: PublicPolynomial,
    shares: Vec<PrivateShare>,
}

fn issuers(epoch: u32) -> Issuers {
    let number = u8::try_from(epoch).unwrap();
    let (polynomial, shares) = trusted_dealer::deal(&seed(number), Purpose::Tokens(epoch), 4).unwrap();
    let group = TokenGroup { chain: chain(), epoch, key: polynomial.group_key() };
    Issuers { group, polynomial, shares }
}

impl Issuers {
    fn sign(&self, shares: &[PrivateShare], request: &BlindRequest) -> Vec<BlindPartial> {
        let request = BlindRequest::from_bytes(&request.to_bytes()).unwrap();
        let sign = |share| sign_blindly(&self.group, share, &request).unwrap().to_bytes();
        shares.iter().map(|share| BlindPartial::from_bytes(&sign(share)).unwrap()).collect()
    }

    fn issue(&self, fresh: u8) -> UnspentToken {
        let pending = request_token(&self.group, &seed(fresh));
        let parts = self.sign(&self.shares[1..], pending.request());
        pending.finish(&self.group, &self.polynomial, &parts).unwrap()
    }
}

#[test]
fn a_token_admits_the_entry_it_was_spent_on_and_shows_when_it_is_spent_twice() {
    let (issuers, world) = (issuers(3), World::new());
    let class = SizeClass::new(0).unwrap();
    let (one, two) =
        (seal_dummy(&world.group, SLOT, class, &seed(1)), seal_dummy(&world.group, SLOT, class, &seed(2)));
    let token = issuers.issue(10);
    let (first, again) = (token.clone().spend(&one), token.spend(&two));
    let read = SpentToken::from_bytes(&first.to_bytes()).unwrap();
    assert_eq!(first.to_bytes().len(), TOKEN_BYTES);
    let nullifier = read.verify(&issuers.group, &one).unwrap();
    assert_eq!(again.verify(&issuers.group, &two), Ok(nullifier), "one token, one nullifier");
    assert_ne!(issuers.issue(11).spend(&two).verify(&issuers.group, &two), Ok(nullifier));
    // Who sees it under way cannot spend it on an entry of its own.
    assert_eq!(first.verify(&issuers.group, &two), Err(TokenError::OtherEntry));
    let mut bytes = first.to_bytes();
    bytes[89..].copy_from_slice(&again.to_bytes()[89..]);
    assert_eq!(
        SpentToken::from_bytes(&bytes).unwrap().verify(&issuers.group, &one),
        Err(TokenError::OtherEntry)
    );
}

#[test]
fn a_token_comes_back_from_its_seed_and_signature_alone() {
    let (issuers, world) = (issuers(3), World::new());
    let entry = seal_dummy(&world.group, SLOT, SizeClass::new(0).unwrap(), &seed(1));
    let token = issuers.issue(10);
    let signature = token.signature_bytes();
    let again = UnspentToken::restore(&issuers.group, &seed(10), &signature).unwrap();
    assert_eq!(again.spend(&entry).to_bytes(), token.spend(&entry).to_bytes());
    for (group, fresh) in [(issuers.group, 11), (self::issuers(4).group, 10)] {
        let other = UnspentToken::restore(&group, &seed(fresh), &signature);
        assert_eq!(other.unwrap_err(), TokenError::NotIssued);
    }
    let mut damaged = signature;
    damaged[47] ^= 1;
    assert!(UnspentToken::restore(&issuers.group, &seed(10), &damaged).is_err());
}

#[test]
fn tokens_of_another_epoch_or_of_too_few_validators_admit_nothing() {
    let (third, fourth, world) = (issuers(3), issuers(4), World::new());
    let entry = seal_dummy(&world.group, SLOT, SizeClass::new(0).unwrap(), &seed(1));
    let spent = third.issue(10).spend(&entry);
    assert_eq!(spent.verify(&fourth.group, &entry), Err(TokenError::OtherEpoch));
    let mut renamed = spent.to_bytes();
    renamed[8] = 4; // the epoch's last byte; its one-time key signed the other
    assert!(SpentToken::from_bytes(&renamed).unwrap().verify(&fourth.group, &entry).is_err());

    let pending = request_token(&third.group, &seed(12));
    let mut parts = third.sign(&third.shares, pending.request());
    let few = pending.clone().finish(&third.group, &third.polynomial, &parts[..2]).unwrap_err();
    assert_eq!(few, IssueError::TooFew { valid: 2, quorum: 3, faulty: vec![] });
    parts[0] = third.sign(&third.shares, request_token(&third.group, &seed(13)).request())[0];
    parts.truncate(3);
    let faulty = vec![third.shares[0].index()];
    let error = pending.finish(&third.group, &third.polynomial, &parts).unwrap_err();
    assert_eq!(error, IssueError::TooFew { valid: 2, quorum: 3, faulty });
}

#[test]
fn the_share_of_the_bids_signs_nothing_blindly() {
    let (issuers, world) = (issuers(3), World::new());
    let request = *request_token(&issuers.group, &seed(10)).request();
    let refused = sign_blindly(&issuers.group, &world.shares[0], &request);
    assert_eq!(refused, Err(WrongPurpose(Purpose::Sealing)));
}

/// For every request and every token there is one blinding that joins them, so a request tells nothing about a token.
/// What can be tested is that nothing of a token stands in what the signers saw, and that one token blinded twice looks
/// like two.
#[test]
fn nothing_the_signers_saw_stands_in_the_token() {
    let (issuers, world) = (issuers(3), World::new());
    let entry = seal_dummy(&world.group, SLOT, SizeClass::new(0).unwrap(), &seed(1));
    let pending = request_token(&issuers.group, &seed(10));
    let parts = issuers.sign(&issuers.shares, pending.request());
    let mut seen = pending.request().to_bytes().to_vec();
    parts.iter().for_each(|part| seen.extend(part.to_bytes()));
    let spent = pending.finish(&issuers.group, &issuers.polynomial, &parts).unwrap().spend(&entry).to_bytes();
    for window in spent[9..].windows(8) {
        assert!(!seen.windows(8).any(|other| other == window));
    }
}

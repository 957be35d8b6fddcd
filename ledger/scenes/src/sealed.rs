//! A chain with a group of four, a few bidders, and their seals.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, OrgId, ProjectId};
use biaozheng_ledger::key::SecretKey;
use biaozheng_seal::group::{
    GroupSignature, PrivateShare, PublicPolynomial, Purpose, recover, sign_partial, trusted_dealer,
};
use biaozheng_seal::label::{Label, Slot, TenderOpening};
use biaozheng_seal::sealing::{
    Bid, BidIdentity, LotId, OpeningProof, SealedEntry, SealingGroup, SlotKey, TenderKey, seal,
};
use biaozheng_seal::seed::Seed;

#[derive(Debug)]
pub struct World {
    pub group: SealingGroup,
    pub polynomial: PublicPolynomial,
    pub shares: Vec<PrivateShare>,
}

pub const SLOT: Slot = Slot::new(1_790_000_000);

pub fn chain() -> ChainId {
    ChainId::new(Digest::of(b"chain"))
}

pub fn seed(number: u8) -> Seed {
    Seed::new([number; 32])
}

pub fn bidder(number: u8) -> SecretKey {
    SecretKey::from_seed(&[number; 32])
}

pub fn tender(name: &str) -> TenderOpening {
    TenderOpening { tender: ProjectId::new(name).unwrap(), number: 1 }
}

pub fn bid(tender_name: &str, number: u8, sequence: u32, body: &[u8]) -> Bid {
    Bid {
        identity: BidIdentity {
            opening: tender(tender_name),
            lot: LotId::new("1").unwrap(),
            bidder: OrgId::new(&format!("BIDDER-{number}")).unwrap(),
            bidder_key: bidder(number).public(),
            sequence,
        },
        body: body.to_vec(),
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    pub fn new() -> Self {
        let (polynomial, shares) = trusted_dealer::deal(&seed(1), Purpose::Sealing, 4).unwrap();
        let group = SealingGroup { chain: chain(), key: polynomial.group_key() };
        Self { group, polynomial, shares }
    }

    pub fn sign(&self, label: &Label) -> GroupSignature {
        let parts: Vec<_> =
            self.shares[1..].iter().map(|share| sign_partial(share, label).unwrap()).collect();
        recover(&self.polynomial, label, &parts).unwrap().signature
    }

    pub fn slot_key(&self) -> SlotKey {
        SlotKey::new(&self.group, SLOT, self.sign(&Label::slot(&chain(), SLOT))).unwrap()
    }

    pub fn tender_key(&self, name: &str) -> TenderKey {
        let signature = self.sign(&Label::tender(&chain(), &tender(name)));
        TenderKey::new(&self.group, tender(name), signature).unwrap()
    }

    pub fn seal(&self, number: u8, bid: &Bid, fresh: u8) -> (SealedEntry, OpeningProof) {
        seal(&self.group, SLOT, bid, &bidder(number), &seed(fresh)).unwrap()
    }
}

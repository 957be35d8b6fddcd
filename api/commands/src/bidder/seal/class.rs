//! How large a withdrawal is: as large as the bid it withdraws. A smaller one would stand out before the slot is open.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::sealing::Envelope;
use biaozheng_ledger::ids::OrgId;
use biaozheng_seal::sealing::{OpeningProof, SizeClass};
use zeroize::Zeroizing;

use super::Seal;

const UNSAID: &str = "--withdraw needs --of NAME.proof, the opening proof that was made when the bid was sealed: the withdrawal \
    is made as large as that bid, so that nobody sees which entry withdraws 撤回须用 --of 指明原投标的开启证明. Where that proof \
    is lost give --class with the bid's size: 1024, 4096, 16384 or 32768 证明遗失时用 --class 指明大小";

impl Seal {
    /// Says what a withdrawal lacks before anything is asked.
    pub(super) fn check_size(&self) -> anyhow::Result<()> {
        ensure!(!self.withdraw || self.of.is_some() || self.class.is_some(), UNSAID);
        Ok(())
    }

    /// By `--of` or `--class`.
    pub(super) fn withdrawal_class(&self, org: &OrgId, envelope: &Envelope) -> anyhow::Result<SizeClass> {
        match (&self.of, self.class) {
            (Some(path), _) => {
                let about = || path.display().to_string();
                as_large_as(&read_proof(path).with_context(about)?, org, envelope).with_context(about)
            }
            (None, Some(bytes)) => named(bytes),
            (None, None) => bail!(UNSAID),
        }
    }
}

fn read_proof(path: &Path) -> anyhow::Result<OpeningProof> {
    Ok(OpeningProof::from_bytes(&Zeroizing::new(std::fs::read(path)?))?)
}

fn as_large_as(proof: &OpeningProof, org: &OrgId, envelope: &Envelope) -> anyhow::Result<SizeClass> {
    let bid = proof.identity();
    ensure!(proof.body().is_some(), "this is a withdrawal's own proof 该证明属于撤回而非投标");
    ensure!(
        bid.bidder == *org && bid.opening.tender == envelope.tender && bid.lot == envelope.lot,
        "the proof is of another bid: lot {} of {} by {} 不是同一投标",
        bid.lot.as_str(),
        bid.opening.tender,
        bid.bidder
    );
    ensure!(
        bid.sequence < envelope.sequence,
        "that bid has sequence {}: a withdrawal needs a higher one 须用更大的序号, give --sequence {}",
        bid.sequence,
        bid.sequence.saturating_add(1)
    );
    Ok(proof.class())
}

fn named(bytes: usize) -> anyhow::Result<SizeClass> {
    let all: Vec<String> = SizeClass::all().map(|class| class.padded_bytes().to_string()).collect();
    let found = SizeClass::all().find(|class| class.padded_bytes() == bytes);
    found.with_context(|| format!("--class is one of {}", all.join(", ")))
}

#[cfg(test)]
mod tests {
    use biaozheng_ledger::digest::Digest;
    use biaozheng_ledger::ids::{ChainId, ProjectId};
    use biaozheng_ledger::key::SecretKey;
    use biaozheng_seal::dkg::{self, Board, Ceremony, NodeSecret};
    use biaozheng_seal::group::Purpose;
    use biaozheng_seal::label::{Slot, TenderOpening};
    use biaozheng_seal::sealing::{Bid, BidIdentity, LotId, SealingGroup, seal, seal_withdrawal};
    use biaozheng_seal::seed::Seed;

    use super::*;

    fn group() -> SealingGroup {
        let chain = ChainId::new(Digest::of(b"chain"));
        let (node, seed) = (NodeSecret::from_seed(&Seed::new([1; 32])), Seed::new([2; 32]));
        let ceremony = Ceremony::first(&chain, Purpose::Sealing, 0, &[*node.member()]).unwrap();
        let mut board = Board::new(ceremony.clone());
        let deal = dkg::deal(&ceremony, &node, None, &seed).unwrap();
        board.enter_deal(deal.clone()).unwrap();
        board.advance();
        board.enter_acknowledgement(dkg::acknowledge(&ceremony, &node, &deal).unwrap()).unwrap();
        board.advance();
        board.enter_log(dkg::conclude(&board, &node, None, &seed).unwrap()).unwrap();
        board.advance();
        SealingGroup { chain, key: board.finalise().unwrap().group_key() }
    }

    fn envelope(sequence: u32, lot: &str) -> Envelope {
        let (tender, lot) = (ProjectId::new("P-1").unwrap(), LotId::new(lot).unwrap());
        Envelope { tender, lot, sequence, slot: Slot::new(9) }
    }

    #[test]
    fn a_withdrawal_looks_as_large_as_the_bid_it_withdraws() {
        let (group, key, seed) = (group(), SecretKey::from_seed(&[3; 32]), Seed::new([4; 32]));
        let org = OrgId::new("B1").unwrap();
        let identity = |sequence| BidIdentity {
            opening: TenderOpening { tender: ProjectId::new("P-1").unwrap(), number: 1 },
            lot: LotId::new("1").unwrap(),
            bidder: org.clone(),
            bidder_key: key.public(),
            sequence,
        };
        let bid = Bid { identity: identity(2), body: vec![b'x'; 9000] };
        let (entry, proof) = seal(&group, Slot::new(9), &bid, &key, &seed).unwrap();
        let class = as_large_as(&proof, &org, &envelope(3, "1")).unwrap();
        let (withdrawal, own) =
            seal_withdrawal(&group, Slot::new(9), &identity(3), class, &key, &Seed::new([5; 32])).unwrap();
        assert_eq!(withdrawal.to_bytes().len(), entry.to_bytes().len());
        assert_ne!(Some(class), SizeClass::of(1));
        // What is no earlier bid of this bidder for this lot is refused.
        assert!(as_large_as(&proof, &org, &envelope(2, "1")).is_err(), "the same sequence");
        assert!(as_large_as(&proof, &org, &envelope(3, "2")).is_err(), "another lot");
        assert!(as_large_as(&proof, &OrgId::new("B2").unwrap(), &envelope(3, "1")).is_err());
        assert!(as_large_as(&own, &org, &envelope(4, "1")).is_err(), "a withdrawal");
    }

    #[test]
    fn a_class_is_named_by_its_bytes() {
        assert_eq!(named(16_384).unwrap().number(), 2);
        assert!(named(1).unwrap_err().to_string().contains("1024, 4096, 16384, 32768"));
    }
}

//! Bonds that went back late, or not at all.
//!
//! **Invariant:** nothing before the opening: that somebody withdrew, and who, is told by none of it (招标投标法22).

use biaozheng_contracts::parameters;
use std::collections::{BTreeMap, BTreeSet};

use biaozheng_contracts::bidding::{bid, bond};
use biaozheng_ledger::ids::{OrgId, RecordId};
use biaozheng_ledger::json::from_value;

use super::Look;
use super::spans::{Mark, Span};

impl Look<'_> {
    /// One span for each bond. Who paid one shows when it goes back; until then the time after the contract counts.
    pub(super) fn bonds(&self) -> Vec<Span> {
        let opened = self.reading.opened || self.records("listing.closed/1").next().is_some();
        if !opened {
            return Vec::new();
        }
        let mut refunds: BTreeMap<RecordId, (OrgId, Mark)> = BTreeMap::new();
        for one in self.records("bond.refunded/1") {
            if let Ok(said) = from_value::<bond::Refunded>(&one.body) {
                refunds.entry(said.bond).or_insert_with(|| (said.payer, Mark::of(one)));
            }
        }
        let contracted = self.contracted().and_then(|place| self.process.records.get(place)).map(Mark::of);
        let withdrawn = self.withdrawn();
        let of = |received: RecordId| {
            let refund = refunds.get(&received);
            let end = refund.map(|(_, mark)| mark.clone());
            match refund.and_then(|(payer, _)| withdrawn.get(payer)) {
                Some(withdrawal) => {
                    Span::new(parameters::BOND_REFUND_ON_WITHDRAW.name, withdrawal.clone(), end)
                }
                None => self.after_contract(received, contracted.as_ref()?, end),
            }
        };
        self.records("bond.received/1").map(|one| one.id).filter_map(of).collect()
    }

    /// An unreturned bond is named by its receipt: two of them are two duties.
    fn after_contract(&self, received: RecordId, contracted: &Mark, end: Option<Mark>) -> Option<Span> {
        let start = match &end {
            Some(_) => contracted.clone(),
            None => Mark { record: received, ..contracted.clone() },
        };
        Span::new(parameters::BOND_REFUND_AFTER_CONTRACT.name, start, end)
    }

    /// Those of whom no bid stands any more, and their last withdrawal.
    fn withdrawn(&self) -> BTreeMap<OrgId, Mark> {
        let mut standing: BTreeSet<(OrgId, String, u8)> = BTreeSet::new();
        let mut last: BTreeMap<OrgId, Mark> = BTreeMap::new();
        for one in &self.process.records {
            match one.record_type.as_str() {
                "bid.sealed/1" => {
                    if let Ok(said) = from_value::<bid::Sealed>(&one.body) {
                        standing.insert((one.author.clone(), said.lot, said.number));
                    }
                }
                "bid.withdrawn/1" => {
                    if let Ok(said) = from_value::<bid::Withdrawn>(&one.body) {
                        standing.remove(&(one.author.clone(), said.lot, said.number));
                        last.insert(one.author.clone(), Mark::of(one));
                    }
                }
                _ => {}
            }
        }
        last.retain(|org, _| !standing.iter().any(|(bidder, ..)| bidder == org));
        last
    }
}

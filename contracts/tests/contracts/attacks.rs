//! Attacks on the opening, the fallback, the draw and the evidence that once held, each with what the chain says to it now.

mod binding;
mod evidence;
mod waiting;
mod windows;

use biaozheng_contracts::opening::completeness::EntryFate;
use biaozheng_contracts::shown;
use biaozheng_scenes::setting::project;
use biaozheng_scenes::threshold::Threshold;
use serde_json::Value;

const PRICES: [(&str, u64); 3] = [("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)];

pub(crate) fn three_bids(made: &mut Threshold) -> Vec<biaozheng_seal::sealing::OpeningProof> {
    PRICES.iter().map(|(bidder, price)| made.bid(bidder, *price, 1)).collect()
}

pub(crate) fn price_of(made: &Threshold, bidder: &str) -> Value {
    let shown = shown::project(&made.world.state, &project()).unwrap().unwrap();
    let bids = shown["lots"][0]["bids"].as_array().unwrap().clone();
    bids.into_iter().find(|bid| bid["bidder"] == bidder).map_or(Value::Null, |bid| bid["price"].clone())
}

pub(crate) fn late(made: &Threshold) -> Value {
    shown::project(&made.world.state, &project()).unwrap().unwrap()["late"].clone()
}

pub(crate) fn fates(made: &Threshold) -> Vec<EntryFate> {
    made.completeness().of_tender.into_iter().map(|(_, fate)| fate).collect()
}

//! Listings and prequalified tenders go in as the records of the demo's scenes and come out with lots, offers, award and
//! contract; before the closing or the opening they name nobody.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use biaozheng_ocds::{Process, Publication, compiled, release_package, releases, tables};
use biaozheng_scenes::auctions::publication;
use biaozheng_scenes::play;
use biaozheng_scenes::process::shown;
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

fn in_chinese() -> Publication {
    Publication { language: "zh".into(), ..publication() }
}

fn place(process: &Process, kind: &str) -> usize {
    process.records.iter().position(|one| one.record_type == kind).unwrap()
}

fn up_to(process: &Process, length: usize) -> Process {
    let mut shorter = process.clone();
    shorter.records.truncate(length);
    shorter
}

fn tags(process: &Process) -> Vec<String> {
    let all = releases(process, &publication()).unwrap();
    all.iter().map(|one| one["tag"][0].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_listing_is_exported_to_its_contract() {
    type Play = fn() -> World;
    let all: [(Play, &str, &str); 3] = [
        (play::land, "land_use_right", "国有建设用地使用权挂牌出让"),
        (play::mining, "mining_right", "矿业权挂牌出让"),
        (play::assets, "equity", "企业国有资产交易"),
    ];
    for (play, asset, title) in all {
        let process = shown(&play());
        let back = compiled(&process, &in_chinese()).unwrap().unwrap();
        let tender = &back["tender"];
        assert_eq!(
            (&tender["status"], &tender["procurementMethodDetails"]),
            (&json!("complete"), &json!(title))
        );
        assert_eq!(tender["procurementMethod"], "open");
        assert_eq!(tender["submissionMethod"], json!(["electronicAuction"]));
        assert_eq!(tender["listing"]["assetKind"], asset);
        assert_eq!(tender["minValue"], json!({"amount": 500_000_000, "currency": "CNY"}));
        assert_eq!(tender["lots"][0]["minimumValue"], tender["minValue"]);
        assert_eq!(
            (&tender["lots"][0]["status"], &tender["items"][0]["relatedLot"]),
            (&json!("complete"), &json!("1"))
        );
        assert_eq!((&tender["numberOfTenderers"], tender.get("value")), (&json!(2), None));
        assert_eq!(tender.get("mainProcurementCategory"), None, "nothing is bought");
        let bids = back["bids"]["details"].as_array().unwrap();
        assert_eq!(
            (&bids[0]["id"], &bids[0]["rank"], &bids[0]["status"]),
            (&json!("1-B2-1"), &json!(1), &json!("valid"))
        );
        assert_eq!(
            (&bids[1]["id"], bids[1].get("rank"), &bids[1]["status"]),
            (&json!("1-B1-1"), None, &json!("pending"))
        );
        assert_eq!(back["awards"][0]["suppliers"][0]["id"], "B2");
        assert_eq!(back["awards"][0]["relatedBid"], "1-B2-1");
        assert_eq!(back["awards"][0]["value"], json!({"amount": 501_000_000, "currency": "CNY"}));
        assert_eq!(back["contracts"][0]["awardID"], back["awards"][0]["id"]);
        assert_eq!(back["contracts"][0]["value"], back["awards"][0]["value"]);
        assert_eq!(
            tags(&process),
            // The bonds go back after the contract.
            ["planning", "tender", "tenderUpdate", "award", "awardUpdate", "contract", "contractUpdate"]
        );
        let [projects, lots, bids, awards, contracts] = tables([&process], &publication()).unwrap();
        assert_eq!([projects, lots, bids, awards, contracts].map(|table| table.rows.len()), [1, 1, 2, 1, 1]);
    }
}

/// The highest offer of the auction is of one whose penalty still holds.
#[test]
fn an_offer_that_is_passed_over_is_disqualified() {
    let process = shown(&play::auction());
    let back = compiled(&process, &publication()).unwrap().unwrap();
    let bids = back["bids"]["details"].as_array().unwrap();
    let line = |bid: &Value| (bid["tenderers"][0]["id"].clone(), bid["status"].clone());
    let lines: Vec<_> = bids.iter().map(line).collect();
    let wanted = [("B6", "disqualified"), ("B2", "valid"), ("B5", "pending")];
    assert_eq!(lines, wanted.map(|(bidder, status)| (json!(bidder), json!(status))));
    assert_eq!(back["tender"]["procurementMethodDetails"], "Auction");
    assert!(back["tender"]["listing"]["viewingPeriod"]["startDate"].is_string());
}

#[test]
fn nothing_tells_who_offers_before_the_closing() {
    let process = shown(&play::land());
    let closing = place(&process, "listing.closed/1");
    let mut numbers = 0;
    for length in 1..=closing {
        let text = release_package([&up_to(&process, length)], &publication()).unwrap().to_string();
        for told in ["\"B1\"", "\"B2\"", "N-1", "N-2", "listing.registered", "bond.received", "\"bids\""] {
            assert!(!text.contains(told), "{told} after {length} records");
        }
        let rows = tables([&up_to(&process, length)], &publication()).unwrap().map(|table| table.rows.len());
        numbers = numbers.max(rows[2]);
    }
    assert_eq!(numbers, 0);
    let text = release_package([&up_to(&process, closing + 1)], &publication()).unwrap().to_string();
    assert!(
        ["\"B1\"", "\"B2\"", "listing.registered", "bond.received"].iter().all(|told| text.contains(told))
    );
}

#[test]
fn a_listing_without_a_buyer_is_unsuccessful() {
    let mut process = shown(&play::assets());
    let closing = place(&process, "listing.closed/1");
    process.records.truncate(closing + 1);
    process.records[closing].body["lots"][0].as_object_mut().unwrap().remove("winner");
    let back = compiled(&process, &publication()).unwrap().unwrap();
    assert_eq!(
        (&back["tender"]["status"], &back["tender"]["lots"][0]["status"]),
        (&json!("unsuccessful"), &json!("unsuccessful"))
    );
    assert_eq!((back.get("bids"), back.get("awards")), (None, None));
}

#[test]
fn a_prequalification_is_exported_without_its_applicants() {
    let process = shown(&play::metro());
    let opening = place(&process, "bids.opened/1");
    for length in 1..=opening {
        let text = release_package([&up_to(&process, length)], &publication()).unwrap().to_string();
        for told in ["\"B1\"", "\"B2\"", "\"B3\"", "prequal.applied"] {
            assert!(!text.contains(told), "{told} after {length} records");
        }
    }
    let before =
        compiled(&up_to(&process, place(&process, "prequal.opened/1")), &in_chinese()).unwrap().unwrap();
    assert_eq!(
        (&before["tender"]["status"], &before["tender"]["prequalification"]["status"]),
        (&json!("planned"), &json!("active"))
    );
    assert_eq!(before["tender"]["prequalification"]["lots"][0].get("qualified"), None);
    let back = compiled(&process, &publication()).unwrap().unwrap();
    let shown = &back["tender"]["prequalification"];
    assert_eq!(
        (&shown["status"], &back["tender"]["procurementMethod"]),
        (&json!("complete"), &json!("selective"))
    );
    assert!(shown["lots"].as_array().unwrap().iter().all(|lot| lot["qualified"] == true));
    assert!(shown["openedDate"].is_string() && shown["applicationDeadline"].is_string());
    assert_eq!(tags(&process)[..5], ["planning", "tender", "tenderUpdate", "tenderUpdate", "tenderUpdate"]);
    assert!(back["contracts"].as_array().unwrap().len() > 1);
}

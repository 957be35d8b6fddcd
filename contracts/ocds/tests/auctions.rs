//! The 800 auctions go in as records and come out as the releases they were.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use biaozheng_scenes::auctions;
use std::collections::BTreeSet;

use biaozheng_ocds::{compiled, record_package, release_package, releases, tables};
use biaozheng_scenes::auctions::{amount, publication};
use serde_json::{Value, json};

type Line = (String, String, Option<u64>);

fn bids(release: &Value) -> BTreeSet<Line> {
    let details = release["bids"]["details"].as_array().unwrap();
    let line = |bid: &Value| {
        let tenderer = bid["tenderers"][0]["id"].as_str().unwrap().to_owned();
        (tenderer, bid["status"].as_str().unwrap().to_owned(), bid.get("value").map(amount))
    };
    let all: BTreeSet<Line> = details.iter().map(line).collect();
    assert_eq!(all.len(), details.len());
    all
}

fn awards(release: &Value) -> Vec<(Value, u64, Value, Value)> {
    let Some(awards) = release.get("awards") else { return Vec::new() };
    let bids = release["bids"]["details"].as_array().unwrap();
    let line = |award: &Value| {
        let bid = bids.iter().find(|bid| bid["id"] == award["relatedBid"]).unwrap();
        (
            award["suppliers"][0]["id"].clone(),
            amount(&award["value"]),
            award["status"].clone(),
            bid["tenderers"][0]["id"].clone(),
        )
    };
    awards.as_array().unwrap().iter().map(line).collect()
}

#[test]
fn every_auction_comes_back() {
    let (mut count, mut won) = (0, 0);
    for release in auctions::releases() {
        let back = compiled(&auctions::process(&release), &publication()).unwrap().unwrap();
        let ocid = &release["ocid"];
        assert_eq!((&back["ocid"], &back["tag"]), (ocid, &json!(["compiled"])));
        assert_eq!(bids(&back), bids(&release), "{ocid}");
        assert_eq!(awards(&back), awards(&release), "{ocid}");
        for field in ["title", "status", "procurementMethod", "mainProcurementCategory", "awardCriteria"] {
            assert_eq!(back["tender"][field], release["tender"][field], "{ocid} {field}");
        }
        // The standard counts parties; the data count a second bid of a party again.
        let tenderers: BTreeSet<String> = bids(&release).into_iter().map(|(tenderer, ..)| tenderer).collect();
        assert_eq!(back["tender"]["numberOfTenderers"], tenderers.len());
        assert_eq!(amount(&back["tender"]["value"]), amount(&release["tender"]["value"]));
        assert_eq!(back["buyer"], release["buyer"]);
        let parties = |release: &Value| {
            let parties = release["parties"].as_array().unwrap();
            parties
                .iter()
                .map(|one| (one["id"].to_string(), one["name"].to_string()))
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(parties(&back), parties(&release));
        let contracts = back.get("contracts").map_or(0, |contracts| contracts.as_array().unwrap().len());
        assert_eq!(contracts, awards(&release).len());
        count += bids(&back).len();
        won += contracts;
    }
    assert_eq!((count, won), (3543, 796));
}

#[test]
fn nothing_tells_of_bids_before_the_opening() {
    let release = auctions::releases().remove(3);
    let whole = auctions::process(&release);
    let opening = whole.records.iter().position(|record| record.record_type == "bids.opened/1").unwrap();
    let bidders: Vec<&str> = release["bids"]["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bid| bid["tenderers"][0]["id"].as_str().unwrap())
        .collect();
    assert_eq!(bidders.len(), 8);
    let published = {
        let mut process = whole.clone();
        process.records.truncate(2);
        record_package([&process], &publication()).unwrap()
    };
    for length in 3..=opening {
        let mut process = whole.clone();
        process.records.truncate(length);
        // Byte for byte what it was before the first bid.
        assert_eq!(record_package([&process], &publication()).unwrap(), published, "{length} records");
    }
    let mut process = whole.clone();
    process.records.truncate(opening + 1);
    let all = release_package([&process], &publication()).unwrap();
    let last = all["releases"].as_array().unwrap().last().unwrap();
    assert_eq!(last["bids"]["details"].as_array().unwrap().len(), 8);
    assert!(last["bids"]["details"].as_array().unwrap().iter().all(|bid| bid["status"] == "pending"));
    let earlier = serde_json::to_string(&all["releases"].as_array().unwrap()[..2]).unwrap();
    assert!(bidders.iter().all(|bidder| !earlier.contains(bidder)));
}

#[test]
fn too_few_bidders_stay_closed() {
    let release = auctions::releases().remove(3);
    let mut process = auctions::process(&release);
    let opening = process.records.iter().position(|record| record.record_type == "bids.opened/1").unwrap();
    process.records.truncate(opening + 1);
    process.rulebook = process.rulebook.replace("min_bidders = { value = 1", "min_bidders = { value = 9");
    let back = compiled(&process, &publication()).unwrap().unwrap();
    assert_eq!(back["tender"]["status"], "unsuccessful");
    assert_eq!(back["tender"]["lots"][0]["status"], "unsuccessful");
    assert_eq!(back.get("bids"), None);
    assert_eq!(back["tender"].get("numberOfTenderers"), None);
    assert!(!back.to_string().contains("bid."), "no bid's record is named");
    assert!(!back.to_string().contains("JP-TSU-3"), "no bidder is named");
}

#[test]
fn releases_follow_the_steps_and_carry_their_evidence() {
    let process = auctions::process(&auctions::releases().remove(3));
    let all = releases(&process, &publication()).unwrap();
    let tags: Vec<&str> = all.iter().map(|release| release["tag"][0].as_str().unwrap()).collect();
    assert_eq!(
        tags,
        [
            "planning",
            "tender",
            "tenderUpdate",
            "tenderUpdate",
            "tenderUpdate",
            "award",
            "contract",
            "contractUpdate"
        ]
    );
    let entries = |release: &Value| release["evidence"].as_array().unwrap().len();
    // The opening brings the eight seals and reveals to light; report and archive come after the last step.
    assert_eq!(all.iter().map(entries).collect::<Vec<_>>(), [1, 1, 17, 1, 1, 1, 1, 2]);
    let last = compiled(&process, &publication()).unwrap().unwrap();
    assert_eq!(entries(&last), process.records.len());
    // Who merges the releases has all that is compiled: the last one has the picture, and the evidence is in one of them.
    let after = all.last().unwrap();
    let sealed = process.records.last().unwrap();
    assert_eq!(
        (&after["date"], &after["evidence"][1]["recordType"]),
        (&last["date"], &json!("archive.sealed/1"))
    );
    assert_eq!(after["id"], format!("{}-{}", process.project, sealed.id.digest().hex()));
    let picture = |release: &Value| {
        let mut members = release.as_object().unwrap().clone();
        for name in ["id", "tag", "evidence"] {
            members.remove(name);
        }
        members
    };
    assert_eq!(picture(after), picture(&last));
    let merged: Vec<Value> = all.iter().flat_map(|one| one["evidence"].as_array().unwrap().clone()).collect();
    assert_eq!(Value::Array(merged), last["evidence"]);
    // Before the opening nothing tells that anything came: the bids' records have no release.
    for length in 2..=10 {
        let mut early = process.clone();
        early.records.truncate(length);
        assert_eq!(releases(&early, &publication()).unwrap().len(), 2, "{length}");
    }
    let (record, entry) = (&process.records[1], &all[1]["evidence"][0]);
    let id = record.id.to_string();
    assert_eq!(entry["id"], id.as_str());
    assert_eq!(entry["blockHeight"], record.height.get());
    assert_eq!(entry["certificate"]["url"], format!("https://node.example/v1/records/{id}/certificate"));
    assert_eq!(entry["certificate"]["digest"], record.certificate.unwrap().to_string());
    assert_eq!(entry["checkpointOrigin"], "node.example/biaozheng");
}

#[test]
fn tables_hold_what_the_data_hold() {
    let data = auctions::releases();
    let processes: Vec<_> = data.iter().map(auctions::process).collect();
    let all = tables(&processes, &publication()).unwrap();
    let rows = all.each_ref().map(|table| (table.name, table.rows.len()));
    let wanted = [("projects", 800), ("lots", 800), ("bids", 3543), ("awards", 796), ("contracts", 796)];
    assert_eq!(rows, wanted);
    for table in &all {
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.name);
        assert_eq!(
            csv::Reader::from_reader(table.csv().unwrap().as_bytes()).records().count(),
            table.rows.len()
        );
    }
    let sum = |table: &biaozheng_ocds::Table| -> u64 {
        let text = table.csv().unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let column = reader.headers().unwrap().iter().position(|name| name == "amount").unwrap();
        let amounts = reader.records().map(|record| record.unwrap()[column].to_owned());
        amounts.filter(|amount| !amount.is_empty()).map(|amount| amount.parse::<u64>().unwrap()).sum()
    };
    let bids = data.iter().flat_map(|release| release["bids"]["details"].as_array().unwrap());
    assert_eq!(sum(&all[2]), bids.filter_map(|bid| bid.get("value")).map(amount).sum::<u64>());
    let mut early = processes[3].clone();
    early.records.truncate(6);
    let [projects, lots, bids, ..] = tables([&early], &publication()).unwrap();
    assert_eq!(bids.rows.len(), 0);
    let seals = early.records[2..].iter().map(|record| record.id.to_string());
    let shown = format!("{}{}", projects.csv().unwrap(), lots.csv().unwrap());
    assert!(seals.into_iter().all(|id| !shown.contains(&id)), "no sealed bid is named");
}

/// A regulator annuls one auction at each of its steps; the tag says what that undid, the status that it came to nothing.
#[test]
fn an_annulled_tender_is_cancelled_with_what_it_had_led_to() {
    let release = auctions::releases().into_iter().find(|one| one["awards"].get(0).is_some()).unwrap();
    let whole = auctions::process(&release);
    for (after, tag) in [
        ("tender.published/1", "tenderCancellation"),
        ("evaluation.reported/1", "tenderCancellation"),
        ("award.notified/1", "awardCancellation"),
        ("contract.signed/1", "contractTermination"),
    ] {
        let last = whole.records.iter().position(|record| record.record_type == after).unwrap();
        let mut process = whole.clone();
        process.records.truncate(last + 1);
        let mut annulment = process.records[last].clone();
        annulment.record_type = "tender.annulled/1".into();
        annulment.body = json!({"article": "a", "reason": "b", "decision": annulment.certificate});
        process.records.push(annulment);
        let all = releases(&process, &publication()).unwrap();
        assert_eq!(all.last().unwrap()["tag"], json!([tag]), "{after}");
        let back = compiled(&process, &publication()).unwrap().unwrap();
        assert_eq!(
            (&back["tender"]["status"], &back["tender"]["lots"][0]["status"]),
            (&json!("cancelled"), &json!("cancelled"))
        );
        assert!(awards(&back).iter().all(|(.., status, _)| status == "cancelled"), "{after}");
        let contract = back["contracts"].get(0).map(|one| one["status"].clone());
        assert_eq!(contract, (after == "contract.signed/1").then(|| json!("terminated")), "{after}");
    }
}

#[test]
fn what_is_tendered_again_names_the_process_that_came_to_nothing() {
    let mut process = auctions::process(&auctions::releases()[0]);
    assert!(compiled(&process, &publication()).unwrap().unwrap().get("relatedProcesses").is_none());
    process.records[0].body["retender_of"] = json!("P-0");
    let mut publication = publication();
    publication.ocid_prefix = "ocds-x-".into();
    let related = compiled(&process, &publication).unwrap().unwrap()["relatedProcesses"].clone();
    let expected = json!([{
        "id": "P-0", "relationship": ["unsuccessfulProcess"], "scheme": "ocid", "identifier": "ocds-x-P-0",
    }]);
    assert_eq!(related, expected);
}

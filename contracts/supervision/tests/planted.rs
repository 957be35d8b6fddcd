//! One clean tender (synthetic), and beside it the same with one violation planted: exactly its rule is raised.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "../../ocds/tests/support/auctions.rs"]
mod auctions;
#[path = "support/tender.rs"]
mod tender;

use std::collections::{BTreeMap, BTreeSet};

use biaozheng_contracts::acts::traces::Trace;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ocds::{Process, compiled};
use biaozheng_supervision::red_flags::Calculator;
use biaozheng_supervision::{
    Alert, Finding, RULES, RulesError, SHIPPED_RULES, SupervisionRules, collusion, process, red_flag_findings,
};
use serde_json::Value;
use tender::{DAY, FILED, START, Tender, clean};

fn rules() -> SupervisionRules {
    SupervisionRules::parse(SHIPPED_RULES).unwrap()
}

/// Long after everything.
const NOW: TimeMs = TimeMs::new(START + 400 * DAY);

fn findings(tender: &Tender) -> Vec<Finding> {
    let process = tender.process();
    let mut all = process::check(&process, NOW).unwrap();
    all.extend(collusion::check(&process, &rules()).unwrap());
    all
}

/// Twelve clean tenders whose second-lowest bids are 5.0 to 6.1 % above the winner's.
fn population() -> Vec<Tender> {
    let with = |n: u64| {
        let mut tender = Tender { id: format!("P-{n}"), ..clean() };
        tender.bids[1].1 = 84_000_000 + n * 80_000;
        tender.bids[2].1 = 86_300_000;
        tender
    };
    (0..12).map(with).collect()
}

fn flag_findings(tenders: &[Tender]) -> Vec<Finding> {
    let mut calculator = Calculator::new(rules().red_flags().clone());
    let processes: Vec<Process> = tenders.iter().map(Tender::process).collect();
    for process in &processes {
        calculator.add(&compiled(process, &auctions::publication()).unwrap().unwrap()).unwrap();
    }
    let by_ocid = processes.iter().map(|process| (process.project.to_string(), process)).collect();
    red_flag_findings(&calculator.finish(), &by_ocid)
}

fn ids(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.rule).collect()
}

fn share(bidders: [&'static str; 2], trace: Trace) -> Tender {
    let mut tender = clean();
    let same = tender.traces[bidders[0]][trace.word()].clone();
    tender.traces.get_mut(bidders[1]).unwrap()[trace.word()] = same;
    tender
}

fn priced(prices: &[u64]) -> Tender {
    let bidders = ["B1", "B2", "B3", "B4", "B5", "B6"];
    Tender { bids: bidders.into_iter().zip(prices.iter().copied()).collect(), ..clean() }
}

#[test]
fn a_clean_tender_raises_nothing() {
    assert_eq!(findings(&clean()), []);
    assert_eq!(flag_findings(&population()), []);
}

#[test]
fn each_planted_violation_raises_exactly_its_rule() {
    let day = 86_400_000;
    let group = 3_600_000;
    // Working days: counted by the rulebook from the moment in question.
    let law = biaozheng_contracts::Rulebook::parse(tender::LAW).unwrap();
    let within = |parameter: &str, from: u64| law.due(parameter, TimeMs::new(from)).unwrap().get() - from;
    let accept = within("complaint_accept_max", FILED);
    let decide = within("complaint_decide_max", FILED + DAY);
    let on_the_spot = within("objection_opening_reply_max", FILED);
    let planted: Vec<(&str, Tender, Tender)> = vec![
        // rule, just outside, just inside
        (
            "timer.doc_sale_min",
            Tender { documents_days: 4, ..clean() },
            Tender { documents_days: 5, ..clean() },
        ),
        (
            "timer.bid_prep_min",
            Tender { bidding_days: 19, ..clean() },
            Tender { bidding_days: 20, ..clean() },
        ),
        (
            "timer.objection_reply_max",
            Tender { answered_after: Some(3 * day + 1), ..clean() },
            Tender { answered_after: Some(3 * day), ..clean() },
        ),
        ("timer.objection_reply_max", Tender { answered_after: None, ..clean() }, clean()),
        (
            "timer.objection_reply_max",
            Tender { opening_answered_after: on_the_spot + 1, ..clean() },
            Tender { opening_answered_after: on_the_spot, ..clean() },
        ),
        (
            "timer.reveal_window",
            Tender { opened_after: 2 * 3_600_000 + 1, ..clean() },
            Tender { opened_after: 2 * 3_600_000, ..clean() },
        ),
        (
            "timer.reveal_window",
            Tender { by_group: true, opened_after: group + 2 * 3_600_000 + 1, ..clean() },
            Tender { by_group: true, opened_after: group + 2 * 3_600_000, ..clean() },
        ),
        (
            "timer.publicity_start",
            Tender { publicised_after: 3 * day + 1, ..clean() },
            Tender { publicised_after: 3 * day, ..clean() },
        ),
        (
            "timer.publicity_min",
            Tender { awarded_after: 3 * day - 1, ..clean() },
            Tender { awarded_after: 3 * day, ..clean() },
        ),
        (
            "timer.contract_max",
            Tender { contract_after: Some(30 * day + 1), ..clean() },
            Tender { contract_after: Some(30 * day), ..clean() },
        ),
        ("timer.contract_max", Tender { contract_after: None, ..clean() }, clean()),
        (
            "timer.regulator_report_max",
            Tender { report_after: Some(15 * day + 1), ..clean() },
            Tender { report_after: Some(15 * day), ..clean() },
        ),
        ("timer.regulator_report_max", Tender { report_after: None, ..clean() }, clean()),
        (
            "timer.complaint_accept_max",
            Tender { complaint_accepted_after: Some(accept + 1), ..clean() },
            Tender { complaint_accepted_after: Some(accept), ..clean() },
        ),
        ("timer.complaint_accept_max", Tender { complaint_accepted_after: None, ..clean() }, clean()),
        (
            "timer.complaint_decide_max",
            Tender { complaint_decided_after: Some(decide + 1), ..clean() },
            Tender { complaint_decided_after: Some(decide), ..clean() },
        ),
        ("timer.complaint_decide_max", Tender { complaint_decided_after: None, ..clean() }, clean()),
        ("award.not_rank_1", Tender { awarded_rank: 1, ..clean() }, clean()),
        (
            "amendment.late",
            Tender { amended_day: Some(6), ..clean() },
            Tender { amended_day: Some(5), ..clean() },
        ),
        ("result.override", Tender { failed: true, ..clean() }, clean()),
        ("collusion.same_device", share(["B1", "B4"], Trace::Device), clean()),
        ("collusion.same_address", share(["B2", "B3"], Trace::Address), clean()),
        ("collusion.same_author", share(["B1", "B2"], Trace::Author), clean()),
        ("collusion.same_preparer", share(["B3", "B4"], Trace::Preparer), clean()),
        ("collusion.same_bond_account", share(["B1", "B5"], Trace::BondAccount), clean()),
        (
            "collusion.equal_steps",
            priced(&[80_000_000, 82_500_000, 85_000_000, 87_500_000, 91_000_000]),
            priced(&[80_000_000, 82_500_000, 85_000_000, 87_500_001, 91_000_000]),
        ),
        (
            "collusion.constant_ratio",
            // 3 % each, rounded to fen.
            priced(&[80_000_001, 82_400_001, 84_872_001, 87_418_161, 95_000_000]),
            priced(&[80_000_001, 82_400_001, 84_872_001, 87_418_061, 95_000_000]),
        ),
    ];
    let mut met = BTreeSet::new();
    for (rule, outside, inside) in &planted {
        assert_eq!(ids(&findings(outside)), [*rule]);
        assert_eq!(findings(inside), [], "just inside {rule}");
        met.insert(*rule);
    }
    let process_rules = RULES.iter().map(|rule| rule.id).filter(|id| !id.starts_with('R'));
    let unmet: Vec<_> = process_rules.filter(|id| !met.contains(id)).collect();
    assert!(unmet.is_empty(), "no test plants {unmet:?}");
}

/// A duty that an annulment came before is nobody's any more; one that was late by then stays late.
#[test]
fn an_annulment_ends_the_timers_that_still_run() {
    let tender = Tender { contract_after: None, report_after: None, ..clean() };
    let process = tender.process();
    let awarded = process.records.iter().find(|one| one.record_type == "award.notified/1").unwrap().clone();
    for (after, expected) in [
        (DAY, &[][..]),
        (20 * DAY, &["timer.regulator_report_max"][..]),
        (31 * DAY, &["timer.contract_max", "timer.regulator_report_max"][..]),
    ] {
        let mut process = process.clone();
        let mut annulled = awarded.clone();
        annulled.record_type = "tender.annulled/1".into();
        annulled.time = awarded.time.saturating_add(after);
        process.records.push(annulled);
        assert_eq!(ids(&process::check(&process, NOW).unwrap()), expected, "{after}");
    }
}

#[test]
fn red_flags_of_a_process_are_told_with_their_records() {
    let with = |edit: fn(&mut Tender)| {
        let mut tenders = population();
        edit(&mut tenders[3]);
        let all = flag_findings(&tenders);
        // With one buyer R038 compares it with itself; Cardinal's fixtures have more.
        all.into_iter().filter(|finding| finding.project.is_some()).collect::<Vec<_>>()
    };
    assert_eq!(with(|_| {}), []);
    type Edit = fn(&mut Tender);
    let planted: [(&str, Edit); 8] = [
        ("R003", |t| t.bidding_days = 14),
        ("R018", |t| (t.bids, t.bidders_min) = (vec![("B1", 80_000_000)], 1)),
        // No contract accepts such a bid: the records alone say so.
        ("R030", |t| t.late = Some("B1")),
        ("R024", |t| t.bids[1].1 = 80_100_000),
        ("R028", |t| t.bids[3].1 = t.bids[2].1),
        ("R035", |t| t.disqualified = vec!["B2", "B3", "B4", "B5"]),
        // The next two keep the usual distance.
        ("R036", |t| (t.bids[2].1, t.disqualified) = (t.bids[1].1 * 1055 / 1000, vec!["B1"])),
        ("R058", |t| t.bids[0].1 = 60_000_000),
    ];
    for (rule, edit) in planted {
        let found = with(edit);
        assert_eq!(ids(&found), [rule]);
        assert_eq!((found[0].project.as_ref().unwrap().as_str(), found[0].records.len()), ("P-3", 4));
    }
    let found = with(|t| t.disqualified = vec!["B2", "B3", "B4", "B5"]);
    assert_eq!(found[0].found, "4");
    assert_eq!(found[0].organisations.iter().map(|org| org.as_str()).collect::<Vec<_>>(), ["B1"]);
    let found = with(|t| t.bids[1].1 = 80_100_000);
    assert!(found[0].threshold.starts_with("lower_fence = 0.0"), "{}", found[0].threshold);
    assert_eq!(found[0].found, "0.00125");
}

/// Prices of a tender of the population, whoever they are of.
fn spread(names: [&'static str; 5], n: u64) -> Vec<(&'static str, u64)> {
    let prices = population()[usize::try_from(n % 12).unwrap()].bids.clone();
    names.into_iter().zip(prices).map(|(name, (_, price))| (name, price)).collect()
}

/// Tenders won so often by each bidder, by four buyers in turn.
fn won(wins: [(&'static str, u64); 5]) -> Vec<Tender> {
    let winners =
        wins.into_iter().flat_map(|(name, times)| std::iter::repeat_n(name, usize::try_from(times).unwrap()));
    let of = |(n, winner): (u64, &'static str)| {
        let mut names = ["B1", "B2", "B3", "B4", "B5"];
        let place = names.iter().position(|name| *name == winner).unwrap();
        names.swap(0, place);
        let tenderee = ["OWNER", "OWNER2", "OWNER3", "OWNER4"][usize::try_from(n % 4).unwrap()];
        Tender { id: format!("P-{n}"), tenderee, bids: spread(names, n), ..clean() }
    };
    (0u64..).zip(winners).map(of).collect()
}

#[test]
fn red_flags_across_processes_name_who_is_flagged() {
    let flagged = |tenders: &[Tender]| -> Vec<(&'static str, Vec<String>)> {
        let named = |one: Finding| (one.rule, one.organisations.iter().map(ToString::to_string).collect());
        flag_findings(tenders).into_iter().map(named).collect()
    };
    // R025: B5 wins nothing of what it won before.
    let usual = won([("B1", 5), ("B2", 4), ("B3", 3), ("B4", 3), ("B5", 2)]);
    assert_eq!(flagged(&usual), []);
    let losing = won([("B1", 5), ("B2", 4), ("B3", 4), ("B4", 4), ("B5", 0)]);
    assert_eq!(flagged(&losing), [("R025", vec!["B5".to_owned()])]);
    // R038: B5 is disqualified more often than not; no buyer stands out, as they disqualify to a rising degree.
    let mut disqualifying = usual.clone();
    for place in [1, 5, 2, 6, 10, 14, 3, 7, 11] {
        assert_eq!(disqualifying[place].bids[4].0, "B5");
        disqualifying[place].disqualified = vec!["B5"];
    }
    assert_eq!(flagged(&disqualifying), [("R038", vec!["B5".to_owned()])]);
}

/// Every red flag the regulator's rules have is planted above; R048 compares the classes of items, which no record has.
#[test]
fn no_red_flag_is_without_its_test() {
    let source = include_str!("planted.rs");
    let flags = RULES.iter().map(|rule| rule.id).filter(|id| id.starts_with('R') && *id != "R048");
    let unplanted: Vec<_> = flags.filter(|id| !source.contains(&format!("(\"{id}\", "))).collect();
    assert!(unplanted.is_empty(), "no test plants {unplanted:?}");
}

#[test]
fn the_own_bids_of_a_bidder_are_not_compared() {
    let mut tender = clean();
    // Three prices follow a pattern by chance; four are asked for.
    tender.bids = vec![("B1", 80_000_000), ("B2", 82_000_000), ("B3", 84_000_000), ("B4", 90_100_000)];
    assert_eq!(findings(&tender), []);
    let rules = rules();
    let mut process = tender.process();
    let reveal = process.records.iter().position(|record| record.record_type == "bids.opened/1").unwrap();
    process.records.truncate(reveal);
    let mut shared = share(["B1", "B4"], Trace::Device).process();
    assert_eq!(collusion::check(&shared, &rules).unwrap().len(), 1);
    let opening = shared.records.iter().position(|record| record.record_type == "bids.opened/1").unwrap();
    shared.records.truncate(opening);
    assert_eq!(collusion::check(&shared, &rules).unwrap(), [], "nothing before the opening");
}

#[test]
fn a_duty_that_is_not_over_is_no_finding() {
    let process = Tender { contract_after: None, report_after: None, ..clean() }.process();
    let award = process.records.last().unwrap().time.get();
    let at = |ms| ids(&process::check(&process, TimeMs::new(award + ms)).unwrap());
    assert_eq!(at(15 * DAY), [""; 0]);
    assert_eq!(at(15 * DAY + 1), ["timer.regulator_report_max"]);
    assert_eq!(at(30 * DAY + 1), ["timer.contract_max", "timer.regulator_report_max"]);
}

#[test]
fn an_alert_carries_everything_its_reader_needs() {
    let finding = findings(&share(["B1", "B4"], Trace::Device)).remove(0);
    let alert = Alert::of(finding.clone(), &rules(), NOW);
    assert_eq!(alert.project, finding.project);
    let body = alert.body;
    assert_eq!((body.records.len(), body.organisations.len()), (2, 2));
    assert_eq!(body.due_ms.get(), NOW.get() + 15 * DAY);
    assert_eq!(body.rules.digest.digest(), &Digest::of(SHIPPED_RULES.as_bytes()));
    assert_eq!(body.rules.version, 1);
    for part in ["Different bidders used the same device", "B1, B4", "2 bidders", "1 bidder", "条例40"] {
        assert!(body.text.contains(part), "{}", body.text);
    }
    assert!(body.text_zh.contains("不同投标人的投标文件由同一设备编制"), "{}", body.text_zh);
    let json = serde_json::to_value(&body).unwrap();
    assert_eq!(json["severity"], "high");
    assert_eq!(serde_json::from_value::<biaozheng_contracts::acts::alert::Raised>(json).unwrap(), body);
}

#[test]
fn rules_are_complete_or_refused() {
    let without = |line: &str| {
        let kept: Vec<&str> = SHIPPED_RULES.lines().filter(|one| !one.starts_with(line)).collect();
        assert!(kept.len() < SHIPPED_RULES.lines().count(), "{line}");
        SupervisionRules::parse(&kept.join("\n")).unwrap_err()
    };
    assert_eq!(without("R028"), RulesError::Missing("R028"));
    assert_eq!(without("regular_prices_min"), RulesError::Missing("regular_prices_min"));
    let with =
        |from: &str, to: &str| SupervisionRules::parse(&SHIPPED_RULES.replacen(from, to, 1)).unwrap_err();
    assert_eq!(with("R028 =", "R029 ="), RulesError::Unknown("R029".into()));
    assert_eq!(with("value = 4", "value = 3"), RulesError::Value("regular_prices_min"));
    assert_eq!(with("due_days = 10", "due_days = 0"), RulesError::Value("due_days"));
    assert!(matches!(with("\"low\"", "\"lowest\""), RulesError::Toml(_)));
}

#[test]
fn the_replay_raises_what_cardinal_raises_and_little_else() {
    let wanted: Value = {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/tsuchiura-800.cardinal.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let mut settings = rules().red_flags().clone();
    // The data have no start of the tender period and no items.
    (settings.r003, settings.r048) = (None, None);
    let mut calculator = Calculator::new(settings);
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for release in auctions::releases() {
        let process = auctions::process(&release);
        calculator.add(&compiled(&process, &auctions::publication()).unwrap().unwrap()).unwrap();
        let mut all = process::check(&process, NOW).unwrap();
        all.extend(collusion::check(&process, &rules()).unwrap());
        for finding in all {
            *counts.entry(finding.rule).or_default() += 1;
        }
    }
    let flags = serde_json::to_value(calculator.finish().results).unwrap();
    let keys = |value: &Value| -> BTreeSet<(String, String, String)> {
        let mut keys = BTreeSet::new();
        for (group, ids) in value.as_object().unwrap().iter().filter(|(group, _)| *group != "Meta") {
            for (id, values) in ids.as_object().unwrap() {
                keys.extend(
                    values.as_object().unwrap().keys().map(|one| (group.clone(), id.clone(), one.clone())),
                );
            }
        }
        keys
    };
    let (found, wanted) = (keys(&flags), keys(&wanted));
    // One tenderer with two bids counts as two in the data's numberOfTenderers; by the standard it is one party.
    let more: Vec<&str> = found.difference(&wanted).map(|(_, id, _)| id.as_str()).collect();
    assert_eq!(more, ["ocds-tsuchi-407", "ocds-tsuchi-439", "ocds-tsuchi-538"]);
    assert!(found.difference(&wanted).all(|(.., indicator)| indicator == "R018"));
    assert_eq!(wanted.difference(&found).count(), 0);
    // Four auctions ended without an award though bids were valid; prices rounded to 10,000 yen often fall into step.
    assert_eq!(counts, BTreeMap::from([("collusion.equal_steps", 20), ("result.override", 4)]));
}

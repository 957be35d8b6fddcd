//! Scores that need a reason, the report's signatures, and what may be corrected afterwards.

use biaozheng_contracts::evaluation::committee;
use biaozheng_scenes::bodies::{result_corrected, salt};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::{org, project};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

use super::scenes::*;
use super::table::*;

pub(crate) const ROWS: &[Row] = &[
    refused("outlier_z_hundredths", "evaluation.unexplained", far),
    refused("outlier_decisive", "evaluation.unexplained", decisive),
    refused("report_signed_above", "evaluation.unsigned", unsigned),
    refused("result_correction_grounds", "result.ground", correction),
];

/// Hundredths each of the five members gives to B1; every member gives B2 and B3 the same.
struct Points {
    first: [u64; 5],
    others: [u64; 2],
}

impl Points {
    fn sheet(&self, member: usize) -> String {
        let row = |bidder: &str, points: u64| json!({"lot": "1", "bid": {"bidder": bidder, "number": 1}, "criteria": {"tech": points}});
        let [second, third] = self.others;
        let rows = [row("B1", self.first[member]), row("B2", second), row("B3", third)];
        json!({"scores": rows}).to_string()
    }

    fn mean(&self) -> u64 {
        (self.first.iter().sum::<u64>() * 2 + 5) / 10
    }
}

/// The criterion counts in full: where the price must weigh, as much as that leaves.
fn weighted(book: &Book, body: &mut Value) {
    body["method"] = json!("weighted");
    body["criteria"] = json!([{"id": "tech", "weight_permille": 1000}]);
    if book.has("price_weight_services_min_permille") {
        // 政府采购: works have no least weight.
        body["procurement"] = json!("works");
    }
}

fn scored(book: &Book, points: &Points) -> World {
    let world = published_with(book, |body| weighted(book, body));
    let mut world = seat(book, open_with(book, world, BIDS, None));
    for n in 0..5 {
        let name = format!("M{}", n + 1);
        let sealed = committee::commitment(&project(), &org(&name), &[5; 32], &points.sheet(n)).to_string();
        world.ok(draft("scores.sealed/1", &name, json!({"commitment": sealed})).at(world.step));
    }
    for n in 0..5 {
        let body = json!({"sheet": points.sheet(n), "salt": salt(5)});
        world.ok(draft("scores.revealed/1", &format!("M{}", n + 1), body).at(world.step));
    }
    world
}

fn weighted_report(world: &World, points: &Points) -> Draft {
    let price = |bidder: &str| BIDS.iter().find(|(name, _)| *name == bidder).unwrap().1;
    let row = |bidder: &str, score: u64| json!({"bidder": bidder, "number": 1, "price": price(bidder), "score": score});
    let [second, third] = points.others;
    let rows = json!([row("B1", points.mean()), row("B2", second), row("B3", third)]);
    world.reported(rows).at(world.step)
}

/// One member at the farthest score whose z does not pass the threshold, and one hundredth beyond.
///
/// Median 8020 and MAD 10 hold for any last score above; z = 0.6745 · d / 10 > t / 100 where 6745 · d > 1000 · t.
fn far(book: &Book, outside: bool) -> (World, Draft) {
    let most = 1000 * book.number("outlier_z_hundredths") / 6745;
    let points =
        Points { first: [8000, 8010, 8020, 8030, 8020 + most + u64::from(outside)], others: [4000, 3000] };
    let world = scored(book, &points);
    let record = weighted_report(&world, &points);
    (world, record)
}

/// B1 leads by two hundredths; one score less of it leaves a lead of one, or with B2 one higher a draw.
fn decisive(book: &Book, outside: bool) -> (World, Draft) {
    let points = Points { first: [5004, 5002, 5000, 4998, 4996], others: [4998 + u64::from(outside), 3000] };
    let world = scored(book, &points);
    let record = weighted_report(&world, &points);
    (world, record)
}

fn unsigned(book: &Book, outside: bool) -> (World, Draft) {
    let world = seat(book, opened_under(book));
    let (part, whole) = book.ratio("report_signed_above");
    let signing = usize::try_from(5 * part / whole + 1).unwrap() - usize::from(outside);
    let mut record = report(book, &world, BIDS);
    // The centre signs first.
    record.by.truncate(1 + signing);
    let absent: Vec<String> = (signing + 1..=5).map(|n| format!("M{n}")).collect();
    record.body["unsigned"] = json!(absent);
    (world, record)
}

fn correction(book: &Book, outside: bool) -> (World, Draft) {
    let points = Points { first: [8000, 8010, 8020, 8030, 8040], others: [4000, 3000] };
    let mut world = scored(book, &points);
    let reported = weighted_report(&world, &points);
    world.step = Some(world.ok(reported));
    let right = Points { first: [8000, 8010, 8020, 8030, 8050], others: [4000, 3000] };
    let named = book.first_word("result_correction_grounds");
    let ground = if outside { "buyer_prefers" } else { named.as_str() };
    let mut record = weighted_report(&world, &right);
    record.kind = "result.corrected/1";
    record.body = result_corrected(ground, "M5", "B1", "tech", 8050, record.body);
    (world, record)
}

//! The other trading categories: each from publication to archive, and tables of refusals with their neighbours.

mod bonds;
mod invited;
mod listings;
mod prequal;
mod procurement;

use std::sync::LazyLock;

use biaozheng_contracts::bidding::bid;
use biaozheng_contracts::shown;
use biaozheng_contracts::{BidName, CODES_CATEGORIES, Procedure, Rulebook};
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ledger::payload::{Party, Payload, RecordType};
use biaozheng_scenes::bodies;
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::law::{law, undrawn};
use biaozheng_scenes::refusals::{forget, unmet};
use biaozheng_scenes::setting::{chain, key, org, project};
use biaozheng_scenes::tender::{archive, contract, sealed, text};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

// Under the shipped rulebooks committees are drawn: that is tests/evaluation.rs and tests/scenes.rs.
static METRO: LazyLock<String> = LazyLock::new(|| undrawn(bodies::METRO));
static INVITED: LazyLock<String> = LazyLock::new(|| undrawn(bodies::INVITED));
static PROCUREMENT: LazyLock<String> = LazyLock::new(|| undrawn(bodies::PROCUREMENT));

/// A world with one more rulebook in force and the project registered.
fn under(book: &str) -> World {
    let mut world = World::new();
    world.ok(draft("rulebook.published/1", "CITY", json!({"toml": book})));
    world.register();
    world
}

fn stage(world: &World) -> String {
    shown::project(&world.state, &project()).unwrap().unwrap()["stage"].as_str().unwrap().to_owned()
}

fn late(world: &World) -> Value {
    shown::project(&world.state, &project()).unwrap().unwrap()["late"].clone()
}

/// A sealed bid with its proof of admission.
fn sealed_in(bidder: &str, lot: &str, price: u64, admission: Value) -> Draft {
    let mut draft = sealed(bidder, Some(price), 1);
    let name = BidName { bidder: org(bidder), number: 1 };
    let commitment = bid::commitment(&project(), lot, &name, &[9; 32], &text(Some(price)));
    draft.body["lot"] = json!(lot);
    draft.body["commitment"] = json!(commitment.to_string());
    draft.body["admission"] = admission;
    draft
}

/// From the contract on every category goes the same way.
fn contract_to_archive(world: &mut World, winner: &str, price: u64) {
    world.step(contract(price, 0).also(winner));
    world.step(draft("supervision.reported/1", "OWNER", json!({"summary": "已按规定报告"})));
    let (records, history) = world.chained();
    world.step(archive(records, history));
    assert_eq!(stage(world), "archived");
}

/// Whether a record of this type may be shown now.
fn is_public(world: &World, kind: &str) -> bool {
    let payload = Payload {
        chain: chain(),
        record_type: RecordType::new(kind).unwrap(),
        author: Party { org: org("EAST"), key: key("EAST").public() },
        cosigners: vec![],
        project: Some(project()),
        previous: None,
        made_at_ms: TimeMs::new(world.now),
        tool: "test".into(),
        documents: vec![],
        body: json!({}),
    };
    shown::is_public(&world.state, &payload).unwrap()
}

/// A rulebook that promises what its procedure does not enforce, or half of what belongs together, is none.
#[test]
fn rulebooks_are_refused_with_the_parameter_that_is_wrong() {
    let extra = "clarify_lead = { value = \"1d\", article = \"a\", basis = \"centre\" }\n";
    let without = |book: &str, name: &str| -> String {
        book.lines().filter(|line| !line.starts_with(name)).map(|line| format!("{line}\n")).collect()
    };
    for (book, named) in [
        (bodies::LAND.replace("[parameter]\n", &format!("[parameter]\n{extra}")), "clarify_lead"),
        (without(bodies::LAND, "listing_notice_min"), "listing_notice_min"),
        (bodies::LAND.replace("[\"land_use_right\"]", "[]"), "asset_kinds"),
        (bodies::LAND.replace("[\"land_use_right\"]", "[\"moon\"]"), "asset_kinds"),
        (bodies::LAND.replace("[\"land_use_right\"]", "[\"goods\", \"goods\"]"), "asset_kinds"),
        (without(bodies::ASSETS, "notice_assets_above"), "notice_assets_above"),
        (bodies::ASSETS.replace("100_000_000", "-1"), "notice_assets_above"),
        (bodies::ASSETS.replace("1_000_000_000", "9_007_199_254_740_992"), "notice_assets_large_above"),
        (without(bodies::METRO, "prequal_clarify_lead"), "prequal_clarify_lead"),
        (without(bodies::INVITED, "invitation_grounds"), "invitation_grounds"),
        (without(bodies::INVITED, "invitees_min"), "invitees_min"),
    ] {
        let error = Rulebook::parse(&book).unwrap_err().to_string();
        assert!(error.contains(named), "{named}: {error}");
    }
    let law = law();
    let procedures = [
        (law.as_str(), Procedure::Open),
        (bodies::INVITED, Procedure::Invited),
        (bodies::AUCTION, Procedure::Listing),
    ];
    for (book, procedure) in procedures {
        assert_eq!(Rulebook::parse(book).unwrap().procedure(), procedure);
    }
}

#[test]
fn every_code_is_met() {
    forget();
    listings::rules();
    bonds::rules();
    procurement::rules();
    invited::rules();
    prequal::rules();
    let missed = unmet(CODES_CATEGORIES);
    assert!(missed.is_empty(), "no test meets {missed:?}");
}

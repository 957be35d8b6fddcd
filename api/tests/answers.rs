//! The answers' types against what the contracts really show: after every record of every scene of the demo.
//!
//! The same answers go through the JSON schemas in `tests/api/answers.py`; `BIAOZHENG_ANSWERS=FILE` writes them there.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout
)]

use std::collections::BTreeSet;
use std::fmt::Debug;

use biaozheng_api::schemas::Page;
use biaozheng_api::schemas::oversight::Timer;
use biaozheng_api::schemas::project::{
    BuildingModels, Complaint, Heads, Listing, OpenedBid, Project, ProjectLine,
};
use biaozheng_api::schemas::records::CertificateFormat;
use biaozheng_api::schemas::registry::{
    CreditEvent, Eligibility, Indicators, Licence, Participant, PublishedIndicators, Sitting, StepRatings,
};
use biaozheng_api::schemas::rules::{Calendar, RulebookLine, Tightening};
use biaozheng_api::schemas::sealing::Opening;
use biaozheng_api::schemas::search::SearchHit;
use biaozheng_api::schemas::words;
use biaozheng_contracts::BlockContext;
use biaozheng_contracts::bidding::eligible;
use biaozheng_contracts::opening::now;
use biaozheng_contracts::oversight::timers;
use biaozheng_contracts::project::{complaints, search};
use biaozheng_contracts::rulebook::books;
use biaozheng_contracts::{archive, bidding, listing, opening, oversight, parties, project, rulebook, shown};
use biaozheng_ledger::ids::{Height, TimeMs};
use biaozheng_scenes::memory::Memory;
use biaozheng_scenes::play;
use biaozheng_scenes::setting::{chain, project};
use biaozheng_scenes::world::World;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use std::io::Write as _;

/// Distinct answers by the name of their schema.
#[derive(Default)]
struct Answers {
    scene: &'static str,
    seen: BTreeSet<(&'static str, String)>,
}

impl Answers {
    fn hold<T: DeserializeOwned>(&mut self, schema: &'static str, answer: impl Serialize) {
        let answer = serde_json::to_value(answer).unwrap();
        if let Err(error) = serde_json::from_value::<T>(answer.clone()) {
            panic!("{}: {schema}: {error}: {answer:#}", self.scene);
        }
        self.seen.insert((schema, answer.to_string()));
    }

    fn count(&self, schema: &str) -> usize {
        self.seen.iter().filter(|(name, _)| *name == schema).count()
    }
}

fn rows<T>(paged: Vec<(T, Value)>) -> Vec<Value> {
    paged.into_iter().map(|(_, row)| row).collect()
}

/// Everything the contracts show of a world.
fn look(answers: &mut Answers, state: &Memory, now: TimeMs) {
    let id = &project();
    if let Some(shown) = shown::project(state, id).unwrap() {
        answers.hold::<Project>("Project", shown);
    }
    if let Some(heads) = project::view::heads(state, id).unwrap() {
        answers.hold::<Heads>("Heads", heads);
    }
    for (_, line) in project::view::projects(state, None, 9).unwrap() {
        answers.hold::<ProjectLine>("ProjectLine", line);
    }
    let page = |items: Vec<Value>| json!({"items": items, "next": null});
    answers.hold::<Page<Complaint>>("Page_Complaint", page(complaints::complaints(state, id).unwrap()));
    answers.hold::<Page<Timer>>("Page_Timer", page(timers::timers(state, None, 9, now).unwrap().0));
    answers.hold::<Page<Sitting>>(
        "Page_Sitting",
        page(rows(oversight::view::sittings(state, id, None, 9).unwrap())),
    );
    let hits = search::searched(state, None, 1000).unwrap().into_iter().map(|row| row.hit).collect();
    answers.hold::<Page<SearchHit>>("Page_SearchHit", page(hits));
    let block = BlockContext { chain: chain(), height: Height::new(1), time: now };
    if let Some(due) = now::opening_now(state, &block, id).unwrap() {
        answers.hold::<Opening>("Opening", due);
    }
    let opened = rows(opening::view::opened_bids(state, id, None, 50).unwrap());
    answers.hold::<Page<OpenedBid>>("Page_OpenedBid", page(opened));
    if let Some(listing) = listing::view::listing(state, id).unwrap() {
        answers.hold::<Listing>("Listing", listing);
    }
    if let Some(models) = bidding::view::models(state, id).unwrap() {
        answers.hold::<BuildingModels>("BuildingModels", models);
    }
    answers.hold::<Eligibility>("Eligibility", eligible::eligibility(state, id).unwrap());
    answers.hold::<Page<StepRatings>>("Page_StepRatings", page(oversight::view::ratings(state, id).unwrap()));
    for (org, one) in parties::view::participants(state, None, 200).unwrap() {
        answers.hold::<Participant>("Participant", one);
        let credit = parties::view::credit(state, &org, now).unwrap();
        for event in credit["events"].as_array().unwrap() {
            answers.hold::<CreditEvent>("CreditEvent", event);
        }
        answers
            .hold::<Page<Licence>>("Page_Licence", page(parties::view::licences(state, &org, now).unwrap()));
    }
    answers.hold::<Page<RulebookLine>>("Page_RulebookLine", page(books::rulebooks(state).unwrap()));
    answers.hold::<Page<Tightening>>("Page_Tightening", page(rulebook::view::tightenings(state).unwrap()));
    answers.hold::<Page<Calendar>>("Page_Calendar", page(rulebook::view::calendars(state).unwrap()));
    let published = rows(archive::view::published_indicators(state, None, 9).unwrap());
    answers.hold::<Page<PublishedIndicators>>("Page_PublishedIndicators", page(published));
    let from = TimeMs::new(0);
    if let Some(found) = archive::view::indicators(state, None, from, TimeMs::MAX).unwrap() {
        answers.hold::<Indicators>("Indicators", found);
    }
}

/// The scene's records again, one by one, from the genesis of its world; every view after each.
fn replay(answers: &mut Answers, name: &'static str, played: &World) {
    answers.scene = name;
    let mut world = World::under(played.book.clone());
    let known = world.log.len();
    for (record, height, time) in played.log.iter().skip(known) {
        (world.height, world.now) = (height.get() - 1, time.get());
        world.submit(record.clone()).unwrap();
        look(answers, &world.state, *time);
    }
    assert_eq!(world.state.0, played.state.0, "{name}: the replay must end where the scene did");
}

#[test]
fn the_types_hold_for_every_moment_of_every_scene() {
    let mut answers = Answers::default();
    for (name, play) in play::ALL {
        replay(&mut answers, name, &play());
    }
    for schema in ["Project", "Listing", "BuildingModels", "Page_Complaint", "Page_Sitting", "CreditEvent"] {
        assert!(answers.count(schema) > 1, "no scene shows a {schema}");
    }
    if let Ok(path) = std::env::var("BIAOZHENG_ANSWERS") {
        let mut file = std::fs::File::create(path).unwrap();
        for (schema, answer) in &answers.seen {
            writeln!(file, "{{\"schema\":\"{schema}\",\"answer\":{answer}}}").unwrap();
        }
    }
    println!("{} distinct answers", answers.seen.len());
}

fn same<Ours: Serialize + Debug, Theirs: Serialize>(all: Vec<(Ours, Theirs)>) {
    for (ours, theirs) in all {
        let (ours, theirs) = (serde_json::to_value(&ours).unwrap(), serde_json::to_value(&theirs).unwrap());
        assert_eq!(ours, theirs);
    }
}

#[test]
fn words_are_spelt_as_the_contracts_spell_them() {
    same(words::Stage::all());
    same(words::Method::all());
    same(words::Role::all());
    same(words::KeyPurpose::all());
    same(words::KeyRevocationReason::all());
    same(words::AlertSeverity::all());
    same(words::AlertDisposition::all());
    same(words::CreditKind::all());
    same(words::CreditSeverity::all());
    same(words::LicenceStatus::all());
    same(words::AssetKind::all());
    same(words::ComplaintMatter::all());
    same(words::ComplaintOutcome::all());
    same(words::PaperStep::all());
    same(words::VerificationStep::all());
    same(words::Dating::all());
    assert!(serde_json::from_value::<CertificateFormat>(json!(CertificateFormat::TEXT)).is_ok());
}

/// A schema that took anything would hold for everything.
#[test]
fn the_types_are_closed() {
    let shown = shown::project(&play::land().state, &project()).unwrap().unwrap();
    let refused = |change: fn(&mut Value)| {
        let mut other = shown.clone();
        change(&mut other);
        serde_json::from_value::<Project>(other).unwrap_err().to_string()
    };
    assert!(refused(|one| one["bidders"] = json!(3)).contains("unknown field"));
    assert!(refused(|one| one["stage"] = json!("begun")).contains("unknown variant"));
    assert!(refused(|one| one["lots"][0]["secret"] = json!(1)).contains("unknown field"));
    assert!(refused(|one| one["deadline_ms"] = json!("1")).contains("invalid type"));
}

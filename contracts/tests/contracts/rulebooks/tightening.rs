//! A district only tightens: whatever it loosens is refused by name, and what it tightened holds for its own projects.

use biaozheng_contracts::{Rulebook, Tightening, TighteningError};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::law::{REPLAY, law};
use biaozheng_scenes::setting::{day, project};
use biaozheng_scenes::tender::{award, candidates, contract, ranked, registered};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

use super::{SHIPPED, shown};
use biaozheng_contracts::{project, rulebook};

use proptest::prelude::*;

/// A district's text against a rulebook.
fn text(book: &str, version: u32, parameters: &[(String, String)]) -> String {
    of_centre("EAST", book, version, parameters)
}

fn of_centre(centre: &str, book: &str, version: u32, parameters: &[(String, String)]) -> String {
    let category = Rulebook::parse(book).unwrap().category().to_owned();
    let mut out = format!(
        "category = \"{category}\"\ncentre = \"{centre}\"\nversion = {version}\nbase = \"{}\"\n\
         title = \"East district\"\ntitle_zh = \"东区\"\n\n[parameter]\n",
        Rulebook::digest(book)
    );
    for (name, value) in parameters {
        out.push_str(&format!(
            "{name} = {{ value = {value}, article = \"东区规则\", basis = \"centre\" }}\n"
        ));
    }
    out
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Parameters that no district may set, as docs/rulebook.md lists them.
const FIXED: &[&str] = &[
    "objection_docs_before",
    "objection_prequal_before",
    "objection_raise_max",
    "objection_opening_window",
    // Their ends start the complainant's time.
    "objection_reply_max",
    "objection_opening_reply_max",
    "complaint_window",
    "complaint_suspend_max",
    "reveal_window",
    "sealing_signature_window",
    "randomness_window",
    "extension_window",
    "eval_extend_above",
    "tie_break",
    "unopened_bid",
];

/// Whether more is stricter, told by the names alone and by what is said of the few others.
fn rises(name: &str) -> bool {
    match name {
        "clarify_lead" | "min_bidders" | "report_signed_above" => true,
        "publicity_start"
        | "outlier_z_hundredths"
        | "bond_refund_on_withdraw"
        | "bond_refund_after_contract" => false,
        "notice_assets_above" | "notice_assets_large_above" => false,
        "mandatory_scale_works" | "mandatory_scale_goods" | "mandatory_scale_services" => false,
        _ if name.contains("_min") => true,
        _ if name.contains("_max") || name.contains("_lead") => name.contains("_lead"),
        _ => panic!("{name}: neither"),
    }
}

/// A stricter and a looser value of a parameter by a step; none where the value is at the end of its range.
fn neighbours(name: &str, value: &str, step: u64) -> (Option<String>, Option<String>) {
    let ends = |up: Option<String>, down: Option<String>| if rises(name) { (up, down) } else { (down, up) };
    if let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        if let Some((part, whole)) = inner.split_once('/') {
            let (part, whole): (u64, u64) = (part.parse().unwrap(), whole.parse().unwrap());
            // Both sides of the share on a finer scale.
            let scale = 1000 / whole;
            let share = |part: u64| Some(format!("\"{part}/{}\"", whole * scale));
            let most = (part * scale + step.min(9)).min(whole * scale);
            return ends(share(most), share((part * scale).saturating_sub(step.min(9)).max(1)));
        }
        let unit = inner.trim_start_matches(|c: char| c.is_ascii_digit());
        let number: u64 = inner[..inner.len() - unit.len()].parse().unwrap();
        let written = |number: u64| format!("\"{number}{unit}\"");
        return ends(Some(written(number + step)), number.checked_sub(step).map(written));
    }
    match value {
        // The stricter is the one the rulebook's text would have: true, save for a hidden reserve.
        "true" if name == "listing_reserve_hidden" => (Some("false".into()), None),
        "false" if name == "listing_reserve_hidden" => (None, Some("true".into())),
        "true" => (None, Some("false".into())),
        "false" => (Some("true".into()), None),
        list if list.starts_with('[') => {
            let words: Vec<&str> = list.trim_matches(['[', ']']).split(", ").collect();
            let fewer = (words.len() > 1).then(|| format!("[{}]", words[1..].join(", ")));
            let every = match name {
                "asset_kinds" => "land_use_right mining_right equity assets capital_increase goods",
                "invitation_grounds" => "few_bidders cost_share",
                "recusal_grounds" => {
                    "same_employer equity_or_management near_relative earlier_punishment supervising_authority"
                }
                _ => "summation_error out_of_range objective_differs abnormal_score",
            };
            let other = every.split(' ').find(|word| !list.contains(&format!("\"{word}\"")));
            let more = other.map(|word| format!("[{}, \"{word}\"]", words.join(", ")));
            // Grounds that keep an expert out: a district may add to them.
            if name == "recusal_grounds" { (more, fewer) } else { (fewer, more) }
        }
        number => {
            let number: u64 = number.parse().unwrap();
            // What a procedure still can keep: docs/rulebook.md.
            let (least, most) = match name {
                "committee_min" => (0, 31),
                // Together at most 16.
                "randomness_centres_min" | "randomness_regulators_min" => (0, 8),
                "candidates_max" | "bids_per_bidder_max" => (1, 1_000_000),
                _ if name.ends_with("_permille") => (0, 1000),
                _ => (0, 9_007_199_254_740_991),
            };
            let up = (number + step <= most).then(|| (number + step).to_string());
            let down = number.checked_sub(step).filter(|less| *less >= least);
            ends(up, down.map(|less| less.to_string()))
        }
    }
}

fn judged(book: &Rulebook, district: &str) -> Result<usize, TighteningError> {
    book.judge(&Tightening::parse(district).unwrap()).map(|all| all.iter().filter(|one| one.stricter).count())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Any set of tightened values is accepted; one loosened among them is refused by name; so is one no district sets.
    #[test]
    fn tightened_values_are_accepted_and_each_loosened_one_is_named(step in 1u64..40, chosen in any::<u64>()) {
        for text_of_book in SHIPPED {
            let book = Rulebook::parse(text_of_book).unwrap();
            let names: Vec<String> = book.parameters().map(str::to_owned).collect();
            let (mut tighter, mut looser) = (Vec::new(), Vec::new());
            for (place, name) in names.iter().enumerate() {
                let value = book.text(name);
                if FIXED.contains(&name.as_str()) {
                    let one = text(text_of_book, 1, &[(name.clone(), value)]);
                    prop_assert_eq!(judged(&book, &one), Err(TighteningError::Fixed(name.clone())));
                    continue;
                }
                let (strict, loose) = neighbours(name, &value, step);
                if let Some(strict) = strict {
                    let one = text(text_of_book, 1, &[(name.clone(), strict.clone())]);
                    // A least bond above the greatest leaves no bond at all.
                    prop_assert_eq!(judged(&book, &one), Ok(1), "{} {}", name, strict);
                    if chosen >> (place % 64) & 1 == 1 {
                        tighter.push((name.clone(), strict));
                    }
                }
                looser.extend(loose.map(|loose| (name.clone(), loose)));
            }
            let all = tighter.len();
            prop_assert_eq!(judged(&book, &text(text_of_book, 1, &tighter)), Ok(all));
            for (name, loose) in looser {
                let mut values = tighter.clone();
                values.retain(|(other, _)| *other != name);
                values.push((name.clone(), loose.clone()));
                match judged(&book, &text(text_of_book, 1, &values)) {
                    Err(TighteningError::Looser { parameter, .. }) => prop_assert_eq!(parameter, name),
                    other => prop_assert!(false, "{name} {loose}: {other:?}"),
                }
            }
        }
    }
}

#[test]
fn days_and_working_days_are_compared_where_one_is_surely_longer() {
    let law = law();
    let book = Rulebook::parse(&law).unwrap();
    let one = |name: &str, value: &str| judged(&book, &text(&law, 1, &owned(&[(name, value)])));
    // A minimum of 20 d, a maximum of 3 wd.
    assert_eq!(one("bid_prep_min", "\"20wd\""), Ok(1), "20 working days are never shorter than 20 days");
    assert!(one("bid_prep_min", "\"19wd\"").is_err());
    assert_eq!(one("complaint_accept_max", "\"3d\""), Ok(1));
    assert!(one("complaint_accept_max", "\"4d\"").is_err());
    assert_eq!(one("bid_prep_min", "\"480h\""), Ok(0), "the same said otherwise");
    assert_eq!(
        one("expert_share_min_permille", "1001"),
        Err(TighteningError::Impossible("expert_share_min_permille".into()))
    );
}

/// Stricter in its direction, and nobody could keep it: neither a district's nor a city's text may say so.
#[test]
fn a_value_no_procedure_can_keep_is_refused() {
    let law = law();
    let book = Rulebook::parse(&law).unwrap();
    let replaced = |name: &str, value: &str| {
        let head = format!("{name} = {{ value = ");
        let line = law.lines().find(|line| line.starts_with(&head)).unwrap();
        let rest = &line[line.find(", article").unwrap()..];
        Rulebook::parse(&law.replace(line, &format!("{head}{value}{rest}")))
    };
    for (name, fits, over) in [
        ("candidates_max", "1", "0"),
        ("committee_min", "31", "32"),
        ("randomness_centres_min", "15", "16"),
        ("min_bidders", "2000", "2001"),
        ("expert_share_min_permille", "1000", "1001"),
    ] {
        let one = |value: &str| judged(&book, &text(&law, 1, &owned(&[(name, value)])));
        assert_eq!(one(fits), Ok(1), "{name}");
        assert_eq!(one(over), Err(TighteningError::Impossible(name.into())));
        assert!(replaced(name, fits).is_ok(), "{name}");
        let refused = replaced(name, over).unwrap_err().to_string();
        assert!(refused.contains(&format!("'{name}' leaves no value")), "{refused}");
    }
    let none = judged(&book, &text(&law, 1, &owned(&[("bids_per_bidder_max", "0")])));
    assert_eq!(none, Err(TighteningError::Impossible("bids_per_bidder_max".into())));
    // A draw that must be and cannot be.
    let draws = ["randomness_centres_min", "randomness_regulators_min", "randomness_window"];
    let kept = law[..law.find("[step]").unwrap()].lines();
    let kept = kept.filter(|line| !draws.iter().any(|name| line.starts_with(&format!("{name} = "))));
    let without: String = kept.map(|line| format!("{line}\n")).collect();
    let drawn = |flag: bool| {
        let (yes, no) = ("committee_by_draw = { value = true", "committee_by_draw = { value = false");
        if flag { without.replace(no, yes) } else { without.replace(yes, no) }
    };
    assert!(Rulebook::parse(&drawn(true)).unwrap_err().to_string().contains("'committee_by_draw'"));
    let undrawn = drawn(false);
    let city = Rulebook::parse(&undrawn).unwrap();
    let demanded = judged(&city, &text(&undrawn, 1, &owned(&[("committee_by_draw", "true")])));
    assert_eq!(demanded, Err(TighteningError::Impossible("committee_by_draw".into())));
}

fn publish(by: &str, toml: String) -> Draft {
    draft("rulebook.tightened/1", by, json!({"toml": toml}))
}

const EAST: &[(&str, &str)] = &[("perf_bond_max_permille", "50"), ("publicity_min", "\"5d\"")];

fn pinning(world: &World, tightening: Option<&str>) -> Value {
    let mut body = world.published();
    if let Some(text) = tightening {
        body["tightening"] = json!(Rulebook::digest(text).to_string());
    }
    body
}

pub(crate) fn rules() {
    let law = law();
    let mut world = World::new();
    let east = text(&law, 1, &owned(EAST));
    // Who, for whom, against what, in which order.
    world.refused(publish("CITY", east.clone()), "participant.role");
    world.refused(publish("OWNER", east.clone()), "participant.role");
    world.refused(publish("EAST", of_centre("WEST", &law, 1, &owned(EAST))), "tightening.centre");
    world.refused(publish("EAST", text(&law, 2, &owned(EAST))), "tightening.version");
    world.refused(publish("EAST", text(REPLAY, 1, &[])), "tightening.base");
    world.refused(publish("EAST", "category = 1".into()), "tightening.invalid");
    world.refused(publish("EAST", text(&law, 1, &owned(&[("publicity_min", "5")]))), "tightening.invalid");
    // Looser: parameter, values and the article of the rulebook's.
    let looser = world
        .refused(publish("EAST", text(&law, 1, &owned(&[("publicity_min", "\"2d\"")]))), "tightening.looser");
    assert_eq!((looser.rule.as_str(), looser.article.as_deref()), ("publicity_min", Some("条例54")));
    assert!(looser.message.contains("\"3d\", found \"2d\""), "{looser}");
    for name in ["reveal_window", "award_max", "no_such"] {
        let value = if name == "reveal_window" { "\"1h\"" } else { "\"1d\"" };
        let refused =
            world.refused(publish("EAST", text(&law, 1, &owned(&[(name, value)]))), "tightening.parameter");
        assert_eq!(refused.rule, name);
    }
    let impossible = text(&law, 1, &owned(&[("expert_share_min_permille", "1001")]));
    assert_eq!(
        world.refused(publish("EAST", impossible), "tightening.invalid").rule,
        "expert_share_min_permille"
    );
    world.ok(publish("EAST", east.clone()));
    world.refused(publish("EAST", east.clone()), "tightening.version");
    // The notice of a project the district hosts names it.
    world.register();
    let notice = |body: Value| draft("tender.published/1", "OWNER", body).at(world.step);
    world.refused(notice(pinning(&world, None)), "rulebook.tightening");
    world.refused(notice(pinning(&world, Some(&law))), "rulebook.tightening");
    world.fine(notice(pinning(&world, Some(&east))));
}

/// What holds for a district's project: its own values, each with its own article.
#[test]
fn a_districts_values_hold_for_the_projects_it_hosts_and_no_others() {
    rules();
    let law = law();
    let east = text(&law, 1, &owned(EAST));
    let mut world = World::new();
    world.ok(publish("EAST", east.clone()));
    // Another centre's project takes the city's rules, and cannot take these.
    let mut other = world.apart();
    let mut body = registered();
    body["centre"] = json!("CITY");
    other.step(draft("project.registered/1", "OWNER", body));
    let notice = |world: &World, body: Value| draft("tender.published/1", "OWNER", body).at(world.step);
    other.refused(notice(&other, pinning(&other, Some(&east))), "rulebook.tightening");
    other.fine(notice(&other, pinning(&other, None)));
    let mut world = awarded(world, Some(&east));
    let seen = shown(&world);
    assert_eq!(seen["rules"]["tightening"], json!(Rulebook::digest(&east).to_string()));
    assert_eq!(
        seen["rules"]["parameters"]["tightened"],
        json!([
            {"parameter": "perf_bond_max_permille", "base": "100", "value": "50", "article": "东区规则"},
            {"parameter": "publicity_min", "base": "\"3d\"", "value": "\"5d\"", "article": "东区规则"},
        ])
    );
    let over =
        world.refused(contract(80_000_000, 4_000_001).also("B2").at(world.step), "contract.performance_bond");
    assert_eq!(over.article.as_deref(), Some("东区规则"));
    world.step(contract(80_000_000, 4_000_000).also("B2"));
    // A new version of the district's touches nothing that pinned the old one.
    let text_of_project =
        |world: &World| project::view::effective(&world.state, &project()).unwrap().unwrap();
    let before = text_of_project(&world);
    world.ok(publish("EAST", text(&law, 2, &owned(&[("perf_bond_max_permille", "10")]))));
    assert_eq!(text_of_project(&world), before);
    let held = Rulebook::parse_effective(&before).unwrap();
    assert_eq!(
        (held.number("perf_bond_max_permille"), held.text("publicity_min")),
        (Some(50), "\"5d\"".into())
    );
}

/// Up to the award, which waits for five days.
fn awarded(mut world: World, tightening: Option<&str>) -> World {
    world.register();
    let body = pinning(&world, tightening);
    world.publish(body);
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    world.draw();
    let report = world.reported(ranked(&[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)]));
    world.step(report);
    world.step(candidates(&["B2", "B1", "B3"]));
    world.now += 5 * day() - 1;
    let early = world.refused(award("B2", 80_000_000, &[]).at(world.step), "award.publicity");
    assert_eq!(early.article.as_deref(), Some("东区规则"));
    world.now += 1;
    world.step(award("B2", 80_000_000, &[]));
    world
}

/// The city becomes stricter in one value and softer in another: the stricter of both holds, and what lapsed is shown.
#[test]
fn under_a_new_version_the_stricter_of_both_holds() {
    let law = law();
    let east = text(&law, 1, &owned(EAST));
    let mut world = World::new();
    world.ok(publish("EAST", east.clone()));
    let newer = law.replacen("version = 1\n", "version = 2\n", 1);
    let newer =
        newer.replace("perf_bond_max_permille = { value = 100", "perf_bond_max_permille = { value = 40");
    let newer = newer.replace("publicity_min = { value = \"3d\"", "publicity_min = { value = \"1d\"");
    world.ok(draft("rulebook.published/1", "CITY", json!({"toml": newer.clone()})));
    let listed = rulebook::view::tightenings(&world.state).unwrap();
    let parameters = &listed[0]["parameters"];
    assert_eq!(parameters["lapsed"], json!(["perf_bond_max_permille"]));
    assert_eq!(parameters["tightened"][0]["value"], "\"5d\"");
    world.book = newer.clone();
    let world = awarded(world, Some(&east));
    let over =
        world.refused(contract(80_000_000, 3_200_001).also("B2").at(world.step), "contract.performance_bond");
    assert_eq!(over.article.as_deref(), Some("条例58"), "the city's own");
    world.fine(contract(80_000_000, 3_200_000).also("B2").at(world.step));
    // Against the new version a text is written anew; one without parameters takes all back.
    world.refused(publish("EAST", text(&law, 2, &[])), "tightening.base");
    let mut world = world.apart();
    world.ok(publish("EAST", text(&newer, 2, &[])));
    assert_eq!(rulebook::view::tightenings(&world.state).unwrap()[0]["parameters"]["tightened"], json!([]));
}

//! One whole project a trading category, from registration to what the archive keeps. Pure: the same scene runs in a
//! test's world and on a cluster, where its bids are sealed to the group and the beacon draws.

mod listings;

use biaozheng_contracts::Rulebook;
use biaozheng_contracts::evaluation::committee;
use biaozheng_contracts::prequal::applications_digest;
use biaozheng_ledger::digest::Digest;
use serde_json::{Value, json};

use crate::bodies::{self, List};
use crate::draft::{Draft, draft};
use crate::law::{book, shipped_law};
use crate::registers::{
    BUILDING, MUNICIPAL, complained, electronic_permille, eligible, end_seal, hand_in_models, licensed,
    model_terms, on_paper, rated, revoke_licence, seal_key, share_a_device, with_models, witnessed,
};
use crate::remote::{BIDS, Remote, enrol, mean_terms, weighted, weighted_terms};
use crate::setting::{day, key, org, project, salted};
use crate::tender::{award, candidates, contract, drawn};
use crate::world::World;

pub use listings::{assets, auction, land, mining};

const METRO_LOTS: &[&str] = &["1", "2", "3"];

/// With the open tenders' rulebook and one more in force.
fn with(book_text: &str) -> (World, Digest) {
    let book = book(book_text);
    let mut world = World::under(shipped_law());
    world.ok(draft("rulebook.published/1", "CITY", json!({"toml": book})));
    (world, Rulebook::digest(&book))
}

fn list(scope: &str) -> List {
    let seed = salted(&format!("decoys of {}", project())).to_string();
    List::new(&project(), scope, &[("B1", 21), ("B2", 22), ("B3", 23)], &seed)
}

fn report_to_supervision(world: &mut World) {
    world.step(draft("supervision.reported/1", "OWNER", json!({"summary": "已按规定报告"})));
}

/// Plays a whole project.
pub type Play = fn() -> World;

/// Every scene: one of each category, and the one whose sub venue drops out.
pub const ALL: [(&str, Play); 9] = [
    ("engineering", engineering),
    ("metro", metro),
    ("invited", invited),
    ("procurement", procurement),
    ("land", land),
    ("mining", mining),
    ("assets", assets),
    ("auction", auction),
    (SUB_VENUE, sub_venue_drops_out),
];

/// The scene that is no category's own.
pub const SUB_VENUE: &str = "sub venue";

/// An engineering tender: the notice under the tenderee's electronic seal, which ends later; licences asked for, one revoked
/// after the opening; a building model with every bid, one altered; experts drawn, scores sealed; ratings.
pub fn engineering() -> World {
    let mut world = World::under(shipped_law());
    enrol(&mut world);
    let bidders = BIDS.map(|(bidder, _)| bidder);
    licensed(&mut world, BUILDING, &bidders);
    let seal = seal_key(&mut world, "OWNER");
    world.register();
    let terms = mean_terms();
    let mut body = weighted(&world, &terms, &["1"]);
    body["required_licences"] = json!([BUILDING]);
    body["model"] = model_terms("tech");
    let body = world.sealed_by_group(body);
    world.terms = Some(world.step(draft("tender.published/1", "OWNER", body).with_key(seal.clone())));
    end_seal(&mut world, "OWNER", &seal);
    with_models(&mut world, &bidders);
    world.open_with(&BIDS);
    revoke_licence(&mut world, "B1");
    assert!(eligible(&world, "B1"), "a bid keeps what was found at its opening");
    hand_in_models(&mut world, &bidders);
    let mut remote = Remote::over(world, terms, &["1"]);
    remote.committee();
    remote.open_session();
    remote.scored();
    let mut world = finish(remote, json!({}));
    rated(&mut world, &["B1", "B2", "OWNER"]);
    world
}

/// An evaluation over two venues, one of which drops out between the draw and its members' scores, and comes back: the
/// others go on, and nothing is drawn again.
pub fn sub_venue_drops_out() -> World {
    let parties = ["CITY", "EAST", "REG"];
    let mut remote = Remote::opened_lots(shipped_law(), mean_terms(), &["1"]);
    remote.request(&parties, &[]);
    remote.randomness(&parties);
    remote.world.tell(VENUE_DOWN);
    let again = draft("draw.requested/1", "EAST", remote.request_body(&parties, &[]));
    remote.world.turned_away(again.at(remote.world.step), "draw.settled");
    remote.seat();
    remote.world.turned_away(remote.members().at(remote.world.step), "committee.composition");
    remote.open_session();
    for member in ["S1", "S2", "S3"] {
        remote.seal(member);
    }
    let early = remote.reveal_of("S1");
    remote.world.turned_away(early, "scores.not_all_sealed");
    remote.world.tell(VENUE_UP);
    remote.seal("S4");
    remote.seal("S5");
    remote.reveal_all();
    finish(remote, json!({}))
}

pub const VENUE_DOWN: &str = "the sub venue's node ends";
pub const VENUE_UP: &str = "the sub venue's node starts";

/// A metro project of three lots: prequalified bidders, bids with their proofs of admission, blind technical parts, a
/// benchmark price, experts drawn by the beacon, a host and a sub venue, a sitting recorded by a witness at both venues, a member replaced
/// by the same stream, a dissent; every step electronic.
pub fn metro() -> World {
    metro_with_remote().0
}

/// The metro project, with what its hosting centre knows of the draw.
pub fn metro_with_remote() -> (World, Remote) {
    let (mut world, rulebook) = with(bodies::METRO);
    enrol(&mut world);
    let tightening = tighten(&mut world, rulebook);
    world.register();
    let lists: Vec<List> = METRO_LOTS.iter().map(|lot| list(lot)).collect();
    prequalify(&mut world, rulebook, tightening, &lists);
    let terms = weighted_terms();
    let mut body = weighted(&world, &terms, METRO_LOTS);
    body["rulebook"] = json!(rulebook.to_string());
    body["tightening"] = json!(tightening.to_string());
    let body = world.sealed_by_group(body);
    world.publish(body);
    let of = |lot: &str| lists.iter().find(|list| list.scope == lot).unwrap();
    world.open_admitted(METRO_LOTS, &BIDS, &|lot, bidder| Some(of(lot).proof(bidder)));
    let opened: Vec<&List> = lists.iter().collect();
    world.step(draft("admission.disclosed/1", "EAST", bodies::admission_disclosed(&opened)));
    let mut remote = Remote::over(world, terms, METRO_LOTS);
    remote.committee();
    remote.open_session();
    witnessed(&mut remote.world, &["CITY", "EAST"]);
    remote.seal_all();
    remote.replace(0);
    remote.seal("S6");
    remote.open_blind();
    remote.reveal_all();
    let known = remote.clone();
    let world = finish(remote, json!({"dissents": [{"member": "S3", "reason": "一标段工期偏紧"}]}));
    assert_eq!(electronic_permille(&world), 1000);
    (world, known)
}

/// The hosting district asks a lower performance bond and keeps archives for 20 years.
fn tighten(world: &mut World, rulebook: Digest) -> Digest {
    let text = format!(
        "category = \"metro\"\ncentre = \"EAST\"\nversion = 1\nbase = \"{rulebook}\"\n\
         title = \"Metro projects of the east district (synthetic)\"\n\
         title_zh = \"东区城市轨道交通项目收紧规则（合成）\"\n\n[parameter]\n\
         perf_bond_max_permille = {{ value = 50, article = \"东区规则1\", basis = \"centre\" }}\n\
         archive_retention_min = {{ value = \"7305d\", article = \"东区规则2\", basis = \"centre\" }}\n"
    );
    let text = book(&text);
    world.ok(draft("rulebook.tightened/1", "EAST", json!({"toml": text})));
    Rulebook::digest(&text)
}

/// Three apply for every lot, and a review committee passes them.
fn prequalify(world: &mut World, rulebook: Digest, tightening: Digest, lists: &[List]) {
    let (from, until, deadline) = (world.now, world.now + 6 * day(), world.now + 12 * day());
    let mut body = bodies::prequal_published(rulebook, from, until, deadline);
    body["tightening"] = json!(tightening.to_string());
    body["lots"] = METRO_LOTS.iter().map(|lot| json!({"id": lot, "title": format!("{lot}标段")})).collect();
    world.terms = Some(world.step(draft("prequal.published/1", "OWNER", body)));
    for (bidder, _) in BIDS {
        world.ok(draft("prequal.applied/1", bidder, bodies::prequal_applied(METRO_LOTS)).at(world.terms));
    }
    world.now = world.deadline();
    let reviewers: Vec<String> = (1..=5).map(|n| format!("R{n}")).collect();
    let named: Vec<_> = reviewers.iter().map(|name| (name.clone(), key(name).public())).collect();
    let applied = applications_digest(&world.state, &project()).unwrap();
    let opened = bodies::prequal_opened(applied, bodies::members(&named));
    world.step(draft("prequal.opened/1", "EAST", opened));
    let lots: Vec<_> = lists.iter().map(|list| (list.scope.as_str(), Some(list))).collect();
    let review = draft("prequal.reviewed/1", "EAST", bodies::prequal_reviewed(&lots));
    world.step(reviewers.iter().fold(review, |review, name| review.also(name)));
}

/// An invited tender: the list of invitees stays shut until the opening, a bidder whose licence was revoked before it is out,
/// and the contract is signed on paper.
pub fn invited() -> World {
    let (mut world, rulebook) = with(bodies::INVITED);
    enrol(&mut world);
    licensed(&mut world, MUNICIPAL, &BIDS.map(|(bidder, _)| bidder));
    world.register();
    let invitees = list("*");
    let terms = mean_terms();
    let mut body = weighted(&world, &terms, &["1"]);
    body["rulebook"] = json!(rulebook.to_string());
    body["required_licences"] = json!([MUNICIPAL]);
    let body = bodies::invitation_issued("few_bidders", &invitees, world.sealed_by_group(body));
    world.terms = Some(world.step(draft("invitation.issued/1", "OWNER", body)));
    revoke_licence(&mut world, "B3");
    world.open_admitted(&["1"], &BIDS, &|_, bidder| Some(invitees.proof(bidder)));
    assert!(eligible(&world, "B1") && !eligible(&world, "B3"));
    world.step(draft("admission.disclosed/1", "OWNER", bodies::admission_disclosed(&[&invitees])));
    let mut remote = Remote::over(world, terms, &["1"]);
    remote.committee();
    remote.open_session();
    remote.scored();
    let report = remote.report_all(json!({}));
    remote.world.turned_away(report.at(remote.world.step), "eligibility.not_disqualified");
    remote.out.push(("B3", "开标时资质已被撤销"));
    let mut world = finish(remote, json!({}));
    on_paper(&mut world, "contract");
    assert!(electronic_permille(&world) < 1000);
    world
}

fn finish(mut remote: Remote, extra: Value) -> World {
    let report = remote.report_all(extra);
    remote.world.step(report);
    remote.award();
    remote.contract();
    let disclosure = remote.disclosure(|_| ());
    remote.world.ok(disclosure);
    report_to_supervision(&mut remote.world);
    remote.world
}

/// Government procurement of goods: a price weight the rulebook asks for, a score that is corrected for a ground of its
/// list, a complaint; and two bids made on one device, which supervision finds. Its experts are drawn, the flagged score
/// has its reason, and the draw is shown at the end.
pub fn procurement() -> World {
    let (mut world, rulebook) = with(bodies::PROCUREMENT);
    enrol(&mut world);
    world.register();
    let mut body = world.published();
    body["rulebook"] = json!(rulebook.to_string());
    body["procurement"] = json!("goods");
    body["documents_until_ms"] = json!(world.now + 8 * day());
    body["method"] = json!("weighted");
    body["criteria"] = json!([
        {"id": "tech", "weight_permille": 500}, {"id": "cert", "weight_permille": 200},
        {"id": "price", "weight_permille": 300, "price": true},
    ]);
    let terms = json!({"objective": ["cert"]});
    body["evaluation"] = terms.clone();
    let body = world.sealed_by_group(body);
    world.publish(body);
    share_a_device(&mut world, &["B2", "B3"]);
    world.open_with(&BIDS);
    let mut remote = Remote::over(world, terms, &["1"]);
    let named = drawn(5, 4).at(remote.world.step);
    remote.world.turned_away(named, "draw.required");
    remote.committee();
    remote.open_session();
    score(&mut remote);
    // Certificates 100; prices 88.89, 100.00, 84.21; the technical parts 80.00 (90.00 corrected), 80.00, 70.00.
    let rows = [("B2", 80_000_000, 9000), ("B1", 90_000_000, 8667), ("B3", 95_000_000, 8026)];
    let mut first = ranking(&remote, &rows);
    remote.world.turned_away(ranking(&remote, &rows).at(remote.world.step), "evaluation.unexplained");
    first.body["lots"][0]["explanations"] = ["distance", "decisive"].map(far_off).into_iter().collect();
    remote.world.step(first);
    let rows = [("B1", 90_000_000, 9167), ("B2", 80_000_000, 9000), ("B3", 95_000_000, 8026)];
    let mut corrected = ranking(&remote, &rows);
    corrected.kind = "result.corrected/1";
    corrected.body = bodies::result_corrected("abnormal_score", "S5", "B1", "tech", 9000, corrected.body);
    remote.world.step(corrected);
    let world = &mut remote.world;
    complained(world, "B3");
    world.step(candidates(&["B1", "B2", "B3"]));
    world.step(award("B1", 90_000_000, &[]));
    world.step(contract(90_000_000, 0).also("B1"));
    let disclosure = remote.disclosure(|_| ());
    remote.world.ok(disclosure);
    report_to_supervision(&mut remote.world);
    remote.world
}

/// Why S5 gave what it gave: the score is far from the others, and alone it keeps B1 from the first place.
fn far_off(kind: &str) -> Value {
    let flag =
        json!({"kind": kind, "bid": {"bidder": "B1", "number": 1}, "criterion": "tech", "member": "S5"});
    json!({"flag": flag, "reason": "对施工组织理解不同"})
}

/// S5 gives B1 far too little for the technical part.
fn score(remote: &mut Remote) {
    let world = &mut remote.world;
    let sheet = |member: u32| {
        let row = |bidder: &str, tech: u32| json!({"lot": "1", "bid": {"bidder": bidder, "number": 1}, "criteria": {"tech": tech, "cert": 10_000}});
        let low = if member == 5 { 4000 } else { 9000 };
        json!({"scores": [row("B1", low), row("B2", 8000), row("B3", 7000)]}).to_string()
    };
    for n in 1..=5 {
        let name = format!("S{n}");
        let commitment = committee::commitment(&project(), &org(&name), &[5; 32], &sheet(n)).to_string();
        world.ok(draft("scores.sealed/1", &name, json!({"commitment": commitment})).at(world.step));
    }
    for n in 1..=5 {
        let body = json!({"sheet": sheet(n), "salt": bodies::salt(5)});
        world.ok(draft("scores.revealed/1", &format!("S{n}"), body).at(world.step));
    }
}

fn ranking(remote: &Remote, rows: &[(&str, u64, u64)]) -> Draft {
    let row = |(bidder, price, score): &(&str, u64, u64)| json!({"bidder": bidder, "number": 1, "price": price, "score": score});
    remote.report(rows.iter().map(row).collect(), json!({}), &[])
}

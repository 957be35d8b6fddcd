//! What runs beside the steps of a scene: seals and their end, licences, credit, building models, witnesses, ratings,
//! complaints, traces of how bids were made.

use biaozheng_contracts::bidding::eligible;
use biaozheng_contracts::{oversight, shown};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{CameraId, SittingId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::witness_chain::{Batch, ChainState, Segment};
use serde_json::{Value, json};

use crate::draft::{Draft, draft};
use crate::setting::{day, key, project};
use crate::world::World;

/// Kinds of licence. Scenes that run on one chain ask for different ones: who lost one kind still holds the other.
pub const BUILDING: &str = "建筑工程施工总承包一级";
pub const MUNICIPAL: &str = "市政公用工程施工总承包二级";
const AUTHORITY: &str = "HOUSING";
const WITNESS: &str = "NOTARY";

fn enter(world: &mut World, name: &str, role: &str) {
    let body = json!({"org": name, "name": name, "roles": [role], "key": key(name).public()});
    world.ok(draft("participant.registered/1", "CITY", body));
}

fn own_number(holder: &str) -> String {
    format!("D1-{}-{holder}", project())
}

/// An authority issues each bidder a licence of this kind.
pub fn licensed(world: &mut World, kind: &str, holders: &[&str]) {
    enter(world, AUTHORITY, "regulator");
    let named = json!({"authority": AUTHORITY, "kinds": [BUILDING, MUNICIPAL]});
    world.ok(draft("licence.authority_named/1", "CITY", named));
    for holder in holders {
        let body = json!({
            "number": own_number(holder), "holder": holder, "kind": kind,
            "valid_from_ms": world.now - day(), "valid_until_ms": world.now + 1000 * day(),
        });
        world.ok(draft("licence.issued/1", AUTHORITY, body));
    }
}

pub fn revoke_licence(world: &mut World, holder: &str) {
    let body = json!({"number": own_number(holder), "reason": "资质核查不合格"});
    world.ok(draft("licence.revoked/1", AUTHORITY, body));
}

/// Whether the opening found a bidder eligible.
pub fn eligible(world: &World, bidder: &str) -> bool {
    let shown = eligible::eligibility(&world.state, &project()).unwrap();
    let bids = shown["bids"].as_array().unwrap();
    bids.iter().find(|one| one["bidder"] == bidder).unwrap()["eligible"].as_bool().unwrap()
}

/// The tenderee's electronic seal, and what ends it: what it sealed stays, what it would seal is refused.
pub fn seal_key(world: &mut World, name: &'static str) -> SecretKey {
    let seal = key(&format!("{name}-seal-{}", project()));
    let body = json!({"org": name, "key": seal.public(), "purposes": ["seal"]});
    let mut added = draft("participant.key_added/1", name, body);
    added.by.push((name.into(), seal.clone()));
    world.ok(added);
    seal
}

pub fn end_seal(world: &mut World, name: &'static str, seal: &SecretKey) {
    let note = |what: &str| draft("evidence.recorded/1", name, json!({"note": what})).with_key(seal.clone());
    world.ok(note("用印"));
    let body = json!({"org": name, "key": seal.public(), "reason": "superseded", "note": "换发新印章"});
    world.ok(draft("participant.key_revoked/1", name, body));
    world.turned_away(note("再次用印"), "key.revoked");
}

/// A penalty that keeps a bidder out while it holds.
pub fn penalise(world: &mut World, bidder: &str, from_ms: u64, until_ms: u64) {
    enter(world, bidder, "bidder");
    let body = json!({
        "subject": bidder, "kind": "bidding_ban", "source": format!("合成处罚决定 {}", project()), "basis": "招标投标法54",
        "severity": "disqualifying", "from_ms": from_ms, "expires_ms": until_ms,
    });
    world.ok(draft("credit.recorded/1", "REG", body));
}

/// A building model of a bidder: small, and a real exchange file by its head.
pub fn ifc(bidder: &str) -> String {
    format!(
        "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('ViewDefinition [ReferenceView]'),'2;1');\n\
         FILE_NAME('{bidder}.ifc','2026-11-01T08:00:00',('synthetic'),(''),'','','');\n\
         FILE_SCHEMA(('IFC4'));\nENDSEC;\nDATA;\n#1=IFCPROJECT('0YvctVUKr0kugbFTf53O9L',$,'{}',$,$,$,$,$,$);\nENDSEC;\n\
         END-ISO-10303-21;\n",
        project()
    )
}

fn reference(file: &str) -> Value {
    let schema = biaozheng_contracts::bidding::ifc::schema_of(file.as_bytes()).unwrap();
    json!({"digest": Digest::of(file.as_bytes()).to_string(), "size": file.len(), "schema": schema})
}

/// What a notice asks of models, scored by this criterion.
pub fn model_terms(criterion: &str) -> Value {
    json!({"criterion": criterion, "schemas": ["IFC4", "IFC4X3_ADD2"], "size_max": 10_000_000})
}

/// The bidders seal the digests of their models.
pub fn with_models(world: &mut World, bidders: &[&str]) {
    for bidder in bidders {
        world.extras.insert((*bidder).into(), json!({"model": reference(&ifc(bidder))}));
    }
}

/// A bidder hands in a file as the model of its bid.
pub fn model_of(world: &World, bidder: &str, file: &str) -> Draft {
    let shown = shown::project(&world.state, &project()).unwrap().unwrap();
    let bids = shown["lots"][0]["bids"].as_array().unwrap();
    let bid = bids.iter().find(|bid| bid["bidder"] == bidder).unwrap();
    let opened = bid["revealed"].as_str().map(|id| id.parse().unwrap());
    let body = json!({"lot": "1", "model": reference(file)});
    draft("model.delivered/1", bidder, body)
        .paper("模型.ifc", "application/x-step", file.as_bytes())
        .at(opened)
}

/// Every bidder hands in its model; one tries another file first.
pub fn hand_in_models(world: &mut World, bidders: &[&str]) {
    for (place, bidder) in bidders.iter().enumerate() {
        if place == 0 {
            let altered = ifc(bidder).replace("IFCPROJECT('0Y", "IFCPROJECT('1Y");
            world.turned_away(model_of(world, bidder, &altered), "model.altered");
        }
        let handed = model_of(world, bidder, &ifc(bidder));
        world.ok(handed);
    }
}

/// Two bidders whose bids were made on one device.
pub fn share_a_device(world: &mut World, bidders: &[&str]) {
    let device = Digest::of(format!("device of {}", project()).as_bytes()).to_string();
    for bidder in bidders {
        world.extras.insert((*bidder).into(), json!({"traces": {"device": device}}));
    }
}

/// Everyone who took part rates the opening, each once.
pub fn rated(world: &mut World, by: &[&str]) {
    let rating = |by: &str, points: u8| {
        draft("rating.given/1", by, json!({"step": "opened", "rating": points, "text": "办理及时"})).at(None)
    };
    for (place, name) in by.iter().enumerate() {
        world.ok(rating(name, if place == 0 { 4 } else { 5 }));
    }
    world.turned_away(rating(by[0], 1), "rating.once");
}

/// A complaint of conduct: accepted without a suspension, and dismissed.
pub fn complained(world: &mut World, by: &str) {
    let letter = |name: &str| Digest::of(format!("{name} {}", project()).as_bytes()).to_string();
    let body = json!({"matter": "conduct", "known_ms": world.now, "letter": letter("投诉书")});
    let complaint = world.ok(draft("complaint.filed/1", by, body).at(None));
    let body = json!({"complaint": complaint, "suspends": false});
    world.ok(draft("complaint.accepted/1", "REG", body).at(Some(complaint)));
    let body = json!({"complaint": complaint, "outcome": "dismissed", "decision": letter("处理决定")});
    let decided = draft("complaint.decided/1", "REG", body).at(Some(complaint));
    world.ok(decided.paper("投诉处理决定书.txt", "text/plain", "合成数据 Synthetic".as_bytes()));
}

/// A witnessed sitting of the evaluation: at each venue (in the order of their ids) of its session who came and went and an incident; two cameras, one
/// with a gap; and the report.
pub fn witnessed(world: &mut World, venues: &[&str]) {
    enter(world, WITNESS, "witness");
    let sitting = "evaluation-1";
    let mut incidents = Vec::new();
    let events = [
        ("entry", true),
        ("identity_checked", true),
        ("seated", true),
        ("communication", false),
        ("incident", false),
        ("exit", true),
    ];
    let at_each = venues.iter().flat_map(|venue| (1u32..).zip(events).map(move |entry| (*venue, entry)));
    for (venue, (sequence, (event, of_person))) in at_each {
        let person = Digest::of(format!("expert at {venue} in {}", project()).as_bytes()).to_string();
        let mut body = json!({
            "sitting": sitting, "venue": venue, "sequence": sequence, "event": event, "at_ms": world.now,
            "clock_offset_ms": -35, "detail": Digest::of(format!("{venue} {event}").as_bytes()).to_string(),
        });
        if of_person {
            body["person"] = json!(person);
        }
        let record = world.ok(draft("witness.logged/1", WITNESS, body).at(None));
        incidents.extend((event == "incident").then_some(record));
    }
    let name = SittingId::new(sitting).unwrap();
    let start = world.now - 100_000;
    for (camera, gap) in [("hall-1", None), ("hall-2", Some("磁盘更换"))] {
        let camera = CameraId::new(camera).unwrap();
        let mut chain = ChainState::start(&project(), &name, &camera, 500);
        for first in [0u64, 3] {
            let batch = segments(start, &name, &camera, &chain, first, gap);
            chain = chain.extended(&batch).unwrap();
            let body = serde_json::to_value(&batch).unwrap();
            world.ok(draft("witness.segments/1", WITNESS, body).at(None));
        }
    }
    let shown = oversight::view::sittings(&world.state, &project(), None, 10).unwrap();
    assert_eq!(shown[0].1["without_log"], json!([]));
    let entries = |venue: &&str| json!({"venue": venue, "entries": events.len()});
    let body = json!({
        "sitting": sitting, "log_entries": events.len() * venues.len(),
        "venues": venues.iter().map(entries).collect::<Vec<_>>(), "incidents": incidents,
        "cameras": shown[0].1["cameras"], "conclusion": "主副场评标过程已全程见证",
    });
    world.ok(draft("witness.reported/1", WITNESS, body).at(None));
}

/// Three segments of ten seconds; with a gap, the second batch begins one later.
fn segments(
    start: u64,
    sitting: &SittingId,
    camera: &CameraId,
    chain: &ChainState,
    first: u64,
    gap: Option<&str>,
) -> Batch {
    let skipped = u64::from(first > 0 && gap.is_some());
    let segment = |index: u64| Segment {
        index,
        digest: Digest::of(format!("{camera} {index} {}", project()).as_bytes()).to_string().parse().unwrap(),
        bytes: 5_000_000,
        started_ms: TimeMs::new(start + 10_000 * index),
        ended_ms: TimeMs::new(start + 10_000 * index + 9_990),
        gap: gap.filter(|_| first > 0 && index == first + skipped).map(Into::into),
        run: None,
    };
    Batch {
        sitting: sitting.clone(),
        camera: camera.clone(),
        previous: chain.head.to_string().parse().unwrap(),
        joint_ms: 500,
        clock_offset_ms: -20,
        segments: (first + skipped..first + skipped + 3).map(segment).collect(),
    }
}

/// A step that was done on paper: its scan is kept, and the project is no longer wholly electronic.
pub fn on_paper(world: &mut World, step: &str) {
    let body = json!({"step": step, "reason": "用印设备故障，改为线下签署"});
    let noted = draft("step.on_paper/1", "EAST", body).paper(
        "扫描件.txt",
        "text/plain",
        "合成扫描件 Synthetic".as_bytes(),
    );
    world.ok(noted.at(None));
}

/// How much of the project ran electronically, in thousandths.
pub fn electronic_permille(world: &World) -> u64 {
    let shown = shown::project(&world.state, &project()).unwrap().unwrap();
    shown["completeness"]["permille"].as_u64().unwrap()
}

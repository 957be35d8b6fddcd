//! Draws of the contracts' own scenes run again from their portable files: experts with a refusal and a replacement, K
//! of three lots, blind codes, by commitments and by the beacon of a group that a real ceremony made. Whatever is
//! exchanged is found, and its step named; no flipped bit goes unnoticed.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::unwrap_used
)]

use std::sync::{Mutex, OnceLock};

use biaozheng_draw::PoolExpert;
use biaozheng_ledger::certificate::Expectations;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::DocumentDigest;
use biaozheng_ledger_scenes::chain::SmallChain;
use biaozheng_scenes::setting::project;
use biaozheng_scenes::world::World;
use biaozheng_scenes::{draft, play, remote, setting, threshold};
use biaozheng_verify::draw::{DRAW_FORMAT, DrawFile, DrawKind, DrawStep};
use biaozheng_verify::{DrawJudgement, Verdict, judge_draw};
use serde_json::{Value, json};

/// A scene on a chain of four centres, with what the hosting centre would export.
struct Played {
    chain: SmallChain,
    log: Vec<(usize, String)>,
    pool: Vec<PoolExpert>,
    k: Value,
    codes: Value,
}

/// Plays a scene in the chain's name and puts its records into the chain.
fn played(scene: fn() -> (World, Vec<PoolExpert>, biaozheng_draw::Seed)) -> Played {
    let mut chain = SmallChain::new("draws");
    setting::set(setting::Setting { chain: chain.id(), ..setting::Setting::default() });
    let (made, pool, seed) = scene();
    let mut log = Vec::new();
    let mut opened = Value::Null;
    let mut terms = Value::Null;
    for (position, (record, ..)) in made.log.iter().enumerate() {
        let payload = record.payload();
        let name = payload.record_type.as_str().to_owned();
        match name.as_str() {
            "bids.opened/1" => opened = payload.body.clone(),
            "tender.published/1" => terms = payload.body.clone(),
            _ => {}
        }
        log.push((chain.records.len(), name));
        chain.append(record.clone().into_record(), 10 + position as u64, 0);
    }
    let range = serde_json::from_value(terms["evaluation"]["price_score"]["k"].clone()).unwrap();
    let lots = terms["lots"].as_array().unwrap();
    let k = lots.iter().map(|lot| {
        let lot = lot["id"].as_str().unwrap();
        json!({"lot": lot, "permille": biaozheng_draw::draw_k(range, &seed, lot)})
    });
    let k = k.collect();
    let secret = remote::value("blind").0;
    let mut codes = Vec::new();
    for lot in opened["lots"].as_array().unwrap() {
        for bid in lot["bids"].as_array().unwrap() {
            let (name, bidder) =
                (lot["lot"].as_str().unwrap(), setting::org(bid["bidder"].as_str().unwrap()));
            let code = biaozheng_draw::code(&seed, &secret, name, &bidder, 1);
            codes.push(json!({"lot": name, "bidder": bidder, "number": 1, "code": code}));
        }
    }
    codes.sort_by_key(|one| (one["lot"].to_string(), one["bidder"].to_string()));
    Played { chain, log, pool, k, codes: Value::Array(codes) }
}

/// The metro project, whose parties commit and reveal.
fn metro() -> (World, Vec<PoolExpert>, biaozheng_draw::Seed) {
    let (world, remote) = play::metro_with_remote();
    (world, remote.snapshot.experts().to_vec(), remote.seed.unwrap())
}

/// A tender whose draw asks the beacon of a group, to the disclosure.
fn beacon() -> (World, Vec<PoolExpert>, biaozheng_draw::Seed) {
    let mut remote = remote::Remote::opened(remote::weighted_terms());
    let mut body = remote.request_body(&[], &[]);
    body["source"] = json!({"kind": "beacon"});
    let mut made = threshold::grouped_in(remote.world);
    let id = made.world.step(draft::draft("draw.requested/1", "EAST", body));
    let signature = made.sign(&made.due()[0].label).to_bytes().to_vec();
    assert_eq!(made.open_all(), 1);
    let label = biaozheng_draw::randomness::label(&project(), &id);
    let verifier = biaozheng_contracts::evaluation::beacon::GroupBeacon::new(made.group());
    let randomness = biaozheng_draw::randomness::Randomness::Beacon { signature };
    let seed = randomness.seed(&label, &verifier).unwrap();
    remote.world = made.world;
    (remote.request, remote.seed) = (Some(id), Some(seed));
    remote.seat();
    remote.open_session();
    remote.scored();
    let report = remote.report_all(json!({}));
    remote.world.step(report);
    remote.award();
    let disclosure = remote.disclosure(|_| ());
    remote.world.ok(disclosure);
    (remote.world, remote.snapshot.experts().to_vec(), seed)
}

const COMMON: &[&str] =
    &["draw.requested/1", "randomness.committed/1", "randomness.revealed/1", "beacon.recovered/1"];

impl Played {
    fn file(&self, kind: DrawKind) -> DrawFile {
        let own: &[&str] = match kind {
            DrawKind::Experts => &["experts.drawn/1", "member.replaced/1", "draw.disclosed/1"],
            DrawKind::K => &["tender.published/1"],
            DrawKind::Blind => &["blind.opened/1", "bids.opened/1", "scores.revealed/1"],
        };
        let beacon = self.log.iter().any(|(_, name)| name == "beacon.recovered/1");
        let group = |at: &usize| {
            let body = &self.chain.records[*at].0.payload().body;
            beacon && body["kind"] == "sealing"
        };
        let wanted = self.log.iter().filter(|(at, name)| {
            COMMON.contains(&name.as_str())
                || own.contains(&name.as_str())
                || (name == "dkg.finalised/1" && group(at))
        });
        let certificates = wanted.map(|(at, _)| self.chain.certificate(*at)).collect();
        let request = self.log.iter().find(|(_, name)| name == "draw.requested/1").unwrap().0;
        let request = self.chain.records[request].0.id();
        let only = |of: DrawKind, value: &Value| if of == kind { value.clone() } else { json!([]) };
        DrawFile {
            format: DRAW_FORMAT.into(),
            kind,
            project: project(),
            label: DocumentDigest::new(biaozheng_draw::randomness::label(&project(), &request)),
            certificates,
            pool: if kind == DrawKind::Experts { vec![self.pool.clone()] } else { Vec::new() },
            k: serde_json::from_value(only(DrawKind::K, &self.k)).unwrap(),
            codes: serde_json::from_value(only(DrawKind::Blind, &self.codes)).unwrap(),
        }
    }

    fn judge(&self, file: &DrawFile) -> DrawJudgement {
        self.judge_text(file.to_json().as_bytes())
    }

    fn judge_text(&self, text: &[u8]) -> DrawJudgement {
        let expected = Expectations { policy: Some(&self.chain.policy), ..Expectations::default() };
        judge_draw(text, &expected, true)
    }

    /// The place in the file of the certificate of a record of this type.
    fn at(&self, file: &DrawFile, name: &str) -> usize {
        let of = |at: usize| self.chain.records[at].0.id();
        let wanted: Vec<_> = self.log.iter().filter(|(_, one)| one == name).map(|(at, _)| of(*at)).collect();
        file.certificates.iter().position(|one| wanted.contains(&one.record)).unwrap()
    }

    fn fails(&self, file: &DrawFile, step: DrawStep, why: &str) {
        let judged = self.judge(file);
        assert_eq!(judged.verdict, Verdict::Invalid, "{why}");
        let (failed, reason) = judged.failed_step().unwrap();
        assert_eq!(failed, step, "{why}: {reason}");
    }
}

fn both() -> &'static [Played; 2] {
    static PLAYED: OnceLock<[Played; 2]> = OnceLock::new();
    PLAYED.get_or_init(|| [played(metro), played(beacon)])
}

/// Worlds are set for a thread.
fn here() -> [&'static Played; 2] {
    let both = both();
    setting::set(setting::Setting { chain: both[0].chain.id(), ..setting::Setting::default() });
    [&both[0], &both[1]]
}

#[test]
fn every_kind_of_draw_comes_out_again() {
    for (source, played) in here().into_iter().enumerate() {
        for kind in [DrawKind::Experts, DrawKind::K, DrawKind::Blind] {
            let judged = played.judge(&played.file(kind));
            assert_eq!(judged.verdict, Verdict::Valid, "{kind:?} {source}: {:?}", judged.steps);
        }
        let judged = played.judge(&played.file(DrawKind::Experts));
        let lines = |step| judged.steps.iter().find(|one| one.step == step).map(|one| one.lines.clone());
        let picks = lines(DrawStep::Draw).unwrap();
        // Four experts and one who refused; in the metro project one more who fell ill.
        assert_eq!(picks.len(), if source == 0 { 6 } else { 5 }, "{picks:?}");
        assert!(picks.last().unwrap().contains("replaces"), "{picks:?}");
        assert_eq!(lines(DrawStep::Seats).unwrap().len(), picks.len());
        assert_eq!(lines(DrawStep::Group).is_some(), source == 1);
        let unanchored =
            judge_draw(played.file(DrawKind::K).to_json().as_bytes(), &Expectations::default(), false);
        assert_eq!(unanchored.verdict, Verdict::NotAnchored);
    }
}

#[test]
fn another_pool_list_seat_or_label_is_found_and_its_step_named() {
    let [metro, beacon] = here();
    for played in [metro, beacon] {
        let right = played.file(DrawKind::Experts);
        let mut file = right.clone();
        file.pool[0].swap_remove(3);
        played.fails(&file, DrawStep::Pool, "an expert fewer");
        let mut file = right.clone();
        file.pool[0][5].region = biaozheng_draw::Region::new("999999").unwrap();
        played.fails(&file, DrawStep::Pool, "an expert from elsewhere");
        let mut file = right.clone();
        file.label = DocumentDigest::new(Digest::of(b"another"));
        played.fails(&file, DrawStep::Label, "another label");
        let mut file = right.clone();
        file.project = biaozheng_ledger::ids::ProjectId::new("P-2").unwrap();
        played.fails(&file, DrawStep::Records, "another project");
        for name in ["draw.requested/1", "experts.drawn/1", "draw.disclosed/1"] {
            let mut file = right.clone();
            file.certificates.remove(played.at(&right, name));
            let judged = played.judge(&file);
            assert_eq!(judged.verdict, Verdict::Invalid, "without {name}");
        }
        let mut file = right.clone();
        file.certificates.push(right.certificates[0].clone());
        played.fails(&file, DrawStep::Certificates, "a record twice");
        let mut file = right.clone();
        let drawn = played.at(&right, "experts.drawn/1");
        file.certificates[drawn].block.position = 1;
        played.fails(&file, DrawStep::Certificates, "another place on chain");
    }
    // The replacement left out: the list says more than was committed to.
    let mut file = metro.file(DrawKind::Experts);
    let replaced = metro.at(&file, "member.replaced/1");
    file.certificates.remove(replaced);
    metro.fails(&file, DrawStep::List, "a replacement left out");
    let mut file = metro.file(DrawKind::Experts);
    let revealed = metro.at(&file, "randomness.revealed/1");
    file.certificates.remove(revealed);
    metro.fails(&file, DrawStep::Randomness, "a party's value left out");
    for kind in [DrawKind::K, DrawKind::Blind] {
        let mut file = metro.file(kind);
        let step = if kind == DrawKind::K {
            file.k[1].permille += 5;
            DrawStep::K
        } else {
            let other = file.codes[1].code.clone();
            file.codes[0].code = other;
            DrawStep::Codes
        };
        metro.fails(&file, step, "a result that does not come out");
    }
}

#[test]
fn only_the_key_of_the_ceremony_makes_a_beacon() {
    let [metro, beacon] = here();
    let right = beacon.file(DrawKind::K);
    let mut file = right.clone();
    file.certificates.remove(beacon.at(&right, "dkg.finalised/1"));
    beacon.fails(&file, DrawStep::Group, "no key");
    // The tokens' group of the same members, properly certified.
    let tokens = beacon.log.iter().find(|(at, name)| {
        name == "dkg.finalised/1" && beacon.chain.records[*at].0.payload().body["kind"] == "tokens"
    });
    let mut file = right.clone();
    let group = beacon.at(&right, "dkg.finalised/1");
    file.certificates[group] = beacon.chain.certificate(tokens.unwrap().0);
    beacon.fails(&file, DrawStep::Group, "the key of the tokens");
    let mut file = right.clone();
    let recovered = beacon.at(&right, "beacon.recovered/1");
    file.certificates.remove(recovered);
    beacon.fails(&file, DrawStep::Randomness, "no signature");
    // A properly certified chain on which somebody else's key and signature stand.
    for (name, change) in
        [("dkg.finalised/1", DrawStep::Randomness), ("beacon.recovered/1", DrawStep::Randomness)]
    {
        let file = forged(beacon, name);
        let policy = &file.1.policy;
        let expected = Expectations { policy: Some(policy), ..Expectations::default() };
        let judged = judge_draw(file.0.to_json().as_bytes(), &expected, true);
        assert_eq!(judged.failed_step().map(|(step, _)| step), Some(change), "{name}: {:?}", judged.steps);
    }
    assert_eq!(metro.judge(&metro.file(DrawKind::K)).verdict, Verdict::Valid);
}

/// The beacon's draw of K on a chain of the same key holders, one record exchanged for another group's.
fn forged(beacon: &Played, name: &str) -> (DrawFile, SmallChain) {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let mut chain = SmallChain::new("draws");
    let mut file = beacon.file(DrawKind::K);
    let (other, shares) = biaozheng_seal::group::trusted_dealer::deal(
        &threshold::seed("another"),
        biaozheng_seal::group::Purpose::Sealing,
        4,
    )
    .unwrap();
    let label = biaozheng_seal::label::Label::beacon(&chain.id(), file.label.digest());
    let mut numbers = Vec::new();
    for (at, one) in &beacon.log {
        let (record, block) = &beacon.chain.records[*at];
        let mut payload = record.payload().clone();
        let exchanged = one == name && payload.body["kind"] != "tokens";
        if exchanged && name == "dkg.finalised/1" {
            let mut keys = engine.decode(payload.body["message"].as_str().unwrap()).unwrap();
            keys[52..148].copy_from_slice(&other.group_key().to_bytes());
            payload.body["message"] = json!(engine.encode(keys));
        } else if exchanged {
            let parts: Vec<_> = shares
                .iter()
                .map(|share| biaozheng_seal::group::sign_partial(share, &label).unwrap())
                .collect();
            let signature = biaozheng_seal::group::recover(&other, &label, &parts).unwrap().signature;
            payload.body["signature"] = json!(hex::encode(signature.to_bytes()));
        }
        let record = if exchanged {
            let key = setting::key(payload.author.org.as_str());
            biaozheng_ledger::record::Record::sign(&payload, &[&key]).unwrap()
        } else {
            record.clone()
        };
        numbers.push((chain.records.len(), *at));
        chain.append(record, block.height.get(), block.position);
    }
    let old: Vec<_> = file.certificates.iter().map(|one| one.record).collect();
    file.certificates = numbers
        .iter()
        .filter(|(_, at)| old.contains(&beacon.chain.records[*at].0.id()))
        .map(|(number, _)| chain.certificate(*number))
        .collect();
    (file, chain)
}

/// A bit of every byte of the file outside its certificates, and of some inside: `bit_flips.rs` flips all of a certificate's.
#[test]
fn no_flipped_bit_goes_unnoticed() {
    let [_, beacon] = here();
    for kind in [DrawKind::Experts, DrawKind::K, DrawKind::Blind] {
        let text = beacon.file(kind).to_json().into_bytes();
        let inside = {
            let text = std::str::from_utf8(&text).unwrap();
            let start = text.find("\"certificates\":[").unwrap() + 16;
            let end =
                ["],\"pool\"", "],\"k\"", "],\"codes\""].iter().find_map(|end| text.rfind(end)).unwrap();
            start..end
        };
        let outside = (0..text.len()).filter(|at| !inside.contains(at)).map(|at| (at, at % 8));
        let sampled = inside.clone().step_by(499).map(|at| (at, at % 8));
        let flips: Vec<(usize, usize)> = outside.chain(sampled).collect();
        let next = Mutex::new(flips.iter());
        let missed = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    loop {
                        let Some((at, bit)) = next.lock().unwrap().next().copied() else { return };
                        let mut changed = text.clone();
                        changed[at] ^= 1 << bit;
                        let verdict = beacon.judge_text(&changed).verdict;
                        if !matches!(verdict, Verdict::Invalid | Verdict::Unusable) {
                            missed.lock().unwrap().push((at, bit, verdict));
                        }
                    }
                });
            }
        });
        assert_eq!(missed.into_inner().unwrap(), [], "{kind:?}");
        eprintln!("{kind:?}: {} bits flipped, none went unnoticed", flips.len());
    }
}

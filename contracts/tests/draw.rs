//! The draw of experts: golden vectors that other tools replay, its statistics, and what it never does.
//!
//! Recomputing the vectors is a separate, deliberate command:
//!
//! ```text
//! cargo test -p biaozheng-contracts --test draw -- --ignored regenerate
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use biaozheng_contracts::draw::Stream;
use biaozheng_contracts::draw::{
    DrawError, Drawing, ExpertId, Pick, PoolExpert, Quota, Region, Snapshot, Speciality, draw, private_seed,
};
use biaozheng_contracts::randomness::{NoBeacon, Randomness, Reveal, Seed};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, OrgId};
use serde::{Deserialize, Serialize};

const COMMAND: &str = "cargo test -p biaozheng-contracts --test draw -- --ignored regenerate";

fn expert(n: usize) -> PoolExpert {
    // Every second one knows A, every third one B, the rest C: some know two.
    let mut specialities: Vec<Speciality> = Vec::new();
    for (every, code) in [(2, "A01"), (3, "B02")] {
        if n.is_multiple_of(every) {
            specialities.push(Speciality::new(code).unwrap());
        }
    }
    if specialities.is_empty() {
        specialities.push(Speciality::new("C03").unwrap());
    }
    let identity: DocumentDigest =
        serde_json::from_value(serde_json::json!(Digest::of(&n.to_be_bytes()).to_string())).unwrap();
    PoolExpert {
        expert: ExpertId::new(&format!("E{n:03}")).unwrap(),
        specialities,
        region: Region::new(if n.is_multiple_of(5) { "320582" } else { "320500" }).unwrap(),
        identity,
    }
}

fn pool(count: usize) -> Snapshot {
    Snapshot::new((0..count).map(expert).collect()).unwrap()
}

fn quota(speciality: &str, count: u8) -> Quota {
    Quota { speciality: Speciality::new(speciality).unwrap(), region: None, count }
}

fn id(name: &str) -> ExpertId {
    ExpertId::new(name).unwrap()
}

fn seed(n: u64) -> Seed {
    Seed::new(Digest::of(&n.to_be_bytes()))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VectorFile {
    about: String,
    regenerate: String,
    vectors: Vectors,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    /// Numbers below a bound, in order, from one stream.
    streams: Vec<StreamVector>,
    seeds: Vec<SeedVector>,
    draws: Vec<DrawVector>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StreamVector {
    domain: String,
    seed: String,
    /// Decimal text: a bound can be beyond what JavaScript's numbers hold.
    bounds: Vec<String>,
    numbers: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedVector {
    label: String,
    /// Organisation and 64 hexadecimal digits, in the order they arrived.
    reveals: Vec<(OrgId, String)>,
    seed: String,
    secret: String,
    private_seed: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DrawVector {
    private_seed: String,
    pool: Vec<PoolExpert>,
    pool_digest: String,
    quotas: Vec<Quota>,
    recused: Vec<ExpertId>,
    /// Who is replaced after the first picks, in order.
    replaced: Vec<ExpertId>,
    picks: Vec<Pick>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn digest(text: &str) -> Digest {
    text.parse().unwrap()
}

fn secret(digits: &str) -> [u8; 32] {
    *digest(&format!("sha256:{digits}")).bytes()
}

fn picks(vector: &DrawVector) -> Vec<Pick> {
    let snapshot = Snapshot::new(vector.pool.clone()).unwrap();
    let recused: BTreeSet<ExpertId> = vector.recused.iter().cloned().collect();
    let seed = Seed::new(digest(&vector.private_seed));
    let mut drawing = Drawing::start(&seed, &snapshot, &vector.quotas, &recused).unwrap();
    for expert in &vector.replaced {
        drawing.replace(expert).unwrap();
    }
    drawing.picks().to_vec()
}

#[test]
fn every_vector_holds_and_every_file_is_read() {
    let names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["draw.json"], "every file has a reader");
    let file: VectorFile =
        serde_json::from_str(&std::fs::read_to_string(folder().join("draw.json")).unwrap()).unwrap();
    assert_eq!(file.regenerate, COMMAND);
    let vectors = file.vectors;
    assert!(!vectors.streams.is_empty() && !vectors.seeds.is_empty() && !vectors.draws.is_empty());
    for vector in &vectors.streams {
        let mut stream = Stream::new(&vector.domain, &digest(&vector.seed));
        let numbers: Vec<String> =
            vector.bounds.iter().map(|bound| stream.below(bound.parse().unwrap()).to_string()).collect();
        assert_eq!(numbers, vector.numbers, "{}", vector.domain);
    }
    for vector in &vectors.seeds {
        let reveals =
            vector.reveals.iter().map(|(org, value)| Reveal { org: org.clone(), value: secret(value) });
        let randomness = Randomness::CommitReveal { reveals: reveals.collect() };
        let seed = randomness.seed(&digest(&vector.label), &NoBeacon).unwrap();
        assert_eq!(seed.digest().to_string(), vector.seed);
        assert_eq!(private_seed(&seed, &secret(&vector.secret)).digest().to_string(), vector.private_seed);
    }
    for vector in &vectors.draws {
        assert_eq!(Snapshot::new(vector.pool.clone()).unwrap().digest().to_string(), vector.pool_digest);
        assert_eq!(picks(vector), vector.picks);
    }
}

#[test]
#[ignore = "rewrites tests/vectors; run it deliberately"]
fn regenerate() {
    let start = Digest::of(b"biaozheng draw vectors");
    let bounds: Vec<u64> = vec![1, 2, 3, 7, 100, 1000, 1 << 32, (1 << 63) + 1, u64::MAX, 6, 6, 6];
    let mut stream = Stream::new("biaozheng/draw/v1", &start);
    let numbers = bounds.iter().map(|bound| stream.below(*bound).to_string()).collect();
    let streams = vec![StreamVector {
        domain: "biaozheng/draw/v1".into(),
        seed: start.to_string(),
        bounds: bounds.iter().map(ToString::to_string).collect(),
        numbers,
    }];
    let hex = |text: &str| Digest::of(text.as_bytes()).hex();
    let label = Digest::of(b"label");
    let reveals: Vec<(OrgId, String)> =
        ["REG", "CITY", "EAST"].iter().map(|name| (OrgId::new(name).unwrap(), hex(name))).collect();
    let given = reveals.iter().map(|(org, value)| Reveal { org: org.clone(), value: secret(value) });
    let seed = Randomness::CommitReveal { reveals: given.collect() }.seed(&label, &NoBeacon).unwrap();
    let private = private_seed(&seed, &secret(&hex("secret")));
    let seeds = vec![SeedVector {
        label: label.to_string(),
        reveals,
        seed: seed.digest().to_string(),
        secret: hex("secret"),
        private_seed: private.digest().to_string(),
    }];
    let regional = Quota { region: Some(Region::new("320582").unwrap()), ..quota("C03", 1) };
    let case = |count: usize, quotas: Vec<Quota>, recused: &[&str], leave: &[usize]| {
        let snapshot = pool(count);
        let mut vector = DrawVector {
            private_seed: private.digest().to_string(),
            pool: snapshot.experts().to_vec(),
            pool_digest: snapshot.digest().to_string(),
            quotas,
            recused: recused.iter().map(|name| id(name)).collect(),
            replaced: Vec::new(),
            picks: Vec::new(),
        };
        for at in leave {
            let leaving = picks(&vector)[*at].expert.clone();
            vector.replaced.push(leaving);
        }
        vector.picks = picks(&vector);
        vector
    };
    let draws = vec![
        case(12, vec![quota("A01", 2), quota("B02", 1), quota("C03", 1)], &[], &[]),
        case(30, vec![quota("A01", 3), quota("B02", 2), regional], &["E004", "E006"], &[0, 4, 6]),
    ];
    let about = "The draw of experts: streams, seeds and draws with replacements, as docs/evaluation.md defines \
                 them.";
    let file = VectorFile {
        about: about.into(),
        regenerate: COMMAND.into(),
        vectors: Vectors { streams, seeds, draws },
    };
    let text = serde_json::to_string_pretty(&file).unwrap() + "\n";
    std::fs::write(folder().join("draw.json"), text).unwrap();
}

/// χ² of equally likely cells.
fn chi_square(counts: impl Iterator<Item = u32>, expected: f64) -> f64 {
    counts.map(|count| (f64::from(count) - expected).powi(2) / expected).sum()
}

#[test]
fn every_candidate_is_as_likely_as_any_other() {
    let snapshot = pool(40);
    let (quotas, recused) = ([quota("A01", 3)], BTreeSet::from([id("E000"), id("E002")]));
    let mut counts: BTreeMap<ExpertId, u32> = BTreeMap::new();
    let mut first: BTreeMap<ExpertId, u32> = BTreeMap::new();
    for n in 0..6000 {
        let picks = draw(&seed(n), &snapshot, &quotas, &recused).unwrap();
        *first.entry(picks[0].expert.clone()).or_default() += 1;
        for pick in picks {
            *counts.entry(pick.expert).or_default() += 1;
        }
    }
    // 20 know A01, 2 are recused: 18 cells. 17 degrees of freedom: 40.8 is passed once in a thousand.
    assert_eq!((counts.len(), first.len()), (18, 18));
    let one = chi_square(first.values().copied(), 6000.0 / 18.0);
    // Three of 18 without replacement: cells vary less than independent ones, by (18 − 3) / (18 − 1).
    let all = chi_square(counts.values().copied(), 18_000.0 / 18.0) * 17.0 / 15.0;
    println!("draw: chi-square first pick {one:.2}, all picks {all:.2} of 17 degrees of freedom");
    assert!(one < 40.8 && all < 40.8, "{one} {all}");
}

#[test]
fn numbers_below_a_bound_are_even() {
    let mut counts = [0u32; 6];
    let mut stream = Stream::new("dice", &Digest::of(b"fixed"));
    for _ in 0..60_000 {
        counts[usize::try_from(stream.below(6)).unwrap()] += 1;
    }
    let squared = chi_square(counts.iter().copied(), 10_000.0);
    println!("stream: chi-square {squared:.2} of 5 degrees of freedom");
    assert!(squared < 20.5, "{squared}");
}

#[test]
fn nobody_recused_is_picked_nobody_twice_and_replacements_continue() {
    let snapshot = pool(30);
    let quotas = [quota("A01", 3), quota("B02", 2)];
    let recused = BTreeSet::from([id("E006"), id("E012")]);
    for n in 0..300 {
        let mut drawing = Drawing::start(&seed(n), &snapshot, &quotas, &recused).unwrap();
        let before = drawing.picks().to_vec();
        let leaving = before[1].expert.clone();
        let next = drawing.replace(&leaving).unwrap();
        assert_eq!(next.quota, before[1].quota);
        assert_eq!(&drawing.picks()[..5], &before[..], "what was drawn stays drawn");
        assert_eq!(drawing.replace(&leaving), Err(DrawError::NotPicked(leaving.to_string())));
        assert_eq!(drawing.replace(&id("E006")), Err(DrawError::NotPicked("E006".into())));
        let picked: BTreeSet<&ExpertId> = drawing.picks().iter().map(|pick| &pick.expert).collect();
        assert_eq!(picked.len(), 6);
        assert!(picked.iter().all(|one| !recused.contains(one)));
        assert_eq!(drawing.standing().count(), 5);
        for pick in drawing.picks() {
            let drawn = snapshot.experts().iter().find(|one| one.expert == pick.expert).unwrap();
            assert!(drawn.specialities.contains(&quotas[pick.quota].speciality));
        }
    }
}

#[test]
fn a_draw_without_candidates_says_so() {
    let snapshot = pool(4);
    let drawn = draw(&seed(1), &snapshot, &[quota("B02", 3)], &BTreeSet::new());
    assert_eq!(drawn, Err(DrawError::Exhausted("B02".into())));
    assert_eq!(Snapshot::new(vec![expert(1), expert(1)]), Err(DrawError::Repeated));
}

//! a, b, c, f: the opening, the fallback, the draw, and what an auditor says of them.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_contracts::draw::{ExpertId, PoolExpert, Region, Snapshot, Speciality};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, ProjectId, RecordId};
use biaozheng_seal::label::TenderOpening;
use biaozheng_seal::sealing::{BidIdentity, OpenedEntry, SizeClass, wrap_inner};
use biaozheng_seal::seed::Seed;
use biaozheng_tests::cluster::program;
use biaozheng_tests::tender::slot;
use serde_json::{Value, json};

use crate::attack::stage::{RANDOMNESS_S, SLOT_MS, Stage};

/// The suspended tender, the one that repeats a key of its bids, and the one whose bidders open.
const SUSPENDED: &str = "P-SUSPENDED";
const REPEATED: &str = "P-REPEATED";
const LADDER: &str = "P-LADDER";
const B: [&str; 4] = ["B1", "B2", "B3", "B4"];
/// Its ladder: the highest sequence stands.
const RUNGS: [u64; 3] = [95_000_000, 84_000_000, 79_900_000];

fn list(names: &[&str]) -> Value {
    let bids: Vec<Value> = names.iter().map(|org| json!({"bidder": org, "number": 1})).collect();
    json!({"lots": [{"lot": "1", "bids": bids}]})
}

/// Three tenders of one deadline and their bids; B3 objects to the documents of two, which suspends them.
pub(crate) async fn tender_and_seal(stage: &mut Stage, deadline: u64) {
    let weighted = json!({
        "method": "weighted", "evaluation": {"aggregate": {"kind": "mean"}},
        "criteria": [{"id": "tech", "weight_permille": 600}, {"id": "price", "weight_permille": 400, "price": true}],
    });
    let (one, two, three) = tokio::join!(
        stage.publish(SUSPENDED, deadline, json!({})),
        stage.publish(REPEATED, deadline, json!({})),
        stage.publish(LADDER, deadline, weighted)
    );
    stage.notices = [(SUSPENDED, one), (REPEATED, two), (LADDER, three)].into();
    let mut records = Vec::new();
    for (bidder, price) in [90_000_000, 80_000_000, 95_000_000].into_iter().enumerate() {
        records.push(stage.seal(SUSPENDED, deadline, (bidder, 1, price)));
    }
    for (bidder, price) in [(0, 91_000_000), (1, 81_000_000), (3, 82_000_000)] {
        records.push(stage.seal(REPEATED, deadline, (bidder, 1, price)));
    }
    for (bidder, price) in [(0, 80_000_000), (1, 85_000_000), (3, 88_000_000)] {
        records.push(stage.seal(LADDER, deadline, (bidder, 1, price)));
    }
    for (sequence, price) in (1..).zip(RUNGS) {
        records.push(stage.seal(LADDER, deadline, (2, sequence, price)));
    }
    stage.commit_all(records).await;
    // After the bid it copies: of two entries with one key the later is no bid.
    let copy = repeated(stage, deadline);
    stage.commit_all(vec![copy]).await;
    for project in [SUSPENDED, REPEATED] {
        let raised = json!({"concerns": "documents", "text": "x"});
        let notice = stage.notices[project];
        let by = &stage.chain.bidders[2];
        let objection = stage.chain.put(by, "objection.raised/1", Some(project), Some(notice), raised);
        stage.objections.push((project, objection.await.unwrap()));
    }
}

/// f: B3 puts the inner layer of its bid for the suspended tender, with that very key, into one for the other.
fn repeated(stage: &mut Stage, deadline: u64) -> biaozheng_ledger::record::Record {
    let (by, group) = (&stage.chain.bidders[2], &stage.groups.sealing);
    let OpenedEntry::Bid(inner) = stage.proofs[&(SUSPENDED, 2, 1)].opened(group) else { panic!("a bid") };
    let slot = slot(deadline, SLOT_MS).unwrap();
    let envelope = Stage::envelope(REPEATED, 1, slot);
    let identity = BidIdentity {
        opening: TenderOpening { tender: envelope.tender, number: 1 },
        lot: envelope.lot,
        bidder: by.org().clone(),
        bidder_key: by.public_key(),
        sequence: 1,
    };
    // The key the trial made for B3.
    let signer = biaozheng_ledger::key::SecretKey::from_seed(&[53; 32]);
    let class = SizeClass::of(1).unwrap();
    let fresh = Seed::new(rand::random());
    let entry = wrap_inner(group, slot, &identity, class, inner.inner_bytes(), &signer, &fresh).unwrap();
    stage.entry(2, &entry)
}

fn binding(stage: &Stage, bidder: usize, sequence: u32) -> Value {
    let entry = stage.proofs[&(LADDER, bidder, sequence)].entry(&stage.groups.sealing).digest().to_string();
    json!({"lot": "1", "sequence": sequence, "entry": entry})
}

fn proof(stage: &Stage, project: &'static str, bidder: usize, sequence: u32) -> Value {
    json!({"proof": BASE64.encode(&*stage.proofs[&(project, bidder, sequence)].to_bytes())})
}

/// b: in the time to bind nobody proves, and everybody binds what stands.
pub(crate) async fn b_bind(stage: &Stage) {
    let early =
        stage.refused(&stage.chain.bidders[0], "sealed.proved/1", (LADDER, None), proof(stage, LADDER, 0, 1));
    assert_eq!(early.await, "sealed.proof_time");
    let bound = [(0, 1), (1, 1), (2, 3), (3, 1)].map(|(bidder, sequence)| {
        Stage::record(
            &stage.chain.bidders[bidder],
            "sealed.bound/1",
            LADDER,
            None,
            binding(stage, bidder, sequence),
        )
    });
    stage.commit_all(bound.into()).await;
}

/// b: with the rivals' prices in sight, no other rung can be proved or bound any more.
pub(crate) async fn b_no_price_is_chosen_after_the_others(stage: &Stage) {
    let proved = |bidder: usize, sequence: u32| {
        let by = &stage.chain.bidders[bidder];
        Stage::record(by, "sealed.proved/1", LADDER, None, proof(stage, LADDER, bidder, sequence))
    };
    stage.commit_all(vec![proved(0, 1), proved(1, 1)]).await;
    let b3 = &stage.chain.bidders[2];
    for rung in [1, 2] {
        let unbound = stage.refused(b3, "sealed.proved/1", (LADDER, None), proof(stage, LADDER, 2, rung));
        assert_eq!(unbound.await, "sealed.proof", "rung {rung} was not bound");
        let late = stage.refused(b3, "sealed.bound/1", (LADDER, None), binding(stage, 2, rung));
        assert_eq!(late.await, "sealed.bind_time", "rung {rung}");
    }
    stage.commit_all(vec![proved(2, 3)]).await;
}

/// a: the windows as they were from the deadline are over; the tenderee answers, and in the next moment B3's proof and the
/// centre's list come.
pub(crate) async fn a_an_answer_in_the_last_moment_takes_no_time(stage: &Stage) {
    let chain = &stage.chain;
    let notice = Some(stage.notices[SUSPENDED]);
    let names = list(&["B3"]);
    let shut = stage.refused(&chain.city, "bids.opened/1", (SUSPENDED, notice), names.clone()).await;
    assert_eq!(shut, "project.suspended");
    for (project, id) in stage.objections.iter().copied() {
        let answer = json!({"objection": id, "text": "y"});
        chain.put(&chain.owner, "objection.answered/1", Some(project), Some(id), answer).await.unwrap();
    }
    let b3 = &chain.bidders[2];
    let early = stage.refused(b3, "sealed.proved/1", (SUSPENDED, None), proof(stage, SUSPENDED, 2, 1));
    assert_eq!(
        early.await,
        "sealed.proof_time",
        "the group has its time first, from the end of the suspension"
    );
    for names in [list(&["B3"]), list(&["B1", "B2", "B3"]), json!({"lots": [{"lot": "1", "bids": []}]})] {
        let shut = stage.refused(&chain.city, "bids.opened/1", (SUSPENDED, notice), names).await;
        assert_eq!(shut, "opening.sealed_shut");
    }
}

/// b: B4 bound and did not prove.
pub(crate) async fn b_bound_and_not_proven_is_no_bid(stage: &Stage) -> RecordId {
    let (chain, notice) = (&stage.chain, Some(stage.notices[LADDER]));
    let all = stage.refused(&chain.city, "bids.opened/1", (LADDER, notice), list(&B)).await;
    assert_eq!(all, "opening.incomplete");
    let names = list(&["B1", "B2", "B3"]);
    let opened = chain.put(&chain.city, "bids.opened/1", Some(LADDER), notice, names).await.unwrap();
    let expected = [("B1", 80_000_000), ("B2", 85_000_000), ("B3", RUNGS[2])];
    assert_eq!(stage.prices(LADDER).await, expected.map(|(name, price)| (name.to_owned(), price)).into());
    opened
}

/// a: the group is back, and every rival is listed with its price; f: the repeated key is nobody's bid.
pub(crate) async fn a_every_bid_is_listed(stage: &Stage) {
    let chain = &stage.chain;
    let notice = Some(stage.notices[SUSPENDED]);
    let fewer = stage.refused(&chain.city, "bids.opened/1", (SUSPENDED, notice), list(&["B3"])).await;
    assert_eq!(fewer, "opening.incomplete");
    let names = list(&["B1", "B2", "B3"]);
    chain.put(&chain.city, "bids.opened/1", Some(SUSPENDED), notice, names).await.unwrap();
    let expected = [("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)];
    assert_eq!(stage.prices(SUSPENDED).await, expected.map(|(name, price)| (name.to_owned(), price)).into());
    let notice = Some(stage.notices[REPEATED]);
    let copied = stage.refused(&chain.city, "bids.opened/1", (REPEATED, notice), list(&B)).await;
    assert_eq!(copied, "opening.incomplete", "a copy is no bid");
    let names = list(&["B1", "B2", "B4"]);
    chain.put(&chain.city, "bids.opened/1", Some(REPEATED), notice, names).await.unwrap();
}

fn draw_request(source: Value) -> Value {
    let speciality = || Speciality::new("A01").unwrap();
    let experts = (0..6).map(|n| PoolExpert {
        expert: ExpertId::new(&format!("E{n}")).unwrap(),
        specialities: vec![speciality()],
        region: Region::new("320500").unwrap(),
        identity: DocumentDigest::new(Digest::of(format!("id {n}").as_bytes())),
    });
    let project = ProjectId::new(LADDER).unwrap();
    let secret = biaozheng_contracts::evaluation::draw::secret_commitment(
        biaozheng_contracts::evaluation::draw::Secret::Draw,
        &project,
        &[7; 32],
    );
    json!({
        "label": "评标专家抽取", "size": 5, "experts": 4,
        "quotas": [{"speciality": "A01", "region": null, "count": 4}],
        "pool": Snapshot::new(experts.collect()).unwrap().digest().to_string(),
        "recused": [], "source": source, "secret": secret.to_string(), "blind": null, "silent": [],
    })
}

/// c: the members see the seed and let the request lapse; no second one is taken, whatever its source.
pub(crate) async fn c_an_unanswered_draw_is_not_thrown_again(stage: &Stage, opened: RecordId) -> RecordId {
    let chain = &stage.chain;
    let digest = |what: String| Digest::of(what.as_bytes()).to_string();
    let enrolled = (0..6).map(|n| {
        let body = json!({
            "expert": format!("E{n}"), "region": "320500", "specialities": ["A01"],
            "identity": digest(format!("id {n}")), "employer": digest(format!("employer {n}")),
        });
        chain.city.record("expert.enrolled/1", body).sign(biaozheng_client::author::clock()).unwrap()
    });
    stage.commit_all(enrolled.collect()).await;
    let beacon = json!({"kind": "beacon"});
    let first = chain
        .put(&chain.city, "draw.requested/1", Some(LADDER), Some(opened), draw_request(beacon.clone()))
        .await
        .unwrap();
    let now = chain.look("/v1/sealing").await.unwrap()["time_ms"].as_u64().unwrap();
    stage.time_over(now + RANDOMNESS_S * 1000).await;
    let parties = json!({"kind": "commit_reveal", "parties": ["CITY", "EAST", "REG"]});
    for source in [beacon, parties] {
        let again = draw_request(source);
        let again = stage.refused(&chain.city, "draw.requested/1", (LADDER, Some(first)), again).await;
        assert_eq!(again, "draw.beacon_stands");
    }
    first
}

/// c: the first label is answered, late, and the project says so.
pub(crate) async fn c_the_one_label_is_answered(stage: &Stage, request: RecordId) {
    let late =
        |seen: &Value| seen["late"].as_array().is_some_and(|late| late.contains(&json!("randomness_window")));
    let path = format!("/v1/projects/{LADDER}");
    stage.chain.until("the beacon's answer", &path, late).await.unwrap();
    let shown = stage.chain.look(&format!("{path}/records?limit=100")).await.unwrap();
    let items = shown["items"].as_array().unwrap();
    let of = |kind: &str| items.iter().filter(|one| one["type"] == kind).count();
    assert_eq!((of("draw.requested/1"), of("beacon.recovered/1")), (1, 1), "{request}: {shown}");
}

/// f: whoever executed the chain finds all three openings honest.
pub(crate) async fn f_honest_openings_are_not_accused(stage: &Stage, folder: &Path) {
    let mut command = tokio::process::Command::new(program("biaozheng-audit").unwrap());
    command.args(["audit", "--json", "--genesis"]).arg(stage.chain.cluster.folder.join("genesis.json"));
    for project in [SUSPENDED, REPEATED, LADDER] {
        command.args(["--opening", project]);
    }
    let output = command.arg("--state").arg(folder.join("audit")).arg(stage.chain.cluster.url(0)).output();
    let output = output.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_str(&said).unwrap();
    let openings = report["openings"].as_array().unwrap();
    assert_eq!(openings.len(), 3);
    for one in openings {
        assert_eq!((&one["failed"], &one["found"]["complete"]), (&Value::Null, &json!(true)), "{one}");
    }
    assert!(said.contains("\"copy\"") && said.contains("\"unopened\""), "{said}");
}

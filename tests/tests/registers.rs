//! The commands around the registers, against real nodes: imported history, witnessed segments, supervision, open data.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use biaozheng_client::{Author, Wait};
use biaozheng_ledger::ids::{OrgId, ProjectId};
use biaozheng_ledger::key::SecretKey;
use biaozheng_tests::cluster::{Cluster, program};
use serde_json::{Value, json};

async fn biaozheng(arguments: &[&str]) -> (Option<i32>, String) {
    let command = tokio::process::Command::new(program("biaozheng").unwrap()).args(arguments).output().await;
    let Output { status, stdout, stderr } = command.unwrap();
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn put(cluster: &Cluster, author: &Author, kind: &str, project: Option<&str>, body: Value) {
    let mut draft = author.record(kind, body);
    if let Some(project) = project {
        draft = draft.project(ProjectId::new(project).unwrap());
    }
    let record = draft.sign(biaozheng_client::author::clock()).unwrap();
    let client = cluster.client(0).unwrap();
    let sent =
        client.submit(&record.envelope().to_json(), Wait::Committed, Duration::from_secs(30)).await.unwrap();
    assert!(sent.reached(Wait::Committed));
}

async fn look(cluster: &Cluster, path: &str) -> Value {
    let answer = reqwest::get(format!("{}{path}", cluster.url(0))).await.unwrap();
    assert_eq!(answer.status().as_u16(), 200, "{path}");
    answer.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn history_segments_alerts_and_open_data_through_the_program() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let mut cluster = Cluster::found(&folder.join("consortium"), "registers").await.unwrap();
    cluster.start(0..4).await.unwrap();
    let (url, keys) = (cluster.url(0), folder.join("consortium/organisations"));
    let city_key = keys.join("CITY.key");
    let city = cluster.organisation("CITY").unwrap();

    // Past projects: once, apart, and marked as what they are.
    let data = folder.join("three.jsonl");
    let shipped =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/tsuchiura-40.jsonl")).unwrap();
    std::fs::write(&data, shipped.lines().take(3).collect::<Vec<_>>().join("\n")).unwrap();
    let import = [
        "import",
        "--api",
        &url,
        "--file",
        text(&data),
        "--source",
        "missing_bids",
        "--licence",
        "MIT",
        "--org",
        "CITY",
        "--key",
        text(&city_key),
    ];
    let (code, said) = biaozheng(&import).await;
    assert!(code == Some(0) && said.contains("3 imported"), "{said}");
    let (code, said) = biaozheng(&import).await;
    assert!(code == Some(0) && said.contains("0 imported") && said.contains("3 were there"), "{said}");
    let imported = look(&cluster, "/v1/imported?limit=2").await;
    assert_eq!(imported["items"].as_array().unwrap().len(), 2);
    assert!(imported["items"].as_array().unwrap().iter().all(|one| one["under_these_rules"] == false));
    let next = imported["next"].as_str().unwrap();
    let rest = look(&cluster, &format!("/v1/imported?limit=2&after={next}")).await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        look(&cluster, "/v1/projects").await["items"],
        json!([]),
        "no imported project is one of this ledger"
    );

    // A witness records a camera; the folder is then held against the chain.
    let (owner, witness) = (SecretKey::from_seed(&[3; 32]), SecretKey::from_seed(&[4; 32]));
    let witness_key = folder.join("witness.key");
    biaozheng_client::key_file::create(&witness_key, &witness).unwrap();
    for (org, role, key) in [("OWNER", "tenderee", &owner), ("WITNESS", "witness", &witness)] {
        let body = json!({"org": org, "name": org, "roles": [role], "key": key.public()});
        put(&cluster, &city, "participant.registered/1", None, body).await;
    }
    let owner = Author::new(OrgId::new("OWNER").unwrap(), owner, cluster.chain);
    let body = json!({"title": "synthetic", "code": "2026-320500-48-01-000123", "tenderee": "OWNER", "centre": "CITY"});
    put(&cluster, &owner, "project.registered/1", Some("P-1"), body).await;
    let segments = folder.join("segments");
    std::fs::create_dir(&segments).unwrap();
    let file = |index: u64| {
        let from = 1_790_000_000_000 + index * 10_000;
        segments.join(format!("hall-1_{index:06}_{from}_{}.mp4", from + 10_000))
    };
    for index in 0..4u8 {
        std::fs::write(file(u64::from(index)), vec![index; 5000]).unwrap();
    }
    let of = ["--api", &url, "--folder", text(&segments), "--project", "P-1", "--sitting", "opening"];
    let record = [
        ["witness", "record"].as_slice(),
        &of,
        &["--key", text(&witness_key), "--org", "WITNESS", "--once", "--settle-s", "0"],
    ]
    .concat();
    let check = [["witness", "check"].as_slice(), &of].concat();
    let (code, said) = biaozheng(&check).await;
    assert!(code == Some(1) && said.contains("nothing is recorded"), "{said}");
    let (code, said) = biaozheng(&record).await;
    assert!(code == Some(0) && said.contains("4 segments on chain"), "{said}");
    let (code, said) = biaozheng(&record).await;
    assert!(code == Some(0) && !said.contains("on chain"), "what is recorded is not recorded again: {said}");
    let (code, said) = biaozheng(&check).await;
    assert!(code == Some(0), "{said}");
    std::fs::write(file(2), vec![9; 5000]).unwrap();
    std::fs::remove_file(file(1)).unwrap();
    let (code, said) = biaozheng(&check).await;
    assert!(
        code == Some(1) && said.contains("Removed { index: 1 }") && said.contains("Altered { index: 2 }"),
        "{said}"
    );
    let sittings = look(&cluster, "/v1/projects/P-1/sittings").await;
    assert_eq!(sittings["items"][0]["cameras"][0]["segments"], 4);
    assert_eq!(sittings["next"], Value::Null);
    let one = look(&cluster, "/v1/projects/P-1/sittings?limit=1").await;
    assert_eq!((&one["items"], &one["next"]), (&sittings["items"], &json!("opening")));
    let rest = look(&cluster, "/v1/projects/P-1/sittings?limit=1&after=opening").await;
    assert_eq!(rest, json!({"items": [], "next": null}));

    // It records a venue's log, line by line; the file is then held against the chain.
    let (lines, salt) = (folder.join("events.jsonl"), folder.join("salt"));
    std::fs::write(&salt, "5a".repeat(32)).unwrap();
    let event = |event: &str, at: u64, person: &str| {
        json!({"event": event, "at_ms": at, "person": person}).to_string()
    };
    let log = [
        event("entry", 1000, "E-017"),
        event("identity_checked", 2000, "E-017"),
        event("exit", 3000, "E-017"),
    ];
    std::fs::write(&lines, log[..2].join("\n")).unwrap();
    let of = ["--api", &url, "--project", "P-1", "--sitting", "opening", "--venue", "CITY"];
    let file = ["--events", text(&lines), "--salt", text(&salt)];
    let by = ["--key", text(&witness_key), "--org", "WITNESS"];
    let record = [["witness", "log"].as_slice(), &of, &file, &by].concat();
    let check = [["witness", "check"].as_slice(), &of, &file].concat();
    let (code, said) = biaozheng(&check).await;
    assert!(code == Some(1) && said.contains("no event"), "{said}");
    let (code, said) = biaozheng(&record).await;
    assert!(code == Some(0) && said.contains("2 events on chain"), "{said}");
    std::fs::write(&lines, log.join("\n")).unwrap();
    let (code, said) = biaozheng(&check).await;
    assert!(code == Some(1) && said.contains("Unrecorded { line: 3 }"), "{said}");
    let (code, said) = biaozheng(&record).await;
    assert!(code == Some(0) && said.contains("1 events on chain") && said.contains("2 before"), "{said}");
    let (code, said) = biaozheng(&check).await;
    assert!(code == Some(0), "{said}");
    std::fs::write(&lines, [&log[0], &log[2]].map(String::as_str).join("\n")).unwrap();
    let (code, said) = biaozheng(&check).await;
    assert!(code == Some(1) && said.contains("Removed { sequence: 2 }"), "{said}");
    let (code, said) = biaozheng(&record).await;
    assert!(code == Some(1) && said.contains("is not what was recorded"), "{said}");
    let sittings = look(&cluster, "/v1/projects/P-1/sittings").await;
    let venues = json!([{"venue": "CITY", "entries": 3, "recorder": "WITNESS"}]);
    assert_eq!(
        (&sittings["items"][0]["venues"], &sittings["items"][0]["without_log"]),
        (&venues, &json!([]))
    );

    // Open data and supervision read the same ledger.
    let out = folder.join("ocds");
    let (code, said) = biaozheng(&["export", "ocds", "--api", &url, "--out", text(&out), "--tables"]).await;
    assert!(code == Some(0) && said.contains("1 projects exported"), "{said}");
    assert!(out.join("bids.parquet").exists() && out.join("projects.csv").exists());
    let (code, said) = biaozheng(&["supervise", "--api", &url]).await;
    assert!(code == Some(0) && said.contains("0 alerts"), "{said}");
    for path in [
        "/v1/participants/OWNER/credit",
        "/v1/participants/OWNER/licences",
        "/v1/projects/P-1/eligibility",
        "/v1/projects/P-1/ratings",
        "/v1/projects/P-1/complaints",
        "/v1/participants/CITY/ratings",
        "/v1/indicators/published",
        "/v1/indicators?from_ms=0&until_ms=1000",
    ] {
        look(&cluster, path).await;
    }

    // What a project is not has no page: no listing, no building models.
    for path in ["/v1/projects/P-1/listing", "/v1/projects/P-1/models", "/v1/projects/P-9/listing"] {
        let answer = reqwest::get(format!("{url}{path}")).await.unwrap();
        assert_eq!(answer.status().as_u16(), 404, "{path}");
    }
    let completeness = look(&cluster, "/v1/projects/P-1").await["completeness"].clone();
    assert_eq!(completeness, json!({"electronic": 1, "steps": 1, "permille": 1000, "on_paper": []}));
    // What a bid seals of a building model, read from the file.
    let model = folder.join("station.ifc");
    std::fs::write(&model, "ISO-10303-21;HEADER;FILE_SCHEMA(('IFC4X3_ADD2'));ENDSEC;DATA;").unwrap();
    let (code, said) = biaozheng(&["model", "describe", text(&model)]).await;
    let described: Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!((code, &described["schema"]), (Some(0), &json!("IFC4X3_ADD2")), "{said}");
    std::fs::write(&model, "PK").unwrap();
    let (code, said) = biaozheng(&["model", "describe", text(&model)]).await;
    assert!(code == Some(1) && said.contains("no IFC exchange file"), "{said}");

    // Blocks as events: resumed where the client left off, in order, and live.
    let mut stream = reqwest::Client::new()
        .get(format!("{url}/v1/events"))
        .header("last-event-id", "1")
        .send()
        .await
        .unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let height = cluster.height_of(0).await.unwrap();
    let (mut seen, mut heard) = (String::new(), Vec::new());
    put(&cluster, &city, "evidence.recorded/1", None, json!({"n": 1})).await;
    while heard.last().is_none_or(|last| *last < height + 1) {
        let chunk =
            tokio::time::timeout(Duration::from_secs(20), stream.chunk()).await.unwrap().unwrap().unwrap();
        seen.push_str(std::str::from_utf8(&chunk).unwrap());
        heard = seen.lines().filter_map(|line| line.strip_prefix("id: ")?.parse::<u64>().ok()).collect();
    }
    assert_eq!(heard[..], (2..=*heard.last().unwrap()).collect::<Vec<_>>()[..], "every block once, in order");
    let bad = reqwest::Client::new()
        .get(format!("{url}/v1/events"))
        .header("last-event-id", "x")
        .send()
        .await
        .unwrap();
    assert_eq!(bad.status().as_u16(), 400);
    drop(stream);
    cluster.stop().await;
}

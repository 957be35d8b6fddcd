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

/// A file of the field, as it came.
fn outside(name: &str) -> String {
    format!("{}/data/outside/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// One bad line neither stops the good ones nor becomes a false statement; what changed becomes the next version.
async fn files_of_publishers(cluster: &Cluster, import: &[&str]) {
    let run = |file: String| async move {
        let mut arguments = import.to_vec();
        arguments[4] = &file;
        biaozheng(&arguments).await
    };
    for (file, code, end, named) in [
        (
            "b_space.jsonl",
            0,
            "3 imported as evidence 已导入存证 (0 as a next version 新版本), 0 were there already 已存在, 0 refused",
            "",
        ),
        ("c_emptytitle.jsonl", 0, "3 imported", ""),
        (
            "d_noocid.jsonl",
            1,
            "2 imported as evidence 已导入存证 (0 as a next version 新版本), 0 were there already 已存在, 1 refused",
            "d_noocid.jsonl line 2: not imported 未导入: no 'ocid'",
        ),
        (
            "d_noocid.jsonl",
            1,
            "0 imported as evidence 已导入存证 (0 as a next version 新版本), 2 were there already 已存在, 1 refused",
            "line 3: ocds-abc123-32 was imported before",
        ),
        ("import-first.jsonl", 0, "1 imported as evidence 已导入存证 (0 as a next version", ""),
        (
            "import-changed.jsonl",
            0,
            "1 imported as evidence 已导入存证 (1 as a next version",
            "changed; recorded as its next version",
        ),
        (
            "import-changed.jsonl",
            0,
            "0 imported as evidence 已导入存证 (0 as a next version 新版本), 1 were there",
            "was imported before",
        ),
        // Bytes of an earlier version are no new one.
        (
            "import-first.jsonl",
            0,
            "0 imported as evidence 已导入存证 (0 as a next version 新版本), 1 were there",
            "was imported before",
        ),
    ] {
        let (ended, said) = run(outside(&format!("import/{file}"))).await;
        assert!(
            ended == Some(code) && said.contains(end) && said.contains(named),
            "{file}: {ended:?} {said}"
        );
    }
    let all = look(cluster, "/v1/imported?limit=100").await;
    let shown =
        |ocid: &str| all["items"].as_array().unwrap().iter().find(|one| one["ocid"] == ocid).unwrap().clone();
    assert_eq!(shown("ocds-abc123-OFFICE 2 CM-2022-0062")["summary"], "Two");
    assert_eq!(shown("ocds-abc123-21")["summary"], "no title 无标题");
    let changed = shown("ocds-b3wdp1-MD-1");
    assert_eq!((&changed["version"], &changed["summary"]), (&json!(2), &json!("A, price corrected")));
}

/// A camera's file that is still being written, an empty one of another, a counter that begins again.
async fn recordings_of_recorders(cluster: &Cluster, folder: &Path, key: &Path) {
    let url = cluster.url(0);
    let segments = folder.join("of-recorders");
    std::fs::create_dir(&segments).unwrap();
    let put = |name: &str, bytes: &str| std::fs::write(segments.join(name), bytes).unwrap();
    let of = ["--api", &url, "--folder", text(&segments), "--project", "P-1", "--sitting", "others"];
    let record = |more: &[&'static str]| {
        let by = ["--key", text(key), "--org", "WITNESS", "--once"];
        let all = [["witness", "record"].as_slice(), &of, &by, more].concat();
        async move { biaozheng(&all).await }
    };
    for (index, from) in [(0, 1_790_000_000_000u64), (1, 1_790_000_010_000), (2, 1_790_000_020_000)] {
        put(&format!("hall_{index}_{from}_{}.mp4", from + 10_000), "data");
    }
    let growing = segments.join("hall_1_1790000010000_1790000020000.mp4");
    let age = |path: &Path, seconds: u64| {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(seconds)).unwrap();
    };
    for entry in std::fs::read_dir(&segments).unwrap() {
        age(&entry.unwrap().path(), 60);
    }
    std::fs::write(&growing, "more").unwrap();
    let (code, said) = record(&["--gap-reason", "磁盘更换"]).await;
    assert!(
        code == Some(3) && said.contains("hall: 1 segments on chain") && said.contains("waits for"),
        "{said}"
    );
    assert!(!said.contains("gap before"), "{said}");
    // Another camera has an empty file in its middle: the first one goes on.
    put("door_0_1790000000000_1790000010000.mp4", "x");
    put("door_1_1790000010000_1790000020000.mp4", "");
    put("door_2_1790000020000_1790000030000.mp4", "x");
    let (code, said) = record(&["--settle-s", "0"]).await;
    assert!(
        code == Some(1) && said.contains("hall: 2 segments on chain") && said.contains("door: 1 segments"),
        "{said}"
    );
    assert!(said.contains("door: not recorded") && said.contains("--gap-reason"), "{said}");
    // The recorder starts again and counts from 0.
    put("hall_0_1790000040000_1790000050000.mp4", "again");
    let (code, said) = record(&["--settle-s", "0", "--gap-reason", "空文件"]).await;
    assert!(code == Some(1) && said.contains("door: 1 segments") && said.contains("--run-reason"), "{said}");
    // Ten seconds passed before: what is not there needs its reason too.
    let (code, said) = record(&["--settle-s", "0", "--run-reason", "录像机重启"]).await;
    assert!(code == Some(1) && said.contains("--gap-reason"), "{said}");
    let reasons = ["--settle-s", "0", "--run-reason", "录像机重启", "--gap-reason", "断电"];
    let (code, said) = record(&reasons).await;
    assert!(code == Some(0) && said.contains("new run from segment 0: 录像机重启"), "{said}");
    let sittings = look(cluster, "/v1/projects/P-1/sittings?limit=10").await;
    let sitting =
        sittings["items"].as_array().unwrap().iter().find(|one| one["sitting"] == "others").unwrap().clone();
    let range = |at: usize| {
        (
            sitting["cameras"][at]["segments"].clone(),
            sitting["cameras"][at]["gaps"].clone(),
            sitting["cameras"][at]["runs"].clone(),
        )
    };
    assert_eq!(range(0), (json!(2), json!(1), json!(0)), "door: what its empty file left out");
    assert_eq!(range(1), (json!(4), json!(1), json!(1)), "hall: the pause before its new run");
    let check = [["witness", "check"].as_slice(), &of].concat();
    let (code, said) = biaozheng(&check).await;
    assert!(code == Some(0) && said.contains("began anew 1 times"), "{said}");
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

    files_of_publishers(&cluster, &import).await;

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

    recordings_of_recorders(&cluster, folder, &witness_key).await;

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
    for (file, schema) in [
        ("bom", "IFC4X3_ADD2"),
        ("dev_hash", "IFC4X3_DEV_7E95FE8"),
        ("ifc-section-sign", "IFC4"),
        ("lower_x", "IFC2X3"),
    ] {
        let (code, said) = biaozheng(&["model", "describe", &outside(&format!("ifc/{file}.ifc"))]).await;
        let described: Value = serde_json::from_str(said.trim()).unwrap();
        assert_eq!((code, &described["schema"]), (Some(0), &json!(schema)), "{file}: {said}");
    }
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

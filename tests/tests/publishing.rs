//! A centre checks a text, publishes it with the program, and everybody reads what holds: rulebook, tightening, calendar.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use biaozheng_client::{Author, Wait};
use biaozheng_contracts::Rulebook;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId};
use biaozheng_ledger::key::SecretKey;
use biaozheng_tests::cluster::{Cluster, program};
use serde_json::{Value, json};

const LAW: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../contracts/rulebooks/engineering-open.toml"));
const DAY_MS: u64 = 86_400_000;

async fn biaozheng(arguments: &[&str]) -> (Option<i32>, String) {
    let command = tokio::process::Command::new(program("biaozheng").unwrap()).args(arguments).output().await;
    let Output { status, stdout, stderr } = command.unwrap();
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

async fn says(arguments: &[&str], code: i32, words: &[&str]) -> String {
    let (found, said) = biaozheng(arguments).await;
    assert_eq!(found, Some(code), "{arguments:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?}: {word}: {said}");
    }
    said
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let place = folder.join(name);
    std::fs::write(&place, text).unwrap();
    place
}

fn east(values: &str) -> String {
    format!(
        "category = \"engineering-open\"\ncentre = \"EAST\"\nversion = 1\nbase = \"{}\"\ntitle = \"East\"\n\
         title_zh = \"东区\"\n\n[parameter]\n{values}",
        Digest::of(LAW.as_bytes())
    )
}

const STRICTER: &str = "publicity_min = { value = \"5d\", article = \"东区规则3\", basis = \"centre\" }\n\
                        publicity_start = { value = \"72h\", article = \"条例54\", basis = \"statute\" }\n";

/// Without a node: what is good, what is wrong with a text, in two languages.
#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_checked_before_it_is_published() {
    let scratch = tempfile::tempdir().unwrap();
    let law = written(scratch.path(), "law.toml", LAW);
    says(&["rulebook", "check", path(&law)], 0, &["good 规则书有效", "49 steps", "its own table 自有环节表"])
        .await;
    let dropped = LAW.replace("guards = [\"publicity_min\", ", "guards = [");
    let dropped = written(scratch.path(), "dropped.toml", &dropped);
    let words = ["规则书无效", "'award.notified/1' drops the guard 'publicity_min'"];
    says(&["rulebook", "check", path(&dropped)], 1, &words).await;
    let table = says(&["rulebook", "steps", path(&law)], 0, &["[step]"]).await;
    assert!(LAW.ends_with(&table), "the shipped table");
    let good = written(scratch.path(), "east.toml", &east(STRICTER));
    let words = [
        "收紧文本有效",
        "publicity_min: \"3d\" -> \"5d\" stricter 收紧",
        "publicity_start: \"3d\" -> \"72h\" the same 相同",
    ];
    says(&["rulebook", "check", path(&good), "--against", path(&law)], 0, &words).await;
    let looser = written(scratch.path(), "looser.toml", &east(&STRICTER.replace("5d", "2d")));
    let words = ["收紧文本无效", "'publicity_min'", "\"3d\"", "\"2d\""];
    says(&["rulebook", "check", path(&looser), "--against", path(&law)], 1, &words).await;
}

async fn put(
    cluster: &Cluster,
    author: &Author,
    kind: &str,
    previous: Option<RecordId>,
    body: Value,
) -> RecordId {
    let mut draft = author.record(kind, body);
    if !kind.starts_with("participant") {
        draft = draft.project(ProjectId::new("P-1").unwrap());
    }
    if let Some(previous) = previous {
        draft = draft.previous(previous);
    }
    let record = draft.sign(biaozheng_client::author::clock()).unwrap();
    let client = cluster.client(0).unwrap();
    let sent = client.submit(&record.envelope().to_json(), Wait::Committed, Duration::from_secs(30)).await;
    assert!(sent.unwrap().reached(Wait::Committed), "{kind}");
    record.id()
}

/// The centres' records through the program, what holds for a tender through the API.
#[tokio::test(flavor = "multi_thread")]
async fn a_district_tightens_and_a_tender_of_its_own_pins_it() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let mut cluster = Cluster::found(&folder.join("consortium"), "rulebooks").await.unwrap();
    cluster.start(0..4).await.unwrap();
    let (url, keys) = (cluster.url(0), folder.join("consortium/organisations"));
    let submit = async |org: &str, kind: &str, body: &Path, code: i32, words: &[&str]| {
        let key = keys.join(format!("{org}.key"));
        let of = [
            "submit",
            "--api",
            &url,
            "--type",
            kind,
            "--body",
            path(body),
            "--org",
            org,
            "--key",
            path(&key),
        ];
        says(&[of.as_slice(), &["--wait", "committed"]].concat(), code, words).await
    };
    let body = async |name: &str, text: &str| {
        let file = written(folder, name, text);
        let said = says(&["rulebook", "body", path(&file)], 0, &["\"toml\""]).await;
        written(folder, &format!("{name}.json"), &said)
    };
    submit("CITY", "rulebook.published/1", &body("law.toml", LAW).await, 0, &[]).await;
    let looser = body("looser.toml", &east(&STRICTER.replace("5d", "2d"))).await;
    submit("EAST", "rulebook.tightened/1", &looser, 1, &["tightening.looser", "publicity_min"]).await;
    let text = east(STRICTER);
    submit("EAST", "rulebook.tightened/1", &body("east.toml", &text).await, 0, &[]).await;
    let year = json!({
        "year": 2026, "version": 1, "holidays": ["2026-10-01", "2026-10-02"], "working_days": ["2026-10-10"],
        "source": "国办发明电（演示）",
    });
    let year = written(folder, "2026.json", &year.to_string());
    submit("CITY", "calendar.published/1", &year, 0, &[]).await;

    let client = cluster.client(0).unwrap();
    let listed = client.tightenings().await.unwrap().items;
    assert_eq!((listed.len(), &listed[0]["centre"]), (1, &json!("EAST")));
    let digest = Digest::of(text.as_bytes());
    assert_eq!(client.tightening(&digest).await.unwrap(), text);
    let calendars = client.calendars().await.unwrap().items;
    assert_eq!((calendars.len(), &calendars[0]["working_days"]), (1, &json!(["2026-10-10"])));

    let city = cluster.organisation("CITY").unwrap();
    let owner = SecretKey::from_seed(&[3; 32]);
    let registration = json!({"org": "OWNER", "name": "OWNER", "roles": ["tenderee"], "key": owner.public()});
    put(&cluster, &city, "participant.registered/1", None, registration).await;
    let owner = Author::new(OrgId::new("OWNER").unwrap(), owner, cluster.chain);
    let project = json!({
        "title": "人民路改造", "code": "2026-320500-48-01-000123", "tenderee": "OWNER", "centre": "EAST",
    });
    let registered = put(&cluster, &owner, "project.registered/1", None, project).await;
    let now = biaozheng_client::author::clock().get();
    let notice = json!({
        "rulebook": Digest::of(LAW.as_bytes()).to_string(), "tightening": digest.to_string(), "currency": "CNY",
        "notice": "道路工程", "method": "lowest_price", "bid_bond": 1_000_000,
        "lots": [{"id": "1", "title": "一标段", "estimate": 100_000_000}],
        "documents_from_ms": now, "documents_until_ms": now + 6 * DAY_MS, "deadline_ms": now + 21 * DAY_MS,
    });
    put(&cluster, &owner, "tender.published/1", Some(registered), notice).await;
    let id = ProjectId::new("P-1").unwrap();
    let shown = client.project(&id).await.unwrap();
    assert_eq!(shown["rules"]["tightening"], json!(digest.to_string()));
    assert_eq!(shown["rules"]["parameters"]["tightened"][0]["value"], "\"5d\"");
    assert_eq!(shown["rules"]["calendars"][0]["year"], 2026);
    let effective = Rulebook::parse_effective(&client.project_rulebook(&id).await.unwrap()).unwrap();
    assert_eq!(effective.text("publicity_min"), "\"5d\"");
    cluster.stop().await;
}

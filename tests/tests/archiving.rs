//! Archives on a running consortium: made by themselves when projects end, and built again from the ledger years later, so
//! to speak: after the chain went on, by another node, and after the package was lost.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use biaozheng_client::{Author, Client, PageQuery, Patience, Wait, author};
use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::payload::DocumentReference;
use biaozheng_tests::cluster::{Cluster, program};
use biaozheng_verify::archive::write::{DocumentFolder, write_folder};
use serde_json::{Value, json};

const LAW: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../contracts/rulebooks/engineering-open.toml"));
const SOON: Duration = Duration::from_secs(60);

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn run(name: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let output = tokio::process::Command::new(program(name).unwrap()).args(arguments).output().await.unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), said)
}

/// A consortium with a tenderee, and one folder for everything.
struct Place {
    folder: tempfile::TempDir,
    cluster: Cluster,
    client: Client,
    city: Author,
    owner: Author,
}

impl Place {
    async fn found() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut cluster = Cluster::found(&folder.path().join("consortium"), "archiving").await.unwrap();
        cluster.start(0..5).await.unwrap();
        let (client, city) = (cluster.client(0).unwrap(), cluster.organisation("CITY").unwrap());
        let key = SecretKey::from_seed(&[41; 32]);
        let owner = Author::new(OrgId::new("OWNER").unwrap(), key, cluster.chain);
        let place = Self { folder, cluster, client, city, owner };
        let body =
            json!({"org": "OWNER", "name": "OWNER", "roles": ["tenderee"], "key": place.owner.public_key()});
        place.put(&place.city, "participant.registered/1", None, None, &[], body).await;
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn put(
        &self,
        by: &Author,
        kind: &str,
        project: Option<&str>,
        previous: Option<RecordId>,
        documents: &[DocumentReference],
        body: Value,
    ) -> RecordId {
        let mut draft = by.record(kind, body);
        if let Some(project) = project {
            draft = draft.project(ProjectId::new(project).unwrap());
        }
        if let Some(previous) = previous {
            draft = draft.previous(previous);
        }
        for document in documents {
            draft = draft.document(document.clone());
        }
        let record = draft.sign(author::clock()).unwrap();
        let patience = Patience { total: Duration::from_secs(30), ..Patience::default() };
        self.client.submit_until(&record, Wait::Committed, patience).await.unwrap();
        record.id()
    }

    /// A project that ended; gives its last record.
    async fn ended(&self, project: &str, centre: &str, documents: &[DocumentReference]) -> RecordId {
        let body = json!({
            "title": "人民路改造", "code": "2026-320500-48-01-000123", "tenderee": "OWNER", "centre": centre,
        });
        let first = self.put(&self.owner, "project.registered/1", Some(project), None, &[], body).await;
        let body = json!({"reason": "项目取消"});
        self.put(&self.owner, "tender.terminated/1", Some(project), Some(first), documents, body).await
    }

    async fn goes_on(&self, records: u64) {
        for n in 0..records {
            self.put(&self.city, "evidence.recorded/1", None, None, &[], json!({"n": n})).await;
        }
    }

    fn watch(&self, more: &[&'static str]) -> Vec<String> {
        let key = self.path("consortium/organisations/CITY.key");
        let (out, documents, chain) = (self.path("archives"), self.path("documents"), self.cluster.chain);
        let mut all: Vec<String> =
            ["archive", "--watch", "--org", "CITY", "--after-s", "0", "--every-s", "1"]
                .map(str::to_owned)
                .into();
        for (name, value) in [("--key", text(&key)), ("--out", text(&out)), ("--documents", text(&documents))]
        {
            all.extend([name.to_owned(), value.to_owned()]);
        }
        all.extend(["--chain".to_owned(), chain.to_string(), "--api".to_owned(), self.cluster.url(0)]);
        all.extend(more.iter().map(|one| (*one).to_owned()));
        all
    }

    async fn look(&self, more: &[&'static str]) -> (Option<i32>, String) {
        let arguments = self.watch(&[&["--once"], more].concat());
        run("biaozheng", &arguments.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    async fn rebuild(&self, node: usize, project: &str, out: &Path) -> (Option<i32>, String) {
        let (url, documents, chain) =
            (self.cluster.url(node), self.path("documents"), self.cluster.chain.to_string());
        run(
            "biaozheng",
            &[
                "archive",
                project,
                "--rebuild",
                "--api",
                &url,
                "--documents",
                text(&documents),
                "--chain",
                &chain,
                "--out",
                text(out),
            ],
        )
        .await
    }

    fn package(&self, project: &str) -> PathBuf {
        self.path("archives").join(format!("{project}.tar"))
    }

    /// How many records seal a project.
    async fn seals(&self, project: &str) -> usize {
        let query = PageQuery { limit: Some(200), after: None };
        let page = self.client.project_records(&ProjectId::new(project).unwrap(), &query).await.unwrap();
        page.items.iter().filter(|row| row["type"] == "archive.sealed/1").count()
    }

    async fn is_valid(&self, package: &Path) {
        let policy = self.cluster.policy_file();
        let (code, said) =
            run("biaozheng-verify", &["--archive", text(package), "--policy", text(&policy)]).await;
        assert_eq!(code, Some(0), "{said}");
    }
}

/// The files of a package in folder form, its seal and what lists it aside.
fn payload(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !name.starts_with("seal") && !text(&name).starts_with("tagmanifest-") {
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_are_made_as_projects_end_and_built_again_byte_for_byte() {
    let mut place = Place::found().await;
    let decision = author::document("决定书.txt", b"decision", "text/plain");
    std::fs::create_dir_all(place.path("documents")).unwrap();
    std::fs::write(place.path("documents").join(decision.digest.digest().hex()), b"decision").unwrap();
    place.ended("P-1", "CITY", &[decision]).await;
    place.ended("P:2", "CITY", &[]).await;
    place.ended("P-EAST", "EAST", &[]).await;
    let body =
        json!({"title": "t", "code": "2026-320500-48-01-000124", "tenderee": "OWNER", "centre": "CITY"});
    place.put(&place.owner, "project.registered/1", Some("P-OPEN"), None, &[], body).await;

    let (code, said) = place.look(&[]).await;
    assert!(code == Some(0) && said.contains("2 archives made"), "{said}");
    for name in ["P-1", "P%3A2"] {
        place.is_valid(&place.package(name)).await;
    }
    let made = std::fs::read_dir(place.path("archives")).unwrap().map(|one| one.unwrap().file_name());
    let made: BTreeSet<_> = made.map(|name| name.into_string().unwrap()).collect();
    let wanted = [".lock", "P%3A2.tar", "P-1.tar"].map(str::to_owned);
    assert_eq!(made, wanted.into(), "of other centres' projects and of what goes on: none");
    let first = std::fs::read(place.package("P-1")).unwrap();
    let (code, said) = place.look(&[]).await;
    assert!(code == Some(0) && said.contains("0 archives made"), "{said}");
    assert_eq!((place.seals("P-1").await, place.seals("P-EAST").await), (1, 0));

    // The chain goes on, its node is started anew, and the package is lost: it comes back as it was.
    place.goes_on(12).await;
    let body = json!({
        "rule": "R018", "severity": "low", "organisations": ["OWNER"], "formula": "bidders = 1", "threshold": "1", "found": "1",
        "rules": {"version": 1, "digest": Digest::of(b"rules").to_string()},
        "due_ms": author::clock().get() + 86_400_000, "text": "one bidder", "text_zh": "仅一家投标",
    });
    let regulator = place.cluster.organisation("REG").unwrap();
    place.put(&regulator, "alert.raised/1", Some("P-1"), None, &[], body).await;
    place.cluster.kill(0).await.unwrap();
    place.cluster.spawn(0).unwrap();
    place.cluster.started(0, SOON).await.unwrap();
    let again = place.path("again.tar");
    let (code, said) = place.rebuild(0, "P-1", &again).await;
    assert!(code == Some(0) && said.contains("byte for byte as sealed"), "{said}");
    assert!(std::fs::read(&again).unwrap() == first, "the whole package, seal and all");
    std::fs::remove_file(place.package("P-1")).unwrap();
    let (code, said) = place.look(&[]).await;
    assert!(code == Some(0) && said.contains("1 archives made"), "{said}");
    assert!(std::fs::read(place.package("P-1")).unwrap() == first);
    assert_eq!(place.seals("P-1").await, 1);

    // Any other node builds the same but for the checkpoint its own certificate of the seal stands under.
    let height = place.cluster.height_of(0).await.unwrap();
    let mut all = Vec::new();
    for node in [0, 1, 4] {
        place.cluster.reach(node, height, SOON).await.unwrap();
        let folder = place.path(&format!("node-{node}"));
        let (code, said) = place.rebuild(node, "P-1", &folder).await;
        assert!(code == Some(0) && said.contains("byte for byte as sealed"), "{said}");
        place.is_valid(&folder).await;
        all.push(payload(&folder));
    }
    assert!(all[0].len() > 10 && all.windows(2).all(|pair| pair[0] == pair[1]));

    // Without its document it is not built, and a damaged one is no missing one.
    let shelf = place.path("documents");
    std::fs::rename(&shelf, place.path("elsewhere")).unwrap();
    let (code, said) = place.rebuild(0, "P-1", &place.path("never.tar")).await;
    assert!(code == Some(1) && said.contains("1 documents of the sealed archive are not here"), "{said}");
    assert!(!place.path("never.tar").exists());
    place.cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_cut_off_goes_on_and_what_lacks_a_document_waits() {
    let mut place = Place::found().await;
    let lost = author::document("丢失.txt", b"lost", "text/plain");
    place.ended("P-LOST", "CITY", std::slice::from_ref(&lost)).await;
    let (code, said) = place.look(&[]).await;
    assert!(code == Some(3) && said.contains("1 documents are missing, nothing is sealed"), "{said}");
    assert_eq!((place.seals("P-LOST").await, place.package("P-LOST").exists()), (0, false));
    let (code, said) = place.look(&["--with-missing"]).await;
    assert!(code == Some(0) && said.contains("1 archives made"), "{said}");
    place.is_valid(&place.package("P-LOST")).await;
    // A document that turns up later is no part of what was sealed.
    std::fs::write(place.path("documents").join(lost.digest.digest().hex()), b"lost").unwrap();
    let (code, said) = place.rebuild(0, "P-LOST", &place.path("again.tar")).await;
    assert_eq!(code, Some(0), "{said}");
    let sealed = std::fs::read(place.package("P-LOST")).unwrap();
    assert!(std::fs::read(place.path("again.tar")).unwrap() == sealed);

    // Cut off between the record that seals and the package: what was begun is finished, and no second record comes.
    place.ended("P-CUT", "CITY", &[]).await;
    let begun = place.path("archives/P-CUT.tar.unsealed");
    let mut watch = tokio::process::Command::new(program("biaozheng").unwrap())
        .args(place.watch(&[]))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let deadline = tokio::time::Instant::now() + SOON;
    while !begun.join("bagit.txt").exists() && !place.package("P-CUT").exists() {
        assert!(tokio::time::Instant::now() < deadline, "nothing is begun");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let (code, said) = place.look(&[]).await;
    assert!(code == Some(1) && said.contains("another run makes archives"), "{said}");
    watch.kill().await.unwrap();
    // What a cut leaves half written does not stand in the way.
    std::fs::create_dir_all(place.path("archives/P-CUT.tar.unsealed.part/data")).unwrap();
    std::fs::write(place.path("archives/P-CUT.tar.part"), b"half").unwrap();
    let (code, said) = place.look(&[]).await;
    assert_eq!(code, Some(0), "{said}");
    place.is_valid(&place.package("P-CUT")).await;
    assert_eq!((place.seals("P-CUT").await, begun.exists()), (1, false));

    // The record was sent, and then the power went: the package is made with that record.
    let last = place.ended("P-SENT", "CITY", &[]).await;
    let project = ProjectId::new("P-SENT").unwrap();
    let collected = place.client.collect_archive(&project, None, &|_| ()).await.unwrap();
    let bag = biaozheng_archive::build(&collected.archive, &BTreeMap::new());
    let mut shelf = DocumentFolder::new(place.path("documents"));
    write_folder(&bag, &mut shelf, &place.path("archives/P-SENT.tar.unsealed")).unwrap();
    let body = bag.seal_body();
    place.put(&place.city, "archive.sealed/1", Some("P-SENT"), Some(last), &[], body).await;
    let (code, said) = place.look(&[]).await;
    assert!(code == Some(0) && said.contains("1 archives made"), "{said}");
    place.is_valid(&place.package("P-SENT")).await;
    assert_eq!(place.seals("P-SENT").await, 1);

    // What was begun is damaged: what was not sealed is begun anew, what was is built again.
    place.ended("P-BROKEN", "CITY", &[]).await;
    let broken = place.path("archives/P-BROKEN.tar.unsealed");
    std::fs::create_dir_all(broken.join("data")).unwrap();
    let (code, said) = place.look(&[]).await;
    assert!(code == Some(0) && said.contains("cannot be used") && !broken.exists(), "{said}");
    let sealed = std::fs::read(place.package("P-BROKEN")).unwrap();
    std::fs::create_dir_all(broken.join("data")).unwrap();
    std::fs::remove_file(place.package("P-BROKEN")).unwrap();
    let (code, said) = place.look(&[]).await;
    assert!(code == Some(0) && !broken.exists(), "{said}");
    assert!(std::fs::read(place.package("P-BROKEN")).unwrap() == sealed);
    assert_eq!(place.seals("P-BROKEN").await, 1);

    // Sealed before checkpoints were stated: said so, nothing made up.
    let last = place.ended("P-OLD", "CITY", &[]).await;
    let project = ProjectId::new("P-OLD").unwrap();
    let collected = place.client.collect_archive(&project, None, &|_| ()).await.unwrap();
    let mut body = biaozheng_archive::build(&collected.archive, &BTreeMap::new()).seal_body();
    assert!(body.as_object_mut().unwrap().remove("checkpoint").is_some());
    let seal = place.put(&place.city, "archive.sealed/1", Some("P-OLD"), Some(last), &[], body).await;
    let (code, said) = place.rebuild(0, "P-OLD", &place.path("old.tar")).await;
    assert!(code == Some(1) && said.contains("does not state the checkpoint"), "{said}");
    // The certificate of a seal stays the one it was first given under.
    let held = || async {
        let deadline = tokio::time::Instant::now() + SOON;
        loop {
            match place.client.certificate(&seal).await {
                Ok(text) => break Certificate::from_json(text.as_bytes()).unwrap(),
                Err(error) => {
                    assert!(tokio::time::Instant::now() < deadline && error.is_pending(), "{error}")
                }
            }
        }
    };
    let first = held().await;
    place.goes_on(5).await;
    assert_eq!(held().await, first);
    place.cluster.stop().await;
}

/// A calendar that is corrected after the seal, and one that comes later: the archive has what held then.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_corrected_since_is_as_it_was_when_sealed() {
    let mut place = Place::found().await;
    place.put(&place.city, "rulebook.published/1", None, None, &[], json!({"toml": LAW})).await;
    let calendar = |year: u16, version: u32| {
        json!({
            "year": year, "version": version, "holidays": [format!("{year}-10-0{version}")], "working_days": [],
            "source": "国办发明电（演示）",
        })
    };
    place.put(&place.city, "calendar.published/1", None, None, &[], calendar(2026, 1)).await;
    let body =
        json!({"title": "t", "code": "2026-320500-48-01-000123", "tenderee": "OWNER", "centre": "CITY"});
    let registered = place.put(&place.owner, "project.registered/1", Some("P-1"), None, &[], body).await;
    let (now, day) = (author::clock().get(), 86_400_000);
    let notice = json!({
        "rulebook": Digest::of(LAW.as_bytes()).to_string(), "currency": "CNY", "notice": "道路工程",
        "method": "lowest_price", "bid_bond": 1_000_000,
        "lots": [{"id": "1", "title": "一标段", "estimate": 100_000_000}],
        "documents_from_ms": now, "documents_until_ms": now + 6 * day, "deadline_ms": now + 21 * day,
    });
    let notice =
        place.put(&place.owner, "tender.published/1", Some("P-1"), Some(registered), &[], notice).await;
    place.put(&place.city, "calendar.published/1", None, None, &[], calendar(2027, 1)).await;
    let body = json!({"reason": "项目取消"});
    place.put(&place.owner, "tender.terminated/1", Some("P-1"), Some(notice), &[], body).await;
    let (code, said) = place.look(&[]).await;
    assert!(code == Some(0) && said.contains("1 archives made"), "{said}");
    let sealed = std::fs::read(place.package("P-1")).unwrap();

    let shown = place.client.project(&ProjectId::new("P-1").unwrap()).await.unwrap();
    let years = |shown: &Value| -> Vec<(u64, u64, bool)> {
        let all = shown["rules"]["calendars"].as_array().unwrap().iter();
        all.map(|one| {
            let number = |name: &str| one[name].as_u64().unwrap();
            (number("year"), number("version"), one["pinned"].as_bool().unwrap())
        })
        .collect()
    };
    assert_eq!(years(&shown), [(2026, 1, true), (2027, 1, false)]);
    place.put(&place.city, "calendar.published/1", None, None, &[], calendar(2027, 2)).await;
    place.put(&place.city, "calendar.published/1", None, None, &[], calendar(2028, 1)).await;
    let shown = place.client.project(&ProjectId::new("P-1").unwrap()).await.unwrap();
    // One that is corrected stays as it first came; the later one holds for the project too, and is not in the archive.
    assert_eq!(years(&shown), [(2026, 1, true), (2027, 1, false), (2028, 1, false)]);
    let again = place.path("again.tar");
    let (code, said) = place.rebuild(0, "P-1", &again).await;
    assert!(code == Some(0) && said.contains("byte for byte as sealed"), "{said}");
    assert!(std::fs::read(&again).unwrap() == sealed);
    place.cluster.stop().await;
}

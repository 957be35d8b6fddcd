//! Whole archives: as sealed they hold; any file deleted, changed or added is named; and whoever writes all
//! manifests anew still meets the seal.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use biaozheng_archive::Archive;
use biaozheng_ledger::certificate::Standing;
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::record::Record;
use biaozheng_ledger_scenes::chain::test_key;
use biaozheng_ledger_scenes::project::{PROJECT, SmallProject};
use biaozheng_verify::archive::{Anchor, ArchiveJudgement, ArchiveVerdict, Kind, judge_archive};
use serde_json::json;

struct Bag {
    project: SmallProject,
    archive: Archive,
    scratch: tempfile::TempDir,
}

impl Bag {
    fn sealed(label: &str) -> Self {
        let mut project = SmallProject::new(label);
        let archive = project.seal();
        Self { project, archive, scratch: tempfile::tempdir().unwrap() }
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.project.bytes_of(&self.archive)
    }

    fn folder(&self, files: &BTreeMap<String, Vec<u8>>) -> PathBuf {
        let root = self.scratch.path().join("bag");
        let _ = fs::remove_dir_all(&root);
        for (path, bytes) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        root
    }

    fn tar(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.archive.write_tar(&mut self.project.shelf.clone(), &mut bytes).unwrap();
        bytes
    }

    fn judge(&self, path: &Path) -> ArchiveJudgement {
        judge_archive(path, &Anchor { policy: Some(&self.project.chain.policy), ..Anchor::default() })
    }

    fn judge_tar(&self, bytes: &[u8]) -> ArchiveJudgement {
        let path = self.scratch.path().join("bag.tar");
        fs::write(&path, bytes).unwrap();
        self.judge(&path)
    }

    #[track_caller]
    fn names(&self, files: &BTreeMap<String, Vec<u8>>, path: &str, kind: Kind) {
        let judgement = self.judge(&self.folder(files));
        assert_eq!(judgement.verdict, ArchiveVerdict::Invalid, "{path} {kind:?}: {judgement:?}");
        let found = judgement.findings.iter().find(|finding| finding.path == path);
        assert_eq!(found.map(|finding| finding.kind), Some(kind), "{path}: {:#?}", judgement.findings);
    }
}

#[test]
fn a_closed_record_is_proved_without_its_body() {
    let mut project = SmallProject::new("closed");
    project.add("bid.sealed/1", vec![], json!({"secret": "canary"}));
    let archive = project.seal_with_closed(3);
    let bag = Bag { project, archive, scratch: tempfile::tempdir().unwrap() };
    let mut files = bag.files();
    let judgement = bag.judge(&bag.folder(&files));
    assert_eq!((judgement.verdict, judgement.contents.records), (ArchiveVerdict::Valid, 4), "{judgement:?}");
    assert!(!files.values().any(|bytes| String::from_utf8_lossy(bytes).contains("canary")));
    let closed = bag.project.certificates().pop().unwrap();
    let path = format!("data/certificates/{}.json", closed.record.digest().hex());
    files.insert(path.clone(), closed.to_json().into_bytes());
    bag.names(&files, &path, Kind::Changed);
    files.remove(&path).unwrap();
    bag.names(&files, &path, Kind::Missing);
}

#[test]
fn as_sealed_it_is_valid_as_folder_and_as_tar() {
    let bag = Bag::sealed("whole");
    let folder = bag.folder(&bag.files());
    for judgement in [bag.judge(&folder), bag.judge_tar(&bag.tar())] {
        assert_eq!(judgement.findings, []);
        assert_eq!(judgement.verdict, ArchiveVerdict::Valid);
        let contents = &judgement.contents;
        assert_eq!((contents.records, contents.documents, contents.missing.len()), (3, 2, 1));
        assert_eq!(contents.project.as_deref(), Some(PROJECT));
    }
    let alone = judge_archive(&folder, &Anchor::default());
    assert_eq!((alone.verdict, alone.verdict.exit_code()), (ArchiveVerdict::NotAnchored, 0));
    let alone = judge_archive(&folder, &Anchor { required: true, ..Anchor::default() });
    assert_eq!((alone.verdict, alone.verdict.exit_code()), (ArchiveVerdict::NoTrustAnchor, 2));
    let again = Bag::sealed("whole");
    assert_eq!(bag.tar(), again.tar());
    let other = SmallProject::new("other").chain.policy;
    let judgement = judge_archive(&folder, &Anchor { policy: Some(&other), ..Anchor::default() });
    assert_eq!(judgement.verdict, ArchiveVerdict::Invalid);
}

/// What anyone does who has the ledger and the documents, years later: the chain went on, every certificate taken now
/// stands under another checkpoint, and the sealing record has the one of then.
#[test]
fn from_a_chain_that_went_on_it_is_built_again_byte_for_byte() {
    let mut project = SmallProject::new("again");
    let (archive, sealing) = project.seal_under_one_checkpoint();
    let seal = project.chain.certificate(sealing);
    for number in 0..40 {
        let payload = project.chain.payload(100 + number);
        let payload = Payload { cosigners: vec![], ..payload };
        let record = Record::sign(&payload, &[&test_key("author")]).unwrap();
        project.chain.append(record, 100 + number, 0);
    }
    let (record, _) = &project.chain.records[sealing];
    let body = &record.payload().body;
    let standing: Standing = serde_json::from_value(body["checkpoint"].clone()).unwrap();
    let taken_now = project.archive_of(project.certificates(), None);
    assert_ne!(taken_now.seal_body()["manifest"], body["manifest"], "taken now it is another archive");

    let again = project.again(&standing, seal.clone());
    assert_eq!(again.seal_body(), *body);
    let tar = |archive: &Archive| {
        let mut bytes = Vec::new();
        archive.write_tar(&mut project.shelf.clone(), &mut bytes).unwrap();
        bytes
    };
    assert_eq!(tar(&again), tar(&archive));
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("again.tar");
    fs::write(&path, tar(&again)).unwrap();
    let anchor = Anchor { policy: Some(&project.chain.policy), ..Anchor::default() };
    let judgement = judge_archive(&path, &anchor);
    assert_eq!((judgement.verdict, &judgement.findings[..]), (ArchiveVerdict::Valid, &[][..]));

    // The same tree cosigned by others is another checkpoint, and the seal says that it is not the sealed one.
    let other = Standing::new(project.chain.signed(standing.size(), &[1, 2, 3]), Vec::new()).unwrap();
    assert_ne!(project.again(&other, seal).seal_body()["manifest"], body["manifest"]);
}

#[test]
fn every_deleted_changed_or_added_file_is_named() {
    let bag = Bag::sealed("each");
    let files = bag.files();
    assert!(files.len() > 15, "{:?}", files.keys());
    for (path, bytes) in &files {
        let mut less = files.clone();
        less.remove(path);
        bag.names(&less, path, Kind::Missing);
        for place in [0, bytes.len() - 1] {
            let mut changed = files.clone();
            changed.get_mut(path).unwrap()[place] ^= 1 << (place % 7);
            bag.names(&changed, path, Kind::Changed);
        }
    }
    for added in
        ["note.txt", "data/note.txt", "data/documents/02-tender/x.pdf", "seal/y.json", ".hidden", "data/a b"]
    {
        let mut more = files.clone();
        more.insert(added.into(), b"x".to_vec());
        bag.names(&more, added, Kind::Added);
    }
    let mut more = files.clone();
    let (path, copy) = files.iter().find(|(path, _)| path.starts_with("data/certificates/")).unwrap();
    let path = path.replace(".json", "-copy.json");
    more.insert(path.clone(), copy.clone());
    bag.names(&more, &path, Kind::Added);
}

#[test]
fn a_link_out_of_the_bag_is_named_and_not_followed() {
    let bag = Bag::sealed("link");
    let folder = bag.folder(&bag.files());
    fs::remove_file(folder.join("data/keys.json")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.join("data/keys.json")).unwrap();
    let judgement = bag.judge(&folder);
    assert!(judgement.findings.iter().any(|one| one.path == "data/keys.json"), "{judgement:?}");
    assert_eq!(judgement.verdict, ArchiveVerdict::Invalid);
}

#[test]
fn a_changed_bit_anywhere_in_the_tar_is_found() {
    let bag = Bag::sealed("tar");
    let tar = bag.tar();
    let files = bag.files();
    let mut at = 0;
    for (path, bytes) in &files {
        let mut places = vec![at + 136, at + 511, at + 512];
        let end = at + 512 + bytes.len();
        if !bytes.len().is_multiple_of(512) {
            places.push(end);
        }
        for place in places {
            let mut changed = tar.clone();
            changed[place] ^= 1;
            let judgement = bag.judge_tar(&changed);
            assert_eq!(judgement.verdict, ArchiveVerdict::Invalid, "{path} at {place}");
        }
        at = end.next_multiple_of(512);
    }
    assert_eq!(at + 1024, tar.len());
    let longer = |tail: &[u8]| [tar.clone(), tail.to_vec()].concat();
    let cuts = [tar.len() - 1, tar.len() - 512, at].map(|end| tar[..end].to_vec());
    for changed in [longer(&[7; 512]), longer(&[0; 511]), longer(&tar)].into_iter().chain(cuts) {
        assert_eq!(bag.judge_tar(&changed).verdict, ArchiveVerdict::Invalid);
    }
    assert_eq!(bag.judge_tar(b"%PDF").verdict, ArchiveVerdict::Unusable);
    assert_eq!(bag.judge(Path::new("/nowhere")).verdict, ArchiveVerdict::Unusable);
}

/// Packs a folder with the system's tar.
fn packed(bag: &Bag, at: &Path, arguments: &[&str]) -> PathBuf {
    let out = bag.scratch.path().join("again.tar");
    let done = Command::new("tar").current_dir(at).arg("-cf").arg(&out).args(arguments).status().unwrap();
    assert!(done.success(), "{arguments:?}");
    out
}

#[test]
fn packed_again_by_others_it_is_judged_by_its_contents() {
    let bag = Bag::sealed("again");
    let files = bag.files();
    let root = bag.folder(&files);
    let above = root.parent().unwrap();
    let long = bag.archive.folder().to_owned();
    fs::rename(&root, above.join(&long)).unwrap();
    let root = above.join(&long);
    // Of another owner, at another time, in whatever order the disk gives, with folders as members of their own.
    let mut forms: Vec<Vec<&str>> = Vec::new();
    for format in ["gnu", "ustar", "pax", "posix"] {
        let form: &str = Box::leak(format!("--format={format}").into_boxed_str());
        forms.push(vec![form, &long]);
        forms.push(vec![form, "--owner=zhang:1000", "--mtime=@1700000000.25", "-b", "128", &long]);
        forms.push(vec![form, "--sort=name", "--transform=s,^,./,", &long]);
        let judgement = bag.judge(&packed(&bag, &root, &[form, "."]));
        assert_eq!((judgement.verdict, judgement.findings), (ArchiveVerdict::Valid, vec![]), "{format}");
    }
    for arguments in &forms {
        let judgement = bag.judge(&packed(&bag, above, arguments));
        assert_eq!((judgement.verdict, judgement.findings), (ArchiveVerdict::Valid, vec![]), "{arguments:?}");
    }
    // Unpacked under another name, and packed from there.
    let renamed = above.join("下载 (1)");
    fs::rename(&root, &renamed).unwrap();
    assert_eq!(bag.judge(&packed(&bag, above, &["下载 (1)"])).verdict, ArchiveVerdict::Valid);
    // What is wrong inside is named whatever packed it.
    fs::write(renamed.join("data/keys.json"), "{}").unwrap();
    let judgement = bag.judge(&packed(&bag, above, &["--format=pax", "下载 (1)"]));
    assert_eq!(
        (judgement.verdict, &*judgement.findings[0].path),
        (ArchiveVerdict::Invalid, "data/keys.json")
    );
    fs::remove_file(renamed.join("data/keys.json")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", renamed.join("data/keys.json")).unwrap();
    let judgement = bag.judge(&packed(&bag, above, &["下载 (1)"]));
    assert_eq!(judgement.verdict, ArchiveVerdict::Invalid);
    assert!(judgement.findings.iter().any(|one| one.path == "data/keys.json"), "{judgement:?}");
    // Packed once more, or in a form that is not read here: nothing is said against the archive, but what to do.
    let judgement = bag.judge(&packed(&bag, above, &["-z", "下载 (1)"]));
    let told = judgement.problem.map(|problem| problem.to_string()).unwrap_or_default();
    assert_eq!(judgement.verdict, ArchiveVerdict::Unusable);
    assert!(told.contains("gzip") && told.contains("unpack it"), "{told}");
    let mut special = bag.tar();
    special[156] = b'S';
    let sum: u64 = special[..512]
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) })
        .sum();
    special[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let judgement = bag.judge_tar(&special);
    let told = judgement.problem.map(|problem| problem.to_string()).unwrap_or_default();
    assert!(judgement.verdict == ArchiveVerdict::Unusable && told.contains("give the folder"), "{told}");
}

#[test]
fn names_in_a_tar_that_leave_the_bag_or_come_twice_are_named() {
    let bag = Bag::sealed("names");
    let tar = bag.tar();
    let member = |path: &str| {
        let entry = biaozheng_archive::tar::Entry { path: path.into(), size_bytes: 1, modified_s: 0 };
        let mut bytes = biaozheng_archive::tar::encode(&entry).unwrap().to_vec();
        bytes.extend(b"x");
        bytes.resize(1024, 0);
        bytes
    };
    let folder = bag.archive.folder();
    for path in [
        "../../etc/cron.d/x".to_owned(),
        "/etc/passwd".into(),
        format!("{folder}/../x"),
        format!("{folder}/data/./x"),
        "other/x".into(),
    ] {
        let more = [member(&path), tar.clone()].concat();
        // Behind the others, so that the folder of all is theirs.
        let behind = [tar[..tar.len() - 1024].to_vec(), member(&path), vec![0; 1024]].concat();
        for bytes in [more, behind] {
            let judgement = bag.judge_tar(&bytes);
            assert_eq!(judgement.verdict, ArchiveVerdict::Invalid, "{path}");
            assert!(judgement.findings.iter().any(|one| one.kind == Kind::Added), "{path}: {judgement:?}");
        }
    }
    let twice =
        [tar[..tar.len() - 1024].to_vec(), member(&format!("{folder}/bagit.txt")), vec![0; 1024]].concat();
    let judgement = bag.judge_tar(&twice);
    assert!(judgement.findings.iter().any(|one| one.path == "bagit.txt" && one.reason.contains("twice")));
    // Members of our own making are dated, and after what unpackers can bear.
    let modified = std::str::from_utf8(&tar[136..147]).unwrap();
    assert!(u64::from_str_radix(modified, 8).unwrap() >= biaozheng_archive::tar::MODIFIED_S_MIN);
}

/// The forger has every program we have: all manifests fit, all certificates hold.
#[test]
fn archives_made_anew_meet_the_seal() {
    let mut project = SmallProject::new("forger");
    let sealed = project.seal();
    let seal = sealed.files().iter().find(|(path, _)| path.as_str().starts_with("seal/")).unwrap().1.clone();
    let biaozheng_archive::Content::Bytes(seal) = seal else { panic!("made here") };
    let seal = biaozheng_ledger::certificate::Certificate::from_json(&seal).unwrap();
    let records = project.certificates();
    let scratch = tempfile::tempdir().unwrap();
    let judge = |project: SmallProject, archive: Archive| {
        let bag = Bag { project, archive, scratch: tempfile::tempdir_in(scratch.path()).unwrap() };
        bag.judge(&bag.folder(&bag.files()))
    };
    let fresh = || {
        let mut project = SmallProject::new("forger");
        project.seal();
        project
    };
    // The last record left out; a document left out; another, equally valid checkpoint; no seal.
    let shorter = project.archive_of(records[..2].to_vec(), Some(seal.clone()));
    let mut robbed = fresh();
    robbed.shelf.0.pop_first();
    let thinner = robbed.archive_of(records.clone(), Some(seal.clone()));
    let mut others = records.clone();
    others[0] = project.chain.certificate_by(6, &[1, 2, 3]);
    let recertified = project.archive_of(others, Some(seal));
    for (project, archive) in [(fresh(), shorter), (robbed, thinner), (fresh(), recertified)] {
        let judgement = judge(project, archive);
        assert_eq!(judgement.verdict, ArchiveVerdict::Invalid);
        let paths: Vec<_> = judgement.findings.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, ["seal/archive-sealed.json"]);
    }
    let open = project.archive_of(records, None);
    let judgement = judge(fresh(), open);
    assert_eq!((judgement.verdict, judgement.verdict.exit_code()), (ArchiveVerdict::NotSealed, 2));
}

#[test]
fn a_catalogue_that_lies_is_named_even_with_fitting_manifests() {
    let bag = Bag::sealed("lies");
    let mut files = bag.files();
    let catalogue = String::from_utf8(files["data/catalogue.json"].clone()).unwrap();
    files.insert("data/catalogue.json".into(), catalogue.replace("招标公告与", "招标通告与").into_bytes());
    for (name, tags) in [("manifest-", false), ("tagmanifest-", true)] {
        for algorithm in biaozheng_archive::manifest::ALGORITHMS {
            let mut text = String::new();
            for (path, bytes) in &files {
                if path.starts_with("data/") != tags && !path.starts_with("tagmanifest-") {
                    let digest = match algorithm {
                        biaozheng_ledger::digest::DigestAlgorithm::Sm3 => {
                            biaozheng_ledger::digest::Digest::sm3_of(bytes)
                        }
                        _ => biaozheng_ledger::digest::Digest::of(bytes),
                    };
                    text.push_str(&format!("{}  {path}\n", digest.hex()));
                }
            }
            files.insert(format!("{name}{}.txt", algorithm.name()), text.into_bytes());
        }
    }
    bag.names(&files, "data/catalogue.json", Kind::Changed);
}

#[test]
fn the_program_judges_archives() {
    let bag = Bag::sealed("program");
    let folder = bag.folder(&bag.files());
    let tar = bag.scratch.path().join("bag.tar");
    fs::write(&tar, bag.tar()).unwrap();
    let policy = bag.scratch.path().join("policy");
    fs::write(&policy, bag.project.chain.policy.to_string()).unwrap();
    let run = |arguments: &[&str], code: i32| {
        let output = Command::new(env!("CARGO_BIN_EXE_biaozheng-verify")).args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
        text
    };
    let (folder, tar, policy) = (folder.to_str().unwrap(), tar.to_str().unwrap(), policy.to_str().unwrap());
    let zh = run(&["--archive", folder, "--policy", policy, "--lang", "zh"], 0);
    assert!(zh.contains("结论: 验证通过") && zh.contains("如实列明的缺件: sha256:"), "{zh}");
    let report: serde_json::Value =
        serde_json::from_str(&run(&["--archive", tar, "--policy", policy, "--json"], 0)).unwrap();
    assert_eq!((&report["verdict"], &report["records"]), (&"valid".into(), &3.into()));
    let alone = run(&["--archive", tar, "--lang", "en"], 0);
    assert!(alone.contains("ONLY THE ARCHIVE'S OWN POLICY") && !alone.contains(" VALID"), "{alone}");
    run(&["--archive", tar, "--require-anchor"], 2);
    run(&["--archive", tar, "x.json"], 2);
    run(&["--archive", policy], 2);
    fs::remove_file(Path::new(folder).join("data/records.jsonl")).unwrap();
    let report: serde_json::Value =
        serde_json::from_str(&run(&["--archive", folder, "--policy", policy, "--json"], 1)).unwrap();
    assert_eq!(report["findings"][0]["path"], "data/records.jsonl");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{report}");
}

#[test]
fn written_to_disk_from_a_folder_of_documents() {
    use biaozheng_verify::archive::write::{DocumentFolder, write_folder, write_tar};
    let bag = Bag::sealed("disk");
    let at = bag.scratch.path();
    let shelf = at.join("documents");
    fs::create_dir(&shelf).unwrap();
    for (digest, bytes) in &bag.project.shelf.0 {
        fs::write(shelf.join(digest.digest().hex()), bytes).unwrap();
    }
    let mut documents = DocumentFolder::new(shelf.clone());
    write_folder(&bag.archive, &mut documents, &at.join("out")).unwrap();
    write_tar(&bag.archive, &mut documents, &at.join("out.tar")).unwrap();
    for path in ["out", "out.tar"] {
        assert_eq!(bag.judge(&at.join(path)).verdict, ArchiveVerdict::Valid, "{path}");
    }
    assert_eq!(fs::read(at.join("out.tar")).unwrap(), bag.tar());
    assert!(write_folder(&bag.archive, &mut documents, &at.join("out")).is_err(), "never written over");
    let one = fs::read_dir(&shelf).unwrap().next().unwrap().unwrap().path();
    fs::write(one, b"something else").unwrap();
    assert!(write_tar(&bag.archive, &mut documents, &at.join("changed.tar")).is_err());
    assert!(!at.join("changed.tar").exists());
}

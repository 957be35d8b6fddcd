//! What a bag contains, and what does not become one.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use biaozheng_archive::{ArchiveError, ProjectArchive, survey};
use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::ids::ProjectId;
use biaozheng_ledger_scenes::project::{PROJECT, SmallProject};

fn id() -> ProjectId {
    ProjectId::new(PROJECT).unwrap()
}

#[test]
fn the_files_of_a_bag_and_what_is_missing() {
    let mut project = SmallProject::new("bag");
    let archive = project.seal();
    let files = project.bytes_of(&archive);
    let documents: Vec<_> = files.keys().filter(|path| path.starts_with("data/documents/")).collect();
    assert_eq!(documents.len(), 2, "{documents:?}");
    assert!(
        documents
            .iter()
            .any(|path| path.starts_with("data/documents/02-tender/") && path.ends_with("-招标公告.pdf"))
    );
    assert!(documents.iter().any(|path| path.ends_with("-__2e图纸__b_.pdf")), "{documents:?}");
    let json = |path: &str| -> serde_json::Value { serde_json::from_slice(&files[path]).unwrap() };
    let completeness = json("data/completeness.json");
    assert_eq!(completeness["ending"], "terminated");
    assert_eq!(completeness["complete"], false);
    assert_eq!(completeness["missing_documents"][0]["name"], "决定书.pdf");
    assert_eq!(completeness["missing_records"].as_array().unwrap().len(), 0);
    let catalogue = json("data/catalogue.json");
    assert_eq!(catalogue["items"][1]["title_zh"], "招标公告与招标文件");
    assert_eq!(catalogue["items"][1]["documents"][0]["name"], "招标公告.pdf");
    assert_eq!(files["data/records.jsonl"].iter().filter(|byte| **byte == b'\n').count(), 3);
    let info = String::from_utf8(files["bag-info.txt"].clone()).unwrap();
    let (count, bytes) = files
        .iter()
        .filter(|(path, _)| path.starts_with("data/"))
        .fold((0, 0), |(count, bytes), (_, one)| (count + 1, bytes + one.len()));
    assert!(info.contains(&format!("Payload-Oxum: {bytes}.{count}\n")), "{info}");
    assert_eq!(archive.seal_body()["missing"].as_array().unwrap().len(), archive.missing().len());
}

#[test]
fn a_damaged_document_is_an_error_and_a_missing_one_is_not() {
    let mut project = SmallProject::new("damage");
    let archive = ProjectArchive::new(id(), project.certificates(), vec![], None).unwrap();
    assert_eq!(survey(&archive, &mut project.shelf.clone()).unwrap().len(), 2);
    let mut less = project.shelf.clone();
    less.0.pop_first();
    assert_eq!(survey(&archive, &mut less).unwrap().len(), 1);
    project.shelf.0.values_mut().for_each(|bytes| bytes[0] ^= 1);
    assert!(survey(&archive, &mut project.shelf).is_err());
}

#[test]
fn what_is_not_an_archive_of_the_project_is_refused() {
    let mut project = SmallProject::new("refused");
    let records = project.certificates();
    let make = |records: Vec<Certificate>| ProjectArchive::new(id(), records, vec![], None).map(drop);
    assert!(make(records.clone()).is_ok());
    assert_eq!(make(vec![]), Err(ArchiveError::Records));
    let swapped = vec![records[1].clone(), records[0].clone()];
    assert_eq!(make(swapped), Err(ArchiveError::Order(records[0].record)));
    let twice = vec![records[0].clone(), records[0].clone()];
    assert_eq!(make(twice), Err(ArchiveError::Repeated(records[0].record)));
    let stranger = project.chain.certificate(0);
    assert_eq!(make(vec![stranger.clone()]), Err(ArchiveError::Project(stranger.record, id())));
    let bare = Certificate { envelope: None, ..records[0].clone() };
    assert_eq!(make(vec![bare.clone()]), Err(ArchiveError::Closed));
    assert!(make(vec![bare, records[1].clone()]).is_ok());
    let open = ProjectArchive::new(id(), records.clone(), vec![], None).unwrap();
    assert!(matches!(open.clone().sealed_by(records[2].clone()), Err(ArchiveError::Repeated(_))));
    project.seal();
    let seal = project.chain.certificate(project.chain.records.len() - 1);
    assert!(open.sealed_by(seal.clone()).is_ok());
    let with_seal: Vec<_> = records.into_iter().chain([seal.clone()]).collect();
    assert_eq!(make(with_seal), Err(ArchiveError::Seal(seal.record)));
}

//! `catalogue.json` and `completeness.json`: the file list an archivist reads, and what is missing from it.
//!
//! **Invariant:** every missing item is named: a record the ending needs, a document a record names, a paper
//! without its document, a size that is not what the record says.

use biaozheng_ledger::date::beijing;
use biaozheng_ledger::ids::{DocumentDigest, RecordId};
use serde::Serialize;

use crate::model::{Facts, Filed, ProjectArchive};
use crate::path::{BagPath, safe_name};
use crate::stage::{Ending, Stage, is_needed, item_of, needed};

/// `data/catalogue.json`.
#[derive(Debug, Serialize)]
pub struct Catalogue<'a> {
    pub format: &'static str,
    pub project: &'a str,
    pub ending: Ending,
    pub items: Vec<CatalogueItem<'a>>,
}

/// One record, as a catalogue lists it.
#[derive(Debug, Serialize)]
pub struct CatalogueItem<'a> {
    /// 件号, counted from 1 in the order of the chain.
    pub number: usize,
    pub stage: &'static str,
    pub stage_zh: &'static str,
    pub stage_en: &'static str,
    pub title_zh: &'static str,
    pub title_en: &'static str,
    #[serde(rename = "type")]
    pub record_type: &'a str,
    /// 责任者.
    pub responsible: &'a str,
    /// Of the block, in Beijing time.
    pub date: String,
    pub height: u64,
    pub record: RecordId,
    pub certificate: String,
    pub required: bool,
    pub documents: Vec<CatalogueDocument<'a>>,
}

/// One document of a record.
#[derive(Debug, Serialize)]
pub struct CatalogueDocument<'a> {
    /// As the author named it; never used as a path.
    pub name: &'a str,
    pub media_type: &'a str,
    pub digest: DocumentDigest,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sm3: Option<String>,
    pub size: u64,
    pub required: bool,
    /// Absent when the document is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// `data/completeness.json`.
#[derive(Debug, Serialize)]
pub struct ArchiveInventory<'a> {
    pub format: &'static str,
    pub ending: Ending,
    pub complete: bool,
    pub missing_records: Vec<MissingRecord>,
    pub missing_documents: Vec<NamedDocument<'a>>,
    /// The document is there and its digest right; the record states another size.
    pub sizes_that_differ: Vec<NamedDocument<'a>>,
    /// Records of papers that name no document.
    pub records_without_document: Vec<RecordId>,
}

/// A record type the ending needs and the project does not have.
#[derive(Debug, Serialize)]
pub struct MissingRecord {
    #[serde(rename = "type")]
    pub name: &'static str,
    pub title_zh: &'static str,
    pub title_en: &'static str,
}

/// A document as a record names it.
#[derive(Debug, Serialize)]
pub struct NamedDocument<'a> {
    pub record: RecordId,
    pub name: &'a str,
    pub digest: DocumentDigest,
    pub size: u64,
}

/// The project's ending.
pub(crate) fn ending(archive: &ProjectArchive) -> Ending {
    Ending::of(archive.records.iter().map(Filed::type_name))
}

/// Where a document's file is: under the stage and name of the first record that names it.
pub(crate) fn document_path(stage: Stage, digest: &DocumentDigest, name: &str) -> BagPath {
    let path = format!("data/documents/{}/{}-{}", stage.folder(), digest.digest().hex(), safe_name(name));
    BagPath::new(&path).expect("a stage's folder, hexadecimal digits and a safe name")
}

pub(crate) fn catalogue<'a>(
    archive: &'a ProjectArchive,
    facts: &Facts,
    place: &dyn Fn(&DocumentDigest) -> Option<String>,
) -> Catalogue<'a> {
    let ending = ending(archive);
    let entry = |(index, one): (usize, &'a Filed)| {
        let (payload, block) = (one.payload(), one.certificate().block);
        let item = item_of(one.type_name());
        let (stage_zh, stage_en) = item.stage.titles();
        let document = |document: &'a biaozheng_ledger::payload::DocumentReference| CatalogueDocument {
            name: &document.name,
            media_type: &document.media_type,
            digest: document.digest,
            sm3: facts.get(&document.digest).map(|facts| facts.sm3.to_string()),
            size: document.size,
            required: true,
            path: place(&document.digest),
        };
        CatalogueItem {
            number: index.saturating_add(1),
            stage: item.stage.folder(),
            stage_zh,
            stage_en,
            title_zh: item.title_zh,
            title_en: item.title_en,
            record_type: payload.map_or("", |payload| payload.record_type.as_str()),
            responsible: payload.map_or("", |payload| payload.author.org.as_str()),
            date: beijing(block.time_ms),
            height: block.height.get(),
            record: one.id(),
            certificate: format!("data/certificates/{}.json", one.id().digest().hex()),
            required: is_needed(&item, ending),
            documents: one.documents().iter().map(document).collect(),
        }
    };
    let items = archive.records.iter().enumerate().map(entry).collect();
    Catalogue { format: "biaozheng-catalogue/1", project: archive.project.as_str(), ending, items }
}

pub(crate) fn completeness<'a>(archive: &'a ProjectArchive, facts: &Facts) -> ArchiveInventory<'a> {
    let ending = ending(archive);
    let has = |name: &str| archive.records.iter().any(|one| one.type_name() == name);
    let missing_records: Vec<_> = needed(ending)
        .filter(|item| !has(item.name))
        .map(|item| MissingRecord { name: item.name, title_zh: item.title_zh, title_en: item.title_en })
        .collect();
    let all = || {
        archive.records.iter().chain(&archive.context).flat_map(|one| {
            one.documents().iter().map(move |document| NamedDocument {
                record: one.id(),
                name: &document.name,
                digest: document.digest,
                size: document.size,
            })
        })
    };
    let missing_documents: Vec<_> = all().filter(|one| !facts.contains_key(&one.digest)).collect();
    let sizes_that_differ: Vec<_> = all()
        .filter(|one| facts.get(&one.digest).is_some_and(|facts| facts.size_bytes != one.size))
        .collect();
    let records_without_document: Vec<_> = archive
        .records
        .iter()
        .filter(|one| item_of(one.type_name()).with_document && one.documents().is_empty())
        .map(Filed::id)
        .collect();
    let complete = missing_records.is_empty()
        && missing_documents.is_empty()
        && sizes_that_differ.is_empty()
        && records_without_document.is_empty();
    ArchiveInventory {
        format: "biaozheng-completeness/1",
        ending,
        complete,
        missing_records,
        missing_documents,
        sizes_that_differ,
        records_without_document,
    }
}

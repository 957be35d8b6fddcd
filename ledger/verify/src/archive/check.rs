//! The checks over an archive's files, each of which names what it finds.

use std::collections::BTreeMap;

use biaozheng_archive::limits::{CERTIFICATES_BYTES_MAX, TEXT_BYTES_MAX};
use biaozheng_archive::path::BagPath;
use biaozheng_archive::{Archive, Content, DocumentFacts, Facts, Filed, ProjectArchive, build, manifest};
use biaozheng_ledger::certificate::{Certificate, Expectations};
use biaozheng_ledger::digest::{Digest, DigestAlgorithm, TwofoldStream};
use biaozheng_ledger::ids::DocumentDigest;
use biaozheng_ledger::limits::CERTIFICATE_BYTES_MAX;

use super::source::{Source, read};
use super::{Anchor, ArchiveFinding, Contents, Kind};
use crate::judge::judge;
use crate::problem::Problem;
use crate::verdict::Verdict;

const SEAL: &str = "seal/archive-sealed.json";
const CERTIFICATES: &str = "data/certificates/";
const CONTEXT: &str = "data/context/";

/// A file as it is.
struct Seen {
    sha256: Digest,
    sm3: Digest,
    size_bytes: u64,
    /// Of manifests and certificates only.
    bytes: Option<Vec<u8>>,
}

impl Seen {
    const fn digest(&self, algorithm: DigestAlgorithm) -> Digest {
        match algorithm {
            DigestAlgorithm::Sha256 => self.sha256,
            DigestAlgorithm::Sm3 => self.sm3,
        }
    }
}

type Listed = BTreeMap<DigestAlgorithm, BTreeMap<BagPath, Digest>>;

struct Check<'a> {
    anchor: &'a Anchor<'a>,
    seen: BTreeMap<BagPath, Seen>,
    findings: BTreeMap<String, ArchiveFinding>,
    contents: Contents,
}

/// Every finding, and what the archive holds.
pub(super) fn run(
    source: &mut dyn Source,
    anchor: &Anchor<'_>,
) -> Result<(Vec<ArchiveFinding>, Contents), Problem> {
    let mut check =
        Check { anchor, seen: scan(source)?, findings: BTreeMap::new(), contents: Contents::default() };
    for finding in source.findings() {
        check.findings.insert(finding.path.clone(), finding.clone());
    }
    let payload = check.manifests(false);
    check.manifests(true);
    check.rebuild(&payload);
    Ok((check.findings.into_values().collect(), check.contents))
}

fn scan(source: &mut dyn Source) -> Result<BTreeMap<BagPath, Seen>, Problem> {
    let mut seen = BTreeMap::new();
    let mut kept = 0usize;
    for (path, size) in source.files().clone() {
        let text = path.as_str();
        let certificate = text == SEAL || text.starts_with(CERTIFICATES) || text.starts_with(CONTEXT);
        let limit = if certificate { CERTIFICATE_BYTES_MAX } else { TEXT_BYTES_MAX };
        let keep = (certificate || (!path.is_payload() && text.contains("manifest-")))
            && usize::try_from(size).is_ok_and(|size| size <= limit);
        let (mut stream, mut bytes) = (TwofoldStream::default(), Vec::new());
        read(source, &path, |piece| {
            stream.update(piece);
            if keep {
                bytes.extend_from_slice(piece);
            }
        })
        .map_err(|source| Problem::Read { path: text.into(), source })?;
        kept = kept.saturating_add(bytes.len());
        if kept > CERTIFICATES_BYTES_MAX.saturating_mul(2) {
            return Err(Problem::TooLarge { path: text.into(), limit_bytes: CERTIFICATES_BYTES_MAX });
        }
        let (sha256, sm3, size_bytes) = stream.finish();
        seen.insert(path, Seen { sha256, sm3, size_bytes, bytes: keep.then_some(bytes) });
    }
    Ok(seen)
}

impl Check<'_> {
    /// The first finding of a path counts: it is the most direct one.
    fn find(&mut self, path: &str, kind: Kind, reason: impl Into<String>) {
        self.findings.entry(path.to_owned()).or_insert_with(|| ArchiveFinding {
            path: path.to_owned(),
            kind,
            reason: reason.into(),
        });
    }

    /// Holds the files against both manifests, and the manifests against each other.
    fn manifests(&mut self, tags: bool) -> Listed {
        let mut listed = Listed::new();
        for algorithm in manifest::ALGORITHMS {
            let name = manifest::name(algorithm, tags);
            let file = self.seen.iter().find(|(path, _)| path.as_str() == name);
            match file.map(|(_, seen)| manifest::read(algorithm, seen.bytes.as_deref().unwrap_or_default())) {
                None => self.find(&name, Kind::Missing, "every archive has this manifest"),
                Some(Err(error)) => self.find(&name, Kind::Changed, error.to_string()),
                Some(Ok(entries)) => drop(listed.insert(algorithm, entries)),
            }
        }
        let covered =
            |path: &&BagPath| path.is_payload() != tags && !path.as_str().starts_with("tagmanifest-");
        let mut paths: Vec<BagPath> = self.seen.keys().filter(covered).cloned().collect();
        paths.extend(listed.values().flat_map(BTreeMap::keys).cloned());
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            self.one_file(&path, &listed, tags);
        }
        listed
    }

    /// Where both manifests agree against the file, the file is wrong; where one agrees with it, the other is.
    fn one_file(&mut self, path: &BagPath, listed: &Listed, tags: bool) {
        let seen = self.seen.get(path);
        let right = |algorithm: &DigestAlgorithm, entries: &BTreeMap<BagPath, Digest>| {
            entries.get(path).copied() == seen.map(|seen| seen.digest(*algorithm))
        };
        let wrong: Vec<DigestAlgorithm> = listed
            .iter()
            .filter(|(algorithm, entries)| !right(algorithm, entries))
            .map(|(algorithm, _)| *algorithm)
            .collect();
        if wrong.is_empty() && !listed.is_empty() {
            return;
        }
        let named = listed.values().any(|entries| entries.contains_key(path));
        if wrong.len() < listed.len() {
            for algorithm in wrong {
                let name = manifest::name(algorithm, tags);
                self.find(
                    &name,
                    Kind::Changed,
                    format!("its line for {path} is not what the other manifest says"),
                );
            }
            return;
        }
        let names: Vec<_> = wrong.iter().map(|one| manifest::name(*one, tags)).collect();
        let names = names.join(" and ");
        match (seen.is_some(), named) {
            (false, _) => {
                self.find(path.as_str(), Kind::Missing, format!("listed in {names}, and not there"))
            }
            (true, true) => {
                self.find(path.as_str(), Kind::Changed, format!("its bytes are not those listed in {names}"));
            }
            (true, false) => self.find(path.as_str(), Kind::Added, "no manifest lists it"),
        }
    }

    /// Builds the archive again from its certificates, and compares.
    fn rebuild(&mut self, payload: &Listed) {
        let before = self.findings.len();
        let records = self.certificates(CERTIFICATES);
        let context = self.certificates(CONTEXT);
        let seal = self.certificates(SEAL).pop();
        let whole = self.findings.len() == before && !self.lost_certificate();
        let Some(project) = records
            .iter()
            .find_map(|one| Filed::new(one.clone()).ok().and_then(|filed| filed.payload()?.project.clone()))
        else {
            self.find("data/certificates", Kind::Missing, "there is no certificate of a project's record");
            return;
        };
        self.contents.project = Some(project.to_string());
        self.contents.records = records.len();
        let sealed = seal.clone();
        let archive = match ProjectArchive::new(project, records, context, seal) {
            Ok(archive) => archive,
            Err(error) => return self.find("data/certificates", Kind::Invalid, error.to_string()),
        };
        let built = build(&archive, &self.facts(&archive, payload));
        self.contents.missing = built.missing().iter().map(ToString::to_string).collect();
        if whole {
            self.compare(&built);
        }
        if let Some(sealed) = sealed {
            self.seal(&sealed, &built);
        }
    }

    /// A certificate that the manifests list is not there, so what is built again would differ everywhere.
    fn lost_certificate(&self) -> bool {
        self.findings.values().any(|one| {
            one.kind == Kind::Missing
                && (one.path == SEAL || one.path.starts_with(CERTIFICATES) || one.path.starts_with(CONTEXT))
        })
    }

    /// The certificates under a prefix that can be read, in the order of the chain, each one judged.
    fn certificates(&mut self, prefix: &str) -> Vec<Certificate> {
        let expected =
            Expectations { policy: self.anchor.policy, chain: self.anchor.chain, ..Expectations::default() };
        let (mut good, mut found) = (Vec::new(), Vec::new());
        for (path, seen) in self.seen.iter().filter(|(path, _)| path.as_str().starts_with(prefix)) {
            let judgement = judge(seen.bytes.as_deref().unwrap_or_default(), &expected, false);
            let chain = judgement.verification.as_ref().and_then(|one| one.chain);
            let reason = judgement.reason().unwrap_or_default();
            let file =
                judgement.certificate.as_ref().map(|one| format!("{}.json", one.record.digest().hex()));
            let named = path.as_str() == SEAL || file.is_some_and(|file| path.as_str().ends_with(&file));
            let holds = matches!(judgement.verdict, Verdict::Valid | Verdict::NotAnchored);
            let Some(certificate) = judgement.certificate.filter(|_| holds) else {
                found.push((path.to_string(), reason));
                continue;
            };
            let foreign = chain.is_some_and(|chain| *self.contents.chain.get_or_insert(chain) != chain);
            match (named, foreign) {
                (false, _) => found.push((path.to_string(), "it is another record's certificate".to_owned())),
                (_, true) => {
                    found.push((path.to_string(), "it is of another chain than the others".to_owned()))
                }
                _ => good.push(certificate),
            }
        }
        for (path, reason) in found {
            self.find(&path, Kind::Invalid, reason);
        }
        good.sort_by_key(|one| (one.block.height, one.block.position));
        good
    }

    /// The documents at hand by their bytes; a lost one that the manifests list counts as there, since it is
    /// already named.
    fn facts(&mut self, archive: &ProjectArchive, payload: &Listed) -> Facts {
        let mut facts = Facts::new();
        let documents = self.seen.iter().filter(|(path, _)| path.is_document());
        for (_, seen) in documents {
            let digest = DocumentDigest::new(seen.sha256);
            facts.insert(digest, DocumentFacts { sm3: seen.sm3, size_bytes: seen.size_bytes });
        }
        let named = archive.named();
        facts.retain(|digest, _| named.contains(digest));
        self.contents.documents = facts.len();
        let list = |algorithm| payload.get(&algorithm).into_iter().flatten();
        for (path, sha256) in list(DigestAlgorithm::Sha256).filter(|(path, _)| path.is_document()) {
            let digest = DocumentDigest::new(*sha256);
            let sm3 = list(DigestAlgorithm::Sm3).find(|(other, _)| *other == path);
            let all = archive.records().iter().flat_map(Filed::documents);
            let size = all.clone().find(|one| one.digest == digest).map(|one| one.size);
            if let (Some((_, sm3)), Some(size_bytes)) = (sm3, size) {
                facts.entry(digest).or_insert(DocumentFacts { sm3: *sm3, size_bytes });
            }
        }
        facts
    }

    fn compare(&mut self, built: &Archive) {
        let why = "it is not what follows from the certificates and documents";
        for (path, content) in built.files() {
            let expected = match content {
                Content::Bytes(bytes) => Digest::of(bytes),
                Content::Document { digest, .. } => *digest.digest(),
            };
            match self.seen.get(path).map(|seen| seen.sha256) {
                None => self.find(path.as_str(), Kind::Missing, "the certificates ask for it"),
                Some(sha256) if sha256 != expected => self.find(path.as_str(), Kind::Changed, why),
                Some(_) => {}
            }
        }
        let added: Vec<_> =
            self.seen.keys().filter(|path| !built.files().contains_key(path)).cloned().collect();
        for path in added {
            self.find(path.as_str(), Kind::Added, "no record asks for it");
        }
    }

    /// Number and chained hash of the records, the manifest and the missing documents, as the chain has them.
    fn seal(&mut self, certificate: &Certificate, built: &Archive) {
        let Ok(filed) = Filed::new(certificate.clone()) else { return };
        let Some(body) = filed.payload().map(|payload| &payload.body) else { return };
        let own = built.seal_body();
        let manifest = manifest::name(DigestAlgorithm::Sha256, false);
        let manifest = self.seen.iter().find(|(path, _)| path.as_str() == manifest);
        let manifest = manifest.map(|(_, seen)| serde_json::Value::from(seen.sha256.to_string()));
        let none = serde_json::Value::Array(Vec::new());
        let checks = [
            ("records", own.get("records").cloned()),
            ("history", own.get("history").cloned()),
            ("manifest", manifest),
            ("missing", Some(own.get("missing").unwrap_or(&none).clone())),
        ];
        let mut same = true;
        for (member, found) in checks {
            let stated = body.get(member).or((member == "missing").then_some(&none));
            if stated != found.as_ref() {
                let found = found.unwrap_or_default();
                let stated = stated.cloned().unwrap_or_default();
                let reason = format!("'{member}' is {stated} in the sealing record, {found} here");
                self.find(SEAL, Kind::Invalid, reason);
                same = false;
            }
        }
        self.contents.sealed = same;
    }
}

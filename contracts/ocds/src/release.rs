//! One OCDS release for each public step, and the compiled release.
//!
//! Every release is the whole public picture at its step, so that merging them gives the last one. Its id is made from
//! the record's: a running number would tell how many bids came before it.

use biaozheng_contracts::Rulebook;
use biaozheng_contracts::tender::procurement::ProcurementKind;
use biaozheng_ledger::ids::{OrgId, TimeMs};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::evidence;
use crate::model::{ExportError, Method, Process, ProcessRecord, Publication, Works};
use crate::money::value;
use crate::prequalification::{self, Prequalification};
use crate::reading::{Award, Bid, BidStatus, End, Lot, Reading};
use crate::sale;

/// RFC 3339 in UTC, whole seconds rounded down.
pub(crate) fn date(time: TimeMs) -> Result<String, ExportError> {
    let seconds = i64::try_from(time.seconds()).map_err(|_| ExportError::Time(time))?;
    Ok(Timestamp::from_second(seconds).map_err(|_| ExportError::Time(time))?.to_string())
}

fn tag(record: &ProcessRecord, reading: &Reading) -> Option<&'static str> {
    let lots = |fits: fn(&Award) -> bool| reading.lots.iter().any(|lot| lot.award.as_ref().is_some_and(fits));
    Some(match record.record_type.as_str() {
        "project.registered/1" => "planning",
        // The prequalification has begun the tender.
        "tender.published/1" if reading.prequalification.is_some() => "tenderUpdate",
        "tender.published/1" | "invitation.issued/1" | "prequal.published/1" | "listing.published/1" => {
            "tender"
        }
        "tender.amended/1" => "tenderAmendment",
        "tender.clarified/1"
        | "bids.opened/1"
        | "evaluation.reported/1"
        | "result.corrected/1"
        | "candidates.publicised/1"
        | "prequal.clarified/1"
        | "prequal.opened/1"
        | "prequal.reviewed/1"
        | "listing.closed/1" => "tenderUpdate",
        "award.notified/1" | "deal.confirmed/1" => "award",
        "result.publicised/1" => "awardUpdate",
        "contract.signed/1" => "contract",
        "tender.failed/1" if lots(|_| true) => "awardCancellation",
        "tender.failed/1" => "tenderUpdate",
        "tender.annulled/1" if lots(|award| award.contract.is_some()) => "contractTermination",
        "tender.annulled/1" if lots(|_| true) => "awardCancellation",
        "tender.terminated/1" | "tender.annulled/1" => "tenderCancellation",
        _ => return None,
    })
}

/// The releases of a project, oldest first.
///
/// # Errors
/// [`ExportError`].
pub fn releases(process: &Process, publication: &Publication) -> Result<Vec<Value>, ExportError> {
    walk(process, publication).map(|(releases, _)| releases)
}

/// The project as it stands; nothing for one without a public step.
///
/// # Errors
/// [`ExportError`].
pub fn compiled(process: &Process, publication: &Publication) -> Result<Option<Value>, ExportError> {
    walk(process, publication).map(|(_, compiled)| compiled)
}

/// All releases, and the last one with the evidence of all.
pub(crate) fn walk(
    process: &Process,
    publication: &Publication,
) -> Result<(Vec<Value>, Option<Value>), ExportError> {
    if process.records.len() > crate::limits::RECORDS_MAX {
        return Err(ExportError::TooMany);
    }
    let mut reading = Reading::default();
    let (mut releases, mut compiled) = (Vec::new(), None);
    let (mut fresh, mut all, mut closed) = (Vec::new(), Vec::new(), Vec::new());
    for record in &process.records {
        reading.add(process, record)?;
        let entry = evidence::entry(record, publication)?;
        if evidence::is_secret(record) && !reading.opened {
            closed.push(entry);
        } else {
            fresh.push(entry);
        }
        if reading.opened {
            fresh.append(&mut closed);
        }
        let Some(tag) = tag(record, &reading) else { continue };
        all.extend(fresh.iter().cloned());
        let base = picture(process, publication, &reading)?;
        let id = format!("{}-{}", ocid(process, publication), record.id.digest().hex());
        let release = head(process, publication, &id, record.time, tag, &base, std::mem::take(&mut fresh))?;
        releases.push(release);
        compiled = Some((record.time, base));
    }
    // What came after the last step: the archive's seal, refunds, ratings. Who merges the releases has it too.
    if let (Some((time, base)), Some(last)) =
        (&mut compiled, process.records.iter().rev().find(is_shown(&fresh)))
    {
        all.extend(fresh.iter().cloned());
        *time = last.time;
        let id = format!("{}-{}", ocid(process, publication), last.id.digest().hex());
        let release =
            head(process, publication, &id, last.time, update(&reading), base, std::mem::take(&mut fresh))?;
        releases.push(release);
    }
    let compiled = match compiled {
        Some((time, base)) => {
            let id = format!("{}-compiled", ocid(process, publication));
            Some(head(process, publication, &id, time, "compiled", &base, all)?)
        }
        None => None,
    };
    Ok((releases, compiled))
}

/// Whether a record is one of these entries.
fn is_shown(entries: &[Value]) -> impl Fn(&&ProcessRecord) -> bool {
    let ids: std::collections::BTreeSet<String> =
        entries.iter().filter_map(|entry| entry.get("id")?.as_str().map(str::to_owned)).collect();
    move |record| ids.contains(&record.id.to_string())
}

/// The tag of a release that comes after the steps: it adds to what there is.
fn update(reading: &Reading) -> &'static str {
    let award =
        |fits: fn(&Award) -> bool| reading.lots.iter().any(|lot| lot.award.as_ref().is_some_and(fits));
    let tender = reading.published.is_some() || reading.sale.is_some() || reading.prequalification.is_some();
    if award(|award| award.contract.is_some()) {
        "contractUpdate"
    } else if award(|_| true) {
        "awardUpdate"
    } else if tender {
        "tenderUpdate"
    } else {
        "planningUpdate"
    }
}

pub(crate) fn ocid(process: &Process, publication: &Publication) -> String {
    format!("{}{}", publication.ocid_prefix, process.project)
}

fn head(
    process: &Process,
    publication: &Publication,
    id: &str,
    time: TimeMs,
    tag: &str,
    picture: &Map<String, Value>,
    evidence: Vec<Value>,
) -> Result<Value, ExportError> {
    let mut release = Map::new();
    let mut put = |key: &str, value: Value| drop(release.insert(key.to_owned(), value));
    put("ocid", ocid(process, publication).into());
    put("id", id.into());
    put("date", date(time)?.into());
    put("tag", json!([tag]));
    put("initiationType", "tender".into());
    put("language", publication.language.as_str().into());
    for (key, value) in picture {
        put(key, value.clone());
    }
    put("evidence", Value::Array(evidence));
    Ok(lean(Value::Object(release)).unwrap_or_default())
}

/// Without nulls (which mean removal when releases are merged) and empty lists and objects.
fn lean(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(items) => {
            let items: Vec<Value> = items.into_iter().filter_map(lean).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(members) => {
            let members: Map<String, Value> =
                members.into_iter().filter_map(|(key, value)| Some((key, lean(value)?))).collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        other => Some(other),
    }
}

fn name<'a>(process: &'a Process, org: &'a OrgId) -> &'a str {
    process.names.get(org).map_or(org.as_str(), String::as_str)
}

pub(crate) fn reference(process: &Process, org: &OrgId) -> Value {
    json!({"id": org.as_str(), "name": name(process, org)})
}

/// Everything public at this point, apart from the head and the evidence.
fn picture(
    process: &Process,
    publication: &Publication,
    reading: &Reading,
) -> Result<Map<String, Value>, ExportError> {
    let mut picture = Map::new();
    let Some(registered) = &reading.registered else { return Ok(picture) };
    let mut put = |key: &str, value: Value| drop(picture.insert(key.to_owned(), value));
    put("parties", parties(process, reading));
    put("buyer", reference(process, &registered.tenderee));
    put(
        "planning",
        json!({"budget": {"id": registered.code, "projectID": registered.code, "project": registered.title}}),
    );
    // The process that came to nothing and is tendered again as this one.
    if let Some(before) = &registered.retender_of {
        let identifier = format!("{}{before}", publication.ocid_prefix);
        put(
            "relatedProcesses",
            json!([{
                "id": before.as_str(), "relationship": ["unsuccessfulProcess"], "scheme": "ocid",
                "identifier": identifier,
            }]),
        );
    }
    if reading.published.is_some() {
        put("tender", tender(process, publication, reading)?);
    } else if let Some(sale) = &reading.sale {
        put("tender", sale::tender(process, publication, reading, sale)?);
    } else if let Some(before) = &reading.prequalification {
        put("tender", prequalification::tender(process, publication, reading, before)?);
    }
    if reading.published.is_some() || reading.sale.is_some() {
        put("bids", json!({"details": bids(process, reading)?}));
        put("awards", awards(process, reading)?);
        put("contracts", contracts(reading, publication)?);
    }
    Ok(picture)
}

fn parties(process: &Process, reading: &Reading) -> Value {
    let Some(registered) = &reading.registered else { return Value::Null };
    let mut roles: Vec<(&OrgId, Vec<&str>)> = Vec::new();
    let mut add = |org, role| match roles.iter_mut().find(|(known, _)| *known == org) {
        Some((_, list)) if list.contains(&role) => {}
        Some((_, list)) => list.push(role),
        None => roles.push((org, vec![role])),
    };
    add(&registered.tenderee, "buyer");
    add(registered.agency.as_ref().unwrap_or(&registered.tenderee), "procuringEntity");
    for lot in &reading.lots {
        for bid in &lot.bids {
            add(&bid.name.bidder, "tenderer");
        }
        if let Some(award) = &lot.award {
            add(&award.bid.bidder, "supplier");
        }
    }
    let party = |(org, roles): (&OrgId, Vec<&str>)| {
        json!({
            "id": org.as_str(), "name": name(process, org), "roles": roles,
        })
    };
    roles.into_iter().map(party).collect()
}

/// The rulebook's title, in the publication's language: 国有建设用地使用权挂牌出让.
pub(crate) fn category(process: &Process, publication: &Publication) -> Result<String, ExportError> {
    let rulebook = Rulebook::parse_effective(&process.rulebook)
        .map_err(|error| ExportError::Rulebook(error.to_string()))?;
    let (title, zh) = rulebook.titles();
    Ok(if publication.language.starts_with("zh") { zh } else { title }.to_owned())
}

/// Sum of the lots' estimates, or starting prices.
pub(crate) fn sum(reading: &Reading) -> Result<Value, ExportError> {
    let sum = reading.lots.iter().fold(0u64, |sum, lot| sum.saturating_add(lot.estimate.get()));
    let sum = biaozheng_contracts::Amount::new(sum).map_err(|_| ExportError::Amount(sum))?;
    value(sum, reading.currency())
}

/// Those who bid, and their number, once it may be known.
pub(crate) fn tenderers(process: &Process, reading: &Reading) -> (Option<usize>, Vec<Value>) {
    let mut tenderers: Vec<&OrgId> =
        reading.lots.iter().flat_map(|lot| &lot.bids).map(|bid| &bid.name.bidder).collect();
    tenderers.sort();
    tenderers.dedup();
    let count = reading.opened.then_some(tenderers.len());
    (count, tenderers.into_iter().map(|org| reference(process, org)).collect())
}

fn tender(process: &Process, publication: &Publication, reading: &Reading) -> Result<Value, ExportError> {
    let (Some(registered), Some(published)) = (&reading.registered, &reading.published) else {
        return Ok(Value::Null);
    };
    let (count, tenderers) = tenderers(process, reading);
    let before = reading.prequalification.as_ref();
    let change = |(record, time, text): &(biaozheng_ledger::ids::RecordId, TimeMs, String)| {
        Ok(json!({"id": record.to_string(), "date": date(*time)?, "description": text}))
    };
    let amendments: Vec<Value> = reading.changes.iter().map(change).collect::<Result<_, ExportError>>()?;
    let lots: Vec<Value> =
        reading.lots.iter().map(|lot| lot_of(lot, reading)).collect::<Result<_, ExportError>>()?;
    let deadline = reading.deadline.unwrap_or(published.deadline_ms);
    Ok(json!({
        "id": process.project.as_str(),
        "title": registered.title,
        "description": published.notice,
        "status": status(reading),
        "procuringEntity": reference(process, registered.agency.as_ref().unwrap_or(&registered.tenderee)),
        "value": sum(reading)?,
        // The standard calls selective what only qualified or invited bidders may take part in.
        "procurementMethod": match process.method {
            Method::Open if !reading.invited && before.is_none() => "open",
            Method::Open | Method::Selective => "selective",
        },
        "procurementMethodDetails": before.map(|_| category(process, publication)).transpose()?,
        "prequalification": before.map(Prequalification::shown).transpose()?,
        "mainProcurementCategory": match (published.procurement.or(published.voluntary), process.category) {
            (Some(ProcurementKind::Goods), _) | (None, Works::Goods) => "goods",
            (Some(ProcurementKind::Services), _) | (None, Works::Services) => "services",
            (Some(ProcurementKind::Works), _) | (None, Works::Works) => "works",
        },
        "awardCriteria": if reading.by_price_alone() { "priceOnly" } else { "ratedCriteria" },
        "tenderPeriod": {"startDate": date(published.documents_from_ms)?, "endDate": date(deadline)?},
        "awardPeriod": {"startDate": reading.publicised_at.map(date).transpose()?},
        "numberOfTenderers": count,
        "tenderers": tenderers,
        "amendments": amendments,
        "lots": lots,
    }))
}

pub(crate) fn status(reading: &Reading) -> &'static str {
    match reading.end {
        Some(End::Failed) => "unsuccessful",
        Some(End::Terminated | End::Annulled) => "cancelled",
        None if reading.lots.iter().any(|lot| lot.award.is_some()) => "complete",
        None => "active",
    }
}

pub(crate) fn lot_status(lot: &Lot, reading: &Reading) -> &'static str {
    match (reading.end, lot.failed, &lot.award) {
        (Some(End::Terminated | End::Annulled), ..) => "cancelled",
        (Some(End::Failed), ..) | (None, true, _) => "unsuccessful",
        (None, false, Some(_)) => "complete",
        (None, false, None) => "active",
    }
}

fn lot_of(lot: &Lot, reading: &Reading) -> Result<Value, ExportError> {
    let value = value(lot.estimate, reading.currency())?;
    Ok(json!({"id": lot.id, "title": lot.title, "status": lot_status(lot, reading), "value": value}))
}

pub(crate) fn bid_id(lot: &Lot, name: &biaozheng_contracts::BidName) -> String {
    format!("{}-{}-{}", lot.id, name.bidder, name.number)
}

pub(crate) fn bid_status(bid: &Bid) -> &'static str {
    match bid.status {
        BidStatus::Pending => "pending",
        BidStatus::Valid => "valid",
        BidStatus::Disqualified => "disqualified",
    }
}

fn bids(process: &Process, reading: &Reading) -> Result<Vec<Value>, ExportError> {
    let mut details = Vec::new();
    for lot in &reading.lots {
        for bid in &lot.bids {
            let price = bid.body.as_ref().and_then(|body| body.price);
            details.push(json!({
                "id": bid_id(lot, &bid.name),
                "submissionType": "bid",
                "date": bid.sealed.map(|(_, time)| date(time)).transpose()?,
                "status": bid_status(bid),
                "tenderers": [reference(process, &bid.name.bidder)],
                "value": price.map(|price| value(price, reading.currency())).transpose()?,
                "relatedLots": [lot.id],
                "hasRank": bid.rank.map(|_| true),
                "rank": bid.rank,
                "description": bid.reason,
            }));
        }
    }
    Ok(details)
}

fn awarded(reading: &Reading) -> impl Iterator<Item = (&Lot, &Award)> {
    reading.lots.iter().filter_map(|lot| lot.award.as_ref().map(|award| (lot, award)))
}

pub(crate) fn award_status(reading: &Reading) -> &'static str {
    if reading.end.is_some() { "cancelled" } else { "active" }
}

fn awards(process: &Process, reading: &Reading) -> Result<Value, ExportError> {
    let award = |(lot, award): (&Lot, &Award)| {
        Ok(json!({
            "id": format!("{}-award", lot.id),
            "status": award_status(reading),
            "date": date(award.time)?,
            "value": value(award.price, reading.currency())?,
            "suppliers": [reference(process, &award.bid.bidder)],
            "relatedBid": bid_id(lot, &award.bid),
            "relatedLots": [lot.id],
        }))
    };
    awarded(reading).map(award).collect::<Result<Vec<_>, ExportError>>().map(Value::Array)
}

fn contracts(reading: &Reading, publication: &Publication) -> Result<Value, ExportError> {
    let mut contracts = Vec::new();
    for (lot, award) in awarded(reading) {
        let Some(contract) = &award.contract else { continue };
        let url = format!("{}/v1/records/{}", publication.certificate_base, contract.record);
        contracts.push(json!({
            "id": format!("{}-contract", lot.id),
            "awardID": format!("{}-award", lot.id),
            "status": if reading.end == Some(End::Annulled) { "terminated" } else { "active" },
            "value": value(contract.price, reading.currency())?,
            "dateSigned": date(contract.time)?,
            "documents": [{
                "id": contract.digest.to_string(), "documentType": "contractSigned", "url": url,
                "datePublished": date(contract.time)?,
            }],
        }));
    }
    Ok(Value::Array(contracts))
}

//! A certificate's other forms: on paper, and as a COSE receipt.

#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use biaozheng_contracts::{parties, shown};
use biaozheng_ledger::ids::{OrgId, RecordId};
use biaozheng_pdf::Surroundings;
use serde_json::Value;

use crate::disposition::attachment;
use crate::handler::{Answer, Api, NoQuery, Strict, ours, parsed, settled};
use crate::problem::Problem;
use crate::schemas::spelling::Bytes;

/// A record's certificate as one PDF/A-3b page in Chinese and English, with a QR code. The certificate itself is
/// attached, byte for byte, and is the evidence.
#[utoipa::path(get, path = "/v1/records/{id}/certificate.pdf", tag = "records", params(("id" = String, Path, description = "sha256:…")),
    responses((status = 200, body = Bytes, content_type = "application/pdf"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not yet under a cosigned checkpoint", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Refused after its receipt", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn certificate_pdf(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    let id: RecordId = parsed(&id, "record id")?;
    let certificate = settled(api.node.certificate(&id).map_err(ours)?, "record")?;
    let surroundings = surroundings(&api, certificate.as_bytes())?;
    let pdf = biaozheng_pdf::render_with(certificate.as_bytes(), &surroundings)
        .map_err(|error| Problem::internal(&error))?;
    Ok(download(pdf, "application/pdf", &format!("{}.pdf", id.digest().hex())))
}

/// Names that are looked up for one page: more than it holds.
const NAMES_MAX: usize = 100;

/// What this node publishes of whom a record names, and of its project's currency.
fn surroundings(api: &Api, certificate: &[u8]) -> Result<Surroundings, Problem> {
    let (named, project) = biaozheng_pdf::named_in(certificate).map_err(|error| Problem::internal(&error))?;
    let (mut known, state) = (Surroundings::default(), api.node.newest().state);
    for organisation in named.into_iter().take(NAMES_MAX) {
        let Ok(id) = organisation.parse::<OrgId>() else { continue };
        let found = parties::view::participant(&*state, &id).map_err(ours)?;
        if let Some(name) = found.as_ref().and_then(|one| one.get("name")).and_then(Value::as_str) {
            known.names.insert(organisation, name.to_owned());
        }
    }
    if let Some(project) = project {
        let found = shown::project(&*state, &project).map_err(ours)?;
        let currency = found.as_ref().and_then(|one| one.get("currency")).and_then(Value::as_str);
        known.currency = currency.map(str::to_owned);
    }
    Ok(known)
}

/// A COSE receipt (RFC 9942) of a record, signed by this node's log key: for tools of SCITT. One signer's word; the
/// certificate has the quorum's. Observers sign none.
#[utoipa::path(get, path = "/v1/records/{id}/receipt.cose", tag = "records", params(("id" = String, Path, description = "sha256:…")),
    responses((status = 200, body = Bytes, content_type = "application/cose"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such record, or this node signs no receipts", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not yet under a cosigned checkpoint", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Refused after its receipt", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn receipt_cose(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    let id: RecordId = parsed(&id, "record id")?;
    let receipt = settled(api.node.cose_receipt(&id).map_err(ours)?, "record with a receipt of this node")?;
    Ok(download(
        receipt,
        "application/cose; cose-type=\"cose-sign1\"",
        &format!("{}.cose", id.digest().hex()),
    ))
}

fn download(bytes: Vec<u8>, media_type: &'static str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_DISPOSITION, attachment(name));
    response
}

//! Documents in and out, by the record that names them.

#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use biaozheng_documents::{DocumentStore, GetError, Put, PutError};
use biaozheng_ledger::ids::{DocumentDigest, RecordId};
use serde_json::json;

use crate::backend::NamedDocument;
use crate::deadline::slow_body;
use crate::disposition::{attachment, media_type};
use crate::handler::{Answer, Api, NoQuery, Strict, ours, parsed, settled};
use crate::problem::Problem;
use crate::schemas::records::StoredDocument;
use crate::schemas::spelling::Bytes;

/// Send a document that a committed record names. Its bytes must have the digest and size the record gives.
///
/// Sending it again is harmless. It is on disk when the answer comes.
#[utoipa::path(put, path = "/v1/records/{record}/documents/{digest}", tag = "documents",
    params(("record" = String, Path, description = "sha256:…"), ("digest" = String, Path, description = "sha256:…")),
    request_body(content = Bytes, content_type = "application/octet-stream", description = "The document's bytes"),
    responses(
        (status = 200, description = "It was here already, and is whole: `{record, digest, size}`", body = StoredDocument),
        (status = 201, description = "Stored: `{record, digest, size}`", body = StoredDocument),
        (status = 400, description = "The request is wrong, or its body broke off", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such record, or it names no such document", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The bytes came too slowly", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The record is not in a block yet", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "The record was refused", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "More bytes than the record says, or than this node takes", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fewer bytes than the record says, or others", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The node failed, or what it holds is damaged", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many documents at a time, or no place to keep them now", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn put_document(
    State(api): State<Api>,
    Path((record, digest)): Path<(String, String)>,
    Strict(NoQuery {}): Strict<NoQuery>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let (id, NamedDocument { reference, .. }) = named(&api, &record, &digest)?;
    let store = store(&api)?;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if let Some(found) = announced.filter(|announced| *announced != reference.size) {
        return Err(wrong_size(reference.size, found));
    }
    let put = store.put(reference.digest, reference.size, body.into_data_stream()).await;
    let status = match put.map_err(not_taken)? {
        Put::Stored => StatusCode::CREATED,
        Put::AlreadyThere => StatusCode::OK,
    };
    let answer = json!({"record": id, "digest": reference.digest, "size": reference.size});
    Ok((status, Json(answer)).into_response())
}

/// A document of a public record, as a download. Its bytes are verified while they are sent: if they are damaged, the
/// answer breaks off before its end.
#[utoipa::path(get, path = "/v1/records/{record}/documents/{digest}", tag = "documents",
    params(("record" = String, Path, description = "sha256:…"), ("digest" = String, Path, description = "sha256:…")),
    responses(
        (status = 200, description = "The document, with the media type the record gives", body = Bytes, content_type = "*/*"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such public record, it names no such document, or nobody sent it here", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The record is not in a block yet", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "The record was refused", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The node failed, or what it holds is damaged", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many documents at a time, or their place cannot be reached now", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn get_document(
    State(api): State<Api>,
    Path((record, digest)): Path<(String, String)>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    let (_, document) = named(&api, &record, &digest)?;
    if !document.public {
        return Err(Problem::not_found(WHAT));
    }
    let reference = document.reference;
    let body = store(&api)?.get(reference.digest, reference.size).await.map_err(not_given)?;
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(reference.size));
    headers.insert(header::CONTENT_TYPE, media_type(&reference.media_type));
    headers.insert(header::CONTENT_DISPOSITION, attachment(&reference.name));
    // The address names the content, so it never changes.
    let immutable = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, immutable);
    Ok(response)
}

const WHAT: &str = "document of such a record";

fn named(api: &Api, record: &str, digest: &str) -> Result<(RecordId, NamedDocument), Problem> {
    let record: RecordId = parsed(record, "record id")?;
    let digest: DocumentDigest = parsed(digest, "digest")?;
    let document = settled(api.node.document_of(&record, &digest).map_err(ours)?, WHAT)?;
    Ok((record, document))
}

fn store(api: &Api) -> Result<DocumentStore, Problem> {
    let detail = "the place of documents cannot be reached now; try again later";
    api.node.documents().ok_or_else(|| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "documents.unavailable", detail).retry_after(30)
    })
}

fn wrong_size(expected: u64, found: u64) -> Problem {
    let status =
        if found > expected { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
    let detail = format!("the record says {expected} bytes, these are {found}");
    Problem::new(status, "document.size", detail)
}

fn not_taken(error: PutError) -> Problem {
    let detail = error.to_string();
    match error {
        PutError::TooLarge { .. } => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail),
        PutError::WrongSize { expected, found: Some(found) } => wrong_size(expected, found),
        PutError::WrongSize { .. } => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "document.size", detail),
        PutError::WrongDigest { .. } => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "document.digest", detail)
        }
        PutError::Slow => slow_body(),
        PutError::Broken(_) => Problem::new(StatusCode::BAD_REQUEST, "body", detail),
        PutError::Busy => busy(detail),
        PutError::Damaged(digest) => damaged(&digest),
        PutError::Store(_) => Problem::internal(&detail),
    }
}

fn not_given(error: GetError) -> Problem {
    let detail = error.to_string();
    match error {
        GetError::Missing(_) => {
            let detail = "the record names it, and nobody has sent it to this node; ask another";
            Problem::new(StatusCode::NOT_FOUND, "document.not_here", detail)
        }
        GetError::Damaged(digest) => damaged(&digest),
        GetError::Busy => busy(detail),
        GetError::Slow | GetError::Store(_) => Problem::internal(&detail),
    }
}

fn busy(detail: String) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).retry_after(1)
}

fn damaged(digest: &DocumentDigest) -> Problem {
    let detail = format!("what this node holds as {digest} is damaged; ask another node");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "document.damaged", detail)
}

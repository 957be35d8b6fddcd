//! Records in, and what became of each: its place, its certificate, its proofs.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::RecordId;
use biaozheng_ledger::limits::{CERTIFICATE_BYTES_MAX, ENVELOPE_JSON_BYTES_MAX};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::backend::{Lookup, Settled, SubmitError, Wanted, Word};
use crate::deadline::Whole;
use crate::handler::{Answer, Api, NoQuery, Strict, ours, parsed, settled};
use crate::problem::Problem;
use crate::schemas::chain::Inclusion;
use crate::schemas::records::{Certificate, Envelope, Record, Submitted, Verification};

/// Those with the one limit of time; [`submit`] and [`verify`] read a body and limit theirs themselves.
pub(super) fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(record)).routes(routes!(certificate)).routes(routes!(inclusion))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SubmitQuery {
    /// `receipt` (default), `committed` or `certificate`.
    wait: Option<String>,
    /// How long to wait, milliseconds; 10,000 when left out.
    timeout_ms: Option<u64>,
}

/// Submit a signed record (DSSE JSON).
///
/// The receipt is a signed promise that the record will stand in the ledger. Submitting the same record again is
/// harmless: while it waits there is a receipt, and once it stands there its block and no receipt.
#[utoipa::path(post, path = "/v1/records", tag = "records", params(SubmitQuery),
    request_body(content = Envelope, content_type = "application/json", description = "A DSSE envelope"),
    responses(
        (status = 200, description = "It stood in the ledger already: `block` says where, and there is no receipt", body = Submitted),
        (status = 201, description = "In the ledger: `{record, stage, receipt, block, certificate?}`", body = Submitted),
        (status = 202, description = "Received: `{record, stage, receipt, block}`", body = Submitted),
        (status = 400, description = "Not a record of this chain", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A signature does not hold", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Refused by the rules of trading", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "No room now", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The node failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not ready to promise anything", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn submit(
    State(api): State<Api>,
    Strict(query): Strict<SubmitQuery>,
    Whole(envelope): Whole<ENVELOPE_JSON_BYTES_MAX>,
) -> Answer {
    let wanted = match query.wait.as_deref() {
        None | Some("receipt") => None,
        Some("committed") => Some(Wanted::Committed),
        Some("certificate") => Some(Wanted::Certificate),
        Some(_) => {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "query",
                "'wait' is receipt, committed or certificate",
            ));
        }
    };
    let timeout = Duration::from_millis(query.timeout_ms.unwrap_or(10_000).min(api.limits.wait_ms_max));
    let limit = Duration::from_millis(api.limits.request_timeout_ms);
    let submitted = tokio::time::timeout(limit, api.node.submit(envelope))
        .await
        .map_err(|_| {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "slow",
                "the node took too long; submit again, it is harmless",
            )
            .retry_after(1)
        })?
        .map_err(not_taken)?;
    let (id, word) = (submitted.id, submitted.word);
    let stands = matches!(word, Word::Stands(_));
    let Some(wanted) = wanted else {
        let (status, stage) =
            if stands { (StatusCode::OK, "committed") } else { (StatusCode::ACCEPTED, "received") };
        return Ok((status, Json(submission(&id, stage, &word))).into_response());
    };
    let done = if stands { StatusCode::OK } else { StatusCode::CREATED };
    Ok(match api.node.wait(id, wanted, timeout).await.map_err(ours)? {
        Settled::Refused(reject) => return Err(Problem::refused(&reject)),
        // What stands is committed, and waits for its checkpoint alone.
        Settled::Timeout { stage } => {
            let stage = if stands { "committed" } else { stage };
            (StatusCode::ACCEPTED, Json(submission(&id, stage, &word))).into_response()
        }
        Settled::Committed => (done, Json(submission(&id, "committed", &word))).into_response(),
        Settled::Certified(certificate) => {
            // The certificate is JSON already: put in as it is, not parsed and written again.
            let mut text = submission(&id, "certified", &word).to_string();
            text.truncate(text.len().saturating_sub(1));
            let text = format!(r#"{text},"certificate":{certificate}}}"#);
            (done, [(header::CONTENT_TYPE, "application/json")], text).into_response()
        }
    })
}

fn not_taken(error: SubmitError) -> Problem {
    match error {
        SubmitError::Malformed(detail) => Problem::new(StatusCode::BAD_REQUEST, "record.malformed", detail),
        SubmitError::Signature(detail) => Problem::new(StatusCode::FORBIDDEN, "record.signature", detail),
        SubmitError::Refused(reject) => Problem::refused(&reject),
        SubmitError::Busy { retry_after_s } => {
            let detail = "too many records wait; submit again later";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", detail).retry_after(retry_after_s)
        }
        SubmitError::NotReady(detail) => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", detail).retry_after(2)
        }
        SubmitError::Internal(detail) => Problem::internal(&detail),
    }
}

/// What is said of a submitted record: a promise, or the place where it stands.
fn submission(id: &RecordId, stage: &str, word: &Word) -> Value {
    let (receipt, block) = match word {
        Word::Receipt(receipt) => (receipt.clone(), Value::Null),
        Word::Stands(block) => (Value::Null, json!(block)),
    };
    json!({"record": id, "stage": stage, "receipt": receipt, "block": block})
}

fn looked<T>(lookup: Lookup<T>, show: impl FnOnce(T) -> Response) -> Answer {
    settled(lookup, "record").map(show)
}

/// A record with its place; its envelope only where its body is public.
#[utoipa::path(get, path = "/v1/records/{id}", tag = "records", params(("id" = String, Path, description = "sha256:…")),
    responses((status = 200, body = Record), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Received, not yet in a block", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Refused after its receipt", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn record(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    looked(api.node.record(&parsed(&id, "record id")?).map_err(ours)?, |value| Json(value).into_response())
}

/// A record's certificate.
#[utoipa::path(get, path = "/v1/records/{id}/certificate", tag = "records", params(("id" = String, Path, description = "sha256:…")),
    responses((status = 200, body = Certificate), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not yet under a cosigned checkpoint", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Refused after its receipt", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn certificate(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    looked(api.node.certificate(&parsed(&id, "record id")?).map_err(ours)?, |text| {
        ([(header::CONTENT_TYPE, "application/json")], text).into_response()
    })
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct VerifyQuery {
    /// SHA-256 of a document that should be one of the record's, `sha256:…`.
    document: Option<String>,
    /// Its size, bytes.
    size: Option<u64>,
}

/// Verify an uploaded certificate against this node's chain. The offline verifier needs no node.
#[utoipa::path(post, path = "/v1/certificates/verify", tag = "certificates", params(VerifyQuery),
    request_body(content = Certificate, content_type = "application/json", description = "A certificate"),
    responses((status = 200, description = "Every step with its outcome", body = Verification),
        (status = 400, description = "Not a certificate", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly", body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn verify(
    State(api): State<Api>,
    Strict(query): Strict<VerifyQuery>,
    Whole(certificate): Whole<CERTIFICATE_BYTES_MAX>,
) -> Answer {
    let digest: Option<Digest> =
        query.document.as_deref().map(|text| parsed(text, "document")).transpose()?;
    if digest.is_some() != query.size.is_some() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "query", "'document' and 'size' go together"));
    }
    let verdict = api.node.verify(&certificate, digest.zip(query.size));
    verdict
        .map(|value| Json(value).into_response())
        .map_err(|detail| Problem::new(StatusCode::BAD_REQUEST, "certificate.unusable", detail))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InclusionQuery {
    /// Leaves of the tree: those of the checkpoint the proof is for.
    size: u64,
}

/// RFC 9162 inclusion proof of a record in the history tree of any size, old ones too: with a kept checkpoint of that size
/// it makes the record's certificate again, byte for byte.
#[utoipa::path(get, path = "/v1/records/{id}/inclusion", tag = "records",
    params(("id" = String, Path, description = "sha256:…"), InclusionQuery),
    responses((status = 200, body = Inclusion), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such record, or none in a tree of this size", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Received, not yet in a block", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Refused after its receipt", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn inclusion(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(query): Strict<InclusionQuery>,
) -> Answer {
    let lookup = api.node.inclusion(&parsed(&id, "record id")?, query.size).map_err(ours)?;
    settled(lookup, "record in a tree of this size").map(|value| Json(value).into_response())
}

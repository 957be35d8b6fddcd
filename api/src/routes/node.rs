//! Where this node stands, for those who run it.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::handler::{Answer, Api, NoQuery, Strict, ours};
use crate::problem::Problem;
use crate::schemas::node::{Live, OperatorView, Ready, Status};

pub(super) fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(status))
        .routes(routes!(operator))
        .routes(routes!(live))
        .routes(routes!(ready))
        .routes(routes!(metrics))
}

/// Where this node stands; when the chain stands, who is missing.
#[utoipa::path(get, path = "/v1/status", tag = "node", responses((status = 200, body = Status),
    (status = 400, body = Problem, content_type = "application/problem+json")))]
async fn status(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    Ok(Json(api.node.status().await).into_response())
}

/// This node for those who run it: space on its disks, its keys and when they are to be renewed.
#[utoipa::path(get, path = "/v1/operator", tag = "node", responses((status = 200, body = OperatorView),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn operator(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    Ok(Json(api.node.operator().map_err(ours)?).into_response())
}

/// The process runs.
#[utoipa::path(get, path = "/health/live", tag = "node", responses((status = 200, body = Live)))]
async fn live() -> Response {
    Json(json!({"live": true})).into_response()
}

/// The node can promise and serve.
#[utoipa::path(get, path = "/health/ready", tag = "node", responses((status = 200, body = Ready),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
async fn ready(State(api): State<Api>) -> Answer {
    let reasons = api.node.not_ready();
    if reasons.is_empty() {
        return Ok(Json(json!({"ready": true})).into_response());
    }
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", reasons.join("; ")).retry_after(2))
}

/// Metrics in OpenMetrics text.
#[utoipa::path(get, path = "/metrics", tag = "node", responses((status = 200, body = String, content_type = "application/openmetrics-text")))]
async fn metrics(State(api): State<Api>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], api.node.metrics()).into_response()
}

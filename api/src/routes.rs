//! The router: all routes with their limits and layers, and the one description of them. What a route does is in the file
//! of its subject.

#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use biaozheng_ledger::limits::{CERTIFICATE_BYTES_MAX, ENVELOPE_JSON_BYTES_MAX};
use serde_json::Value;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::backend::Backend;
use crate::deadline::{admit, in_time};
use crate::description::{complete, enter_bodies};
use crate::documents;
use crate::forms;
use crate::handler::{Api, Node};
use crate::limits::ApiLimits;
use crate::linger::linger;
use crate::log;
use crate::problem::Problem;

mod chain;
mod events;
mod node;
mod oversight;
mod projects;
mod record_types;
mod records;
mod registry;
mod rules;
mod sealing;
mod search;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Biaozheng node",
        description = "A permissioned ledger for public-resource trading. 公共资源交易存证账本节点接口。Errors are RFC 9457 problem details with a stable `code`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    // A certificate and its anchors name each other, which nothing else would bring in.
    components(schemas(Problem, crate::schemas::records::Anchor))
)]
struct Description;

/// The OpenAPI 3.1 description of every route.
#[must_use]
pub fn openapi() -> Value {
    whole(documented(ApiLimits::default()).split_for_parts().1)
}

/// Completed, and with the bodies of records beside the answers.
fn whole(mut description: utoipa::openapi::OpenApi) -> Value {
    complete(&mut description);
    let mut description = serde_json::to_value(description).unwrap_or_default();
    enter_bodies(&mut description);
    description
}

/// Those that read a body or wait limit their time themselves; all others have one limit.
fn documented(limits: ApiLimits) -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(records::submit))
        .routes(routes!(records::verify))
        .routes(routes!(documents::put_document, documents::get_document))
        .merge(prompt().layer(from_fn_with_state(limits, in_time)))
}

fn prompt() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(forms::certificate_pdf))
        .routes(routes!(forms::receipt_cose))
        .routes(routes!(events::events))
        .merge(records::documented())
        .merge(projects::documented())
        .merge(chain::documented())
        .merge(registry::documented())
        .merge(sealing::documented())
        .merge(oversight::documented())
        .merge(record_types::documented())
        .merge(rules::documented())
        .merge(search::documented())
        .merge(node::documented())
}

/// All routes with their layers.
pub fn router<B: Backend>(backend: Arc<B>, limits: ApiLimits) -> axum::Router {
    let (routes, description) = documented(limits).split_for_parts();
    let places = Arc::new(Semaphore::new(limits.requests_in_flight_max));
    let description = whole(description).to_string();
    let request_id = HeaderName::from_static("x-request-id");
    let set = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    routes
        .route(
            "/openapi.json",
            axum::routing::get(
                move || async move { ([(header::CONTENT_TYPE, "application/json")], description) },
            ),
        )
        .merge(crate::pages::routes())
        .merge(
            axum::Router::new()
                .route("/checkpoint", axum::routing::get(log::checkpoint))
                .route("/tile/{*path}", axum::routing::get(log::tile))
                .with_state::<Api>(Arc::clone(&backend) as Node),
        )
        .fallback(|| async { Problem::not_found("route") })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this route has no such method",
            )
        })
        .layer(DefaultBodyLimit::max(ENVELOPE_JSON_BYTES_MAX.max(CERTIFICATE_BYTES_MAX)))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Problem::internal(&"a handler panicked").into_response()
        }))
        .layer(from_fn_with_state(places, admit))
        .layer(from_fn(linger))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::CACHE_CONTROL, "no-store"))
        .layer(set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .layer(set(header::CONTENT_SECURITY_POLICY, "default-src 'none'"))
        .layer(PropagateRequestIdLayer::new(request_id.clone()))
        .layer(SetRequestIdLayer::new(request_id, MakeRequestUuid))
        .with_state(Api { node: backend, limits, streams: events::streams() })
}

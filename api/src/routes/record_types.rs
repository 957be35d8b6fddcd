//! What records are made of. These answers need no state: they are of this program's version.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use axum::Json;
use axum::response::IntoResponse as _;
use biaozheng_contracts::records::{Form, forms};
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::description::component;
use crate::handler::{Answer, Api, NoQuery, Strict};
use crate::problem::Problem;
use crate::schemas::Page;
use crate::schemas::records::RecordTypeLine;

pub(super) fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(record_types))
}

/// Every record type this node knows, and where the description has the schema of its body.
#[utoipa::path(get, path = "/v1/record-types", tag = "records",
    responses((status = 200, body = Page<RecordTypeLine>), (status = 400, body = Problem, content_type = "application/problem+json")))]
async fn record_types(Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    let line = |form: Form| {
        let schema = format!("#/components/schemas/{}", component(&form));
        json!({"type": form.name, "in_project": form.in_project, "schema": schema})
    };
    let items: Vec<_> = forms().map(line).collect();
    Ok(Json(json!({"items": items, "next": null})).into_response())
}

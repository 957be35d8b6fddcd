//! Completes the OpenAPI description with what holds for every route alike: the spelling of ids and numbers, and the
//! answers that come from the layers around a handler.
//!
//! **Invariant:** a value that fits the description is never refused for its form, and no answer comes that is not
//! described; a fuzzer that reads the description holds a running node to it (`tests/api/run`).

use utoipa::Number;
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::schema::{Object, Schema, SchemaType, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder, ServerBuilder};

/// As `ledger/src/digest.rs` reads it.
const DIGEST: &str = "^sha256:[0-9a-f]{64}$";
/// Organisations and projects, as `ledger/src/ids.rs` reads them.
const IDENTIFIER: &str = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$";
/// As `contracts/src/project/search.rs` reads it.
const SEARCH_PLACE: &str = "^(project|participant):[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$";
const DIGITS: &str = "^[0-9]{1,15}$";
/// A position in a block.
const POSITION: &str = "^[0-9]{1,9}$";
/// Numbers in paths and queries are read as u64.
const INTEGER_MAX: usize = usize::MAX;
const PROBLEM: &str = "application/problem+json";

mod bodies;
mod members;

pub(crate) use bodies::{component, enter_bodies};

/// Adds it to every operation.
pub(crate) fn complete(description: &mut OpenApi) {
    members::complete(description);
    let here = ServerBuilder::new().url("/").description(Some("The node this description is from"));
    description.servers = Some(vec![here.build()]);
    // Nobody logs in: everything here is public, and what a record may do its own signatures say.
    description.security = Some(vec![SecurityRequirement::default()]);
    for (path, item) in &mut description.paths.paths {
        let operations = [&mut item.get, &mut item.put, &mut item.post];
        for operation in operations.into_iter().flatten() {
            for parameter in operation.parameters.iter_mut().flatten() {
                if let RefOr::T(parameter) = parameter {
                    spell(path, parameter);
                }
            }
            answer(operation, "503", "Too many requests at a time, or the node took too long; try again");
            answer(operation, "500", "The node failed");
            describe(operation);
        }
    }
}

fn answer(operation: &mut Operation, status: &str, description: &str) {
    if operation.responses.responses.contains_key(status) {
        return;
    }
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new().description(description).content(PROBLEM, content).build();
    operation.responses.responses.insert(status.to_owned(), RefOr::T(response));
}

/// OpenAPI asks every answer for a description; generators refuse a file without.
fn describe(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            let text = match status.as_str() {
                "200" => operation.summary.as_deref().unwrap_or("Here it is"),
                "400" => "The question is not well-formed; `detail` says where",
                "404" => "This node has no such thing",
                "413" => "The body is too large",
                "500" => "The node failed",
                "503" => "Not ready; try again",
                _ => "See `code` and `detail`",
            };
            text.clone_into(&mut response.description);
        }
    }
}

/// What may stand in a parameter.
fn spell(path: &str, parameter: &mut Parameter) {
    let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema else { return };
    // Left out, yes; null, never.
    if let SchemaType::Array(types) = &schema.schema_type
        && let Some(one) = types.iter().find(|one| **one != Type::Null)
    {
        schema.schema_type = SchemaType::Type(one.clone());
    }
    if schema.schema_type == SchemaType::Type(Type::Integer) {
        schema.minimum = schema.minimum.take().or(Some(Number::UInt(0)));
        schema.maximum = schema.maximum.take().or(Some(Number::UInt(INTEGER_MAX)));
        return;
    }
    schema.pattern = pattern(path, &parameter.name).map(str::to_owned).or(schema.pattern.take());
    if parameter.name == "wait" {
        choices(schema, &["receipt", "committed", "certificate"]);
    }
}

fn choices(schema: &mut Object, values: &[&str]) {
    schema.enum_values = Some(values.iter().map(|value| (*value).into()).collect());
}

fn pattern(path: &str, name: &str) -> Option<&'static str> {
    Some(match name {
        "record" | "digest" | "chain" | "document" => DIGEST,
        "id" if path.starts_with("/v1/records/") => DIGEST,
        "id" | "org" | "centre" => IDENTIFIER,
        "after" => match path {
            "/v1/projects" | "/v1/participants" | "/v1/timers" | "/v1/projects/{id}/sittings" => IDENTIFIER,
            "/v1/alerts" | "/v1/chains" | "/v1/indicators/published" => DIGEST,
            "/v1/blocks" | "/v1/projects/{id}/records" => DIGITS,
            "/v1/blocks/{height}/records" => POSITION,
            "/v1/search" => SEARCH_PLACE,
            _ => return None,
        },
        _ => return None,
    })
}

//! Which members of an answer are always there.
//!
//! The node writes `null` for what has no value and leaves nothing out, where Rust's `Option` alone would say "may be
//! left out". So every member that can be null is required; one that cannot be null and is not required may be left out.

use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Object, Schema, SchemaType, Type};
use utoipa::openapi::{OpenApi, Ref, RefOr};

/// Does so for every named schema, and lets pages name the schema of their items instead of repeating it.
pub(super) fn complete(description: &mut OpenApi) {
    let Some(components) = &mut description.components else { return };
    let mut items = Vec::new();
    for (name, schema) in &mut components.schemas {
        if let Some(item) = name.strip_prefix("Page_")
            && let Some(place) = items_of(schema)
        {
            let reference = RefOr::Ref(Ref::from_schema_name(item));
            items.push((item.to_owned(), std::mem::replace(place, reference)));
        }
    }
    for (name, schema) in items {
        components.schemas.entry(name).or_insert(schema);
    }
    components.schemas.values_mut().for_each(visit);
}

fn items_of(page: &mut RefOr<Schema>) -> Option<&mut RefOr<Schema>> {
    let RefOr::T(Schema::Object(page)) = page else { return None };
    let Some(RefOr::T(Schema::Array(array))) = page.properties.get_mut("items") else { return None };
    match &mut array.items {
        ArrayItems::RefOrSchema(items) => Some(items),
        ArrayItems::False => None,
    }
}

fn visit(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => of_object(object),
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                visit(items);
            }
        }
        Schema::OneOf(choice) => choice.items.iter_mut().for_each(visit),
        Schema::AllOf(all) => all.items.iter_mut().for_each(visit),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(visit),
        _ => {}
    }
}

fn of_object(object: &mut Object) {
    for (name, member) in &mut object.properties {
        visit(member);
        if can_be_null(member) && !object.required.contains(name) {
            object.required.push(name.clone());
        }
    }
    match object.additional_properties.as_deref_mut() {
        Some(AdditionalProperties::RefOr(more)) => visit(more),
        Some(AdditionalProperties::FreeForm(_)) => {}
        // A variant of an enum, which says nothing of its own.
        None if object.properties.is_empty() => {}
        None => object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false))),
    }
}

fn can_be_null(member: &RefOr<Schema>) -> bool {
    let null = |found: &SchemaType| match found {
        SchemaType::Type(one) => *one == Type::Null,
        SchemaType::Array(several) => several.contains(&Type::Null),
        SchemaType::AnyValue => false,
    };
    match member {
        RefOr::T(Schema::Object(object)) => null(&object.schema_type),
        RefOr::T(Schema::Array(array)) => null(&array.schema_type),
        RefOr::T(Schema::OneOf(choice)) => choice.items.iter().any(can_be_null),
        _ => false,
    }
}

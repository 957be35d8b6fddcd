"""Validates every release of packages against the standard's schema merged with the extensions bids, lots and evidence.

    extended.py SCHEMA EVIDENCE_SCHEMA PACKAGE...

A field that no schema names is an error too. First the validator is shown broken releases, which it must refuse.
"""
import copy
import json
import sys

import json_merge_patch
from jsonschema import Draft4Validator, FormatChecker


def closed(schema):
    """The schema with every object closed to fields it does not name."""
    if isinstance(schema, dict):
        if "properties" in schema and isinstance(schema["properties"], dict) and schema.get("type") != "string":
            schema.setdefault("additionalProperties", False)
        for value in schema.values():
            closed(value)
    elif isinstance(schema, list):
        for value in schema:
            closed(value)
    return schema


def releases(package):
    yield from package.get("releases", [])
    for record in package.get("records", []):
        yield from record["releases"]
        yield record["compiledRelease"]


def broken(release):
    def change(edit):
        other = copy.deepcopy(release)
        edit(other)
        return other

    yield change(lambda r: r.pop("ocid"))
    yield change(lambda r: r["tender"].update(status="finished"))
    yield change(lambda r: r["bids"]["details"][0].update(status="invalid"))
    yield change(lambda r: r["bids"]["details"][0]["value"].update(amount="1"))
    yield change(lambda r: r["evidence"][0].update(id="sha256:0"))
    yield change(lambda r: r["evidence"][0].pop("certificate"))
    yield change(lambda r: r.update(date="yesterday"))
    yield change(lambda r: r["tender"].update(unheard="of"))


def dangling(schema, node):
    """Every reference that leads nowhere: a validator meets one only when a release has the field."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            at = schema
            for part in target.removeprefix("#/").split("/"):
                at = at.get(part) if isinstance(at, dict) else None
            if not target.startswith("#/") or at is None:
                yield target
        node = node.values()
    elif not isinstance(node, list):
        return
    for one in node:
        yield from dangling(schema, one)


def main(schema_file, evidence_file, *packages):
    with open(schema_file) as file:
        schema = json.load(file)
    with open(evidence_file) as file:
        schema = closed(json_merge_patch.merge(schema, json.load(file)))
    if lost := sorted(set(dangling(schema, schema))):
        sys.exit(f"{schema_file}: references that lead nowhere: {', '.join(lost)}")
    validator = Draft4Validator(schema, format_checker=FormatChecker())
    errors = 0
    for name in packages:
        with open(name) as file:
            package = json.load(file)
        count = 0
        for release in releases(package):
            count += 1
            for error in validator.iter_errors(release):
                errors += 1
                if errors <= 20:
                    print(f"{release['id']}: {'/'.join(map(str, error.path))}: {error.message[:200]}", file=sys.stderr)
        print(f"{name}: {count} releases, {errors} errors")
        assert count > 0, f"{name} has no releases"
    priced = lambda release: any("value" in bid for bid in release.get("bids", {}).get("details", [])[:1])
    whole = next(one["compiledRelease"] for one in package["records"] if priced(one["compiledRelease"]))
    for number, release in enumerate(broken(whole)):
        if validator.is_valid(release):
            sys.exit(f"the validator accepts the broken release {number}")
    sys.exit(1 if errors else 0)


main(*sys.argv[1:])

"""Merges each project's releases with the standard's own merger, and holds the result against the compiled release.

    merged.py SCHEMA EVIDENCE_SCHEMA RECORDS

Who follows the releases must come to what the publisher compiled: the last ones too, after the last step.
"""
import json
import sys

import json_merge_patch
from ocdsmerge import Merger


def by_id(value):
    """Lists whose items have ids in the order of these: a merger keeps the order in which it met them."""
    if isinstance(value, dict):
        return {key: by_id(one) for key, one in value.items()}
    if isinstance(value, list):
        items = [by_id(one) for one in value]
        if items and all(isinstance(one, dict) and "id" in one for one in items):
            items.sort(key=lambda one: str(one["id"]))
        return items
    return value


def main(schema_file, evidence_file, records_file):
    with open(schema_file) as file:
        schema = json.load(file)
    with open(evidence_file) as file:
        merger = Merger(json_merge_patch.merge(schema, json.load(file)))
    with open(records_file) as file:
        records = json.load(file)["records"]
    for record in records:
        expected = dict(record["compiledRelease"])
        found = merger.create_compiled_release(record["releases"])
        for one in (expected, found):
            one.pop("id")
            one["tag"] = ["compiled"]
        for key in sorted(expected.keys() | found.keys()):
            if by_id(expected.get(key)) != by_id(found.get(key)):
                theirs, ours = (json.dumps(by_id(one.get(key)), ensure_ascii=False)[:600] for one in (found, expected))
                sys.exit(f"{record['ocid']}: {key} merged is\n{theirs}\ncompiled is\n{ours}")
        fewer = merger.create_compiled_release(record["releases"][:-1]) if len(record["releases"]) > 1 else {}
        if by_id(fewer.get("evidence")) == by_id(expected.get("evidence")):
            sys.exit(f"{record['ocid']}: nothing is lost without the last release")
    print(f"{records_file}: {len(records)} projects merge to what was compiled")


main(*sys.argv[1:])

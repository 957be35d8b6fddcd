"""Validates packages against the standard's own package schemas, all of them read from its archive.

    packages.py ARCHIVE PACKAGE...
"""
import json
import sys
import zipfile

from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT4


def main(archive, *packages):
    schemas = {}
    with zipfile.ZipFile(archive) as standard:
        for name in standard.namelist():
            if name.endswith("-schema.json") and "dereferenced" not in name:
                schema = json.loads(standard.read(name))
                schemas[name.rsplit("/", 1)[1]] = schema
    registry = Registry().with_resources(
        (schema["id"], DRAFT4.create_resource(schema)) for schema in schemas.values() if "id" in schema
    )
    errors = 0
    for name in packages:
        with open(name) as file:
            package = json.load(file)
        kind = "record" if "records" in package else "release"
        schema = schemas[f"{kind}-package-schema.json"]
        validator = Draft4Validator(schema, registry=registry, format_checker=FormatChecker())
        for error in validator.iter_errors(package):
            errors += 1
            if errors <= 20:
                print(f"{'/'.join(map(str, error.path))}: {error.message[:200]}", file=sys.stderr)
        print(f"{name}: {kind} package, {len(package[kind + 's'])} {kind}s, {errors} errors")
        del package["publishedDate"]
        if validator.is_valid(package):
            sys.exit("the validator accepts a package without publishedDate")
    sys.exit(1 if errors else 0)


main(*sys.argv[1:])

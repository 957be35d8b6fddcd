#!/bin/sh
# IfcOpenShell takes all that stands in FILE_SCHEMA for one name.
#
# Seen with ifcopenshell 0.9.0.post1 from PyPI, 2026-11-30, Python 3.11 on Linux.
#
# ISO 10303-21 says of FILE_SCHEMA: a list of schema names, and a name may be followed by the schema's object identifier in
# braces; STEP files of other fields nearly always have it ('AUTOMOTIVE_DESIGN { 1 0 10303 214 1 1 1 1 }'). ifcopenshell.open
# asks for a schema of the whole text, the identifier with it, and joins the names of a list with commas:
#
#   FILE_SCHEMA(('IFC4'))                  opened, schema IFC4
#   FILE_SCHEMA(('IFC4 {1 0 10303 1}'))    SchemaError: Unsupported schema: IFC4 {1 0 10303 1}
#   FILE_SCHEMA(('IFC4','IFC2X3'))         SchemaError: Unsupported schema: IFC4,IFC2X3
#
# Who checks models against the version a tender asks for must therefore cut the name out of the text, and can open
# nothing with this reader that names an identifier. Exits with 0 as long as it is so, with 1 when it has changed.
set -eu
version=0.9.0.post1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "ifcopenshell==$version"
"$work/venv/bin/python" - "$work/model.ifc" <<'PY'
import sys

import ifcopenshell

path, seen = sys.argv[1], {}
for names in ("'IFC4'", "'IFC4 {1 0 10303 1}'", "'IFC4','IFC2X3'"):
    with open(path, "w") as file:
        file.write(
            "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\n"
            "FILE_NAME('m.ifc','2026-01-05T09:00:00',(''),(''),'','','');\n"
            f"FILE_SCHEMA(({names}));\nENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;\n"
        )
    try:
        seen[names] = f"opened, schema {ifcopenshell.open(path).schema}"
    except Exception as error:
        seen[names] = f"{type(error).__name__}: {error}"
    print(f"FILE_SCHEMA(({names})): {seen[names]}")
expected = {
    "'IFC4'": "opened, schema IFC4",
    "'IFC4 {1 0 10303 1}'": "SchemaError: Unsupported schema: IFC4 {1 0 10303 1}",
    "'IFC4','IFC2X3'": "SchemaError: Unsupported schema: IFC4,IFC2X3",
}
sys.exit(0 if seen == expected else "ifcopenshell does something else now")
PY

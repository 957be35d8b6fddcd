"""Makes a release package of a record package's compiled releases, for a validator that reads release packages only.

    compiled.py RECORDS RELEASES OUT
"""
import json
import sys

records_file, releases_file, out = sys.argv[1:]
with open(records_file) as file:
    records = json.load(file)["records"]
with open(releases_file) as file:
    package = json.load(file)
package["releases"] = [record["compiledRelease"] for record in records]
with open(out, "w") as file:
    json.dump(package, file)

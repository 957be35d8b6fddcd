"""Reads libcoveocds' report and fails unless it validated everything and found nothing.

    core.py REPORT PROJECTS
"""
import json
import sys

report_file, projects = sys.argv[1], int(sys.argv[2])
with open(report_file) as file:
    report = json.load(file)
# Without a network the extensions' own schemas cannot be fetched: extended.py covers them.
found = {key: report[key] for key in ("validation_errors", "deprecated_fields", "additional_closed_codelist_values")}
seen = report.get("unique_ocids_count", len(report.get("unique_ocids", [])))
print(f"{report_file}: version {report['version_used']}, {seen} projects, {len(found['validation_errors'])} errors")
if any(found.values()) or report["version_used"] != "1.1" or seen != projects:
    sys.exit(json.dumps(found)[:2000])

"""Says which operations the fuzzer never got an answer from that was not a refusal: there it only saw how things fail.

    reached.py FILE    run by fuzz; FILE lists those that did, as known.py writes them
"""

import json
import os
import pathlib
import sys
import urllib.request

from answers import NOT_HERE

# A signature, and a document that a record announced, cannot be made up.
MADE_UP = {"POST /v1/records", "PUT /v1/records/{record}/documents/{digest}"}
# Read by events.py.
LEFT_OUT = {"GET /v1/events"}


def main(file):
    succeeded = set(json.loads(pathlib.Path(file).read_text()))
    with urllib.request.urlopen(f"{os.environ['BIAOZHENG_URL']}/openapi.json", timeout=60) as answer:
        paths = json.load(answer)["paths"]
    operations = {f"{method.upper()} {path}" for path, item in paths.items() for method in item if method in ("get", "put", "post")}
    never = operations - succeeded - MADE_UP - LEFT_OUT - {f"GET {path}" for path in NOT_HERE}
    for one in sorted(never):
        print(f"api: the fuzzer had no success with {one}", file=sys.stderr)
    print(f"api: {len(succeeded)} of {len(operations)} operations answered the fuzzer with success")
    return 1 if never else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

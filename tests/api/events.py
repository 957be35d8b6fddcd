"""The stream of blocks, which has no end and so is left out by the fuzzer: held to the description by hand.

    events.py        run by fuzz, beside a node at BIAOZHENG_URL
"""

import http.client
import itertools
import json
import os
import sys
import urllib.parse

from answers import Judge

ADDRESS = urllib.parse.urlsplit(os.environ["BIAOZHENG_URL"])
BLOCKS = 12
U64_MAX = 2**64 - 1
REFUSED = [
    ("?after=x", {}), ("?after=-1", {}), ("?after=1.5", {}), ("?after=", {}), (f"?after={U64_MAX + 1}", {}), ("?before=1", {}),
    ("", {"last-event-id": "x"}), ("", {"last-event-id": "-1"}), ("?after=1", {"last-event-id": "\xe9"}), ("", {"last-event-id": ""}),
]


def ask(path, headers=None):
    connection = http.client.HTTPConnection(ADDRESS.hostname, ADDRESS.port, timeout=60)
    connection.request("GET", path, headers=headers or {})
    return connection, connection.getresponse()


def events(query, headers, count):
    """The first events of a stream, each as its members."""
    connection, answer = ask(f"/v1/events{query}", headers)
    assert answer.status == 200, (query, answer.status)
    assert answer.headers.get_content_type() == "text/event-stream"
    found, members = [], {}
    while len(found) < count:
        line = answer.fp.readline() if not answer.chunked else answer.readline()
        assert line, "the stream ended"
        text = line.decode().rstrip("\n")
        if text.startswith(":"):
            continue
        if text:
            name, value = text.split(": ", 1) if ": " in text else text.split(":", 1)
            members[name] = value
        elif members:
            found.append(members)
            members = {}
    connection.close()
    return found


def get(path):
    connection, answer = ask(path)
    body = json.loads(answer.read())
    connection.close()
    return body


def main():
    description = get("/openapi.json")
    judge = Judge(description)
    block = {"$ref": "#/components/schemas/Block"}
    problem = {"$ref": "#/components/schemas/Problem"}
    for query, headers, first in (("?after=0", {}, 1), ("?after=3", {}, 4), ("?after=0", {"last-event-id": "5"}, 6), ("", {"Last-Event-ID": "1"}, 2)):
        for height, event in zip(itertools.count(first), events(query, headers, BLOCKS)):
            assert (event["event"], event["id"]) == ("block", str(height)), event
            shown = json.loads(event["data"])
            judge.hold("an event", block, shown)
            assert shown == get(f"/v1/blocks/{height}"), height
    newest = get("/v1/status")["height"]
    # From the newest on: what comes is a block that was not there.
    coming, = events("", {}, 1)
    assert int(coming["id"]) > newest
    # Nothing after the last height there can be: it ends, and is no failure.
    connection, answer = ask(f"/v1/events?after={U64_MAX}")
    assert answer.status == 200 and answer.read() == b""
    connection.close()
    described = description["paths"]["/v1/events"]["get"]["responses"]
    for query, headers in REFUSED:
        connection, answer = ask(f"/v1/events{query}", headers)
        assert answer.status == 400, (query, headers, answer.status)
        assert answer.headers.get_content_type() in described["400"]["content"]
        judge.hold("a refusal", problem, json.loads(answer.read()))
        connection.close()
    return judge.end()


if __name__ == "__main__":
    sys.exit(main())

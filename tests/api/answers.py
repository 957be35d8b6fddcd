"""Holds answers against the description's schemas, the way a generated client reads them.

    answers.py scenes DESCRIPTION FILE    lines of {"schema", "answer"}, as api/tests/answers.rs writes them
    answers.py node                       the node at BIAOZHENG_URL: every GET operation, with what is there

On a node, every operation is asked with ids that its own lists gave. What came is held to the schema of its status. An
operation that was never answered with success is a fault, unless it is named below.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter, defaultdict

import jsonschema_rs

ITEMS_MAX = 40
# Endless, or of another form than JSON: other tests read them.
LEFT_OUT = {"/v1/events", "/v1/records/{record}/documents/{digest}"}
# What a single node with one small tender and no group cannot have; the scenes and tests/tests/ show these.
NOT_HERE = {
    "/v1/chains/{chain}", "/v1/policies", "/v1/projects/{id}/listing", "/v1/projects/{id}/models",
    "/v1/sealing", "/v1/sealing/entries/{digest}", "/v1/sealing/tokens/{record}", "/v1/tightenings/{digest}",
}


def validator(description, schema):
    whole = {**schema, "components": description["components"]}
    return jsonschema_rs.Draft202012Validator(whole)


class Judge:
    def __init__(self, description):
        self.description = description
        self.known = {}
        self.faults = []
        self.held = Counter()

    def hold(self, name, schema, answer):
        key = json.dumps(schema, sort_keys=True)
        if key not in self.known:
            self.known[key] = validator(self.description, schema)
        self.held[name] += 1
        for error in self.known[key].iter_errors(answer):
            place = "/".join(map(str, error.instance_path))
            self.faults.append(f"{name}: at '{place}': {error.message[:300]}")

    def end(self):
        for fault in sorted(set(self.faults))[:50]:
            print("answers:", fault, file=sys.stderr)
        print(f"answers: {sum(self.held.values())} held against {len(self.held)} schemas, {len(self.faults)} faults")
        return 1 if self.faults or not self.held else 0


def ask(url):
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read()


class Node:
    """Asks every operation of a description, and learns ids from what comes."""

    def __init__(self, url):
        self.url = url
        self.description = json.loads(ask(f"{url}/openapi.json")[2])
        self.judge = Judge(self.description)
        self.ids = defaultdict(dict)
        self.succeeded = set()

    def learn(self, path, answer):
        rows = answer["items"] if isinstance(answer, dict) and "items" in answer else [answer]
        for row in rows:
            if not isinstance(row, dict):
                continue
            for member, kind in (("project", "project"), ("org", "org"), ("chain", "chain"), ("height", "height")):
                if isinstance(row.get(member), (str, int)):
                    self.ids[kind][row[member]] = None
            for record in row.get("record_ids", []):
                self.ids["record"][record] = None
            if path in ("/v1/rulebooks", "/v1/tightenings"):
                self.ids[path.removeprefix("/v1/")][row["digest"]] = None
            if row.get("type") == "tokens.requested/1":
                self.ids["request"][row["record"]] = None

    def fillings(self, path):
        """What to put into a path: ids of the kind that stands there."""
        if "{" not in path:
            return [path]
        name = path[path.index("{") : path.index("}") + 1]
        kinds = {"{id}": "record" if path.startswith("/v1/records/") else "project", "{org}": "org", "{chain}": "chain",
                 "{height}": "height", "{record}": "request" if "tokens" in path else "record"}
        kind = kinds.get(name) or path.split("/")[2]
        found = list(self.ids[kind])
        # The ends of a long list differ most.
        half = ITEMS_MAX // 2
        found = found if len(found) <= ITEMS_MAX else found[:half] + found[-half:]
        return [path.replace(name, str(one)) for one in found]

    def one(self, path, operation, asked):
        status, kind, body = ask(self.url + asked)
        answer = operation["responses"].get(str(status))
        if answer is None:
            self.judge.faults.append(f"{path}: {status} is not described")
            return
        content = answer.get("content", {})
        if status < 300:
            self.succeeded.add(path)
        if kind not in content:
            if "*/*" not in content:
                self.judge.faults.append(f"{path}: {status} came as {kind}, described are {sorted(content)}")
            return
        if kind.endswith("json"):
            value = json.loads(body)
            self.judge.hold(f"{path} {status}", content[kind]["schema"], value)
            if status == 200:
                self.learn(path, value)

    def all(self):
        status = json.loads(ask(f"{self.url}/v1/status")[2])
        self.ids["chain"][status["chain"]] = None
        paths = {path: item["get"] for path, item in self.description["paths"].items() if "get" in item}
        # Lists first, and blocks before records: they give the ids.
        order = sorted(paths, key=lambda path: (path.count("{"), path.startswith("/v1/records/"), path))
        for path in order:
            if path in LEFT_OUT:
                continue
            for asked in self.fillings(path):
                for question in self.questions(path, status):
                    self.one(path, paths[path], asked + question)
        for path in sorted(set(order) - self.succeeded - LEFT_OUT - NOT_HERE):
            self.judge.faults.append(f"{path}: nothing on this node was asked for with success")

    @staticmethod
    def questions(path, status):
        if path == "/v1/indicators":
            return [f"?from_ms=0&until_ms={status['block_time_ms'] + 1}"]
        if path == "/v1/consistency":
            return [f"?from=1&to={status['history_size']}", f"?from={status['history_size']}&to=1"]
        if path == "/v1/records/{id}/inclusion":
            return [f"?size={status['history_size']}", "?size=0"]
        if path == "/v1/search":
            # Projects and participants, over pages, and nothing.
            return ["?q=" + urllib.parse.quote(words) for words in ("改造", "O", "没有这样的工程")] + ["?q=o&limit=1"]
        if path in ("/v1/blocks", "/v1/projects"):
            return ["?limit=200", "?limit=200&order=newest"]
        return [""]


def scenes(description, file):
    judge = Judge(json.load(open(description, encoding="utf-8")))
    for line in open(file, encoding="utf-8"):
        row = json.loads(line)
        judge.hold(row["schema"], {"$ref": f"#/components/schemas/{row['schema']}"}, row["answer"])
    return judge.end()


def node():
    asked = Node(os.environ["BIAOZHENG_URL"])
    asked.all()
    return asked.judge.end()


if __name__ == "__main__":
    sys.exit(scenes(*sys.argv[2:]) if sys.argv[1:2] == ["scenes"] else node())

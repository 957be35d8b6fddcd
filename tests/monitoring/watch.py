"""Runs a node, a Prometheus that scrapes it and a receiver of its webhooks, and asks them all.

    watch.py BIAOZHENG SCRATCH      SCRATCH holds alerts.yaml and prometheus.yaml of docs/monitoring
"""
import http.server
import json
import pathlib
import re
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families
from standardwebhooks.webhooks import Webhook

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "live"))
from ports import free_ports  # noqa: E402

program, scratch = sys.argv[1], pathlib.Path(sys.argv[2])
dashboard = pathlib.Path(__file__).parents[2] / "docs/monitoring/grafana-dashboard.json"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
children = []


def until(what, check, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.2)
    sys.exit(f"it did not come about in {seconds} s: {what}")


def start(name, *command):
    log = open(scratch / f"{name}.log", "wb")
    child = subprocess.Popen(command, stdout=log, stderr=log)
    children.append(child)
    return child


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return answer.headers, answer.read().decode()


class Receiver(http.server.BaseHTTPRequestHandler):
    """Refuses the first attempt of every event, so that each is repeated once."""
    taken, seen = [], set()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        event = Webhook(SECRET).verify(body, {name.lower(): value for name, value in self.headers.items()})
        known = self.headers["webhook-id"] in self.seen
        self.seen.add(self.headers["webhook-id"])
        if known:
            self.taken.append(event)
        self.send_response(204 if known else 500)
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    base, api = free_ports()
    _, port = free_ports()
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()

    # The consortium that `start --dev` would make, on ports that are free.
    home = scratch / "dev"
    subprocess.run([program, "consortium", "init", "--out", home, "--label", "dev", "--city", "dev=DEV-CENTRE",
                    "--base-port", str(base), "--api-base-port", str(api)], check=True, stdout=subprocess.DEVNULL)
    config = home / "nodes/dev/config.toml"
    secret = home / "nodes/dev/keys/watch.webhook"
    secret.write_text(SECRET + "\n")
    secret.chmod(0o600)
    text = config.read_text()
    assert "heartbeat_ms = 30000" in text
    config.write_text(text.replace("heartbeat_ms = 30000", "heartbeat_ms = 1000") + f"""
[[webhook]]
name = "watch"
url = "http://127.0.0.1:{receiver.server_address[1]}/"
secret_file = "keys/watch.webhook"
kinds = ["participant.*"]
allow_http = true
private_addresses = true
""")
    node = start("node", program, "start", "--dev", "--home", home)
    until("the node starts", lambda: node.poll() is None and b"started" in (scratch / "node.log").read_bytes())
    node_url = f"http://127.0.0.1:{api}"

    prometheus = (scratch / "prometheus.yaml").read_text().replace("127.0.0.1:8600", f"127.0.0.1:{api}")
    (scratch / "prometheus.yaml").write_text(prometheus.replace("15s", "1s"))
    start("prometheus", "prometheus", f"--config.file={scratch}/prometheus.yaml", f"--storage.tsdb.path={scratch}/tsdb",
          f"--web.listen-address=127.0.0.1:{port}")

    def ask(path, **query):
        try:
            answer = get(f"http://127.0.0.1:{port}/api/v1/{path}?{urllib.parse.urlencode(query)}")[1]
        except OSError:
            return None
        answer = json.loads(answer)
        assert answer["status"] == "success", answer
        return answer["data"]

    def value(expression):
        found = ask("query", query=expression)
        return float(found["result"][0]["value"][1]) if found and found["result"] else None

    until("Prometheus scrapes the node", lambda: value('up{job="biaozheng"}') == 1.0)
    first = until("it knows a height", lambda: value("biaozheng_height"))
    until("the height grows", lambda: value("biaozheng_height") >= first + 3)
    target, = ask("targets")["activeTargets"]
    assert target["health"] == "up" and target["lastError"] == "", target
    # Only OpenMetrics names a counter without its _total: so that is what the two agreed on.
    assert ask("metadata", metric="biaozheng_committed_blocks")["biaozheng_committed_blocks"][0]["type"] == "counter"

    headers, text = get(f"{node_url}/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert headers["content-type"].startswith("application/openmetrics-text; version=1.0.0"), headers
    assert text.endswith("# EOF\n") and text.count("# EOF") == 1
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families["biaozheng_height"].samples[0].value >= first
    assert families["biaozheng_store_disk_bytes"].unit == "bytes"
    print(f"{len(families)} metrics are read by the reference parser")

    # Two records, heard of once each, in the order of the chain, though each was refused at first.
    key, = (home / "organisations").glob("*.key")
    for org in ("FIRST", "SECOND"):
        new = scratch / f"{org}.key"
        subprocess.run([program, "keys", "generate", "--out", new, "--name", org], check=True, stdout=subprocess.DEVNULL)
        public = new.with_suffix(".pub").read_text().split()[0]
        body = json.dumps({"org": org, "name": org, "roles": ["tenderee"], "key": public})
        subprocess.run([program, "submit", "--api", node_url, "--key", key, "--org", "DEV-CENTRE", "--type",
                        "participant.registered/1", "--body", "-", "--wait", "certificate"],
                       input=body.encode(), check=True, stdout=subprocess.DEVNULL)
    until("the webhooks arrive", lambda: len(Receiver.taken) == 2)
    assert [event["type"] for event in Receiver.taken] == ["participant.registered"] * 2
    heights = [event["data"]["height"] for event in Receiver.taken]
    assert heights == sorted(heights), heights
    for event in Receiver.taken:
        record = json.loads(get(f"{node_url}/v1/records/{event['data']['record']}")[1])
        assert record["height"] == event["data"]["height"] and record["public"], record
    until("the deliveries are counted", lambda: value("biaozheng_webhook_deliveries_total") == 2)
    assert value("biaozheng_webhook_failures_total") == 2

    panels = json.loads(dashboard.read_text())["panels"]
    questions = [target["expr"] for panel in panels for target in panel["targets"]]
    for question in questions:
        question = question.replace("$node", ".*")
        until(f"an answer to {question}", lambda: ask("query", query=question)["result"])
    print(f"{len(questions)} questions of the dashboard are answered")
    rules = [rule for group in ask("rules")["groups"] for rule in group["rules"]]
    assert len(rules) == len(re.findall("alert:", (scratch / "alerts.yaml").read_text()))
    until("all rules are evaluated", lambda: all(
        rule["health"] == "ok" for group in ask("rules")["groups"] for rule in group["rules"]), 120)

    node.terminate()
    ended = node.wait(60)
    assert ended == 0, f"the node ended with {ended}"
    until("Prometheus sees that the node is gone", lambda: value('up{job="biaozheng"}') == 0.0)


try:
    main()
except BaseException:
    for log in scratch.glob("*.log"):
        print(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}", file=sys.stderr)
    raise
finally:
    for child in children:
        child.kill()
        child.wait()

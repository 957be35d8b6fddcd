"""Founds a node of its own (as `biaozheng start --dev` would), writes records into it, and runs a command beside it.

    node.py BIAOZHENG SCRATCH COMMAND…

The command finds BIAOZHENG_URL, BIAOZHENG_KEY_FILE, BIAOZHENG_HOME and BIAOZHENG_RECORDS (a JSON file: what was written).
The node ends with the command, whose exit code is given back. What is written are more records than a full tile has,
some of them with a document that has a Chinese name, by this repository's client in Python, and one small tender
(tender.py).
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "api/client/python/src"))
from biaozheng_client import Author, Client, SecretKey, document  # noqa: E402

from ports import free_ports  # noqa: E402
from tender import Tender  # noqa: E402

COUNT = 300
ORG = "DEV-CENTRE"
PDF = "%PDF-1.7 公共资源交易招标公告\n".encode()


def start(program, scratch):
    """The node's process, its address and its folder, once blocks advance."""
    base, api = free_ports()
    home = scratch / "dev"
    subprocess.run(
        [program, "consortium", "init", "--out", home, "--label", "dev", "--city", f"dev={ORG}",
         "--base-port", str(base), "--api-base-port", str(api)],
        check=True, stdout=subprocess.DEVNULL,
    )
    log = scratch / "node.log"
    with open(log, "wb") as file:
        child = subprocess.Popen([program, "start", "--dev", "--home", home], stdout=file, stderr=file)
    end = time.monotonic() + 120
    while b"started" not in log.read_bytes():
        if child.poll() is not None or time.monotonic() > end:
            child.kill()
            sys.exit(f"the node does not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)
    return child, f"http://127.0.0.1:{api}", home


def put(url, content, media_type):
    request = urllib.request.Request(url, content, {"content-type": media_type}, method="PUT")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status in (200, 201), answer.status


def write(url, key_file):
    """Two participants, a document with its record, evidence in numbers, and a tender."""
    node = Client(url)
    author = Author(ORG, SecretKey.from_file(key_file), node.status()["chain"])
    orgs = []
    for number, name in enumerate(("苏州市建设工程有限公司", "吴江区招标代理事务所")):
        party = Author(f"ORG-{number}", SecretKey.generate(), author.chain).party()
        body = {"org": party["org"], "name": name, "roles": ["tenderee"], "key": party["key"]}
        orgs.append(body["org"])
        assert node.submit(author.record("participant.registered/1", body).sign()).reached("certificate")
    reference = document("招标公告.pdf", PDF, "application/pdf")
    ids = []
    for number in range(COUNT):
        body = {"n": number, "title": "道路维修工程"}
        record = author.record("evidence.recorded/1", body, documents=[reference] if number % 100 == 0 else []).sign()
        last = number in (0, COUNT - 1)
        node.submit(record, "certificate" if last else "receipt")
        ids.append(record.id)
    put(f"{url}/v1/records/{ids[0]}/documents/{reference['digest']}", PDF, "application/pdf")
    node.wait_for_certificate(ids[-1])
    tender = Tender(node, author).play()
    return {"chain": author.chain, "records": ids, "document": reference["digest"], "orgs": [ORG, *orgs], "tender": tender}


def main(program, scratch, *command):
    scratch = pathlib.Path(scratch)
    child, url, home = start(program, scratch)
    try:
        key_file, = (home / "organisations").glob("*.key")
        written = scratch / "records.json"
        written.write_text(json.dumps(write(url, key_file)))
        found = {"BIAOZHENG_URL": url, "BIAOZHENG_KEY_FILE": str(key_file), "BIAOZHENG_HOME": str(home),
                 "BIAOZHENG_RECORDS": str(written)}
        code = subprocess.run(command, env=os.environ | found).returncode
        if child.poll() is not None:
            print("the node ended meanwhile:", (scratch / "node.log").read_text(errors="replace")[-2000:], file=sys.stderr)
            return 1
        return code
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

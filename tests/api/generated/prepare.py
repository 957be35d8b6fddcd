"""Writes what a fresh node has not: a rulebook, a project, credit, an alert and what became of it. Says their ids.

    prepare.py OUT    beside a node (tests/live/node.py); OUT gets {"project", "org", "envelopes": [two records to submit]}
"""

import json
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "api/client/python/src"))
from biaozheng_client import Author, Client, SecretKey  # noqa: E402

DAY_MS = 86_400_000
RULEBOOK = ROOT / "contracts/rulebooks/engineering-open.toml"


def main(out):
    node = Client(os.environ["BIAOZHENG_URL"])
    status = node.status()
    chain, now = status["chain"], status["block_time_ms"]
    city = Author("DEV-CENTRE", SecretKey.from_file(os.environ["BIAOZHENG_KEY_FILE"]), chain)

    def write(author, kind, body, **more):
        record = author.record(kind, body, **more).sign()
        assert node.submit(record, "certificate").reached("certificate"), kind
        return record.id

    def party(org, role, **more):
        one = Author(org, SecretKey.generate(), chain)
        body = {"org": org, "name": org, "roles": [role], "key": one.party()["key"], **more}
        write(city, "participant.registered/1", body)
        return one

    owner, regulator = party("OWNER", "tenderee"), party("REGULATOR", "regulator")
    party("BUILDER", "bidder", credit_code="91350100M000100Y43")
    write(city, "rulebook.published/1", {"toml": RULEBOOK.read_text(encoding="utf-8")})
    registered = write(owner, "project.registered/1", {
        "title": "人民路改造", "code": "2026-320500-48-01-000123", "tenderee": "OWNER", "agency": None,
        "centre": "DEV-CENTRE",
    }, project="P-1")
    write(regulator, "credit.recorded/1", {
        "subject": "BUILDER", "kind": "bidding_ban", "source": "某市住建局 2026-17 号", "basis": "招标投标法54",
        "severity": "disqualifying", "from_ms": now, "expires_ms": now + 900 * DAY_MS,
    })
    said = {
        "rule": "registration.hasty", "severity": "low", "records": [registered], "organisations": ["OWNER"],
        "formula": "n", "threshold": "0", "found": "1", "rules": {"version": 1, "digest": "sha256:" + "0" * 64},
        "due_ms": now + 30 * DAY_MS, "text": "registered in haste", "text_zh": "登记仓促",
    }
    alert = write(regulator, "alert.raised/1", said, project="P-1")
    write(regulator, "alert.raised/1", {**said, "rule": "registration.odd", "organisations": []})
    write(regulator, "alert.disposed/1", {"alert": alert, "disposition": "explained", "reason": "已说明"},
          project="P-1", previous=alert)
    # For programs that submit by themselves.
    envelopes = [city.record("evidence.recorded/1", {"by": name}).sign().envelope.to_json() for name in ("one", "two")]
    found = {"chain": chain, "project": "P-1", "org": "OWNER", "record": registered, "alert": alert,
             "envelopes": [json.loads(text) for text in envelopes]}
    pathlib.Path(out).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A program somebody writes against the client that openapi-python-client makes of the description, on a real node.

    PYTHONPATH=FOLDER-OF-THE-CLIENT program.py PREPARED    (see prepare.py)

The client turns every answer into the types of the description: a missing member, or a word nobody described, raises.
"""

import json
import os
import pathlib
import sys

from generated import Client
from generated.api.certificates import verify
from generated.api.chain import block, blocks, checkpoint, consistency, genesis
from generated.api.indicators import indicators, published_indicators
from generated.api.node import live, metrics, operator, ready, status
from generated.api.participants import credit, participant, participants
from generated.api.projects import complaints, eligibility, project, project_heads, project_records, projects, search
from generated.api.records import certificate, certificate_pdf, record, submit
from generated.api.rulebooks import rulebook, rulebooks
from generated.api.supervision import alerts, timers
from generated.models import (
    AlertDisposition, ClosedRecord, Envelope, OpenCode, Problem, PublicRecord, RecordStage, Role, SearchKind, Stage,
    SubmitWait, VerificationOutcome,
)

prepared = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
node = Client(base_url=os.environ["BIAOZHENG_URL"], raise_on_unexpected_status=True, timeout=60)


def good(answer):
    assert answer is not None and not isinstance(answer, Problem), answer
    return answer


def pages(operation, **more):
    after = {}
    while True:
        page = good(operation.sync(client=node, limit=100, **after, **more))
        yield from page.items
        if page.next_ is None:
            return
        after = {"after": page.next_}


def chain():
    about = good(status.sync(client=node))
    assert about.chain == prepared["chain"] and about.ready
    assert good(live.sync(client=node)).live and good(ready.sync(client=node)).ready
    assert {disk.free_bytes > 0 for disk in good(operator.sync(client=node)).disks} == {True}
    lines = list(pages(blocks))
    assert sum(line.records for line in lines) >= 300
    last = good(block.sync(lines[-1].height, client=node))
    assert last.hash_ == lines[-1].hash_ and len(last.record_ids) == last.records
    note = good(checkpoint.sync(client=node))
    size = int(note.split("\n")[1])
    assert good(consistency.sync(client=node, from_=1, to=size)).path
    assert good(genesis.sync(client=node)).rest.participants[0].roles == [Role.CITY_CENTRE]
    assert good(metrics.sync(client=node)).endswith("# EOF\n")


def registers():
    shown = good(project.sync(prepared["project"], client=node))
    assert shown.stage is Stage.REGISTERED and shown.rulebook is None and shown.title == "人民路改造"
    assert good(project_heads.sync(prepared["project"], client=node)).step == prepared["record"]
    # And those of tests/live/tender.py.
    assert {line.project for line in pages(projects)} == {prepared["project"], "LIVE-1", "LIVE-2"}
    hits = list(pages(search, q="道路　有限公司"))
    assert {(one.id, one.kind, one.stage) for one in hits} == {(f"LIVE-B{n}", SearchKind.PARTICIPANT, None) for n in (1, 2, 3)}
    (hit,) = pages(search, q="人民路 改造")
    assert hit.kind is SearchKind.PROJECT and hit.stage is Stage.REGISTERED and hit.roles == []
    played = good(project.sync("LIVE-1", client=node))
    assert played.stage is Stage.EVALUATED and [bid.price for bid in played.lots[0].bids] == sorted(bid.price for bid in played.lots[0].bids)
    first = next(iter(good(project_records.sync(prepared["project"], client=node)).items))
    assert isinstance(first, PublicRecord) and first.type_ == "project.registered/1"
    assert good(complaints.sync(prepared["project"], client=node)).items == []
    assert good(eligibility.sync(prepared["project"], client=node)).bids == []
    assert {"DEV-CENTRE", "OWNER", "BUILDER"} <= {one.org for one in pages(participants)}
    assert good(participant.sync("REGULATOR", client=node)).roles == [Role.REGULATOR]
    known = good(credit.sync("BUILDER", client=node))
    assert isinstance(known.credit_code, OpenCode) and known.events[0].disqualifies
    book = good(rulebooks.sync(client=node)).items[0]
    assert book.title in good(rulebook.sync(book.digest, client=node))
    found = {one.alert: one for one in pages(alerts)}
    assert len(found) == 2 and found[prepared["alert"]].disposition.disposition is AlertDisposition.EXPLAINED
    assert {(one.project, one.rule) for one in pages(timers)} == {("LIVE-1", "publicity_start"), ("LIVE-2", "deadline")}
    assert good(indicators.sync(client=node, from_ms=0, until_ms=1)).bidders_per_lot.denominator == 0
    assert good(published_indicators.sync(client=node)).items == []


def records():
    body = Envelope.from_dict(prepared["envelopes"][1])
    sent = good(submit.sync(client=node, body=body, wait=SubmitWait.CERTIFICATE, timeout_ms=20_000))
    assert sent.stage is RecordStage.CERTIFIED
    found = good(record.sync(sent.record, client=node))
    assert isinstance(found, PublicRecord) and not isinstance(found, ClosedRecord)
    assert found.envelope.payload == body.payload
    held = good(certificate.sync(sent.record, client=node))
    assert held.to_dict() == sent.certificate.to_dict()
    verdict = good(verify.sync(client=node, body=held))
    assert verdict.valid and all(step.outcome is not VerificationOutcome.FAILED for step in verdict.steps)
    assert good(certificate_pdf.sync(sent.record, client=node)).payload.read().startswith(b"%PDF-")
    missing = record.sync("sha256:" + "0" * 64, client=node)
    assert isinstance(missing, Problem) and (missing.code, missing.status) == ("not_found", 404)


chain()
registers()
records()
print("generated client in Python: all fine")

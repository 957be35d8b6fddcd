"""The client against a node that is full, failing, lying, or gone."""

import json
import time
from typing import Any

import pytest
from golden import ROOT
from node import Answer, Node, problem

from biaozheng_client import (
    AddressError,
    Author,
    Busy,
    Client,
    Gone,
    NotFound,
    Patience,
    Pending,
    Problem,
    Refused,
    SecretKey,
    Unexpected,
    Unreachable,
)
from biaozheng_client.errors import problem_of
from biaozheng_client.hashing import digest_of

QUICK = Patience(total_s=10, pause_first_s=0.001, pause_max_s=0.01)
IMPATIENT = Patience(total_s=0.05, pause_first_s=0.001, pause_max_s=0.01)
CHAIN = digest_of(b"chain")
RECORD = Author("ORG-1", SecretKey(bytes([1]) * 32), CHAIN).record("evidence.recorded/1", {}).sign(1)


def client(node: Node, patience: Patience = QUICK) -> Client:
    return Client(node.url, patience=patience)


def submission(stage: str, **more: Any) -> Answer:
    return Answer.json({"record": RECORD.id, "stage": stage, "receipt": {"payload": ""}} | more, 201)


def test_a_submission_sends_the_same_bytes_again_until_it_is_certified() -> None:
    answers = [None, problem(503, "not_ready"), submission("received"), submission("certified", certificate={"a": 1})]
    with Node(answers) as node:
        found = client(node).submit(RECORD)
    assert found.reached("certificate") and found.certificate == {"a": 1}
    assert {one.body for one in node.requests} == {RECORD.envelope.to_json().encode()}
    assert all(one.line.startswith("POST /v1/records?wait=certificate&timeout_ms=") for one in node.requests)
    assert len(node.requests) == 4


def test_a_refusal_by_a_rule_is_final_and_says_which() -> None:
    members = {"rule": "bid_deadline", "value": "2026", "article": "招标投标法 28", "message_zh": "已过投标截止时间"}
    with Node([problem(422, "bid_late", x_request_id="r-1", **members)]) as node, pytest.raises(Refused) as caught:
        client(node).submit(RECORD)
    found = caught.value
    assert (found.rule, found.value, found.article) == ("bid_deadline", "2026", "招标投标法 28")
    assert str(found) == (
        "bid_late: D 已过投标截止时间 [rule bid_deadline, value 2026, article 招标投标法 28] (HTTP 422, request r-1)"
    )
    assert not found.is_temporary


def test_retry_after_is_kept() -> None:
    with Node([problem(429, "full", retry_after="1"), submission("committed")]) as node:
        started = time.monotonic()
        assert client(node).submit(RECORD, "committed").stage == "committed"
        assert time.monotonic() - started >= 1


@pytest.mark.parametrize("asked", ["3600", "11"])
def test_a_node_that_asks_for_more_patience_than_there_is_ends_the_call(asked: str) -> None:
    with Node([problem(503, "not_ready", retry_after=asked)]) as node, pytest.raises(Busy) as caught:
        client(node).status()
    assert caught.value.retry_after_s == float(asked)


def test_a_record_that_stands_already_has_a_block_and_no_receipt() -> None:
    block = {"height": 7, "time_ms": 1790000000000, "position": 0}
    with Node([submission("committed", receipt=None, block=block)]) as node:
        found = client(node).submit(RECORD, "receipt")
        assert (found.receipt, found.block, found.reached("committed")) == (None, block, True)
    with Node([submission("received"), submission("certified", receipt=None, block=block)]) as node:
        assert client(node).submit(RECORD).receipt == {"payload": ""}, "that of the first try"
    for stage, lie in (("committed", {"receipt": None}), ("received", {"receipt": None, "block": block})):
        with Node([submission(stage, **lie)]) as node, pytest.raises(Unexpected):
            client(node).submit(RECORD, "receipt")
@pytest.mark.parametrize(
    ("asked", "date", "seconds"),
    [
        ("Sun, 06 Nov 1994 08:50:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 60),
        ("Sunday, 06-Nov-94 08:50:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 60),
        ("Sun Nov  6 08:50:37 1994", "Sun, 06 Nov 1994 08:49:37 GMT", 60),
        ("Sun, 06 Nov 1994 08:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Sat, 06 Nov 2094 08:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 604800),
        ("99999999999999", "Sun, 06 Nov 1994 08:49:37 GMT", 604800),
        ("Sun, 06 Nov 1994 08:50:37 GMT", "nonsense", 0),
        ("soon", "", None),
        ("-1", "", None),
        ("2026-11-30T00:00:00Z", "", None),
    ],
)
def test_retry_after_as_a_date_is_held_against_the_servers_own_clock(
    asked: str, date: str, seconds: float | None
) -> None:
    found = problem_of(503, b'{"code":"not_ready"}', {"retry-after": asked, "date": date})
    assert found is not None and found.retry_after_s == seconds


def test_a_proxy_whose_node_is_away_is_temporary_and_a_redirect_says_where_to() -> None:
    with Node([Answer(502, b"<html>")]) as node, pytest.raises(Problem) as caught:
        client(node, Patience(total_s=0)).status()
    assert caught.value.is_temporary and caught.value.status == 502
    moved = Answer(308, b"", {"location": "/elsewhere"})
    with Node([moved]) as node, pytest.raises(Unexpected, match=r"redirect \(308\) to http://127.0.0.1:[0-9]+/elsewhere"):
        client(node).status()


def test_a_receipt_outlives_a_later_fault() -> None:
    with Node([submission("received"), *[problem(503, "not_ready")] * 3]) as node:
        found = client(node).submit(RECORD, patience=Patience(0.02, 0.004, 0.004))
        assert not found.reached("committed") and found.receipt == {"payload": ""}
        node._left.clear()


def test_an_answer_about_another_record_is_refused() -> None:
    other = Answer.json({"record": digest_of(b"x"), "stage": "certified", "receipt": {}}, 201)
    with Node([other]) as node, pytest.raises(Unexpected, match="not sha256"):
        client(node).submit(RECORD)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(404, "not_found", NotFound), (409, "pending", Pending), (410, "refused", Gone), (400, "query", Problem)],
)
def test_problems_have_types(status: int, code: str, kind: type[Problem]) -> None:
    with Node([problem(status, code)]) as node, pytest.raises(kind) as caught:
        client(node).record(RECORD.id)
    assert (type(caught.value), caught.value.status, caught.value.code) == (kind, status, code)


def test_a_certificate_is_waited_for_and_kept_byte_for_byte() -> None:
    text = b'{ "format": "biaozheng-certificate/1" }\n'
    answers = [problem(404, "not_found"), problem(409, "pending", stage="committed"), Answer(200, text)]
    with Node(answers) as node:
        assert client(node).wait_for_certificate(RECORD.id) == text
    assert node.requests[0].line == f"GET /v1/records/{RECORD.id}/certificate HTTP/1.1"
    with Node([problem(409, "pending")]) as node, pytest.raises(Pending):
        client(node, Patience(0, 1, 1)).wait_for_certificate(RECORD.id)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>"),
        Answer(200, b"[]"),
        Answer(500, b"oops"),
        Answer(404, b'{"status":404}'),
        Answer(302, b"", {"location": "http://127.0.0.1:1/"}),
        Answer(200, b"[" * 100_000),
    ],
)
def test_answers_of_another_program_are_told_apart(answer: Answer) -> None:
    with Node([answer]) as node, pytest.raises(Unexpected):
        client(node).status()


def test_an_answer_cut_short_is_asked_for_again() -> None:
    with Node([Answer(200, b'{"height":', cut_short=True), Answer.json({"height": 7})]) as node:
        assert client(node).status() == {"height": 7}


def test_nobody_there() -> None:
    with Node([]) as node:
        url = node.url
    with pytest.raises(Unreachable):
        Client(url, patience=IMPATIENT).status()


def test_pages_are_read_to_the_last() -> None:
    answers = [Answer.json({"items": [{"id": 1}, {"id": 2}], "next": "a b"}), Answer.json({"items": [{"id": 3}]})]
    with Node(answers) as node:
        assert [one["id"] for one in client(node).projects()] == [1, 2, 3]
    assert node.requests[1].line == "GET /v1/projects?after=a+b HTTP/1.1"


def test_a_rulebook_with_other_text_is_refused() -> None:
    digest = digest_of(b"text")
    with Node([Answer(200, b"text"), Answer(200, b"other")]) as node:
        assert client(node).rulebook(digest) == "text"
        with pytest.raises(Unexpected):
            client(node).rulebook(digest)


def test_an_id_cannot_become_another_path() -> None:
    with Node([Answer()]) as node:
        client(node).project("../status?x=1#y")
    assert node.requests[0].line == "GET /v1/projects/..%2Fstatus%3Fx%3D1%23y HTTP/1.1"
    for segment in ("", ".", ".."):
        with pytest.raises(AddressError):
            Client("http://127.0.0.1:1").project(segment)


@pytest.mark.parametrize("address", ["127.0.0.1:80", "ftp://x", "http://", "http://x?y", "http://x:99999", "http://u@x"])
def test_bad_addresses(address: str) -> None:
    with pytest.raises(AddressError):
        Client(address)


def event(height: int, holds: int | None = None) -> bytes:
    data = json.dumps({"height": height if holds is None else holds, "records": 0})
    return f"id: {height}\nevent: block\ndata: {data}\n\n".encode()


def test_a_stream_goes_on_where_it_was_cut() -> None:
    answers = [
        Answer.json({"height": 4}),
        Answer(200, b": hello\n\n" + event(5) + event(6) + b"id: 7\nevent: blo"),
        None,
        problem(503, "busy", retry_after="0"),
        Answer(200, event(7).replace(b"\n", b"\r\n") + b"event: other\ndata: x\n\n" + event(8)),
    ]
    heights = []
    with Node(answers) as node:
        stream = client(node).events()
        for block in stream:
            heights.append(block["height"])
            if block["height"] == 8:
                break
    assert heights == [5, 6, 7, 8] and stream.last == 8
    assert [one.headers["last-event-id"] for one in node.requests[1:]] == ["4", "6", "6", "6"]


@pytest.mark.parametrize("body", [event(6), event(5) + event(5), event(5, 6), b"id: 5\nevent: block\ndata: {\n\n"])
def test_a_gap_a_repeat_or_another_block_ends_the_stream(body: bytes) -> None:
    with Node([Answer(200, body)]) as node, pytest.raises(Unexpected):
        list(client(node).events(after=4))


def test_a_stream_gives_up_on_a_fault_that_stays() -> None:
    with Node([problem(400, "query")]) as node, pytest.raises(Problem):
        list(client(node).events(after=4))


def test_every_route_of_the_client_is_in_the_contract() -> None:
    contract = json.loads((ROOT / "api" / "openapi.json").read_text())["paths"]
    calls = {
        "/v1/records": lambda it: it.submit(RECORD, "receipt"),
        "/v1/records/{id}": lambda it: it.record("x"),
        "/v1/records/{id}/certificate": lambda it: it.certificate("x"),
        "/v1/projects": lambda it: list(it.projects()),
        "/v1/projects/{id}": lambda it: it.project("x"),
        "/v1/projects/{id}/heads": lambda it: it.project_heads("x"),
        "/v1/projects/{id}/records": lambda it: list(it.project_records("x")),
        "/v1/participants": lambda it: list(it.participants()),
        "/v1/participants/{org}": lambda it: it.participant("x"),
        "/v1/blocks": lambda it: list(it.blocks()),
        "/v1/blocks/{height}": lambda it: it.block(7),
        "/v1/checkpoint": lambda it: it.checkpoint(),
        "/v1/consistency": lambda it: it.consistency(1, 2),
        "/v1/genesis": lambda it: it.genesis(),
        "/v1/policy": lambda it: it.policy(),
        "/v1/status": lambda it: it.status(),
    }
    for path, call in calls.items():
        body = {"items": [], "record": RECORD.id, "stage": "received", "receipt": {}}
        with Node([Answer.json(body)]) as node:
            call(client(node))
        method, target, _ = node.requests[0].line.split(" ")
        given, _, query = target.partition("?")
        route = contract[path][method.lower()]
        wanted = path.replace("{id}", "x").replace("{org}", "x").replace("{height}", "7")
        assert given == wanted
        known = {one["name"] for one in route.get("parameters", [])}
        assert {pair.partition("=")[0] for pair in query.split("&") if pair} <= known

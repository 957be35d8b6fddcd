"""The golden certificate of three chains with a timestamp (`ledger/verify/tests/golden`), and what is made of it."""

import base64
import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from golden import ROOT

from biaozheng_client.hashing import sha256
from biaozheng_client.verify import Expectations, Judgement, judge
from biaozheng_client.verify.authority_file import authorities_of
from biaozheng_client.verify.checkpoint import tlog_proof_of_text
from biaozheng_client.verify.der import DerError
from biaozheng_client.verify.policy_history import history_of_text
from biaozheng_client.verify.program import main
from biaozheng_client.verify.timestamp import judge_token

GOLDEN = ROOT / "ledger" / "verify" / "tests" / "golden"
CERTIFICATE = (GOLDEN / "anchored.cert.json").read_bytes()
AUTHORITY = (GOLDEN / "authority.pem").read_bytes()
DISTRICT = (GOLDEN / "district.policies.json").read_text()
PROVINCE = (GOLDEN / "province.policy").read_text()
WHOLE = json.loads(CERTIFICATE)
TOKEN = base64.b64decode(WHOLE["timestamps"][0])
LEVEL = "parent anchored consistency"
STEPS = f"record chain signatures checkpoint inclusion time timestamp {LEVEL} {LEVEL} anchor document"


def judged(data: bytes = CERTIFICATE, **expected: Any) -> tuple[str, str | None]:
    found = judge(data, Expectations(**expected))
    return found.verdict, found.failed_step


def changed(change: Callable[[dict[str, Any]], Any]) -> bytes:
    certificate = deepcopy(WHOLE)
    change(certificate)
    return json.dumps(certificate).encode()


def timestamp_of(found: Judgement) -> str:
    return next(step.outcome for step in found.steps if step.name == "timestamp")


def test_a_certificate_of_its_day_holds_for_ever_and_says_by_whom() -> None:
    unknown = judge(CERTIFICATE)
    assert (unknown.verdict, timestamp_of(unknown), unknown.dated_ms) == ("not_anchored", "unknown", None)
    assert judged(policies=DISTRICT, authorities=AUTHORITY) == ("valid", None)
    # Nobody trusted dates it: the district's policy has ended and asks for a proven date.
    assert judged(policies=DISTRICT) == ("invalid", "anchor")
    found = judge(CERTIFICATE, Expectations(parent_policies=PROVINCE, authorities=AUTHORITY))
    assert (found.verdict, found.anchored, timestamp_of(found)) == ("valid", True, "passed")
    assert " ".join(step.name for step in found.steps) == STEPS
    assert found.dated_ms is not None and found.dated_ms > 1_700_000_000_000


def test_a_parent_is_trusted_only_where_it_is_the_expected() -> None:
    own = judge(CERTIFICATE).chain
    parents = [one["certificate"] for one in WHOLE["anchors"]]
    for parent in parents:
        chain = judge(json.dumps(parent).encode()).chain
        found = judge(CERTIFICATE, Expectations(parent_chain=chain, parent_policies=parent["policy"]))
        # The block of the trusted parent dates the checkpoint.
        assert (found.verdict, found.dated_ms) == ("valid", parent["block"]["time_ms"])
    assert judged(parent_chain=own) == ("invalid", "anchor")
    assert judged(parent_policies=WHOLE["policy"]) == ("invalid", "anchor")
    assert judged(parent_policies=PROVINCE, parent_chain=own) == ("invalid", "anchor")
    assert judged(parent_policies=PROVINCE, chain=own) == ("valid", None)
    # Authorities vouch for a time, never for a chain.
    assert judge(CERTIFICATE, Expectations(authorities=AUTHORITY), require_anchor=True).verdict == "no_trust_anchor"


@pytest.mark.parametrize(
    ("step", "change"),
    [
        ("parent", lambda one: one["anchors"][1]["certificate"].update(proof="")),
        ("anchored", lambda one: one["anchors"].pop(0)),
        ("anchored", lambda one: one["anchors"].reverse()),
        # A chain above itself.
        ("parent", lambda one: one.update(anchors=[one["anchors"][0]] * 2)),
        ("consistency", lambda one: one["anchors"][0].update(consistency=[one["record"]])),
        ("consistency", lambda one: one["anchors"][0].update(consistency=[one["record"]] * 65)),
        ("timestamp", lambda one: one.update(timestamps=["MAA="])),
        ("parent", lambda one: one["anchors"][0]["certificate"].update(timestamps=one["timestamps"])),
        ("parent", lambda one: one["anchors"][1]["certificate"].update(envelope=None)),
        ("parent", lambda one: one["anchors"][0]["certificate"]["block"].update(height=7)),
    ],
)
def test_what_does_not_hold_fails_its_step(step: str, change: Callable[[dict[str, Any]], Any]) -> None:
    assert judged(changed(change)) == ("invalid", step)
    assert judged(changed(change), parent_policies=PROVINCE, authorities=AUTHORITY) == ("invalid", step)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(anchors=one["anchors"] * 3),
        lambda one: one.update(anchors=None),
        lambda one: one["anchors"][0].update(more=1),
        lambda one: one["anchors"][0].pop("consistency"),
        lambda one: one["anchors"][0]["certificate"].update(anchors=[one["anchors"][1]]),
        lambda one: one["anchors"][0]["certificate"].update(format="biaozheng-certificate/2"),
        lambda one: one["anchors"][0]["certificate"].update(timestamps=one["timestamps"] * 9),
        lambda one: one.update(timestamps=one["timestamps"] * 9),
        lambda one: one.update(timestamps=[""]),
        lambda one: one.update(timestamps=["MAA"]),
        lambda one: one.update(timestamps=[base64.b64encode(bytes(32 * 1024 + 1)).decode()]),
    ],
)
def test_what_is_beyond_the_form_is_unusable(change: Callable[[dict[str, Any]], Any]) -> None:
    assert judged(changed(change)) == ("unusable", None)


def test_no_flipped_bit_of_the_token_holds() -> None:
    digest = sha256(tlog_proof_of_text(WHOLE["proof"]).note.text.encode())
    authorities = authorities_of(AUTHORITY)
    assert judge_token(TOKEN, digest, authorities).anchor == authorities[0].name
    for bit in range(len(TOKEN) * 8):
        token = bytearray(TOKEN)
        token[bit >> 3] ^= 1 << (bit & 7)
        with pytest.raises(DerError):
            judge_token(bytes(token), digest, authorities)
    for length in range(len(TOKEN)):
        with pytest.raises(DerError):
            judge_token(TOKEN[:length], digest, authorities)
    with pytest.raises(DerError):
        judge_token(TOKEN + b"\x00", digest, authorities)
    with pytest.raises(DerError):
        judge_token(TOKEN, bytes(32), authorities)


def test_authorities_are_certificates_whatever_is_around_them() -> None:
    text = AUTHORITY.decode()
    der = base64.b64decode("".join(text.splitlines()[1:-1]))
    name = authorities_of(der)[0].name
    windows = b"\xef\xbb\xbf" + AUTHORITY.replace(b"\n", b"\r\n")
    for data in (AUTHORITY * 2, AUTHORITY * 512, b"x\n" + AUTHORITY + b"x", windows, AUTHORITY + AUTHORITY[:-30]):
        # The same certificate again is no other anchor.
        assert [one.name for one in authorities_of(data)] == [name]
        assert judged(policies=DISTRICT, authorities=data) == ("valid", None)
    bad = [b"", b"x", AUTHORITY[:-30], AUTHORITY * 513, der[1:], der + b"\x00"]
    for data in [*bad, text.replace("CERTIFICATE", "PRIVATE KEY").encode(), b"\xff", CERTIFICATE]:
        assert authorities_of(data) is None
        assert judged(authorities=data) == ("unusable", None)


def test_dated_policies_are_strict() -> None:
    file = json.loads(DISTRICT)
    one = file["policies"][0]
    endless = {name: held for name, held in one.items() if name != "until_ms"}
    assert history_of_text(json.dumps(file)) is not None and history_of_text(PROVINCE) is not None
    for bad in [
        {**file, "format": "biaozheng-policies/2"},
        {**file, "policies": []},
        {**file, "policies": [one] * 65},
        {**file, "policies": [endless]},
        {**file, "policies": [{**one, "from_ms": one["until_ms"]}]},
        {**file, "policies": [{**one, "dating": None}]},
        {**file, "policies": [{**one, "policy": "quorum none\n"}]},
        {**file, "more": 1},
    ]:
        assert history_of_text(json.dumps(bad)) is None, bad
        assert judged(policies=json.dumps(bad)) == ("unusable", None)
    for text in ("", "quorum none\n", "\ud800", '{"\ud800'):
        assert judged(parent_policies=text) == ("unusable", None)
    assert judged(parent_chain="sha256:00") == ("unusable", None)


def test_from_the_command_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = str(GOLDEN / "anchored.cert.json")
    authority = ["--tsa-ca", str(GOLDEN / "authority.pem")]
    district, province = (str(GOLDEN / name) for name in ("district.policies.json", "province.policy"))
    assert main([file, "--policy", district, *authority, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    stamp = next(step for step in found["steps"] if step["name"] == "timestamp")
    assert (found["verdict"], stamp["outcome"], found["dated_ms"] > 0) == ("valid", "passed", True)
    assert main([file, "--policy", district]) == 1
    assert "nobody trusted saw it" in capsys.readouterr().out
    assert main([file, "--parent-policy", province, "--require-anchor"]) == 0
    assert "unknown" in capsys.readouterr().out
    assert main([file, "--parent-chain", judge(CERTIFICATE).chain or ""]) == 1
    assert main([file, *authority]) == 0
    assert main([file, *authority, "--require-anchor"]) == 2
    beside = tmp_path / "authorities.pem"
    beside.write_bytes(AUTHORITY.replace(b"MII", b"M*I", 1) + AUTHORITY)
    assert main([file, "--policy", district, "--tsa-ca", str(beside)]) == 0
    assert "not used: block 1 of the file: its text is not base64" in capsys.readouterr().err
    for option, given in (("--tsa-ca", province), ("--parent-policy", file), ("--tsa-ca", f"{file}.missing")):
        assert main([file, option, given]) == 2

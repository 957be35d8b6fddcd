"""Records made here against the envelopes that the Rust client library signs."""

import json
from pathlib import Path
from typing import Any

import pytest
from golden import ROOT

from biaozheng_client import Author, AuthorError, Draft, SecretKey, document, document_from_file, record_of_json
from biaozheng_client.hashing import digest_of

CASES = json.loads((ROOT / "api" / "client" / "tests" / "vectors" / "author.json").read_text())["vectors"]


def signer(case: dict[str, Any], tool: str) -> Author:
    return Author(case["org"], SecretKey(bytes.fromhex(case["seed"])), case["chain"], tool)


def draft(case: dict[str, Any]) -> Draft:
    author = signer(case["author"], case["tool"])
    found = author.record(case["type"], case["body"], project=case["project"], previous=case["previous"])
    for one in case["documents"]:
        found.document(one)
    for one in case["cosigners"]:
        found.cosign(signer(one, case["tool"]))
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_same_envelope_or_the_same_refusal(case: dict[str, Any]) -> None:
    if case["envelope"] is None:
        with pytest.raises(AuthorError):
            draft(case).sign(case["made_at_ms"])
        return
    record = draft(case).sign(case["made_at_ms"])
    assert record.envelope.to_json() == case["envelope"]
    assert record.id == case["id"]
    assert record.why_unsigned(case["author"]["chain"]) is None
    assert record_of_json(case["envelope"].encode()) == record


def test_both_kinds_of_cases_are_there() -> None:
    assert len([case for case in CASES if case["envelope"] is not None]) >= 10
    assert len([case for case in CASES if case["envelope"] is None]) >= 15


@pytest.mark.parametrize(
    "body", [{1: 2}, {"a": (1, 2)}, {"a": float("nan")}, {"a": "\ud800"}, {"a": b"x"}, {"a": 2**60}, None, "x"]
)
def test_what_is_not_json_data_is_refused(body: Any) -> None:
    author = Author("ORG-1", SecretKey(bytes(32)), digest_of(b"chain"))
    with pytest.raises(AuthorError):
        author.record("tender.published/1", body).sign(1)


def test_a_file_and_its_content_give_the_same_reference(tmp_path: Path) -> None:
    content = bytes([7]) * 2_500_000
    path = tmp_path / "招标文件.zip"
    path.write_bytes(content)
    assert document_from_file(path, "application/zip") == document("招标文件.zip", content, "application/zip")


def test_a_key_is_never_printed() -> None:
    assert "SecretKey(secret)" in repr(Author("ORG-1", SecretKey(bytes(32)), digest_of(b"chain")))
    assert SecretKey.generate().public != SecretKey.generate().public


def test_a_key_file_is_read_and_nothing_like_it(tmp_path: Path) -> None:
    text, path = f"biaozheng-secret-key/1 ed25519 {'0a' * 32}", tmp_path / "org.key"
    for good in (text, text + "\n", text + "\r\n"):
        path.write_bytes(good.encode())
        path.chmod(0o600)
        assert SecretKey.from_file(path).public == SecretKey(bytes([10]) * 32).public
    for bad in ("", text[1:], text + "00", text.upper(), text + "\n\n", text[:-1]):
        path.write_bytes(bad.encode())
        with pytest.raises(ValueError, match="not a secret key file"):
            SecretKey.from_file(path)
    path.write_bytes(text.encode())
    path.chmod(0o640)
    with pytest.raises(ValueError, match="others can read"):
        SecretKey.from_file(path)

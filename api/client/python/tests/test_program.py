"""The verifier as a program: exit codes and output over files."""

import json
from pathlib import Path
from typing import Any

import pytest
from golden import vectors

from biaozheng_client.verify.program import main

CASES: list[dict[str, Any]] = vectors("certificate")


@pytest.fixture(name="files")
def write_case(tmp_path: Path) -> tuple[dict[str, Any], Path, Path]:
    """A valid case with its certificate and its policy as files."""
    case = next(one for one in CASES if one["verdict"] == "valid" and one.get("policy") is not None)
    certificate, policy = tmp_path / "a.cert.json", tmp_path / "policy.txt"
    certificate.write_text(case["certificate"])
    policy.write_text(case["policy"])
    return case, certificate, policy


def test_a_valid_certificate(files: tuple[dict[str, Any], Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    _, certificate, policy = files
    assert main([str(certificate), "--policy", str(policy), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["failed_step"], len(found["steps"])) == ("valid", None, 8)
    assert main([str(certificate)]) == 0
    shown = capsys.readouterr().out
    assert "not_anchored" in shown and "fingerprint " in shown
    assert main([str(certificate), "--require-anchor"]) == 2


def test_the_worst_of_many_counts(files: tuple[dict[str, Any], Path, Path], tmp_path: Path) -> None:
    case, certificate, policy = files
    changed, empty, binary = tmp_path / "changed", tmp_path / "empty", tmp_path / "binary"
    changed.write_text(case["certificate"].replace('"position":', '"position":1', 1))
    empty.write_bytes(b"")
    binary.write_bytes(b"\xff\xfe")
    anchor = ["--policy", str(policy)]
    assert main([str(certificate), str(empty), *anchor]) == 2
    assert main([str(certificate), str(empty), str(changed), *anchor]) == 1
    assert main([str(certificate), "--policy", str(binary)]) == 2
    assert main([str(tmp_path / "missing"), *anchor]) == 2
    assert main([str(certificate), "--document", str(empty), *anchor]) == 1

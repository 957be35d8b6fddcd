"""`biaozheng-verify-certificate`: judges certificate files with this library. Exit codes as `biaozheng-verify`."""

import argparse
import json
import sys
from pathlib import Path

from ..hashing import digest_of_file
from ..limits import (
    AUTHORITIES_BYTES_MAX,
    CERTIFICATE_BYTES_MAX,
    DATED_POLICIES_BYTES_MAX,
    ENVELOPE_JSON_BYTES_MAX,
)
from .authority_file import read_authorities
from .certificate import Judgement, judge
from .expectations import Document, Expectations
from .policy_history import is_dated
from .trust import fingerprint

_WORST_FIRST = (1, 2, 0)


def _read(path: Path, most: int) -> bytes:
    """One byte more than fits is enough for the reader to refuse."""
    with open(path, "rb") as file:
        return file.read(most + 1)


def _text(data: bytes) -> str:
    """What is not UTF-8 is no policy, and neither is the empty text."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _policy_file(path: Path | None) -> str | None:
    return None if path is None else _text(_read(path, DATED_POLICIES_BYTES_MAX))


def _expectations(given: argparse.Namespace) -> Expectations:
    policy = _policy_file(given.policy)
    dated = policy is not None and is_dated(policy)
    return Expectations(
        policy=None if dated else policy,
        chain=given.chain,
        envelope=None if given.envelope is None else _read(given.envelope, ENVELOPE_JSON_BYTES_MAX),
        document=None if given.document is None else Document(*digest_of_file(given.document)),
        policies=policy if dated else None,
        parent_policies=_policy_file(given.parent_policy),
        parent_chain=given.parent_chain,
        authorities=None if given.tsa_ca is None else _read(given.tsa_ca, AUTHORITIES_BYTES_MAX),
    )


def _say_passed_over(authorities: bytes | None) -> None:
    """What of the file of authorities is not used, on the standard error."""
    if authorities is not None:
        for one in read_authorities(authorities).passed_over:
            print(f"--tsa-ca: not used: {one}", file=sys.stderr)


def _show(path: Path, found: Judgement, as_json: bool) -> None:
    if as_json:
        steps = [vars(step) for step in found.steps]
        shown = {"file": str(path), "verdict": found.verdict, "exit_code": found.exit_code}
        shown |= {"failed_step": found.failed_step, "reason": found.reason, "steps": steps}
        shown |= {} if found.dated_ms is None else {"dated_ms": found.dated_ms}
        print(json.dumps(shown, ensure_ascii=False))
        return
    print(f"{path}: {found.verdict}")
    for step in found.steps:
        print(f"  {step.name:<11} {step.outcome:<7} {step.detail}")
    if not found.steps and found.reason:
        print(f"  {found.reason}")
    if found.dated_ms is not None:
        print(f"  existed by {found.dated_ms} ms, as somebody outside the chain says whom you trust")
    if found.chain is not None:
        print(f"  fingerprint {fingerprint(found.chain)}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verifies certificates offline.")
    parser.add_argument("certificate", nargs="+", type=Path)
    parser.add_argument("--policy", type=Path, help="your own copy of the chain's policy, or dated ones")
    parser.add_argument("--chain", help="the chain you expect, sha256:...")
    parser.add_argument("--parent-policy", type=Path, help="a parent chain's policy: what it anchors is trusted")
    parser.add_argument("--parent-chain", help="a parent chain, likewise")
    parser.add_argument("--tsa-ca", type=Path, help="certificates of timestamp authorities you trust, PEM or DER")
    parser.add_argument("--envelope", type=Path, help="the record's envelope, where the certificate has none")
    parser.add_argument("--document", type=Path, help="a document that the record should name")
    parser.add_argument("--require-anchor", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        expected = _expectations(given)
        _say_passed_over(expected.authorities)
        codes = set()
        for path in given.certificate:
            found = judge(_read(path, CERTIFICATE_BYTES_MAX), expected, require_anchor=given.require_anchor)
            _show(path, found, given.json)
            codes.add(found.exit_code)
    except OSError as error:
        print(f"unusable: {error}")
        return 2
    return next(code for code in _WORST_FIRST if code in codes)


if __name__ == "__main__":
    raise SystemExit(main())

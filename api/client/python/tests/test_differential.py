"""This verifier and the Rust one judge the same thousands of certificates: verdict and failed step agree on each.

`BIAOZHENG_CASES` names a file of cases, `BIAOZHENG_JUDGEMENTS` the Rust verifier's lines; `tests/clients/run` makes
both.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from biaozheng_client.verify import STEPS, Document, Expectations, judge

CASES, JUDGEMENTS = os.environ.get("BIAOZHENG_CASES"), os.environ.get("BIAOZHENG_JUDGEMENTS")
ABSENT = 0xFFFFFFFF
FIELDS = 9


def fields(data: bytes) -> Iterator[bytes | None]:
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4])
        at += 4
        if length == ABSENT:
            yield None
        else:
            yield data[at : at + length]
            at += length


def expectations(texts: list[bytes | None]) -> Expectations:
    policy, chain, envelope, document, policies, parent_policies, parent_chain, authorities = texts
    found = None
    if document is not None:
        digest, size = document.decode().split(" ")
        found = Document(digest, int(size))
    texts = [policy, chain, policies, parent_policies, parent_chain]
    policy, chain, policies, parent_policies, parent_chain = [None if one is None else one.decode() for one in texts]
    return Expectations(
        policy=policy,
        chain=chain,
        envelope=envelope,
        document=found,
        policies=policies,
        parent_policies=parent_policies,
        parent_chain=parent_chain,
        authorities=authorities,
    )


@pytest.mark.skipif(CASES is None or JUDGEMENTS is None, reason="tests/clients/run makes the cases")
def test_every_case_is_judged_as_by_the_rust_verifier() -> None:
    expected = Path(JUDGEMENTS).read_text().splitlines()
    all_fields = list(fields(Path(CASES).read_bytes()))
    assert len(all_fields) == FIELDS * len(expected) > 0
    seen: Counter[str] = Counter()
    for at, line in enumerate(expected):
        certificate, *rest = all_fields[at * FIELDS : (at + 1) * FIELDS]
        found = judge(certificate or b"", expectations(rest))
        shown = f"{found.verdict} {found.failed_step or '-'}"
        assert shown == line, f"case {at}: {found.reason}: {certificate!r}"
        seen[shown] += 1
    print(dict(seen))
    if len(expected) >= 4000:
        for step in STEPS:
            assert any(shown.endswith(f" {step}") for shown in seen), f"no case failed at {step}"
        for whole in ("valid -", "not_anchored -", "unusable -"):
            assert seen[whole] > len(expected) / 200, f"too few {whole}"

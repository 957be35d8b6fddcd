"""Tokens of made-up authorities that have the form of real ones' (`ledger/timestamp/tests/golden/timestamp.json`).

The other two verifiers read the same file: each is judged as the vectors say, in whatever order its certificates stand,
and no flipped bit states anything else.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from golden import ROOT

from biaozheng_client.verify.authority_certificate import link_of
from biaozheng_client.verify.authority_file import read_authorities
from biaozheng_client.verify.der import DerError
from biaozheng_client.verify.timestamp import judge_token

VECTORS = json.loads((ROOT / "ledger" / "timestamp" / "tests" / "golden" / "timestamp.json").read_text())
DIGEST = bytes.fromhex(VECTORS["digest"])
# Of the bits of a shape's token every so many is flipped.
STRIDE = 257


def name_of(vector: dict[str, Any]) -> str:
    return str(vector["name"])


def read(vector: dict[str, Any]) -> tuple[bytes, tuple[Any, ...]]:
    return base64.b64decode(vector["token"]), read_authorities(vector["authorities"].encode()).anchors


def certificates(token: bytes) -> list[tuple[range, str]]:
    """Where the certificates of a token stand, and whose they are: each is a SEQUENCE of more than 255 bytes."""
    found, at = [], 0
    while at + 4 < len(token):
        end = at + 4 + int.from_bytes(token[at + 2 : at + 4])
        try:
            name = link_of(token[at:end]).name if token[at : at + 2] == b"\x30\x82" else None
        except DerError:
            name = None
        if name is not None:
            found.append((range(at, end), name))
        at = at + 1 if name is None else end
    return found


def orders(token: bytes) -> Iterator[bytes]:
    """The token with its certificates turned and reversed: their lengths are the same all in all."""
    places = [place for place, _ in certificates(token)]
    for turn in range(len(places)):
        turned = places[turn:] + places[:turn]
        for order in (turned, turned[::-1]):
            inside = b"".join(token[one.start : one.stop] for one in order)
            yield token[: places[0].start] + inside + token[places[0].start + len(inside) :]


@pytest.mark.parametrize("shape", VECTORS["shapes"], ids=name_of)
def test_every_authority_s_form_is_judged_as_it_should_be_in_any_order(shape: dict[str, Any]) -> None:
    token, anchors = read(shape)
    stamp = judge_token(token, DIGEST, anchors)
    expected = (shape["time_ms"], shape["authority"], shape["serial"], shape["anchor"])
    assert (stamp.time_ms, stamp.authority, stamp.serial, stamp.anchor) == expected
    assert judge_token(token, DIGEST, ()).anchor is None
    with pytest.raises(DerError):
        judge_token(token, bytes(32), anchors)
    assert all(judge_token(turned, DIGEST, anchors) == stamp for turned in orders(token))


@pytest.mark.parametrize("shape", VECTORS["shapes"], ids=name_of)
def test_no_flipped_bit_states_anything_else(shape: dict[str, Any]) -> None:
    token, anchors = read(shape)
    stamp = judge_token(token, DIGEST, anchors)
    beside = [place for place, name in certificates(token) if name != shape["authority"]]
    for bit in range(len(shape["name"]), len(token) * 8, STRIDE):
        changed = bytearray(token)
        changed[bit >> 3] ^= 1 << (bit & 7)
        try:
            other = judge_token(bytes(changed), DIGEST, anchors)
        except DerError:
            continue
        assert any(bit >> 3 in place for place in beside), bit
        assert (other.time_ms, other.authority, other.serial) == (stamp.time_ms, stamp.authority, stamp.serial)
        assert other.anchor in (stamp.anchor, None)


@pytest.mark.parametrize("one", VECTORS["refused"], ids=name_of)
def test_what_is_refused_names_its_standard(one: dict[str, Any]) -> None:
    token, anchors = read(one)
    with pytest.raises(DerError) as refused:
        judge_token(token, DIGEST, anchors)
    assert one["standard"] in str(refused.value)


@pytest.mark.parametrize("one", VECTORS["files"], ids=name_of)
def test_files_of_authorities_are_read_as_the_others_read_them(one: dict[str, Any]) -> None:
    found = read_authorities(base64.b64decode(one["file"]))
    assert [len(found.anchors), [other.place for other in found.passed_over]] == [one["anchors"], one["passed_over"]]
    assert (found.why is None) == (one["anchors"] > 0)

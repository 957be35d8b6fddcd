"""Sealing against the golden vectors of the ledger's own sealer, both ways."""

import json
import sys
from typing import Any

import pytest
from golden import ROOT

from biaozheng_client.ed25519 import SecretKey
from biaozheng_client.hashing import digest_of
from biaozheng_client.sealing import (
    BidIdentity,
    OpeningFailure,
    OpeningProof,
    SealedEntry,
    SealError,
    SealingGroup,
    key_of_hex,
    open_inner,
    open_outer,
    seal,
    seal_dummy,
    seal_withdrawal,
    size_class,
)
from biaozheng_client.sealing.kem import signature_point
from biaozheng_client.sealing.wire import slot_label, tender_label

FOLDER = ROOT / "ledger" / "seal" / "tests" / "vectors"
GOLDEN: dict[str, Any] = json.loads((FOLDER / "sealing.json").read_text())
CLIENT: dict[str, Any] = json.loads((FOLDER / "client.json").read_text())
GROUP = SealingGroup(GOLDEN["chain"], key_of_hex(GOLDEN["group_key"]))
KEY = SecretKey(bytes([1]) * 32)
SLOT = GOLDEN["slot"]


def identity(sequence: int) -> BidIdentity:
    return BidIdentity("T-1", 1, "1", "BIDDER-1", KEY.public, sequence)


def unhex(name: str) -> bytes:
    return bytes.fromhex(GOLDEN[name])


def test_the_limit_of_recursion_stays_as_it_was() -> None:
    # The curve's library lifts it when imported; deep JSON from a node would then end the process.
    assert sys.getrecursionlimit() <= 10_000


def test_labels() -> None:
    assert slot_label(GROUP.chain, SLOT).hex() == GOLDEN["slot_label"]
    assert tender_label(GROUP.chain, GOLDEN["tender"], 1).hex() == GOLDEN["tender_label"]


def test_the_golden_bid_is_made_and_opens() -> None:
    entry, proof = seal(GROUP, SLOT, identity(1), unhex("body"), KEY, bytes([9]) * 32)
    assert entry.data == unhex("entry")
    assert proof.to_bytes() == unhex("proof")
    again = OpeningProof.from_bytes(unhex("proof"))
    assert again == proof
    assert again.opens(GROUP, entry)
    assert "9, 9" not in repr(proof) and "0909" not in repr(proof)
    opened = open_outer(GROUP, SLOT, unhex("slot_signature"), entry)
    assert opened is not None and opened.identity == identity(1)
    assert open_inner(GROUP, unhex("tender_signature"), opened) == unhex("body")


def test_the_golden_withdrawal_and_dummy_are_made_and_open() -> None:
    withdrawal, proof = seal_withdrawal(GROUP, SLOT, identity(2), 0, KEY, bytes([10]) * 32)
    assert withdrawal.data == unhex("withdrawal")
    assert OpeningProof.from_bytes(proof.to_bytes()) == proof
    opened = open_outer(GROUP, SLOT, unhex("slot_signature"), withdrawal)
    assert opened is not None and (opened.identity, opened.inner) == (identity(2), b"")
    dummy = seal_dummy(GROUP, SLOT, 0, bytes([11]) * 32)
    assert dummy.data == unhex("dummy")
    assert open_outer(GROUP, SLOT, unhex("slot_signature"), dummy) is None


@pytest.mark.parametrize("case", CLIENT["cases"], ids=lambda case: f"{case['kind']} of {case['body_bytes']}")
def test_every_class_and_kind_as_the_ledger_seals_it(case: dict[str, Any]) -> None:
    group = SealingGroup(CLIENT["chain"], key_of_hex(CLIENT["group_key"]))
    key, seed = SecretKey(bytes.fromhex(case["bidder_seed"])), bytes.fromhex(case["seed"])
    names = (case["tender"], case["opening_number"], case["lot"], case["bidder"])
    bidder = BidIdentity(*names, key.public, case["sequence"])
    body = bytes(place * 7 % 256 for place in range(case["body_bytes"]))
    assert size_class(len(body)) == case["class"]
    proof = None
    match case["kind"]:
        case "bid":
            entry, proof = seal(group, case["slot"], bidder, body, key, seed)
        case "withdrawal":
            entry, proof = seal_withdrawal(group, case["slot"], bidder, case["class"], key, seed)
        case "dummy":
            entry = seal_dummy(group, case["slot"], case["class"], seed)
    assert entry.digest == case["entry"]
    assert (None if proof is None else digest_of(proof.to_bytes())) == case["proof"]


@pytest.mark.parametrize("case", CLIENT["refused_keys"], ids=lambda case: case["why"])
def test_bytes_that_are_no_group_key_are_refused(case: dict[str, str]) -> None:
    with pytest.raises(SealError):
        SealingGroup(CLIENT["chain"], key_of_hex(case["key"]))


def test_what_cannot_be_sealed_is_refused() -> None:
    with pytest.raises(SealError, match="fits no size class"):
        seal(GROUP, SLOT, identity(1), bytes(32_765), KEY)
    with pytest.raises(SealError, match="not the bidder's key"):
        seal(GROUP, SLOT, identity(1), b"", SecretKey(bytes(32)))
    with pytest.raises(SealError, match="32 bytes"):
        seal(GROUP, SLOT, identity(1), b"", KEY, bytes(31))
    with pytest.raises(SealError, match="slot"):
        seal_dummy(GROUP, 2**64, 0)
    with pytest.raises(SealError, match="class"):
        seal_dummy(GROUP, 1, 4)
    with pytest.raises(SealError):
        BidIdentity("标段", 1, "1", "B", KEY.public, 1)
    with pytest.raises(SealError):
        key_of_hex(GOLDEN["group_key"].upper())


def test_changed_entries_and_wrong_signatures_do_not_open() -> None:
    entry, signature = unhex("entry"), unhex("slot_signature")
    with pytest.raises(SealError, match="not the group's over this slot"):
        open_outer(GROUP, SLOT, unhex("tender_signature"), SealedEntry(entry))
    with pytest.raises(SealError):
        signature_point(bytes([signature[0] ^ 0x80]) + signature[1:])
    with pytest.raises(OpeningFailure) as found:
        open_outer(GROUP, SLOT, signature, SealedEntry(entry[:-1] + bytes([entry[-1] ^ 1])))
    assert found.value.code == "seal.outer_cipher"
    with pytest.raises(OpeningFailure) as found:
        open_outer(GROUP, SLOT, signature, SealedEntry(entry[:120] + bytes([entry[120] ^ 1]) + entry[121:]))
    assert found.value.code == "seal.outer_key"


def test_a_proof_of_something_else_does_not_open_the_entry() -> None:
    proof = OpeningProof.from_bytes(unhex("proof"))
    assert not proof.opens(GROUP, SealedEntry(unhex("withdrawal")))
    for damaged in (unhex("proof")[:-1], unhex("proof") + b"\0", b"BZOP\x02" + unhex("proof")[5:], b""):
        with pytest.raises(SealError):
            OpeningProof.from_bytes(damaged)

"""Every golden vector this library reads. Blocks it does not read: nodes hand out none as bytes."""

from collections.abc import Callable
from typing import Any

import pytest
from golden import VECTORS, assert_all_read, vectors

from biaozheng_client.ed25519 import SecretKey, is_prime_order_point, verify
from biaozheng_client.envelope import envelope_of_json, pre_authentication_encoding
from biaozheng_client.names import key_id, public_key, public_key_text
from biaozheng_client.record import RECORD_PAYLOAD_TYPE, record_of_json
from biaozheng_client.strict_json import compact, parse_strict
from biaozheng_client.verify import Document, Expectations, genesis_of, judge, receipt_of
from biaozheng_client.verify.checkpoint import checkpoint_of_text, tlog_proof_of_text
from biaozheng_client.verify.merkle import (
    genesis_entry,
    is_consistent,
    leaf_hash,
    log_entry,
    root_of,
    why_not_included,
)
from biaozheng_client.verify.note import note_key_of_text, note_of_text
from biaozheng_client.verify.policy import NotCosigned, policy_of_text
from biaozheng_client.verify.trust import trust_of_policy, trust_of_value

unhex = bytes.fromhex


def attempt(work: Callable[[], Any]) -> Any:
    """What `work` gives, or ``None`` where it refuses. Other errors than a refusal fail the test."""
    try:
        return work()
    except ValueError:
        return None


def certificate(cases: list[dict[str, Any]]) -> None:
    for one in cases:
        document, envelope = one.get("document"), one.get("envelope")
        expected = Expectations(
            policy=one.get("policy"),
            chain=one.get("chain"),
            envelope=None if envelope is None else envelope.encode(),
            document=None if document is None else Document(document["digest"], document["size"]),
        )
        found = judge(one["certificate"].encode(), expected)
        assert (found.verdict, found.failed_step) == (one["verdict"], one["failed_step"]), one["name"]


def dsse(parts: dict[str, Any]) -> None:
    for one in parts["pre_authentication_encodings"]:
        found = pre_authentication_encoding(one["payload_type"], unhex(one["payload"]))
        assert found.hex() == one["encoding"]
    for one in parts["envelopes"]:
        data, binary = one["json"].encode(), one["binary"]
        envelope = attempt(lambda data=data: envelope_of_json(data, RECORD_PAYLOAD_TYPE))
        assert (None if envelope is None else envelope.to_binary().hex()) == binary, one["name"]
        if envelope is not None:
            assert envelope_of_json(envelope.to_json().encode(), RECORD_PAYLOAD_TYPE) == envelope


def ed25519(parts: dict[str, Any]) -> None:
    for one in parts["keys"]:
        key = unhex(one["public_key"])
        assert SecretKey(unhex(one["seed"])).public == key
        assert (public_key(one["text"]), public_key_text(key)) == (key, one["text"])
        assert key_id(key).hex() == one["key_id"]
        assert is_prime_order_point(key)
    for one in parts["signatures"]:
        found = verify(unhex(one["public_key"]), unhex(one["message"]), unhex(one["signature"]))
        assert found == one["valid"], f"{one['name']}: {one.get('why')}"


def merkle(parts: dict[str, Any]) -> None:
    genesis = parts["genesis"]
    assert genesis_entry(genesis["chain"]).decode() == genesis["entry"]
    leaves = [leaf_hash(genesis["entry"].encode())]
    assert leaves[0].hex() == genesis["leaf"]
    for one in parts["entries"]:
        entry = log_entry(one["record"], one["height"], one["time_ms"], one["position"])
        assert (entry.decode(), leaf_hash(entry).hex()) == (one["entry"], one["leaf"])
        leaves.append(leaf_hash(entry))
    assert [root_of(leaves[:size]).hex() for size in range(len(parts["roots"]))] == parts["roots"]
    for one in parts["inclusions"]:
        path = [unhex(step) for step in one["path"]]
        why = why_not_included(unhex(one["leaf"]), one["index"], one["size"], path, unhex(one["root"]))
        assert (why is None) == one["valid"], one["name"]
    for one in parts["consistencies"]:
        path = [unhex(step) for step in one["path"]]
        roots = unhex(one["old_root"]), unhex(one["new_root"])
        assert is_consistent(one["old_size"], one["new_size"], path, *roots) == one["valid"], one["name"]


def note(parts: dict[str, Any]) -> None:
    for one in parts["keys"]:
        key = note_key_of_text(one["text"])
        assert key is not None
        expected = (one["name"], one["algorithm"], one["public_key"], one["key_id"])
        assert (key.name, key.algorithm, key.key.hex(), key.id.hex()) == expected
    for text in parts["refused_keys"]:
        assert note_key_of_text(text) is None, text
    for one in parts["checkpoints"]:
        read = checkpoint_of_text(one["text"])
        found = (None, None, None) if read is None else (read.origin.text, read.size, read.root.hex())
        assert found == (one["origin"], one["size"], one["root"]), one["text"]
    for one in parts["notes"]:
        read_note = note_of_text(one["note"])
        for line in one["lines"]:
            assert read_note.find_valid(note_key_of_text(line["key"])) == line["time"], one["name"]
    for text in parts["refused_notes"]:
        assert note_of_text(text) is None, text


def policy(parts: dict[str, Any]) -> None:
    for one in parts["genesis"]:
        read = genesis_of(one["genesis"].encode())
        found = (read.trust.digest(), read.remainder, read.chain, read.policy.text)
        assert found == (one["trust_digest"], one["remainder"], one["chain"], one["policy"])
        trust, origin = trust_of_policy(policy_of_text(one["policy"]))
        assert (trust, origin.chain) == (read.trust, one["chain"])
    for one in parts["refused_trust"]:
        trust = trust_of_value(parse_strict(compact(one["trust"]).encode()))
        assert trust.policy(f"sha256:{'0' * 64}") is None, one["name"]
    for one in parts["policies"]:
        read_policy = policy_of_text(one["text"])
        assert (None if read_policy is None else read_policy.text) == one["canonical"], one["name"]
    for one in parts["checkpoints"]:
        try:
            cosigned = policy_of_text(one["policy"]).cosigned(note_of_text(one["checkpoint"]))
            names = [line.name for line in cosigned.cosigners]
        except NotCosigned:
            names = None
        assert names == one["cosigners"], one["name"]


def receipt(cases: list[dict[str, Any]]) -> None:
    for one in cases:
        data = one["envelope"].encode()
        read = attempt(lambda data=data: receipt_of(data))
        shown = None if read is None else {**vars(read), "key": public_key_text(read.key)}
        if shown is not None and shown["history_size"] is None:
            del shown["history_size"]
        expected = one["receipt"]
        assert shown == (None if expected is None else {name: expected[name] for name in expected}), one["name"]


def record(cases: list[dict[str, Any]]) -> None:
    for one in cases:
        data, chain = one["envelope"].encode(), one["chain"]
        read = attempt(lambda data=data: record_of_json(data))
        assert (None if read is None else read.id) == one["id"], one["name"]
        payload = one.get("payload")
        if read is not None and payload is not None:
            assert read.envelope.payload.decode() == payload
        holds = read is not None and read.why_unsigned(chain) is None
        assert holds == one["verifies"], one["name"]


def strict_json(cases: list[dict[str, Any]]) -> None:
    for one in cases:
        digits, text = one.get("hex"), one.get("text")
        data = unhex(digits) if digits is not None else text.encode()
        found = attempt(lambda data=data: (parse_strict(data),))
        assert (found is not None) == one["valid"], one["name"]


def tlog_proof(cases: list[dict[str, Any]]) -> None:
    for one in cases:
        read, expected = tlog_proof_of_text(one["text"]), one["proof"]
        if expected is None or read is None:
            assert read is expected, one["name"]
            continue
        found = (read.index, [step.hex() for step in read.path], one["text"].partition("\n\n")[2])
        assert found == (expected["index"], expected["path"], expected["checkpoint"]), one["name"]


READERS = {
    "certificate": certificate,
    "dsse": dsse,
    "ed25519": ed25519,
    "merkle": merkle,
    "note": note,
    "policy": policy,
    "receipt": receipt,
    "record": record,
    "strict-json": strict_json,
    "tlog-proof": tlog_proof,
}


def test_every_file_but_blocks_has_a_reader() -> None:
    assert {path.stem for path in VECTORS.glob("*.json")} - {"block"} == set(READERS)


@pytest.mark.parametrize("name", READERS)
def test_vectors(name: str) -> None:
    found = vectors(name)
    assert len(found) > 1
    READERS[name](found)
    assert_all_read(found)


def test_a_policy_that_is_no_text_is_unusable() -> None:
    found = judge(b"{}", Expectations(policy="log \ud800"))
    assert (found.verdict, found.exit_code, found.is_valid) == ("unusable", 2, False)
    assert judge(b"{}", Expectations(chain="sha256:00")).verdict == "unusable"

"""Against a running node, such as `biaozheng start --dev`. Runs when `BIAOZHENG_URL` is set.

`BIAOZHENG_KEY_FILE` names the secret key of an organisation (`BIAOZHENG_ORG`, `DEV-CENTRE` unless given) that may
write; without it nothing is written.
"""

import json
import os
import secrets
from itertools import islice

import pytest

from biaozheng_client import Author, Client, NotFound, Problem, SecretKey, document
from biaozheng_client.hashing import digest_of
from biaozheng_client.verify import Document, Expectations, check_receipt, genesis_of, judge
from biaozheng_client.verify.note import note_of_text

URL, KEY_FILE = os.environ.get("BIAOZHENG_URL"), os.environ.get("BIAOZHENG_KEY_FILE")
ORG = os.environ.get("BIAOZHENG_ORG", "DEV-CENTRE")
pytestmark = pytest.mark.skipif(URL is None, reason="BIAOZHENG_URL is not set")


@pytest.fixture(name="node")
def client() -> Client:
    assert URL is not None
    return Client(URL)


def test_genesis_status_and_policy_are_of_one_chain(node: Client) -> None:
    genesis = genesis_of(node.genesis())
    assert genesis is not None
    assert genesis.chain == node.status()["chain"]
    assert genesis.policy.text == node.policy()


def test_what_is_not_there_is_not_found(node: Client) -> None:
    with pytest.raises(NotFound):
        node.record(digest_of(secrets.token_bytes(8)))


def test_a_record_of_an_unknown_organisation_is_refused(node: Client) -> None:
    author = Author("NOBODY-1", SecretKey.generate(), node.status()["chain"])
    with pytest.raises(Problem) as caught:
        node.submit(author.record("evidence.recorded/1", {}).sign())
    assert 400 <= caught.value.status < 500 and not caught.value.is_temporary


@pytest.mark.skipif(KEY_FILE is None, reason="BIAOZHENG_KEY_FILE is not set")
def test_a_record_is_certified_once_and_its_certificate_holds(node: Client) -> None:
    assert KEY_FILE is not None
    genesis = genesis_of(node.genesis())
    assert genesis is not None
    before = node.status()["height"]
    content = secrets.token_bytes(20)
    author = Author(ORG, SecretKey.from_file(KEY_FILE), genesis.chain)
    reference = document("证据.bin", content, "application/octet-stream")
    record = author.record("evidence.recorded/1", {"n": secrets.randbelow(2**40)}, documents=[reference]).sign()
    found = node.submit(record)
    again = node.submit(record)
    assert found.reached("certificate") and again.reached("certificate") and again.record == found.record == record.id
    assert check_receipt(json.dumps(found.receipt).encode(), genesis, record.id).record == record.id

    certificate = node.wait_for_certificate(record.id)
    named = Document(reference["digest"], reference["size"])
    expected = Expectations(policy=genesis.policy.text, chain=genesis.chain, document=named)
    judged = judge(certificate, expected)
    assert (judged.verdict, judged.failed_step) == ("valid", None), judged.reason
    changed = certificate.replace(b'"position":', b'"position":1', 1)
    assert judge(changed, expected).verdict == "invalid"

    checkpoint = note_of_text(node.checkpoint())
    assert checkpoint is not None
    assert genesis.policy.cosigned(checkpoint).checkpoint.size > 1
    height = json.loads(certificate)["block"]["height"]
    assert record.id in node.block(height)["record_ids"]
    assert node.record(record.id)
    blocks = list(islice(node.events(after=before), height - before))
    assert [one["height"] for one in blocks] == list(range(before + 1, height + 1))
    assert next(node.blocks())["height"] == 1

"""securesystemslib verifies the ledger's DSSE envelopes and refuses them once any part is changed.

Usage: dsse.py SAMPLE, where SAMPLE is what the ledger's example `dsse_envelope` prints.
"""

import base64
import json
import sys

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey


def keys_of(sample):
    """The signers' keys under the ids the envelope gives them."""
    return [
        SSlibKey(key["keyid"], "ed25519", "ed25519", {"public": key["public"]})
        for key in sample["keys"]
    ]


def accepts(envelope, keys, threshold):
    """Whether `threshold` of the keys signed the envelope."""
    try:
        return len(Envelope.from_dict(json.loads(json.dumps(envelope))).verify(keys, threshold)) >= threshold
    except VerificationError:
        return False


def flipped(text, byte):
    """The base64 text with one bit of one byte changed."""
    raw = bytearray(base64.b64decode(text))
    raw[byte] ^= 1
    return base64.b64encode(bytes(raw)).decode()


def main(path):
    with open(path, encoding="utf-8") as file:
        sample = json.load(file)
    checks = 0
    for name in ("record", "receipt"):
        one = sample[name]
        envelope, keys = one["envelope"], keys_of(one)
        assert accepts(envelope, keys, len(keys)), f"{name}: the envelope as signed is refused"
        assert Envelope.from_dict(json.loads(json.dumps(envelope))).pae().hex() == one["pae"], f"{name}: encoding"
        checks += 2
        for byte in range(len(base64.b64decode(envelope["payload"]))):
            changed = dict(envelope, payload=flipped(envelope["payload"], byte))
            assert not accepts(changed, keys, 1), f"{name}: payload byte {byte}"
            checks += 1
        for byte in range(64):
            signature = dict(envelope["signatures"][0])
            signature["sig"] = flipped(signature["sig"], byte)
            changed = dict(envelope, signatures=[signature] + envelope["signatures"][1:])
            assert not accepts(changed, keys, len(keys)), f"{name}: signature byte {byte}"
            checks += 1
        assert not accepts(dict(envelope, payloadType="text/plain"), keys, 1), f"{name}: payload type"
        checks += 1
    print(f"securesystemslib: {checks} checks passed")


if __name__ == "__main__":
    main(sys.argv[1])

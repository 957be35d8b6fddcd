"""scitt-cose verifies the ledger's COSE receipts and refuses them once a part is changed; pycose decodes them.

Usage: receipt.py SAMPLE, where SAMPLE is what the example `receipt` of ledger/cose prints.
"""

import json
import sys

import scitt_cose
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pycose.headers import KID, Algorithm
from pycose.messages import Sign1Message


def verify(receipt, entry, key):
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return scitt_cose.verify_receipt(receipt, leaf_entry_hex=entry, log_public_key_pem=pem)


def main(path):
    with open(path, encoding="utf-8") as file:
        samples = json.load(file)
    assert len(samples) == 6
    checks = 0
    for sample, other in zip(samples, samples[1:] + samples[:1]):
        receipt = bytes.fromhex(sample["receipt"])
        result = verify(receipt, sample["entry"], sample["key"])
        assert result.ok, result.errors
        assert (result.root, result.tree_size, result.leaf_index) == (sample["root"], sample["size"], sample["index"])
        assert (result.issuer, result.subject) == (sample["origin"], sample["record"])
        assert not verify(receipt, other["entry"], sample["key"]).ok, "another entry"
        assert not verify(receipt, sample["entry"], other["key"]).ok, "another key"
        message = Sign1Message.decode(receipt)
        assert message.phdr[KID].hex() == sample["key_id"] and message.phdr[Algorithm].fullname == "EDDSA"
        assert message.payload is None
        checks += 7
        for byte in range(0, len(receipt), 3):
            changed = bytearray(receipt)
            changed[byte] ^= 1
            seen = verify(bytes(changed), sample["entry"], sample["key"])
            # Tree size and index are not signed (RFC 9942): the root is, and it must be the same.
            unsigned = seen.root == sample["root"] and (seen.tree_size, seen.leaf_index) != (sample["size"], sample["index"])
            assert not seen.ok or unsigned, f"byte {byte}"
            checks += 1
    print(f"scitt-cose and pycose: {checks} checks passed")


if __name__ == "__main__":
    main(sys.argv[1])

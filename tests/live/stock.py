"""Tools that nobody here wrote judge what a running node gives: its log, its receipts, its certificates on paper.

    stock.py GO_JUDGE METAMORPHIC      run by node.py; programs that are built already

GO_JUDGE is tests/interop/log built by Go, METAMORPHIC the test of tests/interop/metamorphic for a live node. Needs of
Debian: poppler-utils zbar-tools; of PyPI what requirements.txt names.
"""

import base64
import hashlib
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import types
import urllib.parse
import urllib.request

import scitt_cose
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pycose.headers import KID
from pycose.messages import Sign1Message
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint, verify_checkpoint
from sigstore._internal.trust import Keyring, RekorKeyring
from sigstore.errors import VerificationError
from sigstore_models.common import v1 as common

URL = os.environ["BIAOZHENG_URL"]
WRITTEN = json.loads(pathlib.Path(os.environ["BIAOZHENG_RECORDS"]).read_text())
BINARIES = pathlib.Path(os.environ["BIAOZHENG_BIN"])
checks = 0


def check(holds, what):
    global checks
    checks += 1
    if not holds:
        sys.exit(f"tests/live: {what}")


def refused(call, error, what):
    try:
        call()
    except error:
        check(True, what)
    else:
        check(False, f"{what} was not refused")


def get(path):
    with urllib.request.urlopen(f"{URL}{path}", timeout=30) as answer:
        return answer.read()


def run(*command, **more):
    done = subprocess.run([str(one) for one in command], capture_output=True, **more)
    check(done.returncode == 0, f"{command[0]}: {(done.stdout + done.stderr).decode(errors='replace')}")
    return done.stdout


def log_keys(policy):
    """The raw keys of the policy's log lines, by their ids."""
    keys = {}
    for line in policy.splitlines():
        if line.startswith("log "):
            _, digits, encoded = line.split()[1].split("+", 2)
            keys[bytes.fromhex(digits)] = base64.b64decode(encoded)[1:]
    return keys


def entries(size):
    """The log's entries, from its bundles."""
    found = []
    for first in range(0, size, 256):
        width = min(256, size - first)
        part = "" if width == 256 else f".p/{width}"
        bundle = get(f"/tile/entries/{first // 256:03d}{part}")
        while bundle:
            length = struct.unpack(">H", bundle[:2])[0]
            found.append(bundle[2 : 2 + length])
            bundle = bundle[2 + length :]
    return found


def proof_of(certificate):
    """Index, path and checkpoint of a c2sp.org/tlog-proof@v1."""
    head, note = certificate["proof"].split("\n\n", 1)
    lines = head.split("\n")
    check(lines[0] == "c2sp.org/tlog-proof@v1" and lines[1].startswith("index "), "the proof's form")
    return int(lines[1][6:]), [base64.b64decode(line) for line in lines[2:]], note


def pymerkle_rebuilds_the_tree(signed, all_entries):
    tree = InmemoryTree(algorithm="sha256")
    for entry in all_entries:
        tree.append_entry(entry)
    size, root = signed.checkpoint.log_size, bytes.fromhex(signed.checkpoint.log_hash)
    check(tree.get_root(size) == root, "pymerkle makes another root of the log's entries")
    for index in (1, 2, 255, 256, 257, size):
        proof = tree.prove_inclusion(index, size)
        verify_inclusion(tree.get_leaf(index), root, proof)
        check(True, "inclusion")
    for old in (1, 255, 256, size - 1):
        # The node's own consistency proofs are judged by Go, whose form they have.
        verify_consistency(tree.get_root(old), root, tree.prove_consistency(old, size))
        check(True, "consistency")
    return root


def sigstore_judges_the_certificates(policy, all_entries):
    keys = log_keys(policy)
    ring = RekorKeyring(Keyring([
        common.PublicKey(raw_bytes=base64.b64encode(spki(raw)), key_details=common.PublicKeyDetails.PKIX_ED25519) for raw in keys.values()
    ]))
    check(len(ring._keyring) == len(keys), "sigstore takes the log keys")
    for record in (WRITTEN["records"][0], WRITTEN["records"][150], WRITTEN["records"][-1]):
        index, path, note = proof_of(json.loads(get(f"/v1/records/{record}/certificate")))
        signed = SignedCheckpoint.from_text(note)
        key_id, = (line.sig_hash for line in signed.signed_note.signatures if line.sig_hash in keys)

        def entry(body, root=signed.checkpoint.log_hash, envelope=note):
            proof = types.SimpleNamespace(
                log_index=index, tree_size=signed.checkpoint.log_size, hashes=path, root_hash=bytes.fromhex(root),
                checkpoint=types.SimpleNamespace(envelope=envelope))
            inner = types.SimpleNamespace(
                inclusion_proof=proof, canonicalized_body=body, log_id=types.SimpleNamespace(key_id=key_id))
            return types.SimpleNamespace(_inner=inner)

        good = entry(all_entries[index])
        verify_merkle_inclusion(good)
        verify_checkpoint(ring, good)
        check(True, "inclusion and checkpoint")
        refused(lambda: verify_merkle_inclusion(entry(all_entries[index - 1])), VerificationError, "another entry")
        size = signed.checkpoint.log_size
        other = entry(all_entries[index], envelope=note.replace(f"\n{size}\n", f"\n{size + 1}\n", 1))
        refused(lambda: verify_checkpoint(ring, other), VerificationError, "a changed checkpoint")


def spki(raw):
    public = Ed25519PublicKey.from_public_bytes(raw)
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def cose_tools_read_the_receipts(policy, all_entries):
    keys = log_keys(policy)
    for record in WRITTEN["records"][:3]:
        receipt = get(f"/v1/records/{record}/receipt.cose")
        index, _, note = proof_of(json.loads(get(f"/v1/records/{record}/certificate")))
        message = Sign1Message.decode(receipt)
        raw = next(raw for raw in keys.values() if len(message.phdr[KID]) == 32)
        pem = Ed25519PublicKey.from_public_bytes(raw).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        found = scitt_cose.verify_receipt(receipt, leaf_entry_hex=all_entries[index].hex(), log_public_key_pem=pem)
        check(found.ok, f"scitt-cose: {found.errors}")
        check(found.subject == record and found.issuer == note.split("\n")[0], "issuer and subject")
        other = scitt_cose.verify_receipt(receipt, leaf_entry_hex=all_entries[index - 1].hex(), log_public_key_pem=pem)
        check(not other.ok, "a receipt of another entry")


def paper_is_read(scratch, policy_file):
    record = WRITTEN["records"][0]
    pdf = scratch / "certificate.pdf"
    pdf.write_bytes(get(f"/v1/records/{record}/certificate.pdf"))
    text = run("pdftotext", "-layout", pdf, "-").decode()
    for words in ("招标公告.pdf", record[7:15]):
        check(words in text.replace(" ", ""), f"pdftotext does not find {words}:\n{text}")
    run("pdftoppm", "-r", "200", "-png", pdf, scratch / "page")
    page, = scratch.glob("page*.png")
    code = run("zbarimg", "--quiet", "--raw", page).decode().strip()
    check(code.startswith("biaozheng:v1?"), f"the QR code says {code}")
    pointer = dict(urllib.parse.parse_qsl(code.split("?", 1)[1]))
    check(pointer["record"] == record[7:] and pointer["log"].endswith(WRITTEN["chain"][7:]), f"the QR code says {code}")
    run("pdfdetach", "-saveall", "-o", scratch, pdf)
    attached = scratch / f"{record[7:]}.cert.json"
    if not attached.exists():
        attached, = scratch.glob("*.cert.json")
    check(hashlib.sha256(attached.read_bytes()).hexdigest() == pointer["certificate"], "the QR code's digest")
    document = scratch / "招标公告.pdf"
    document.write_bytes(get(f"/v1/records/{record}/documents/{WRITTEN['document']}"))
    said = run(BINARIES / "biaozheng-verify", attached, "--policy", policy_file, "--document", document, "--lang", "en").decode()
    check("VALID" in said, said)


def main(go_judge, metamorphic):
    policy = get("/v1/policy").decode()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        policy_file = scratch / "consortium.policy"
        policy_file.write_text(policy)
        signed = SignedCheckpoint.from_text(get("/checkpoint").decode())
        all_entries = entries(signed.checkpoint.log_size)
        check(len(all_entries) == signed.checkpoint.log_size > 256, "more than a tile of entries")
        pymerkle_rebuilds_the_tree(signed, all_entries)
        print("pymerkle: the log's entries make the signed root")
        sigstore_judges_the_certificates(policy, all_entries)
        print("sigstore: checkpoints and inclusion hold, changed ones do not")
        cose_tools_read_the_receipts(policy, all_entries)
        print("scitt-cose and pycose: receipts hold")
        paper_is_read(scratch, policy_file)
        print("pdftotext, zbarimg and pdfdetach read the certificate on paper")
        log_line = next(line.split()[1] for line in policy.splitlines() if line.startswith("log "))
        print(run(go_judge, URL, log_line).decode().strip())
        certificate = scratch / "certificate.json"
        certificate.write_bytes(get(f"/v1/records/{WRITTEN['records'][7]}/certificate"))
        given = {"BIAOZHENG_LIVE_CERTIFICATE": str(certificate), "BIAOZHENG_LIVE_POLICY": str(policy_file)}
        run(metamorphic, "--ignored", env=os.environ | given)
        print("metamorphic-log: the certificate's checkpoint and inclusion hold")
    print(f"live node: {checks} checks of stock tools passed")


if __name__ == "__main__":
    main(*sys.argv[1:])

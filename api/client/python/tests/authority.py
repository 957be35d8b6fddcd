"""A timestamp authority made by Debian's `openssl` in a scratch folder: real keys, certificates and tokens."""

import subprocess
from pathlib import Path

_CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n"
STAMPS = "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"
_SETTINGS = """[tsa]
default_tsa = own
[own]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = {hash}
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
RSA = ("genrsa", "2048")
P256 = ("ecparam", "-name", "prime256v1", "-genkey", "-noout")
P384 = ("ecparam", "-name", "secp384r1", "-genkey", "-noout")


class Authority:
    """A root, an intermediate `middle` under it, and authorities under that one."""

    def __init__(self, folder: Path, key: tuple[str, ...], hash_name: str) -> None:
        self.folder, self.key, self.hash = folder, key, hash_name
        (folder / "ts.cnf").write_text(_SETTINGS.format(hash=hash_name))
        (folder / "serial").write_text("0A11\n")
        self.certificate("root", _CA, None)
        self.certificate("middle", _CA, "root")

    def openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def certificate(self, name: str, extensions: str, by: str | None) -> None:
        command, *more = self.key
        self.openssl(command, "-out", f"{name}.key", *more)
        (self.folder / f"{name}.ext").write_text(extensions)
        self.openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/CN=Test {name}", "-out", f"{name}.csr")
        signer = ["-signkey", "root.key"] if by is None else ["-CA", f"{by}.pem", "-CAkey", f"{by}.key"]
        serial = [] if by is None else ["-CAcreateserial"]
        about = ["-days", "3650", "-extfile", f"{name}.ext", f"-{self.hash}"]
        self.openssl("x509", "-req", "-in", f"{name}.csr", *signer, *serial, "-out", f"{name}.pem", *about)

    def pem(self, name: str) -> bytes:
        return (self.folder / f"{name}.pem").read_bytes()

    def token(self, digest: bytes, signer: str, *, with_middle: bool) -> bytes:
        self.openssl("ts", "-query", "-digest", digest.hex(), "-sha256", "-cert", "-no_nonce", "-out", "query.tsq")
        chain = ["-chain", "middle.pem"] if with_middle else []
        by = ["-signer", f"{signer}.pem", "-inkey", f"{signer}.key"]
        answer = ["-config", "ts.cnf", "-queryfile", "query.tsq", "-token_out", "-out", "token.der"]
        self.openssl("ts", "-reply", *answer, *by, *chain)
        return (self.folder / "token.der").read_bytes()

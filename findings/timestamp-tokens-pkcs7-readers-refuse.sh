#!/usr/bin/env bash
# A timestamp token is CMS SignedData (RFC 3161 2.4.2, RFC 5652). Two programs that verify such tokens read them as PKCS#7, the
# older form, and refuse two kinds that CMS allows:
#
#   a signature by RSASSA-PSS under an ordinary RSA key (RFC 4055, RFC 4056);
#   a signer that is named by its key identifier instead of issuer and serial number (RFC 5652 5.3).
#
# `openssl cms -verify` takes both tokens. `openssl ts -verify` of the same OpenSSL refuses both, and so does rfc3161-client, a
# Python package for these tokens, which takes an ordinary one. An authority that changes to either is lost to its clients
# until they read CMS, and the first refusal reads like a wrong signature ("invalid padding").
#
# Seen 2026-11-30 with OpenSSL 3.0.22 (Debian 12) and rfc3161-client 1.0.9 from PyPI. Needs openssl 3 and python3 with venv.
# Exit 0 when it still is so, 1 when it changed, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
openssl version | tee openssl.version
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check rfc3161-client==1.0.9 cryptography==50.0.2 || { echo "rfc3161-client 1.0.9 cannot be installed" >&2; exit 2; }

cat >ca.ext <<'END'
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign
subjectKeyIdentifier=hash
END
cat >tsa.ext <<'END'
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
subjectKeyIdentifier=hash
END
cat >ts.cnf <<'END'
[tsa]
default_tsa = own
[own]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
END
echo 01 >serial
{
  openssl req -new -newkey rsa:2048 -nodes -keyout root.key -subj "/CN=Root" -out root.csr
  openssl x509 -req -in root.csr -signkey root.key -days 3650 -extfile ca.ext -out root.pem
  openssl req -new -newkey rsa:2048 -nodes -keyout tsa.key -subj "/CN=Time" -out tsa.csr
  openssl x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 3650 -extfile tsa.ext -out tsa.pem
  printf hello >data
  openssl ts -query -data data -sha256 -cert -no_nonce -out query.tsq
  openssl ts -reply -config ts.cnf -queryfile query.tsq -signer tsa.pem -inkey tsa.key -token_out -out plain.der
  openssl cms -verify -noverify -inform DER -in plain.der -binary -out statement.der
  sign() {
    local out=$1
    shift
    openssl cms -sign -binary -nodetach -nosmimecap -cades -md sha256 -econtent_type 1.2.840.113549.1.9.16.1.4 \
      -in statement.der -signer tsa.pem -inkey tsa.key -outform DER -out "$out" "$@"
  }
  sign again.der
  sign pss.der -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:digest
  sign identifier.der -keyid
} >made.log 2>&1 || { cat made.log >&2; exit 2; }

cat >client.py <<'END'
import sys
from cryptography import x509
from rfc3161_client import VerifierBuilder, VerificationError, decode_timestamp_response

token = open(sys.argv[1], "rb").read()
body = bytes.fromhex("3003020100") + token
answer = b"\x30\x82" + len(body).to_bytes(2, "big") + body
root = x509.load_pem_x509_certificate(open("root.pem", "rb").read())
try:
    VerifierBuilder().add_root_certificate(root).build().verify_message(decode_timestamp_response(answer), b"hello")
    print("takes")
except (ValueError, VerificationError):
    print("refuses")
END
takes() { if "$@" >/dev/null 2>&1; then echo takes; else echo refuses; fi; }
seen=""
for token in again pss identifier; do
  cms=$(takes openssl cms -verify -inform DER -in "$token.der" -binary -CAfile root.pem -purpose timestampsign -out verified.der)
  ts=$(takes openssl ts -verify -data data -in "$token.der" -token_in -CAfile root.pem)
  client=$(venv/bin/python client.py "$token.der")
  printf '%-10s openssl cms %-8s openssl ts %-8s rfc3161-client %s\n' "$token" "$cms" "$ts" "$client"
  seen="$seen $token:$cms,$ts,$client"
done
expected=" again:takes,takes,takes pss:takes,refuses,refuses identifier:takes,refuses,refuses"
if [ "$seen" = "$expected" ]; then
  echo "as described"
else
  echo "changed:$seen" >&2
  exit 1
fi

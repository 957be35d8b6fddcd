//! TimeStampReq (RFC 3161 §2.4.1): the question to an authority, sent as `application/timestamp-query`.

use crate::answer::minimal;

/// Asks for a token over a SHA-256, with the authority's certificate in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub digest: [u8; 32],
    /// From the caller's randomness: an old answer to the same question is then told apart.
    pub nonce: Option<u64>,
}

/// `SEQUENCE { AlgorithmIdentifier sha256, OCTET STRING of 32 }` up to the digest.
const IMPRINT_HEAD: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];
const VERSION: [u8; 3] = [0x02, 0x01, 0x01];
const CERT_REQ: [u8; 3] = [0x01, 0x01, 0xff];

impl Request {
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let nonce = self.nonce.map(|number| {
            let bytes = minimal(number);
            let length = u8::try_from(bytes.len()).expect("a u64 has at most nine bytes");
            [&[0x02, length], bytes.as_slice()].concat()
        });
        let body =
            [&VERSION[..], &IMPRINT_HEAD, &self.digest, nonce.as_deref().unwrap_or_default(), &CERT_REQ]
                .concat();
        let length = u8::try_from(body.len()).expect("at most 70 bytes, below the long form");
        [&[0x30, length], body.as_slice()].concat()
    }
}

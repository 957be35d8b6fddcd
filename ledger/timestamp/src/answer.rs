//! TimeStampResp (RFC 3161 §2.4.2): the authority's answer, received as `application/timestamp-reply`.

use der::Tag;

use crate::cursor::Cursor;
use crate::request::Request;
use crate::signed_data::SignedData;
use crate::token::{Timestamp, verify};
use crate::tst_info::TstInfo;
use crate::{AnswerError, TOKEN_BYTES_MAX, TokenError, TrustAnchors};

/// An answer's token, with what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// DER, as a certificate keeps it.
    pub token: Vec<u8>,
    pub timestamp: Timestamp,
}

impl Answer {
    /// Reads an answer and judges its token against the question.
    ///
    /// # Errors
    /// [`AnswerError`]: refused, to another question, or no token that holds. A token of an untrusted authority is no
    /// error; look at [`Timestamp::trust`].
    pub fn read(bytes: &[u8], request: &Request, anchors: &TrustAnchors) -> Result<Self, AnswerError> {
        if bytes.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::TooLarge.into());
        }
        let form = |_| AnswerError::Form("TimeStampResp");
        let mut answer = Cursor::of_sequence(bytes, "TimeStampResp").map_err(form)?;
        let mut status = answer.sequence().map_err(form)?;
        match status.small().map_err(form)? {
            // Granted, and granted with changes.
            0 | 1 => {}
            other => return Err(AnswerError::Refused(other)),
        }
        status.optional(Tag::Sequence).map_err(form)?;
        status.optional(Tag::BitString).map_err(form)?;
        status.end().map_err(form)?;
        let token = answer.raw().map_err(form)?.to_vec();
        answer.end().map_err(form)?;
        let timestamp = verify(&token, &request.digest, anchors)?;
        let data = SignedData::read(&token)?;
        let nonce = TstInfo::read(data.content)?.nonce;
        if nonce.map(<[u8]>::to_vec) != request.nonce.map(minimal) {
            return Err(AnswerError::OtherNonce);
        }
        Ok(Self { token, timestamp })
    }
}

/// The content of a non-negative INTEGER.
pub(crate) fn minimal(number: u64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let mut kept: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    if kept.first().is_none_or(|byte| *byte >= 0x80) {
        kept.insert(0, 0);
    }
    kept
}

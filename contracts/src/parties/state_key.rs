//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{KeyId, OrgId};

pub(crate) const PARTICIPANTS: &[u8] = b"participant/";

pub(crate) fn participant(org: &OrgId) -> Vec<u8> {
    format!("participant/{org}").into_bytes()
}

/// Who a key belongs to; a key belongs to one organisation for ever.
pub(crate) fn key_owner(key: &KeyId) -> Vec<u8> {
    format!("key/{}", key.digest().hex()).into_bytes()
}

/// The participant of a 统一社会信用代码 or its commitment, as text.
pub(crate) fn credit_code(code: &str) -> Vec<u8> {
    format!("credit-code/owner/{code}").into_bytes()
}

/// The code or commitment of a participant.
pub(crate) fn credit_code_of(org: &OrgId) -> Vec<u8> {
    format!("credit-code/of/{org}").into_bytes()
}

pub(crate) fn credit_events(subject: &OrgId) -> Vec<u8> {
    format!("credit/event/{subject}/").into_bytes()
}

pub(crate) fn credit_event(subject: &OrgId, record: &Digest) -> Vec<u8> {
    format!("credit/event/{subject}/{}", record.hex()).into_bytes()
}

pub(crate) fn credit_event_count(subject: &OrgId) -> Vec<u8> {
    format!("credit/count/{subject}").into_bytes()
}

/// Subject and event of an event's or an appeal's record.
pub(crate) fn credit_record(record: &Digest) -> Vec<u8> {
    format!("credit/record/{}", record.hex()).into_bytes()
}

pub(crate) fn licence_authority(org: &OrgId) -> Vec<u8> {
    format!("licence/authority/{org}").into_bytes()
}

/// A licence's number may hold any character but a control character, so its digest stands in the key.
pub(crate) fn licence(authority: &OrgId, number: &str) -> Vec<u8> {
    format!("licence/issued/{authority}/{}", Digest::of(number.as_bytes()).hex()).into_bytes()
}

pub(crate) fn licences_of(holder: &OrgId) -> Vec<u8> {
    format!("licence/holder/{holder}").into_bytes()
}

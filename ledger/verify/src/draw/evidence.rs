//! The certified records of a draw, each by what it is.

use biaozheng_draw::records::{
    BlindOpened, Committed, Disclosed, Drawn, Recovered, Replaced, Requested, Revealed,
};
use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId};
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::record::Record;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::DrawKind;

/// Height and position: the order on chain.
pub(super) type Place = (u64, u32);

/// A certified record with a body of its kind.
#[derive(Debug)]
pub(super) struct Certified<T> {
    pub(super) id: RecordId,
    pub(super) place: Place,
    pub(super) author: OrgId,
    pub(super) previous: Option<RecordId>,
    pub(super) body: T,
}

/// Epoch keys of a ceremony, still as text.
#[derive(Debug)]
pub(super) struct Finalised {
    pub(super) kind: String,
    pub(super) message: String,
}

/// Everything a draw is made of; each list in the order on chain.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) groups: Vec<Certified<Finalised>>,
    pub(super) requests: Vec<Certified<Requested>>,
    pub(super) committed: Vec<Certified<Committed>>,
    pub(super) revealed: Vec<Certified<Revealed>>,
    pub(super) recovered: Vec<Certified<Recovered>>,
    pub(super) drawn: Vec<Certified<Drawn>>,
    pub(super) replaced: Vec<Certified<Replaced>>,
    pub(super) disclosed: Vec<Certified<Disclosed>>,
    pub(super) blind: Vec<Certified<BlindOpened>>,
    pub(super) terms: Vec<Certified<Value>>,
    pub(super) openings: Vec<Certified<Value>>,
    pub(super) sheets: Vec<Certified<Value>>,
}

fn put<T: DeserializeOwned>(
    list: &mut Vec<Certified<T>>,
    certificate: &Certificate,
    payload: Payload,
) -> Result<(), String> {
    let name = payload.record_type.to_string();
    let body = from_value(&payload.body).map_err(|error| format!("{name}: {error}"))?;
    let place = (certificate.block.height.get(), certificate.block.position);
    let (id, author, previous) = (certificate.record, payload.author.org, payload.previous);
    list.push(Certified { id, place, author, previous, body });
    list.sort_by_key(|one| one.place);
    Ok(())
}

impl Evidence {
    /// Sorts certificates that were found to hold.
    ///
    /// # Errors
    /// In words: a record whose body is not shown, that is of another project, or has no part in this kind of draw.
    pub(super) fn sort(
        certificates: &[Certificate],
        project: &ProjectId,
        kind: DrawKind,
    ) -> Result<Self, String> {
        let mut found = Self::default();
        for certificate in certificates {
            let id = certificate.record;
            let envelope =
                certificate.envelope.as_ref().ok_or_else(|| format!("{id}: its body is not shown"))?;
            let record =
                Record::from_json(envelope.to_string().as_bytes()).map_err(|error| error.to_string())?;
            let payload = record.payload().clone();
            let name = payload.record_type.as_str().to_owned();
            if payload.project.as_ref() != Some(project) && name != "dkg.finalised/1" {
                return Err(format!("{name} {id} is of another project"));
            }
            found.take(certificate, payload, &name, kind)?;
        }
        Ok(found)
    }

    fn take(
        &mut self,
        certificate: &Certificate,
        payload: Payload,
        name: &str,
        kind: DrawKind,
    ) -> Result<(), String> {
        match (name, kind) {
            ("dkg.finalised/1", _) => {
                let text = |name: &str| payload.body.get(name).and_then(Value::as_str).map(str::to_owned);
                let keys = text("kind").zip(text("message"));
                let (kind, message) = keys.ok_or_else(|| format!("{name}: no keys in it"))?;
                let place = (certificate.block.height.get(), certificate.block.position);
                let (id, author) = (certificate.record, payload.author.org);
                let body = Finalised { kind, message };
                self.groups.push(Certified { id, place, author, previous: None, body });
                Ok(())
            }
            ("draw.requested/1", _) => put(&mut self.requests, certificate, payload),
            ("randomness.committed/1", _) => put(&mut self.committed, certificate, payload),
            ("randomness.revealed/1", _) => put(&mut self.revealed, certificate, payload),
            ("beacon.recovered/1", _) => put(&mut self.recovered, certificate, payload),
            ("experts.drawn/1", DrawKind::Experts) => put(&mut self.drawn, certificate, payload),
            ("member.replaced/1", DrawKind::Experts) => put(&mut self.replaced, certificate, payload),
            ("draw.disclosed/1", DrawKind::Experts) => put(&mut self.disclosed, certificate, payload),
            ("tender.published/1" | "invitation.issued/1", DrawKind::K) => {
                put(&mut self.terms, certificate, payload)
            }
            ("blind.opened/1", DrawKind::Blind) => put(&mut self.blind, certificate, payload),
            ("bids.opened/1", DrawKind::Blind) => put(&mut self.openings, certificate, payload),
            ("scores.revealed/1", DrawKind::Blind) => put(&mut self.sheets, certificate, payload),
            _ => Err(format!("{name} has no part in this draw")),
        }
    }
}

/// The one record of its kind.
pub(super) fn only<'a, T>(list: &'a [Certified<T>], name: &str) -> Result<&'a Certified<T>, String> {
    match list {
        [one] => Ok(one),
        other => Err(format!("{} of {name}, where there is one", other.len())),
    }
}

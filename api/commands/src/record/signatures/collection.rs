//! A record that goes round for its signatures: a DSSE envelope to which each signer adds one.
//!
//! **Invariant:** every signature in it is by a key the payload names and holds; they stand in the payload's order. With the
//! last of them it is the record, which `biaozheng submit --envelope` sends.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use biaozheng_ledger::envelope::{Envelope, EnvelopeSignature};
use biaozheng_ledger::ids::{ChainId, OrgId};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::limits::ENVELOPE_JSON_BYTES_MAX;
use biaozheng_ledger::payload::{Party, Payload, RECORD_PAYLOAD_TYPE};

#[derive(Debug)]
pub(crate) struct Collection {
    payload: Payload,
    envelope: Envelope,
}

impl Collection {
    /// With the author's signature.
    pub(crate) fn begin(payload: Payload, author: &SecretKey) -> anyhow::Result<Self> {
        let envelope = Envelope::sign(RECORD_PAYLOAD_TYPE, payload.encode()?, &[author]);
        let made = Self { payload, envelope };
        made.check()?;
        Ok(made)
    }

    pub(crate) fn read(path: &Path, chain: &ChainId) -> anyhow::Result<Self> {
        let about = || path.display().to_string();
        let size = std::fs::metadata(path).with_context(about)?.len();
        ensure!(size <= ENVELOPE_JSON_BYTES_MAX as u64, "{}: larger than any record", path.display());
        let text = std::fs::read(path).with_context(about)?;
        Self::from_json(&text, chain).with_context(about)
    }

    fn from_json(text: &[u8], chain: &ChainId) -> anyhow::Result<Self> {
        let envelope = Envelope::from_json(text, RECORD_PAYLOAD_TYPE)?;
        let payload = Payload::decode(&envelope.payload)?;
        ensure!(payload.chain == *chain, "the record is of chain {}, not {chain} 链标识不符", payload.chain);
        let read = Self { payload, envelope };
        read.check()?;
        Ok(read)
    }

    fn check(&self) -> anyhow::Result<()> {
        let message = self.envelope.pre_authentication_encoding();
        let mut signers = self.payload.signers();
        for one in &self.envelope.signatures {
            let party = signers.find(|party| party.key.id() == one.key_id);
            let party =
                party.context("a signature is by nobody the record names, or stands twice 签名有误")?;
            let holds = party.key.prepare().and_then(|key| key.verify(&message, &one.signature));
            holds.with_context(|| format!("the signature of {} 签名无效", party.org))?;
        }
        Ok(())
    }

    pub(crate) const fn payload(&self) -> &Payload {
        &self.payload
    }

    fn has(&self, party: &Party) -> bool {
        let id = party.key.id();
        self.envelope.signatures.iter().any(|one| one.key_id == id)
    }

    /// Each signer, and whether it has signed.
    pub(crate) fn signers(&self) -> impl Iterator<Item = (&Party, bool)> {
        self.payload.signers().map(|party| (party, self.has(party)))
    }

    pub(crate) fn add(&mut self, org: &OrgId, key: &SecretKey) -> anyhow::Result<()> {
        let public = key.public();
        let mut named = self.payload.signers().filter(|party| party.org == *org);
        let Some(party) = named.find(|party| party.key == public) else {
            bail!(
                "the record does not name {org} with this key among those who sign it 该记录未列明此单位及密钥"
            );
        };
        ensure!(!self.has(party), "{org} has signed already 已签名");
        let signature = key.sign(&self.envelope.pre_authentication_encoding());
        self.envelope.signatures.push(EnvelopeSignature { key_id: public.id(), signature });
        let order: Vec<_> = self.payload.signers().map(|party| party.key.id()).collect();
        let place = |one: &EnvelopeSignature| order.iter().position(|id| *id == one.key_id);
        self.envelope.signatures.sort_by_key(place);
        self.check()
    }

    pub(crate) fn to_json(&self) -> String {
        self.envelope.to_json()
    }
}

#[cfg(test)]
mod tests {
    use biaozheng_ledger::digest::Digest;
    use biaozheng_ledger::ids::TimeMs;
    use biaozheng_ledger::payload::RecordType;
    use biaozheng_ledger::record::Record;
    use serde_json::json;

    use super::*;

    fn key(number: u8) -> SecretKey {
        SecretKey::from_seed(&[number; 32])
    }

    fn org(number: u8) -> OrgId {
        OrgId::new(&format!("O{number}")).unwrap()
    }

    fn payload() -> Payload {
        let party = |number| Party { org: org(number), key: key(number).public() };
        Payload {
            chain: ChainId::new(Digest::of(b"chain")),
            record_type: RecordType::new("dkg.started/1").unwrap(),
            author: party(1),
            cosigners: vec![party(2), party(3)],
            project: None,
            previous: None,
            made_at_ms: TimeMs::new(1),
            tool: "test".into(),
            documents: vec![],
            body: json!({}),
        }
    }

    #[test]
    fn it_goes_round_in_any_order_and_the_last_signature_makes_the_record() {
        let chain = payload().chain;
        let mut round = Collection::begin(payload(), &key(1)).unwrap();
        for number in [3, 2] {
            assert!(Record::from_json(round.to_json().as_bytes()).is_err(), "not a record yet");
            let mut next = Collection::from_json(round.to_json().as_bytes(), &chain).unwrap();
            next.add(&org(number), &key(number)).unwrap();
            assert!(next.add(&org(number), &key(number)).is_err(), "once");
            round = next;
        }
        assert!(round.signers().all(|(_, signed)| signed));
        let record = Record::from_json(round.to_json().as_bytes()).unwrap();
        record.verify(&chain).unwrap();
    }

    #[test]
    fn strangers_forgeries_and_other_chains_are_refused() {
        let chain = payload().chain;
        let mut round = Collection::begin(payload(), &key(1)).unwrap();
        assert!(round.add(&org(4), &key(4)).is_err());
        assert!(round.add(&org(2), &key(3)).is_err(), "another's key");
        let other = ChainId::new(Digest::of(b"other"));
        assert!(Collection::from_json(round.to_json().as_bytes(), &other).is_err());
        // A signature over something else under the second signer's name.
        let mut forged = round.envelope.clone();
        let signature = key(2).sign(b"something else");
        forged.signatures.push(EnvelopeSignature { key_id: key(2).public().id(), signature });
        let refused = Collection::from_json(forged.to_json().as_bytes(), &chain).unwrap_err();
        assert!(refused.to_string().contains("O2"), "{refused}");
        // The first signature twice.
        let mut twice = round.envelope.clone();
        twice.signatures.extend(round.envelope.signatures.clone());
        assert!(Collection::from_json(twice.to_json().as_bytes(), &chain).is_err());
    }
}

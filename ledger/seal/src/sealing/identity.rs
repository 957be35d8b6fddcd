//! Who bids on what, and in which revision.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{IdentifierError, OrgId, ProjectId};
use biaozheng_ledger::key::PublicKey;

use super::SealingGroup;
use super::entry::Suite;
use crate::bytes::{DecodeError, Reader, Writer};
use crate::label::{Slot, TenderOpening};

/// A lot of a tender; spelled like every identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LotId(ProjectId);

impl LotId {
    /// # Errors
    /// When the text is not an identifier.
    pub fn new(text: &str) -> Result<Self, IdentifierError> {
        ProjectId::new(text).map(Self)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// What both layers of a bid are bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BidIdentity {
    pub opening: TenderOpening,
    pub lot: LotId,
    pub bidder: OrgId,
    pub bidder_key: PublicKey,
    /// A higher number replaces a lower one of the same bidder, tender and lot.
    pub sequence: u32,
}

impl BidIdentity {
    /// ```text
    /// field(tender) | opening number, 4 bytes | field(lot) | field(bidder) | Ed25519 key, 32 | sequence, 4
    /// ```
    pub(super) fn write(&self, writer: Writer) -> Writer {
        let writer = writer.field(self.opening.tender.as_str().as_bytes());
        let writer = writer.raw(&self.opening.number.to_be_bytes()).field(self.lot.as_str().as_bytes());
        let writer = writer.field(self.bidder.as_str().as_bytes()).raw(self.bidder_key.bytes());
        writer.raw(&self.sequence.to_be_bytes())
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        const LIMIT: usize = biaozheng_ledger::limits::IDENTIFIER_BYTES_MAX;
        let bad = |what| move |_| DecodeError::Value(what);
        let tender = ProjectId::new(reader.text(LIMIT, "tender")?).map_err(bad("tender"))?;
        let number = reader.u32("opening number")?;
        let lot = LotId::new(reader.text(LIMIT, "lot")?).map_err(bad("lot"))?;
        let bidder = OrgId::new(reader.text(LIMIT, "bidder")?).map_err(bad("bidder"))?;
        let bidder_key = PublicKey::ed25519(reader.array("bidder key")?);
        let sequence = reader.u32("sequence")?;
        Ok(Self { opening: TenderOpening { tender, number }, lot, bidder, bidder_key, sequence })
    }

    /// The bytes the bidder signs: chain, suite, slot, kind, identity, and the hash of the inner layer.
    pub(super) fn signed_message(&self, group: &SealingGroup, slot: Slot, kind: u8, inner: &[u8]) -> Vec<u8> {
        let start = Writer::default().field(b"biaozheng/sealed-bid/v1").field(&[Suite::ONE.number()]);
        let start = start.field(group.chain.bytes()).field(&slot.get().to_be_bytes()).field(&[kind]);
        let identity = self.write(Writer::default()).finish();
        start.field(&identity).field(Digest::of(inner).bytes()).finish()
    }
}

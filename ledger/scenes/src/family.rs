//! A district's chain anchored in a city's, anchored in a province's; and timestamps over the province's checkpoint.

use crate::chain::{SmallChain, test_key};
use biaozheng_ledger::anchoring::{ANCHORED_TYPE, AnchoredCheckpoint};
use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::evidence::NodeHash;
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger::payload::RecordType;
use biaozheng_ledger::record::Record;

/// The leaves of the district's tree when a certificate was made, and when it was anchored.
pub const CERTIFIED: u64 = 5;

#[derive(Debug)]
pub struct Family {
    pub district: SmallChain,
    pub city: SmallChain,
    pub province: SmallChain,
}

/// Puts a record that says this checkpoint is anchored into a parent chain; gives the record's number.
pub fn anchor(parent: &mut SmallChain, child: &SmallChain, note: &SignedNote) -> usize {
    let body = AnchoredCheckpoint {
        chain: child.id(),
        checkpoint: note.to_string(),
        consistency: Vec::<NodeHash>::new(),
    };
    append(parent, ANCHORED_TYPE, serde_json::to_value(body).unwrap())
}

pub fn append(parent: &mut SmallChain, record_type: &str, body: serde_json::Value) -> usize {
    let mut payload = parent.payload(1);
    (payload.record_type, payload.body) = (RecordType::new(record_type).unwrap(), body);
    let record = Record::sign(&payload, &[&test_key("author")]).unwrap();
    let height = parent.records.last().map_or(1, |(_, block)| block.height.get() + 1);
    parent.append(record, height, 0);
    parent.records.len() - 1
}

impl Default for Family {
    fn default() -> Self {
        Self::new()
    }
}

impl Family {
    pub fn new() -> Self {
        Self {
            district: SmallChain::new("district"),
            city: SmallChain::new("city"),
            province: SmallChain::new("province"),
        }
    }

    /// The first record's certificate under a tree of [`CERTIFIED`] leaves, with all signatures.
    pub fn plain(&self) -> Certificate {
        self.district.certificate_at(0, CERTIFIED, &[0, 1, 2])
    }

    /// The city's certificate of the record that anchors the whole district chain.
    pub fn city_certificate(&mut self) -> Certificate {
        let note = self.district.signed(self.district.size(), &[0, 1, 2]);
        let number = anchor(&mut self.city, &self.district, &note);
        self.city.certificate(number)
    }

    /// The province's, of the one that anchors the city's chain as it is now.
    pub fn province_certificate(&mut self) -> Certificate {
        let note = self.city.signed(self.city.size(), &[0, 1, 2]);
        let number = anchor(&mut self.province, &self.city, &note);
        self.province.certificate(number)
    }

    pub fn district_growth(&self) -> Vec<[u8; 32]> {
        self.district.consistency(CERTIFIED, self.district.size())
    }

    /// Anchored in the city.
    pub fn once(&mut self) -> Certificate {
        let city = self.city_certificate();
        self.plain().with_anchor(&city, &self.district_growth()).unwrap()
    }

    /// Anchored in the city, and that in the province.
    pub fn twice(&mut self) -> Certificate {
        let city = self.city_certificate();
        let city = city.with_anchor(&self.province_certificate(), &[]).unwrap();
        self.plain().with_anchor(&city, &self.district_growth()).unwrap()
    }
}

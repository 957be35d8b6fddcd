//! Traces of how a bid was made, as salted digests inside the sealed bid (条例40).
//!
//! ```text
//! digest = H("biaozheng/trace/v1", project, kind, tender's trace salt (32 bytes), value)
//! ```
//! The salt is a tender's own: equal digests mean equal values within one tender, and nothing across tenders. The digests
//! stand in the bid's text, so nobody sees them before it is revealed.

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{DocumentDigest, ProjectId};
use serde::{Deserialize, Serialize};

/// What is traced.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Trace {
    /// 机器特征码
    Device,
    /// 网络地址
    Address,
    /// 文件作者
    Author,
    /// 编制人
    Preparer,
    /// 保证金转出账户
    BondAccount,
}

impl Trace {
    pub const ALL: [Self; 5] = [Self::Device, Self::Address, Self::Author, Self::Preparer, Self::BondAccount];

    /// As written in records and rules.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Address => "address",
            Self::Author => "author",
            Self::Preparer => "preparer",
            Self::BondAccount => "bond_account",
        }
    }

    /// The digest of a value, which the tool has trimmed and put into lower case.
    #[must_use]
    pub fn digest(self, project: &ProjectId, salt: &[u8; 32], value: &str) -> Digest {
        FieldHasher::new("biaozheng/trace/v1")
            .field(project.as_str().as_bytes())
            .field(self.word().as_bytes())
            .field(salt)
            .field(value.as_bytes())
            .finish()
    }
}

/// The traces a bid carries; each may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DocumentDigest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<DocumentDigest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<DocumentDigest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preparer: Option<DocumentDigest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bond_account: Option<DocumentDigest>,
}

impl Traces {
    #[must_use]
    pub const fn of(&self, trace: Trace) -> Option<DocumentDigest> {
        match trace {
            Trace::Device => self.device,
            Trace::Address => self.address,
            Trace::Author => self.author,
            Trace::Preparer => self.preparer,
            Trace::BondAccount => self.bond_account,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_means_nothing_outside_its_tender_and_kind() {
        let (one, two) = (ProjectId::new("P-1").unwrap(), ProjectId::new("P-2").unwrap());
        let device = |project: &ProjectId, salt| Trace::Device.digest(project, &[salt; 32], "00:1a");
        assert_eq!(device(&one, 1), device(&one, 1));
        assert_ne!(device(&one, 1), device(&two, 1));
        assert_ne!(device(&one, 1), device(&one, 2));
        assert_ne!(device(&one, 1), Trace::Author.digest(&one, &[1; 32], "00:1a"));
    }
}

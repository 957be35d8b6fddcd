//! Why an entry does not open: what the published failure rule refers to.
//!
//! **Invariant:** every failure here is the sealer's doing and the same on every node. A wrong group signature is not
//! among them: it never becomes a key ([`super::SlotKey::new`]).

/// Why an entry or a bid does not open. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum OpeningFailure {
    #[error("the outer key does not come out of its ciphertext under the slot's signature")]
    OuterKey,
    #[error("the outer layer is not what was sealed under its key, chain, slot and class")]
    OuterCipher,
    #[error("the outer layer's content is neither a bid, a withdrawal nor a dummy in canonical form")]
    OuterForm,
    #[error("the bidder's key is not a usable Ed25519 key")]
    BidderKey,
    #[error("the bidder's key did not sign this entry for this slot")]
    BidderSignature,
    #[error(
        "the key that signed is not the named bidder's own for this tender: unknown, ended, or brought in by the city centre"
    )]
    UnknownBidder,
    #[error("the inner layer has not the length of its class or no valid key ciphertext")]
    InnerForm,
    #[error("the inner key does not come out of its ciphertext under the tender's signature")]
    InnerKey,
    #[error("the inner layer is not what was sealed for this tender, lot, bidder, key and sequence")]
    InnerCipher,
    #[error("the body's padding is not canonical")]
    InnerPadding,
    #[error("the entry belongs to another slot than the key")]
    OtherSlot,
    #[error("the bid belongs to another opening than the key")]
    OtherOpening,
}

impl OpeningFailure {
    /// The stable code a record or an answer carries.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OuterKey => "seal.outer_key",
            Self::OuterCipher => "seal.outer_cipher",
            Self::OuterForm => "seal.outer_form",
            Self::BidderKey => "seal.bidder_key",
            Self::BidderSignature => "seal.bidder_signature",
            Self::UnknownBidder => "seal.unknown_bidder",
            Self::InnerForm => "seal.inner_form",
            Self::InnerKey => "seal.inner_key",
            Self::InnerCipher => "seal.inner_cipher",
            Self::InnerPadding => "seal.inner_padding",
            Self::OtherSlot => "seal.other_slot",
            Self::OtherOpening => "seal.other_opening",
        }
    }

    /// The same in Chinese, for the bidder and the minutes of the opening.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::OuterKey => "外层密钥无法用该时段的门限签名解出",
            Self::OuterCipher => "外层密文与其密钥、链、时段或长度档不符",
            Self::OuterForm => "外层内容不是规范的投标、撤回或填充条目",
            Self::BidderKey => "投标人公钥无效",
            Self::BidderSignature => "投标人签名与本条目或时段不符",
            Self::UnknownBidder => {
                "签名公钥不是条目所称投标人就该项目可用的自有公钥：未登记、已失效或由市中心代设"
            }
            Self::InnerForm => "内层密文长度或密钥密文无效",
            Self::InnerKey => "内层密钥无法用该项目开标的门限签名解出",
            Self::InnerCipher => "内层密文与项目、标段、投标人、公钥或序号不符",
            Self::InnerPadding => "投标内容的填充不规范",
            Self::OtherSlot => "条目属于另一时段",
            Self::OtherOpening => "投标属于另一次开标",
        }
    }
}

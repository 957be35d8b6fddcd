//! What a verification comes to, and the exit code it has.

use crate::words::Language;

/// The verdict over one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every step holds, and a trust anchor from outside agrees.
    Valid,
    /// Every step holds, but only under the certificate's own policy.
    NotAnchored,
    /// As [`Verdict::NotAnchored`], where the caller demanded an anchor.
    NoTrustAnchor,
    /// The evidence holds; the file given beside it is not what it speaks of.
    ContentDiffers,
    /// A step failed.
    Invalid,
    /// The input cannot be judged.
    Unusable,
}

impl Verdict {
    /// The stable name in machine-readable output.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::NotAnchored => "not_anchored",
            Self::NoTrustAnchor => "no_trust_anchor",
            Self::ContentDiffers => "content_differs",
            Self::Invalid => "invalid",
            Self::Unusable => "unusable",
        }
    }

    /// 0: every step holds. 1: something is wrong with the evidence. 2: it could not be judged.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Valid | Self::NotAnchored => 0,
            Self::ContentDiffers | Self::Invalid => 1,
            Self::NoTrustAnchor | Self::Unusable => 2,
        }
    }

    /// The exit code of many: wrong evidence outranks what could not be judged, and that what is right.
    #[must_use]
    pub fn worst_exit_code(verdicts: impl IntoIterator<Item = Self>) -> u8 {
        let rank = |code: &u8| match code {
            0 => 0,
            2 => 1,
            _ => 2,
        };
        verdicts.into_iter().map(Self::exit_code).max_by_key(rank).unwrap_or(2)
    }

    /// The word of the verdict line.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Valid, Language::Zh) => "验证通过",
            (Self::Valid, Language::En) => "VALID",
            (Self::NotAnchored | Self::NoTrustAnchor, Language::Zh) => "无法判定（缺少信任锚）",
            (Self::NotAnchored | Self::NoTrustAnchor, Language::En) => "UNDECIDED (no trust anchor)",
            (Self::ContentDiffers, Language::Zh) => "内容不一致",
            (Self::ContentDiffers, Language::En) => "CONTENT DIFFERS",
            (Self::Invalid, Language::Zh) => "验证不通过",
            (Self::Invalid, Language::En) => "INVALID",
            (Self::Unusable, Language::Zh) => "无法判定（输入无法使用）",
            (Self::Unusable, Language::En) => "UNDECIDED (unusable input)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_outranks_unusable_and_nothing_is_unusable() {
        use Verdict::{Invalid, NotAnchored, Unusable, Valid};
        assert_eq!(Verdict::worst_exit_code([Valid, NotAnchored]), 0);
        assert_eq!(Verdict::worst_exit_code([Valid, Unusable]), 2);
        assert_eq!(Verdict::worst_exit_code([Unusable, Invalid, Valid, Unusable]), 1);
        assert_eq!(Verdict::worst_exit_code([]), 2);
    }
}

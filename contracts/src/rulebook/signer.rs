//! Who may sign a step, in Chinese: for refusals.

use crate::machine::spoken::Named;
use crate::rulebook::Signer;

impl Named for Signer {
    fn zh(self) -> &'static str {
        match self {
            Self::CityCentre => "市级交易中心",
            Self::DistrictCentre => "区级交易中心",
            Self::Regulator => "行政监督部门",
            Self::Tenderee => "招标人",
            Self::Agency => "招标代理机构",
            Self::Bidder => "投标人",
            Self::Expert => "评标专家",
            Self::Witness => "见证方",
            Self::Participant => "已登记的主体",
            Self::Member => "评标委员会成员",
            Self::Number => "竞买号",
            Self::Party => "随机数参与方",
            Self::Group => "密封群成员单位",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::spoken::one_of;

    #[test]
    fn who_may_sign_is_said_in_both_languages() {
        let spoken = one_of(&[Signer::Tenderee, Signer::Agency]);
        assert_eq!(spoken.en, "needs one of [Tenderee, Agency]");
        assert_eq!(spoken.zh, "须为下列之一：招标人、招标代理机构");
    }
}

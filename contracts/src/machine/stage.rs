//! Where a project stands: the stages every procedure is made of, for events and for rulebooks.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use crate::machine::spoken::Named;

/// Where a project stands.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    serde::Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Registered,
    Published,
    Opened,
    Evaluated,
    Publicised,
    Awarded,
    Contracted,
    Supervised,
    Failed,
    Terminated,
    Archived,
    /// A listing is published and runs until its lots have ended.
    Listed,
    ListingClosed,
    DealConfirmed,
    /// Applications are taken.
    Prequalifying,
    PrequalOpened,
    Prequalified,
    /// A regulator annulled the procedure.
    Annulled,
}

impl Named for Stage {
    fn zh(self) -> &'static str {
        match self {
            Self::Registered => "已登记",
            Self::Published => "招标公告中",
            Self::Opened => "已开标",
            Self::Evaluated => "已评标",
            Self::Publicised => "候选人公示中",
            Self::Awarded => "已定标",
            Self::Contracted => "已签合同",
            Self::Supervised => "已报监督",
            Self::Failed => "招标失败",
            Self::Terminated => "已终止",
            Self::Archived => "已归档",
            Self::Listed => "挂牌中",
            Self::ListingClosed => "挂牌结束",
            Self::DealConfirmed => "成交已确认",
            Self::Prequalifying => "资格预审中",
            Self::PrequalOpened => "资格预审已开启",
            Self::Prequalified => "资格预审结束",
            Self::Annulled => "已宣布无效",
        }
    }
}

//! The steps of a replay, in their order, with their plain words.

use biaozheng_ledger::certificate::StepOutcome;

use crate::words::Language;

/// What one step of a replay looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DrawStep {
    /// Every certificate holds, all of one chain, each record once.
    Certificates,
    /// They are the records this kind of draw is made of, of this project, in the order the rules ask.
    Records,
    /// The label is that of project and request.
    Label,
    /// The group's key is that of a certified ceremony for sealed bids.
    Group,
    /// The group's signature over the label, or every party's opened commitment: the seed.
    Randomness,
    /// The host's secret is the one the request committed to.
    Secret,
    /// The pool is the one the request names.
    Pool,
    /// The list is the one committed to while the committee sat.
    List,
    /// Running the draw again gives the list, pick by pick.
    Draw,
    /// Those who sat are those who were drawn.
    Seats,
    /// K of every lot.
    K,
    /// The code of every bid.
    Codes,
    /// The codes on the members' sheets are codes of bids.
    Sheets,
}

impl DrawStep {
    /// The stable name used in output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certificates => "certificates",
            Self::Records => "records",
            Self::Label => "label",
            Self::Group => "group",
            Self::Randomness => "randomness",
            Self::Secret => "secret",
            Self::Pool => "pool",
            Self::List => "list",
            Self::Draw => "draw",
            Self::Seats => "seats",
            Self::K => "k",
            Self::Codes => "codes",
            Self::Sheets => "sheets",
        }
    }

    pub(super) const fn title(self, language: Language) -> &'static str {
        match self {
            Self::Certificates => language.pick("各记录证书", "Certificates"),
            Self::Records => language.pick("抽取所涉记录", "Records"),
            Self::Label => language.pick("随机数标签", "Label"),
            Self::Group => language.pick("群公钥", "Group key"),
            Self::Randomness => language.pick("随机数", "Randomness"),
            Self::Secret => language.pick("主持方秘密值", "Host's secret"),
            Self::Pool => language.pick("专家库快照", "Pool"),
            Self::List => language.pick("抽取名单承诺", "List"),
            Self::Draw => language.pick("重新抽取", "Draw again"),
            Self::Seats => language.pick("评委席位", "Seats"),
            Self::K => language.pick("基准价系数K", "K"),
            Self::Codes => language.pick("暗标编号", "Blind codes"),
            Self::Sheets => language.pick("评分表编号", "Sheets"),
        }
    }

    /// What an outcome means.
    pub(super) const fn explanation(self, outcome: &StepOutcome, language: Language) -> &'static str {
        match outcome {
            StepOutcome::Passed(_) => self.holds(language),
            StepOutcome::Failed(_) => self.fails(language),
            StepOutcome::Skipped(_) => language.pick("此项不适用。", "Does not apply."),
            StepOutcome::Unknown(_) => language.pick("无从判断。", "Cannot be said."),
        }
    }

    const fn holds(self, language: Language) -> &'static str {
        match self {
            Self::Certificates => language.pick("每份证书均成立。", "Every certificate holds."),
            Self::Records => {
                language.pick("记录齐全，先后合规。", "The records are whole and in their order.")
            }
            Self::Label => {
                language.pick("由项目与抽取申请唯一确定。", "It follows from project and request.")
            }
            Self::Group => language.pick("取自链上密钥生成记录。", "It comes from a certified ceremony."),
            Self::Randomness => language
                .pick("申请在前，随机数在后，无人可选。", "It came after the request; nobody chose it."),
            Self::Secret => language.pick("与申请中的承诺一致。", "It is the one committed to before."),
            Self::Pool => language.pick("与申请所载摘要一致。", "It is the one the request names."),
            Self::List => language.pick("与组建时的承诺一致。", "It is the one committed to."),
            Self::Draw => language.pick("逐一重算，结果一致。", "Every pick comes out again."),
            Self::Seats => language.pick("在席者即抽中者。", "Those who sat were drawn."),
            Self::K | Self::Codes => language.pick("重算结果一致。", "It comes out again."),
            Self::Sheets => language.pick("评分表只用了这些编号。", "The sheets use these codes alone."),
        }
    }

    const fn fails(self, language: Language) -> &'static str {
        match self {
            Self::Certificates => language.pick("有证书不成立。", "A certificate does not hold."),
            Self::Records => {
                language.pick("记录缺失、多余或次序不对。", "Records are missing, foreign or out of order.")
            }
            Self::Label => language.pick("标签不是这次申请的。", "The label is not this request's."),
            Self::Group => language.pick("不是密封群的公钥。", "That is no key of a group for sealed bids."),
            Self::Randomness => language.pick("随机数不成立。", "The randomness does not hold."),
            Self::Secret => language.pick("与申请中的承诺不符。", "It is not the one committed to."),
            Self::Pool => language.pick("专家库被调换。", "The pool is another one."),
            Self::List => language.pick("名单与承诺不符。", "The list is not the one committed to."),
            Self::Draw => language.pick("重算结果不同。", "Another pick comes out."),
            Self::Seats => language.pick("席位与抽取结果不符。", "Somebody sat who was not drawn."),
            Self::K | Self::Codes => language.pick("重算结果不同。", "Something else comes out."),
            Self::Sheets => language.pick("评分表中有不明编号。", "A sheet names a code of no bid."),
        }
    }
}

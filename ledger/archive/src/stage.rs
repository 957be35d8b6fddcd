//! What a record is to an archivist: its stage, its titles, whether the archive needs it, and whether it should
//! come with a document. The table belongs to the archive's format, version 1.
//!
//! **Invariant:** every record type has a place: one that the table does not know goes to the last stage.

use serde::Serialize;

/// A part of the procedure, in its order; folders of documents are named by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Registration,
    Tender,
    Objections,
    Bids,
    Opening,
    Evaluation,
    Award,
    Contract,
    Supervision,
    Ending,
    Other,
}

impl Stage {
    /// The folder's name.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Registration => "01-registration",
            Self::Tender => "02-tender",
            Self::Objections => "03-objections",
            Self::Bids => "04-bids",
            Self::Opening => "05-opening",
            Self::Evaluation => "06-evaluation",
            Self::Award => "07-award",
            Self::Contract => "08-contract",
            Self::Supervision => "09-supervision",
            Self::Ending => "10-ending",
            Self::Other => "99-other",
        }
    }

    /// Chinese and English title.
    #[must_use]
    pub const fn titles(self) -> (&'static str, &'static str) {
        match self {
            Self::Registration => ("项目登记", "Registration"),
            Self::Tender => ("招标", "Tender"),
            Self::Objections => ("异议与答复", "Objections"),
            Self::Bids => ("投标", "Bids"),
            Self::Opening => ("开标", "Opening"),
            Self::Evaluation => ("评标", "Evaluation"),
            Self::Award => ("公示与中标", "Award"),
            Self::Contract => ("合同", "Contract"),
            Self::Supervision => ("履约与监督", "Supervision"),
            Self::Ending => ("招标失败、终止与无效", "Failure, termination or annulment"),
            Self::Other => ("其他", "Other"),
        }
    }
}

/// How the project ended, read from its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Supervised,
    /// A listing that led to a deal, a contract and its report.
    Dealt,
    Failed,
    Terminated,
    /// By a regulator, whatever it had led to before.
    Annulled,
    /// No award, and no record of its own says why: it failed at its opening or evaluation; or, in an archive for
    /// inspection that is not sealed, it has not ended.
    Unawarded,
}

impl Ending {
    /// From the names of the project's record types, in order.
    #[must_use]
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut listed = false;
        names.into_iter().fold(Self::Unawarded, |before, name| {
            listed |= name == "listing.published";
            match name {
                "tender.annulled" => Self::Annulled,
                "tender.terminated" => Self::Terminated,
                "tender.failed" => Self::Failed,
                "supervision.reported" if listed => Self::Dealt,
                "supervision.reported" => Self::Supervised,
                _ => before,
            }
        })
    }
}

/// Which endings make a record necessary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needed {
    Never,
    Always,
    /// When a tender reached a contract and its supervision.
    Supervised,
    /// When a listing did.
    Dealt,
    /// When either did.
    Concluded,
    Failed,
    Terminated,
    Annulled,
}

/// An archivist's view of a record type.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The record type's name without version.
    pub name: &'static str,
    pub stage: Stage,
    pub title_zh: &'static str,
    pub title_en: &'static str,
    needed: Needed,
    /// It is the register entry of a paper, so it should name at least one document.
    pub with_document: bool,
}

const fn item(
    name: &'static str,
    stage: Stage,
    titles: (&'static str, &'static str),
    needed: Needed,
    with_document: bool,
) -> Item {
    Item { name, stage, title_zh: titles.0, title_en: titles.1, needed, with_document }
}

const ITEMS: &[Item] = &[
    item(
        "project.registered",
        Stage::Registration,
        ("项目登记", "Project registered"),
        Needed::Always,
        false,
    ),
    item(
        "tender.published",
        Stage::Tender,
        ("招标公告与招标文件", "Tender published"),
        Needed::Supervised,
        true,
    ),
    item("tender.clarified", Stage::Tender, ("澄清", "Tender clarified"), Needed::Never, false),
    item("tender.amended", Stage::Tender, ("修改", "Tender amended"), Needed::Never, false),
    item("tender.failed", Stage::Ending, ("招标失败", "Tender failed"), Needed::Failed, false),
    item("tender.terminated", Stage::Ending, ("招标终止", "Tender terminated"), Needed::Terminated, false),
    item("tender.annulled", Stage::Ending, ("认定无效", "Tender annulled"), Needed::Annulled, true),
    item("objection.raised", Stage::Objections, ("异议", "Objection raised"), Needed::Never, false),
    item("objection.answered", Stage::Objections, ("异议答复", "Objection answered"), Needed::Never, false),
    item("bid.sealed", Stage::Bids, ("投标文件封存", "Bid sealed"), Needed::Never, false),
    item("bid.withdrawn", Stage::Bids, ("投标撤回", "Bid withdrawn"), Needed::Never, false),
    item("bid.revealed", Stage::Opening, ("投标文件解密", "Bid revealed"), Needed::Never, false),
    item("bids.opened", Stage::Opening, ("开标记录", "Bids opened"), Needed::Supervised, false),
    item("experts.drawn", Stage::Evaluation, ("评标专家抽取", "Experts drawn"), Needed::Supervised, false),
    item("scores.sealed", Stage::Evaluation, ("评分封存", "Scores sealed"), Needed::Never, false),
    item("scores.revealed", Stage::Evaluation, ("评分公开", "Scores revealed"), Needed::Never, false),
    item("lot.drawn", Stage::Evaluation, ("抽签记录", "Lots drawn"), Needed::Never, false),
    item(
        "evaluation.reported",
        Stage::Evaluation,
        ("评标报告", "Evaluation reported"),
        Needed::Supervised,
        true,
    ),
    item(
        "candidates.publicised",
        Stage::Award,
        ("中标候选人公示", "Candidates publicised"),
        Needed::Supervised,
        false,
    ),
    item("award.notified", Stage::Award, ("中标通知书", "Award notified"), Needed::Supervised, true),
    item("contract.signed", Stage::Contract, ("合同", "Contract signed"), Needed::Concluded, true),
    item(
        "supervision.reported",
        Stage::Supervision,
        ("监督报告", "Supervision reported"),
        Needed::Concluded,
        true,
    ),
    item("draw.requested", Stage::Evaluation, ("专家抽取申请", "Draw requested"), Needed::Never, false),
    item(
        "randomness.committed",
        Stage::Evaluation,
        ("随机数承诺", "Randomness committed"),
        Needed::Never,
        false,
    ),
    item(
        "randomness.revealed",
        Stage::Evaluation,
        ("随机数公开", "Randomness revealed"),
        Needed::Never,
        false,
    ),
    item(
        "evaluation.session_opened",
        Stage::Evaluation,
        ("评标会议开始", "Evaluation session opened"),
        Needed::Never,
        false,
    ),
    item(
        "evaluation.time_short",
        Stage::Evaluation,
        ("评标时间不足", "Evaluation time found short"),
        Needed::Never,
        false,
    ),
    item(
        "evaluation.extended",
        Stage::Evaluation,
        ("评标时间延长", "Evaluation extended"),
        Needed::Never,
        false,
    ),
    item(
        "member.replaced",
        Stage::Evaluation,
        ("更换评委", "Committee member replaced"),
        Needed::Never,
        false,
    ),
    item("blind.opened", Stage::Evaluation, ("暗标编号公开", "Blind codes opened"), Needed::Never, false),
    item("draw.disclosed", Stage::Award, ("专家抽取结果公开", "Draw disclosed"), Needed::Never, false),
    item("witness.logged", Stage::Evaluation, ("见证日志", "Witness log"), Needed::Never, false),
    item(
        "witness.segments",
        Stage::Evaluation,
        ("音视频分段", "Audio and video segments"),
        Needed::Never,
        false,
    ),
    item("witness.reported", Stage::Evaluation, ("见证报告", "Witness report"), Needed::Never, false),
    item("alert.raised", Stage::Supervision, ("监督预警", "Alert raised"), Needed::Never, false),
    item("alert.disposed", Stage::Supervision, ("预警处置", "Alert disposed"), Needed::Never, false),
    item("rating.given", Stage::Supervision, ("好差评", "Rating given"), Needed::Never, false),
    item("complaint.filed", Stage::Objections, ("投诉", "Complaint filed"), Needed::Never, false),
    item("complaint.accepted", Stage::Objections, ("投诉受理", "Complaint accepted"), Needed::Never, false),
    item(
        "complaint.declined",
        Stage::Objections,
        ("投诉不予受理", "Complaint declined"),
        Needed::Never,
        false,
    ),
    item("complaint.decided", Stage::Objections, ("投诉处理决定", "Complaint decided"), Needed::Never, true),
    item(
        "model.delivered",
        Stage::Opening,
        ("建筑信息模型提交", "Building model handed in"),
        Needed::Never,
        true,
    ),
    item("step.on_paper", Stage::Other, ("线下办理环节", "Step done on paper"), Needed::Never, true),
    item("evidence.recorded", Stage::Other, ("存证", "Evidence recorded"), Needed::Never, false),
    item("tender.opened", Stage::Opening, ("门限开启", "Opened by the group"), Needed::Never, false),
    item("sealed.bound", Stage::Opening, ("投标人绑定有效条目", "Bound by its bidder"), Needed::Never, false),
    item("sealed.proved", Stage::Opening, ("投标人自行开启", "Opened by its bidder"), Needed::Never, false),
    item("beacon.recovered", Stage::Evaluation, ("随机信标", "Beacon recovered"), Needed::Never, false),
    item("sealed.entered", Stage::Bids, ("密封投标条目", "Sealed entry"), Needed::Never, false),
    item("slot.opened", Stage::Opening, ("时段开启", "Slot opened by the group"), Needed::Never, false),
    item("dkg.finalised", Stage::Opening, ("群公钥", "The group's keys"), Needed::Never, false),
    item("listing.published", Stage::Tender, ("挂牌公告", "Listing published"), Needed::Dealt, true),
    item("listing.registered", Stage::Bids, ("竞买登记", "Bidding number registered"), Needed::Never, false),
    item("listing.offered", Stage::Bids, ("报价", "Offer"), Needed::Never, false),
    item("listing.closed", Stage::Opening, ("挂牌截止", "Listing closed"), Needed::Dealt, false),
    item("deal.confirmed", Stage::Award, ("成交确认书", "Deal confirmed"), Needed::Dealt, true),
    item("result.publicised", Stage::Award, ("结果公示", "Result publicised"), Needed::Dealt, false),
    item("result.corrected", Stage::Award, ("结果更正", "Result corrected"), Needed::Never, false),
    item("bond.received", Stage::Bids, ("保证金到账", "Bond received"), Needed::Never, false),
    item("bond.refunded", Stage::Contract, ("保证金退还", "Bond refunded"), Needed::Never, false),
    item("invitation.issued", Stage::Tender, ("投标邀请", "Invitation issued"), Needed::Never, false),
    item(
        "prequal.published",
        Stage::Tender,
        ("资格预审公告", "Prequalification published"),
        Needed::Never,
        true,
    ),
    item(
        "prequal.clarified",
        Stage::Tender,
        ("资格预审澄清", "Prequalification clarified"),
        Needed::Never,
        false,
    ),
    item(
        "prequal.applied",
        Stage::Bids,
        ("资格预审申请", "Prequalification applied for"),
        Needed::Never,
        false,
    ),
    item("prequal.opened", Stage::Opening, ("资格预审申请开启", "Applications opened"), Needed::Never, false),
    item(
        "prequal.reviewed",
        Stage::Evaluation,
        ("资格预审评审", "Applications reviewed"),
        Needed::Never,
        false,
    ),
    item(
        "admission.disclosed",
        Stage::Opening,
        ("投标资格名单公开", "Admitted bidders disclosed"),
        Needed::Never,
        false,
    ),
];

const UNKNOWN: Item = item("", Stage::Other, ("其他记录", "Other record"), Needed::Never, false);

/// A record whose body is not public: a bid of a tender that failed before its opening.
const CLOSED: Item = item("", Stage::Other, ("未公开的记录", "Closed record"), Needed::Never, false);

/// The item of a record type's name.
#[must_use]
pub fn item_of(name: &str) -> Item {
    let unknown = if name.is_empty() { CLOSED } else { UNKNOWN };
    ITEMS.iter().find(|item| item.name == name).copied().unwrap_or(unknown)
}

/// What an archive of a project that ended so must contain, in order of the procedure.
pub fn needed(ending: Ending) -> impl Iterator<Item = &'static Item> {
    ITEMS.iter().filter(move |item| is_needed(item, ending))
}

/// Whether the archive needs this item.
#[must_use]
pub fn is_needed(item: &Item, ending: Ending) -> bool {
    match item.needed {
        Needed::Never => false,
        Needed::Always => true,
        Needed::Supervised => ending == Ending::Supervised,
        Needed::Dealt => ending == Ending::Dealt,
        Needed::Concluded => matches!(ending, Ending::Supervised | Ending::Dealt),
        Needed::Failed => ending == Ending::Failed,
        Needed::Terminated => ending == Ending::Terminated,
        Needed::Annulled => ending == Ending::Annulled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ending_counts_and_unknown_types_have_a_place() {
        assert_eq!(Ending::of(["project.registered", "tender.published"]), Ending::Unawarded);
        assert_eq!(Ending::of(["tender.failed", "archive.sealed"]), Ending::Failed);
        let listing = ["project.registered", "listing.published", "supervision.reported"];
        assert_eq!(Ending::of(listing), Ending::Dealt);
        let papers: Vec<_> = needed(Ending::Dealt).map(|item| item.name).collect();
        assert!(papers.contains(&"deal.confirmed") && !papers.contains(&"tender.published"), "{papers:?}");
        assert_eq!(item_of("deposit.paid").stage, Stage::Other);
        assert_eq!(
            needed(Ending::Terminated).map(|item| item.name).collect::<Vec<_>>(),
            ["project.registered", "tender.terminated"]
        );
        let annulled = ["project.registered", "tender.published", "supervision.reported", "tender.annulled"];
        assert_eq!(Ending::of(annulled), Ending::Annulled);
        assert_eq!(
            needed(Ending::Annulled).map(|item| item.name).collect::<Vec<_>>(),
            ["project.registered", "tender.annulled"]
        );
    }
}

//! Plain words for every step and verdict, in Chinese and English.

use biaozheng_ledger::certificate::{Step, StepOutcome};

use crate::verdict::Verdict;

/// The reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Zh,
    En,
}

impl Language {
    /// From a locale such as `zh_CN.UTF-8`; English for any that is not Chinese.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        if locale.starts_with("zh") { Self::Zh } else { Self::En }
    }

    pub(crate) const fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// The mark and word of an outcome: text, never colour alone.
pub(crate) const fn mark(outcome: &StepOutcome, language: Language) -> &'static str {
    match outcome {
        StepOutcome::Passed(_) => language.pick("✓ 通过", "✓ ok  "),
        StepOutcome::Failed(_) => language.pick("✗ 不符", "✗ FAIL"),
        StepOutcome::Skipped(_) => language.pick("– 未查", "– skip"),
        StepOutcome::Unknown(_) => language.pick("? 未知", "? ????"),
    }
}

/// A step's heading.
pub(crate) const fn title(step: Step, language: Language) -> &'static str {
    match step {
        Step::Record => language.pick("记录内容", "Record"),
        Step::Chain => language.pick("所属的链", "Chain"),
        Step::Signatures => language.pick("记录署名", "Signatures"),
        Step::Checkpoint => language.pick("节点共签", "Checkpoint"),
        Step::Inclusion => language.pick("入链证明", "Inclusion"),
        Step::Time => language.pick("时间先后", "Time"),
        Step::Anchor => language.pick("信任锚", "Trust anchor"),
        Step::Document => language.pick("文件核对", "Document"),
        Step::Parent => language.pick("上级链记录", "Parent chain"),
        Step::Anchored => language.pick("锚定内容", "Anchored checkpoint"),
        Step::Consistency => language.pick("前后一致", "Consistency"),
        Step::Timestamp => language.pick("可信时间戳", "Timestamp"),
    }
}

/// What an outcome of a step means.
pub(crate) const fn explanation(step: Step, outcome: &StepOutcome, language: Language) -> &'static str {
    let (zh, en) = match outcome {
        StepOutcome::Passed(_) => passed(step),
        StepOutcome::Failed(_) => failed(step),
        StepOutcome::Skipped(_) => skipped(step),
        StepOutcome::Unknown(_) => UNKNOWN,
    };
    language.pick(zh, en)
}

const fn passed(step: Step) -> (&'static str, &'static str) {
    match step {
        Step::Record => {
            ("记录完整，它的摘要正是所写的编号。", "The record is intact: it hashes to the id named.")
        }
        Step::Chain => (
            "证书所带的策略就是这条链创世时定下的策略。",
            "The policy in the file is the one this chain was founded with.",
        ),
        Step::Signatures => (
            "作者和会签人都用自己的密钥签了这些内容。",
            "The author and every co-signer signed exactly this content.",
        ),
        Step::Checkpoint => (
            "达到法定数量的节点共同签署了这份账本快照，没有夹带别的签名。",
            "A quorum of nodes signed this state of the ledger, and nothing foreign is among the signatures.",
        ),
        Step::Inclusion => (
            "这条记录确实在账本里，就在所写的区块、时间和位置。",
            "The record stands in the ledger, at the block, time and position named.",
        ),
        Step::Time => ("节点共签不早于出块时间。", "The nodes signed no earlier than the block's time."),
        Step::Anchor => ("与您自己带来的信任锚一致。", "It agrees with the trust anchor you brought along."),
        Step::Document => (
            "所给文件正是这条记录登记的文件，一字未改。",
            "The document is one the record names, unchanged to the bit.",
        ),
        Step::Parent => (
            "上级链的证书成立，锚定记录已在上级链。",
            "The parent chain's own certificate holds: the anchoring record stands there.",
        ),
        Step::Anchored => (
            "该记录锚定的正是本链法定数量节点签署的账本快照。",
            "That record anchors a state of this ledger which this chain's own quorum signed.",
        ),
        Step::Consistency => (
            "锚定的账本以本证书的账本为开头，没有改写。",
            "The anchored ledger begins with this certificate's: nothing was rewritten.",
        ),
        Step::Timestamp => (
            "您信任的时间戳机构证明快照在该时间已存在。",
            "An authority you trust says that the state of the ledger existed at this time.",
        ),
    }
}

/// Of timestamps only.
const UNKNOWN: (&str, &str) = (
    "时间戳本身完整，但签发机构不在您信任之列，不能据此认定时间。请用 --tsa-ca 给出其根证书。",
    "The token is whole, but its authority is none you trust, so the time proves nothing to you. Give its root with --tsa-ca.",
);

const fn failed(step: Step) -> (&'static str, &'static str) {
    match step {
        Step::Record => {
            ("记录与所写的编号不符，或格式不对。", "The record does not match its id, or is malformed.")
        }
        Step::Chain => (
            "策略不是这条链创世时定下的策略。",
            "The policy in the file is not the one its chain was founded with.",
        ),
        Step::Signatures => (
            "有署名不成立，或记录属于另一条链。",
            "A signature does not hold, or the record is of another chain.",
        ),
        Step::Checkpoint => (
            "账本快照没有法定数量的共签，或夹带了不成立的签名。",
            "The state of the ledger lacks a quorum of signatures, or carries one that does not hold.",
        ),
        Step::Inclusion => (
            "不能证明这条记录在账本的这个位置。",
            "The proof does not show this record at this place of the ledger.",
        ),
        Step::Time => ("有节点的共签早于出块时间。", "A node's signature is older than the block."),
        Step::Anchor => (
            "与您带来的信任锚不符：这是另一条链，或没有达到您的策略所要的法定数量。",
            "It disagrees with your trust anchor: another chain, or your policy's quorum is not reached.",
        ),
        Step::Document => {
            ("所给文件不是这条记录登记的任何一份。", "The document is none of those the record names.")
        }
        Step::Parent => ("上级链的证书不成立。", "The parent chain's certificate does not hold."),
        Step::Anchored => (
            "上级链的记录没有锚定本链的有效快照。",
            "The parent's record does not anchor a valid state of this ledger.",
        ),
        Step::Consistency => (
            "不能证明锚定的账本以本证书的账本为开头。",
            "It is not shown that the anchored ledger begins with this certificate's.",
        ),
        Step::Timestamp => (
            "时间戳不成立，或不是为这份快照签发的。",
            "The timestamp does not hold, or is one of something else.",
        ),
    }
}

const fn skipped(step: Step) -> (&'static str, &'static str) {
    match step {
        Step::Record => (
            "记录正文未公开，本证书只证明它的摘要。",
            "The body is not public; this certificate speaks of its digest only.",
        ),
        Step::Signatures => (
            "记录正文未公开，署名不在此文件里。",
            "The body is not public; its signatures are not in this file.",
        ),
        Step::Anchor => ("没有提供信任锚。", "No trust anchor was given."),
        Step::Document => ("没有给出要核对的文件。", "No document was given to compare."),
        Step::Chain | Step::Checkpoint | Step::Inclusion | Step::Time => ("未查。", "Not looked at."),
        Step::Parent | Step::Anchored | Step::Consistency | Step::Timestamp => ("未查。", "Not looked at."),
    }
}

/// What a verdict means and what to do next.
pub(crate) const fn meaning(verdict: Verdict, body_seen: bool, language: Language) -> &'static str {
    match verdict {
        Verdict::Valid if !body_seen => language.pick(
            "具有该摘要的记录已入链。正文未公开，本证书不说明其内容。",
            "A record with this digest stands in the ledger. Its body is not public, so nothing is said about its content.",
        ),
        Verdict::Valid => language.pick(
            "这条记录已入链且未被改动。这不说明其内容是否属实。",
            "The record stands in the ledger, unchanged. Whether what it says is true is another question.",
        ),
        Verdict::NotAnchored | Verdict::NoTrustAnchor => language.pick(
            "注意：各步自洽，但只用了证书自带的策略，任何人都能自造一条这样的链。请把下面的链指纹与印刷件、官网或另一个节点核对，或用 --policy / --chain 给出信任锚。",
            "ATTENTION: the steps agree with one another, but ONLY THE CERTIFICATE'S OWN POLICY WAS USED, and anybody can make up such a chain. Compare the chain's fingerprint below with print, the official site or another node, or give a trust anchor with --policy or --chain.",
        ),
        Verdict::ContentDiffers => language.pick(
            "所给的文件不是证书所说的那一份。",
            "The file you gave is not the one the certificate speaks of.",
        ),
        Verdict::Invalid => {
            language.pick("证据不成立，请勿采信。", "The evidence does not hold. Do not rely on it.")
        }
        Verdict::Unusable => {
            language.pick("没有作出判断。", "Nothing was judged.")
        }
    }
}

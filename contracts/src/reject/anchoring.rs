//! Refusals of other chains' registration, checkpoints and splits.

use super::Kind;

codes! { CODES_ANCHORING;
    CHAIN_FORM = "chain.form", "chain.id", "policy and genesis remainder are not those the chain's id commits to", "策略与创世摘要不是该链编号所确定的";
    CHAIN_OWN = "chain.own", "chain.other", "a chain is not its own child", "本链不得登记为自己的下级链";
    CHAIN_EXISTS = "chain.exists", "chain.once", "the chain is registered already", "该链已登记";
    CHAIN_UNKNOWN = "chain.unknown", "chain.registered", "the chain is not registered; the city centre registers chains before their checkpoints", "该链未登记，须先由市中心登记";
    CHAIN_RETIRED = "chain.retired", "chain.active", "the chain is retired: nothing more of it is taken", "该链已停用，不再接收其快照";
    CHAIN_SUCCESSOR = "chain.successor", "chain.successor", "a successor is another registered chain that is not retired", "继任链须为另一条已登记且未停用的链";
    CHAIN_SPLIT = "chain.split", "chain.one_history", "a split of the chain is on record: nothing more of it is taken", "该链分叉已有记录，不再接收其快照";
    ANCHOR_CHECKPOINT = "anchor.checkpoint", "anchor.quorum", "the checkpoint is not one that a quorum of the chain signed, and nobody else", "快照未达到该链法定数量的有效签署，或夹带其他签名";
    ANCHOR_SIZE = "anchor.size", "anchor.growth", "the tree is not larger than the one anchored last", "快照的账本没有比已锚定的增长";
    ANCHOR_SPLIT = "anchor.split", "chain.one_history", "the chain's quorum signed another tree of the same size: the chain is split; record both with chain.split_shown", "该链对同一大小签署了不同的账本，即已分叉；请以 chain.split_shown 记录两份快照";
    ANCHOR_CONSISTENCY = "anchor.consistency", "chain.one_history", "the proof does not show that the tree begins with the one anchored last", "不能证明快照的账本以已锚定的账本为开头";
    SPLIT_UNPROVEN = "split.unproven", "split.proof", "the two checkpoints do not prove a split of the chain", "两份快照不能证明该链分叉";
}

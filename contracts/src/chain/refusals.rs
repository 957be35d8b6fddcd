//! Refusals of this domain.

use crate::machine::refusal::codes;

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

codes! { CODES_VALIDATORS;
    NUMBER = "validators.number", "validators.number", "the change is not the next one, or comes before those of the last have voted; read /v1/validators and write it anew", "变更序号不是下一号，或上次变更尚未生效，请读取 /v1/validators 后重新起草";
    FORM = "validators.form", "validators.form", "a change names each node once, with a usable key of its own, and differs from what holds now", "变更须逐一列明节点及其可用且互不相同的密钥，并与现状不同";
    NODE = "validators.node", "validators.node", "only a node of the genesis votes, for the city or district centre that runs it", "仅创世文件所列、由市或区交易中心运行的节点可以表决";
    SIZE = "validators.size", "validators.size", "four validators stay at least, or as many as there are, and no more than can sign one record", "验证节点不得少于四个（现有不足四个的不得减少），也不得多于一条记录可容纳的签名数";
    STAY = "validators.stay", "validators.stay", "those who keep their vote and sign must be able to decide blocks alone: collect more signatures, replace first who is away, or change fewer at a time", "留任且签名的节点须自身构成法定多数：请补充签名、先替换停机节点或分批变更";
    KEY = "validators.key", "validators.key", "the key votes for another node, or did", "该密钥曾用于其他节点的表决";
    PROOF = "misbehaviour.proof", "misbehaviour.proof", "the two signatures do not prove that a validator signed twice at one place", "两个签名不能证明同一验证节点在同一位置签名两次";
    VOTER = "misbehaviour.voter", "misbehaviour.voter", "the key was no validator's at this height", "该密钥在此高度并非验证节点密钥";
    KNOWN = "misbehaviour.known", "misbehaviour.once", "this is proven already, or this key's misbehaviour often enough", "该行为已有证明，或该密钥的证明已足够";
    CONSENT = "validators.consent", "validators.consent", "a quorum of those who vote now signs, and every newcomer, with keys the city centre did not bring in; collect their signatures", "须由现有验证节点单位的法定多数及全部新增单位以非市中心代设的密钥签名";
}

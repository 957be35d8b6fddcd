//! Refusals of changes of the validators.

use super::Kind;

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

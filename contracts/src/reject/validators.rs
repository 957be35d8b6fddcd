//! Refusals of changes of the validators.

use super::Kind;

codes! { CODES_VALIDATORS;
    NUMBER = "validators.number", "validators.number", "the change is not the next one; read /v1/validators and write it anew", "变更序号不是下一号，请读取 /v1/validators 后重新起草";
    FORM = "validators.form", "validators.form", "a change names each node once, with a usable key of its own, and differs from what holds now", "变更须逐一列明节点及其可用且互不相同的密钥，并与现状不同";
    NODE = "validators.node", "validators.node", "only a node of the genesis votes, for the city or district centre that runs it", "仅创世文件所列、由市或区交易中心运行的节点可以表决";
    SIZE = "validators.size", "validators.size", "four validators stay at least, or as many as there are", "验证节点不得少于四个（现有不足四个的不得减少）";
    STAY = "validators.stay", "validators.stay", "those who keep their vote must be able to decide blocks alone: change fewer at a time", "留任节点须自身构成法定多数，请分批变更";
    KEY = "validators.key", "validators.key", "the key votes for another node, or did", "该密钥曾用于其他节点的表决";
    CONSENT = "validators.consent", "validators.consent", "a quorum of those who vote now signs, with keys the city centre did not bring in, and every newcomer; collect their signatures", "须由现有验证节点单位的法定多数（以非市中心代设的密钥）及全部新增单位签名";
}

//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES_SEALING;
    CEREMONY_TERMS = "dkg.terms", "dkg.started", "a ceremony names the next epoch, its members each once, and phases one after another in the future", "密钥仪式须指明下一期次、不重复的成员及依次的阶段截止时间";
    CEREMONY_SEATS = "dkg.seats", "dkg.seats", "each seat of a group belongs to another organisation of a node of the genesis, and a group has four seats at least, and where more than five organisations vote on blocks, as many as their quorum", "每个席位须属于创世节点的不同单位，密钥组至少四个席位且不少于表决单位的法定多数";
    CEREMONY_CONSENT = "dkg.consent", "dkg.consent", "every organisation with a seat signs the start of a ceremony, and so does a quorum of those who hold the key now (before there is one, of the organisations that vote on blocks), each with a key the city centre did not bring in; collect their signatures", "密钥仪式启动记录须由全部席位单位签名，并由现有密钥组（尚无密钥组时为表决单位）的法定多数以非市中心代设的密钥签名";
    CEREMONY_RUNNING = "dkg.running", "dkg.once", "a ceremony for this purpose is under way", "该用途的密钥仪式正在进行";
    CEREMONY_NONE = "dkg.none", "dkg.started", "there is no ceremony this record belongs to", "没有对应的密钥仪式";
    CEREMONY_MEMBER = "dkg.member", "dkg.member", "the signer's organisation is not the member this is said for", "签名主体不是该成员的单位";
    CEREMONY_MESSAGE = "dkg.message", "dkg.phase", "the ceremony does not take this message", "密钥仪式不接受该消息";
    CEREMONY_RESULT = "dkg.result", "dkg.finalised", "the keys are not what the ceremony gives", "公钥与密钥仪式结果不符";
    NO_GROUP = "sealing.no_group", "sealing.group", "the chain has no group for this", "本链尚无相应的门限密钥";
    GROUP_MEMBER = "sealing.member", "sealing.member", "only organisations whose nodes hold shares do this", "仅持有密钥份额节点的单位可办理";
    TOKEN_QUOTA = "token.quota", "token.quota", "more tokens than one request or one organisation may have", "凭证数量超过限额";
    TOKEN_REQUEST = "token.request", "token.request", "no open request for tokens is answered so", "没有可如此答复的凭证申请";
    TOKEN_PARTIAL = "token.partial", "token.partial", "a blind signature is not that member's over the point asked for", "盲签名与该成员份额或所申请的点不符";
    ENTRY_FORM = "sealed.form", "sealed.form", "the bytes are not a sealed entry, a token or a signature in canonical form", "密封条目、凭证或签名格式不规范";
    ENTRY_AUTHOR = "sealed.author", "sealed.author", "a sealed entry has the token's one-time key as its only signer, and nothing else that tells where it comes from", "密封条目仅由凭证的一次性密钥签名，不得含任何来源信息";
    ENTRY_SLOT = "sealed.slot", "sealed.slot", "the slot is over, too far ahead, or full", "时段已结束、过远或已满";
    ENTRY_TOKEN = "sealed.token", "token.verified", "the token does not admit this entry", "凭证无效，不得接收该条目";
    TOKEN_SPENT = "sealed.token_spent", "token.once", "the token was spent before", "凭证已使用";
    ENTRY_REPEATED = "sealed.repeated", "sealed.once", "the same bytes were entered before", "相同的密封条目已收到";
}

//! Refusals of key ceremonies, tokens, sealed entries and their openings.

use super::Kind;

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
    NOT_DUE = "unsealing.not_due", "unsealing.due", "nothing is to be opened here yet, or no longer", "尚未到可开启的时间或无可开启内容";
    SIGNATURE = "unsealing.signature", "unsealing.signature", "the signature is not the group's over this label", "签名不是门限密钥对该标签的签名";
    ORDER = "unsealing.order", "unsealing.order", "openings go on where they stand, and earlier slots first", "须按时段先后并从已开启之处继续";
    TENDER_SEALING = "tender.sealing", "sealing_signature_window", "sealing by the group needs a group, a rulebook that has its window, and a deadline at the end of a slot", "门限密封须已有门限密钥、规则书规定开启期限且截止时间为时段终点";
    OTHER_WAY = "bid.other_way", "tender.sealing", "this tender takes its bids in the other way", "该项目以另一种方式接收投标";
    SHUT = "opening.sealed_shut", "sealing_signature_window", "sealed bids are not all open and their time is not over", "密封投标尚未全部开启且期限未满";
    PROOF_TIME = "sealed.proof_time", "sealing_signature_window", "bidders open with their proofs after the group's time and the time to bind are over, until theirs is", "门限开启期及绑定期满后、揭示期内投标人方可自行开启";
    PROOF = "sealed.proof", "sealed.proof", "the proof does not open an entry of this bidder that counts", "开启证明与该投标人的有效条目不符";
    BIND_TIME = "sealed.bind_time", "sealing_signature_window", "bidders bind what stands after the group's time is over, for as long as reveal_window says, and not once one has proved", "门限开启期满后、在规定的绑定期内且尚无人自行开启时，投标人方可绑定有效条目";
    BINDING = "sealed.binding", "sealed.binding", "a bidder binds the entry that stands for a lot, the one of its highest sequence", "投标人须就各标段绑定其序号最高的有效条目";
}

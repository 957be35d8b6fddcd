//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES;
    REVEAL_OPEN = "opening.reveal_window", "reveal_window", "some bids are not revealed and their time is not over", "仍有投标未揭示且揭示期未满";
    OPENING_LIST = "opening.incomplete", "opening.complete", "the opening must list exactly the sealed bids", "开标记录须完整列明全部投标";
}

codes! { CODES_SEALING;
    NOT_DUE = "unsealing.not_due", "unsealing.due", "nothing is to be opened here yet, or no longer", "尚未到可开启的时间或无可开启内容";
    SIGNATURE = "unsealing.signature", "unsealing.signature", "the signature is not the group's over this label", "签名不是门限密钥对该标签的签名";
    ORDER = "unsealing.order", "unsealing.order", "openings go on where they stand, and earlier slots first", "须按时段先后并从已开启之处继续";
    SHUT = "opening.sealed_shut", "sealing_signature_window", "sealed bids are not all open and their time is not over", "密封投标尚未全部开启且期限未满";
    PROOF_TIME = "sealed.proof_time", "sealing_signature_window", "bidders open with their proofs after the group's time and the time to bind are over, until theirs is", "门限开启期及绑定期满后、揭示期内投标人方可自行开启";
    PROOF = "sealed.proof", "sealed.proof", "the proof does not open an entry of this bidder that counts", "开启证明与该投标人的有效条目不符";
    BIND_TIME = "sealed.bind_time", "sealing_signature_window", "bidders bind what stands after the group's time is over, for as long as reveal_window says, and not once one has proved", "门限开启期满后、在规定的绑定期内且尚无人自行开启时，投标人方可绑定有效条目";
    BINDING = "sealed.binding", "sealed.binding", "a bidder binds the entry that stands for a lot, the one of its highest sequence", "投标人须就各标段绑定其序号最高的有效条目";
}

//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES;
    UNKNOWN_ORG = "participant.unknown", "participant.registered", "the organisation is not registered; the city centre registers participants", "主体未登记";
    REVOKED_ORG = "participant.revoked", "participant.active", "the organisation's registration is revoked", "主体登记已撤销";
    REVOKED_ALREADY = "participant.revoked_already", "participant.revoked_once", "the organisation's registration is revoked already; the first revocation's time counts", "主体登记此前已撤销，以首次撤销时间为准";
    KEY_UNKNOWN = "key.unknown", "key.registered", "the key does not belong to the organisation", "密钥不属于该主体";
    KEY_REVOKED = "key.revoked", "key.active", "the key was rotated or revoked before this block", "密钥已轮换或撤销";
    ROLE = "participant.role", "participant.role", "the signer's role may not do this", "签名主体的角色无权办理";
    ORG_EXISTS = "participant.exists", "participant.once", "the organisation is registered already", "主体已登记";
    KEY_TAKEN = "key.taken", "key.once", "the key belongs to somebody already or is not usable", "密钥已被使用或不可用";
}

codes! { CODES_REGISTRY;
    KEY_EXPIRED = "key.expired", "key.valid_until", "the key's validity has ended; add or rotate to a new one", "密钥有效期已届满";
    KEY_PURPOSE = "key.purpose", "key.purposes", "the key does not serve this kind of record", "密钥用途不包括该类记录";
    KEY_PROOF = "key.proof", "key.possession", "the new key cosigns the record that adds it", "新增密钥须共同签名以证明持有";
    KEY_VALIDITY = "key.validity", "key.valid_until", "a key's validity ends after the block that adds it, and it has 1 to 3 different purposes", "密钥有效期或用途不符";
    CREDIT_CODE = "participant.credit_code", "credit_code.once", "an organisation has one unified social credit code, openly or as a commitment, and no other participant has it", "统一社会信用代码须唯一，自然人仅以加盐承诺登记";
    CREDIT_FORM = "credit.form", "credit.form", "a credit event ends after it begins, praise disqualifies nobody, and one subject has a bounded number of events", "信用信息期限或等级不符";
    CREDIT_UNKNOWN = "credit.unknown", "credit.recorded", "there is no such credit event", "没有该信用信息";
    CREDIT_APPEALED = "credit.appealed_already", "credit.appeal_once", "an appeal against this event was made already", "该信用信息已提出异议";
    APPEAL_UNKNOWN = "credit.appeal_unknown", "credit.appeal_open", "there is no such open appeal", "没有该未决异议";
    LICENCE_AUTHORITY = "licence.authority", "licence.authority", "the signer is not the authority for this kind of licence; the city centre names authorities", "签名主体不是该证照的发证机关";
    LICENCE_KINDS = "licence.kinds", "licence.kinds", "at most 16 different kinds of licence", "证照类别须不重复且不超过16个";
    LICENCE_EXISTS = "licence.exists", "licence.once", "the authority has issued this number already, or the holder has too many licences", "证照编号已存在或证照过多";
    LICENCE_UNKNOWN = "licence.unknown", "licence.issued", "the authority has not issued this licence", "发证机关未签发该证照";
    LICENCE_VALIDITY = "licence.validity", "licence.validity", "a validity or suspension ends after it begins", "有效期或暂停期不符";
    LICENCE_STATUS = "licence.status", "licence.status", "the licence's status does not allow this", "证照状态不允许该操作";
}

//! Refusals of keys, credit, licences, ratings, digital witness, imported history and indicators.

use super::Kind;

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
    INELIGIBLE = "eligibility.not_disqualified", "eligibility.opening", "a bid found ineligible at the opening must be disqualified", "开标时不具备资格的投标须否决";
    RATING_RANGE = "rating.range", "rating.range", "a rating is 1 to 5 and its text has at most 500 bytes", "评价须为1至5分，评语不超过500字节";
    RATING_ONCE = "rating.once", "rating.once", "the participant has rated this step already", "该环节已评价";
    RATING_STEP = "rating.step", "rating.finished", "only finished steps are rated, and only until the archive is sealed", "仅可评价已完成环节，归档后不再评价";
    RATING_PARTY = "rating.party", "rating.party", "the tenderee and its agency rate, and bidders once their bids were opened", "仅招标人、代理及已开标的投标人可评价";
    WITNESS_ROLE = "witness.recorder", "witness.recorder", "a camera's segments and a venue's log of a sitting come from the one who began them", "见证数据须由同一采集主体记录";
    WITNESS_CHAIN = "witness.chain", "witness.chain", "the segments do not continue the camera's chain", "音视频片段与哈希链不连续";
    WITNESS_LOG = "witness.log", "witness.log", "a log's sequence rises by one, its times do not go back, and its clock offset is at most a day", "见证日志序号、时间或时钟偏差不符";
    WITNESS_PERSON = "witness.person", "witness.person", "entry, identity check, seat and exit of a person come in this order; log what happened otherwise as an incident", "人员须依次进场、核验、入席、离场，异常情况须记为事件";
    WITNESS_VENUE = "witness.venue", "witness.venue", "an evaluation's venue is one of its session's, any other sitting's is a registered centre's", "评标见证场所须为本次评标会的主场或副场，其他场次须为已登记的交易中心";
    WITNESS_REPORT = "witness.report", "witness.report", "the report must state exactly the venues' logs, the venues without one, the cameras, heads and incidents on record", "见证报告须与链上记录完全一致";
    WITNESS_CLOSED = "witness.closed", "witness.open", "the sitting was reported, or its project is archived: nothing is added to it", "该见证场次已出具报告或项目已归档";
    WITNESS_LIMIT = "witness.limit", "witness.limit", "a sitting has at most 64 cameras and 256 incidents", "见证场次的摄像机或事件过多";
    HISTORY_PROJECT = "history.project", "history.apart", "imported history belongs to no project of this ledger", "导入的历史数据不得关联本链项目";
    HISTORY_FORM = "history.form", "history.form", "an OCID is 1 to 256 bytes of text without control characters; source and licence at most 200 bytes", "历史数据标识、来源或许可格式不符";
    HISTORY_SAME = "history.same", "history.revision", "this content of the OCID is imported already", "该内容已导入";
    INDICATORS_PERIOD = "indicators.period", "indicators.period", "a period is over, begins before it ends, and holds a bounded number of ended projects", "统计期间须已结束且项目数量有限";
    INDICATORS_DIFFER = "indicators.differ", "indicators.recomputed", "the numbers are not what the ledger gives", "指标与链上复算结果不一致";
}

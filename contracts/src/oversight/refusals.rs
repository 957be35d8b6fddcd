//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES_REGISTRY;
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
}

codes! { CODES_SUPERVISION;
    ALERT_RULE = "alert.rule", "alert.rule", "a rule's id is 1 to 60 letters, digits, '.', '_' or '-', and a rulebook's version is above zero", "规则编号或规则书版本格式不符";
    ALERT_NAMES = "alert.names", "alert.names", "an alert names 1 to 200 different records or organisations of each kind, and at least one in all", "预警须指明不重复的记录或主体";
    ALERT_DUE = "alert.due", "alert.due", "an alert is due after the block it is raised in", "处置期限须晚于预警时间";
    ALERT_OPEN = "alert.exists", "alert.once", "the same rule has an open alert about the same records and organisations", "同一规则对同一对象已有未处置预警";
    ALERT_UNKNOWN = "alert.unknown", "alert.open", "no open alert of this id", "没有该未处置预警";
}

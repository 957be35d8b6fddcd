//! Codes of remote evaluation: pool, draw, session, blind parts, report.

use super::Kind;

codes! { CODES_EVALUATION;
    TERMS = "tender.evaluation", "tender.evaluation", "the evaluation terms do not fit the method, its criteria or their bounds", "评标条款与评标方法、标准或取值范围不符";
    EXPERT_FORM = "expert.form", "expert.form", "an expert has 1 to 16 different specialities and a bounded number of links, in a pool with room", "专家须有1至16个不重复的专业，关联项及专家库规模不得超限";
    EXPERT_EXISTS = "expert.exists", "expert.once", "a pseudonym is never used twice", "专家代号不得重复使用";
    EXPERT_UNKNOWN = "expert.unknown", "expert.enrolled", "no such expert in the pool", "专家库中没有该专家";
    DRAW_NOT_OFFERED = "draw.not_offered", "randomness_centres_min", "the pinned rulebook has no draw, or the committee is there already", "所引用规则书未规定抽取，或评标委员会已组建";
    DRAW_REQUIRED = "draw.required", "committee_by_draw", "the committee must come from a draw, and only a drawn one has a list", "评标委员会须经随机抽取产生，仅抽取产生者附名单承诺";
    DRAW_NONE = "draw.none", "draw.requested", "there is no draw this record belongs to", "没有对应的抽取";
    DRAW_POOL = "draw.pool", "draw.pool_fixed", "the snapshot digest is not that of the pool as it stands", "专家库快照摘要与当前专家库不符";
    DRAW_QUOTAS = "draw.quotas", "draw.quotas", "quotas must sum to the experts asked for and leave enough candidates for each", "专业名额须与专家人数一致且候选人充足";
    DRAW_RECUSED = "draw.recused", "draw.recusal", "a recusal names an expert of the pool, once for each ground", "回避须指明库内专家，同一事由不得重复";
    DRAW_BLIND = "draw.blind", "tender.evaluation", "a draw commits to a secret for blind codes exactly when the tender has blind criteria", "仅设暗标时须且应承诺暗标编码密钥";
    DRAW_SILENT = "draw.silent", "randomness_window", "a new request names exactly the parties that stayed silent", "重新申请须如实列明未履行的各方";
    DRAW_PENDING = "draw.pending", "randomness_window", "the draw before this one is still open", "前次抽取仍在进行";
    DRAW_SETTLED = "draw.settled", "draw.once", "the draw has its seed; nothing is drawn again", "随机种子已产生，不得重新抽取";
    DRAW_UNSEEDED = "draw.unseeded", "draw.seed", "the draw has no seed yet", "抽取的随机种子尚未产生";
    DRAW_LIST = "draw.list", "draw.list", "a drawn committee has the requested composition and a commitment to its list, renewed for a drawn replacement", "抽取产生的委员会须符合申请组成并附名单承诺，更换专家时须更新";
    DRAW_DISCLOSED = "draw.disclosed_already", "draw.disclosed_once", "the draw is disclosed already", "抽取结果已公开";
    DRAW_OPENING = "draw.opening", "draw.commitment", "list and secret do not open what was committed", "名单与密钥不能打开原承诺";
    DRAW_REPLAY = "draw.replay", "draw.replay", "the list is not what the draw gives when it is replayed", "名单与复算抽取结果不一致";
    DRAW_SEATS = "draw.seats", "draw.seats", "the committee's experts are not those drawn", "评标委员会专家与抽取结果不符";
    RANDOMNESS_PARTIES = "randomness.parties", "randomness_centres_min", "randomness comes from enough centres and the regulator, each once, none of them a party of the tender", "随机数须由规定数量的中心及监督部门共同产生且不得重复";
    RANDOMNESS_PARTY = "randomness.party", "randomness.party", "the signer is not a party of this draw's randomness", "签名方不是本次随机数参与方";
    RANDOMNESS_ONCE = "randomness.once", "randomness.once", "this party has done this already", "该参与方已提交";
    RANDOMNESS_WAIT = "randomness.not_all_committed", "randomness.commit_first", "values are revealed after every party has committed", "全部参与方提交承诺后方可揭示";
    RANDOMNESS_WINDOW = "randomness.window_over", "randomness_window", "the time for contributions is over; the host requests again", "提交时间已过，须重新申请";
    RANDOMNESS_COMMITMENT = "randomness.commitment", "randomness.commitment", "the value does not open the party's commitment, or is not of the requested source", "随机数与承诺不符或来源不符";
    RANDOMNESS_BEACON = "randomness.beacon", "randomness.beacon", "the beacon's signature does not verify on this chain", "随机信标签名未通过验证";
    SESSION_VENUES = "session.venues", "session.venues", "host and sub venues are different registered centres, the host the project's own", "主副场须为不同的已登记中心，主场为项目所在中心";
    SESSION_SEATS = "session.seats", "session.seats", "every member has one seat at one of the venues", "每位成员须且仅在一个场地就座";
    SESSION_ONCE = "session.once", "session.once", "this was done already", "该操作已办理";
    SESSION_MISSING = "session.missing", "session.opened", "no session is open", "评标会话尚未开启";
    SESSION_TIME = "session.time", "session.time", "a session ends in the future", "评标截止时间须晚于当前时间";
    SESSION_EXTEND = "session.extend", "eval_extend_above", "time is extended to a later end when enough members find it too short", "超过规定比例的成员认为时间不够时方可延长";
    MEMBER_REPLACEMENT = "member.replacement", "member.replacement", "a member of this committee is replaced by one of the same kind with a new id and key, seated where the session is", "更换成员须为本委员会成员，替补者身份类别相同、编号密钥未曾使用并在场地就座";
    BLIND_UNSEALED = "blind.unsealed", "blind.sealed_first", "codes are opened after every member has sealed", "全体成员密封评分后方可揭示暗标编码";
    BLIND_SECRET = "blind.secret", "blind.commitment", "the secret does not open the commitment, or is open already", "密钥与承诺不符或已公开";
    BLIND_CLOSED = "blind.closed", "blind.opened", "scores with blind parts are revealed after the codes are opened", "暗标编码揭示后方可公开评分";
    SEED_MISSING = "evaluation.seed_missing", "tender.evaluation", "the benchmark's K needs a drawn seed", "基准价系数须先产生随机种子";
    REPORT_UNSIGNED = "evaluation.unsigned", "report_signed_above", "too few members sign the report", "签字成员人数不足";
    REPORT_DISSENT = "evaluation.dissent", "evaluation.dissent", "a dissent is of a member who signs, once", "不同意见须由签字成员提出且每人一次";
    REPORT_DEVIATION = "evaluation.deviation", "tender.evaluation", "a deviation is an item of the documents found in an opened bid, once", "偏差须为招标文件所列项目并指明投标";
    REPORT_UNEXPLAINED = "evaluation.unexplained", "outlier_z_hundredths", "every flagged score needs its written reason, and nothing else has one", "异常评分须逐项书面说明理由";
}

//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES;
    COMMITTEE = "committee.composition", "committee_min", "the committee's size or composition breaks the rule", "评标委员会组成不符合规定";
    COMMITTEE_MISSING = "committee.missing", "committee_min", "the committee must be drawn first", "须先组建评标委员会";
    NOT_MEMBER = "committee.not_member", "committee.member", "only members of the committee do this, with their session key", "仅评标委员会成员可办理";
    SCORES_SEALED = "scores.sealed_already", "scores.once", "this member's scores are sealed already", "该成员评分已密封";
    SCORES_WAIT = "scores.not_all_sealed", "scores.commit_first", "scores are revealed after every member has sealed", "全体成员密封评分后方可揭示";
    SCORES_COMMITMENT = "scores.commitment", "scores.commitment", "scores and salt do not open the sealed commitment", "评分与密封承诺不符";
    SCORES = "scores.form", "criteria", "scores cover every criterion and every opened bid within its range", "评分须覆盖全部标准与投标且在分值范围内";
    LOT_DRAW = "evaluation.lot_draw", "tie_break", "a drawing of lots names exactly the bids that tie", "抽签须恰为并列投标";
    TIE = "evaluation.tie", "tie_break", "equal bids need a recorded drawing of lots first", "并列投标须先抽签";
    DISQUALIFIED = "evaluation.disqualified", "disqualification", "a disqualification names an opened bid and a reason; bids without a usable price must be disqualified", "否决投标须指明投标及理由；无有效报价者须否决";
    RANKING = "evaluation.ranking", "evaluation.recomputed", "the ranking is not what opened bids, scores and rulebook give", "排名与依据投标、评分及规则书复算结果不一致";
}

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
    RECUSAL_GROUND = "draw.recusal_ground", "recusal_grounds", "an expert is recused on a ground of the rulebook only", "回避事由须为规则所列";
    RECUSAL_PARTY = "draw.recusal_party", "recusal_grounds", "a recusal leads to a bidder of this project, its tenderee or agency; a punishment or an authority's own staff to a registered regulator", "回避关系须指向本项目投标人、招标人或代理机构，处罚及监督部门人员须指向已登记的监督部门";
    DRAW_BLIND = "draw.blind", "tender.evaluation", "a draw commits to a secret for blind codes exactly when the tender has blind criteria", "仅设暗标时须且应承诺暗标编码密钥";
    DRAW_BEACON_FIRST = "draw.beacon_first", "randomness_window", "this chain has a group whose beacon draws: a party that commits and reveals could choose between outcomes; ask for the beacon", "本链已有门限组，须由其随机信标产生种子；承诺与揭示可被选择性放弃，不得采用";
    DRAW_BEACON_STANDS = "draw.beacon_stands", "randomness_window", "the group was asked for this draw's seed; label and terms stand until it answers, for members that stay silent know the seed already and would throw again; start the members that are down, or end the tender", "已向门限组申请本次抽取的随机种子，答复前标签与条件不变；逾期不得另行申请，以免未答复成员择优重抽；请恢复停机成员，或依法终止项目";
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

codes! { CODES_CATEGORIES;
    CORRECTION_GROUND = "result.ground", "result_correction_grounds", "a reported result changes on the named grounds only", "评标结果仅可在法定情形下修改";
    CORRECTION = "result.correction", "result.correction", "a correction changes points that were given, once each, and objective criteria until all members agree", "修改须针对已给出的评分且不得重复，客观分须修改至全体一致";
}

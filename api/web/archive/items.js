// What a record is to an archivist: its stage, its titles, whether the archive needs it, and whether it should come with a
// document. The table belongs to the archive's format, version 1.

/** Folder of each stage with its Chinese and English title. */
export const STAGES = {
  '01-registration': ['项目登记', 'Registration'],
  '02-tender': ['招标', 'Tender'],
  '03-objections': ['异议与答复', 'Objections'],
  '04-bids': ['投标', 'Bids'],
  '05-opening': ['开标', 'Opening'],
  '06-evaluation': ['评标', 'Evaluation'],
  '07-award': ['公示与中标', 'Award'],
  '08-contract': ['合同', 'Contract'],
  '09-supervision': ['履约与监督', 'Supervision'],
  '10-ending': ['招标失败、终止与无效', 'Failure, termination or annulment'],
  '99-other': ['其他', 'Other'],
};

/** `[type without version, stage, Chinese, English, when an archive needs it, it is the entry of a paper]`. */
const ITEMS = [
  ['project.registered', '01-registration', '项目登记', 'Project registered', 'always', false],
  ['tender.published', '02-tender', '招标公告与招标文件', 'Tender published', 'supervised', true],
  ['tender.clarified', '02-tender', '澄清', 'Tender clarified', 'never', false],
  ['tender.amended', '02-tender', '修改', 'Tender amended', 'never', false],
  ['tender.failed', '10-ending', '招标失败', 'Tender failed', 'failed', false],
  ['tender.terminated', '10-ending', '招标终止', 'Tender terminated', 'terminated', false],
  ['tender.annulled', '10-ending', '认定无效', 'Tender annulled', 'annulled', true],
  ['objection.raised', '03-objections', '异议', 'Objection raised', 'never', false],
  ['objection.answered', '03-objections', '异议答复', 'Objection answered', 'never', false],
  ['bid.sealed', '04-bids', '投标文件封存', 'Bid sealed', 'never', false],
  ['bid.withdrawn', '04-bids', '投标撤回', 'Bid withdrawn', 'never', false],
  ['bid.revealed', '05-opening', '投标文件解密', 'Bid revealed', 'never', false],
  ['bids.opened', '05-opening', '开标记录', 'Bids opened', 'supervised', false],
  ['experts.drawn', '06-evaluation', '评标专家抽取', 'Experts drawn', 'supervised', false],
  ['scores.sealed', '06-evaluation', '评分封存', 'Scores sealed', 'never', false],
  ['scores.revealed', '06-evaluation', '评分公开', 'Scores revealed', 'never', false],
  ['lot.drawn', '06-evaluation', '抽签记录', 'Lots drawn', 'never', false],
  ['evaluation.reported', '06-evaluation', '评标报告', 'Evaluation reported', 'supervised', true],
  ['candidates.publicised', '07-award', '中标候选人公示', 'Candidates publicised', 'supervised', false],
  ['award.notified', '07-award', '中标通知书', 'Award notified', 'supervised', true],
  ['contract.signed', '08-contract', '合同', 'Contract signed', 'concluded', true],
  ['supervision.reported', '09-supervision', '监督报告', 'Supervision reported', 'concluded', true],
  ['draw.requested', '06-evaluation', '专家抽取申请', 'Draw requested', 'never', false],
  ['randomness.committed', '06-evaluation', '随机数承诺', 'Randomness committed', 'never', false],
  ['randomness.revealed', '06-evaluation', '随机数公开', 'Randomness revealed', 'never', false],
  ['evaluation.session_opened', '06-evaluation', '评标会议开始', 'Evaluation session opened', 'never', false],
  ['evaluation.time_short', '06-evaluation', '评标时间不足', 'Evaluation time found short', 'never', false],
  ['evaluation.extended', '06-evaluation', '评标时间延长', 'Evaluation extended', 'never', false],
  ['member.replaced', '06-evaluation', '更换评委', 'Committee member replaced', 'never', false],
  ['blind.opened', '06-evaluation', '暗标编号公开', 'Blind codes opened', 'never', false],
  ['draw.disclosed', '07-award', '专家抽取结果公开', 'Draw disclosed', 'never', false],
  ['witness.logged', '06-evaluation', '见证日志', 'Witness log', 'never', false],
  ['witness.segments', '06-evaluation', '音视频分段', 'Audio and video segments', 'never', false],
  ['witness.reported', '06-evaluation', '见证报告', 'Witness report', 'never', false],
  ['alert.raised', '09-supervision', '监督预警', 'Alert raised', 'never', false],
  ['alert.disposed', '09-supervision', '预警处置', 'Alert disposed', 'never', false],
  ['rating.given', '09-supervision', '好差评', 'Rating given', 'never', false],
  ['complaint.filed', '03-objections', '投诉', 'Complaint filed', 'never', false],
  ['complaint.accepted', '03-objections', '投诉受理', 'Complaint accepted', 'never', false],
  ['complaint.declined', '03-objections', '投诉不予受理', 'Complaint declined', 'never', false],
  ['complaint.decided', '03-objections', '投诉处理决定', 'Complaint decided', 'never', true],
  ['model.delivered', '05-opening', '建筑信息模型提交', 'Building model handed in', 'never', true],
  ['step.on_paper', '99-other', '线下办理环节', 'Step done on paper', 'never', true],
  ['evidence.recorded', '99-other', '存证', 'Evidence recorded', 'never', false],
  ['tender.opened', '05-opening', '门限开启', 'Opened by the group', 'never', false],
  ['sealed.bound', '05-opening', '投标人绑定有效条目', 'Bound by its bidder', 'never', false],
  ['sealed.proved', '05-opening', '投标人自行开启', 'Opened by its bidder', 'never', false],
  ['beacon.recovered', '06-evaluation', '随机信标', 'Beacon recovered', 'never', false],
  ['sealed.entered', '04-bids', '密封投标条目', 'Sealed entry', 'never', false],
  ['slot.opened', '05-opening', '时段开启', 'Slot opened by the group', 'never', false],
  ['dkg.finalised', '05-opening', '群公钥', 'The group\'s keys', 'never', false],
  ['listing.published', '02-tender', '挂牌公告', 'Listing published', 'dealt', true],
  ['listing.registered', '04-bids', '竞买登记', 'Bidding number registered', 'never', false],
  ['listing.offered', '04-bids', '报价', 'Offer', 'never', false],
  ['listing.closed', '05-opening', '挂牌截止', 'Listing closed', 'dealt', false],
  ['deal.confirmed', '07-award', '成交确认书', 'Deal confirmed', 'dealt', true],
  ['result.publicised', '07-award', '结果公示', 'Result publicised', 'dealt', false],
  ['result.corrected', '07-award', '结果更正', 'Result corrected', 'never', false],
  ['bond.received', '04-bids', '保证金到账', 'Bond received', 'never', false],
  ['bond.refunded', '08-contract', '保证金退还', 'Bond refunded', 'never', false],
  ['invitation.issued', '02-tender', '投标邀请', 'Invitation issued', 'never', false],
  ['prequal.published', '02-tender', '资格预审公告', 'Prequalification published', 'never', true],
  ['prequal.clarified', '02-tender', '资格预审澄清', 'Prequalification clarified', 'never', false],
  ['prequal.applied', '04-bids', '资格预审申请', 'Prequalification applied for', 'never', false],
  ['prequal.opened', '05-opening', '资格预审申请开启', 'Applications opened', 'never', false],
  ['prequal.reviewed', '06-evaluation', '资格预审评审', 'Applications reviewed', 'never', false],
  ['admission.disclosed', '05-opening', '投标资格名单公开', 'Admitted bidders disclosed', 'never', false],
];

export const ITEMS_COUNT = ITEMS.length;

const UNKNOWN = ['', '99-other', '其他记录', 'Other record', 'never', false];
/** A record whose body is not public: a bid of a tender that failed before its opening. */
const CLOSED = ['', '99-other', '未公开的记录', 'Closed record', 'never', false];

const asItem = ([name, stage, titleZh, titleEn, needed, withDocument]) => ({ name, stage, titleZh, titleEn, needed, withDocument });

/** The item of a record type's name; the empty name is a closed record's. */
export const itemOf = (name) => asItem(ITEMS.find((one) => one[0] === name && name !== '') ?? (name === '' ? CLOSED : UNKNOWN));

/** How the project ended, from the names of its record types in order. */
export function endingOf(names) {
  let [ending, listed] = ['unawarded', false];
  for (const name of names) {
    listed ||= name === 'listing.published';
    if (name === 'tender.annulled') ending = 'annulled';
    else if (name === 'tender.terminated') ending = 'terminated';
    else if (name === 'tender.failed') ending = 'failed';
    else if (name === 'supervision.reported') ending = listed ? 'dealt' : 'supervised';
  }
  return ending;
}

export function isNeeded(item, ending) {
  switch (item.needed) {
    case 'never': return false;
    case 'always': return true;
    case 'concluded': return ending === 'supervised' || ending === 'dealt';
    default: return item.needed === ending;
  }
}

/** What an archive of a project that ended so must contain, in order of the procedure. */
export const needed = (ending) => ITEMS.map(asItem).filter((item) => isNeeded(item, ending));

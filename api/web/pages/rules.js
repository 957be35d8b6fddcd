// The supervision rules as people name them: the titles of `contracts/supervision/src/words.rs`, which a test compares.
import { plain } from './dom.js';
import { say } from './language.js';

export const RULES = {
  'timer.doc_sale_min': ['招标文件发售期不足', 'The documents were on offer for too short a time'],
  'timer.bid_prep_min': ['投标准备时间不足', 'Bidders had too little time to prepare'],
  'timer.objection_reply_max': ['异议未按时答复', 'An objection was not answered in time'],
  'timer.reveal_window': ['未按时开标', 'The bids were not opened in time'],
  'timer.publicity_start': ['中标候选人未按时公示', 'The candidates were not publicised in time'],
  'timer.publicity_min': ['公示期未满即定标', 'The award came before the publicity period was over'],
  'timer.contract_max': ['合同未按时签订', 'The contract was not signed in time'],
  'timer.regulator_report_max': ['未按时提交招标投标情况书面报告', 'The regulator was not told in time'],
  'timer.complaint_accept_max': ['投诉未按时决定是否受理', 'A complaint was neither accepted nor declined in time'],
  'timer.complaint_decide_max': ['投诉未按时作出处理决定', 'A complaint was not decided in time'],
  'award.not_rank_1': ['中标人不是排名第一的候选人', 'The award did not go to the first of the ranking'],
  'amendment.late': ['临近投标截止修改招标文件', 'The documents were changed shortly before the deadline'],
  'result.override': ['已有有效排名而宣布招标失败', 'A valid ranking was set aside'],
  'collusion.same_device': ['不同投标人的投标文件由同一设备编制', 'Different bidders used the same device'],
  'collusion.same_address': ['不同投标人使用同一网络地址', 'Different bidders used the same network address'],
  'collusion.same_author': ['不同投标人的投标文件作者相同', 'Bids of different bidders have the same author'],
  'collusion.same_preparer': ['不同投标人的投标由同一人编制或办理', 'Bids of different bidders were prepared by the same person'],
  'collusion.same_bond_account': ['不同投标人的投标保证金由同一账户转出', 'Bid bonds of different bidders came from the same account'],
  'collusion.equal_steps': ['不同投标人的报价呈等差规律', 'Prices of different bidders rise in equal steps'],
  'collusion.constant_ratio': ['不同投标人的报价呈等比规律', 'Prices of different bidders rise by a constant ratio'],
  'R003': ['投标期过短', 'Short submission period'],
  'R018': ['仅有一家投标', 'Single bid received'],
  'R024': ['次低报价过于接近中标价', 'Price close to winning bid'],
  'R025': ['频繁陪标', 'Excessive unsuccessful bids'],
  'R028': ['不同投标人报价相同', 'Identical bid prices'],
  'R030': ['逾期投标中标', 'Late bid won'],
  'R035': ['除中标人外均被否决', 'All except winning bid disqualified'],
  'R036': ['最低报价被否决', 'Lowest bid disqualified'],
  'R038': ['否决投标比例过高', 'Excessive disqualified bids'],
  'R048': ['供应品类异常庞杂', 'Heterogeneous supplier'],
  'R058': ['中标价显著低于次低报价', 'Heavily discounted bid'],
};

/** A rule's title; red flags keep the number the Open Contracting Partnership gave them. */
export function ruleText(rule) {
  if (!Object.hasOwn(RULES, rule)) return plain(rule, 80);
  const title = say(...RULES[rule]);
  return /^R\d{3}$/.test(rule) ? `${rule} ${title}` : title;
}

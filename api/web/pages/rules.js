// The supervision rules as people name them: the titles of `contracts/src/rulebook/duties.rs` and
// `contracts/supervision/src/words.rs`, which a test compares.
import { plain } from './dom.js';
import { say } from './language.js';

export const RULES = {
  'timer.doc_sale_min': ['招标文件发售期不足', 'The documents were on offer for too short a time'],
  'timer.bid_prep_min': ['投标准备时间不足', 'Bidders had too little time to prepare'],
  'amendment.late': ['临近投标截止修改招标文件', 'The documents were changed shortly before the deadline'],
  'timer.prequal_prep_min': ['资格预审申请准备时间不足', 'Applicants had too little time to prepare'],
  'timer.prequal_clarify_lead': ['临近截止修改资格预审文件', 'The prequalification was changed shortly before its deadline'],
  'timer.objection_reply_max': ['异议未按时答复', 'An objection was not answered in time'],
  'timer.objection_opening_reply_max': ['开标异议未当场答复', 'An objection to the opening was not answered on the spot'],
  'timer.sealing_signature_window': ['门限组未按时解密投标', 'The group did not open the sealed bids in time'],
  'timer.reveal_window': ['未按时开标', 'The bids were not opened in time'],
  'timer.randomness_window': ['抽取随机数参与方未按时提交', 'A party of the draw stayed silent'],
  'timer.publicity_start': ['中标候选人未按时公示', 'The candidates were not publicised in time'],
  'timer.publicity_min': ['公示期未满即定标', 'The award came before the publicity period was over'],
  'timer.award_max': ['未按时定标', 'The award was not decided in time'],
  'timer.contract_max': ['合同未按时签订', 'The contract was not signed in time'],
  'timer.regulator_report_max': ['未按时提交招标投标情况书面报告', 'The regulator was not told in time'],
  'timer.contract_filing_max': ['合同未按时备案', 'The contract was not filed in time'],
  'timer.bond_refund_on_withdraw': ['撤回投标后保证金未按时退还', 'The bond of a withdrawn bid was not returned in time'],
  'timer.bond_refund_after_contract': ['合同签订后保证金未按时退还', 'A bond was not returned in time after the contract'],
  'timer.complaint_accept_max': ['投诉未按时决定是否受理', 'A complaint was neither accepted nor declined in time'],
  'timer.complaint_decide_max': ['投诉未按时作出处理决定', 'A complaint was not decided in time'],
  'timer.listing_notice_min': ['挂牌（拍卖）公告期不足', 'The notice of the listing was too short'],
  'timer.notice_equity_min': ['产权转让信息披露期不足', 'The disclosure of a transfer of equity was too short'],
  'timer.notice_capital_increase_min': ['企业增资信息披露期不足', 'The disclosure of a capital increase was too short'],
  'timer.notice_assets_min': ['资产转让信息披露期不足', 'The disclosure of a transfer of assets was too short'],
  'timer.notice_assets_large_min': ['大额资产转让信息披露期不足', 'The disclosure of a large transfer of assets was too short'],
  'timer.listing_period_min': ['挂牌（竞价）期不足', 'Offers were taken for too short a time'],
  'timer.viewing_min': ['拍卖标的展示时间不足', 'What is auctioned was not shown long enough'],
  'timer.extension_window': ['延时竞价期未满即结束', 'The listing was closed while the last offer could be answered'],
  'timer.result_publicity_max': ['成交结果未按时公布', 'The result of the listing was not made public in time'],
  'timer.archive_retention_min': ['档案保存期限不足', 'The archive is promised for too short a time'],
  'award.not_rank_1': ['中标人不是排名第一的候选人', 'The award did not go to the first of the ranking'],
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

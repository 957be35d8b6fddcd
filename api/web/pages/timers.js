// Time limits that run: overdue and soon due first, with rule and article.
import { element, plain, table } from './dom.js';
import { countText } from './known.js';
import { durationText, say, timeText } from './language.js';
import { stageText } from './stages.js';

const AHEAD_MS = 72 * 3600 * 1000;
const SOON_MS = 24 * 3600 * 1000;
const SHOWN_MAX = 200;

const RULES = {
  deadline: ['截止时间（公告）', 'Deadline of the notice'], reveal_window: ['开标', 'Opening'], publicity_start: ['开始公示', 'Start of publicity'],
  publicity_min: ['公示期满（此前不得定标、签约）', 'End of publicity (no award or contract before)'], award_max: ['定标', 'Award'], contract_max: ['签订合同', 'Contract'],
  regulator_report_max: ['书面报告', 'Report to the regulator'], contract_filing_max: ['合同备案', 'Filing of the contract'],
  objection_reply_max: ['答复异议', 'Answer to an objection'], objection_opening_reply_max: ['当场答复开标异议', 'Answer to an objection to the opening'],
  complaint_accept_max: ['受理投诉', 'Complaint to be taken up'], complaint_decide_max: ['处理投诉', 'Complaint to be decided'],
  result_publicity_max: ['结果公示', 'Result to be made public'], bond_refund_after_contract: ['退还保证金', 'Bonds to be returned'],
};
/** Their end is not a duty: nothing is late when it has passed. */
const ENDS_ONLY = ['deadline', 'publicity_min'];

export const timerText = (rule) => (Object.hasOwn(RULES, rule) ? say(...RULES[rule]) : plain(rule, 60));

const projectLink = (id) => element('a', { href: `index.html#project=${encodeURIComponent(id)}` }, plain(id, 64));

function leftText({ rule, due_ms: due }, now) {
  const left = due - now;
  if (left < 0 && ENDS_ONLY.includes(rule)) return say('✓ 已到', '✓ reached');
  if (left < 0) return say(`✗ 逾期 ${durationText(-left)}`, `✗ ${durationText(-left)} overdue`);
  return `${left < SOON_MS ? '⚠ ' : ''}${say(`还有 ${durationText(left)}`, `${durationText(left)} left`)}`;
}

/** Those that are overdue or due within 72 hours; a reached end that is no duty is left out. */
export const atRisk = (timers, now) => timers
  .filter((one) => one.due_ms - now < AHEAD_MS && !(one.due_ms < now && ENDS_ONLY.includes(one.rule)))
  .sort((one, other) => one.due_ms - other.due_ms);

export const overdue = (timers, now) => atRisk(timers, now).filter((one) => one.due_ms < now).length;

export function timersTable(timers, now) {
  const found = atRisk(timers, now);
  const [count, whole] = [found.length, timers.length].map((one) => countText(one, timers.isCut));
  const caption = say(`逾期与 72 小时内到期（${count}，正在计时共 ${whole}）`, `Overdue or due within 72 hours (${count} of ${whole} that run)`);
  return table(caption, [
    [say('剩余', 'Left'), (one) => leftText(one, now)], [say('事项', 'Duty'), (one) => timerText(one.rule)],
    [say('项目', 'Project'), (one) => [projectLink(one.project), element('div', { class: 'soft' }, plain(one.title, 80))]],
    [say('阶段', 'Stage'), (one) => stageText(one.stage)], [say('期限', 'Due'), (one) => timeText(one.due_ms)],
    [say('规则与条款', 'Limit and article'), (one) => [plain(one.limit, 60).replaceAll('"', ''), one.article ? ` · ${plain(one.article, 80)}` : '']],
  ], found.slice(0, SHOWN_MAX), say('没有', 'none'));
}

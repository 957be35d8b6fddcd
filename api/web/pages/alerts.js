// The regulators' alerts: open ones first, each with why it was raised and what became of it; and how many came when.
import { stackedColumns } from './charts.js';
import { element, facts, plain, table } from './dom.js';
import { countText } from './known.js';
import { durationText, say, timeText } from './language.js';
import { ruleText } from './rules.js';

const SEVERITIES = ['high', 'medium', 'low'];
const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const COLUMNS_MAX = 24;
const COLUMNS_MIN = 8;

const SEVERITY = { high: ['⚠ 高', '⚠ high'], medium: ['◆ 中', '◆ medium'], low: ['○ 低', '○ low'] };
const DISPOSITION = {
  dismissed: ['查无问题', 'dismissed'], explained: ['已说明', 'explained'], remedied: ['已整改', 'remedied'],
  confirmed: ['查实', 'confirmed'], referred: ['移送', 'referred'],
};

export const severityText = (one) => (Object.hasOwn(SEVERITY, one) ? say(...SEVERITY[one]) : plain(one, 20));

const link = (kind, value, text = value) => element('a', { href: `index.html#${kind}=${encodeURIComponent(value)}` }, plain(text, 60));
const links = (kind, values) => (values ?? []).slice(0, 50).flatMap((one, at) => [at === 0 ? '' : '、', link(kind, one, kind === 'record' ? `${one.slice(0, 19)}…` : one)]);

function disposed(one) {
  const { disposition: how } = one;
  if (how === null || how === undefined) return null;
  const name = Object.hasOwn(DISPOSITION, how.disposition) ? say(...DISPOSITION[how.disposition]) : plain(how.disposition, 40);
  return `✓ ${name} · ${plain(how.by, 64)} · ${timeText(how.time_ms)}：${plain(how.reason, 600)}`;
}

function dueText(one, now) {
  if (!one.open) return say('✓ 已处置', '✓ disposed of');
  const left = one.due_ms - now;
  return left < 0 ? say(`✗ 逾期 ${durationText(-left)}`, `✗ ${durationText(-left)} overdue`) : say(`还有 ${durationText(left)}`, `${durationText(left)} left`);
}

/** Everything an alert stands on: text, records, formula, threshold, what was found, the rules' version, disposition, end. */
function explanation(one) {
  return element('details', {}, element('summary', {}, say('说明', 'Explanation')), facts([
    [say('说明', 'What it says'), plain(say(one.message_zh, one.message), 1000)],
    [say('规则', 'Rule'), element('span', { class: 'mono' }, plain(one.kind, 80))],
    [say('计算方法', 'Formula'), plain(one.formula, 1000)], [say('阈值', 'Threshold'), plain(one.threshold, 300)], [say('实际', 'Found'), plain(one.found, 600)],
    [say('依据的记录', 'Records'), (one.records ?? []).length > 0 ? links('record', one.records) : null],
    [say('涉及单位', 'Organisations'), (one.organisations ?? []).length > 0 ? links('org', one.organisations) : null],
    [say('规则版本', 'Version of the rules'), one.rules ? `${one.rules.version} · ${plain(one.rules.digest, 80)}` : null],
    [say('提出', 'Raised'), `${timeText(one.raised_ms)} · ${plain(one.by, 64)}`], [say('处置期限', 'To be disposed of by'), timeText(one.due_ms)],
    [say('处置', 'Disposition'), disposed(one) ?? say('尚未处置', 'not disposed of yet')],
    [say('预警记录', 'Record'), link('record', one.alert)],
  ]));
}

const weight = (one) => SEVERITIES.indexOf(one.severity);

/** Open ones first, then by severity and end. */
export const sorted = (alerts) => [...alerts].sort((one, other) => Number(other.open) - Number(one.open) || weight(one) - weight(other) || one.due_ms - other.due_ms);

export function alertsTable(alerts, now) {
  const [open, whole] = [alerts.filter((one) => one.open).length, alerts.length].map((one) => countText(one, alerts.isCut));
  return table(say(`预警（未处置 ${open}，共 ${whole}）`, `Alerts (${open} open of ${whole})`), [
    [say('严重程度', 'Severity'), (one) => severityText(one.severity)], [say('规则', 'Rule'), (one) => ruleText(one.kind)],
    [say('对象', 'About'), (one) => (one.project ? link('project', one.project) : links('org', one.organisations))],
    [say('处置', 'Disposition'), (one) => dueText(one, now)], [say('依据', 'Why'), (one) => explanation(one)],
  ], sorted(alerts), say('没有', 'none'));
}

/** Spans of equal length from the first alert to the last: hours, days, or so many days that they fit. */
export function spans(alerts) {
  const times = alerts.map((one) => one.raised_ms);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const units = [HOUR_MS / 6, HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 90 * DAY_MS, 365 * DAY_MS];
  // Days begin at midnight of Beijing, not of Greenwich.
  const place = (time, unit) => Math.floor((time + 8 * HOUR_MS) / unit);
  const unit = units.find((one) => place(last, one) - place(first, one) < COLUMNS_MAX) ?? units.at(-1);
  // A few empty spans before a short time, so that one column does not stand alone.
  const start = Math.min(place(first, unit), place(last, unit) - COLUMNS_MIN + 1);
  const columns = Array.from({ length: Math.min(place(last, unit) - start + 1, COLUMNS_MAX * 4) }, (_, at) => ({ from: (start + at) * unit - 8 * HOUR_MS, unit, alerts: [] }));
  for (const one of alerts) columns[place(one.raised_ms, unit) - start]?.alerts.push(one);
  return columns;
}

const label = ({ from, unit }) => (unit < DAY_MS ? timeText(from).slice(5, 16) : timeText(from).slice(5, 10));

/** Alerts over time by severity, as a chart and as a table, and how many of each rule. */
export function alertsOverTime(alerts) {
  if (alerts.length === 0) return element('p', { class: 'soft' }, say('还没有预警。', 'No alerts yet.'));
  const columns = spans(alerts);
  const count = (list, severity) => list.filter((one) => one.severity === severity).length;
  const title = say('各时段提出的预警', 'Alerts raised over time');
  const bars = columns.map((one) => ({ label: label(one), values: SEVERITIES.map((severity) => count(one.alerts, severity)) }));
  const rules = [...new Set(alerts.map((one) => one.kind))].map((kind) => ({ kind, all: alerts.filter((one) => one.kind === kind) }));
  const number = (name, value) => [name, (one) => String(value(one)), 'number'];
  return [
    element('p', { class: 'legend' }, SEVERITIES.map((one) => element('span', { class: `key ${one}` }, severityText(one)))),
    stackedColumns(title, bars, SEVERITIES),
    table(title, [
      [say('起始时间', 'From'), (one) => timeText(one.from)],
      ...SEVERITIES.map((severity) => number(severityText(severity), (one) => count(one.alerts, severity))),
    ], columns.filter((one) => one.alerts.length > 0), ''),
    table(say('各规则', 'By rule'), [
      [say('规则', 'Rule'), (one) => ruleText(one.kind)], number(say('全部', 'All'), (one) => one.all.length),
      number(say('未处置', 'Open'), (one) => one.all.filter((alert) => alert.open).length),
    ], rules.sort((one, other) => other.all.length - one.all.length), ''),
  ];
}

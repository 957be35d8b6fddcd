// The regulator's page: four numbers first, then what needs a look. It reads what everyone may read and nothing else.
import './older.js';
import { alertsOverTime, alertsTable } from './alerts.js';
import { all, follow, get, path } from './api.js';
import { byId, element, facts, plain, show, table } from './dom.js';
import { countText, gap, Known, reasonText, shown } from './known.js';
import { durationText, say, speak, startLanguage, timeText } from './language.js';
import { lookUpNames } from './names.js';
import { lotPrices } from './prices.js';
import { adopt, compareWith, ownView, splitKind, splitWords } from './split-view.js';
import { overdue, timersTable } from './timers.js';

const LIST_MAX = 1000;
const data = { status: new Known(), alerts: new Known(), timers: new Known(), chains: new Known(), split: new Known(), prices: null, compared: null };

/** Now, as the chain and this node's clock have it: the visitor's own clock may be anything. */
const now = () => (data.status.has ? data.status.value.block_time_ms + data.status.value.last_block_age_ms : 0);

const UNKNOWN = '—';

/** Open alerts and overdue duties: a dash for each list that has no answer, and no tick while one is missing. */
function openAndLate() {
  const { alerts, timers, status } = data;
  const open = alerts.isFresh ? alerts.value.filter((one) => one.open).length : null;
  const late = timers.isFresh && status.isFresh ? overdue(timers.value, now()) : null;
  const text = (count, known) => (count === null ? UNKNOWN : countText(count, known.value.isCut));
  const sign = (open ?? 0) + (late ?? 0) > 0 ? '⚠ ' : open === null || late === null ? '' : '✓ ';
  return `${sign}${text(open, alerts)} · ${text(late, timers)}`;
}

/** The four numbers say how things are now: without a fresh answer each is a dash. */
function numbers() {
  const status = data.status.isFresh ? data.status.value : null;
  const up = status === null ? 0 : status.validators - status.missing_validators.length;
  const isLate = status !== null && status.last_block_age_ms > 2 * status.heartbeat_ms;
  const entries = [
    [say('距上一区块', 'Since the last block'), status === null ? UNKNOWN : `${isLate ? '⚠ ' : ''}${durationText(status.last_block_age_ms)}`],
    [say('在线验证节点（法定数）', 'Validators up (quorum)'), status === null ? UNKNOWN : `${up < status.quorum ? '✗ ' : up < status.validators ? '⚠ ' : '✓ '}${up} / ${status.validators} (${status.quorum})`],
    [say('等待入链的记录', 'Records waiting'), status === null ? UNKNOWN : String(status.waiting)],
    [say('未处置预警 · 逾期事项', 'Open alerts · overdue duties'), openAndLate()],
  ];
  return [gap(data.status, again), element('dl', { class: 'numbers' }, entries.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))))];
}

function consortium(status) {
  const own = { name: status.name, validator: status.role === 'validator', connected: true, height: status.height, own: true };
  const nodes = [own, ...status.peers].sort((one, other) => Number(other.validator) - Number(one.validator));
  const { consensus, next_block: next } = status;
  const reasons = status.reasons.map((one) => plain(one, 200)).join('；');
  return [
    element('p', { class: status.ready ? 'good-text' : 'bad-text' }, status.ready ? say('✓ 本节点就绪，联盟在产生区块。', '✓ This node is ready, and the consortium decides blocks.') : `✗ ${say('本节点未就绪', 'This node is not ready')}：${reasons}`),
    table(say('节点', 'Nodes'), [
      [say('名称', 'Name'), (one) => `${plain(one.name, 80)}${one.own ? say('（本节点）', ' (this node)') : ''}`],
      [say('角色', 'Role'), (one) => (one.validator ? say('验证节点', 'validator') : say('观察节点', 'observer'))],
      [say('状态', 'State'), (one) => (one.connected ? say('✓ 在线', '✓ up') : say('✗ 不可达', '✗ not in reach'))],
      [say('高度', 'Height'), (one) => (Number.isSafeInteger(one.height) ? String(one.height) : null), 'number'],
    ], nodes, ''),
    facts([
      [say('高度', 'Height'), `${status.height} · ${timeText(status.block_time_ms)}`],
      [say('共识', 'Consensus'), consensus ? `${say('高度', 'height')} ${consensus.height}，${say('轮次', 'round')} ${consensus.round}，${plain(consensus.step, 40)}，${say('提议者', 'proposer')} ${plain(consensus.proposer ?? '—', 80)}` : null],
      [say('下一区块', 'Next block'), next ? `${plain(next.reason, 80)}${Number.isFinite(next.in_ms) ? ` · ${durationText(next.in_ms)}` : ''}` : null],
      [say('已签证 / 历史树', 'Certified / history'), `${status.certified_size} / ${status.history_size}`],
    ]),
  ];
}

/** The evidence of an earlier visit, and the visitor's own decision to go on without it. */
function keptCheckpoint(split) {
  return [
    element('p', {}, say('以前所见的检查点（证据，请另行保存）：', 'The checkpoint seen before (evidence; save it elsewhere too):')),
    element('pre', { id: 'kept', class: 'mono', tabindex: 0 }, split.evidence),
    split.text ? element('button', { id: 'adopt', type: 'button', onclick: () => goOnWith(split) }, say('证据已另存；今后以本节点现在给出的为准', 'I have saved it; compare with what this node shows now from here on')) : null,
  ];
}

const childrenTable = (chains) => table(say('登记检查点的其他链', 'Chains that enter their checkpoints here'), [
  [say('链', 'Chain'), (one) => [plain(one.title, 80), element('div', { class: 'mono soft' }, plain(one.chain, 80))]],
  [say('最新检查点', 'Newest checkpoint'), (one) => (one.newest ? `${one.newest.size} · ${timeText(one.newest.time_ms)}` : null)],
  [say('检查点数', 'Checkpoints'), (one) => String(one.count), 'number'],
  [say('状态', 'State'), (one) => (one.split ? element('strong', { class: 'bad-text' }, say('✗ 已证明分叉', '✗ a split was shown')) : say('✓ 未见分叉', '✓ no split'))],
], chains, say('没有', 'none'));

function ownCheckpoint(split) {
  if (split === null) return element('p', {}, say('本节点还没有经共同签名的检查点。', 'This node has no cosigned checkpoint yet.'));
  return [
    element('p', { class: splitKind(split.state) }, element('strong', {}, splitWords(split.state)), split.why ? `：${plain(split.why, 300)}` : ''),
    facts([
      [say('本节点检查点', 'This node’s checkpoint'), split.size ? say(`${split.size} 条`, `${split.size} entries`) : null], [say('上次所见', 'Last seen'), split.before],
      [say('共同签名', 'Cosigned by'), split.names ? `${split.names.length}/${split.known} ${split.names.map((one) => plain(one, 80)).join('、')}` : null],
    ]),
    split.text ? element('details', {}, element('summary', {}, say('检查点原文（供其他节点比对）', 'The checkpoint itself, to compare elsewhere')), element('pre', { class: 'mono', tabindex: 0 }, split.text)) : null,
    split.evidence ? keptCheckpoint(split) : null,
  ];
}

const splitView = () => [shown(data.split, again, ownCheckpoint), shown(data.chains, again, childrenTable)];

function compared() {
  const { compared: found } = data;
  if (found === null) return null;
  return element('p', { class: splitKind(found.state) }, `${splitWords(found.state)}${found.why ? `：${plain(found.why, 300)}` : ''}${found.here ? ` (${found.here} · ${found.other})` : ''}`);
}

/** Explanations that are open stay open when the page is drawn again. */
function keepingOpen(root, draw) {
  const opened = new Set([...root.querySelectorAll('details')].flatMap((one, at) => (one.open ? [at] : [])));
  draw();
  [...root.querySelectorAll('details')].forEach((one, at) => { one.open = opened.has(at); });
}

function render() {
  show(byId('numbers'), numbers());
  keepingOpen(byId('alerts'), () => show(byId('alerts'), shown(data.alerts, again, (alerts) => alertsTable(alerts, now()))));
  show(byId('timers'), shown(data.timers, again, (timers) => timersTable(timers, now())));
  show(byId('flags'), shown(data.alerts, again, alertsOverTime));
  show(byId('consortium'), shown(data.status, again, consortium));
  keepingOpen(byId('split'), () => show(byId('split'), splitView()));
  show(byId('compared'), compared());
  show(byId('prices'), data.prices === null ? null : (data.prices.lots ?? []).map((lot) => lotPrices(lot, data.prices.currency)));
}

/** Every running limit. A page of the list looks at so many projects and may hold none. */
const timersOf = () => all(path('v1', 'timers'), LIST_MAX);

let height = -1;

/** The visitor's own wish to read again, whatever was read before. */
function again() {
  height = -1;
  return refresh();
}

async function refresh() {
  const { status, alerts, timers, chains, split } = data;
  const rest = [alerts, timers, chains, split];
  if (!(await status.ask(() => get(path('v1', 'status'))))) {
    for (const one of rest) one.fail(status.problem);
  } else if (status.value.height !== height || rest.some((one) => !one.isFresh)) {
    const answered = await Promise.all([
      alerts.ask(() => all(path('v1', 'alerts'), LIST_MAX)), timers.ask(timersOf), chains.ask(() => all(path('v1', 'chains'), LIST_MAX)),
      split.ask(() => ownView().catch((error) => (error.status === 404 ? null : Promise.reject(error)))),
    ]);
    if (answered.every((one) => one)) height = status.value.height;
  }
  byId('message').textContent = status.problem === null ? '' : `${say('节点没有回答', 'The node does not answer')}：${reasonText(status.problem)}`;
  render();
}

async function goOnWith(split) {
  adopt(split);
  await again();
}

async function showPrices(id) {
  data.prices = null;
  byId('price-message').textContent = say('读取中…', 'reading…');
  try {
    data.prices = await get(path('v1', 'projects', id));
    await lookUpNames((data.prices.lots ?? []).flatMap((lot) => (lot.bids ?? []).map((one) => one.bidder)));
    byId('price-message').textContent = '';
  } catch (error) {
    byId('price-message').textContent = error.status === 404 ? say('未找到。', 'Not found.') : `${say('读取失败', 'Could not be read')}：${reasonText(error)}`;
  }
  render();
}

async function compare(text) {
  try {
    data.compared = await compareWith(text);
  } catch (error) {
    data.compared = { state: error.status === undefined ? 'bad' : 'unread', why: reasonText(error) };
  }
  render();
}

startLanguage();
speak(render);
byId('price-form').addEventListener('submit', (event) => {
  event.preventDefault();
  showPrices(byId('project').value.trim());
});
byId('compare-form').addEventListener('submit', (event) => {
  event.preventDefault();
  compare(byId('other').value);
});
follow(refresh);
document.documentElement.dataset.started = '';

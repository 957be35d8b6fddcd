// The regulator's page: four numbers first, then what needs a look. It reads what everyone may read and nothing else.
import { alertsOverTime, alertsTable } from './alerts.js';
import { all, follow, get, path } from './api.js';
import { byId, element, facts, plain, show, table } from './dom.js';
import { durationText, say, speak, startLanguage, timeText } from './language.js';
import { lotPrices } from './prices.js';
import { adopt, compareWith, ownView, splitKind, splitWords } from './split-view.js';
import { overdue, timersTable } from './timers.js';

const LIST_MAX = 1000;
const data = { status: null, alerts: [], timers: [], chains: [], prices: null, split: null, compared: null };

/** Now, as the chain and this node's clock have it: the visitor's own clock may be anything. */
const now = () => (data.status === null ? 0 : data.status.block_time_ms + data.status.last_block_age_ms);

function numbers() {
  const { status, alerts, timers } = data;
  if (status === null) return null;
  const up = status.validators - status.missing_validators.length;
  const isLate = status.last_block_age_ms > 2 * status.heartbeat_ms;
  const [open, late] = [alerts.filter((one) => one.open).length, overdue(timers, now())];
  const entries = [
    [say('距上一区块', 'Since the last block'), `${isLate ? '⚠ ' : ''}${durationText(status.last_block_age_ms)}`],
    [say('在线验证节点（法定数）', 'Validators up (quorum)'), `${up < status.quorum ? '✗ ' : up < status.validators ? '⚠ ' : '✓ '}${up} / ${status.validators} (${status.quorum})`],
    [say('等待入链的记录', 'Records waiting'), String(status.waiting)],
    [say('未处置预警 · 逾期事项', 'Open alerts · overdue duties'), `${open + late > 0 ? '⚠ ' : '✓ '}${open} · ${late}`],
  ];
  return element('dl', { class: 'numbers' }, entries.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))));
}

function consortium() {
  const { status } = data;
  if (status === null) return null;
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

function splitView() {
  const { split, chains } = data;
  const children = table(say('登记检查点的其他链', 'Chains that enter their checkpoints here'), [
    [say('链', 'Chain'), (one) => [plain(one.title, 80), element('div', { class: 'mono soft' }, plain(one.chain, 80))]],
    [say('最新检查点', 'Newest checkpoint'), (one) => (one.newest ? `${one.newest.size} · ${timeText(one.newest.time_ms)}` : null)],
    [say('检查点数', 'Checkpoints'), (one) => String(one.count), 'number'],
    [say('状态', 'State'), (one) => (one.split ? element('strong', { class: 'bad-text' }, say('✗ 已证明分叉', '✗ a split was shown')) : say('✓ 未见分叉', '✓ no split'))],
  ], chains, say('没有', 'none'));
  if (split === null) return children;
  return [
    element('p', { class: splitKind(split.state) }, element('strong', {}, splitWords(split.state)), split.why ? `：${plain(split.why, 300)}` : ''),
    facts([
      [say('本节点检查点', 'This node’s checkpoint'), split.size ? say(`${split.size} 条`, `${split.size} entries`) : null], [say('上次所见', 'Last seen'), split.before],
      [say('共同签名', 'Cosigned by'), split.names ? `${split.names.length}/${split.known} ${split.names.map((one) => plain(one, 80)).join('、')}` : null],
    ]),
    split.text ? element('details', {}, element('summary', {}, say('检查点原文（供其他节点比对）', 'The checkpoint itself, to compare elsewhere')), element('pre', { class: 'mono', tabindex: 0 }, split.text)) : null,
    split.evidence ? keptCheckpoint(split) : null,
    children,
  ];
}

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
  keepingOpen(byId('alerts'), () => show(byId('alerts'), alertsTable(data.alerts, now())));
  show(byId('timers'), timersTable(data.timers, now()));
  show(byId('flags'), alertsOverTime(data.alerts));
  show(byId('consortium'), consortium());
  keepingOpen(byId('split'), () => show(byId('split'), splitView()));
  show(byId('compared'), compared());
  show(byId('prices'), data.prices === null ? null : (data.prices.lots ?? []).map((lot) => lotPrices(lot, data.prices.currency)));
}

/** Every running limit. A page of the list looks at so many projects and may hold none. */
const timersOf = () => all(path('v1', 'timers'), LIST_MAX);

let height = -1;

async function refresh() {
  try {
    data.status = await get(path('v1', 'status'));
    if (data.status.height !== height) {
      [data.alerts, data.timers, data.chains] = await Promise.all([all(path('v1', 'alerts'), LIST_MAX), timersOf(), all(path('v1', 'chains'), LIST_MAX)]);
      data.split = await ownView().catch((error) => (error.status === 404 ? null : Promise.reject(error)));
      height = data.status.height;
    }
    byId('message').textContent = '';
  } catch (error) {
    byId('message').textContent = `${say('节点没有回答', 'The node does not answer')}：${plain(error.message)}`;
  }
  render();
}

async function goOnWith(split) {
  adopt(split);
  height = -1;
  await refresh();
}

async function showPrices(id) {
  data.prices = null;
  byId('price-message').textContent = '';
  try {
    data.prices = await get(path('v1', 'projects', id));
  } catch (error) {
    byId('price-message').textContent = error.status === 404 ? say('未找到。', 'Not found.') : plain(error.message);
  }
  render();
}

async function compare(text) {
  try {
    data.compared = await compareWith(text);
  } catch (error) {
    data.compared = { state: 'bad', why: error.message };
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
await follow(refresh);

// The operator's page: where this node stands, whom it sees, its disks, its keys and when they end, and what it measures.
import './older.js';
import { follow, get, getText, path } from './api.js';
import { shareBar } from './charts.js';
import { byId, element, facts, plain, show, table } from './dom.js';
import { Known, reasonText, shown } from './known.js';
import { durationText, say, speak, startLanguage, timeText } from './language.js';

const data = { status: new Known(), genesis: new Known(), operator: new Known(), samples: new Known() };
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const DAY_MS = 24 * 3600 * 1000;
/** Days before its end at which a key is warned of, the most urgent first. */
const WARN_DAYS = [7, 30, 60];
const DISK_LOW = 0.1;
const DISK_SCARCE = 0.2;

function bytesText(bytes) {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Samples of an OpenMetrics text without labels, with their help. */
function samplesOf(text) {
  const help = new Map();
  const found = [];
  for (const line of text.split('\n')) {
    const told = /^# HELP (\w+) (.*)$/.exec(line);
    if (told !== null) help.set(told[1], told[2]);
    const sample = /^(\w+) (-?[0-9.e+]+)$/.exec(line);
    if (sample === null || /_(sum|count|bucket)$/.test(sample[1])) continue;
    found.push({ name: sample[1], value: Number(sample[2]), help: help.get(sample[1].replace(/_total$/, '')) ?? '' });
  }
  return found;
}

/** Whose clock is off: this node's own, then others'. */
function clocksText(status) {
  const off = (ahead) => `${durationText(Math.abs(ahead))} ${ahead > 0 ? say('快', 'ahead') : say('慢', 'behind')}`;
  const own = Number.isFinite(status.own_clock_ahead_ms) ? [`${say('本节点', 'this node')} ${off(status.own_clock_ahead_ms)}`] : [];
  const others = (status.clocks_off || []).map((one) => `${plain(one.name)} ${off(one.ahead_ms)} (${say('被拒区块', 'blocks refused')} ${one.refused})`);
  const all = [...own, ...others];
  return all.length > 0 ? `⚠ ${all.join('；')}` : say('未见偏差', 'none seen off');
}

function nodeView(status) {
  const { consensus, next_block: next } = status;
  return [
    element('p', { class: status.ready ? 'good-text' : 'bad-text' }, status.ready ? say('✓ 就绪', '✓ ready') : `✗ ${say('未就绪', 'not ready')}：${status.reasons.map((one) => plain(one)).join('；')}`),
    facts([
      [say('名称', 'Name'), plain(status.name)], [say('角色', 'Role'), plain(status.role)], [say('版本', 'Version'), plain(status.version)],
      [say('链', 'Chain'), element('span', { class: 'mono' }, plain(status.chain))],
      [say('高度', 'Height'), `${status.height} · ${timeText(status.block_time_ms)} · ${say('距今', 'age')} ${durationText(status.last_block_age_ms)}`],
      [say('历史树 / 已签证', 'History / certified'), `${status.history_size} / ${status.certified_size}`],
      [say('等待的记录', 'Records waiting'), String(status.waiting)],
      [say('共识', 'Consensus'), consensus ? `${say('高度', 'height')} ${consensus.height}，${say('轮次', 'round')} ${consensus.round}，${plain(consensus.step)}，${say('提议者', 'proposer')} ${plain(consensus.proposer ?? '—')}` : null],
      [say('下一区块', 'Next block'), next ? `${plain(next.reason)}${Number.isFinite(next.in_ms) ? ` · ${durationText(next.in_ms)}` : ''}` : null],
      [say('时钟', 'Clocks'), clocksText(status)],
      [say('引擎丢弃消息', 'Messages the engine dropped'), `${status.engine_dropped_messages > 0 ? '⚠ ' : ''}${status.engine_dropped_messages}`],
      [say('缺席的验证节点', 'Missing validators'), status.missing_validators.length > 0 ? `⚠ ${status.missing_validators.map((one) => plain(one)).join('、')}` : say('无', 'none')],
    ]),
  ];
}

function peersTable(status) {
  const behind = (one) => (Number.isSafeInteger(one.height) && status.height - one.height > 10 ? '⚠ ' : '');
  return table(say('节点', 'Peers'), [
    [say('名称', 'Name'), (one) => plain(one.name)], [say('角色', 'Role'), (one) => (one.validator ? say('验证节点', 'validator') : say('观察节点', 'observer'))],
    [say('连接', 'Connection'), (one) => (one.connected ? say('✓ 已连接', '✓ connected') : say('✗ 未连接', '✗ not connected'))],
    [say('自报高度', 'Height it told'), (one) => (Number.isSafeInteger(one.height) ? `${behind(one)}${one.height}` : null), 'number'],
    [say('已签历史', 'History it cosigned'), (one) => (Number.isSafeInteger(one.tree_size) ? String(one.tree_size) : null), 'number'],
    [say('最近告知', 'Last told'), (one) => (Number.isSafeInteger(one.told_ms) ? timeText(one.told_ms) : null)],
  ], status.peers, say('没有', 'none'));
}

function diskTable({ disks, ledger_bytes: ledger }) {
  const free = (one) => one.free_bytes / one.total_bytes;
  const sign = (one) => (free(one) < DISK_LOW ? '✗ ' : free(one) < DISK_SCARCE ? '⚠ ' : '✓ ');
  const holds = { ledger: say('账本', 'ledger'), log: say('日志', 'log') };
  return [
    table(say('磁盘', 'Disks'), [
      [say('存放', 'Holds'), (one) => holds[one.holds] ?? plain(one.holds, 40)],
      [say('可用', 'Free'), (one) => (one.total_bytes > 0 ? `${sign(one)}${bytesText(one.free_bytes)} (${(free(one) * 100).toFixed(0)}%)` : null), 'number'],
      [say('总量', 'Size'), (one) => (one.total_bytes > 0 ? bytesText(one.total_bytes) : null), 'number'],
      [say('已用', 'Used'), (one) => (one.total_bytes > 0 ? shareBar(1 - free(one), free(one) < DISK_LOW ? 'much' : 'used') : null)],
    ], disks, say('没有', 'none')),
    facts([[say('账本占用', 'The ledger takes'), bytesText(ledger)]]),
  ];
}

const PURPOSES = {
  consensus: ['共识', 'consensus'], cosigner: ['共同签名', 'cosigner'], log: ['日志签名', 'log'], network: ['网络', 'network'], api: ['回执', 'receipts'],
  tokens: ['投标令牌群', 'group of bid tokens'],
};

/** `[sign and words, how urgent]` of an end; every warning says how many days are left. */
function endText({ valid_until_ms: until }, now) {
  if (!Number.isSafeInteger(until)) return say('无期限', 'no end');
  const days = Math.floor((until - now) / DAY_MS);
  if (until <= now) return say(`✗ 已过期 ${-days - 1} 天，请更换`, `✗ ended ${-days - 1} days ago: renew it`);
  const warn = WARN_DAYS.find((one) => days < one);
  const left = say(`还有 ${days} 天`, `${days} days left`);
  if (warn === undefined) return `✓ ${left}`;
  return `${warn === WARN_DAYS[0] ? '✗' : '⚠'} ${left} ${say(`（不足 ${warn} 天，请安排更换）`, `(less than ${warn}: plan its renewal)`)}`;
}

function keysTable({ keys, groups, time_ms: now, key_days: days }) {
  const rows = [...keys, ...groups];
  const name = (one) => (Object.hasOwn(PURPOSES, one.purpose) ? say(...PURPOSES[one.purpose]) : plain(one.purpose, 40));
  return [
    table(say('本节点的密钥与有效期', 'Keys of this node and their ends'), [
      [say('用途', 'Purpose'), name], [say('有效期', 'End'), (one) => endText(one, now)],
      [say('到期', 'Until'), (one) => (Number.isSafeInteger(one.valid_until_ms) ? timeText(one.valid_until_ms) : null)],
      [say('公钥', 'Key'), (one) => element('span', { class: 'mono' }, plain(one.key ?? one.record ?? '—', 120))],
    ], rows, say('没有', 'none')),
    days > 0 ? element('p', { class: 'soft' }, say(`密钥文件自创建起使用 ${days} 天（配置 keys.valid_days）；到期前 60、30、7 天提示，不会自行停用。`,
      `A key file is used for ${days} days from when it was made (keys.valid_days); warned of 60, 30 and 7 days before. Nothing stops by itself.`)) : null,
  ];
}

function genesisTable(genesis) {
  const key = (text) => (text ? element('span', { class: 'mono' }, plain(text)) : null);
  return element('details', {}, element('summary', {}, say('创世文件中各节点的密钥', 'Keys of all nodes in the genesis')), table(say('各节点密钥', 'Keys of the nodes'), [
    [say('节点', 'Node'), (one) => plain(one.name)], [say('共识', 'Consensus'), (one) => key(one.consensus_key)],
    [say('网络', 'Network'), (one) => key(one.network_key)], [say('回执', 'Receipts'), (one) => key(one.api_key)],
  ], genesis.rest?.nodes ?? [], say('没有', 'none')));
}

const samplesTable = (samples) => table(say('度量', 'Measurements'), [
  [say('名称', 'Name'), (one) => plain(one.name)], [say('值', 'Value'), (one) => (/_bytes$/.test(one.name) ? bytesText(one.value) : String(one.value)), 'number'],
  [say('说明', 'Meaning'), (one) => plain(one.help)],
], samples, say('没有', 'none'));

function render() {
  const { status, genesis, operator, samples } = data;
  const wasOpen = byId('genesis').querySelector('details')?.open ?? false;
  show(byId('node'), shown(status, refresh, nodeView));
  show(byId('peers'), shown(status, refresh, peersTable));
  show(byId('disks'), shown(operator, refresh, diskTable));
  show(byId('keys'), shown(operator, refresh, keysTable));
  show(byId('genesis'), shown(genesis, refresh, genesisTable));
  const details = byId('genesis').querySelector('details');
  if (details !== null) details.open = wasOpen;
  show(byId('measures'), shown(samples, refresh, samplesTable));
}

/** Each answer stands for itself: one that fails does not hide the others. */
async function refresh() {
  const { status, genesis, operator, samples } = data;
  await Promise.all([
    status.ask(() => get(path('v1', 'status'))), operator.ask(() => get(path('v1', 'operator'))),
    samples.ask(async () => samplesOf(await getText(path('metrics')))), genesis.isFresh || genesis.ask(() => get(path('v1', 'genesis'))),
  ]);
  byId('message').textContent = status.problem === null ? '' : `${say('节点没有回答', 'The node does not answer')}：${reasonText(status.problem)}`;
  render();
}

startLanguage();
speak(render);
follow(refresh);
document.documentElement.dataset.started = '';
